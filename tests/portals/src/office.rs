//! The truth that offices learn late, for tests: who was really hired for what, which postings are statutory tests, and
//! which businesses do not go on.

use chrono::{Datelike as _, Months, NaiveDate};

use crate::fleet::{Fleet, read};
use crate::world::life::NEVER;
use crate::world::office::Covered;
use crate::world::wording;
use crate::{Employer, MarketTest};

/// A vacancy that somebody was hired for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled {
    /// Index of the vacancy in the world.
    pub vacancy: u32,
    /// Number of its employer.
    pub business_number: String,
    /// Day of the hire.
    pub day: NaiveDate,
    pub people: u32,
    /// Insurance reports it for this employer as an acquisition.
    pub insured: bool,
    /// Day from which the hire is in a batch.
    pub reported: NaiveDate,
    /// Portal and id of each of its postings.
    pub postings: Vec<(String, String)>,
}

/// A business that is closed or suspended today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Halt {
    pub business_number: String,
    /// 02 or 03.
    pub state: &'static str,
    pub since: Option<NaiveDate>,
}

/// When a hire is known: acquisitions are reported by the 15th of the month after, corrections on the 20th.
pub(crate) fn reported(hired: NaiveDate) -> NaiveDate {
    let next = hired.with_day(1).and_then(|d| d.checked_add_months(Months::new(1)));
    next.and_then(|d| d.with_day(15)).unwrap_or(hired)
}

impl Fleet {
    /// Every vacancy that has been filled up to today.
    pub fn filled(&self) -> Vec<Filled> {
        let world = read(&self.inner.world).clone();
        let mut postings: Vec<Vec<u32>> = vec![Vec::new(); world.vacancies.len()];
        for (i, post) in (0u32..).zip(&world.posts) {
            postings[post.vacancy as usize].push(i);
        }
        let mut filled = Vec::new();
        for (i, vacancy) in (0u32..).zip(&world.vacancies) {
            let day = vacancy.filled();
            if day == NEVER || day > world.day {
                continue;
            }
            let named = |post: &u32| {
                let portal = usize::from(world.posts[*post as usize].portal);
                (world.portals[portal].name.clone(), wording::ids(&world, *post).0)
            };
            filled.push(Filled {
                vacancy: i,
                business_number: world.employers[vacancy.firm as usize].business_number.clone(),
                day: world.date(day),
                people: world.people(i),
                insured: world.covered(i) == Covered::Insured,
                reported: reported(world.date(day)),
                postings: postings[i as usize].iter().map(named).collect(),
            });
        }
        filled
    }

    /// Every test on the domestic market that has been registered up to today.
    pub fn market_tests(&self) -> Vec<MarketTest> {
        let world = read(&self.inner.world).clone();
        world.employers.iter().flat_map(|e| e.tests.iter().cloned()).collect()
    }

    /// Businesses that are closed or suspended today.
    pub fn halts(&self) -> Vec<Halt> {
        let world = read(&self.inner.world).clone();
        let halted = |e: &&Employer| e.business_state != "01";
        let of = |e: &Employer| Halt {
            business_number: e.business_number.clone(),
            state: e.business_state,
            since: e.business_state_since,
        };
        world.employers.iter().filter(halted).map(of).collect()
    }
}
