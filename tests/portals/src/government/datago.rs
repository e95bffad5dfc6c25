//! Municipal job lists as the data.go.kr gateway carries them: one set of columns in the standard XML envelope, another in the
//! standard JSON envelope (an object for a single row, `""` for none). Which municipality is asked is in the path.

use super::envelope;
use super::fact;
use super::gateway::{self, Key};
use super::service::{Column, Paging, Service, number, text};

const XML_COLUMNS: &[Column] = &[
    text("jobNo", fact::id),
    text("jobTitle", fact::title),
    text("corpNm", fact::company),
    text("bizNo", fact::business_number),
    text("jobsNm", fact::occupation),
    text("emplymTypeNm", fact::employment_words),
    text("workRegion", fact::region),
    text("workAddr", fact::address),
    text("salary", fact::pay),
    text("workTime", fact::work_hours),
    text("career", fact::career_words),
    text("education", fact::education_words),
    text("collectPsncnt", fact::headcount),
    text("jobCont", fact::description),
    text("regDate", fact::posted_compact),
    text("closeDate", fact::closes_or_words),
    text("detailUrl", fact::link),
];

const JSON_COLUMNS: &[Column] = &[
    number("rcritSn", fact::id),
    text("rcritSj", fact::title),
    text("entrprsNm", fact::company),
    text("jssfcNm", fact::occupation),
    text("emplymStleNm", fact::employment_words),
    text("workPlcNm", fact::region),
    text("adres", fact::address),
    text("wageNm", fact::pay),
    text("workTimeNm", fact::work_hours),
    text("careerNm", fact::career_words),
    text("acdmcrNm", fact::education_words),
    number("rcritNmpr", fact::headcount),
    text("dtyCn", fact::description),
    text("rceptBgnde", fact::posted_dashes),
    text("rceptEndde", fact::closes_or_words),
    text("url", fact::link),
];

/// XML municipalities.
pub(super) const XML: Service = Service {
    name: "datago_xml",
    path: "",
    key: Key::Gateway200,
    paging: Paging::GATEWAY,
    columns: XML_COLUMNS,
    oldest_first: false,
    content_type: "application/xml;charset=UTF-8",
    envelope: envelope::xml,
    refusal: gateway::bad_parameter,
};

/// JSON municipalities.
pub(super) const JSON: Service = Service {
    name: "datago_json",
    path: "",
    key: Key::Gateway,
    paging: Paging::GATEWAY,
    columns: JSON_COLUMNS,
    oldest_first: false,
    content_type: "application/json;charset=UTF-8",
    envelope: envelope::json,
    refusal: gateway::bad_parameter,
};
