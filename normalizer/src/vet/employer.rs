//! FA2 and ID: the employer is withheld, or not identified.

use chrono::NaiveDate;

use super::{Sure, found};
use crate::{Finding, Normalized, company, contact};

pub(super) fn judge(normalized: &Normalized, law_of: NaiveDate, findings: &mut Vec<Finding>) {
    let posting = &normalized.posting;
    let organization = &posting.hiring_organization;
    // a posting without any name is held by its reading
    if !organization.name.is_empty() && company::is_withheld(&organization.name) {
        found(findings, law_of, "FA2", "hiring_organization", Sure::Clear, &organization.name);
    }
    let personal = &normalized.contact;
    let texts = [posting.description.as_deref(), posting.qualifications.as_deref(), Some(posting.title.as_str())];
    let messenger = texts.iter().flatten().any(|t| t.contains(contact::MESSENGER_MASK));
    if messenger && personal.phones.is_empty() && personal.emails.is_empty() && posting.url.is_none() {
        found(findings, law_of, "FA2", "contact", Sure::Doubtful, contact::MESSENGER_MASK);
    }
    // a wrong number given is worse than none: portals often do not pass it on
    let wrong = normalized.findings.iter().any(|f| f.rule.starts_with("business_number."));
    if organization.business_number.is_none() && wrong {
        found(findings, law_of, "ID", "hiring_organization.business_number", Sure::Clear, "");
    }
}
