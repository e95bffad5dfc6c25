//! Which vacancies of an employer the people it took on went to. Pure: openings and counts in, shares with their
//! probability out, the same whatever the order of its input.
//!
//! A pair of opening and row weighs as much as a hire in that week is likelier if it answers the opening than if it does
//! not; how often the employer takes people on anyway is seen in the rows that no opening explains. People of a row are
//! then spread over the openings they fit, and openings take no more people than they seek (Sinkhorn's scaling, with room
//! on both sides for people who answer no opening and for openings that stay unfilled). Two like openings and one hire
//! therefore give each a half, which is too little to conclude from; with a second hire both are sure.

use std::collections::BTreeMap;

use chrono::NaiveDate;

/// Most openings and most rows of one employer that are weighed together.
pub const TOGETHER_MAX: usize = 400;
/// Rounds of balancing.
const ROUNDS: usize = 60;
/// Below this score, in bits, a pair is not looked at.
const BITS_MIN: f64 = -6.0;
/// Four vacancies of five are filled some day (18 to 22 in a hundred never are).
const FILLED_BITS: f64 = 2.0;
/// An employer that is known by its name alone may be another of the same name.
const NAME_BITS: f64 = -0.5;
/// A vacancy whose occupation is not known may be of any that its employer has.
const UNKNOWN_BITS: f64 = -3.0;
/// Likelihood from which an opening explains a row.
const EXPLAINS: f64 = 0.05;
/// What is believed of an employer before its rows are seen: so many other hires in so many weeks.
const OTHERS_BELIEVED: f64 = 0.04;
const WEEKS_BELIEVED: f64 = 8.0;
/// Days before the first publication in which a hire may already be reported (weeks are coarse).
const BEFORE_DAYS: i64 = 3;
/// Days after closing until which a hire may answer an opening.
const AFTER_DAYS: i64 = 60;

/// How an opening ended, as far as the hub knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It has not.
    Open,
    /// Its last day passed: the choice is made after it.
    Deadline,
    /// It was taken down: the choice is made before it.
    TakenDown,
    /// It was missed around its last day: either.
    Either,
}

/// A vacancy somebody may have been hired for.
#[derive(Clone, Debug, PartialEq)]
pub struct Opening {
    /// Vacancy.
    pub vacancy: i64,
    /// KECO code, 2 to 6 digits.
    pub occupation: Option<String>,
    /// Region code.
    pub region: Option<String>,
    /// First day.
    pub opened: NaiveDate,
    /// Last day: of applying where that is over, else the last day on which it was known to be open.
    pub last: NaiveDate,
    /// How it ended.
    pub ended: Ended,
    /// People sought, where that is known.
    pub headcount: Option<u32>,
    /// People already booked on it by other systems.
    pub booked: i64,
    /// The employer is known by its number, not by its name alone.
    pub by_number: bool,
}

/// People taken on in an occupation and week.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    /// What the caller knows it by.
    pub key: (i64, i64),
    /// KECO code.
    pub occupation: String,
    /// Region code.
    pub region: Option<String>,
    /// Monday.
    pub from: NaiveDate,
    /// Sunday.
    pub until: NaiveDate,
    /// How many.
    pub people: i64,
}

/// People of a row that went to a vacancy.
#[derive(Clone, Debug, PartialEq)]
pub struct Share {
    /// The row.
    pub key: (i64, i64),
    /// The vacancy.
    pub vacancy: i64,
    /// How many, rounded.
    pub people: i64,
    /// That somebody was hired for this vacancy, 0 to 1.
    pub confidence: f64,
    /// First day of the row's week.
    pub from: NaiveDate,
    /// Last day of it.
    pub until: NaiveDate,
}

/// Spreads the people one employer took on over its vacancies. Rows of weeks before `watched` may answer openings that ended
/// unseen, and tell nothing of how often the employer takes people on otherwise.
pub fn assign(openings: &[Opening], taken: &[Taken], watched: NaiveDate) -> Vec<Share> {
    let mut openings: Vec<&Opening> = openings.iter().collect();
    let mut taken: Vec<&Taken> = taken.iter().filter(|t| t.people > 0).collect();
    openings.sort_by_key(|o| o.vacancy);
    taken.sort_by_key(|t| (t.from, t.key));
    let mut shares = Vec::new();
    if openings.len().max(taken.len()) <= TOGETHER_MAX {
        balance(&openings, &taken, watched, &mut shares);
        return shares;
    }
    // a large employer by major group; what is still too much is cut where it is oldest
    let group = |code: Option<&str>| code.and_then(|c| c.get(..2)).unwrap_or_default().to_owned();
    let mut groups: Vec<String> = taken.iter().map(|t| group(Some(&t.occupation))).collect();
    groups.sort_unstable();
    groups.dedup();
    for name in groups {
        let open: Vec<&Opening> = openings.iter().copied().filter(|o| group(o.occupation.as_deref()) == name).collect();
        let rows: Vec<&Taken> = taken.iter().copied().filter(|t| group(Some(&t.occupation)) == name).collect();
        let newest_open = &open[open.len().saturating_sub(TOGETHER_MAX)..];
        let newest_rows = &rows[rows.len().saturating_sub(TOGETHER_MAX)..];
        balance(newest_open, newest_rows, watched, &mut shares);
    }
    shares
}

/// How likely a hire for an opening falls into a row's week; `None` where it cannot.
fn likelihood(opening: &Opening, taken: &Taken) -> Option<f64> {
    if (opening.opened - taken.until).num_days() > BEFORE_DAYS || (taken.from - opening.last).num_days() > AFTER_DAYS {
        return None;
    }
    let days = (opening.last - taken.from).num_days();
    Some(match opening.ended {
        Ended::Either => (in_week(Ended::TakenDown, days) + in_week(Ended::Deadline, days)) / 2.0,
        ended => in_week(ended, days),
    })
}

/// How likely a hire falls into a week that begins so many days before the end.
fn in_week(ended: Ended, days: i64) -> f64 {
    match ended {
        // what is taken down was filled in the days before
        Ended::TakenDown | Ended::Either => match days {
            0..=7 => 0.50,
            8..=14 => 0.25,
            -7..=-1 => 0.08,
            15..=21 => 0.05,
            _ => 0.01,
        },
        // after a deadline the choice takes some weeks; before it, it would have been taken down
        Ended::Deadline => match days {
            -28..=-1 => 0.16,
            0..=6 => 0.12,
            -35..=-29 => 0.04,
            7..=14 => 0.03,
            _ => 0.01,
        },
        // who still looks for people has hardly found them weeks ago
        Ended::Open => match days {
            ..=13 => 0.10,
            14..=27 => 0.02,
            _ => 0.003,
        },
    }
}

/// How well a row fits an opening, in bits over its being somebody who answers no opening; `None` where it cannot be its
/// hire. `rate` is how many such rows a week the employer has in the occupation.
pub fn bits(opening: &Opening, taken: &Taken, rate: f64) -> Option<f64> {
    let score = FILLED_BITS + likelihood(opening, taken)?.log2() - rate.log2()
        + occupation_bits(opening.occupation.as_deref(), &taken.occupation)
        + region_bits(opening.region.as_deref(), taken.region.as_deref())
        + headcount_bits(opening.headcount, taken.people)
        + if opening.by_number { 0.0 } else { NAME_BITS };
    (score >= BITS_MIN).then_some(score)
}

/// Digits that agree from the left; a code that is inferred from words is often right in its first three.
fn occupation_bits(ours: Option<&str>, theirs: &str) -> f64 {
    // fewer digits are a portal's own group: where they do not agree they say nothing
    let Some(ours) = ours.filter(|code| code.len() >= 6 || theirs.starts_with(*code)) else { return UNKNOWN_BITS };
    let same = ours.bytes().zip(theirs.bytes()).take_while(|(a, b)| a == b).count();
    let known = ours.len().min(theirs.len());
    match same {
        6.. => 0.0,
        n if n == known && n >= 3 => -0.5,
        4 | 5 => -1.0,
        3 => -1.5,
        2 => -4.0,
        _ => -9.0,
    }
}

fn region_bits(ours: Option<&str>, theirs: Option<&str>) -> f64 {
    match (ours, theirs) {
        (Some(a), Some(b)) if a.len() >= 5 && a == b => 0.3,
        (Some(a), Some(b)) if a.get(..2) != b.get(..2) => -0.5,
        _ => 0.0,
    }
}

fn headcount_bits(sought: Option<u32>, people: i64) -> f64 {
    match sought {
        Some(n) if n > 1 && i64::from(n) == people => 1.5,
        Some(n) if n > 1 && i64::from(n) > people => -0.5,
        _ => 0.0,
    }
}

/// Rows a week that no opening explains, in the occupation group of each row.
fn rates(openings: &[&Opening], taken: &[&Taken], watched: NaiveDate) -> Vec<f64> {
    let group = |code: &str| code.get(..3).unwrap_or(code).to_owned();
    let explained = |row: &Taken| {
        openings.iter().any(|o| {
            occupation_bits(o.occupation.as_deref(), &row.occupation) > -3.0
                && likelihood(o, row).is_some_and(|f| f >= EXPLAINS)
        })
    };
    let mut unexplained: BTreeMap<String, f64> = BTreeMap::new();
    for row in taken.iter().filter(|row| row.from >= watched && !explained(row)) {
        *unexplained.entry(group(&row.occupation)).or_default() += 1.0;
    }
    let first = taken.iter().map(|t| t.from.max(watched)).min();
    let weeks =
        first.zip(taken.iter().map(|t| t.until).max()).map_or(0.0, |(a, b)| (b - a).num_days().max(0) as f64 / 7.0);
    let of = |row: &&Taken| unexplained.get(&group(&row.occupation)).copied().unwrap_or(0.0);
    // a few weeks tell little: everybody is believed to take somebody on now and then
    taken.iter().map(|row| (of(row) + OTHERS_BELIEVED) / (weeks + WEEKS_BELIEVED)).collect()
}

/// How many people an opening may take: those it seeks and nobody has been booked on; at least one where it says nothing.
fn room(opening: &Opening, most: i64) -> f64 {
    let sought = opening.headcount.filter(|n| *n > 0).map_or(most.max(1), i64::from);
    (sought - opening.booked).max(0) as f64
}

fn balance(openings: &[&Opening], taken: &[&Taken], watched: NaiveDate, shares: &mut Vec<Share>) {
    let (rows, columns) = (taken.len(), openings.len());
    if rows == 0 || columns == 0 {
        return;
    }
    let rates = rates(openings, taken, watched);
    let mut weights = vec![0.0_f64; rows * columns];
    for (i, row) in taken.iter().enumerate() {
        for (j, opening) in openings.iter().enumerate() {
            weights[i * columns + j] = bits(opening, row, rates[i]).map_or(0.0, f64::exp2);
        }
    }
    let most = |j: usize| {
        let fitting = (0..rows).filter(|i| weights[i * columns + j] > 0.0).map(|i| taken[i].people);
        fitting.max().unwrap_or(0)
    };
    let rooms: Vec<f64> = (0..columns).map(|j| room(openings[j], most(j))).collect();
    let (mut u, mut v) = (vec![1.0_f64; rows], vec![1.0_f64; columns]);
    for _ in 0..ROUNDS {
        for i in 0..rows {
            let fits: f64 = (0..columns).map(|j| weights[i * columns + j] * v[j]).sum();
            u[i] = taken[i].people as f64 / (fits + 1.0);
        }
        for j in 0..columns {
            let fits: f64 = (0..rows).map(|i| weights[i * columns + j] * u[i]).sum();
            v[j] = rooms[j] / (fits + 1.0);
        }
    }
    for (j, opening) in openings.iter().enumerate() {
        let parts: Vec<f64> = (0..rows).map(|i| weights[i * columns + j] * u[i] * v[j]).collect();
        let confidence = somebody(&parts, taken, rooms[j]);
        for (row, part) in taken.iter().zip(&parts) {
            let people = part.round() as i64;
            // a row that is most of what speaks for a vacancy is named, even where it is not a whole person
            let carries = *part >= 0.25 && *part >= 0.5 * confidence;
            if people > 0 || carries {
                let people = people.max(1).min(row.people);
                shares.push(Share {
                    key: row.key,
                    vacancy: opening.vacancy,
                    people,
                    confidence,
                    from: row.from,
                    until: row.until,
                });
            }
        }
    }
}

/// That at least one person of these parts was hired for an opening with so much room. One opening can be answered by one
/// row only, so that the chances add up; several are answered by rows that do not exclude each other.
fn somebody(parts: &[f64], taken: &[&Taken], room: f64) -> f64 {
    if room <= 1.0 {
        return parts.iter().sum::<f64>().min(1.0);
    }
    let nobody = parts.iter().zip(taken).map(|(part, row)| 1.0 - (part / (row.people as f64).min(room)).min(1.0));
    1.0 - nobody.product::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn opening(vacancy: i64, occupation: &str, opened: &str, closed: Option<&str>, ended: Ended) -> Opening {
        Opening {
            vacancy,
            occupation: Some(occupation.to_owned()).filter(|o| !o.is_empty()),
            region: None,
            opened: day(opened),
            last: day(closed.unwrap_or("2026-11-20")),
            ended,
            headcount: Some(1),
            booked: 0,
            by_number: true,
        }
    }

    fn taken(nr: i64, occupation: &str, monday: &str, people: i64) -> Taken {
        let from = day(monday);
        Taken {
            key: (1, nr),
            occupation: occupation.to_owned(),
            region: None,
            from,
            until: from + chrono::Days::new(6),
            people,
        }
    }

    /// `vacancy: sure, likely or doubtful, people` of each vacancy that got any.
    fn told(openings: &[Opening], rows: &[Taken]) -> String {
        let mut by_vacancy = std::collections::BTreeMap::new();
        for share in assign(openings, rows, day("2026-09-01")) {
            let entry = by_vacancy.entry(share.vacancy).or_insert((0.0, 0));
            *entry = (share.confidence, entry.1 + share.people);
        }
        let band = |c: f64| {
            if c >= 0.9 {
                "sure"
            } else if c >= 0.7 {
                "likely"
            } else {
                "doubtful"
            }
        };
        let words: Vec<String> =
            by_vacancy.iter().map(|(v, (c, people))| format!("{v}: {} {people}", band(*c))).collect();
        words.join(", ")
    }

    #[test]
    fn people_go_where_occupation_time_and_headcount_say() {
        use Ended::{Deadline, Open, TakenDown};
        let nurse = opening(1, "304002", "2026-10-01", Some("2026-11-13"), TakenDown);
        let driver = opening(2, "623004", "2026-10-01", None, Open);
        let twin = opening(3, "304002", "2026-10-05", Some("2026-11-13"), TakenDown);
        let late = opening(4, "304002", "2026-11-20", None, Open);
        let past = opening(5, "304002", "2026-06-01", Some("2026-07-01"), Deadline);
        let coarse = opening(6, "304", "2026-10-01", Some("2026-11-09"), Deadline);
        let still = opening(8, "304002", "2026-09-01", None, Open);
        let four = Opening { headcount: Some(4), ..nurse.clone() };
        let often: Vec<Taken> =
            (0..6).map(|n| taken(n, "304002", ["2026-10-05", "2026-10-12"][n as usize % 2], 1)).collect();
        let often = [often, vec![taken(9, "304002", "2026-11-09", 1)]].concat();
        let cases = [
            ("one opening and one hire", vec![nurse.clone()], vec![taken(1, "304002", "2026-11-09", 1)], "1: sure 1"),
            ("another occupation", vec![driver.clone()], vec![taken(1, "304002", "2026-11-09", 1)], ""),
            ("before it was published", vec![late.clone()], vec![taken(1, "304002", "2026-11-09", 1)], ""),
            ("long after it closed", vec![past], vec![taken(1, "304002", "2026-11-09", 1)], ""),
            ("it is still open weeks later", vec![still], vec![taken(1, "304002", "2026-10-05", 1)], ""),
            ("an employer that hires nurses all the time", vec![nurse.clone()], often, "1: likely 1"),
            (
                "twins and one hire",
                vec![nurse.clone(), twin.clone()],
                vec![taken(1, "304002", "2026-11-09", 1)],
                "1: doubtful 1, 3: doubtful 1",
            ),
            (
                "twins and two hires",
                vec![nurse.clone(), twin],
                vec![taken(1, "304002", "2026-11-09", 2)],
                "1: sure 1, 3: sure 1",
            ),
            ("four sought, one taken", vec![four.clone()], vec![taken(1, "304002", "2026-11-09", 1)], "1: sure 1"),
            ("four sought, four taken", vec![four], vec![taken(1, "304002", "2026-11-09", 4)], "1: sure 4"),
            ("three digits are known", vec![coarse], vec![taken(1, "304002", "2026-11-16", 1)], "6: sure 1"),
            ("nobody", vec![nurse], vec![], ""),
        ];
        for (what, openings, rows, want) in cases {
            assert_eq!(told(&openings, &rows), want, "{what}");
        }
    }

    #[test]
    fn the_order_of_what_is_given_changes_nothing() {
        let openings: Vec<Opening> = (0..7)
            .map(|n| opening(n, ["304002", "304001", "623004"][n as usize % 3], "2026-10-01", None, Ended::Open))
            .collect();
        let rows: Vec<Taken> =
            (0..5).map(|n| taken(n, ["304002", "623004"][n as usize % 2], "2026-11-09", 1 + n)).collect();
        let (mut other_openings, mut other_rows) = (openings.clone(), rows.clone());
        other_openings.reverse();
        other_rows.rotate_left(2);
        let watched = day("2026-09-01");
        assert_eq!(assign(&openings, &rows, watched), assign(&other_openings, &other_rows, watched));
    }

    #[test]
    fn an_employer_with_thousands_of_rows_is_weighed_in_groups() {
        let openings: Vec<Opening> =
            (0..TOGETHER_MAX as i64 + 5).map(|n| opening(n, "304002", "2026-10-01", None, Ended::Open)).collect();
        let rows: Vec<Taken> = (0..3).map(|n| taken(n, "623004", "2026-11-09", 1)).collect();
        assert!(assign(&openings, &rows, day("2026-09-01")).is_empty());
    }
}
