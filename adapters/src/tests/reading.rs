//! Whole pages through whole sources: what is read, what comes next, and what is refused.

use std::sync::Arc;

use chrono::NaiveDate;

use crate::{
    Adapter as _, Answer, Ask, At, CodeTable, Detail, Page, PageError, Plan, RawField, RawPosting, Row, Slice, Source,
};

/// A source from the parts of a manifest that matter; the rest is given.
pub(crate) fn source(parts: &str) -> Source {
    match try_source(parts) {
        Ok(source) => source,
        Err(error) => panic!("{error}"),
    }
}

pub(crate) fn try_source(parts: &str) -> Result<Source, crate::SourceError> {
    let mut text = String::from(
        "name = \"x\"\ntitle = \"엑스\"\nclass = \"private\"\nowner = \"주식회사 엑스\"\nschedule = \"0 */15 * * * *\"\n",
    );
    // keys before the first table belong to the head
    if !parts.contains("[requester]") {
        let at = parts.find('[').unwrap_or(parts.len());
        text.push_str(&parts[..at]);
        text.push_str("\n[requester]\nurl = \"https://api.x.kr/list\"\n");
        text.push_str(&parts[at..]);
    } else {
        text.push_str(parts);
    }
    let family = |name: &str| (name == "board").then(|| BOARD.to_owned());
    let codes = |name: &str| {
        let table = "# source: test\ncode\tvalue\tname\n1\tby_date\t마감일\n2\tuntil_filled\t채용시\n";
        (name == "x.close").then(|| Arc::new(CodeTable::parse(name, table).unwrap()))
    };
    Source::parse(&text, &family, &codes)
}

const BOARD: &str = "wire = \"partial\"\nguess = \"all\"\nparams = { path = \"/jobs\" }\n[requester]\nurl = \"https://{param.host}{param.path}\"\n\
    query = { page = \"{page}\", size = \"{size}\" }\n[decoder]\nformat = \"json\"\n[paginator]\ntype = \"page_increment\"\nsize = 2\n\
    [record_selector]\nrows = \"$.jobs\"\n[fields]\nexternal_id = \"id\"\n";

pub(crate) fn plan<'a>(since: Option<&str>, lookup: &'a [String]) -> Plan<'a> {
    Plan {
        today: NaiveDate::from_ymd_opt(2026, 11, 24).unwrap(),
        since: since.map(|s| s.parse().unwrap()),
        secrets: &|_| None,
        lookup,
    }
}

pub(crate) fn first(source: &Source) -> Ask {
    let plan = plan(None, &[]);
    source.first(&source.slices(&plan)[0], &plan)
}

pub(crate) fn answer(body: &str) -> Answer<'_> {
    Answer { status: 200, content_type: None, link: None, body: body.as_bytes() }
}

/// A page in one line: rows by id and title, total, next address, split, why incomplete.
pub(crate) fn line(page: Result<Page, PageError>) -> String {
    let page = match page {
        Ok(page) => page,
        Err(error) => return error.to_string(),
    };
    let rows: Vec<String> = page
        .rows
        .iter()
        .map(|row| match row {
            Row::Posting(p) => {
                let texts: Vec<&str> = p.iter().map(|(_, t)| t).collect();
                texts.join("·")
            }
            Row::Reject(r) => format!("reject({})", r.why),
        })
        .collect();
    let mut line = rows.join(" | ");
    if let Some(total) = page.total {
        line += &format!(" of {total}");
    }
    if page.skipped > 0 {
        line += &format!(" skipped {}", page.skipped);
    }
    if let Some(next) = page.next {
        line += &format!(" → {}", next.url);
    }
    if !page.split.is_empty() {
        let names: Vec<&str> = page.split.iter().map(|s| s.name.as_str()).collect();
        line += &format!(" split {}", names.join(" "));
    }
    if let Some(why) = page.incomplete {
        line += &format!(" incomplete: {why}");
    }
    line.trim().to_owned()
}

fn read(source: &Source, body: &str) -> String {
    line(source.read(&first(source), &answer(body)))
}

#[test]
fn json_rows_come_in_every_shape_of_the_gateway() {
    let source = source(
        "[decoder]\nformat = \"json\"\n[record_selector]\nrows = \"$.response.body.items.item[*]\"\ntotal = \"$.response.body.totalCount\"\n\
         [fields]\nexternal_id = \"$.id\"\ntitle = \"t\"",
    );
    let body = |items: &str, total: &str| format!("{{\"response\":{{\"body\":{{{items}\"totalCount\":{total}}}}}}}");
    for (body, want) in [
        (
            body("\"items\":{\"item\":[{\"id\":1,\"t\":\"a\"},{\"id\":\"00478\",\"t\":\"b\"}]},", "2"),
            "1·a | 00478·b of 2",
        ),
        (body("\"items\":{\"item\":{\"id\":1.0,\"t\":null}},", "\"1\""), "1.0 of 1"),
        (body("\"items\":\"\",", "0"), "of 0"),
        (body("\"items\":null,", "\"0\""), "of 0"),
        (body("", "0"), "of 0"),
        (
            body("\"items\":{\"item\":[{\"id\":12345678901234567890123,\"t\":true}]},", "1"),
            "12345678901234567890123·true of 1",
        ),
        (
            body("\"items\":{\"item\":[{\"t\":\"a\"},7]},", "2"),
            "reject(the row has no id) | reject(the row is no object) of 2",
        ),
        (body("", "5"), "format: no rows where rows were expected: no rows, though the total says 5"),
        ("{\"code\":\"99\",\"message\":\"x\"}".to_owned(), "format: no rows where rows were expected: no rows"),
        ("{\"response\":{\"body\":".to_owned(), "format: the JSON ends at byte 20 where value was expected"),
        ("[]".to_owned(), "format: no rows where rows were expected: no rows"),
    ] {
        assert_eq!(read(&source, &body), want, "{body}");
    }
}

#[test]
fn failures_inside_http_200_are_named_by_what_follows() {
    let source = source(
        "[decoder]\nformat = \"json\"\n[record_selector]\nrows = \"$.jobs\"\nempty = [\"03\", \"INFO-200\"]\n[fields]\nexternal_id = \"id\"\n\
         [[error_handler]]\nwhen = \"$.code\"\nmap = { \"1\" = \"auth\", \"3\" = \"quota\", \"99\" = \"retry\", \"0\" = \"ok\", \"*\" = \"request\" }\nmessage = \"$.message\"\n\
         [[error_handler]]\ntext = \"등록되지 않은 IP\"\naction = \"auth\"\n[[error_handler]]\nstatus = [503]\naction = \"quota\"",
    );
    let key = "key a1b2c3d4e5f6a7b8c9d0e1f2 is bad";
    let gateway = |code: &str| {
        format!(
            "<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg><returnAuthMsg>SERVICE_KEY_IS_NOT_REGISTERED_ERROR\
             </returnAuthMsg><returnReasonCode>{code}</returnReasonCode></cmmMsgHeader></OpenAPI_ServiceResponse>"
        )
    };
    let table: [(u16, String, &str); 17] = [
        (200, "{\"code\":0,\"jobs\":[{\"id\":1}]}".to_owned(), "1"),
        (200, format!("{{\"code\":1,\"message\":\"{key}\"}}"), "auth: key *** is bad (code 1)"),
        (200, "{\"code\":\"3\",\"message\":\"초과\"}".to_owned(), "quota: 초과 (code 3)"),
        (200, "{\"code\":99}".to_owned(), "retry: status 200 (code 99)"),
        (200, "{\"code\":7,\"message\":\"x\"}".to_owned(), "request: x (code 7)"),
        (200, "{\"code\":\"INFO-200\"}".to_owned(), ""),
        (200, gateway("30"), "auth: SERVICE_KEY_IS_NOT_REGISTERED_ERROR (code 30)"),
        (200, gateway("22"), "quota: SERVICE_KEY_IS_NOT_REGISTERED_ERROR (code 22)"),
        (200, gateway("03"), ""),
        (400, gateway("05"), "retry: SERVICE_KEY_IS_NOT_REGISTERED_ERROR (code 05)"),
        (200, "<html><body>등록되지 않은 IP 입니다</body></html>".to_owned(), "auth: 등록되지 않은 IP"),
        (
            200,
            "<!DOCTYPE html><html><title>로그인</title></html>".to_owned(),
            "format: an HTML page (`로그인`) where json was expected",
        ),
        (200, "<root><a/></root>".to_owned(), "format: XML (`root`) where json was expected"),
        (503, "busy".to_owned(), "quota: status 503"),
        (502, "Error forwarding request to backend server".to_owned(), "retry: status 502"),
        (429, "{}".to_owned(), "quota: status 429"),
        (403, "{}".to_owned(), "auth: status 403"),
    ];
    for (status, body, want) in table {
        let got = line(source.read(&first(&source), &Answer { status, ..answer(&body) }));
        assert_eq!(got, want, "{status} {body}");
    }
}

#[test]
fn xml_lists_are_read_and_errors_in_them_told_from_empty_ones() {
    let source = source(
        "[decoder]\nformat = \"xml\"\nentities = 1\n[record_selector]\nrows = \"wantedRoot/wanted\"\ntotal = \"wantedRoot/total\"\n[fields]\n\
         external_id = \"wantedAuthNo\"\ntitle = { path = \"title\" }\nregion = { path = \"region\", join = \"|\" }\n\
         [[error_handler]]\nwhen = \"wantedRoot/messageCd\"\nmap = { \"002\" = \"auth\", \"006\" = \"empty\" }\nmessage = \"wantedRoot/message\"\n\
         [[error_handler]]\nwhen = \"GO24/error\"\nmap = { \"*\" = \"auth\" }\nmessage = \"GO24/error\"",
    );
    for (body, want) in [
        (
            "\u{feff}<wantedRoot><total>2</total><wanted><wantedAuthNo> K1 </wantedAuthNo><title>A &amp;amp; B</title><region>서울</region><region>부산</region></wanted><script/><wanted><wantedAuthNo>K2</wantedAuthNo></wanted></wantedRoot>",
            "K1·A & B·서울|부산 | K2 of 2",
        ),
        ("<wantedRoot><total>0</total></wantedRoot>", "of 0"),
        (
            "<wantedRoot><message>유효하지 않은 인증키</message><messageCd>002</messageCd></wantedRoot>",
            "auth: 유효하지 않은 인증키 (code 002)",
        ),
        ("<wantedRoot><message>없음</message><messageCd>006</messageCd></wantedRoot>", "of 0"),
        (
            "<wantedRoot><message>다른</message><messageCd>018</messageCd></wantedRoot>",
            "format: no rows where rows were expected: no row elements",
        ),
        (
            "<GO24><error>개인회원은 사용할 수 없습니다</error></GO24>",
            "auth: 개인회원은 사용할 수 없습니다 (code 개인회원은 사용할 수 없습니다)",
        ),
        ("<wantedRoot><total>2</total><wanted><wantedAuthNo>K1</wantedAuthNo></wan", "format: bad XML"),
        (
            "<html><head><title>점검 중</title></head><body><br></body></html>",
            "format: an HTML page (`점검 중`) where xml was expected",
        ),
        ("{\"a\":1}", "format: JSON where xml was expected"),
    ] {
        let got = read(&source, body);
        assert!(got == want || (want.ends_with("bad XML") && got.starts_with(want)), "{body}: {got}");
    }
}

#[test]
fn fields_follow_the_language() {
    let source = source(
        "[decoder]\nformat = \"json\"\n[record_selector]\nrows = \"$\"\nskip = { \"$.isListed\" = [\"false\", \"N\"] }\n[fields]\n\
         external_id = { composite = [\"$.a\", \"$.b\"], join = \"_\" }\n\
         title = { path = \"$.none\", or = [\"$.t\"] }\ncompany = { path = \"$.c\", default = \"-\" }\n\
         close_type = { path = \"$.close-type.code\", codes = \"x.close\", split = \",\" }\n\
         valid_through = { path = \"$.exp\", kind = \"unix\", never = [\"1988118000\"] }\ndate_posted = { path = \"ms\", kind = \"unix_ms\" }\n\
         date_modified = { path = \"java\", kind = \"java_date\" }\nstatus = { path = \"st\", map = { \"모집중\" = \"open\" } }\n\
         pay = { join = \" \", paths = [\"p1\", \"p2\"] }\nkeywords = \"$.tags[*].name\"\norigin_provider = { value = \"VALIDATION\" }\n\
         url = \"u\"\n[transformations]\nurl = [\"absolute\", \"strip_query:api\"]\ntitle = [\"squeeze\"]",
    );
    let rows = "[{\"a\":\"1\",\"b\":2,\"t\":\" x  y \",\"close-type\":{\"code\":\"1,2,1,9\"},\"exp\":\"1559191564\",\"ms\":1619708400000,\
        \"java\":{\"time\":1619708400000},\"st\":\"모집중\",\"p1\":\"월급\",\"p2\":\"250\",\"tags\":[{\"name\":\"a\"},{\"name\":\"b\"}],\"u\":\"/v?api=K&id=1\"},\
        {\"a\":\"2\",\"exp\":\"1988118000\",\"c\":\"\",\"st\":\"기타\",\"close-type\":{\"code\":\"\"}},{\"a\":\"3\",\"isListed\":false},{\"b\":null}]";
    let Ok(page) = source.read(&first(&source), &answer(rows)) else { panic!("not read") };
    let shown = |row: &Row| match row {
        Row::Posting(p) => p.iter().map(|(f, t)| format!("{}={t}", f.name())).collect::<Vec<_>>().join("\n"),
        Row::Reject(r) => format!("reject {} {}", r.position, r.why),
    };
    insta::assert_snapshot!(page.rows.iter().map(shown).collect::<Vec<_>>().join("\n--\n"), @r"
    external_id=1_2
    title=x y
    company=-
    pay=월급 250
    keywords=a, b
    date_posted=2021-04-30T00:00:00+09:00
    date_modified=2021-04-30T00:00:00+09:00
    valid_through=2019-05-30T13:46:04+09:00
    close_type=by_date,until_filled,?9
    status=open
    url=https://api.x.kr/v?id=1
    origin_provider=VALIDATION
    --
    external_id=2_
    company=-
    close_type=
    status=기타
    origin_provider=VALIDATION
    --
    reject 3 the row has no id
    ");
    assert_eq!(page.skipped, 1);
}

#[test]
fn every_way_of_paging_asks_for_the_right_page() {
    let common = "[decoder]\nformat = \"json\"\n[record_selector]\nrows = \"$.r\"\n[fields]\nexternal_id = \"i\"\n";
    let page = "{\"r\":[{\"i\":1},{\"i\":2}],\"next\":\"c/2\"}";
    for (request, paginator, want_first, want_next) in [
        (
            "https://x.kr/l\"\nquery = { p = \"{page}\", n = \"{size}\" }",
            "type = \"page_increment\"\nfirst = 0\nsize = 2",
            "https://x.kr/l?n=2&p=0",
            "https://x.kr/l?n=2&p=1",
        ),
        (
            "https://x.kr/l?a=b\"\nquery = { o = \"{offset}\" }",
            "type = \"offset_increment\"\nsize = 2",
            "https://x.kr/l?a=b&o=0",
            "https://x.kr/l?a=b&o=2",
        ),
        (
            "http://x.kr:8088/{secret.key}/json/Get/{start}/{end}/",
            "type = \"row_range\"\nsize = 2",
            "http://x.kr:8088/{secret.key}/json/Get/1/2/",
            "http://x.kr:8088/{secret.key}/json/Get/3/4/",
        ),
        (
            "https://x.kr/l\"\nquery = { c = \"{cursor}\" }",
            "type = \"cursor\"\ncursor = \"$.next\"",
            "https://x.kr/l",
            "https://x.kr/l?c=c%2F2",
        ),
        (
            "https://x.kr/l\"\nquery = { key = \"{secret.k}\" }",
            "type = \"next_link\"\ncursor = \"$.next\"",
            "https://x.kr/l?key={secret.k}",
            "https://x.kr/c/2?key={secret.k}",
        ),
    ] {
        let end = if request.contains("query") { "" } else { "\"" };
        let source = source(&format!("[requester]\nurl = \"{request}{end}\n[paginator]\n{paginator}\n{common}"));
        let ask = first(&source);
        assert_eq!(ask.url, want_first);
        let next = source.read(&ask, &answer(page)).unwrap().next.unwrap();
        assert_eq!(next.url, want_next);
        assert_eq!((next.at.page, next.at.rows_before), (1, 2));
        assert_eq!(line(source.read(&next, &answer(page))), "incomplete: page repeats");
    }
}

#[test]
fn next_links_stay_on_the_hosts_and_keys_in_them_get_their_names_back() {
    let source = source(
        "[requester]\nurl = \"https://x.kr/l\"\nquery = { key = \"{secret.k}\" }\n[paginator]\ntype = \"next_link\"\ncursor = \"header\"\n\
         [decoder]\nformat = \"json\"\n[record_selector]\nrows = \"$\"\n[fields]\nexternal_id = \"i\"",
    );
    for (link, want) in [
        (
            "<https://x.kr/l?page=2&key=S3CRET>; rel=\"next\", <https://x.kr/l>; rel=\"last\"",
            "1 → https://x.kr/l?page=2&key={secret.k}",
        ),
        ("<https://evil.example/l>; rel=next", "format: the next link leads to `evil.example`, no host of this source"),
        ("<https://x.kr/l>; rel=\"prev\"", "1"),
    ] {
        let got = source.read(&first(&source), &Answer { link: Some(link), ..answer("[{\"i\":1}]") });
        assert_eq!(line(got), want);
    }
}

#[test]
fn capped_slices_are_replaced_by_pieces() {
    let source = source(
        "[requester]\nurl = \"https://x.kr/l\"\nquery = { region = \"{slice.region}\", min = \"{slice.from:%Y%m%d}\", max = \"{slice.to}\" }\n\
         [decoder]\nformat = \"json\"\n[record_selector]\nrows = \"$.r\"\ntotal = \"$.t\"\ntotal_trust = \"capped\"\n[fields]\nexternal_id = \"i\"\n\
         [paginator]\ntype = \"page_increment\"\nsize = 1\n[slices]\ntype = \"values\"\nname = \"region\"\nvalues = [\"11\", 26]\ncap = 500\n\
         then = \"date_window\"\nwindow = { days = 30, back = 40, from = \"{slice.from:%Y-%m-%d}\", to = \"{slice.to:%d.%m.%Y}\" }",
    );
    let plan = plan(None, &[]);
    let slices = source.slices(&plan);
    assert_eq!(slices.iter().map(|s| s.name.as_str()).collect::<Vec<_>>(), ["region=11", "region=26"]);
    let ask = source.first(&slices[0], &plan);
    assert_eq!(ask.url, "https://x.kr/l?region=11");
    let page = source.read(&ask, &answer("{\"t\":500,\"r\":[{\"i\":1}]}")).unwrap();
    let piece: &Slice = page.split.last().unwrap();
    assert_eq!(page.rows.len(), 0);
    assert_eq!(piece.name, "region=11/from=2026-11-14..2026-11-24");
    let inner = source.first(piece, &plan);
    assert_eq!(inner.url, "https://x.kr/l?max=24.11.2026&min=20261114&region=11");
    let again = source.read(&inner, &answer("{\"t\":\"500\",\"r\":[{\"i\":1}]}")).unwrap();
    assert_eq!(again.split.len(), 2);
    assert_eq!(
        line(source.read(&inner, &answer("{\"t\":3,\"r\":[{\"i\":1}]}"))),
        "1 of 3 → https://x.kr/l?max=24.11.2026&min=20261114&region=11"
    );
}

#[test]
fn incremental_runs_ask_for_what_changed_on_every_page() {
    let source = source(
        "[requester]\nurl = \"https://x.kr/l\"\nquery = { p = \"{page}\" }\n[decoder]\nformat = \"json\"\n[record_selector]\nrows = \"$\"\n\
         [fields]\nexternal_id = \"i\"\n[paginator]\ntype = \"page_increment\"\n[cursor]\nquery = { since = \"{since:%Y-%m-%d}\", at = \"{since:unix}\" }\nfull_every = 4",
    );
    let plan = plan(Some("2026-11-22T23:00:00Z"), &[]);
    let ask = source.first(&source.slices(&plan)[0], &plan);
    assert_eq!(ask.url, "https://x.kr/l?p=1&at=1795388400&since=2026-11-23");
    let next = source.read(&ask, &answer("[{\"i\":1}]")).unwrap().next.unwrap();
    assert_eq!(next.url, "https://x.kr/l?p=2&at=1795388400&since=2026-11-23");
    assert_eq!(source.full_every(), 4);
}

#[test]
fn lookups_are_batched_into_bodies_and_nothing_to_look_up_asks_nothing() {
    let source = source(
        "entity = \"signal\"\n[requester]\nmethod = \"POST\"\nurl = \"https://x.kr/status\"\nquery = { serviceKey = \"{secret.key}\" }\n\
         body = '{\"b_no\":[\"{slice.b_no}\"]}'\n[decoder]\nformat = \"json\"\n[record_selector]\nrows = \"$.data\"\n[fields]\n\
         subject_number = \"b_no\"\n[slices]\ntype = \"lookup\"\nname = \"b_no\"\nbatch = 2\njoin = '\",\"'",
    );
    let known: Vec<String> = ["1", "2", "3"].map(str::to_owned).to_vec();
    let plan = plan(None, &known);
    let slices = source.slices(&plan);
    let asks: Vec<Ask> = slices.iter().map(|s| source.first(s, &plan)).collect();
    assert_eq!(asks[0].body.as_deref(), Some("{\"b_no\":[\"1\",\"2\"]}"));
    assert_eq!(asks[1].body.as_deref(), Some("{\"b_no\":[\"3\"]}"));
    assert_eq!(asks[0].headers, [("Content-Type".to_owned(), "application/json".to_owned())]);
    assert!(source.slices(&crate::Plan { lookup: &[], ..plan }).is_empty());
}

#[test]
fn sitemap_indexes_are_followed_and_unpacked() {
    use std::io::Write as _;
    let source = source(
        "[requester]\nurl = \"https://x.kr/sitemap.xml\"\nhosts = [\"cdn.x.kr\"]\n[decoder]\nformat = \"sitemap\"\n[fields]\nexternal_id = \"loc\"\nurl = \"loc\"\n[detail]\nurl = \"{row.url}\"\ndecoder = { format = \"jsonld\" }\n[detail.fields]\ntitle = \"title\"",
    );
    let index = "<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><sitemap><loc>https://x.kr/1.xml.gz</loc></sitemap>\
        <sitemap><loc> https://cdn.x.kr/2.xml </loc></sitemap><sitemap><loc>https://evil.example/3.xml</loc></sitemap></sitemapindex>";
    let ask = first(&source);
    let one = source.read(&ask, &answer(index)).unwrap().next.unwrap();
    assert_eq!(
        (one.url.as_str(), one.at.pending.as_slice()),
        ("https://x.kr/1.xml.gz", ["https://cdn.x.kr/2.xml".to_owned()].as_slice())
    );
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed
        .write_all(
            b"<urlset><url><loc>https://x.kr/j/1</loc></url><url><loc>https://evil.example/j/2</loc></url></urlset>",
        )
        .unwrap();
    let packed = packed.finish().unwrap();
    let page = source.read(&one, &Answer { body: &packed, ..answer("") }).unwrap();
    let postings: Vec<&RawPosting> =
        page.rows.iter().filter_map(|r| if let Row::Posting(p) = r { Some(p) } else { None }).collect();
    assert_eq!(source.detail(postings[0]).unwrap().url, "https://x.kr/j/1");
    assert_eq!(source.detail(postings[1]), None, "a detail page at a foreign host is not asked for");
    let two = page.next.unwrap();
    assert_eq!(two.url, "https://cdn.x.kr/2.xml");
    assert_eq!(line(source.read(&two, &answer("<urlset></urlset>"))), "");
    assert!(
        line(source.read(&two, &Answer { body: &packed[..packed.len() / 2], ..answer("") })).contains("damaged gzip")
    );
}

#[test]
fn detail_pages_add_to_their_row_or_say_it_is_closed() {
    let source = source(
        "[decoder]\nformat = \"json\"\n[record_selector]\nrows = \"$\"\n[fields]\nexternal_id = \"i\"\ntitle = \"t\"\n[detail]\n\
         url = \"https://api.x.kr/d?no={row.external_id}&k={secret.key}\"\ndecoder = { format = \"xml\" }\nroot = \"wantedDtl\"\nmust = \"wantedInfo\"\n\
         per_run = 500\n[detail.fields]\ntitle = \"wantedInfo/wantedTitle\"\ndescription = \"wantedInfo/jobCont\"\n\
         [[detail.closed]]\ntext = \"구인정보를 확인할 수 없습니다\"\n[[detail.closed]]\nstatus = [404, 410]",
    );
    let mut row = RawPosting::at(0);
    row.set(RawField::ExternalId, "K 1");
    row.set(RawField::Title, "짧은...");
    let ask = source.detail(&row).unwrap();
    assert_eq!(ask.url, "https://api.x.kr/d?no=K%201&k={secret.key}");
    let mut read = |status: u16, body: &str| {
        let got = source.read_detail(&ask, &Answer { status, ..answer(body) }, &mut row);
        let title = row.get(RawField::Title).unwrap_or_default().to_owned();
        (got.map_err(|e| e.to_string()), title)
    };
    let good =
        "<wantedDtl><wantedInfo><wantedTitle>긴 제목</wantedTitle><jobCont>일</jobCont></wantedInfo></wantedDtl>";
    let empty = "<wantedDtl><wantedInfo><wantedTitle/></wantedInfo></wantedDtl>";
    assert_eq!(read(200, good), (Ok(Detail::Read), "긴 제목".to_owned()));
    assert_eq!(read(200, empty), (Ok(Detail::Read), "긴 제목".to_owned()), "an empty field undoes nothing");
    assert_eq!(
        read(200, "<script>alert(\"구인정보를 확인할 수 없습니다\");history.back()</script>").0,
        Ok(Detail::Closed)
    );
    assert_eq!(read(404, "").0, Ok(Detail::Closed));
    assert!(read(200, "<wantedDtl/>").0.unwrap_err().contains("no `wantedInfo`"));
    assert!(read(200, "<other/>").0.unwrap_err().contains("no `wantedDtl`"));
    assert!(read(500, "").0.unwrap_err().starts_with("retry"));
    assert_eq!((source.detail_per_run(), source.secrets()), (Some(500), ["key".to_owned()].as_slice()));
}

#[test]
fn families_give_what_a_source_leaves_out() {
    let source = try_source("family = \"board\"\nparams = { host = \"job.x.kr\" }\n[requester]\nquery = { size = \"5\", extra = \"e\" }\n[fields]\ntitle = \"t\"").unwrap();
    assert_eq!(first(&source).url, "https://job.x.kr/jobs?extra=e&page=1&size=5");
    assert_eq!(source.fields(), [RawField::ExternalId, RawField::Title]);
    assert_eq!(
        (source.family(), source.guess(), source.hosts()),
        (Some("board"), Some("all"), ["job.x.kr".to_owned()].as_slice())
    );
}

#[test]
fn euc_kr_pages_and_csv_and_feeds_are_read() {
    let xml = source(
        "[decoder]\nformat = \"xml\"\n[record_selector]\nrows = \"DataList/Items\"\n[fields]\nexternal_id = \"GI_No\"\ntitle = \"GI_Subject\"",
    );
    let text = "<?xml version='1.0' encoding='euc-kr'?><DataList><Items><GI_No>1</GI_No><GI_Subject>똠방각하 펲</GI_Subject></Items></DataList>";
    let (bytes, _, _) = encoding_rs::EUC_KR.encode(text);
    assert_eq!(line(xml.read(&first(&xml), &Answer { body: &bytes, ..answer("") })), "1·똠방각하 펲");
    let csv =
        source("[decoder]\nformat = \"csv\"\ndelimiter = \"|\"\n[fields]\nexternal_id = \"번호\"\ntitle = \"제목\"");
    assert_eq!(read(&csv, "번호|제목\n1|가\n2\n"), "1·가 | reject(1 columns where the header has 2)");
    assert_eq!(read(&csv, "번호|제목\n"), "");
    assert!(read(&csv, "<html>").contains("no column `번호`"));
    let feed = source(
        "[decoder]\nformat = \"feed\"\n[fields]\nexternal_id = \"id\"\ntitle = \"title\"\nurl = \"link\"\ndate_posted = \"published\"\nkeywords = \"category\"\nregion = \"location\"",
    );
    let rss = "<rss><channel><title>c</title><item><title>가</title><link>https://x.kr/1</link><guid isPermaLink='false'>g1</guid><pubDate>Mon, 02 Nov 2026 09:30:00 +0900</pubDate><category>a</category><category>b</category><x:location xmlns:x='u'>서울</x:location></item></channel></rss>";
    let atom = "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>u:1</id><title>나</title><link rel='self' href='s'/><link href='https://x.kr/2'/><published>2026-11-02</published></entry></feed>";
    assert_eq!(read(&feed, rss), "g1·가·서울·a, b·Mon, 02 Nov 2026 09:30:00 +0900·https://x.kr/1");
    assert_eq!(read(&feed, atom), "u:1·나·2026-11-02·https://x.kr/2");
    assert_eq!(read(&feed, "<rss><channel></channel></rss>"), "");
    assert!(read(&feed, "<urlset/>").contains("`urlset` where rss"));
    let jsonl = source("[decoder]\nformat = \"jsonl\"\n[fields]\nexternal_id = \"i\"");
    assert_eq!(read(&jsonl, "{\"i\":1}\n\n{bad}\n{\"i\":2}\n"), "1 | reject(line 3: no key at byte 1 of the JSON) | 2");
    assert!(read(&jsonl, "{\"i\":1}\n{\"i\":").contains("line 2 is cut"));
}

#[test]
fn html_lists_are_read_and_cut_pages_refused() {
    let source = source(
        "[decoder]\nformat = \"html\"\n[record_selector]\nrows = \"li.job\"\nmust = \"ul#jobs\"\n[fields]\nexternal_id = \"a@data-id\"\ntitle = \"a\"\n[paginator]\ntype = \"page_increment\"",
    );
    let page = "<html><body><ul id=jobs><li class=job><a data-id=1>가 <b>나</b></a></li><li class=ad><a>광고</a></ul></body></html>";
    assert_eq!(read(&source, page), "1·가 나 → https://api.x.kr/list");
    assert_eq!(read(&source, "<html><ul id=jobs></ul></html>"), "");
    assert!(read(&source, "<html><p>점검</p></html>").contains("no `ul#jobs`"));
    assert!(read(&source, &page[..page.len() - 10]).contains("ends before"));
    let _: At = At::default();
}
