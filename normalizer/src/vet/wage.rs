//! MW: pay below the minimum wage of the day on which the work is done: the day of judging, or the last day to apply where
//! the wage has changed by then. Ranges are judged by their minimum; pay without hours is "cannot decide", never "pass"
//! where it could be too little.

use std::sync::LazyLock;

use chrono::NaiveDate;

use super::{Sure, found};
use crate::{EmploymentType, Finding, Normalized, PayPeriod};

/// Paid hours of a month at 40 hours a week with the paid weekly rest.
const MONTH_HOURS: i64 = 209;
/// Furthest day ahead whose wage is asked for: a year, beyond it a date is a sentinel.
const AHEAD_DAYS_MAX: i64 = 366;
/// Share of the wage that is due in a lawful probation, in per cent.
const PROBATION_PERCENT: i64 = 90;

/// The minimum wage in won an hour on a day.
pub fn hourly_minimum(day: NaiveDate) -> Option<i64> {
    static WAGES: LazyLock<Vec<(NaiveDate, i64)>> = LazyLock::new(|| {
        include_str!("../../data/minimum_wage.tsv")
            .lines()
            .filter(|l| !l.starts_with('#'))
            .skip(1)
            .filter_map(|l| l.split_once('\t'))
            .filter_map(|(from, won)| Some((from.parse().ok()?, won.parse().ok()?)))
            .collect()
    });
    WAGES.iter().rev().find(|(from, _)| *from <= day).map(|(_, won)| *won)
}

/// What an hour comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hourly {
    /// Stated, or from stated hours: won.
    Known(i64),
    /// Assumed at full time; fewer hours would make it more.
    Assumed(i64),
}

pub(super) fn judge(normalized: &Normalized, law_of: NaiveDate, findings: &mut Vec<Finding>) {
    let posting = &normalized.posting;
    let Some(pay) = &posting.base_salary else { return };
    let Some(least) = pay.min.or(pay.max).filter(|_| pay.currency.is_none()) else { return };
    // a posting alive in November for work in January needs January's wage
    let last =
        posting.closing.valid_through.filter(|last| *last > law_of && (*last - law_of).num_days() <= AHEAD_DAYS_MAX);
    let Some(wage_today) = hourly_minimum(law_of) else { return };
    let (work_of, wage) = match last.and_then(|last| Some((last, hourly_minimum(last)?))) {
        Some((last, wage)) if wage != wage_today => (last, wage),
        _ => (law_of, wage_today),
    };
    let no_employee =
        !posting.employment_type.is_empty() && posting.employment_type.iter().all(|t| *t == EmploymentType::Freelance);
    let abroad = !posting.job_location.is_empty()
        && posting.job_location.iter().all(|p| p.code.as_deref() == Some(crate::region::ABROAD));
    if no_employee || abroad {
        return;
    }
    let words: String = posting.work_hours.as_deref().unwrap_or("").chars().filter(|c| !c.is_whitespace()).collect();
    let daily = crate::hours::minutes_a_day(&words);
    let Some(hourly) = hourly(pay.period, least, posting.weekly_minutes, daily) else { return };
    let (amount, sure) = match hourly {
        Hourly::Known(won) => (won, Sure::Clear),
        Hourly::Assumed(won) => (won, Sure::Doubtful),
    };
    if amount >= wage {
        return;
    }
    let doubted = normalized.findings.iter().any(|f| matches!(f.rule.as_ref(), "pay.implausible" | "pay.unit_guessed"));
    let guessed = posting.provenance.iter().any(|p| p.rule == "pay.period_guessed");
    let probation = amount * 100 >= wage * PROBATION_PERCENT
        && posting.provenance.iter().any(|p| p.field == "base_salary" && p.raw.contains("수습"));
    let later = amount >= wage_today;
    let sure = if doubted || guessed || probation || later { Sure::Doubtful } else { sure };
    let span = match hourly {
        Hourly::Known(won) => format!("{least}원 → 시간당 {won}원 < {wage}원 ({work_of})"),
        Hourly::Assumed(won) => {
            format!("{least}원 → 주 40시간이면 시간당 {won}원 < {wage}원 ({work_of}); 근로시간 불명")
        }
    };
    found(findings, law_of, "MW", "base_salary", sure, &span);
}

pub(crate) fn hourly(
    period: Option<PayPeriod>,
    won: i64,
    weekly_minutes: Option<u32>,
    daily_minutes: Option<u32>,
) -> Option<Hourly> {
    // hours paid in a month: those worked and the paid weekly rest, as 209 is to 40 + 8
    let month = weekly_minutes.map(|minutes| {
        let minutes = i64::from(minutes);
        let rest = if minutes >= 15 * 60 { minutes.min(40 * 60) / 5 } else { 0 };
        (MONTH_HOURS * (minutes + rest), 48 * 60)
    });
    match (period?, month) {
        (PayPeriod::Hour, _) => Some(Hourly::Known(won)),
        (PayPeriod::Month, Some((hours, per))) if hours > 0 => Some(Hourly::Known(up(won.saturating_mul(per), hours))),
        (PayPeriod::Year, Some((hours, per))) if hours > 0 => {
            Some(Hourly::Known(up(won.saturating_mul(per), hours * 12)))
        }
        (PayPeriod::Month, _) => Some(Hourly::Assumed(up(won, MONTH_HOURS))),
        (PayPeriod::Year, _) => Some(Hourly::Assumed(up(won, MONTH_HOURS * 12))),
        (PayPeriod::Day, _) => Some(match daily_minutes.filter(|m| *m > 0) {
            Some(minutes) => Hourly::Known(up(won.saturating_mul(60), i64::from(minutes))),
            None => Hourly::Assumed(up(won, 8)),
        }),
        (PayPeriod::Week, Some(_)) => {
            weekly_minutes.filter(|m| *m > 0).map(|m| Hourly::Known(up(won.saturating_mul(60), i64::from(m))))
        }
        (PayPeriod::Week, None) => Some(Hourly::Assumed(up(won, 40))),
        (PayPeriod::Piece, _) => None,
    }
}

/// Division rounded up: a monthly 2,156,880 is exactly 10,320 an hour.
fn up(won: i64, hours: i64) -> i64 {
    (won + hours - 1) / hours
}
