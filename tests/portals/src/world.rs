//! The world: employers, vacancies and the postings of each on portals, grown day by day from a seed.
//! It holds facts only (a few dozen bytes a posting); `wording` turns them into the text a portal shows.

pub(crate) mod chance;
pub(crate) mod firm;
pub(crate) mod id;
pub(crate) mod life;
pub(crate) mod manner;
pub(crate) mod offence;
pub(crate) mod offer;
pub(crate) mod office;
pub(crate) mod table;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod wording;

use std::sync::Arc;

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime};
use rustc_hash::FxHashSet;

use self::chance::{Chance, Facet};
use self::firm::Firm;
use self::life::{Close, Habit, Life, NEVER, Reason};
use self::manner::{Manner, Republishes};
use self::table::{Kind, TABLES};
use crate::{Employer, Portal};

/// Listed postings of a world of scale 1.
pub(crate) const LISTED_AT_SCALE_ONE: f64 = 150_000.0;
/// Days of closed postings that a new world remembers, so that a closed id can still be asked for.
const REMEMBERED_DAYS: i32 = 10;
const NEW_A_DAY: f64 = 0.03;
/// Chance that a posting changes on a day.
pub(crate) const CHANGED_A_DAY: f64 = 0.05;
/// Employers per listed posting.
const EMPLOYERS_A_POSTING: f64 = 0.3;
const LOOKALIKES: f64 = 0.08;
/// Share of postings that ended unfilled and come back under a new id.
const REPOSTED: f64 = 0.22;
/// Share of private postings that stand twice on their portal at once ("jump" to the top of the list).
const DOUBLED: f64 = 0.006;
const ILLEGAL: f64 = 0.025;
/// Tries to find a vacancy that a portal has not yet before it posts one of its own.
const COPY_TRIES: usize = 8;

/// A vacancy: one job to fill.
#[derive(Clone, Debug)]
pub(crate) struct Vacancy {
    pub(crate) firm: u32,
    pub(crate) trade: u16,
    pub(crate) place: u16,
    pub(crate) born: i32,
    pub(crate) life: Life,
    /// Index into [`offence::OFFENCES`] plus one; 0 = lawful.
    pub(crate) offence: u8,
    /// The vacancy whose words it shares (itself, unless it is a look-alike).
    pub(crate) text: u32,
    /// What sets a look-alike apart: 0 nothing, 1 branch, 2 shift, 3 licence or experience, 4 team.
    pub(crate) variant: u8,
    pub(crate) first: u32,
}

impl Vacancy {
    /// First day on which nobody can apply any more.
    pub(crate) fn ends(&self) -> i32 {
        self.born + self.life.open
    }

    /// Day of the hire, or [`NEVER`].
    pub(crate) fn filled(&self) -> i32 {
        if self.life.fill == NEVER { NEVER } else { self.born + self.life.fill }
    }
}

/// Why a posting exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    First,
    Copy,
    Repost,
    Lookalike,
}

impl Why {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Why::First => "first",
            Why::Copy => "copy",
            Why::Repost => "repost",
            Why::Lookalike => "lookalike",
        }
    }
}

/// A posting of a vacancy on a portal.
#[derive(Clone, Debug)]
pub(crate) struct Post {
    pub(crate) vacancy: u32,
    pub(crate) portal: u16,
    pub(crate) serial: u32,
    pub(crate) born: i32,
    pub(crate) ends: i32,
    /// Days for which it stays listed after it closed, flagged.
    pub(crate) lingers: u8,
    pub(crate) why: Why,
    /// The posting it was taken from, or [`NO_POST`].
    pub(crate) origin: u32,
    /// It was taken by machine and names the posting it came from.
    pub(crate) republished: bool,
    pub(crate) reason: Reason,
}

pub(crate) const NO_POST: u32 = u32::MAX;

impl Post {
    pub(crate) fn open(&self, day: i32) -> bool {
        self.born <= day && day < self.ends
    }

    pub(crate) fn listed(&self, day: i32) -> bool {
        self.born <= day && day < self.ends + i32::from(self.lingers)
    }
}

/// The world at a day.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) start: NaiveDate,
    pub(crate) day: i32,
    pub(crate) portals: Arc<Vec<Portal>>,
    pub(crate) manners: Arc<Vec<Manner>>,
    pub(crate) employers: Arc<Vec<Employer>>,
    pub(crate) firms: Arc<Vec<Firm>>,
    pub(crate) vacancies: Vec<Vacancy>,
    pub(crate) posts: Vec<Post>,
    /// Posts of each portal, oldest first.
    pub(crate) by_portal: Vec<Vec<u32>>,
    has: FxHashSet<u64>,
    pools: Arc<Pools>,
}

/// Employers by sector and by place.
#[derive(Debug)]
struct Pools {
    by_sector: Vec<Vec<u32>>,
    by_place: Vec<Vec<u32>>,
    /// The one employer of each board.
    boards: Vec<u32>,
}

impl World {
    /// The world of `seed` on day `day` after `start`; the same whether reached here or by [`World::step`].
    pub(crate) fn new(seed: u64, scale: f64, start: NaiveDate, day: u32, portals: Vec<Portal>) -> World {
        let listed = (LISTED_AT_SCALE_ONE * scale).max(1.0);
        let all = portals.iter().map(|p| p.weight.max(0.0)).sum();
        let manners: Vec<Manner> = portals.iter().map(|p| Manner::of(p, seed, all)).collect();
        let count = ((listed * EMPLOYERS_A_POSTING) as usize).max(TABLES.sectors.len() * 4);
        let (employers, firms) = firm::found(seed, count, start);
        let pools = Pools::of(&firms, &employers, &manners, seed);
        let by_portal = vec![Vec::new(); portals.len()];
        let mut world = World {
            seed,
            start,
            day: 0,
            portals: Arc::new(portals),
            manners: Arc::new(manners),
            employers: Arc::new(employers),
            firms: Arc::new(firms),
            vacancies: Vec::with_capacity(listed as usize),
            posts: Vec::with_capacity((listed * 1.3) as usize),
            by_portal,
            has: FxHashSet::default(),
            pools: Arc::new(pools),
        };
        world.settle(listed);
        world.report(i32::MIN, 0);
        for _ in 0..day {
            world.step();
        }
        world
    }

    pub(crate) fn date(&self, day: i32) -> NaiveDate {
        if day >= 0 {
            self.start + Days::new(day as u64)
        } else {
            self.start - Days::new(u64::from(day.unsigned_abs()))
        }
    }

    /// The portal clock: nine in the morning in Seoul.
    pub(crate) fn now(&self) -> NaiveDateTime {
        self.date(self.day).and_time(NaiveTime::default()) + chrono::Duration::hours(9)
    }

    /// The first stock: standing postings of every age, and those that closed in the last days.
    fn settle(&mut self, listed: f64) {
        let mut copies = Vec::new();
        for portal in 0..self.portals.len() {
            let manner = &self.manners.clone()[portal];
            if manner.share <= 0.0 {
                continue;
            }
            let target = ((listed * manner.share).round() as usize).max(1);
            let mut c = Chance::new(self.seed, Facet::Batch, portal as u64);
            let remembered = (target as f64 * 0.02 * f64::from(REMEMBERED_DAYS)) as usize;
            for i in 0..target + remembered {
                if i < target && c.happens(manner.copies) {
                    copies.push(portal);
                    continue;
                }
                let (life, born) = if i < target {
                    let (life, age) = life::draw_standing(&mut c, manner.habit);
                    (life, -age)
                } else {
                    let life = life::draw(&mut c, manner.habit);
                    (life, -life.open - c.range(0, i64::from(REMEMBERED_DAYS) - 1) as i32)
                };
                self.open(portal, &mut c, life, born);
            }
        }
        let source: Vec<u32> =
            (0..self.vacancies.len() as u32).filter(|v| self.vacancies[*v as usize].ends() > 0).collect();
        self.copy(&copies, &source, 0);
        for day in -REMEMBERED_DAYS..=0 {
            self.repost(day);
        }
        self.sort(0);
    }

    /// One day passes: postings close by themselves, new ones appear.
    pub(crate) fn step(&mut self) {
        let known: Vec<usize> = self.by_portal.iter().map(Vec::len).collect();
        let yesterday = self.day;
        let mut open = vec![0u32; self.portals.len()];
        for post in self.posts.iter().filter(|p| p.open(yesterday)) {
            open[usize::from(post.portal)] += 1;
        }
        self.day += 1;
        let day = self.day;
        self.repost(day);
        let mut copies = Vec::new();
        for portal in 0..self.portals.len() {
            let manner = &self.manners.clone()[portal];
            let mut c = Chance::new(self.seed, Facet::Batch, (day as u64) << 32 | portal as u64);
            let wanted = f64::from(open[portal]) * NEW_A_DAY + c.share();
            let reposts = self.by_portal[portal].len() - known[portal];
            for _ in reposts..wanted as usize {
                if c.happens(manner.copies) {
                    copies.push(portal);
                } else {
                    let life = life::draw(&mut c, manner.habit);
                    self.open(portal, &mut c, life, day);
                }
            }
        }
        let recent = self.vacancies.iter().enumerate().rev().take_while(|(_, v)| v.born > day - 8 || v.born <= 0);
        let source: Vec<u32> =
            recent.filter(|(_, v)| v.born > day - 8 && v.ends() > day).map(|(i, _)| i as u32).collect();
        self.copy(&copies, &source, day);
        self.sort_new(&known);
        self.report(yesterday, day);
    }

    /// A new vacancy with its first posting.
    fn open(&mut self, portal: usize, c: &mut Chance, life: Life, born: i32) {
        let manner = self.manners.clone();
        let manner = &manner[portal];
        let id = self.vacancies.len() as u32;
        let twin = if c.happens(LOOKALIKES) { self.twin(portal, c) } else { None };
        let (firm, trade, place, text, variant) = match twin {
            Some(other) => {
                let v = &self.vacancies[other as usize];
                let variant = c.range(1, 4) as u8;
                let place =
                    if variant == 1 { self.near(c, usize::from(v.place), manner) } else { usize::from(v.place) };
                (v.firm, usize::from(v.trade), place, v.text, variant)
            }
            None => {
                let (firm, place) = self.employer(portal, c, manner);
                let sector = &TABLES.sectors[self.firms[firm as usize].sector];
                (firm, *c.pick(&sector.trades), place, id, 0)
            }
        };
        let public = TABLES.sectors[self.firms[firm as usize].sector].kind == Kind::Public;
        let offence = if !public && c.happens(ILLEGAL) { offence::draw(c, &TABLES.trades[trade]) } else { 0 };
        let first = self.posts.len() as u32;
        let why = if variant == 0 { Why::First } else { Why::Lookalike };
        self.vacancies.push(Vacancy {
            firm,
            trade: trade as u16,
            place: place as u16,
            born,
            life,
            offence,
            text,
            variant,
            first,
        });
        self.post(portal, id, born, born + life.open, life.reason, why, NO_POST);
        if manner.habit == Habit::Market && c.happens(DOUBLED) {
            self.post(portal, id, born, born + life.open, life.reason, Why::Repost, first);
        }
    }

    fn employer(&self, portal: usize, c: &mut Chance, manner: &Manner) -> (u32, usize) {
        if manner.board {
            let firm = self.pools.boards[portal];
            return (firm, self.firms[firm as usize].place);
        }
        let anywhere = manner.places.is_empty();
        let place =
            if anywhere { c.weighted(&manner.place_weights) } else { manner.places[c.weighted(&manner.place_weights)] };
        if !anywhere && !self.pools.by_place[place].is_empty() {
            for _ in 0..4 {
                let firm = *c.pick(&self.pools.by_place[place]);
                let sector = self.firms[firm as usize].sector;
                let wanted = manner.sectors[sector] / TABLES.sectors[sector].weight;
                if wanted > 0.0 && c.happens(wanted.max(0.3)) {
                    return (firm, place);
                }
            }
        }
        // A few employers post much: the square draws the front of the pool.
        let pool = &self.pools.by_sector[c.weighted(&manner.sectors)];
        let u = c.share();
        let firm = pool[((u * u * pool.len() as f64) as usize).min(pool.len() - 1)];
        let home = self.firms[firm as usize].place;
        // What a public body announces is done where it is.
        let moves = TABLES.sectors[self.firms[firm as usize].sector].kind != Kind::Public && c.happens(0.15);
        if anywhere && !moves { (firm, home) } else { (firm, place) }
    }

    /// An open vacancy of this portal that a look-alike can be made of.
    fn twin(&self, portal: usize, c: &mut Chance) -> Option<u32> {
        let of = &self.by_portal[portal];
        let back = c.below(of.len().clamp(1, 200));
        let post = &self.posts[*of.get(of.len().checked_sub(back + 1)?)? as usize];
        (post.why == Why::First).then_some(post.vacancy)
    }

    fn near(&self, c: &mut Chance, place: usize, manner: &Manner) -> usize {
        let province = TABLES.places[place].province;
        let other = if manner.places.is_empty() { c.below(TABLES.places.len()) } else { *c.pick(&manner.places) };
        if TABLES.places[other].province == province || !manner.places.is_empty() { other } else { place }
    }

    /// Copies of vacancies among `source` onto `portals`, one for each entry; what cannot be copied becomes a first posting.
    fn copy(&mut self, portals: &[usize], source: &[u32], day: i32) {
        let mut by_place: Vec<Vec<u32>> = vec![Vec::new(); TABLES.places.len()];
        for v in source {
            by_place[usize::from(self.vacancies[*v as usize].place)].push(*v);
        }
        for (i, portal) in portals.iter().enumerate() {
            let mut c = Chance::new(self.seed, Facet::Copy, (day as u64) << 32 | i as u64);
            let manner = &self.manners.clone()[*portal];
            match (0..COPY_TRIES).find_map(|_| self.wanted(*portal, manner, source, &by_place, &mut c)) {
                Some(vacancy) => self.copy_one(*portal, vacancy, day, &mut c),
                None if day == 0 => {
                    let (life, age) = life::draw_standing(&mut c, manner.habit);
                    self.open(*portal, &mut c, life, -age);
                }
                None => {
                    let life = life::draw(&mut c, manner.habit);
                    self.open(*portal, &mut c, life, day);
                }
            }
        }
    }

    fn wanted(
        &self,
        portal: usize,
        manner: &Manner,
        source: &[u32],
        by_place: &[Vec<u32>],
        c: &mut Chance,
    ) -> Option<u32> {
        let pool = if manner.places.is_empty() { source } else { &by_place[*c.pick(&manner.places)] };
        if pool.is_empty() {
            return None;
        }
        let vacancy = *c.pick(pool);
        let v = &self.vacancies[vacancy as usize];
        let first = usize::from(self.posts[v.first as usize].portal);
        let sector = self.firms[v.firm as usize].sector;
        let fits = manner.sectors[sector] > 0.0 && !self.manners[first].board;
        (fits && !self.has.contains(&key(vacancy, portal))).then_some(vacancy)
    }

    fn copy_one(&mut self, portal: usize, vacancy: u32, day: i32, c: &mut Chance) {
        let v = &self.vacancies[vacancy as usize];
        let first = &self.posts[v.first as usize];
        let from = &self.manners[usize::from(first.portal)];
        let republishes = match self.manners[portal].republishes {
            Republishes::Nothing => false,
            Republishes::JobCentre => from.national,
            Republishes::JobCentreAndJobKorea => from.national || from.jobkorea,
        };
        let republished = republishes && c.happens(0.9);
        let born = if day == 0 { (v.born + c.range(0, 9) as i32).min(0) } else { day };
        // Copies go stale: the employer takes down the first posting and forgets the others for some days.
        let late = if v.life.reason == Reason::Deadline { 0 } else { *c.pick(&[0, 0, 0, 1, 2, 3, 5]) };
        let (ends, reason, first) = ((v.ends() + late).max(born + 1), v.life.reason, v.first);
        self.post(portal, vacancy, born, ends, reason, Why::Copy, first);
        if let Some(post) = self.posts.last_mut() {
            post.republished = republished;
        }
    }

    /// Postings that ended unfilled some days ago come back under a new id.
    fn repost(&mut self, day: i32) {
        let mut due = Vec::new();
        for (i, post) in self.posts.iter().enumerate() {
            let gone = day - post.ends;
            if !(1..=4).contains(&gone)
                || post.reason != Reason::Deadline
                || self.manners[usize::from(post.portal)].habit == Habit::Announced
            {
                continue;
            }
            let mut c = Chance::new(self.seed, Facet::Life, i as u64);
            let filled = self.vacancies[post.vacancy as usize].filled();
            if c.range(1, 4) == i64::from(gone) && filled > day && c.happens(REPOSTED) {
                due.push((i as u32, c.range(14, 45) as i32));
            }
        }
        for (i, length) in due {
            let post = &self.posts[i as usize];
            let (portal, vacancy) = (usize::from(post.portal), post.vacancy);
            let filled = self.vacancies[vacancy as usize].filled();
            let (ends, reason) =
                if filled < day + length { (filled + 1, Reason::Filled) } else { (day + length + 1, Reason::Deadline) };
            self.post(portal, vacancy, day, ends.max(day + 1), reason, Why::Repost, i);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the one constructor of posts; each argument is a column")]
    fn post(&mut self, portal: usize, vacancy: u32, born: i32, ends: i32, reason: Reason, why: Why, origin: u32) {
        let index = self.posts.len() as u32;
        let manner = &self.manners[portal];
        let mut c = Chance::new(self.seed, Facet::Linger, u64::from(index));
        let lingers = if manner.lingers > 0.0 && c.happens(manner.lingers) { c.range(1, 6) as u8 } else { 0 };
        let serial = self.by_portal[portal].len() as u32;
        self.has.insert(key(vacancy, portal));
        self.by_portal[portal].push(index);
        self.posts.push(Post {
            vacancy,
            portal: portal as u16,
            serial,
            born,
            ends,
            lingers,
            why,
            origin,
            republished: false,
            reason,
        });
    }

    /// Numbers the posts of the first stock in the order of their days, as a portal that counts up would have.
    fn sort(&mut self, from: usize) {
        for list in &mut self.by_portal {
            list[from..].sort_by_key(|i| (self.posts[*i as usize].born, *i));
            for (serial, i) in list.iter().enumerate() {
                self.posts[*i as usize].serial = serial as u32;
            }
        }
    }

    /// New posts of one day already are in order; their serials count on.
    fn sort_new(&mut self, known: &[usize]) {
        for (list, from) in self.by_portal.iter().zip(known) {
            for (serial, i) in list.iter().enumerate().skip(*from) {
                self.posts[*i as usize].serial = serial as u32;
            }
        }
    }
}

fn key(vacancy: u32, portal: usize) -> u64 {
    (portal as u64) << 32 | u64::from(vacancy)
}

impl Pools {
    fn of(firms: &[Firm], employers: &[Employer], manners: &[Manner], seed: u64) -> Pools {
        let mut by_sector = vec![Vec::new(); TABLES.sectors.len()];
        let mut by_place = vec![Vec::new(); TABLES.places.len()];
        for (i, firm) in firms.iter().enumerate() {
            by_sector[firm.sector].push(i as u32);
            by_place[firm.place].push(i as u32);
        }
        let boards = manners.iter().enumerate().map(|(i, m)| {
            // A company with a board of its own is a large one with offices.
            let mut c = Chance::new(seed, Facet::Manner, i as u64);
            let sector = if m.board { c.below(2) } else { 0 };
            let pool: &Vec<u32> = &by_sector[sector];
            pool.iter()
                .copied()
                .max_by_key(|f| (employers[*f as usize].workers, chance::mix(m.salt ^ u64::from(*f))))
                .unwrap_or(0)
        });
        let boards = boards.collect();
        Pools { by_sector, by_place, boards }
    }
}

/// How a posting's closing shows: the close type of [`crate::Ad`] and whether its date is given.
pub(crate) fn close_words(close: Close) -> (&'static str, bool) {
    match close {
        Close::ByDate => ("by_date", true),
        Close::UntilFilledDated => ("until_filled", true),
        Close::UntilFilled => ("until_filled", false),
        Close::Always => ("always_open", false),
        Close::Rolling => ("rolling", false),
    }
}
