//! One posting as a portal holds it: facts and the words that employer and portal chose for them.
//! Dialects only arrange these into a wire format; they invent nothing.

use chrono::{NaiveDate, NaiveDateTime};

/// A posting on one portal.
#[derive(Clone, Debug, Default)]
pub struct Ad {
    /// The portal's id of it, in that portal's shape.
    pub id: String,
    /// A second id where portals have two (JobKorea's recruit_no).
    pub id2: String,
    /// Truth: index of the vacancy in the world. Never served.
    pub vacancy: u32,
    /// Title as written here: plain text, unescaped, may hold badges and brackets.
    pub title: String,
    /// Employer's name as written here: (주), ㈜, 주식회사, branch …
    pub company: String,
    /// Ten digits, or empty where this portal does not give it.
    pub business_number: String,
    /// KSIC code and words.
    pub industry_code: String,
    pub industry: String,
    /// KECO code (6 digits) and words.
    pub occupation_code: String,
    pub occupation: String,
    /// Five-digit region code in force today, and words such as `서울 강남구`.
    pub region_code: String,
    pub region: String,
    pub address: String,
    /// Pay: period letter Y M W D H, or `N` for 면접 후 결정; won.
    pub pay_period: char,
    pub pay_min: i64,
    pub pay_max: i64,
    /// Pay in words as written here.
    pub pay: String,
    /// permanent, contract, indefinite, temporary, per_diem, part_time, intern, freelance
    pub employment: &'static str,
    /// In words: 정규직, 계약직 …
    pub employment_words: String,
    /// Years: None = 무관; (0, Some(0)) = 신입; (n, None) = n년 이상.
    pub career: Option<(u32, Option<u32>)>,
    pub career_words: String,
    /// Work24 code 00..07 (00 = 무관) and words as written here.
    pub education_code: &'static str,
    pub education_words: String,
    pub headcount: u32,
    pub work_hours: String,
    pub work_days: String,
    pub benefits: String,
    /// Plain text with line feeds, as written here.
    pub description: String,
    pub requirements: String,
    pub how_to_apply: String,
    pub keywords: String,
    pub contact_name: String,
    pub contact_phone: String,
    pub contact_email: String,
    pub posted: NaiveDateTime,
    pub modified: NaiveDateTime,
    /// by_date, until_filled, always_open, rolling
    pub close_type: &'static str,
    /// Last day to apply; None for always_open and for until_filled without a date.
    pub closes: Option<NaiveDate>,
    /// The portal's own flag: closed but still listed or still answering by id.
    pub closed: bool,
    /// Whose posting it is, when this portal republishes: provider code and id there, address there.
    pub origin_provider: String,
    pub origin_id: String,
    pub origin_url: String,
    /// The employer's own reference number, where this portal carries it.
    pub requisition: String,
    /// Path of the page for people on this portal.
    pub url: String,
}

/// An employer of the world, as linked systems know it.
#[derive(Clone, Debug, Default)]
pub struct Employer {
    /// Ten digits with a right check digit.
    pub business_number: String,
    /// Registered name, e.g. `주식회사 한빛물류`.
    pub name: String,
    pub region_code: String,
    pub address: String,
    pub industry_code: String,
    pub industry: String,
    /// Insured workers.
    pub workers: u32,
    pub founded: NaiveDate,
    /// 01 계속, 02 휴업, 03 폐업.
    pub business_state: &'static str,
    /// Since when, for 02 and 03.
    pub business_state_since: Option<NaiveDate>,
    /// Insured hires so far: day, KECO code, people (what insurance acquisitions report later).
    pub hires: Vec<(NaiveDate, String, u32)>,
    /// Work by the day so far: day, KECO code, people (what daily-work reports say later).
    pub daily: Vec<(NaiveDate, String, u32)>,
    /// Tests on the domestic market so far, oldest first.
    pub tests: Vec<MarketTest>,
}

/// A registered test on the domestic market (내국인 구인노력), and what became of the application.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MarketTest {
    /// Number of the application.
    pub permit_no: String,
    /// Portal and id of the posting it is about.
    pub portal: String,
    pub posting: String,
    /// The registration names the posting.
    pub named: bool,
    /// KECO code.
    pub occupation: String,
    pub slots: u32,
    /// Day of the registration; the window begins the day after.
    pub registered: NaiveDate,
    /// Days on which the posting must be shown, both included.
    pub from: NaiveDate,
    pub until: NaiveDate,
    /// Day of the permit, where there is one.
    pub issued: Option<NaiveDate>,
    /// Day on which a slot was reported free again.
    pub changed: Option<NaiveDate>,
}
