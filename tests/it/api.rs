//! The Open API over rows put into the store by the store's own functions: what is shown, what redirects, what is gone,
//! what is refused, and that no answer holds what must not be shown.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use chrono::NaiveDate;
use http::{HeaderMap, Request, StatusCode, header};
use hub::pipeline::{Body as PostingBody, posting_id, source_number};
use hub::view::{PostingId, VacancyId};
use hub::world::{SetClock, World, seoul_instant};
use normalizer::{Organization, Place, Posting};
use serde_json::Value;
use store::event::NewEvent;
use store::posting::{Finding, Posting as PostingRow};
use store::source::Agreement;
use store::vacancy::Vacancy;
use tower::ServiceExt as _;

use crate::harness;

/// What must never be in an answer.
pub const PHONE: &str = "01098765432";
pub const FORBIDDEN_TITLE: &str = "만 35세 이하 여성만 지원 가능";

const NOW_MS: i64 = 1_764_547_200_000;

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_else(|| panic!("no {name} in {:?}", self.headers))
    }
}

async fn get_with(api: &Router, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = api.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, 64 << 20).await.unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    assert!(!text.contains(PHONE), "{path} shows a phone number");
    assert!(!text.contains(FORBIDDEN_TITLE), "{path} shows a rejected posting");
    Answer { status: parts.status, headers: parts.headers, text }
}

async fn get(api: &Router, path: &str) -> Answer {
    get_with(api, path, &[]).await
}

/// A problem of a kind, with its status; gives the document.
fn problem(answer: &Answer, status: u16, code: &str) -> Value {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let document = answer.json();
    assert_eq!(document["type"], format!("urn:jobhub:problem:{code}"), "{document}");
    assert_eq!(document["status"], status);
    document
}

/// A posting's row: `(source, external id)`, its vacancy, state and verdict.
fn row(source: &str, external_id: &str, vacancy: i64, state: &str, verdict: &str, posting: Posting) -> PostingRow {
    let body = serde_json::to_string(&PostingBody { posting, findings: Vec::new() }).unwrap();
    PostingRow {
        id: posting_id(source, external_id),
        source: source_number(source),
        external_id: external_id.to_owned(),
        content_hash: 0,
        body,
        body_hash: 0,
        business_number: None,
        profile: Vec::new(),
        vacancy,
        state: state.to_owned(),
        reason: (state == "closed").then(|| "deadline".to_owned()),
        verdict: verdict.to_owned(),
        detail: "none".to_owned(),
        valid_through: None,
        absences: 0,
        version: 1,
        page: 1,
        position: 0,
        first_seen_ms: NOW_MS,
        changed_ms: NOW_MS,
        closed_ms: None,
        close_kind: None,
    }
}

fn vacancy(id: i64, state: &str, verdict: &str, title: &str, region: &str) -> Vacancy {
    Vacancy {
        id,
        state: state.to_owned(),
        reason: (state == "closed").then(|| "deadline".to_owned()),
        verdict: verdict.to_owned(),
        state_since_ms: NOW_MS,
        founded_ms: NOW_MS,
        changed_ms: NOW_MS,
        postings: 1,
        open_postings: 1,
        title: title.to_owned(),
        company: "한빛물류".to_owned(),
        region: Some(region.to_owned()),
        occupation: Some("873".to_owned()),
        employment: None,
        pay: None,
        close_kind: None,
        valid_through: None,
        golden_hash: 1,
        version: 1,
    }
}

fn said(title: &str, description: Option<&str>) -> Posting {
    Posting {
        title: title.to_owned(),
        hiring_organization: Organization {
            name: "한빛물류".into(),
            match_name: "한빛물류".into(),
            ..Organization::default()
        },
        job_location: vec![Place { code: Some("11680".into()), name: "서울 강남구".into(), address: None }],
        description: description.map(str::to_owned),
        url: Some("https://www.saramin.co.kr/1".into()),
        ..Posting::default()
    }
}

/// Vacancies of the tests: shown with two postings (1), held (2), merged into 1 (3), merged into 3 (4), closed (5),
/// shown with a rejected posting beside (6).
pub async fn seeded(store_url: &str) -> World {
    let clock = SetClock::at(seoul_instant(NaiveDate::from_ymd_opt(2026, 12, 1).unwrap(), 9));
    let web_clock = Arc::new(hub::web::SystemClock::new());
    let world = World::build(harness::settings(store_url, 1), clock, web_clock).await.unwrap();
    let sources: Vec<_> = adapters::catalog().iter().cloned().collect();
    hub::worker::list_sources(&world, &sources).await.unwrap();
    let tx = world.store.write().await.unwrap();
    let postings = [
        row("saramin", "100", 1, "open", "publish", said("물류 작업원", None)),
        row("work24", "W100", 1, "open", "publish", said("물류 작업원", Some("상하차와 분류"))),
        row("saramin", "200", 2, "open", "hold", said(FORBIDDEN_TITLE, None)),
        row("saramin", "500", 5, "closed", "publish", said("지난 공고", None)),
        row("work24", "W600", 6, "open", "publish", said("간호사", None)),
        row("saramin", "600", 6, "open", "reject", said(FORBIDDEN_TITLE, Some("아주 길고 자세한 설명"))),
    ];
    tx.put_postings(&postings, &[], NOW_MS).await.unwrap();
    let held = posting_id("saramin", "200");
    let finding = Finding {
        posting: held,
        nr: 0,
        rule: "SEX".into(),
        field: "title".into(),
        effect: "holds".into(),
        span: FORBIDDEN_TITLE.into(),
        article: Some("남녀고용평등법 제7조".into()),
    };
    let contact = format!("{{\"phones\":[\"{PHONE}\"]}}");
    tx.put_beside(&[], &[finding], &[(posting_id("saramin", "100"), contact)]).await.unwrap();
    let vacancies = [
        vacancy(1, "open", "publish", "물류 작업원", "11680"),
        vacancy(2, "open", "hold", FORBIDDEN_TITLE, "11680"),
        vacancy(3, "open", "publish", "옛 공고", "11680"),
        vacancy(4, "open", "publish", "더 옛 공고", "11680"),
        vacancy(5, "closed", "publish", "지난 공고", "26110"),
        vacancy(6, "open", "publish", "간호사 100%_모집", "26110"),
    ];
    tx.put_vacancies(&vacancies).await.unwrap();
    tx.redirect(&[(3, 1), (4, 3)], NOW_MS).await.unwrap();
    let event = |kind, vacancy, other, reason: Option<&str>| NewEvent {
        kind,
        vacancy,
        other,
        reason: reason.map(str::to_owned),
    };
    let events = [
        event("upsert", 1, None, Some("new")),
        event("merge", 3, Some(1), None),
        event("close", 5, None, Some("deadline")),
        event("withdraw", 2, None, Some("hold")),
        event("upsert", 6, None, Some("changed")),
    ];
    tx.append_events(NOW_MS, None, &events).await.unwrap();
    let run = tx.begin_run(source_number("saramin"), "full", NOW_MS, None).await.unwrap();
    let certificate = r#"{"complete":false,"reasons":["slice all: claimed 9, received 8"]}"#.to_owned();
    let error = Some("connect to 10.1.2.3:8080 refused".to_owned());
    tx.end_run(run, "partial", NOW_MS + 5_000, Some(certificate), error, None).await.unwrap();
    tx.commit().await.unwrap();
    world
}

fn ids(answer: &Answer) -> Vec<String> {
    let document = answer.json();
    document["vacancies"].as_array().unwrap().iter().map(|v| v["id"].as_str().unwrap().to_owned()).collect()
}

fn id(n: i64) -> String {
    VacancyId(n).to_string()
}

#[test]
fn the_list_shows_what_is_published_and_open_page_by_page() {
    harness::on_both("the list", |url| async move {
        let api = hub::api::router(seeded(&url).await);
        let all = get(&api, "/v1/vacancies").await;
        assert_eq!(all.status, StatusCode::OK, "{}", all.text);
        assert_eq!(ids(&all), [id(1), id(6)]);
        let first = get(&api, "/v1/vacancies?limit=1").await;
        let next = first.json()["next"].as_str().unwrap().to_owned();
        let second = get(&api, &format!("/v1/vacancies?limit=1&after={next}")).await;
        assert_eq!([ids(&first), ids(&second)].concat(), [id(1), id(6)]);
        assert_eq!(second.json().get("next"), None);
        for (query, want) in [
            ("q=%EC%9E%91%EC%97%85%EC%9B%90", vec![id(1)]),
            ("q=%EC%9E%91%EC%97%85%20%ED%95%9C%EB%B9%9B", vec![id(1)]),
            ("q=100%25_", vec![id(6)]),
            ("region=11", vec![id(1)]),
            ("region=26110", vec![id(6)]),
            ("occupation=87", vec![id(1), id(6)]),
            ("occupation=1", vec![]),
            ("state=closed", vec![id(5)]),
        ] {
            assert_eq!(ids(&get(&api, &format!("/v1/vacancies?{query}")).await), want, "{query}");
        }
    });
}

#[test]
fn one_vacancy_has_an_etag_that_changes_with_it() {
    harness::on_both("one vacancy", |url| async move {
        let world = seeded(&url).await;
        let api = hub::api::router(world.clone());
        let path = format!("/v1/vacancies/{}", id(1));
        let shown = get(&api, &path).await;
        assert_eq!(shown.status, StatusCode::OK, "{}", shown.text);
        let document = shown.json();
        assert_eq!(document["job"]["title"], "물류 작업원");
        assert_eq!(document["job"]["description"], "상하차와 분류");
        assert_eq!(document["postings"].as_array().unwrap().len(), 2);
        assert_eq!(document["merged"], serde_json::json!([id(3), id(4)]));
        assert_eq!(document.get("because"), None);
        let etag = shown.header("etag").to_owned();
        assert!(etag.starts_with("\"1-"), "strong, and says the version: {etag}");
        let same = get_with(&api, &path, &[("if-none-match", &etag)]).await;
        assert_eq!(
            (same.status, same.text.as_str(), same.header("etag")),
            (StatusCode::NOT_MODIFIED, "", etag.as_str())
        );

        let tx = world.store.write().await.unwrap();
        let changed = Vacancy { version: 2, ..vacancy(1, "open", "publish", "물류 작업원", "11680") };
        tx.put_vacancies(&[changed]).await.unwrap();
        tx.commit().await.unwrap();
        let after = get_with(&api, &path, &[("if-none-match", &etag)]).await;
        assert_eq!(after.status, StatusCode::OK);
        assert!(after.header("etag").starts_with("\"2-"));

        let with = get(&api, &format!("{path}?include=provenance")).await.json();
        let given = with["because"].as_array().unwrap();
        let of = |field: &str| given.iter().find(|b| b["field"] == field).unwrap_or_else(|| panic!("no {field}"));
        assert_eq!(of("description")["source"], "work24");
        assert_eq!(of("description")["posting"], PostingId(posting_id("work24", "W100")).to_string());
    });
}

#[test]
fn a_merged_vacancy_redirects_over_any_number_of_merges() {
    harness::on_both("a merged vacancy", |url| async move {
        let api = hub::api::router(seeded(&url).await);
        for old in [3, 4] {
            let moved = get(&api, &format!("/v1/vacancies/{}?include=provenance", id(old))).await;
            assert_eq!(moved.status, StatusCode::MOVED_PERMANENTLY);
            assert_eq!(moved.header("location"), format!("/v1/vacancies/{}?include=provenance", id(1)));
            assert_eq!(moved.json(), serde_json::json!({ "id": id(old), "merged_into": id(1) }));
        }
    });
}

#[test]
fn a_held_vacancy_is_gone_with_a_reason_and_without_content() {
    harness::on_both("a held vacancy", |url| async move {
        let api = hub::api::router(seeded(&url).await);
        let gone = problem(&get(&api, &format!("/v1/vacancies/{}", id(2))).await, 410, "withheld");
        assert_eq!(gone["reason"], "hold");
        assert_eq!(gone["rules"], serde_json::json!(["SEX"]));
        assert_eq!(gone["articles"], serde_json::json!(["남녀고용평등법 제7조"]));
    });
}

#[test]
fn a_rejected_posting_gives_nothing_to_a_vacancy_that_is_shown() {
    harness::on_both("a rejected posting", |url| async move {
        let api = hub::api::router(seeded(&url).await);
        let shown = get(&api, &format!("/v1/vacancies/{}?include=provenance", id(6))).await.json();
        assert_eq!(shown["job"]["title"], "간호사");
        assert_eq!(shown["job"].get("description"), None);
        assert_eq!(shown["postings"].as_array().unwrap().len(), 1);
    });
}

#[test]
fn texts_of_a_source_that_allows_links_only_are_not_shown() {
    harness::on_both("link only", |url| async move {
        let world = seeded(&url).await;
        let tx = world.store.write().await.unwrap();
        let agreement = Agreement {
            source: source_number("work24"),
            scope: "link_only".into(),
            document: "test".into(),
            since: "2026-01-01".into(),
            until: None,
        };
        tx.put_agreement(&agreement).await.unwrap();
        tx.commit().await.unwrap();
        let shown = get(&hub::api::router(world), &format!("/v1/vacancies/{}", id(1))).await.json();
        assert_eq!(shown["job"]["title"], "물류 작업원");
        assert_eq!(shown["job"].get("description"), None, "{shown}");
    });
}

#[test]
fn what_never_was_is_not_found() {
    harness::on_both("not found", |url| async move {
        let api = hub::api::router(seeded(&url).await);
        for name in [id(99).as_str(), "1", "v1", "%27%20OR%201%3D1%20--", "v00c0ffee00c0ffee%00", "..%2f..%2fetc"] {
            problem(&get(&api, &format!("/v1/vacancies/{name}")).await, 404, "unknown_vacancy");
        }
        problem(&get(&api, "/v1/sources/nope").await, 404, "unknown_source");
        problem(&get(&api, "/v1/runs?source=nope").await, 404, "unknown_source");
        problem(&get(&api, "/v2").await, 404, "not_found");
    });
}

#[test]
fn bad_parameters_are_refused_by_name_and_sql_is_only_text() {
    harness::on_both("bad parameters", |url| async move {
        let world = seeded(&url).await;
        let api = hub::api::router(world.clone());
        for (query, parameter) in [
            ("vacancies?limit=0", "limit"),
            ("vacancies?limit=1001", "limit"),
            ("vacancies?region=1", "region"),
            ("vacancies?region=11%25", "region"),
            ("vacancies?occupation=1%27--", "occupation"),
            ("vacancies?after=77", "after"),
            ("changes?since=77", "since"),
            ("changes?limit=-1", "limit"),
            ("runs?after=a0000000000000001d84c", "after"),
            ("vacancies?q=a%20b%20c%20d%20e%20f%20g%20h%20i", "q"),
            ("vacancies?q=a%00b", "q"),
        ] {
            let document = problem(&get(&api, &format!("/v1/{query}")).await, 400, "parameter");
            assert_eq!(document["parameter"], parameter, "{query}");
        }
        for query in [
            "vacancies?limt=1",
            "vacancies?limit=many",
            "vacancies?state=secret",
            "vacancies?include=contact",
            "sources?x=1",
        ] {
            problem(&get(&api, &format!("/v1/{query}")).await, 400, "query");
        }
        problem(&get(&api, &format!("/v1/vacancies?q={}", "a".repeat(3000))).await, 414, "address_too_long");
        for sql in ["'%20OR%201%3D1%20--", "%25%27%3B%20DROP%20TABLE%20vacancy%3B--", "%24%7B7*7%7D", "%5C"] {
            let answer = get(&api, &format!("/v1/vacancies?q={sql}")).await;
            assert_eq!(answer.status, StatusCode::OK, "{sql}: {}", answer.text);
        }
        assert_eq!(ids(&get(&api, "/v1/vacancies").await).len(), 2, "the table is still there");
        let posted = Request::post("/v1/vacancies").body(Body::empty()).unwrap();
        assert_eq!(api.oneshot(posted).await.unwrap().status(), StatusCode::METHOD_NOT_ALLOWED);
    });
}

#[test]
fn changes_come_in_order_with_tombstones_and_a_cursor_that_never_skips() {
    harness::on_both("changes", |url| async move {
        let world = seeded(&url).await;
        let api = hub::api::router(world.clone());
        let (mut since, mut kinds) = (String::new(), Vec::new());
        loop {
            let page = get(&api, &format!("/v1/changes?limit=2&include=vacancy&since={since}")).await.json();
            for change in page["changes"].as_array().unwrap() {
                kinds.push((
                    change["kind"].as_str().unwrap().to_owned(),
                    change["vacancy"].as_str().unwrap().to_owned(),
                    change.get("record").is_some(),
                ));
                if change["kind"] == "merge" {
                    assert_eq!(change["merged_into"], id(1));
                }
            }
            since = page["next"].as_str().unwrap().to_owned();
            if page["more"] == false {
                break;
            }
        }
        let want =
            [("upsert", 1, true), ("merge", 3, false), ("close", 5, true), ("withdraw", 2, false), ("upsert", 6, true)];
        assert_eq!(kinds, want.map(|(kind, vacancy, record)| (kind.to_owned(), id(vacancy), record)));

        let nothing = get(&api, &format!("/v1/changes?since={since}")).await.json();
        assert_eq!((nothing["changes"].as_array().unwrap().len(), nothing["next"].as_str()), (0, Some(since.as_str())));
        let listed = get(&api, "/v1/vacancies").await.json();
        assert_eq!(listed["changes"].as_str(), Some(since.as_str()), "a full read goes on from here");

        let tx = world.store.write().await.unwrap();
        let event = NewEvent { kind: "close", vacancy: 1, other: None, reason: Some("source_closed".into()) };
        tx.append_events(NOW_MS, None, &[event]).await.unwrap();
        tx.commit().await.unwrap();
        let new = get(&api, &format!("/v1/changes?since={since}")).await.json();
        assert_eq!(new["changes"][0]["reason"], "source_closed");

        let ahead = new["next"].as_str().unwrap().to_owned();
        let empty = tempfile::tempdir().unwrap();
        let other = seeded(&empty.path().join("other.sqlite").display().to_string()).await;
        let foreign = get(&hub::api::router(other), &format!("/v1/changes?since={ahead}")).await;
        problem(&foreign, 410, "foreign_cursor");
    });
}

#[test]
fn sources_and_runs_say_how_fresh_they_are_and_nothing_of_the_network() {
    harness::on_both("sources and runs", |url| async move {
        let api = hub::api::router(seeded(&url).await);
        let sources = get(&api, "/v1/sources").await.json();
        assert_eq!(sources["sources"].as_array().unwrap().len(), adapters::catalog().len());
        let one = get(&api, "/v1/sources/saramin").await.json();
        assert_eq!(one["last_run"]["state"], "partial");
        let want = serde_json::json!({ "all": 4, "open": 3, "unconfirmed": 0, "closed": 1, "published": 1, "held": 1, "rejected": 1 });
        assert_eq!(one["postings"], want);
        let runs = get(&api, "/v1/runs?source=saramin").await;
        assert!(!runs.text.contains("10.1.2.3"), "{}", runs.text);
        assert_eq!(runs.json()["runs"][0]["reasons"], serde_json::json!(["slice all: claimed 9, received 8"]));
        assert_eq!(get(&api, "/v1/runs?source=work24").await.json()["runs"].as_array().unwrap().len(), 0);
    });
}

#[test]
fn health_says_no_while_migrations_are_pending() {
    harness::on_both("health", |url| async move {
        let world = seeded(&url).await;
        let healthy = get(&hub::api::router(world.clone()), "/healthz").await;
        assert_eq!((healthy.status, healthy.json()["status"].as_str()), (StatusCode::OK, Some("ok")));
        let dir = tempfile::tempdir().unwrap();
        let bare = store::Store::open(&dir.path().join("bare.sqlite").display().to_string()).await.unwrap();
        let answer = get(&hub::api::router(World { store: bare, ..world }), "/healthz").await;
        let document = problem(&answer, 503, "unavailable");
        assert!(document["detail"].as_str().unwrap().contains("migrations are pending"), "{document}");
        assert_eq!(answer.header("retry-after"), "30");
    });
}

#[test]
fn metrics_name_every_gauge_once_and_count_what_the_store_holds() {
    harness::on_both("metrics", |url| async move {
        let api = hub::api::router(seeded(&url).await);
        let metrics = get(&api, "/metrics").await;
        assert!(metrics.header("content-type").starts_with("text/plain; version=0.0.4"));
        for line in [
            r#"jobhub_vacancies{state="open",verdict="hold"} 1"#,
            r#"jobhub_source_postings{source="saramin",class="private"} 4"#,
            r#"jobhub_source_held{source="saramin",class="private"} 1"#,
            r#"jobhub_source_last_run_state{source="saramin",class="private",state="partial"} 1"#,
            "jobhub_last_change 5",
        ] {
            assert!(metrics.text.lines().any(|have| have == line), "{line} is not in\n{}", metrics.text);
        }
        let mut introduced: Vec<&str> = metrics.text.lines().filter(|line| line.starts_with("# TYPE")).collect();
        let all = introduced.len();
        introduced.sort_unstable();
        introduced.dedup();
        assert_eq!(introduced.len(), all);
    });
}

#[test]
fn every_answer_is_guarded_and_compressed_when_asked() {
    harness::on_both("headers", |url| async move {
        let api = hub::api::router(seeded(&url).await);
        for path in ["/v1/vacancies", "/v1/vacancies/v1", "/openapi.json", "/nowhere"] {
            let answer = get(&api, path).await;
            for (name, want) in [
                ("x-content-type-options", "nosniff"),
                ("referrer-policy", "no-referrer"),
                ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
            ] {
                assert_eq!(answer.header(name), want, "{path}");
            }
            assert!(!answer.header("x-request-id").is_empty(), "{path}");
        }
        let request =
            Request::get("/v1/vacancies").header(header::ACCEPT_ENCODING, "gzip").body(Body::empty()).unwrap();
        let response = api.clone().oneshot(request).await.unwrap();
        assert_eq!(response.headers()[header::CONTENT_ENCODING], "gzip");
        let served = get(&api, "/openapi.json").await;
        assert_eq!(served.text, hub::api::openapi());
    });
}
