//! What other systems and earlier versions say of a posting, given as an argument, and the rules that rest on it:
//! FA3 (terms changed for the worse), ARR (unpaid wages), COH (incoherent with other systems), and the register's part of ID.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Sure, found};
use crate::{EmploymentType, Finding, Normalized, Pay, PayPeriod, Posting, company};

/// Employees from which 채용절차법 applies.
const HIRING_ACT_EMPLOYEES: u32 = 30;
/// Pay lower by less than this many thousandths is rounding, no change of terms.
const PAY_SLACK: i64 = 10;

/// Facts from outside the posting; everything is optional, nothing known is [`Facts::default`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// What the business register says of the employer's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub business: Option<Business>,
    /// The employer's entry in the public list of unpaid wages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrears: Option<Arrears>,
    /// Employees of the workplace (employment insurance).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employees: Option<u32>,
    /// The terms as they were first published: of this posting's earlier version, or of the same job on another portal.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<Terms>,
    /// Another posting of the same job that was rejected, by a name people can look up (`source/id`), with its rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rejected_twin: Option<String>,
    /// Evidence that the job is filled, in words (`고용보험 취득 2026-11-03`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filled: Option<String>,
}

/// An entry of the business register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Business {
    /// Whether it goes on.
    pub status: BusinessStatus,
    /// Since when, where the register says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<NaiveDate>,
    /// Name in the register.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// State of a business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BusinessStatus {
    /// 계속사업자
    Active,
    /// 휴업자
    Suspended,
    /// 폐업자
    Closed,
    /// The register has no such number.
    Unknown,
}

/// An entry of the list of employers with unpaid wages (체불사업주 명단).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrears {
    /// First day on the list.
    pub from: NaiveDate,
    /// First day no longer on it (three years later as a rule).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    /// Won owed, where published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub won: Option<i64>,
}

/// Terms of a job as some posting published them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Terms {
    /// Where and when, in words: `version 1`, `saramin/48012345`.
    pub of: String,
    /// Pay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pay: Option<Pay>,
    /// Kinds of contract.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub employment_type: Vec<EmploymentType>,
    /// Weekly hours, in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weekly_minutes: Option<u32>,
}

impl Terms {
    /// The terms of a posting.
    pub fn of(posting: &Posting, name: impl Into<String>) -> Terms {
        Terms {
            of: name.into(),
            pay: posting.base_salary.clone(),
            employment_type: posting.employment_type.clone(),
            weekly_minutes: posting.weekly_minutes,
        }
    }
}

pub(super) fn judge(normalized: &Normalized, law_of: NaiveDate, facts: &Facts, findings: &mut Vec<Finding>) {
    business(normalized, law_of, facts, findings);
    if let Some(arrears) = &facts.arrears
        && arrears.from <= law_of
        && arrears.until.is_none_or(|until| law_of < until)
    {
        let owed = arrears.won.map(|won| format!(", 체불 {won}원")).unwrap_or_default();
        let span = format!("체불사업주 명단 {}부터{owed}", arrears.from);
        found(findings, law_of, "ARR", "hiring_organization", Sure::Clear, &span);
    }
    for before in &facts.before {
        if let Some((field, span)) = worse(before, &normalized.posting) {
            found(findings, law_of, "FA3", field, Sure::Clear, &span);
        }
    }
    if let Some(twin) = &facts.rejected_twin {
        let span = format!("반려된 공고와 같은 일자리: {twin}");
        found(findings, law_of, "COH", "posting", Sure::Clear, &span);
    }
    if let Some(filled) = &facts.filled {
        found(findings, law_of, "COH", "posting", Sure::Doubtful, &format!("채용 완료 신호: {filled}"));
    }
}

/// Whether 채용절차법 applies: it does not below 30 employees, and it does where their number is not known.
pub(super) fn hiring_act_applies(facts: &Facts) -> bool {
    facts.employees.is_none_or(|n| n >= HIRING_ACT_EMPLOYEES)
}

fn business(normalized: &Normalized, law_of: NaiveDate, facts: &Facts, findings: &mut Vec<Finding>) {
    let Some(business) = &facts.business else { return };
    let since = business.since.map(|day| format!(" {day}")).unwrap_or_default();
    // a business that closes next month is open today
    let in_force = business.since.is_none_or(|day| day <= law_of);
    match business.status {
        BusinessStatus::Closed if in_force => {
            found(findings, law_of, "COH", "hiring_organization", Sure::Clear, &format!("폐업{since}"));
        }
        BusinessStatus::Suspended if in_force => {
            found(findings, law_of, "COH", "hiring_organization", Sure::Doubtful, &format!("휴업{since}"));
        }
        BusinessStatus::Unknown => {
            let field = "hiring_organization.business_number";
            found(findings, law_of, "ID", field, Sure::Clear, "등록되지 않은 사업자등록번호");
        }
        _ => {}
    }
    let organization = &normalized.posting.hiring_organization;
    if let Some(name) = &business.name
        && !organization.match_name.is_empty()
        && !company::is_withheld(&organization.name)
    {
        let registered = company::match_name(name);
        let same = registered == organization.match_name
            || registered.contains(&organization.match_name)
            || organization.match_name.contains(&registered);
        if !registered.is_empty() && !same {
            let span = format!("{} ≠ {name}", organization.name);
            found(findings, law_of, "ID", "hiring_organization", Sure::Clear, &span);
        }
    }
}

/// What is worse than it was: lower pay, less secure employment, or longer hours for the same pay.
fn worse(before: &Terms, now: &Posting) -> Option<(&'static str, String)> {
    if let (Some(was), Some(is)) = (&before.pay, &now.base_salary)
        && let (Some(then), Some(least)) = (comparable(was), comparable(is))
        && was.period == is.period
        && was.currency == is.currency
        && least < then - then / 1000 * PAY_SLACK
    {
        return Some(("base_salary", format!("{}: {then}원 → {least}원", before.of)));
    }
    let secure = |types: &[EmploymentType]| types.iter().map(|t| security(*t)).max();
    if let (Some(then), Some(least)) = (secure(&before.employment_type), secure(&now.employment_type))
        && least < then
    {
        let words = |types: &[EmploymentType]| types.iter().map(|t| word(*t)).collect::<Vec<_>>().join("·");
        let span = format!("{}: {} → {}", before.of, words(&before.employment_type), words(&now.employment_type));
        return Some(("employment_type", span));
    }
    if let (Some(then), Some(more)) = (before.weekly_minutes, now.weekly_minutes)
        && more >= then + 60
        && before.pay.as_ref().map(offered) == now.base_salary.as_ref().map(offered)
        && before.pay.as_ref().is_some_and(|pay| matches!(pay.period, Some(PayPeriod::Month | PayPeriod::Year)))
    {
        return Some(("weekly_minutes", format!("{}: 주 {}시간 → {}시간, 같은 임금", before.of, then / 60, more / 60)));
    }
    None
}

/// What is paid; what an hour comes to follows from the hours.
fn offered(pay: &Pay) -> (Option<PayPeriod>, Option<i64>, Option<i64>, Option<&str>) {
    (pay.period, pay.min, pay.max, pay.currency.as_deref())
}

fn comparable(pay: &Pay) -> Option<i64> {
    pay.min.or(pay.max)
}

/// How secure a kind of contract is; kinds that cannot be compared count alike.
fn security(kind: EmploymentType) -> u8 {
    match kind {
        EmploymentType::Permanent => 5,
        EmploymentType::IndefiniteContract => 4,
        EmploymentType::Contract | EmploymentType::Other | EmploymentType::MilitaryService => 3,
        EmploymentType::Temporary | EmploymentType::PartTime | EmploymentType::Intern => 2,
        EmploymentType::PerDiem => 1,
        EmploymentType::Freelance => 0,
    }
}

fn word(kind: EmploymentType) -> &'static str {
    match kind {
        EmploymentType::Permanent => "정규직",
        EmploymentType::Contract => "계약직",
        EmploymentType::IndefiniteContract => "무기계약직",
        EmploymentType::Temporary => "파견·도급",
        EmploymentType::PerDiem => "일용직",
        EmploymentType::PartTime => "시간제",
        EmploymentType::Intern => "인턴·수습",
        EmploymentType::Freelance => "프리랜서",
        EmploymentType::MilitaryService => "병역특례",
        EmploymentType::Other => "기타",
    }
}
