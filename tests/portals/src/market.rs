//! Wire formats of private portals, linked systems and generic formats, and which portals speak them.

mod albamon;
mod batch;
mod board_html;
mod board_jsonld;
mod board_rss;
mod codes;
mod file_csv;
mod greenhouse;
mod greeting;
mod hr_xml;
mod hrdnet;
mod indeed;
mod jobkorea;
mod jsonl;
mod recruiter;
mod register;
mod saramin;
mod smartrecruiters;
mod wanted;
mod write;

#[cfg(test)]
mod behaviour;
#[cfg(test)]
mod samples;

use crate::{Dialect, Portal};

/// The dialects of this half.
pub fn dialects() -> Vec<Box<dyn Dialect>> {
    vec![
        // private
        Box::new(saramin::Saramin),
        Box::new(jobkorea::Jobkorea),
        Box::new(albamon::Albamon),
        Box::new(wanted::Wanted),
        Box::new(recruiter::Recruiter),
        Box::new(greeting::Greeting),
        Box::new(greenhouse::Greenhouse),
        Box::new(smartrecruiters::SmartRecruiters),
        Box::new(indeed::Indeed),
        // linked
        Box::new(hrdnet::Hrdnet),
        Box::new(register::Insurance),
        Box::new(register::Nts),
        Box::new(register::EpsRecruit),
        Box::new(batch::EiAcquisitions),
        Box::new(batch::EpsPermits),
        Box::new(batch::TrainingInstitutions),
        // generic
        Box::new(board_html::BoardHtml),
        Box::new(board_jsonld::BoardJsonld),
        Box::new(board_rss::BoardRss),
        Box::new(file_csv::FileCsv),
        Box::new(hr_xml::HrXml),
        Box::new(jsonl::Jsonl),
    ]
}

/// A stable number for a text.
pub(crate) fn hash(text: &str) -> u64 {
    write::hash(text)
}

/// Name, title, dialect, weight on the scale of the government half (all 161 sum up to some 116: JobKorea and Saramin carry
/// a third of all postings, Albamon 8 %), parameters.
type Row = (&'static str, &'static str, &'static str, f64, &'static [(&'static str, &'static str)]);

const PRIVATE: &[Row] = &[
    ("saramin", "사람인", "saramin", 18.0, &[("recorded", "saramin")]),
    // the contract the manifest is written for: 1,000 rows a page, 100,000 a query
    ("jobkorea", "잡코리아", "jobkorea", 20.0, &[("recorded", "jobkorea"), ("cap", "100000"), ("size", "1000")]),
    ("albamon", "알바몬", "albamon", 9.0, &[]),
    ("wanted", "원티드", "wanted", 1.5, &[("recorded", "wanted"), ("host", "www.wanted.co.kr")]),
    (
        "incruit",
        "인크루트",
        "board_jsonld",
        2.0,
        &[("host", "job.incruit.com"), ("path", "/jobs"), ("defects", "real")],
    ),
    (
        "career_indeed",
        "커리어 (Indeed XML)",
        "indeed",
        1.5,
        &[("host", "www.career.co.kr"), ("path", "/feed/indeed.xml")],
    ),
    ("recruiter_co_kr", "리크루터 (jobflex)", "recruiter", 0.6, &[("id_shape", "six")]),
    ("greeting", "그리팅", "greeting", 0.5, &[("id_shape", "six"), ("host", "career.greetinghr.com")]),
    (
        "greenhouse",
        "토스 채용 (Greenhouse)",
        "greenhouse",
        0.25,
        &[("recorded", "greenhouse"), ("token", "toss"), ("site", "https://toss.im/career/job-detail")],
    ),
    (
        "smartrecruiters",
        "딜리버리히어로 채용 (SmartRecruiters)",
        "smartrecruiters",
        0.25,
        &[("company", "DeliveryHero")],
    ),
];

/// Linked systems list no postings: their weight is 0 and they answer from the employers.
const LINKED: &[Row] = &[
    ("hrdnet", "직업훈련포털 HRD-Net 훈련과정", "hrdnet", 0.0, &[]),
    ("insurance", "고용·산재보험 가입 사업장", "insurance", 0.0, &[]),
    ("nts_status", "국세청 사업자등록 상태조회", "nts", 0.0, &[]),
    ("eps_recruit", "외국인근로자 현지 채용공고", "eps_recruit", 0.0, &[]),
    ("ei_acquisitions", "고용보험 취득신고 집계", "ei_acquisitions", 0.0, &[]),
    ("eps_permits", "고용허가 내국인 구인노력·허가", "eps_permits", 0.0, &[]),
    ("training_institutions", "훈련기관 인증 현황", "training_institutions", 0.0, &[]),
];

/// The portals of this half.
pub fn portals() -> Vec<Portal> {
    let portal = |class: &'static str, (name, title, dialect, weight, params): &Row| Portal {
        name: (*name).to_owned(),
        title: (*title).to_owned(),
        class,
        dialect,
        params: params.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
        regions: Vec::new(),
        weight: *weight,
    };
    PRIVATE.iter().map(|row| portal("private", row)).chain(LINKED.iter().map(|row| portal("linked", row))).collect()
}
