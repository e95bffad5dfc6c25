//! What is sent and what is given back when nothing goes wrong.

use adapters::Method;
use secrecy::SecretString;

use super::server::{Reply, Server, gzip, http, ok};
use super::*;
use crate::web::{FetchError, Validators};

#[tokio::test]
async fn a_get_arrives_with_our_name_and_comes_back_whole() {
    let response = http(
        200,
        &[("content-type", "application/json; charset=utf-8"), ("link", "<a>; rel=next"), ("link", "<b>; rel=prev")],
        r#"{"jobs":[]}"#,
    );
    let server = Server::saying(response).await;
    let clock = FakeClock::new();
    let web = web(options(&server), &clock);
    let mut ask = ask("https://jobs.example.kr/list?page=1&q=%EA%B0%9C");
    ask.headers.push(("Accept".to_owned(), "application/json".to_owned()));
    let fetched = web.get(&policy(), &ask, None, &budget(&clock)).await.unwrap();
    assert_eq!(fetched.status, 200);
    assert_eq!(fetched.content_type.as_deref(), Some("application/json; charset=utf-8"));
    assert_eq!(fetched.link.as_deref(), Some("<a>; rel=next, <b>; rel=prev"));
    assert_eq!(&fetched.body[..], br#"{"jobs":[]}"#);
    assert_eq!(fetched.final_url, "https://jobs.example.kr/list?page=1&q=%EA%B0%9C");
    assert_eq!((fetched.wire_bytes, fetched.attempts, fetched.not_modified), (11, 1, false));
    let seen = &server.seen()[0];
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("GET", "/list?page=1&q=%EA%B0%9C"));
    assert_eq!(seen.header("user-agent").unwrap(), "Jobhub/0.1 (test)");
    assert_eq!(seen.header("accept").unwrap(), "application/json");
    assert_eq!(seen.header("accept-encoding").unwrap(), "gzip");
    assert_eq!(seen.header("host").unwrap(), format!("jobs.localhost:{}", server.port));
}

#[tokio::test]
async fn a_post_arrives_with_its_body() {
    let server = Server::saying(ok("{}")).await;
    let clock = FakeClock::new();
    let web = web(options(&server), &clock);
    let mut ask = ask("http://jobs.example.kr/search");
    ask.method = Method::Post;
    ask.headers.push(("content-type".to_owned(), "application/json".to_owned()));
    ask.body = Some(r#"{"page":2}"#.to_owned());
    web.get(&policy(), &ask, None, &budget(&clock)).await.unwrap();
    let seen = &server.seen()[0];
    assert_eq!((seen.method.as_str(), seen.body.as_str()), ("POST", r#"{"page":2}"#));
    assert_eq!(seen.header("content-type").unwrap(), "application/json");
}

#[tokio::test]
async fn statuses_are_the_adapters_to_judge() {
    for status in [201, 204, 400, 401, 403, 404, 410, 451, 501] {
        let server = Server::saying(http(status, &[], if status == 204 { "" } else { "why" })).await;
        let clock = FakeClock::new();
        let fetched =
            web(options(&server), &clock).get(&policy(), &ask("http://jobs.example.kr/"), None, &budget(&clock)).await;
        let fetched = fetched.unwrap();
        assert_eq!((fetched.status, fetched.attempts), (status, 1));
    }
}

#[tokio::test]
async fn requests_one_after_the_other_share_a_connection() {
    let server = Server::saying(ok("x")).await;
    let clock = FakeClock::new();
    let web = web(options(&server), &clock);
    for _ in 0..20 {
        web.get(&policy(), &ask("http://jobs.example.kr/"), None, &budget(&clock)).await.unwrap();
    }
    assert_eq!((server.seen().len(), server.connections()), (20, 1));
}

#[tokio::test]
async fn a_connection_the_portal_closed_is_replaced() {
    let server = Server::start(|_, before| {
        Reply::Cut(if before % 2 == 0 { http(200, &[("connection", "close")], "x") } else { ok("x") })
    })
    .await;
    let clock = FakeClock::new();
    let web = web(options(&server), &clock);
    for _ in 0..6 {
        let fetched = web.get(&policy(), &ask("http://jobs.example.kr/"), None, &budget(&clock)).await.unwrap();
        assert_eq!(&fetched.body[..], b"x");
        // The news of the closing arrives.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(server.connections(), server.seen().len());
}

#[tokio::test]
async fn gzip_is_undone_and_both_sizes_are_known() {
    let text = "채용 공고 ".repeat(1000);
    let packed = gzip(text.as_bytes());
    // Two members make one body (RFC 1952, 2.2).
    let twice = [packed.clone(), packed.clone()].concat();
    for (sent, expected) in [(packed, text.clone()), (twice, text.repeat(2))] {
        let server = Server::saying(http(200, &[("content-encoding", "gzip")], &sent)).await;
        let clock = FakeClock::new();
        let web = web(options(&server), &clock);
        let fetched = web.get(&policy(), &ask("http://jobs.example.kr/"), None, &budget(&clock)).await.unwrap();
        assert_eq!(fetched.body, expected.as_bytes());
        assert_eq!(fetched.wire_bytes, sent.len() as u64);
    }
}

#[tokio::test]
async fn an_encoding_that_was_not_asked_for_is_an_error_that_names_it() {
    let server = Server::saying(http(200, &[("content-encoding", "br")], "x")).await;
    let clock = FakeClock::new();
    let web = web(options(&server), &clock);
    let error = web.get(&policy(), &ask("http://jobs.example.kr/"), None, &budget(&clock)).await.unwrap_err();
    assert!(error.to_string().contains("\"br\""), "{error}");
}

#[tokio::test]
async fn both_validators_are_sent_and_a_304_skips_all_work() {
    let server = Server::start(|seen, _| {
        let known = seen.header("if-none-match").is_some() && seen.header("if-modified-since").is_some();
        Reply::Send(if known {
            // No-cache does not hinder revalidation.
            http(304, &[("etag", "\"v2\""), ("cache-control", "no-cache")], "")
        } else {
            http(200, &[("etag", "\"v1\""), ("last-modified", "Mon, 23 Nov 2026 00:00:00 GMT")], "page")
        })
    })
    .await;
    let clock = FakeClock::new();
    let web = web(options(&server), &clock);
    let first = web.get(&policy(), &ask("http://jobs.example.kr/"), None, &budget(&clock)).await.unwrap();
    let second =
        web.get(&policy(), &ask("http://jobs.example.kr/"), Some(&first.validators), &budget(&clock)).await.unwrap();
    assert_eq!((first.not_modified, second.status, second.not_modified), (false, 304, true));
    assert!(second.body.is_empty());
    // What the 304 left out is kept, what it renewed is taken.
    let date = Some("Mon, 23 Nov 2026 00:00:00 GMT".to_owned());
    assert_eq!(second.validators, Validators { etag: Some("\"v2\"".to_owned()), last_modified: date });
    let asked = &server.seen()[1];
    assert_eq!(asked.header("if-none-match").unwrap(), "\"v1\"");
    assert_eq!(asked.header("if-modified-since").unwrap(), "Mon, 23 Nov 2026 00:00:00 GMT");
}

#[tokio::test]
async fn a_304_renews_or_leaves_what_it_says_nothing_of_and_means_nothing_unasked() {
    let server = Server::saying(http(304, &[("last-modified", "Tue, 24 Nov 2026 00:00:00 GMT")], "")).await;
    let clock = FakeClock::new();
    let web = web(options(&server), &clock);
    let known = Validators { etag: Some("\"v1\"".to_owned()), last_modified: Some("old".to_owned()) };
    let url = ask("http://jobs.example.kr/");
    let fetched = web.get(&policy(), &url, Some(&known), &budget(&clock)).await.unwrap();
    assert!(fetched.not_modified);
    let renewed = Some("Tue, 24 Nov 2026 00:00:00 GMT".to_owned());
    assert_eq!(fetched.validators, Validators { etag: known.etag, last_modified: renewed });
    for nothing in [None, Some(&Validators::default())] {
        let fetched = web.get(&policy(), &url, nothing, &budget(&clock)).await.unwrap();
        assert_eq!((fetched.status, fetched.not_modified), (304, false));
    }
}

#[tokio::test]
async fn secrets_are_put_in_at_the_last_moment_and_never_shown() {
    let server = Server::start(|seen, _| {
        let path = seen.path.clone();
        // The portal repeats the key in its redirect, and fails.
        Reply::Send(if path.contains("again") {
            http(500, &[], "no")
        } else {
            http(302, &[("location", &format!("{path}&again"))], "")
        })
    })
    .await;
    let clock = FakeClock::new();
    let mut options = options(&server);
    options.retry.attempts_max = 1;
    let web = web(options, &clock);
    let mut policy = policy();
    policy.secrets.insert("key".to_owned(), SecretString::from("s3cr+t/=한"));
    let mut ask = ask("http://jobs.example.kr/list?key={secret.key}&page=1");
    ask.headers.push(("Authorization".to_owned(), "Bearer {secret.token}".to_owned()));
    policy.secrets.insert("token".to_owned(), SecretString::from("tok-en"));
    ask.method = Method::Post;
    ask.body = Some(r#"{"token":"{secret.quote}"}"#.to_owned());
    policy.secrets.insert("quote".to_owned(), SecretString::from("a\"b"));
    let fetched = web.get(&policy, &ask, None, &budget(&clock)).await.unwrap();
    let seen = server.seen();
    assert_eq!(seen[0].path, "/list?key=s3cr%2Bt%2F%3D%ED%95%9C&page=1");
    assert_eq!(seen[0].header("authorization").unwrap(), "Bearer tok-en");
    assert_eq!(seen[0].body, r#"{"token":"a\"b"}"#);
    assert_eq!(fetched.final_url, "http://jobs.example.kr/list?key={secret.key}&page=1&again");
    assert!(!format!("{fetched:?}").contains("s3cr"), "{fetched:?}");
    assert!(!format!("{policy:?}").contains("s3cr"), "{policy:?}");
}

#[tokio::test]
async fn no_error_shows_a_secret() {
    let clock = FakeClock::new();
    let server = Server::start(|seen, _| match seen.path.as_str() {
        path if path.starts_with("/loop") => {
            let to = path.to_owned();
            Reply::Send(http(302, &[("location", &to)], ""))
        }
        path if path.starts_with("/out") => {
            let to = format!("http://evil.example/?{path}");
            Reply::Send(http(302, &[("location", &to)], ""))
        }
        "/robots.txt" => Reply::Send(ok("User-agent: *\nDisallow: /no")),
        _ => Reply::Cut(Vec::new()),
    })
    .await;
    let web = web(options(&server), &clock);
    let mut policy = Policy { robots: true, ..policy() };
    policy.secrets.insert("key".to_owned(), SecretString::from("hush/hush"));
    for (path, kind) in [("/loop", "redirect"), ("/out", "address"), ("/no", "robots"), ("/cut", "protocol")] {
        let ask = ask(&format!("http://jobs.example.kr{path}?k={{secret.key}}"));
        let error = web.get(&policy, &ask, None, &budget(&clock)).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(!format!("{error} {error:?}").contains("hush"), "{error:?}");
    }
    let ask = ask("http://jobs.example.kr/?k={secret.absent}");
    let error = web.get(&policy, &ask, None, &budget(&clock)).await.unwrap_err();
    assert!(matches!(&error, FetchError::Secret { name, .. } if name == "absent"), "{error}");
}

#[tokio::test]
async fn a_base_may_have_a_path_and_redirects_to_it_stay_within() {
    let server = Server::start(|seen, _| match seen.path.as_str() {
        "/portals/jobs/a?x=1" => {
            let to = format!("http://{}/portals/jobs/b?y=2", seen.header("host").unwrap());
            Reply::Send(http(302, &[("location", &to)], ""))
        }
        _ => Reply::Send(ok("b")),
    })
    .await;
    let clock = FakeClock::new();
    let mut options = options(&server);
    options.base_overrides.insert("jobs".to_owned(), format!("http://jobs.localhost:{}/portals/jobs/", server.port));
    let web = web(options, &clock);
    let fetched = web.get(&policy(), &ask("https://jobs.example.kr/a?x=1"), None, &budget(&clock)).await.unwrap();
    assert_eq!(server.paths(), ["/portals/jobs/a?x=1", "/portals/jobs/b?y=2"]);
    assert_eq!(fetched.final_url, "https://jobs.example.kr/b?y=2");
}

#[tokio::test]
async fn headers_of_the_connection_are_not_a_sources_to_set() {
    let server = Server::saying(ok("")).await;
    let clock = FakeClock::new();
    let web = web(options(&server), &clock);
    for name in ["Host", "content-length", "Transfer-Encoding", "bad name"] {
        let mut ask = ask("http://jobs.example.kr/");
        ask.headers.push((name.to_owned(), "x".to_owned()));
        let error = web.get(&policy(), &ask, None, &budget(&clock)).await.unwrap_err();
        assert_eq!(error.kind(), "request", "{name}");
    }
    assert!(server.seen().is_empty());
}

#[test]
fn settings_have_defaults_and_unknown_ones_are_refused() {
    let options: WebOptions = toml::from_str("allow_private = true\n[limits]\nconnect_secs = 3").unwrap();
    assert!(options.allow_private && options.respect_robots);
    assert!((options.limits.connect_secs - 3.0).abs() < f64::EPSILON);
    assert_eq!(options.limits.body_bytes_max, 20 << 20);
    assert!(toml::from_str::<WebOptions>("allow_privat = true").is_err());
    let clock = FakeClock::new();
    for bad in ["pace_factor = 0", "user_agent = \"\"", "base_overrides = { jobs = \"http://127.0.0.1:1\" }"] {
        let options: WebOptions = toml::from_str(bad).unwrap();
        assert!(Web::new(options, Arc::clone(&clock) as Arc<dyn WebClock>).is_err(), "{bad}");
    }
}
