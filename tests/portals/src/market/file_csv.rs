//! A file dataset of job postings: one CSV in CP949 with Korean column names, as public bodies upload them.
//! Params: `path` (of the file), `charset` (`cp949` by default), `id` (`yes` = a 공고번호 column, `no` = none, rows have only an address).

use std::fmt::Write as _;

use super::write;
use crate::{Ad, Dialect, Reply, Request, View};

/// See the module.
pub(super) struct FileCsv;

impl Dialect for FileCsv {
    fn name(&self) -> &'static str {
        "file_csv"
    }

    fn answer(&self, view: &View<'_>, request: &Request) -> Reply {
        if request.path == write::param(view, "path", "/file/job.csv") {
            return file(view);
        }
        write::person_page(request.path.strip_prefix("/job/").and_then(|id| (view.by_id)(id)))
    }
}

fn file(view: &View<'_>) -> Reply {
    let with_id = write::param(view, "id", "yes") == "yes";
    let links = write::links(view);
    let mut out = String::with_capacity(300 + view.ads.len() * 320);
    if with_id {
        out.push_str(write::name(view, "공고번호,", "공고일련번호,"));
    }
    out.push_str("회사명,");
    out.push_str(write::name(view, "채용공고명", "공고제목"));
    out.push_str(
        ",구인직종,경력구분,급여유형,급여,모집인원,학력,근무형태,근무지역,근무지주소,URL,등록일,마감일,기준일\r\n",
    );
    for ad in view.ads {
        row(&mut out, ad, with_id, &links);
        write::day(&mut out, view.now.date(), "-");
        out.push_str("\r\n");
    }
    let body = write::encoded(&out, write::param(view, "charset", "cp949"));
    Reply {
        status: 200,
        headers: vec![
            ("content-type", "text/csv".to_owned()),
            ("content-disposition", "attachment; filename=\"job.csv\"".to_owned()),
        ],
        body: body.into(),
    }
}

fn row(out: &mut String, ad: &Ad, with_id: bool, links: &str) {
    let period = match ad.pay_period {
        'Y' => "연봉",
        'M' => "월급",
        'W' => "주급",
        'D' => "일급",
        'H' => "시급",
        _ => "협의",
    };
    if with_id {
        cell(out, &ad.id);
    }
    for text in [&ad.company, &ad.title, &ad.occupation, &ad.career_words] {
        cell(out, text);
    }
    cell(out, period);
    cell(out, &ad.pay);
    let _ = write!(out, "{},", ad.headcount);
    for text in [&ad.education_words, &ad.employment_words, &ad.region, &ad.address] {
        cell(out, text);
    }
    let _ = write!(out, "{links}/job/");
    out.push_str(&ad.id);
    out.push(',');
    write::day(out, ad.posted.date(), "-");
    out.push(',');
    cell(out, &write::closing_words(ad, "-"));
}

fn cell(out: &mut String, text: &str) {
    if text.contains([',', '"', '\n', '\r']) {
        out.push('"');
        out.push_str(&text.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(text);
    }
    out.push(',');
}
