//! What offices learn of the world: insured hires, work by the day, tests on the domestic market, businesses that close.

use std::sync::Arc;

use chrono::{Days, NaiveDate};

use super::chance::{Chance, Facet};
use super::life::NEVER;
use super::table::TABLES;
use super::{NO_POST, Post, Why, World, offer, wording};
use crate::{Employer, MarketTest};

/// Share of part-time hires below fifteen hours a week, which nobody insures.
const SHORT_HOURS: f64 = 0.15;
/// Share of hires whose contract is with another employer (an agency, a parent company).
const ELSEWHERE: f64 = 0.02;
/// Share of the national postings of employers who recruit abroad that are a test on the domestic market.
const TESTS: f64 = 0.6;
/// Share of registrations that do not name the posting.
const UNNAMED: f64 = 0.1;
/// Share of employers that close within [`HALT_DAYS`] of the world's first day, and that are suspended for a while.
const CLOSES: f64 = 0.01;
const PAUSES: f64 = 0.005;
const HALT_DAYS: i64 = 120;
/// How long a business is suspended.
const PAUSE_DAYS: i32 = 25;

/// What insurance knows of a hire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Covered {
    /// An acquisition is reported.
    Insured,
    /// It is reported as work by the day.
    ByTheDay,
    /// Nobody reports it: freelance work, or fewer than fifteen hours a week.
    Nobody,
    /// It is reported for another employer.
    Elsewhere,
}

impl Covered {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Covered::Insured => "insured",
            Covered::ByTheDay => "daily",
            Covered::Nobody => "nobody",
            Covered::Elsewhere => "elsewhere",
        }
    }
}

impl World {
    /// What insurance will know of a vacancy's hire.
    pub(crate) fn covered(&self, vacancy: u32) -> Covered {
        let mut c = Chance::new(self.seed, Facet::Insurance, u64::from(vacancy));
        let employment = offer::of(self, &self.vacancies[vacancy as usize], vacancy).employment;
        match employment {
            "freelance" => Covered::Nobody,
            "per_diem" => Covered::ByTheDay,
            "part_time" if c.happens(SHORT_HOURS) => Covered::Nobody,
            _ if c.happens(ELSEWHERE) => Covered::Elsewhere,
            _ => Covered::Insured,
        }
    }

    /// People taken on for a vacancy.
    pub(crate) fn people(&self, vacancy: u32) -> u32 {
        let v = &self.vacancies[vacancy as usize];
        offer::headcount(self.seed, v.text, v.variant, vacancy).max(1)
    }

    /// Writes what offices learn after day `from` up to `to` into the employers' records.
    pub(super) fn report(&mut self, from: i32, to: i32) {
        self.report_hires(from, to);
        self.report_tests(from, to);
        self.report_businesses(from.max(-1), to);
    }

    fn report_hires(&mut self, from: i32, to: i32) {
        let mut hires: Vec<(usize, NaiveDate, &'static str, u32, bool)> = Vec::new();
        for (i, v) in (0u32..).zip(&self.vacancies) {
            let filled = v.filled();
            if filled == NEVER || filled <= from || filled > to {
                continue;
            }
            let firm = match self.covered(i) {
                Covered::Nobody => continue,
                Covered::Elsewhere => (v.firm as usize + 1) % self.employers.len(),
                Covered::Insured | Covered::ByTheDay => v.firm as usize,
            };
            let daily = self.covered(i) == Covered::ByTheDay;
            hires.push((firm, self.date(filled), TABLES.trades[usize::from(v.trade)].code, self.people(i), daily));
        }
        hires.sort_unstable();
        let employers = Arc::make_mut(&mut self.employers);
        for (firm, date, code, people, daily) in hires {
            let employer = &mut employers[firm];
            let list = if daily { &mut employer.daily } else { &mut employer.hires };
            list.push((date, code.to_owned(), people));
        }
    }

    fn report_tests(&mut self, from: i32, to: i32) {
        let mut tests: Vec<(usize, MarketTest)> = Vec::new();
        for (index, post) in (0u32..).zip(&self.posts) {
            let Some((registered, test)) = self.test_of(index, post) else { continue };
            if registered > from && registered <= to {
                tests.push((self.vacancies[post.vacancy as usize].firm as usize, test));
            }
        }
        tests.sort_by(|a, b| (a.0, a.1.registered, &a.1.permit_no).cmp(&(b.0, b.1.registered, &b.1.permit_no)));
        let employers = Arc::make_mut(&mut self.employers);
        for (firm, test) in tests {
            employers[firm].tests.push(test);
        }
    }

    /// The test a posting is, if it is one, and the day on which it is registered.
    fn test_of(&self, index: u32, post: &Post) -> Option<(i32, MarketTest)> {
        let manner = &self.manners[usize::from(post.portal)];
        let vacancy = &self.vacancies[post.vacancy as usize];
        let employer = &self.employers[vacancy.firm as usize];
        let may = manner.national && post.why != Why::Repost && post.origin == NO_POST && recruits_abroad(employer);
        // registered in the first days of the posting; older ones of the first stock had theirs before
        if !may || vacancy.offence != 0 || post.born < -8 {
            return None;
        }
        let mut c = Chance::new(self.seed, Facet::Permit, u64::from(index));
        if !c.happens(TESTS) {
            return None;
        }
        let registered = post.born + c.range(0, 6) as i32;
        if registered >= post.ends {
            return None;
        }
        let from = self.date(registered + 1);
        let days: u64 = if c.happens(0.25) { 3 } else { 7 };
        let until = from + Days::new(days - 1);
        let issued = c.happens(0.8).then(|| until + Days::new(c.range(14, 84) as u64));
        let changed = issued.filter(|_| c.happens(0.2)).map(|day| day + Days::new(20));
        let test = MarketTest {
            permit_no: format!("EPS-{}-{index:08}", from.format("%Y")),
            portal: self.portals[usize::from(post.portal)].name.clone(),
            posting: wording::ids(self, index).0,
            named: !c.happens(UNNAMED),
            occupation: TABLES.trades[usize::from(vacancy.trade)].code.to_owned(),
            slots: self.people(post.vacancy),
            registered: self.date(registered),
            from,
            until,
            issued,
            changed,
        };
        Some((registered, test))
    }

    /// Businesses that close or pause on the days after `from` up to `to`, and those that go on again.
    fn report_businesses(&mut self, from: i32, to: i32) {
        let (seed, start) = (self.seed, self.start);
        let employers = Arc::make_mut(&mut self.employers);
        for (i, employer) in (0u64..).zip(employers.iter_mut()) {
            let mut c = Chance::new(seed, Facet::Business, i);
            let (closes, pauses) = (c.happens(CLOSES), c.happens(PAUSES));
            let day = c.range(1, HALT_DAYS) as i32;
            let is_on = |at: i32| at > from && at <= to;
            let date = |at: i32| start + Days::new(u64::from(at.unsigned_abs()));
            match employer.business_state {
                "01" if closes && is_on(day) => {
                    (employer.business_state, employer.business_state_since) = ("03", Some(date(day)));
                }
                "01" if pauses && is_on(day) => {
                    (employer.business_state, employer.business_state_since) = ("02", Some(date(day)));
                }
                "02" if pauses && is_on(day + PAUSE_DAYS) => {
                    (employer.business_state, employer.business_state_since) = ("01", None);
                }
                _ => {}
            }
        }
    }
}

/// Employers with foreign workers: some of those in manufacturing, farming and fishing (KSIC 01 to 03, 10 to 34).
pub(crate) fn recruits_abroad(employer: &Employer) -> bool {
    let division = employer.industry_code.trim_start_matches(|c: char| c.is_ascii_alphabetic()).get(..2);
    let allowed =
        division.and_then(|d| d.parse::<u32>().ok()).is_some_and(|d| (1..=3).contains(&d) || (10..=34).contains(&d));
    allowed && crate::market::hash(&employer.business_number).is_multiple_of(4)
}
