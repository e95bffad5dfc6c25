//! What a portal carries and how it words things: derived from its class, name and parameters, the same at every start.

use super::chance::{Chance, Facet, mix};
use super::id::Shape;
use super::life::Habit;
use super::table::{TABLES, places_in};
use crate::Portal;

/// Whose postings a portal takes over by machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Republishes {
    Nothing,
    JobCentre,
    JobCentreAndJobKorea,
}

/// One portal's habits.
#[derive(Clone, Debug)]
pub(crate) struct Manner {
    /// Its share of all listed postings.
    pub(crate) share: f64,
    /// Where its jobs are; empty = anywhere.
    pub(crate) places: Vec<usize>,
    pub(crate) place_weights: Vec<f64>,
    /// Appetite for each sector.
    pub(crate) sectors: Vec<f64>,
    /// All its postings are of one employer (a company's own board).
    pub(crate) board: bool,
    /// Share of its postings that were first posted elsewhere.
    pub(crate) copies: f64,
    /// Takes postings from some portals by machine and keeps their ids.
    pub(crate) republishes: Republishes,
    pub(crate) national: bool,
    pub(crate) jobkorea: bool,
    pub(crate) habit: Habit,
    /// Share of closed postings that stay listed some days with a closed flag.
    pub(crate) lingers: f64,
    pub(crate) shape: Shape,
    /// Stream of the portal's own choices of words.
    pub(crate) salt: u64,
    pub(crate) company: usize,
    pub(crate) region: usize,
    pub(crate) pay: usize,
    pub(crate) heads: usize,
    pub(crate) bullet: usize,
    pub(crate) header: usize,
    pub(crate) footer: usize,
    /// Descriptions are cut at this many characters; 0 = whole.
    pub(crate) cut: usize,
    /// Gives the employer's business number.
    pub(crate) number: bool,
}

const TECH: [&str; 7] = ["it", "game", "design", "ad", "ecom", "telecom", "fin"];
const PART_TIME: [&str; 14] = [
    "rest", "cafe", "conv", "mart", "logi", "cour", "ecom", "acad", "hotel", "cater", "call", "beauty", "dept", "clean",
];
const SENIOR: [&str; 9] = ["apt", "sec", "clean", "care", "cour", "conv", "gov", "home", "cater"];
const DISABLED: [&str; 8] = ["mfge", "mfgm", "clean", "call", "welf", "pub", "gov", "food"];
const PUBLIC: [&str; 4] = ["pub", "gov", "school", "hosp"];
const ARMY: [&str; 7] = ["mfgm", "mfga", "mfge", "it", "game", "eng", "chem"];
const WELFARE: [&str; 4] = ["welf", "care", "home", "kid"];
const BUILDING: [&str; 4] = ["cons", "elec", "arch", "eng"];
const MEDICAL: [&str; 3] = ["hosp", "clin", "care"];
const ART: [&str; 4] = ["school", "welf", "pub", "acad"];
const FARM: [&str; 3] = ["farm", "food", "mart"];

/// Words in a portal's name or title that say what it is for.
const FLAVOURS: [(&[&str], &[&str]); 16] = [
    (&["wanted", "jumpit", "programmers", "greeting"], &TECH),
    (&["albamon", "albachunkuk"], &PART_TIME),
    (&["senuri", "시니어", "노인"], &SENIOR),
    (&["kead", "장애"], &DISABLED),
    (&["mma", "병역"], &ARMY),
    (&["ssis", "복지"], &WELFARE),
    (&["cwma", "건설"], &BUILDING),
    (&["보건", "의료", "간호"], &MEDICAL),
    (&["arte", "예술"], &ART),
    (&["농어촌", "귀농"], &FARM),
    (&["gojobs"], &PUBLIC),
    (&["alio", "cleaneye"], &["pub", "hosp"]),
    (&["nars"], &["pub"]),
    (&["kto", "관광"], &["hotel", "pub", "rest", "cafe"]),
    (&["rndjob", "알앤디"], &["it", "mfge", "chem", "eng", "mfga"]),
    (&["worldjob", "해외"], &["hotel", "it", "rest", "mfge", "eng", "logi"]),
];

/// Dialects of one company's own board.
const BOARDS: [&str; 8] =
    ["greenhouse", "lever", "ashby", "smartrecruiters", "workable", "recruitee", "teamtailor", "personio"];

fn named(portal: &Portal, words: &[&str]) -> bool {
    words.iter().any(|w| portal.name.contains(w) || portal.title.contains(w))
}

/// Is this the national job centre's portal?
pub(crate) fn is_national(portal: &Portal) -> bool {
    portal.name == "work24" || portal.name == "worknet"
}

fn sectors(portal: &Portal) -> Vec<f64> {
    let flavour = FLAVOURS.iter().find(|(words, _)| named(portal, words)).map(|(_, keys)| *keys);
    let weigh = |key: &str, weight: f64| match flavour {
        Some(keys) if keys.contains(&key) => weight,
        Some(_) => 0.0,
        // Private portals carry little of what public bodies announce; local boards much.
        None if matches!(key, "gov" | "pub") => match portal.class {
            "private" => weight * 0.1,
            "local" => weight * 2.0,
            _ => weight,
        },
        None => weight,
    };
    TABLES.sectors.iter().map(|s| weigh(s.key, s.weight)).collect()
}

impl Manner {
    /// The habits of `portal`; `all` is the sum of the weights of all portals that list postings.
    pub(crate) fn of(portal: &Portal, seed: u64, all: f64) -> Manner {
        let salt = portal.name.bytes().fold(seed, |h, b| mix(h ^ u64::from(b)));
        let mut c = Chance::new(salt, Facet::Manner, 0);
        let places: Vec<usize> = portal.regions.iter().flat_map(|r| places_in(r)).collect();
        let place_weights = if places.is_empty() { TABLES.places.iter() } else { [].iter() };
        let mut place_weights: Vec<f64> = place_weights.map(|p| p.weight).collect();
        place_weights.extend(places.iter().map(|p| TABLES.places[*p].weight));
        let national = is_national(portal);
        let board = BOARDS.contains(&portal.dialect);
        let habit = match portal.class {
            _ if board => Habit::Board,
            "private" => Habit::Market,
            "public" if !national => Habit::Announced,
            _ => Habit::Official,
        };
        let copies = match portal.class {
            _ if board => 0.0,
            "private" if named(portal, &["jobkorea", "saramin"]) => 0.25 + 0.10 * c.share(),
            "private" => 0.32 + 0.28 * c.share(),
            "local" => 0.35 + 0.35 * c.share(),
            _ if national => 0.15,
            _ => 0.05 + 0.15 * c.share(),
        };
        let lingers = if c.happens(0.4) { 0.3 + 0.5 * c.share() } else { 0.0 };
        let cut = match c.below(10) {
            0..=1 if portal.class == "local" => 180 + c.below(200),
            2 => 500 + c.below(300),
            _ => 0,
        };
        Manner {
            share: if portal.weight > 0.0 && all > 0.0 { portal.weight / all } else { 0.0 },
            places,
            place_weights,
            sectors: sectors(portal),
            board,
            copies,
            republishes: match portal.class {
                // JobKorea's sister portal carries its postings, and the job centre's.
                "private" if named(portal, &["albamon"]) => Republishes::JobCentreAndJobKorea,
                "local" if portal.dialect == "gyeonggi" => Republishes::JobCentreAndJobKorea,
                "local" => Republishes::JobCentre,
                _ => Republishes::Nothing,
            },
            national,
            jobkorea: portal.name.starts_with("jobkorea"),
            habit,
            lingers,
            shape: Shape::of(portal),
            salt,
            company: c.below(6),
            region: if matches!(portal.class, "private") { c.below(3) } else { c.below(4) },
            pay: c.below(6),
            heads: c.below(7),
            bullet: c.below(8),
            header: c.below(4),
            footer: c.below(6),
            cut,
            number: portal.class != "private",
        }
    }
}
