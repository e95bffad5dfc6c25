//! The comparison record of a posting: all that scoring needs, in a few hundred bytes, without personal data
//! (phones and addresses only as hashes).

use chrono::{Datelike, NaiveDate};
use normalizer::{Contact, EmploymentType, Pay, PayPeriod, Posting};
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::PostingId;
use crate::facts;
use crate::fold;
use crate::sketch::{self, SalientWords, Sketch};

/// Format of [`Profile::to_bytes`]; any change of a field, a hash or a folding rule raises it.
pub const PROFILE_VERSION: u8 = 2;
/// Largest stored profile, in bytes.
pub const PROFILE_BYTES_MAX: usize = 4096;

/// Seed of every stored hash of this crate.
pub(crate) const SEED: u64 = 0x4a4f_4248_5542_0001;

const TITLE_KEPT_CHARS_MAX: usize = 40;
/// Bit of [`Profile::title_marks`] of a title that ends in dots: what followed is not known.
pub(crate) const TITLE_CUT: u16 = 1 << 15;
/// Fewest characters outside brackets that are a title of their own; of `개발자(ML)` they are not.
const BASE_CHARS_MIN: usize = 5;
const REGIONS_MAX: usize = 4;
const CONTACTS_MAX: usize = 6;
const PROVIDER_CODES_MAX: usize = 6;

/// What resolution must know of a source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceTraits {
    /// Number of the source; a small stable integer of the hub's.
    pub number: u32,
    /// Name of the source, as in `source.toml`.
    pub name: String,
    /// Codes by which other sources name this one as provider, e.g. `CJK` for JobKorea.
    pub provider_codes: Vec<String>,
    /// It republishes others or itself, so that two live postings of it may be one vacancy.
    pub repeats_itself: bool,
}

/// Another source's posting, as named by a republisher: hashes of provider and id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// Hash of the provider's code or name, case folded.
    pub provider: u32,
    /// Hash of the id there, case sensitive.
    pub id: u64,
}

/// Everything scoring needs of a posting.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Which posting.
    pub id: PostingId,
    /// Number of its source.
    pub source: u32,
    /// Whether it is open. Set by the hub when the posting closes or reopens, with [`Profile::with_life`].
    pub live: bool,
    /// Its source may carry one vacancy twice.
    pub repeats: bool,
    /// First day known, in days since 1970-01-01: day of publication, else what the hub saw first.
    pub first_day: Option<i32>,
    /// Closing date, in days since 1970-01-01.
    pub deadline: Option<i32>,
    /// Last day known to be open, for one that is not live.
    pub ended: Option<i32>,
    /// Hashes of the names others use for its source.
    pub own_names: SmallVec<[u32; 3]>,
    /// Hash of its id in its source.
    pub own_id: u64,
    /// Hash of the other id by which republishers name it; 0 = none. JobKorea's postings have one for its pages and
    /// one for WorkNet: an adapter gives the second as an origin whose provider is the source itself.
    pub own_alias: u64,
    /// Hash of its page's address; 0 = none.
    pub own_url: u64,
    /// Whose posting it says it is.
    pub origin: Option<Reference>,
    /// Hash of the address of the original; 0 = none.
    pub origin_url: u64,
    /// Hash of the employer's own reference number; 0 = none.
    pub requisition: u64,
    /// Employer's folded name, at most 24 characters; `""` = none.
    pub company: String,
    /// Hash of it; 0 = none.
    pub company_key: u64,
    /// Hash of the name with its branch word, where one was split off: what looks like a branch may be the name. 0 = none.
    pub company_whole: u64,
    /// Hash of the branch; 0 = none.
    pub branch: u32,
    /// 사업자등록번호 as a number; 0 = none.
    pub business: u64,
    /// What the title says of the job, folded, at most 40 characters.
    pub title: String,
    /// Hash of its characters in any order; 0 = none.
    pub title_key: u64,
    /// The same of what stands outside brackets.
    pub title_base: u64,
    /// The same of all but the brackets before the first word.
    pub title_unbadged: u64,
    /// Rank and shift words of the title, one bit each; the highest bit: the title was cut by its portal.
    pub title_marks: u16,
    /// Hashed character pairs of the title outside brackets (of all of it when nothing is), sorted: what stands in
    /// brackets is a team, a place or a note that jobs of one employer share.
    pub title_grams: Vec<u16>,
    /// Region codes: 5 digits, or a province as `11000`.
    pub regions: SmallVec<[u32; 2]>,
    /// Pay a year in thousand won, least and most.
    pub pay: Option<(u32, u32)>,
    /// KECO code and its number of digits.
    pub occupation: Option<(u32, u8)>,
    /// Openings; 0 = not said.
    pub headcount: u16,
    /// Kinds of contract, one bit each.
    pub contract: u16,
    /// Education asked for (1 + degree), 0 = not said or any.
    pub degree: u8,
    /// Experience: 0 not said, else 1 newcomers, 2 experienced, 3 both, plus 4 × years asked for.
    pub career: u8,
    /// Hashed phones and e-mail addresses, sorted.
    pub contacts: SmallVec<[u32; 2]>,
    /// Hashed deciding words, sorted.
    pub salient: Vec<u32>,
    /// Hashed lines of the description, a sample of at most `LINES_MAX` that is the same for every text, sorted.
    pub lines: Vec<u32>,
    /// The description's sketch.
    pub text: Sketch,
}

/// Why stored bytes are not a profile.
#[derive(Debug, PartialEq, Eq)]
pub enum ProfileError {
    /// No bytes at all.
    Empty,
    /// Written by another version of this crate: make it anew from the posting.
    Version(u8),
    /// Longer than [`PROFILE_BYTES_MAX`].
    TooLong(usize),
    /// Not what [`Profile::to_bytes`] writes.
    Damaged,
}

impl std::fmt::Display for ProfileError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ProfileError::Empty => write!(f, "stored profile is empty"),
            ProfileError::Version(found) => {
                write!(f, "stored profile has format {found}, this hub reads {PROFILE_VERSION}")
            }
            ProfileError::TooLong(bytes) => {
                write!(f, "stored profile has {bytes} bytes, the limit is {PROFILE_BYTES_MAX}")
            }
            ProfileError::Damaged => write!(f, "stored profile is damaged"),
        }
    }
}

impl std::error::Error for ProfileError {}

impl Profile {
    /// The profile of a posting. Its life is what the posting says: live unless the source says closed.
    pub fn of(
        id: PostingId,
        source: &SourceTraits,
        external_id: &str,
        posting: &Posting,
        contact: &Contact,
    ) -> Profile {
        let organization = &posting.hiring_organization;
        let (mut company, branch_read) = fold::company(&organization.name);
        if !organization.match_name.is_empty() {
            company = organization.match_name.chars().filter_map(fold::fold_char).take(fold::NAME_CHARS_MAX).collect();
        }
        let branch = organization.branch.as_deref().or(branch_read.as_deref());
        let core = fold::title(&posting.title, &company);
        let texts: Vec<&str> =
            [posting.description.as_deref(), posting.qualifications.as_deref(), posting.job_benefits.as_deref()]
                .into_iter()
                .flatten()
                .collect();
        let folded = sketch::folded(&texts);
        let stated = facts::read(&folded);
        let mut text = sketch::sketch(&folded);
        text.whole = sketch::whole(&folded);
        let own_names = own_names(source);
        let (alias, origin) = match origin(posting) {
            Some(own) if own_names.contains(&own.provider) => (own.id, None),
            other => (0, other),
        };
        let closed = posting.status == normalizer::SourceStatus::Closed;
        let deadline = posting.closing.valid_through.map(day_number);
        Profile {
            id,
            source: source.number,
            live: !closed,
            repeats: source.repeats_itself,
            first_day: posting.date_posted.map(day_number),
            deadline,
            ended: if closed { deadline } else { None },
            own_names,
            own_id: hash_text(external_id),
            own_alias: alias,
            own_url: posting.url.as_deref().map_or(0, hash_text),
            origin,
            origin_url: posting.origin.as_ref().and_then(|o| o.url.as_deref()).map_or(0, hash_text),
            requisition: posting.requisition.as_deref().map_or(0, |r| hash_text(r.trim())),
            company_key: hash_text(&company),
            company_whole: branch_read.as_deref().map_or(0, |word| whole_name(&company, word)),
            branch: branch.map_or(0, |b| hash_text(b) as u32),
            business: organization.business_number.as_deref().and_then(|n| n.parse().ok()).unwrap_or(0),
            title_key: hash_bag(&core.all),
            title_base: hash_bag(&core.base),
            title_unbadged: hash_bag(&core.unbadged),
            title_marks: core.marks | if core.cut { TITLE_CUT } else { 0 },
            title_grams: grams(if core.base.chars().count() >= BASE_CHARS_MIN { &core.base } else { &core.all }),
            title: core.all.chars().take(TITLE_KEPT_CHARS_MAX).collect(),
            regions: regions(posting),
            pay: posting.base_salary.as_ref().and_then(pay_a_year).or(stated.pay),
            occupation: occupation(posting),
            headcount: posting.total_job_openings.map_or(stated.headcount, |n| n.min(u32::from(u16::MAX)) as u16),
            contract: match posting.employment_type.iter().fold(0, |bits, kind| bits | contract_bit(*kind)) {
                0 => stated.contract,
                said => said,
            },
            degree: posting.education.map_or(stated.degree, |e| e.min.map_or(0, |d| d as u8 + 1)),
            career: posting.experience.map_or(stated.career, career),
            contacts: contacts(contact),
            salient: salient(posting, &texts, &folded),
            lines: sketch::lines(&texts),
            company,
            text,
        }
    }

    /// The same posting with the life the hub knows: the day it was first seen (used only where the source gave no
    /// day of publication) and, for one that has closed, the last day it was open. Days since 1970-01-01.
    pub fn with_life(mut self, first_seen: Option<i32>, ended: Option<i32>) -> Profile {
        self.first_day = self.first_day.or(first_seen);
        self.live = ended.is_none();
        self.ended = ended;
        self
    }

    /// Bytes to keep beside the posting: a format byte, then postcard.
    pub fn to_bytes(&self) -> Vec<u8> {
        let start = vec![PROFILE_VERSION];
        postcard::to_extend(self, start).unwrap_or_default()
    }

    /// Reads what [`Profile::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Profile, ProfileError> {
        if bytes.len() > PROFILE_BYTES_MAX {
            return Err(ProfileError::TooLong(bytes.len()));
        }
        match bytes.split_first() {
            None => Err(ProfileError::Empty),
            Some((&PROFILE_VERSION, rest)) => postcard::from_bytes(rest).map_err(|_| ProfileError::Damaged),
            Some((&other, _)) => Err(ProfileError::Version(other)),
        }
    }

    /// Last day of its life; open-ended while live.
    pub(crate) fn last_day(&self) -> Option<i32> {
        if self.live { Some(i32::MAX) } else { self.ended.or(self.deadline) }
    }
}

/// Days since 1970-01-01.
pub fn day_number(day: NaiveDate) -> i32 {
    day.num_days_from_ce() - 719_163
}

/// Hash of a text; 0 for an empty one.
pub(crate) fn hash_text(text: &str) -> u64 {
    if text.is_empty() { 0 } else { xxh3_64_with_seed(text.as_bytes(), SEED).max(1) }
}

/// Hash of a text's characters in any order: spacing and word order of titles cannot be trusted.
pub(crate) fn hash_bag(text: &str) -> u64 {
    let mut chars: SmallVec<[char; 64]> = text.chars().collect();
    chars.sort_unstable();
    let mut bytes: SmallVec<[u8; 256]> = SmallVec::new();
    for c in chars {
        bytes.extend_from_slice(&(c as u32).to_le_bytes());
    }
    if bytes.is_empty() { 0 } else { xxh3_64_with_seed(&bytes, SEED).max(1) }
}

/// Hash of a name with the word that was taken for its branch.
fn whole_name(company: &str, word: &str) -> u64 {
    let whole: String = company.chars().chain(word.chars().filter_map(fold::fold_char)).collect();
    hash_text(&whole)
}

fn grams(text: &str) -> Vec<u16> {
    let chars: SmallVec<[char; 64]> = text.chars().take(64).collect();
    let mut out: Vec<u16> = chars
        .windows(2)
        .map(|pair| {
            let h = (u64::from(pair[0] as u32) << 32 | u64::from(pair[1] as u32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            ((h ^ (h >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 48) as u16
        })
        .collect();
    out.sort_unstable();
    out
}

fn own_names(source: &SourceTraits) -> SmallVec<[u32; 3]> {
    std::iter::once(&source.name)
        .chain(source.provider_codes.iter().take(PROVIDER_CODES_MAX))
        .map(|name| provider_hash(name))
        .collect()
}

fn provider_hash(name: &str) -> u32 {
    hash_text(&name.trim().to_lowercase()) as u32
}

fn origin(posting: &Posting) -> Option<Reference> {
    let origin = posting.origin.as_ref()?;
    let (provider, id) = (origin.provider.as_deref()?, origin.id.as_deref()?);
    (!id.is_empty() && !provider.trim().is_empty())
        .then(|| Reference { provider: provider_hash(provider), id: hash_text(id) })
}

fn regions(posting: &Posting) -> SmallVec<[u32; 2]> {
    let mut out: SmallVec<[u32; 2]> = SmallVec::new();
    for place in posting.job_location.iter().take(REGIONS_MAX) {
        let Some(code) = place.code.as_deref() else { continue };
        let Ok(number) = code.parse::<u32>() else { continue };
        match code.len() {
            // nation-wide and abroad say nothing of a place
            2 if number == 0 || number == 99 => {}
            2 => out.push(number * 1000),
            5 => out.push(number),
            _ => {}
        }
    }
    out.sort_unstable();
    out.dedup();
    out
}

fn pay_a_year(pay: &Pay) -> Option<(u32, u32)> {
    if pay.currency.as_deref().is_some_and(|c| c != "KRW") {
        return None;
    }
    // 209 hours a month: the statutory month of a 40-hour week with its paid rest day
    let times = match pay.period? {
        PayPeriod::Hour => 209 * 12,
        PayPeriod::Day => 22 * 12,
        PayPeriod::Week => 52,
        PayPeriod::Month => 12,
        PayPeriod::Year => 1,
        PayPeriod::Piece => return None,
    };
    let year = |amount: i64| u32::try_from(amount.checked_mul(times)? / 1000).ok().filter(|a| *a > 0);
    let min = pay.min.and_then(year);
    let max = pay.max.and_then(year);
    let least = min.or(max)?;
    Some((least, max.unwrap_or(least).max(least)))
}

fn occupation(posting: &Posting) -> Option<(u32, u8)> {
    let code = posting.occupation.as_ref()?.code.as_deref()?;
    let digits = u8::try_from(code.len()).ok().filter(|n| (2..=6).contains(n))?;
    code.parse().ok().map(|number| (number, digits))
}

fn contract_bit(kind: EmploymentType) -> u16 {
    1 << match kind {
        EmploymentType::Permanent => 0,
        EmploymentType::Contract => 1,
        EmploymentType::IndefiniteContract => 2,
        EmploymentType::Temporary => 3,
        EmploymentType::PerDiem => 4,
        EmploymentType::PartTime => 5,
        EmploymentType::Intern => 6,
        EmploymentType::Freelance => 7,
        EmploymentType::MilitaryService => 8,
        EmploymentType::Other => 9,
    }
}

fn career(asked: normalizer::Experience) -> u8 {
    let kind = u8::from(asked.newcomer) + 2 * u8::from(asked.experienced);
    let years = (asked.min_months.unwrap_or(0) / 12).min(40) as u8;
    if kind == 0 { 0 } else { kind + 4 * years }
}

fn contacts(contact: &Contact) -> SmallVec<[u32; 2]> {
    let mut out: SmallVec<[u32; 2]> = contact
        .phones
        .iter()
        .chain(contact.emails.iter())
        .filter(|value| value.len() >= 7)
        .map(|value| hash_text(&value.to_lowercase()) as u32)
        .collect();
    out.sort_unstable();
    out.dedup();
    out.truncate(CONTACTS_MAX);
    out
}

fn salient(posting: &Posting, texts: &[&str], folded: &[u32]) -> Vec<u32> {
    let mut words = SalientWords::default();
    for text in texts.iter().copied().chain(posting.work_hours.as_deref()) {
        let end = text.char_indices().nth(sketch::TEXT_CHARS_MAX).map_or(text.len(), |(at, _)| at);
        words.read_numbers(&text[..end]);
    }
    words.read_words(folded);
    for place in posting.job_location.iter().take(REGIONS_MAX) {
        words.read_address(place.address.as_deref().unwrap_or(&place.name));
    }
    words.finish()
}
