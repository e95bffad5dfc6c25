//! How long a posting lives and how it ends: deadlines, early fills, never filled; tuned so that two in a hundred close a day.

use super::chance::Chance;

/// No such day.
pub(crate) const NEVER: i32 = i32::MAX;

/// How the postings of a portal usually close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Habit {
    /// Job centres: `채용시까지` with the end of the certification behind it.
    Official,
    Market,
    /// Announcements of public bodies: a date, nearly always.
    Announced,
    /// Company boards.
    Board,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Close {
    ByDate,
    /// `채용시까지` with a date.
    UntilFilledDated,
    UntilFilled,
    Always,
    Rolling,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    Deadline,
    Filled,
    Withdrawn,
}

impl Reason {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Reason::Deadline => "deadline",
            Reason::Filled => "filled",
            Reason::Withdrawn => "withdrawn",
        }
    }
}

/// One life, in days after the first posting.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Life {
    pub(crate) close: Close,
    /// Last day to apply, or [`NEVER`].
    pub(crate) deadline: i32,
    /// First day on which it is no longer open.
    pub(crate) open: i32,
    /// Day of the hire, or [`NEVER`].
    pub(crate) fill: i32,
    pub(crate) reason: Reason,
}

/// Longest life that is drawn; the bound of the length-biased draw.
const LONGEST: i32 = 240;
/// Share of vacancies that nobody ever fills (18 to 22 in a hundred in the national figures).
const NEVER_FILLED: f64 = 0.195;

/// Draws a new life.
pub(crate) fn draw(c: &mut Chance, habit: Habit) -> Life {
    let weights: [f64; 5] = match habit {
        Habit::Official => [0.19, 0.72, 0.06, 0.02, 0.01],
        Habit::Market => [0.54, 0.06, 0.18, 0.16, 0.06],
        Habit::Announced => [0.93, 0.02, 0.02, 0.02, 0.01],
        Habit::Board => [0.25, 0.0, 0.10, 0.60, 0.05],
    };
    let close = [Close::ByDate, Close::UntilFilledDated, Close::UntilFilled, Close::Always, Close::Rolling]
        [c.weighted(&weights)];
    let deadline: i32 = match (close, habit) {
        (Close::ByDate, Habit::Announced) => *c.pick(&[8, 10, 12, 14, 15, 20, 30, 45]),
        (Close::ByDate, _) => *c.pick(&[10, 14, 21, 30, 30, 30, 45, 60, 60, 90]),
        (Close::UntilFilledDated, _) => *c.pick(&[30, 45, 60, 60, 60, 60, 61, 90]),
        _ => NEVER,
    };
    let filled = !c.happens(NEVER_FILLED);
    if deadline != NEVER {
        if filled && c.happens(0.42) {
            let fill = c.range(3, i64::from(deadline) - 1) as i32;
            let open = (fill + c.range(1, 3) as i32).min(deadline + 1);
            let reason = if open == deadline + 1 { Reason::Deadline } else { Reason::Filled };
            return Life { close, deadline, open, fill, reason };
        }
        let fill = if filled { deadline + c.range(1, 25) as i32 } else { NEVER };
        return Life { close, deadline, open: deadline + 1, fill, reason: Reason::Deadline };
    }
    let (low, high) = if close == Close::UntilFilled { (8, 120) } else { (25, i64::from(LONGEST) - 25) };
    let end = c.range(low, high) as i32;
    let (fill, reason) = if filled { (end, Reason::Filled) } else { (NEVER, Reason::Withdrawn) };
    Life { close, deadline, open: end + c.range(1, 3) as i32, fill, reason }
}

/// Draws a life as found in a standing stock (long lives are seen more often) and how many days of it have passed.
pub(crate) fn draw_standing(c: &mut Chance, habit: Habit) -> (Life, i32) {
    loop {
        let life = draw(c, habit);
        if c.range(0, i64::from(LONGEST) - 1) < i64::from(life.open) {
            return (life, c.range(0, i64::from(life.open) - 1) as i32);
        }
    }
}
