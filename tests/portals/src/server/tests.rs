//! Each quirk over real HTTP, through a plain JSON dialect.

use std::time::{Duration, Instant};

use flate2::read::GzDecoder;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::quirk::{Robots, Target};
use crate::world::tests::catalog;
use crate::{Dialect, Failure, Fleet, FleetOptions, Quirk, Reply, Request, View};

/// `/list?page=&size=` and `/view?id=` in plain JSON.
struct Plain;

impl Dialect for Plain {
    fn name(&self) -> &'static str {
        "plain"
    }

    fn answer(&self, view: &View<'_>, request: &Request) -> Reply {
        if request.path == "/view" {
            return match (view.by_id)(request.arg("id").unwrap_or_default()) {
                Some(ad) => Reply::ok(
                    "application/json; charset=utf-8",
                    format!("{{\"id\":\"{}\",\"closed\":{}}}", ad.id, ad.closed),
                ),
                None => Reply::status(404, "gone"),
            };
        }
        if view.failure == Some(Failure::Auth) {
            return Reply::ok("application/json; charset=utf-8", "{\"code\":1}").failing();
        }
        let (page, size) = (request.number("page").unwrap_or(1).max(1), request.number("size").unwrap_or(20));
        let field = if view.schema_change { "jobId" } else { "id" };
        let rows = view.ads.iter().skip((page - 1) * size).take(size);
        let rows: Vec<serde_json::Value> =
            rows.map(|ad| serde_json::json!({ field: ad.id, "title": ad.title })).collect();
        let total = view.claimed_total.unwrap_or(view.ads.len() as u64);
        Reply::ok("application/json; charset=utf-8", serde_json::json!({ "total": total, "rows": rows }).to_string())
    }
}

async fn fleet() -> Fleet {
    let options = FleetOptions { seed: 5, scale: 0.01, ..FleetOptions::default() };
    Fleet::start_with(options, catalog(), vec![Box::new(Plain)]).await.unwrap()
}

pub(crate) struct Got {
    status: u16,
    head: String,
    body: Vec<u8>,
    /// The answer was whole: all of Content-Length, or the last chunk.
    whole: bool,
}

impl Got {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|l| l.split_once(": ").filter(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v))
    }

    fn ids(&self) -> Vec<String> {
        let value: serde_json::Value = serde_json::from_slice(&self.body).unwrap();
        value["rows"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap_or_default().to_owned()).collect()
    }

    fn total(&self) -> u64 {
        serde_json::from_slice::<serde_json::Value>(&self.body).unwrap()["total"].as_u64().unwrap()
    }
}

pub(crate) async fn ask(fleet: &Fleet, portal: &str, path: &str) -> Got {
    send(fleet, portal, "GET", path, "").await.unwrap()
}

async fn send(fleet: &Fleet, portal: &str, method: &str, path: &str, headers: &str) -> std::io::Result<Got> {
    let base = fleet.base(portal);
    let host = base.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(("127.0.0.1", fleet.port())).await?;
    stream
        .write_all(format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{headers}\r\n").as_bytes())
        .await?;
    let mut raw = Vec::new();
    stream.read_to_end(&mut raw).await?;
    let end = raw.windows(4).position(|w| w == b"\r\n\r\n").ok_or(std::io::ErrorKind::UnexpectedEof)?;
    let head = String::from_utf8_lossy(&raw[..end]).into_owned();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let (body, whole) = body(&head, &raw[end + 4..]);
    Ok(Got { status, head, body, whole })
}

fn body(head: &str, raw: &[u8]) -> (Vec<u8>, bool) {
    if !head.to_lowercase().contains("transfer-encoding: chunked") {
        let length = head
            .lines()
            .find_map(|l| l.to_lowercase().strip_prefix("content-length: ").and_then(|n| n.parse::<usize>().ok()));
        return (raw.to_vec(), length.is_none_or(|n| n == raw.len()));
    }
    let (mut out, mut rest) = (Vec::new(), raw);
    loop {
        let Some(line) = rest.windows(2).position(|w| w == b"\r\n") else { return (out, false) };
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..line]).unwrap(), 16).unwrap();
        if size == 0 {
            return (out, true);
        }
        let chunk = &rest[line + 2..];
        out.extend_from_slice(&chunk[..size.min(chunk.len())]);
        rest = chunk.get(size + 2..).unwrap_or_default();
    }
}

#[tokio::test]
async fn a_portal_pages_through_all_it_lists() {
    let fleet = fleet().await;
    let mut ids = Vec::new();
    for page in 1.. {
        let more = ask(&fleet, "saramin", &format!("/list?page={page}&size=50")).await.ids();
        if more.is_empty() {
            break;
        }
        ids.extend(more);
    }
    assert_eq!(ids.len(), fleet.listed("saramin"));
    let distinct: std::collections::HashSet<&String> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len());
    assert!(fleet.requests("saramin") > 3);
    assert_eq!(fleet.seen("saramin").times.len() as u64, fleet.requests("saramin"));
    assert_eq!(fleet.requests("jobkorea"), 0);
    fleet.stop().await;
}

#[tokio::test]
async fn a_day_later_some_are_gone_and_some_are_new_and_gone_ones_answer_by_id() {
    let fleet = fleet().await;
    let all = "/list?size=100000";
    let before = ask(&fleet, "work24", all).await.ids();
    fleet.advance(3);
    assert_eq!((fleet.day(), fleet.now().to_string().as_str()), (3, "2026-11-05 09:00:00"));
    let after = ask(&fleet, "work24", all).await.ids();
    let gone = before.iter().find(|id| !after.contains(id)).expect("something closed in three days");
    assert!(after.iter().any(|id| !before.contains(id)));
    let view = ask(&fleet, "work24", &format!("/view?id={gone}")).await;
    assert!(view.text().contains("\"closed\":true"), "{}", view.text());
}

#[tokio::test]
async fn unknown_hosts_and_portals_are_refused() {
    let fleet = fleet().await;
    assert_eq!(ask(&fleet, "nobody", "/list").await.status, 404);
    let only = FleetOptions { portals: Some(vec!["saramin".to_owned()]), ..FleetOptions::default() };
    let some = Fleet::start_with(only, catalog(), vec![Box::new(Plain)]).await.unwrap();
    assert_eq!([ask(&some, "saramin", "/list").await.status, ask(&some, "jobkorea", "/list").await.status], [200, 404]);
    let wrong = FleetOptions { portals: Some(vec!["saramim".to_owned()]), ..FleetOptions::default() };
    let error = Fleet::start_with(wrong, catalog(), vec![Box::new(Plain)]).await.err().unwrap();
    assert_eq!(error.to_string(), "no portal is called saramim");
}

#[tokio::test]
async fn failures_come_in_the_portal_s_own_envelope_or_the_gateway_s() {
    let fleet = fleet().await;
    fleet.set_quirk("saramin", Some(Quirk::ErrorEnvelope { failure: Failure::Auth, requests: 1 }));
    let own = ask(&fleet, "saramin", "/list").await;
    assert_eq!((own.status, own.text().as_str(), own.header("x-portal-failure")), (200, "{\"code\":1}", None));
    assert_eq!(ask(&fleet, "saramin", "/list").await.ids().len(), 20);
    for (failure, code) in [(Failure::Quota, "22"), (Failure::ServerError, "05")] {
        fleet.set_quirk("saramin", Some(Quirk::ErrorEnvelope { failure, requests: 0 }));
        let gateway = ask(&fleet, "saramin", "/list").await;
        assert!(
            gateway.status == 200 && gateway.text().contains(&format!("<returnReasonCode>{code}</returnReasonCode>"))
        );
    }
}

#[tokio::test]
async fn totals_caps_drops_and_empty_lists() {
    let fleet = fleet().await;
    let all = "/list?size=100000";
    let honest = ask(&fleet, "jobkorea", all).await;
    let count = honest.ids().len();
    assert_eq!(honest.total(), count as u64);
    let with = async |quirk: Quirk| {
        fleet.set_quirk("jobkorea", Some(quirk));
        let got = ask(&fleet, "jobkorea", all).await;
        (got.total(), got.ids())
    };
    let (total, ids) = with(Quirk::WrongTotal { claimed: 0 }).await;
    assert_eq!((total, ids.len()), (0, count));
    let (total, ids) = with(Quirk::Cap { rows: 7, tells: true }).await;
    assert_eq!((total, ids.len()), (count as u64, 7));
    let (total, ids) = with(Quirk::Cap { rows: 7, tells: false }).await;
    assert_eq!((total, ids.len()), (7, 7));
    let (total, ids) = with(Quirk::EmptyList).await;
    assert_eq!((total, ids.len()), (0, 0));
    let (_, ids) = with(Quirk::RowDrop { share: 0.5 }).await;
    assert!((count / 3..count * 2 / 3).contains(&ids.len()), "{} of {count}", ids.len());
    let (_, ids) = with(Quirk::OldestFirst).await;
    assert!(ids.iter().rev().eq(honest.ids().iter()));
    fleet.set_quirk("jobkorea", Some(Quirk::SchemaChange));
    assert!(ask(&fleet, "jobkorea", all).await.text().contains("jobId"));
    fleet.set_quirk("jobkorea", None);
    assert_eq!(ask(&fleet, "jobkorea", all).await.ids(), honest.ids());
}

#[tokio::test]
async fn shifting_rows_are_repeated_and_missed_and_a_page_repeats_for_ever() {
    let fleet = fleet().await;
    let whole = ask(&fleet, "albamon", "/list?size=100000").await.ids();
    fleet.set_quirk("albamon", Some(Quirk::Shifting { rows: 1 }));
    let mut ids = Vec::new();
    for page in 1..=6 {
        ids.extend(ask(&fleet, "albamon", &format!("/list?size=10&page={page}")).await.ids());
    }
    let distinct: std::collections::HashSet<&String> = ids.iter().collect();
    assert!(distinct.len() < ids.len(), "some come twice");
    assert!(whole[..50].iter().any(|id| !distinct.contains(id)), "some are missed");
    fleet.set_quirk("albamon", Some(Quirk::RepeatPage));
    let first = ask(&fleet, "albamon", "/list?size=10&page=1").await.ids();
    for page in 2..5 {
        assert_eq!(ask(&fleet, "albamon", &format!("/list?size=10&page={page}")).await.ids(), first);
    }
}

#[tokio::test]
async fn error_statuses_end_or_come_by_share() {
    let fleet = fleet().await;
    fleet.set_quirk("saramin", Some(Quirk::TooMany { requests: 2, retry_after_seconds: 7, as_date: false }));
    let got = [
        ask(&fleet, "saramin", "/list").await,
        ask(&fleet, "saramin", "/list").await,
        ask(&fleet, "saramin", "/list").await,
    ];
    assert_eq!(
        got.each_ref().map(|g| (g.status, g.header("retry-after").map(str::to_owned))),
        [(429, Some("7".into())), (429, Some("7".into())), (200, None)]
    );
    fleet.set_quirk("saramin", Some(Quirk::TooMany { requests: 1, retry_after_seconds: 7, as_date: true }));
    let date = ask(&fleet, "saramin", "/list").await;
    let date = chrono::NaiveDateTime::parse_from_str(date.header("retry-after").unwrap(), crate::quirk::HTTP_DATE);
    assert!(date.is_ok(), "{date:?}");
    fleet.set_quirk("saramin", Some(Quirk::Unavailable { status: 502, requests: 1 }));
    assert_eq!(
        [ask(&fleet, "saramin", "/list").await.status, ask(&fleet, "saramin", "/list").await.status],
        [502, 200]
    );
    fleet.set_quirk("saramin", Some(Quirk::Flaky { status: 503, share: 0.3 }));
    let mut failed = 0;
    for _ in 0..100 {
        failed += usize::from(ask(&fleet, "saramin", "/list").await.status == 503);
    }
    assert!((15..45).contains(&failed), "{failed} of 100");
}

#[tokio::test]
async fn bodies_are_cut_packed_or_something_else() {
    let fleet = fleet().await;
    let whole = ask(&fleet, "saramin", "/list").await;
    fleet.set_quirk("saramin", Some(Quirk::Truncated { share: 0.5, honest: true }));
    let cut = ask(&fleet, "saramin", "/list").await;
    assert!(cut.whole && cut.body.len() == whole.body.len() / 2);
    fleet.set_quirk("saramin", Some(Quirk::Truncated { share: 0.5, honest: false }));
    let cut = ask(&fleet, "saramin", "/list").await;
    assert!(!cut.whole && cut.body.len() == whole.body.len() / 2);
    fleet.set_quirk("saramin", Some(Quirk::HtmlInstead));
    let html = ask(&fleet, "saramin", "/list").await;
    assert!(html.status == 200 && html.text().starts_with("<!DOCTYPE html>"));
    fleet.set_quirk("saramin", Some(Quirk::NoCharset));
    assert_eq!(ask(&fleet, "saramin", "/list").await.header("content-type"), Some("application/json"));
    fleet.set_quirk("saramin", Some(Quirk::GzipBomb { mebibytes: 8 }));
    let bomb = ask(&fleet, "saramin", "/list").await;
    let mut out = Vec::new();
    std::io::Read::read_to_end(&mut GzDecoder::new(&bomb.body[..]), &mut out).unwrap();
    assert!(bomb.body.len() < 200_000 && out.len() == 8 << 20, "{} -> {}", bomb.body.len(), out.len());
}

#[tokio::test]
async fn redirects_resets_and_slowness() {
    let fleet = fleet().await;
    let leads = async |target| {
        fleet.set_quirk("saramin", Some(Quirk::Redirect(target)));
        let got = ask(&fleet, "saramin", "/list?page=2").await;
        (got.status, got.header("location").unwrap_or_default().to_owned())
    };
    assert_eq!(leads(Target::OtherHost).await, (302, "https://www.parked-domain.example/landing".to_owned()));
    assert_eq!(leads(Target::Internal).await, (302, "http://169.254.169.254/latest/meta-data/".to_owned()));
    assert_eq!(leads(Target::Loop).await, (302, format!("{}/list", fleet.base("saramin"))));
    fleet.set_quirk("saramin", Some(Quirk::Reset));
    assert!(send(&fleet, "saramin", "GET", "/list", "").await.is_err());
    fleet.set_quirk("saramin", Some(Quirk::Slow { delay_ms: 120 }));
    let start = Instant::now();
    assert_eq!(ask(&fleet, "saramin", "/list").await.status, 200);
    assert!(start.elapsed() >= Duration::from_millis(120));
}

#[tokio::test]
async fn robots_say_what_they_are_told_to() {
    let fleet = fleet().await;
    let robots = async |kind: Option<Robots>| {
        fleet.set_quirk("saramin", kind.map(Quirk::Robots));
        let got = ask(&fleet, "saramin", "/robots.txt").await;
        (got.status, got.text())
    };
    assert_eq!(robots(None).await, (200, "User-agent: *\nDisallow: /mypage/\nAllow: /\n".to_owned()));
    assert_eq!(robots(Some(Robots::ServerError)).await.0, 503);
    assert_eq!(robots(Some(Robots::Missing)).await.0, 404);
    assert_eq!(robots(Some(Robots::Disallow)).await.1, "User-agent: *\nDisallow: /\n");
    assert!(robots(Some(Robots::CrawlDelay(9))).await.1.contains("Crawl-delay: 9"));
    assert!(robots(Some(Robots::Html)).await.1.starts_with("<html>"));
    let huge = robots(Some(Robots::Huge)).await.1;
    assert!(huge.len() > 512 * 1024 && huge.ends_with("Disallow: /\n"));
    assert_eq!(robots(Some(Robots::RedirectLoop)).await.0, 301);
    assert_eq!(ask(&fleet, "saramin", "/list").await.status, 200, "a robots quirk leaves the pages alone");
    assert_eq!(fleet.seen("saramin").robots, 8);
}

#[tokio::test]
async fn the_page_of_a_gone_posting_alerts() {
    let fleet = fleet().await;
    fleet.set_quirk("work24", Some(Quirk::ClosedDetailAlert));
    let listed = ask(&fleet, "work24", "/list?size=100000").await.ids();
    let open = ask(&fleet, "work24", &format!("/view?id={}", listed[0])).await;
    assert!(open.text().contains("\"closed\":false"));
    for gone in ["K000000000000000".to_owned(), gone(&fleet, "work24")] {
        let page = ask(&fleet, "work24", &format!("/view?id={gone}")).await;
        assert!(
            page.status == 200 && page.text().contains("alert(\"구인정보를 확인할 수 없습니다\")"),
            "{gone}: {}",
            page.text()
        );
    }
}

fn gone(fleet: &Fleet, portal: &str) -> String {
    let lines = fleet.truth().map(|l| serde_json::from_str::<serde_json::Value>(&l).unwrap());
    let mut lines = lines.filter(|l| l["portal"] == portal && l["listed"] == false && l["closed_on"].is_string());
    lines.next().unwrap()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn validators_head_and_gzip() {
    let mut portals = catalog();
    portals[2].params.insert("validators", "both".to_owned());
    portals[2].params.insert("gzip", "yes".to_owned());
    let fleet = Fleet::start_with(FleetOptions::default(), portals, vec![Box::new(Plain)]).await.unwrap();
    let first = ask(&fleet, "saramin", "/list").await;
    let tag = first.header("etag").unwrap().to_owned();
    let since = first.header("last-modified").unwrap().to_owned();
    for header in [format!("if-none-match: W/{tag}\r\n"), format!("if-modified-since: {since}\r\n")] {
        let again = send(&fleet, "saramin", "GET", "/list", &header).await.unwrap();
        assert_eq!((again.status, again.body.len(), again.header("etag")), (304, 0, Some(tag.as_str())), "{header}");
    }
    let head = send(&fleet, "saramin", "HEAD", "/list", "").await.unwrap();
    assert_eq!(
        (head.status, head.body.len(), head.header("content-length")),
        (200, 0, Some(first.body.len().to_string().as_str()))
    );
    let packed = send(&fleet, "saramin", "GET", "/list", "accept-encoding: gzip\r\n").await.unwrap();
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    let mut out = Vec::new();
    std::io::Read::read_to_end(&mut GzDecoder::new(&packed.body[..]), &mut out).unwrap();
    assert_eq!(out, first.body);
    fleet.advance(1);
    let next =
        send(&fleet, "saramin", "GET", "/list", &format!("if-none-match: {tag}\r\nif-modified-since: {since}\r\n"))
            .await
            .unwrap();
    assert_eq!(next.status, 200, "another day, another list");
}

#[tokio::test]
async fn truth_is_json_lines_and_knows_every_listed_ad() {
    let fleet = fleet().await;
    let mut text = Vec::new();
    fleet.write_truth(&mut text).unwrap();
    let lines: Vec<serde_json::Value> =
        text.split(|b| *b == b'\n').filter(|l| !l.is_empty()).map(|l| serde_json::from_slice(l).unwrap()).collect();
    assert_eq!(lines.len(), fleet.truth().count());
    let (ads, vacancies): (Vec<_>, Vec<_>) = lines.iter().partition(|l| l["what"] == "ad");
    assert!(ads.iter().all(|a| a["vacancy"].as_u64().unwrap() < vacancies.len() as u64));
    for kind in ["first", "copy", "repost", "lookalike"] {
        assert!(ads.iter().any(|a| a["kind"] == kind), "{kind}");
    }
    let listed: std::collections::HashSet<&str> = ads
        .iter()
        .filter(|a| a["portal"] == "wanted" && a["listed"] == true)
        .map(|a| a["id"].as_str().unwrap())
        .collect();
    let served = ask(&fleet, "wanted", "/list?size=100000").await.ids();
    assert_eq!(served.len(), listed.len());
    assert!(served.iter().all(|id| listed.contains(id.as_str())));
}

#[tokio::test]
async fn an_answer_is_kept_only_for_the_same_headers() {
    struct Echo;
    impl Dialect for Echo {
        fn name(&self) -> &'static str {
            "plain"
        }

        fn answer(&self, _: &View<'_>, request: &Request) -> Reply {
            Reply::ok("text/plain", format!("{} {}", request.method, request.header("accept").unwrap_or("nothing")))
        }
    }
    let fleet = Fleet::start_with(FleetOptions::default(), catalog(), vec![Box::new(Echo)]).await.unwrap();
    for accept in ["application/json", "application/xml", "application/json"] {
        let got = send(&fleet, "saramin", "GET", "/x", &format!("accept: {accept}\r\n")).await.unwrap();
        assert_eq!(got.text(), format!("GET {accept}"));
    }
    let head = send(&fleet, "saramin", "HEAD", "/x", "").await.unwrap();
    assert_eq!((head.body.len(), head.header("content-length")), (0, Some("11")), "a HEAD is a GET to the dialect");
}

#[tokio::test]
async fn quirks_are_listed_and_mixed_by_seed() {
    let fleet = fleet().await;
    assert!(fleet.quirks().is_empty());
    fleet.set_quirk("saramin", Some(Quirk::EmptyList));
    fleet.add_quirk("saramin", Quirk::Robots(Robots::Disallow));
    assert_eq!(fleet.quirks()["saramin"], [Quirk::EmptyList, Quirk::Robots(Robots::Disallow)]);
    for (mix, count) in [(crate::QuirkMix::Default, 8..=8), (crate::QuirkMix::All, 31..=62)] {
        let start = || {
            Fleet::start_with(FleetOptions { quirks: mix, ..FleetOptions::default() }, catalog(), vec![Box::new(Plain)])
        };
        let (one, two) = (start().await.unwrap(), start().await.unwrap());
        assert_eq!(one.quirks(), two.quirks());
        assert!(count.contains(&one.quirks().len()), "{mix:?}: {}", one.quirks().len());
    }
}
