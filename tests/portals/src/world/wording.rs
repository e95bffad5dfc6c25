//! Turns the facts of a posting into the words one portal shows: title, names, pay and description, spelled its way.

use std::fmt::Write as _;

use chrono::{Datelike, Duration, NaiveDateTime, NaiveTime};

use super::chance::{Chance, Facet, mix};
use super::firm::{self, Firm, Form};
use super::life::{Close, Habit, NEVER};
use super::manner::Manner;
use super::offence::{self, Where};
use super::offer::{self, Offer};
use super::table::{Kind, PROVINCES, Place, TABLES, Trade};
use super::{CHANGED_A_DAY, NO_POST, Post, Vacancy, Why, World, close_words};
use crate::Ad;

pub(crate) mod body;
mod heading;
mod spelling;

/// All that one posting's words are made of.
pub(crate) struct Matter<'w> {
    pub(crate) world: &'w World,
    pub(crate) post: &'w Post,
    pub(crate) vacancy: &'w Vacancy,
    pub(crate) manner: &'w Manner,
    /// Who laid out the text: the portal it was taken from when it was taken by machine.
    pub(crate) layout: &'w Manner,
    pub(crate) firm: &'w Firm,
    pub(crate) kind: Kind,
    pub(crate) trade: &'static Trade,
    pub(crate) place: &'static Place,
    pub(crate) offer: Offer,
    /// How often the posting was edited so far.
    pub(crate) version: u32,
    /// Stream that all postings of the vacancy share.
    pub(crate) text: u64,
    /// Stream of this posting's own words.
    pub(crate) words: u64,
}

impl Matter<'_> {
    /// A stream shared by all postings of the vacancy.
    pub(crate) fn shared(&self, part: u64) -> Chance {
        Chance::new(self.world.seed ^ part, Facet::Text, self.text)
    }

    /// A stream of this posting alone (a repost has that of the posting it repeats).
    pub(crate) fn own(&self, part: u64) -> Chance {
        Chance::new(self.world.seed ^ part, Facet::Wording, self.words)
    }

    /// Words that break a rule, when they stand here.
    pub(crate) fn unlawful(&self, place: Where) -> Option<&'static str> {
        offence::get(self.vacancy.offence).filter(|o| o.place == place).map(|o| o.words)
    }
}

/// The day's last edit of a posting and how many there were, by day `day`.
fn edits(world: &World, index: u32, post: &Post) -> (u32, i32) {
    let (mut count, mut last) = (0, post.born);
    for day in (post.born + 1).max(1)..=world.day.min(post.ends - 1) {
        if Chance::new(world.seed, Facet::Change, u64::from(index) << 24 | day as u64).happens(CHANGED_A_DAY) {
            (count, last) = (count + 1, day);
        }
    }
    (count, last)
}

/// The last day to apply as shown today: some employers extend it shortly before it comes.
fn shown_deadline(world: &World, index: u32, post: &Post, vacancy: &Vacancy) -> (i32, Option<i32>) {
    if vacancy.life.deadline == NEVER {
        return (NEVER, None);
    }
    let real = match post.why {
        Why::Repost if post.ends - 1 > vacancy.born + vacancy.life.deadline => post.ends - 1,
        _ => vacancy.born + vacancy.life.deadline,
    };
    let extends = vacancy.life.close == Close::ByDate
        && real - post.born >= 24
        && Chance::new(world.seed, Facet::Change, u64::from(index)).happens(0.12);
    if !extends {
        return (real, None);
    }
    let on = real - 13;
    if world.day < on { (real - 10, None) } else { (real, Some(on)) }
}

/// Time of day before nine of the day on which a posting is first seen, mostly in office hours of the day before.
fn moment(world: &World, day: i32, thing: u64) -> NaiveDateTime {
    let mut c = Chance::new(world.seed, Facet::Row, thing);
    let back = if c.happens(0.85) { c.range(15 * 60, 24 * 60 - 1) } else { c.range(1, 15 * 60) };
    world.date(day).and_time(NaiveTime::default()) + Duration::minutes(9 * 60 - back)
}

/// Id and second id of a posting.
pub(crate) fn ids(world: &World, index: u32) -> (String, String) {
    let post = &world.posts[index as usize];
    let manner = &world.manners[usize::from(post.portal)];
    manner.shape.ids(manner.salt, post.serial, posted(world, index))
}

/// When a posting was first to be seen.
pub(crate) fn posted(world: &World, index: u32) -> NaiveDateTime {
    moment(world, world.posts[index as usize].born, u64::from(index))
}

/// What the words of a posting are made of today.
fn matter(world: &World, index: u32) -> Matter<'_> {
    let post = &world.posts[index as usize];
    let vacancy = &world.vacancies[post.vacancy as usize];
    let manner = &world.manners[usize::from(post.portal)];
    let firm = &world.firms[vacancy.firm as usize];
    let mut root = index;
    while let Some(p) = world.posts.get(root as usize).filter(|p| p.why == Why::Repost && p.origin != NO_POST) {
        root = p.origin;
    }
    Matter {
        world,
        post,
        vacancy,
        manner,
        layout: taken_from(world, post).map_or(manner, |o| &world.manners[usize::from(o.portal)]),
        firm,
        kind: TABLES.sectors[firm.sector].kind,
        trade: &TABLES.trades[usize::from(vacancy.trade)],
        place: &TABLES.places[usize::from(vacancy.place)],
        offer: offer::of(world, vacancy, post.vacancy),
        version: edits(world, index, post).0,
        text: u64::from(vacancy.text),
        words: u64::from(root),
    }
}

/// The posting that a machine took this one from.
fn taken_from<'w>(world: &'w World, post: &Post) -> Option<&'w Post> {
    world.posts.get(post.origin as usize).filter(|_| post.republished)
}

fn address(m: &Matter<'_>) -> String {
    let home = usize::from(m.vacancy.place) == m.firm.place && m.vacancy.variant != 1;
    if home {
        return m.world.employers[m.vacancy.firm as usize].address.clone();
    }
    let mut words = Chance::new(m.world.seed, Facet::Facts, u64::from(m.post.vacancy) | 2 << 40);
    firm::address(&mut words, usize::from(m.vacancy.place))
}

/// The posting as its portal shows it today.
pub(crate) fn ad(world: &World, index: u32) -> Ad {
    let m = matter(world, index);
    let (post, vacancy, manner) = (m.post, m.vacancy, m.manner);
    let portal = &world.portals[usize::from(post.portal)];
    let employer = &world.employers[vacancy.firm as usize];
    let sector = &TABLES.sectors[m.firm.sector];
    let origin = taken_from(world, post);
    let edited = edits(world, index, post).1;
    let posted = posted(world, index);
    let (id, id2) = manner.shape.ids(manner.salt, post.serial, posted);
    let (deadline, extended) = shown_deadline(world, index, post, vacancy);
    let (close_type, dated) = close_words(vacancy.life.close);
    let edited = extended.map_or(edited, |d| edited.max(d));
    let pay = pay(&m);
    let company = spelling::company(&m);
    let title = heading::title(&m, &company);
    let contact = contact(&m);
    let description = body::description(&m, &title, &pay, &contact, &portal.title);
    Ad {
        url: format!("/recruit/{id}"),
        id,
        id2,
        vacancy: post.vacancy,
        title,
        company,
        business_number: if manner.number { employer.business_number.clone() } else { String::new() },
        industry_code: sector.code.to_owned(),
        industry: sector.industry.to_owned(),
        occupation_code: m.trade.code.to_owned(),
        occupation: m.trade.name.to_owned(),
        region_code: m.place.code.to_owned(),
        region: spelling::region(&m),
        address: address(&m),
        pay_period: m.offer.period,
        pay_min: m.offer.min,
        pay_max: m.offer.max,
        pay,
        employment: m.offer.employment,
        employment_words: spelling::employment(&m).to_owned(),
        career: m.offer.career,
        career_words: spelling::career(&m),
        education_code: m.offer.education,
        education_words: spelling::education(&m).to_owned(),
        headcount: headcount(&m),
        work_hours: m.offer.hours.clone(),
        work_days: m.offer.days.to_owned(),
        benefits: body::benefits(&m).join(", "),
        description,
        requirements: body::requirements(&m).join("\n"),
        how_to_apply: body::how_to_apply(&m, &portal.title),
        keywords: m.trade.keywords.to_owned(),
        contact_name: contact.0,
        contact_phone: contact.1,
        contact_email: contact.2,
        posted,
        modified: if edited > post.born { moment(world, edited, u64::from(index) | 1 << 40) } else { posted },
        close_type,
        closes: (dated && deadline != NEVER).then(|| world.date(deadline)),
        closed: post.ends <= world.day,
        origin_provider: origin.map(|o| provider(world, o)).unwrap_or_default(),
        origin_id: origin.map(|_| origin_id(world, post.origin)).unwrap_or_default(),
        origin_url: origin.map(|o| origin_url(world, post.origin, o)).unwrap_or_default(),
        requisition: requisition(&m),
    }
}

/// Edits change one thing each, in turn, so that two neighbouring versions always differ.
fn edit(m: &Matter<'_>) -> Option<u32> {
    (m.version > 0).then(|| (m.version + (mix(m.words) % 4) as u32) % 4)
}

fn headcount(m: &Matter<'_>) -> u32 {
    match edit(m) {
        Some(0) => m.offer.headcount + 1 + m.version % 3,
        _ => m.offer.headcount,
    }
}

fn pay(m: &Matter<'_>) -> String {
    spelling::pay(m)
}

/// Work24's codes for portals that it lists; other portals by name.
fn provider(world: &World, origin: &Post) -> String {
    let portal = &world.portals[usize::from(origin.portal)];
    let known: [(&str, &str); 14] = [
        ("work24_open", "OEW"),
        ("work24", "VALIDATION"),
        ("worknet", "VALIDATION"),
        ("jobkorea", "CJK"),
        ("saramin", "CSI"),
        ("incruit", "CIN"),
        ("career", "CCN"),
        ("gojobs", "GOJ"),
        ("alio", "ALI"),
        ("cleaneye", "CLE"),
        ("mma", "MMA"),
        ("catch", "CAT"),
        ("wanted", "CWT"),
        ("kosmes", "KOS"),
    ];
    known
        .iter()
        .find(|(name, _)| portal.name.contains(name))
        .map_or_else(|| portal.name.clone(), |(_, code)| (*code).to_owned())
}

/// The id under which others know a posting: JobKorea's second number, everyone else's first.
fn origin_id(world: &World, index: u32) -> String {
    let (id, id2) = ids(world, index);
    if id2.is_empty() { id } else { id2 }
}

fn origin_url(world: &World, index: u32, origin: &Post) -> String {
    let (id, _) = ids(world, index);
    let name = &world.portals[usize::from(origin.portal)].name;
    match name.as_str() {
        n if n.starts_with("work24") || n.starts_with("worknet") => {
            format!(
                "https://www.work24.go.kr/wk/a/b/1500/empDetailAuthView.do?wantedAuthNo={id}&infoTypeCd=VALIDATION&infoTypeGroup=tb_workinfoworknet"
            )
        }
        n if n.starts_with("jobkorea") => format!("https://www.jobkorea.co.kr/Recruit/GI_Read/{id}"),
        n if n.starts_with("saramin") => format!("https://www.saramin.co.kr/zf_user/jobs/relay/view?rec_idx={id}"),
        n => format!("https://{}.example/recruit/{id}", n.replace('_', "-")),
    }
}

fn requisition(m: &Matter<'_>) -> String {
    // Larger employers number their requisitions; every posting of the vacancy then carries the number.
    let mut c = Chance::new(m.world.seed, Facet::Facts, u64::from(m.post.vacancy) | 3 << 40);
    if !c.happens(0.12) || m.world.employers[m.vacancy.firm as usize].workers < 30 {
        return String::new();
    }
    format!("{}-{:05}", m.world.date(m.vacancy.born).year(), c.range(1, 99_999))
}

/// Name, phone and address of the person to ask; made up.
fn contact(m: &Matter<'_>) -> (String, String, String) {
    const SURNAMES: [&str; 12] = ["김", "이", "박", "최", "정", "강", "조", "윤", "장", "임", "한", "오"];
    const GIVEN: [&str; 16] = [
        "민수", "지영", "현우", "수진", "영호", "은정", "성민", "미경", "준호", "혜진", "동현", "선영", "재훈", "유나",
        "상철", "경희",
    ];
    const TITLES: [&str; 6] = ["", " 과장", " 대리", " 팀장", " 실장", " 부장"];
    let mut c = Chance::new(m.world.seed, Facet::Firm, u64::from(m.vacancy.firm) | 1 << 40);
    let name = format!("{}{}{}", c.pick(&SURNAMES), c.pick(&GIVEN), c.pick(&TITLES));
    let dial = PROVINCES[m.place.province].dial;
    let phone = format!("{dial}-{}-{:04}", c.range(300, 899), c.range(0, 9_999));
    let email =
        format!("{}{}@firm{}.example", c.pick(&["recruit", "hr", "insa", "job"]), c.range(1, 99), m.vacancy.firm);
    match m.own(9).below(10) {
        0..=2 => ("채용담당자".to_owned(), phone, email),
        3..=4 => (name, phone, String::new()),
        _ => (name, phone, email),
    }
}

/// Appends a formatted piece; writing to a `String` cannot fail.
fn put(out: &mut String, piece: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(piece);
}

fn is_official(m: &Matter<'_>) -> bool {
    m.manner.habit == Habit::Official
}

fn legal(form: Form) -> bool {
    !matches!(form, Form::Bare)
}
