//! Circuit breaker of one host: after failures in a row it is left alone, then one request tries it again.

use std::time::Duration;

use super::options::BreakerOptions;

/// State of one host's breaker; times are uptimes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Breaker {
    failures: u32,
    /// How often it opened since the last success.
    opened: u32,
    /// Nobody passes before; `None` when closed.
    open_until: Option<Duration>,
}

/// Leave to send one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pass {
    /// The breaker is closed.
    Normal,
    /// It was open: what becomes of this request decides.
    Probe,
}

impl Breaker {
    /// Asks to send a request. When the open time is over, the first to ask becomes the probe and the others wait for
    /// as long again: a probe that is dropped half way blocks nobody for ever.
    ///
    /// # Errors
    /// The uptime at which to ask again.
    pub(super) fn admit(&mut self, now: Duration, options: &BreakerOptions) -> Result<Pass, Duration> {
        match self.open_until {
            None => Ok(Pass::Normal),
            Some(until) if now < until => Err(until),
            Some(_) => {
                self.open_until = Some(now + open_time(self.opened, options));
                Ok(Pass::Probe)
            }
        }
    }

    /// The host answered.
    pub(super) fn succeeded(&mut self) {
        *self = Self::default();
    }

    /// The host failed; says whether the breaker opened by it.
    pub(super) fn failed(&mut self, pass: Pass, now: Duration, options: &BreakerOptions) -> bool {
        self.failures = self.failures.saturating_add(1);
        let opens = match pass {
            Pass::Probe => true,
            // What was under way when it opened says nothing new.
            Pass::Normal => self.open_until.is_none() && self.failures >= options.failures.max(1),
        };
        if opens {
            self.opened = self.opened.saturating_add(1);
            self.open_until = Some(now + open_time(self.opened, options));
        }
        opens
    }

    /// Failures in a row.
    pub(super) fn failures(&self) -> u32 {
        self.failures
    }

    /// Whether there is nothing to remember.
    pub(super) fn is_quiet(&self) -> bool {
        self.failures == 0
    }
}

/// Doubled with each opening, within the longest.
fn open_time(opened: u32, options: &BreakerOptions) -> Duration {
    let doubled = options.open_secs.saturating_mul(1 << opened.saturating_sub(1).min(20));
    Duration::from_secs(doubled.min(options.open_secs_max).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONS: BreakerOptions = BreakerOptions { failures: 3, open_secs: 30, open_secs_max: 100 };

    fn at(secs: u64) -> Duration {
        Duration::from_secs(secs)
    }

    #[test]
    fn it_opens_after_failures_in_a_row_for_a_growing_time() {
        let mut breaker = Breaker::default();
        assert!(!breaker.failed(Pass::Normal, at(0), &OPTIONS));
        assert!(!breaker.failed(Pass::Normal, at(1), &OPTIONS));
        assert_eq!(breaker.admit(at(1), &OPTIONS), Ok(Pass::Normal));
        assert!(breaker.failed(Pass::Normal, at(2), &OPTIONS));
        assert_eq!(breaker.admit(at(31), &OPTIONS), Err(at(32)));
        for (asked, open_again) in [(32, 92), (92, 192), (192, 292)] {
            assert_eq!(breaker.admit(at(asked), &OPTIONS), Ok(Pass::Probe));
            assert!(breaker.failed(Pass::Probe, at(asked), &OPTIONS));
            assert_eq!(breaker.admit(at(asked + 1), &OPTIONS), Err(at(open_again)));
        }
    }

    #[test]
    fn a_success_between_failures_starts_the_count_again() {
        let mut breaker = Breaker::default();
        for _ in 0..10 {
            assert!(!breaker.failed(Pass::Normal, at(0), &OPTIONS));
            assert!(!breaker.failed(Pass::Normal, at(0), &OPTIONS));
            breaker.succeeded();
        }
        assert!(breaker.is_quiet());
    }

    #[test]
    fn half_open_lets_one_request_through_and_its_success_closes_it() {
        let mut breaker = Breaker::default();
        for _ in 0..3 {
            breaker.failed(Pass::Normal, at(0), &OPTIONS);
        }
        assert_eq!(breaker.admit(at(30), &OPTIONS), Ok(Pass::Probe));
        assert_eq!(breaker.admit(at(30), &OPTIONS), Err(at(60)), "only one probe");
        breaker.succeeded();
        assert_eq!(breaker.admit(at(30), &OPTIONS), Ok(Pass::Normal));
    }

    #[test]
    fn a_probe_that_never_reports_is_followed_by_another() {
        let mut breaker = Breaker::default();
        for _ in 0..3 {
            breaker.failed(Pass::Normal, at(0), &OPTIONS);
        }
        assert_eq!(breaker.admit(at(30), &OPTIONS), Ok(Pass::Probe));
        assert_eq!(breaker.admit(at(60), &OPTIONS), Ok(Pass::Probe));
    }

    #[test]
    fn failures_that_were_under_way_do_not_prolong_the_opening() {
        let mut breaker = Breaker::default();
        for _ in 0..3 {
            breaker.failed(Pass::Normal, at(0), &OPTIONS);
        }
        assert!(!breaker.failed(Pass::Normal, at(20), &OPTIONS));
        assert_eq!(breaker.admit(at(20), &OPTIONS), Err(at(30)));
        assert_eq!(breaker.failures(), 4);
    }
}
