//! When a request is repeated: `Retry-After`, and back-off with full jitter.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::options::RetryOptions;

/// No `Retry-After` is taken for longer: beyond it a portal's clock or its hand slipped.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(7 * 24 * 3600);

/// What a response's status says about asking again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Again {
    /// It is the answer.
    No,
    /// After a back-off.
    Backoff,
    /// The host said when; it is paused until then.
    Paused,
}

/// Statuses that another attempt may mend. 501 and 505 are answers, not accidents.
pub(super) fn again(status: u16, has_retry_after: bool) -> Again {
    match status {
        429 | 503 if has_retry_after => Again::Paused,
        408 | 429 => Again::Backoff,
        501 | 505 => Again::No,
        500..=599 => Again::Backoff,
        _ => Again::No,
    }
}

/// How long a `Retry-After` header asks to wait: seconds or an HTTP-date (RFC 9110, 10.2.3). A date is measured against
/// the portal's own `Date`, if it sent one, because its clock may be wrong (R12). `None` when it is neither.
pub(super) fn retry_after(value: &str, date: Option<&str>, now: DateTime<Utc>) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
        let secs = value.parse().unwrap_or(u64::MAX);
        return Some(Duration::from_secs(secs).min(RETRY_AFTER_MAX));
    }
    let until = http_date(value)?;
    let from = date.and_then(http_date).unwrap_or(now);
    let wait = until.signed_duration_since(from).to_std().unwrap_or(Duration::ZERO);
    Some(wait.min(RETRY_AFTER_MAX))
}

/// The three forms of an HTTP-date.
fn http_date(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(date) = DateTime::parse_from_rfc2822(text) {
        return Some(date.to_utc());
    }
    let naive = chrono::NaiveDateTime::parse_from_str(text, "%A, %d-%b-%y %H:%M:%S GMT")
        .or_else(|_| chrono::NaiveDateTime::parse_from_str(text, "%a %b %e %H:%M:%S %Y"));
    naive.ok().map(|naive| naive.and_utc())
}

/// Longest back-off before repeat number `repeat` (1 = the first).
pub(super) fn backoff_span(repeat: u32, options: &RetryOptions) -> Duration {
    let doubled = options.backoff_ms.saturating_mul(1 << repeat.saturating_sub(1).min(20));
    Duration::from_millis(doubled.min(options.backoff_ms_max))
}

/// Full jitter: anything from nothing to the span, so that callers who failed together do not return together.
pub(super) fn jittered(span: Duration, chance: f64) -> Duration {
    span.mul_f64(chance.clamp(0.0, 1.0))
}

/// A number in 0..1; good enough to spread callers, and needs no generator to carry along.
pub(super) fn chance() -> f64 {
    let random = RandomState::new().hash_one(0_u8);
    f64::from(u32::try_from(random >> 32).unwrap_or(0)) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_read_as_seconds_and_as_every_http_date() {
        let now = DateTime::parse_from_rfc3339("1994-11-06T08:48:37Z").unwrap().to_utc();
        for (value, date, expected) in [
            ("60", None, Some(60)),
            (" 0 ", None, Some(0)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", None, Some(60)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", None, Some(60)),
            ("Sun Nov  6 08:49:37 1994", None, Some(60)),
            // Its clock is a day late: the distance to its own Date counts.
            ("Sat, 05 Nov 1994 08:49:37 GMT", Some("Sat, 05 Nov 1994 08:49:07 GMT"), Some(30)),
            ("Sat, 05 Nov 1994 08:49:37 GMT", None, Some(0)),
            ("99999999999999999999999", None, Some(7 * 24 * 3600)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", None, Some(7 * 24 * 3600)),
            ("-5", None, None),
            ("soon", None, None),
            ("잠시 후", None, None),
            ("", None, None),
        ] {
            let wait = retry_after(value, date, now).map(|wait| wait.as_secs());
            assert_eq!(wait, expected, "{value:?} with Date {date:?}");
        }
    }

    #[test]
    fn back_off_doubles_up_to_its_cap_and_is_drawn_from_the_whole_span() {
        let options = RetryOptions { attempts_max: 9, backoff_ms: 500, backoff_ms_max: 3_000 };
        let spans: Vec<u128> = (1..=5).map(|n| backoff_span(n, &options).as_millis()).collect();
        assert_eq!(spans, [500, 1000, 2000, 3000, 3000]);
        assert_eq!(backoff_span(u32::MAX, &options).as_millis(), 3000);
        let span = Duration::from_secs(10);
        assert_eq!([0.0, 0.25, 1.0].map(|chance| jittered(span, chance).as_millis()), [0, 2500, 10_000]);
        let drawn: Vec<f64> = (0..200).map(|_| chance()).collect();
        assert!(drawn.iter().all(|x| (0.0..=1.0).contains(x)));
        assert!(drawn.iter().any(|x| *x < 0.2) && drawn.iter().any(|x| *x > 0.8), "{drawn:?}");
    }

    #[test]
    fn only_accidents_are_repeated() {
        for (status, has_retry_after, expected) in [
            (200, false, Again::No),
            (304, false, Again::No),
            (401, true, Again::No),
            (404, false, Again::No),
            (410, false, Again::No),
            (408, false, Again::Backoff),
            (429, true, Again::Paused),
            (429, false, Again::Backoff),
            (500, true, Again::Backoff),
            (501, false, Again::No),
            (502, false, Again::Backoff),
            (503, true, Again::Paused),
            (503, false, Again::Backoff),
        ] {
            assert_eq!(again(status, has_retry_after), expected, "{status}");
        }
    }
}
