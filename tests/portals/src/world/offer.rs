//! What a vacancy offers: pay at or above the minimum wage (unless it is to break the rule), hours, contract, demands.

use chrono::{Datelike, NaiveDate};

use super::chance::{Chance, Facet};
use super::offence::{self, Where};
use super::table::{Kind, TABLES, Trade};
use super::{Vacancy, World};

/// Hours a month on which a full-time month is paid: 40 a week with paid weekly rest.
const MONTH_HOURS: i64 = 209;

/// The facts of an offer.
#[derive(Clone, Debug)]
pub(crate) struct Offer {
    /// Y M D H, or N when it is left open.
    pub(crate) period: char,
    pub(crate) min: i64,
    pub(crate) max: i64,
    pub(crate) employment: &'static str,
    pub(crate) career: Option<(u32, Option<u32>)>,
    pub(crate) education: &'static str,
    pub(crate) headcount: u32,
    pub(crate) hours: String,
    pub(crate) days: &'static str,
    pub(crate) probation: bool,
}

/// Minimum wage an hour in won, in force on a day.
pub(crate) fn minimum_wage(day: NaiveDate) -> i64 {
    match day.year() {
        ..=2023 => 9_620,
        2024 => 9_860,
        2025 => 10_030,
        2026 => 10_320,
        _ => 10_700,
    }
}

/// People wanted; look-alikes may want another number.
pub(crate) fn headcount(seed: u64, text: u32, variant: u8, vacancy: u32) -> u32 {
    let thing = if variant == 0 { u64::from(text) } else { u64::from(vacancy) | 1 << 40 };
    let mut c = Chance::new(seed, Facet::Facts, thing);
    *c.pick(&[1, 1, 1, 1, 1, 2, 2, 3, 4, 5, 10, 0])
}

fn ceil(won: i64, step: i64) -> i64 {
    (won + step - 1) / step * step
}

/// The facts of a vacancy; look-alikes share those of the vacancy whose words they share.
pub(crate) fn of(world: &World, vacancy: &Vacancy, index: u32) -> Offer {
    let trade = &TABLES.trades[usize::from(vacancy.trade)];
    let kind = TABLES.sectors[world.firms[vacancy.firm as usize].sector].kind;
    let mut c = Chance::new(world.seed, Facet::Pay, u64::from(vacancy.text));
    let wage = minimum_wage(world.date(vacancy.born) + chrono::Days::new(30));
    let part = trade.part && c.happens(0.7);
    let employment = employment(&mut c, trade, kind, part);
    let night = trade.shifts && c.happens(0.6);
    let start = *c.pick(&[16, 17, 17, 18, 18, 18, 18, 19, 20]);
    let day_hours = if part { c.range(3, 6) } else { 8 };
    let hours = hours(&mut c, part, night, start, day_hours);
    let days = if part {
        *c.pick(&["주 5일 근무", "주 3일 근무", "주말 근무(토~일)", "주 4일 근무", "요일 협의"])
    } else {
        *c.pick(&[
            "주 5일 근무",
            "주 5일 근무(월~금)",
            "주 5일 근무",
            "주 6일 근무",
            "주 5일(스케줄 근무)",
            "격주 휴무",
            "월~금",
        ])
    };
    let unlawful = offence::get(vacancy.offence).is_some_and(|o| o.place == Where::Pay);
    let (mut period, mut min, mut max) =
        pay(&mut c, trade.period, (trade.low, trade.high), wage, if part { day_hours } else { 8 });
    if c.happens(0.16) {
        period = 'N';
    }
    if unlawful {
        period = if trade.period == 'Y' { 'M' } else { trade.period };
        let share = 74 + c.range(0, 20);
        (min, max) = match period {
            'H' => (ceil(wage * share / 100, 10), ceil(wage * share / 100, 10)),
            'D' => (ceil(wage * 8 * share / 100, 1_000), ceil(wage * 8 * share / 100, 1_000)),
            _ => {
                (wage * MONTH_HOURS * share / 100 / 10_000 * 10_000, wage * MONTH_HOURS * share / 100 / 10_000 * 10_000)
            }
        };
    }
    let (career, education) = demands(&mut c, trade.simple || part, trade.period == 'Y');
    Offer {
        period,
        min: if period == 'N' { 0 } else { min },
        max: if period == 'N' { 0 } else { max },
        employment,
        career,
        education,
        headcount: headcount(world.seed, vacancy.text, vacancy.variant, index),
        hours: if unlawful { "09:00 ~ 18:00".to_owned() } else { hours },
        days: if unlawful { "주 5일 근무(월~금)" } else { days },
        probation: c.happens(0.2) && matches!(employment, "permanent"),
    }
}

fn employment(c: &mut Chance, trade: &Trade, kind: Kind, part: bool) -> &'static str {
    if trade.period == 'D' {
        if matches!(kind, Kind::Public) { "temporary" } else { "per_diem" }
    } else if part {
        "part_time"
    } else {
        match kind {
            Kind::Public => ["contract", "temporary", "temporary", "indefinite", "intern", "permanent"][c.below(6)],
            Kind::Agency => ["contract", "contract", "permanent", "temporary"][c.below(4)],
            Kind::Shop => ["permanent", "permanent", "part_time", "contract"][c.below(4)],
            _ => [
                "permanent",
                "permanent",
                "permanent",
                "permanent",
                "permanent",
                "permanent",
                "contract",
                "contract",
                "intern",
                "freelance",
            ][c.below(10)],
        }
    }
}

fn hours(c: &mut Chance, part: bool, night: bool, start: i64, day_hours: i64) -> String {
    let clock = |half_hours: i64| format!("{:02}:{:02}", half_hours / 2 % 24, half_hours % 2 * 30);
    if part {
        let start = *c.pick(&[14, 18, 20, 22, 24, 34, 36, 44]);
        return format!("{} ~ {}", clock(start), clock(start + day_hours * 2));
    }
    if night {
        return (*c.pick(&[
            "주간 08:30 ~ 17:30 / 야간 20:30 ~ 05:30",
            "3교대(데이 07:00~15:00, 이브닝 15:00~23:00, 나이트 23:00~07:00)",
            "주야 2교대(08:00~20:00, 20:00~08:00)",
            "4조 3교대",
            "당직-비번-주간-휴무(4교대)",
            "격일제 24시간(휴게 10시간)",
            "야간 22:00 ~ 07:00",
        ]))
        .to_owned();
    }
    format!("{} ~ {}", clock(start), clock(start + 18))
}

fn pay(c: &mut Chance, period: char, (low, high): (i64, i64), wage: i64, day_hours: i64) -> (char, i64, i64) {
    // A part-time month: five days and the paid rest day, 4.345 weeks.
    let month_hours = if day_hours >= 8 { MONTH_HOURS } else { day_hours * 26 + 1 };
    let (low, high, floor, step) = match period {
        'H' => (low * wage / 1_000, high * wage / 1_000, wage, 10),
        'D' => (low, high, ceil(wage * 8, 10), 1_000),
        'M' => (low * month_hours / MONTH_HOURS, high * month_hours / MONTH_HOURS, wage * month_hours, 10_000),
        _ => (low, high, wage * MONTH_HOURS * 12, 100_000),
    };
    // Much pay is exactly the minimum, as real postings are.
    let at_floor = (period == 'H' && c.happens(0.45)) || (low <= floor && c.happens(0.3));
    let min = if at_floor { floor } else { ceil(c.range(low, low + (high - low) * 6 / 10).max(floor), step) };
    let exact = period == 'H' || at_floor || c.happens(0.35);
    let max = if exact { min } else { ceil(min + min * c.range(4, 35) / 100, step) };
    let round = if period == 'H' || at_floor { 1 } else { step };
    (period, min, max / round * round)
}

fn demands(c: &mut Chance, simple: bool, office: bool) -> (Option<(u32, Option<u32>)>, &'static str) {
    let career = match c.below(100) {
        0..=54 => None,
        55..=64 if office || simple => Some((0, Some(0))),
        _ if simple => None,
        55..=72 => Some((1, None)),
        73..=84 => Some((2 + c.below(2) as u32, None)),
        85..=92 => Some((5, None)),
        93..=95 => Some((3, Some(10))),
        _ => Some((10, None)),
    };
    let education = if simple {
        *c.pick(&["00", "00", "00", "00", "03"])
    } else if office {
        *c.pick(&["00", "00", "03", "04", "04", "05", "05", "06"])
    } else {
        *c.pick(&["00", "00", "00", "03", "03", "04", "05"])
    };
    (career, education)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lawful_pay_never_falls_below_the_minimum() {
        for n in 0..20_000u64 {
            let mut c = Chance::new(3, Facet::Pay, n);
            let trade = c.pick(&TABLES.trades);
            let day_hours = c.range(3, 8);
            let (period, min, max) = pay(&mut c, trade.period, (trade.low, trade.high), 10_320, day_hours);
            let hour_thousandths = match period {
                'H' => min * 1_000,
                'D' => min * 1_000 / 8,
                'M' => min * 1_000 / if day_hours >= 8 { 209 } else { day_hours * 26 + 1 },
                _ => min * 1_000 / 12 / 209,
            };
            assert!(hour_thousandths >= 10_320_000 && max >= min, "{} {period} {min} {max}", trade.name);
        }
    }
}
