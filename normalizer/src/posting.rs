//! The canonical posting: names follow schema.org JobPosting where it has one. Values only, no reading of text.
//! Money is whole won; days are dates in Asia/Seoul; a region is a code with the date it is valid at.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The canonical form of one source's posting.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Posting {
    /// Title without badges, deadlines and entities; `""` only where the source gave none.
    pub title: String,
    /// The employer (or the agency in its place).
    pub hiring_organization: Organization,
    /// Workplaces, in the source's order, without repeats.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub job_location: Vec<Place>,
    /// Occupation, coded where possible.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occupation: Option<Occupation>,
    /// KSIC code of the employer's industry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub industry: Option<String>,
    /// Kinds of contract offered, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub employment_type: Vec<EmploymentType>,
    /// Pay as offered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_salary: Option<Pay>,
    /// Education asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub education: Option<Education>,
    /// Experience asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub experience: Option<Experience>,
    /// Number of openings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_job_openings: Option<u32>,
    /// Weekly hours, in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weekly_minutes: Option<u32>,
    /// Working days of a week.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_a_week: Option<u8>,
    /// Working hours in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub work_hours: Option<String>,
    /// Plain text, paragraphs separated by a line feed; contacts removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Requirements, preferences, benefits, licences and languages as plain text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qualifications: Option<String>,
    /// Licences and certificates asked for, by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub licences: Vec<String>,
    /// Languages asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<Language>,
    /// Benefits as plain text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job_benefits: Option<String>,
    /// Kinds of benefits, sorted, e.g. `housing`, `meals` (the words are in `data/benefits.tsv`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub benefits: Vec<String>,
    /// Day of first publication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_posted: Option<NaiveDate>,
    /// How and when it closes.
    pub closing: Closing,
    /// What the source itself says of it.
    pub status: SourceStatus,
    /// The page a person reads: canonical, without tracking and secrets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Whose posting it is, when the source republishes another's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// The employer's own reference number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requisition: Option<String>,
    /// How each field was read, for those that were read from text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub provenance: Vec<Provenance>,
    /// Version of the reading rules that made it ([`crate::RULES_VERSION`]); 0 where none is known.
    #[serde(skip_serializing_if = "is_zero")]
    pub rules: u32,
}

fn is_zero(version: &u32) -> bool {
    *version == 0
}

/// An employer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Organization {
    /// Name to show.
    pub name: String,
    /// Name to match by: folded, without legal form, branch, spaces and punctuation.
    pub match_name: String,
    /// Legal form, e.g. 주식회사.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legal_form: Option<String>,
    /// Branch words taken off the name, e.g. 강남점.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// 사업자등록번호, ten digits with a right check digit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub business_number: Option<String>,
}

/// A workplace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Place {
    /// Administrative code in force on the day of fetching: 2 digits (시도) or 5 (시군구); `00` = nation-wide, `99` = abroad; absent if not understood.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Canonical words for the code, or the source's words when there is none.
    pub name: String,
    /// Street address, when given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// An occupation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Occupation {
    /// KECO 2018 code, 2 to 6 digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// In words.
    pub name: String,
    /// Thousandths: 1000 = the source's own code, less when inferred.
    pub confidence: u16,
    /// The words of title or duties that it was inferred from; absent for a code of the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
}

/// Kind of contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EmploymentType {
    /// 정규직, without a term
    Permanent,
    /// 계약직, with a term
    Contract,
    /// 무기계약직
    IndefiniteContract,
    /// 파견·도급
    Temporary,
    /// 일용
    PerDiem,
    /// 시간제·아르바이트
    PartTime,
    /// 인턴·수습·교육생
    Intern,
    /// 프리랜서·위촉
    Freelance,
    /// 병역특례
    MilitaryService,
    /// anything else that was understood
    Other,
}

/// Pay as offered. Amounts are whole won (or whole units of `currency`) per `period`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Pay {
    /// Absent when only words such as 면접 후 결정 were given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<PayPeriod>,
    /// At least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// At most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    /// 면접 후 결정, 협의, 회사 내규.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub negotiable: bool,
    /// ISO 4217, absent = KRW.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Won an hour that the lowest amount comes to under the stated hours; absent where no hours are stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hourly: Option<i64>,
}

/// Unit of time of a pay amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PayPeriod {
    /// 시급
    Hour,
    /// 일급
    Day,
    /// 주급
    Week,
    /// 월급
    Month,
    /// 연봉
    Year,
    /// 건별
    Piece,
}

/// Lowest degree asked for, on one scale over all portals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Degree {
    /// 초졸
    Elementary,
    /// 중졸
    Middle,
    /// 고졸
    High,
    /// 대졸(2~3년), 전문대, 초대졸
    Associate,
    /// 대졸(4년)
    Bachelor,
    /// 석사
    Master,
    /// 박사
    Doctorate,
}

/// Education asked for; both absent = 학력무관.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Education {
    /// At least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<Degree>,
    /// At most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<Degree>,
}

/// Experience asked for. `무관` = newcomers and experienced, no bounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Experience {
    /// 신입 may apply.
    pub newcomer: bool,
    /// 경력 may apply.
    pub experienced: bool,
    /// Months, at least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_months: Option<u32>,
    /// Months, at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_months: Option<u32>,
}

/// A language asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Language {
    /// ISO 639-1, or 639-2 where there is none.
    pub code: String,
    /// How well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<LanguageLevel>,
    /// A test and its score, in the source's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test: Option<String>,
}

/// How well a language is to be known; ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LanguageLevel {
    /// 초급
    Basic,
    /// 회화, 중급
    Conversational,
    /// 능통, 비즈니스
    Fluent,
    /// 원어민
    Native,
}

/// How and when a posting closes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Closing {
    /// Absent when the source said nothing that was understood.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<CloseKind>,
    /// Last day on which one can apply (until its end, Asia/Seoul).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_through: Option<NaiveDate>,
}

/// The four closing kinds of the portals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseKind {
    /// 접수마감일
    ByDate,
    /// 채용시까지; may carry a date after which it lapses
    UntilFilled,
    /// 상시
    AlwaysOpen,
    /// 수시
    Rolling,
}

/// What the source's own flag says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceStatus {
    /// It has no flag, or says it is open.
    #[default]
    Open,
    /// It says it is closed.
    Closed,
}

/// Whose posting a republished one is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Origin {
    /// Provider code or source name, as the source wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Opaque id there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Canonical address there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// How one field came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// Canonical field name, e.g. `base_salary`.
    pub field: std::borrow::Cow<'static, str>,
    /// The raw text, cut to 120 characters; personal data masked.
    pub raw: String,
    /// The rule that read it, e.g. `pay.range`.
    pub rule: std::borrow::Cow<'static, str>,
    /// Thousandths.
    pub confidence: u16,
}

/// Personal data of a posting: kept in a table of its own, masked by default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Contact {
    /// People named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// Phone numbers, digits only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<String>,
    /// E-mail addresses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<String>,
}

impl Contact {
    /// Whether nothing personal was found.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty() && self.phones.is_empty() && self.emails.is_empty()
    }
}
