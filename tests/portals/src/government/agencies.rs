//! Public institutions behind the data.go.kr gateway whose services differ in columns and little else: KEAD, 병역일터,
//! 건설근로자공제회, 국가보훈부, 국회입법조사처, 한국관광공사, 한국사회보장정보원, WorldJob+.

use std::borrow::Cow;

use crate::{Ad, View};

use super::envelope;
use super::fact;
use super::gateway::{self, Key};
use super::service::{Listing, Paging, Service, absent, number, row_number, text};
use super::write::xml_element;

const XML: Service = Service {
    name: "",
    path: "",
    key: Key::Gateway200,
    paging: Paging::GATEWAY,
    columns: &[],
    oldest_first: false,
    content_type: "application/xml;charset=UTF-8",
    envelope: envelope::xml,
    refusal: gateway::bad_parameter,
};

/// 장애인 구인 실시간 현황 (15117692): `rno` and `rnum` number the rows, there is no id.
pub(super) const KEAD: Service = Service {
    name: "kead",
    path: "job_list_env",
    columns: &[
        text("busplaName", fact::company),
        text("cntctNo", fact::contact_phone),
        text("compAddr", fact::address),
        text("empType", fact::employment_words),
        text("enterType", |_, _| "무관".into()),
        text("envBothHands", |_, _| "양손작업 가능".into()),
        text("envEyesight", |_, _| "일상적 활동 가능".into()),
        text("envHandwork", |_, _| "작은 물품 조립가능".into()),
        text("envLiftPower", |_, _| "5Kg 이내의 물건을 다룰 수 있음".into()),
        text("envLstnTalk", |_, _| "듣고 말하기에 어려움 없음".into()),
        text("envStndWalk", |_, _| "일부 서서하는 작업 가능".into()),
        text("jobNm", fact::title),
        text("offerregDt", fact::posted_compact),
        text("regDt", fact::posted_compact),
        text("regagnName", |_, _| "한국장애인고용공단".into()),
        text("reqCareer", fact::career_words),
        text("reqEduc", fact::education_words),
        row_number("rno"),
        row_number("rnum"),
        text("salary", fact::pay_amounts),
        text("salaryType", fact::pay_period),
        text("termDate", fact::term),
    ],
    ..XML
};

/// 병역일터 (3065599): romanized Korean names, elements without a value are missing.
pub(super) const MMA: Service = Service {
    name: "mma",
    path: "/CyJeongBo/list",
    columns: &[
        absent("ccdatabalsaengDtm", fact::posted_seconds),
        absent("cjdatabyeongyeongDtm", fact::modified_seconds),
        absent("cjhakryeok", fact::education_words),
        absent("cygonggoNo", fact::id),
        absent("cyjemokNm", fact::title),
        absent("damdangjaFnm", fact::contact_name),
        absent("ddeopmuNm", fact::occupation),
        absent("ddjyeonrakcheoNo", fact::contact_phone),
        absent("eopcheNm", fact::company),
        absent("eopjongGbcdNm", fact::industry),
        absent("geunmujy", fact::address),
        absent("geunmujysido", fact::province),
        absent("gmjybjusoCd", |ad, _| {
            if ad.region_code.len() == 5 { format!("{}00000", ad.region_code) } else { String::new() }.into()
        }),
        absent("gyeongryeokGbcdNm", fact::career_words),
        absent("gyjogeonCdNm", fact::pay),
        absent("bokrihs", fact::benefits),
        absent("hmpgAddr", fact::nothing),
        absent("jeopsubb", fact::how_to_apply),
        absent("magamDt", fact::closes_compact),
        absent("sschaeyongYn", fact::always_yn),
        absent("yeokjongBrcdNm", |_, _| "현역".into()),
        absent("yowonGbcdNm", |_, _| "산업기능요원".into()),
        absent("yuhyoYn", fact::open_yn),
    ],
    ..XML
};

/// 건설근로자공제회 (15012192): the output is not published; names follow its request parameters.
pub(super) const CWMA: Service = Service {
    name: "cwma",
    path: "getJobInfoList",
    // Its documentation gives numOfRows three digits.
    paging: Paging { page: "pageNo", size: "numOfRows", first: 1, size_default: 10, size_max: 999, needs: &[] },
    columns: &[
        text("rcritNo", fact::id),
        text("rcritSj", fact::title),
        text("entrprsNm", fact::company),
        text("rcritJssfc", fact::occupation_code),
        text("rcritJssfcNm", fact::occupation),
        text("area", fact::region),
        text("wageSe", fact::pay_period),
        text("wageAmount", fact::pay_min),
        text("acdmcr", fact::education_words),
        text("career", fact::career_class),
        text("careerYear", |ad, _| ad.career.map_or(0, |(years, _)| years).to_string().into()),
        text("lhCntrwkAt", |_, _| "N".into()),
        text("rcritNmpr", fact::headcount),
        text("dtyCn", fact::description),
        text("periodFrom", fact::posted_dashes),
        text("periodTo", fact::closes_dashes),
    ],
    ..XML
};

/// 국가보훈부 제대군인 and 보훈대상자 job lists (15058204, 3071333): XML, bodies not published.
pub(super) const MPVA: Service = Service {
    name: "mpva",
    columns: &[
        text("seqNo", fact::id),
        text("compNm", fact::company),
        text("recruitTitle", fact::title),
        text("jobKindNm", fact::occupation),
        text("hireTypeNm", fact::employment_words),
        text("workAreaNm", fact::region),
        text("payCondition", fact::pay),
        text("eduNm", fact::education_words),
        text("careerNm", fact::career_words),
        text("recruitCnt", fact::headcount),
        text("workContent", fact::description),
        text("startDt", fact::posted_compact),
        text("endDt", fact::closes_or_sentinel),
    ],
    ..XML
};

/// 국회입법조사처 recruitment notices (15026004): a small board, body not published.
pub(super) const NARS: Service = Service {
    name: "nars",
    path: "getRecruitList",
    columns: &[
        text("ARTICLE_NO", fact::id),
        text("TITLE", fact::title),
        text("WRITER", fact::company),
        text("CONTENT", fact::description),
        text("REG_DT", fact::posted_dots),
        text("END_DT", fact::closes_dashes),
        text("LINK_URL", fact::link),
    ],
    ..XML
};

/// 한국관광공사 tourism jobs (15043125) in the JSON of its other services; body not published.
pub(super) const KTO: Service = Service {
    name: "kto",
    path: "/tourismJobList",
    key: Key::Gateway,
    columns: &[
        number("empmnInfoNo", fact::id),
        text("empmnTtl", fact::title),
        text("corpoNm", fact::company),
        text("bizrno", fact::business_number),
        text("wrkpAdres", fact::address),
        text("regnNm", fact::region),
        text("tursmJssfcNm", fact::occupation),
        text("emplymStleNm", fact::employment_words),
        text("salStle", fact::pay),
        text("careerNm", fact::career_words),
        text("acdmcrNm", fact::education_words),
        text("dtyCn", fact::description),
        text("rcptBgnDe", fact::posted_compact),
        text("rcptDdlnDe", fact::closes_compact),
        text("rcptDdlnSe", |ad, _| ad.close_type.into()),
        text("wantedInfoUrl", fact::link),
    ],
    content_type: "application/json;charset=UTF-8",
    envelope: envelope::json,
    ..XML
};

/// 한국사회보장정보원 welfare jobs: the body is not published; rows as in its other JSON services.
pub(super) const SSIS: Service = Service {
    name: "ssis",
    path: "/getWelfareJobList",
    key: Key::Gateway,
    columns: &[
        text("jobOfferNo", fact::id),
        text("jobOfferTtl", fact::title),
        text("fcltNm", fact::company),
        text("fcltKindNm", fact::industry),
        text("ocptNm", fact::occupation),
        text("emplTypeNm", fact::employment_words),
        text("wrkpRegnNm", fact::region),
        text("fcltAddr", fact::address),
        text("wageCn", fact::pay),
        text("acbgNm", fact::education_words),
        text("carrNm", fact::career_words),
        number("rcritNope", fact::headcount),
        text("jobOfferCn", fact::description),
        text("regDt", fact::posted_dashes),
        text("ddlnDt", fact::closes_or_words),
    ],
    content_type: "application/json;charset=UTF-8",
    envelope: envelope::json,
    ..XML
};

/// WorldJob+ (15086630): `ERR_CD` where others say resultCode, employers with the agency in brackets, no id.
pub(super) const WORLDJOB: Service = Service {
    name: "worldjob",
    path: "/worldjobRecruitList",
    columns: &[
        text("entNm", agency_and_company),
        text("lplcKscoNm", fact::industry),
        text("rctntcKscoNm", fact::occupation),
        text("rctntcLang", |_, _| "영어".into()),
        text("rctntcNationNm", fact::region),
        text("rctntcSj", fact::title),
        text("rctntcVisaNm", |_, _| "취업비자".into()),
        text("rctntcSprtQualfCn", fact::requirements),
        text("rctntcBgnDe", fact::posted_compact),
        text("rctntcEndDe", fact::closes_compact),
    ],
    envelope: worldjob,
    ..XML
};

fn agency_and_company<'a>(ad: &'a Ad, _: &View<'_>) -> Cow<'a, str> {
    if ad.vacancy.is_multiple_of(3) {
        Cow::Owned(format!("[KOTRA] {}", ad.company))
    } else {
        Cow::Borrowed(&ad.company)
    }
}

fn worldjob(listing: &Listing<'_, '_>, out: &mut String) {
    out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?><response><header><ERR_CD>00</ERR_CD><ERR_NM>NORMAL SERVICE</ERR_NM></header><body>");
    let pages = listing.total.div_ceil(listing.size.max(1) as u64);
    xml_element(out, "lastPageNo", &pages.to_string());
    xml_element(out, "totalCount", &listing.total.to_string());
    out.push_str("<items>");
    listing.xml_rows(out, "item");
    out.push_str("</items></body></response>");
}
