//! What a source said of one posting, as text: the only thing adapters give and the normalizer takes.
//! Holds no reading of the text; a field's meaning is decided in the file of its family.

use serde::{Deserialize, Serialize};

macro_rules! raw_fields {
    ($($variant:ident $name:literal $doc:literal,)*) => {
        /// The names a source manifest may give values to. A manifest that names anything else is refused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum RawField { $(#[doc = $doc] #[serde(rename = $name)] $variant,)* }

        impl RawField {
            /// Every field, in the order of the enum.
            pub const ALL: &'static [RawField] = &[$(RawField::$variant,)*];

            /// The name in manifests, JSON and findings.
            pub fn name(self) -> &'static str {
                match self { $(RawField::$variant => $name,)* }
            }

            /// What the field holds, in a sentence (shown by `source check` and in the JSON Schema).
            pub fn about(self) -> &'static str {
                match self { $(RawField::$variant => $doc,)* }
            }
        }
    };
}

raw_fields! {
    ExternalId "external_id" "The source's own id of the posting: opaque and case-sensitive; several columns are joined by `composite`.",
    Title "title" "The posting's title.",
    Company "company" "The employer's name as shown; may hold an agency.",
    BusinessNumber "business_number" "사업자등록번호 in any spelling.",
    Industry "industry" "Industry in words.",
    IndustryCode "industry_code" "KSIC code.",
    Occupation "occupation" "Occupation in words.",
    OccupationCode "occupation_code" "KECO code, or the source's own after a code table.",
    Region "region" "Workplace region in words; several are separated as the source does.",
    RegionCode "region_code" "Workplace region as a 2, 5 or 10 digit administrative code (after a code table where the source has its own).",
    Address "address" "Workplace street address.",
    Subway "subway" "Nearest stations in words.",
    Pay "pay" "Pay in words, period and amount together where the source writes them together.",
    PayPeriod "pay_period" "Pay period alone: 연봉, 월급, 주급, 일급, 시급, 건별, or Y M W D H.",
    PayMin "pay_min" "Lower amount, digits.",
    PayMax "pay_max" "Upper amount, digits.",
    PayUnit "pay_unit" "Unit of pay_min and pay_max when not won: 만원, KRW, USD …",
    EmploymentType "employment_type" "정규직, 계약직, FULL_TIME …; several are separated.",
    Career "career" "Experience asked for, in words.",
    CareerMin "career_min" "Years of experience, at least (months when the value ends in `m`).",
    CareerMax "career_max" "Years of experience, at most.",
    Education "education" "Education asked for, in words.",
    Headcount "headcount" "Number of openings.",
    WorkHours "work_hours" "Working hours in words.",
    WorkDays "work_days" "Working days in words.",
    Benefits "benefits" "Benefits in words.",
    Licences "licences" "Licences asked for.",
    Languages "languages" "Languages asked for.",
    Description "description" "Duties and everything else the posting says; may be HTML, may be escaped.",
    Requirements "requirements" "What applicants must have.",
    Preferences "preferences" "What is preferred.",
    HowToApply "how_to_apply" "How to apply and which papers to send.",
    Keywords "keywords" "Tags.",
    DatePosted "date_posted" "When the source first published it.",
    DateModified "date_modified" "When the source last changed it.",
    ValidThrough "valid_through" "Closing date: a date, words, or both.",
    CloseType "close_type" "by_date, until_filled, always_open or rolling, after a code table; or words.",
    Status "status" "The source's own open or closed flag: `open`, `closed`, or words such as 마감.",
    Url "url" "The page a person reads.",
    ApplyUrl "apply_url" "The page where a person applies.",
    Homepage "homepage" "The employer's site.",
    ContactName "contact_name" "A person's name: goes to the contact record only.",
    ContactPhone "contact_phone" "A phone number: goes to the contact record only.",
    ContactEmail "contact_email" "An e-mail address: goes to the contact record only.",
    OriginProvider "origin_provider" "Whose posting this is, when the source republishes: a provider code such as CJK, CSI, VALIDATION, or a source name.",
    OriginId "origin_id" "The posting's id at that provider.",
    OriginUrl "origin_url" "Its address at that provider.",
    Requisition "requisition" "The employer's own reference number.",
    // linked systems: a row is a signal about a workplace, an employer or a course, not a posting
    SubjectNumber "subject_number" "Linked systems: the business or workplace number the row is about.",
    SubjectName "subject_name" "Linked systems: the workplace or institution named.",
    SignalCode "signal_code" "Linked systems: the state, e.g. NTS 01 계속, 02 휴업, 03 폐업.",
    SignalCount "signal_count" "Linked systems: a number of people.",
    SignalFrom "signal_from" "Linked systems: valid from, or course start.",
    SignalUntil "signal_until" "Linked systems: valid until, or course end.",
    SignalRate "signal_rate" "Linked systems: a rate in per cent, e.g. employment after 6 months.",
}

impl std::str::FromStr for RawField {
    type Err = UnknownField;

    fn from_str(name: &str) -> Result<Self, UnknownField> {
        RawField::ALL.iter().copied().find(|f| f.name() == name).ok_or_else(|| UnknownField(name.to_owned()))
    }
}

/// A field name that is not in [`RawField::ALL`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownField(pub String);

impl std::fmt::Display for UnknownField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "unknown field `{}`", self.0)
    }
}

impl std::error::Error for UnknownField {}

/// One row as the source wrote it: at most one text per field, and where on its page it stood.
/// An absent field is not in the list; an empty one is there as `""`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawPosting {
    /// 0-based position of the row on its page.
    pub position: u32,
    fields: Vec<(RawField, String)>,
}

impl RawPosting {
    /// An empty row at a position.
    pub fn at(position: u32) -> Self {
        RawPosting { position, fields: Vec::with_capacity(24) }
    }

    /// The text of a field, or `None` where the source did not give it.
    pub fn get(&self, field: RawField) -> Option<&str> {
        self.fields.iter().find(|(f, _)| *f == field).map(|(_, text)| text.as_str())
    }

    /// Like [`get`](Self::get), without surrounding white space, `None` when nothing is left.
    pub fn text(&self, field: RawField) -> Option<&str> {
        self.get(field).map(str::trim).filter(|t| !t.is_empty())
    }

    /// Sets a field, replacing what was there.
    pub fn set(&mut self, field: RawField, text: impl Into<String>) {
        let text = text.into();
        match self.fields.iter_mut().find(|(f, _)| *f == field) {
            Some(slot) => slot.1 = text,
            None => self.fields.push((field, text)),
        }
    }

    /// The given fields with their texts, in the order they were set.
    pub fn iter(&self) -> impl Iterator<Item = (RawField, &str)> {
        self.fields.iter().map(|(f, t)| (*f, t.as_str()))
    }

    /// A hash of what the row says (xxh3-64, seed 0), independent of field order and of its position:
    /// equal hashes mean the source changed nothing.
    pub fn content_hash(&self) -> u64 {
        let mut order: smallvec::SmallVec<[usize; 32]> = (0..self.fields.len()).collect();
        order.sort_unstable_by_key(|&i| self.fields[i].0);
        let mut hasher = xxhash_rust::xxh3::Xxh3::new();
        for i in order {
            let (field, text) = &self.fields[i];
            hasher.update(field.name().as_bytes());
            hasher.update(&[0x1f]);
            hasher.update(text.as_bytes());
            hasher.update(&[0x1e]);
        }
        hasher.digest()
    }
}
