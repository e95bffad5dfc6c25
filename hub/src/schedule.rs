//! When a source is due: cron expressions with a seconds field, in Asia/Seoul. A missed tick is caught up once (R11).

use std::str::FromStr;

use chrono::{DateTime, Duration, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Asia::Seoul;

/// A parsed schedule.
#[derive(Clone, Debug)]
pub struct Schedule(cron::Schedule);

/// A schedule that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// Not six or seven fields.
    #[error("schedule `{0}`: write six fields: second minute hour day-of-month month day-of-week")]
    Fields(String),
    /// Weekday numbers mean different days in different crons.
    #[error("schedule `{0}`: write weekdays as names (Mon, Tue …), numbers mean different days to different readers")]
    WeekdayNumber(String),
    /// Day of month and weekday together mean different things in different crons.
    #[error("schedule `{0}`: give a day of month or a weekday, not both")]
    TwoDays(String),
    /// Anything else.
    #[error("schedule `{text}`: {why}")]
    Syntax {
        /// The expression.
        text: String,
        /// What the parser says.
        why: String,
    },
}

impl Schedule {
    /// Parses an expression such as `0 */15 * * * *`.
    ///
    /// # Errors
    /// When it has not six fields, uses weekday numbers, gives both kinds of day, or is no cron at all.
    pub fn parse(text: &str) -> Result<Schedule, ScheduleError> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [_, _, _, day, _, weekday] = fields[..] else { return Err(ScheduleError::Fields(text.to_owned())) };
        if weekday.chars().any(|c| c.is_ascii_digit()) {
            return Err(ScheduleError::WeekdayNumber(text.to_owned()));
        }
        let any = |field: &str| field == "*" || field == "?";
        if !any(day) && !any(weekday) {
            return Err(ScheduleError::TwoDays(text.to_owned()));
        }
        cron::Schedule::from_str(text)
            .map(Schedule)
            .map_err(|error| ScheduleError::Syntax { text: text.to_owned(), why: error.to_string() })
    }

    /// The first tick after an instant. The expression is walked in wall time and the zone applied last, so that no
    /// change of clocks skips or repeats a tick.
    pub fn next_after(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let wall = at.with_timezone(&Seoul).naive_local();
        self.0.after(&wall.and_utc()).map(|tick| instant_of(tick.naive_utc())).find(|tick| *tick > at)
    }
}

/// The instant of a wall time; a time that a change of clocks leaves out is an hour later.
fn instant_of(wall: NaiveDateTime) -> DateTime<Utc> {
    let local = Seoul.from_local_datetime(&wall);
    let found = local.earliest().or_else(|| Seoul.from_local_datetime(&(wall + Duration::hours(1))).earliest());
    found.map_or_else(|| wall.and_utc(), |at| at.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(text: &str, after: &str) -> String {
        let after: DateTime<Utc> = DateTime::parse_from_rfc3339(after).unwrap().with_timezone(&Utc);
        let next = Schedule::parse(text).unwrap().next_after(after).unwrap();
        next.with_timezone(&Seoul).format("%Y-%m-%d %H:%M:%S").to_string()
    }

    #[test]
    fn ticks_are_wall_time_in_seoul() {
        for (text, after, want) in [
            ("0 */15 * * * *", "2026-11-24T20:01:00+09:00", "2026-11-24 20:15:00"),
            ("0 30 2 * * *", "2026-11-24T02:30:00+09:00", "2026-11-25 02:30:00"),
            ("0 0 9 * * Mon-Fri", "2026-11-27T10:00:00+09:00", "2026-11-30 09:00:00"),
            ("0 0 0 1 * *", "2026-12-31T23:59:59+09:00", "2027-01-01 00:00:00"),
            ("0 0 0 29 Feb *", "2026-03-01T00:00:00+09:00", "2028-02-29 00:00:00"),
            // Seoul moved its clocks forward at 02:00→03:00 on 1988-05-08: the tick inside the gap is an hour later
            ("0 30 2 * * *", "1988-05-07T12:00:00+09:00", "1988-05-08 03:30:00"),
        ] {
            assert_eq!(next(text, after), want, "{text} after {after}");
        }
    }

    #[test]
    fn ambiguous_expressions_are_refused_with_what_to_write() {
        for (text, want) in [
            ("*/15 * * * *", "write six fields"),
            ("0 0 9 * * 1-5", "weekdays as names"),
            ("0 0 9 1 * Mon", "not both"),
            ("0 0 25 * * *", "schedule"),
        ] {
            let error = Schedule::parse(text).unwrap_err().to_string();
            assert!(error.contains(want), "{text}: {error}");
        }
    }
}
