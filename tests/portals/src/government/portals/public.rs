//! The public institutions.

use super::Entry;

const fn nation(
    name: &'static str,
    title: &'static str,
    dialect: &'static str,
    weight: f64,
    params: &'static [(&'static str, &'static str)],
) -> Entry {
    Entry { name, title, class: "public", dialect, regions: &[], weight, params }
}

/// Weights in per cent of all ads; `host` is the site that people read, `id` an id as the portal writes them.
pub(super) const PUBLIC: &[Entry] = &[
    nation("work24", "고용24 구인정보", "work24", 30.0, &[("host", "www.work24.go.kr"), ("id", "K151812401100054")]),
    nation("work24_open", "고용24 공채속보", "work24_open", 0.4, &[("host", "www.work24.go.kr"), ("id", "66021")]),
    nation("alio", "공공기관 채용정보 ALIO", "alio", 1.0, &[("host", "job.alio.go.kr"), ("id", "285731")]),
    nation("gojobs", "나라일터", "gojobs", 1.5, &[("host", "www.gojobs.go.kr"), ("id", "248103")]),
    nation("cleaneye", "지방공기업 채용정보 클린아이", "cleaneye", 0.5, &[("host", "job.cleaneye.go.kr")]),
    nation(
        "senuri",
        "100세누리 시니어 일자리",
        "senuri",
        1.5,
        &[("host", "www.seniorro.or.kr"), ("id", "RECR_000000000013950")],
    ),
    nation("kead", "장애인 구인 실시간 현황", "kead", 0.8, &[("host", "www.worktogether.or.kr")]),
    nation("worldjob", "월드잡플러스 해외취업 공고", "worldjob", 0.3, &[("host", "www.worldjob.or.kr")]),
    nation("mma", "병역일터", "mma", 0.5, &[("host", "work.mma.go.kr"), ("id", "2301201500123")]),
    nation("cwma", "건설일드림넷 채용정보", "cwma", 0.5, &[("host", "cid.cw.or.kr"), ("id", "70213")]),
    nation(
        "kosmes",
        "기업인력애로센터 채용공고",
        "kosmes",
        0.6,
        &[("host", "www.kosmes.or.kr"), ("id", "PB20261100123")],
    ),
    nation("kto", "관광인 채용정보", "kto", 0.3, &[("host", "tour.jobs.visitkorea.or.kr"), ("id", "51277")]),
    nation("arte", "아르떼 문화예술교육 채용", "culture", 0.2, &[("host", "www.arte.or.kr"), ("id", "38841")]),
    nation("mpva", "제대군인 채용정보", "mpva", 0.5, &[("host", "www.vnet.go.kr"), ("id", "102938")]),
    nation("mpva_merit", "보훈대상자 채용정보", "mpva", 0.3, &[("host", "job.mpva.go.kr"), ("id", "84021")]),
    nation("nars", "국회입법조사처 채용공고", "nars", 0.02, &[("host", "www.nars.go.kr"), ("id", "2841")]),
    nation("ssis", "복지시설 채용정보", "ssis", 1.0, &[("host", "www.w4c.go.kr"), ("id", "202601150123")]),
    nation("wbiz", "여성기업일자리허브", "wbiz", 0.3, &[("host", "www.iljarihub.or.kr"), ("id", "20417")]),
    nation("rndjob", "알앤디잡 R&D Job", "rndjob", 0.3, &[("host", "www.rndjob.or.kr"), ("id", "00166357")]),
    nation("ionejob", "i-ONE JOB", "ionejob", 0.5, &[("host", "www.ibkonejob.co.kr"), ("id", "2026110001")]),
    nation("saeil", "새일센터 구인정보", "egov_html", 0.4, &[("host", "saeil.mogef.go.kr"), ("id", "90412")]),
    nation(
        "spobiz",
        "잡스포이즈 스포츠산업 채용",
        "egov_html",
        0.2,
        &[("charset", "euc-kr"), ("host", "spobiz.kspo.or.kr"), ("id", "17730")],
    ),
];
