//! A job posting as consumers read it: schema.org JobPosting's names in snake_case, plus what Korean portals need beyond it.
//! A form of its own, so that the canonical posting may change without breaking who reads the API.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

/// A job posting.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Job {
    /// Title without badges, deadlines and markup.
    pub title: String,
    /// The employer.
    pub hiring_organization: Organization,
    /// Workplaces.
    pub job_location: Vec<Place>,
    /// Occupation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occupation: Option<Occupation>,
    /// KSIC code of the employer's industry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub industry: Option<String>,
    /// PERMANENT, CONTRACT, INDEFINITE_CONTRACT, TEMPORARY, PER_DIEM, PART_TIME, INTERN, FREELANCE, MILITARY_SERVICE or OTHER.
    pub employment_type: Vec<String>,
    /// Pay as offered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_salary: Option<Pay>,
    /// Education asked for; without bounds = none.
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
    /// Working hours in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub work_hours: Option<String>,
    /// Plain text; contacts were taken out of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Requirements and preferences as plain text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qualifications: Option<String>,
    /// Benefits as plain text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job_benefits: Option<String>,
    /// Day of first publication, Asia/Seoul.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub date_posted: Option<NaiveDate>,
    /// How and when it closes.
    pub closing: Closing,
    /// The page a person reads and applies at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Whose posting it is, when a source republishes another's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// The employer's own reference number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requisition: Option<String>,
}

/// An employer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Organization {
    /// Name to show.
    pub name: String,
    /// Legal form, e.g. 주식회사.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legal_form: Option<String>,
    /// Branch, e.g. 강남점.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// 사업자등록번호, ten digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub business_number: Option<String>,
}

/// A workplace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Place {
    /// Administrative code: 2 digits (시도) or 5 (시군구); `00` = nation-wide, `99` = abroad.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// In words.
    pub name: String,
    /// Street address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// An occupation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Occupation {
    /// KECO 2018 code, 2 to 6 digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// In words.
    pub name: String,
    /// Thousandths: 1000 = the source's own code, less when inferred.
    pub confidence: u16,
}

/// Pay as offered: whole won (or units of `currency`) per `period`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Pay {
    /// HOUR, DAY, WEEK, MONTH, YEAR or PIECE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// At least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// At most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    /// 면접 후 결정, 협의, 회사 내규.
    pub negotiable: bool,
    /// ISO 4217; absent = KRW.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
}

/// Education asked for: elementary, middle, high, associate, bachelor, master or doctorate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Education {
    /// At least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<String>,
    /// At most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<String>,
}

/// Experience asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Experience {
    /// Newcomers may apply.
    pub newcomer: bool,
    /// Experienced people may apply.
    pub experienced: bool,
    /// Months, at least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_months: Option<u32>,
    /// Months, at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_months: Option<u32>,
}

/// How and when a posting closes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Closing {
    /// by_date, until_filled, always_open or rolling; absent when the source does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Last day to apply, until its end in Asia/Seoul.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub valid_through: Option<NaiveDate>,
}

/// Whose posting a republished one is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Origin {
    /// Provider code or name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Its id there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its address there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// An enum's word in JSON.
pub(crate) fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

impl From<normalizer::Posting> for Job {
    fn from(p: normalizer::Posting) -> Job {
        let o = p.hiring_organization;
        Job {
            title: p.title,
            hiring_organization: Organization {
                name: o.name,
                legal_form: o.legal_form,
                branch: o.branch,
                business_number: o.business_number,
            },
            job_location: p
                .job_location
                .into_iter()
                .map(|place| Place { code: place.code, name: place.name, address: place.address })
                .collect(),
            occupation: p.occupation.map(|o| Occupation { code: o.code, name: o.name, confidence: o.confidence }),
            industry: p.industry,
            employment_type: p.employment_type.iter().map(word).collect(),
            base_salary: p.base_salary.map(|pay| Pay {
                period: pay.period.as_ref().map(word),
                min: pay.min,
                max: pay.max,
                negotiable: pay.negotiable,
                currency: pay.currency,
            }),
            education: p.education.map(|e| Education { min: e.min.as_ref().map(word), max: e.max.as_ref().map(word) }),
            experience: p.experience.map(|e| Experience {
                newcomer: e.newcomer,
                experienced: e.experienced,
                min_months: e.min_months,
                max_months: e.max_months,
            }),
            total_job_openings: p.total_job_openings,
            weekly_minutes: p.weekly_minutes,
            work_hours: p.work_hours,
            description: p.description,
            qualifications: p.qualifications,
            job_benefits: p.job_benefits,
            date_posted: p.date_posted,
            closing: Closing { kind: p.closing.kind.as_ref().map(word), valid_through: p.closing.valid_through },
            url: p.url,
            origin: p.origin.map(|o| Origin { provider: o.provider, id: o.id, url: o.url }),
            requisition: p.requisition,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_numbers_of_the_canonical_posting_reach_the_wire() {
        let posting: normalizer::Posting = serde_json::from_value(serde_json::json!({
            "title": "물류 작업원",
            "hiring_organization": { "name": "한빛물류", "match_name": "한빛물류", "legal_form": "주식회사" },
            "job_location": [{ "code": "11680", "name": "서울 강남구" }],
            "employment_type": ["PART_TIME"],
            "base_salary": { "period": "HOUR", "min": 10320 },
            "education": { "min": "high" },
            "closing": { "kind": "until_filled", "valid_through": "2026-12-05" }
        }))
        .unwrap();
        let want = r#"{"title":"물류 작업원","hiring_organization":{"name":"한빛물류","legal_form":"주식회사"},"job_location":[{"code":"11680","name":"서울 강남구"}],"employment_type":["PART_TIME"],"base_salary":{"period":"HOUR","min":10320,"negotiable":false},"education":{"min":"high"},"closing":{"kind":"until_filled","valid_through":"2026-12-05"}}"#;
        assert_eq!(serde_json::to_string(&Job::from(posting)).unwrap(), want);
    }
}
