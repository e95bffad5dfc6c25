//! What robots.txt does to a crawl.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::server::{Reply, Server, http, ok};
use super::*;
use crate::web::{FetchError, Retry, RobotsOutcome};

const URL: &str = "http://jobs.example.kr/list";

fn crawled() -> Policy {
    Policy { robots: true, ..policy() }
}

/// A server with that answer for robots.txt and a page for everything else.
async fn with_robots(robots: impl Fn() -> Reply + Send + Sync + 'static) -> Server {
    Server::start(move |seen, _| if seen.path == "/robots.txt" { robots() } else { Reply::Send(ok("page")) }).await
}

fn asked_for_robots(server: &Server) -> usize {
    server.paths().iter().filter(|path| *path == "/robots.txt").count()
}

#[tokio::test]
async fn what_robots_forbids_is_not_fetched() {
    let server =
        with_robots(|| Reply::Send(ok("User-agent: *\nDisallow: /private\n\nUser-agent: Jobhub\nDisallow: /no"))).await;
    let clock = FakeClock::new();
    let web = web(options(&server), &clock);
    let get = |path: &str| {
        let (web, ask, budget) = (web.clone(), ask(&format!("http://jobs.example.kr{path}")), budget(&clock));
        async move { web.get(&crawled(), &ask, None, &budget).await }
    };
    assert!(get("/list").await.is_ok());
    assert!(get("/private").await.is_ok(), "our own group counts, not the one for all");
    let error = get("/no/1").await.unwrap_err();
    assert_eq!((error.kind(), error.retry()), ("robots", Retry::Never));
    assert_eq!(server.paths(), ["/robots.txt", "/list", "/private"]);
}

#[tokio::test]
async fn a_contract_is_not_asked_about_robots_and_neither_is_a_deployment_without() {
    let server = with_robots(|| Reply::Send(ok("User-agent: *\nDisallow: /"))).await;
    let clock = FakeClock::new();
    web(options(&server), &clock).get(&policy(), &ask(URL), None, &budget(&clock)).await.unwrap();
    let without = WebOptions { respect_robots: false, ..options(&server) };
    web(without, &clock).get(&crawled(), &ask(URL), None, &budget(&clock)).await.unwrap();
    assert_eq!(asked_for_robots(&server), 0);
}

#[tokio::test]
async fn robots_that_cannot_be_had_forbid_everything_and_it_is_recorded() {
    let replies: [fn() -> Reply; 4] = [
        || Reply::Send(http(500, &[], "")),
        || Reply::Send(http(503, &[], "")),
        || Reply::Send(http(429, &[], "")),
        || Reply::Cut(Vec::new()),
    ];
    for reply in replies {
        let server = with_robots(reply).await;
        let clock = FakeClock::new();
        let web = web(options(&server), &clock);
        let error = web.get(&crawled(), &ask(URL), None, &budget(&clock)).await.unwrap_err();
        assert_eq!(error.kind(), "robots_unavailable", "{error}");
        assert!(matches!(error.retry(), Retry::After(wait) if wait.as_secs() == 600), "{:?}", error.retry());
        assert!(!server.paths().contains(&"/list".to_owned()));
        assert_eq!(asked_for_robots(&server), 3, "a short failure is got over");
        let record = &web.state().robots[0];
        assert!(matches!(record.outcome, RobotsOutcome::Unreachable(_)), "{record:?}");
        // Not asked again before its time.
        let _ = web.get(&crawled(), &ask(URL), None, &budget(&clock)).await;
        assert_eq!(asked_for_robots(&server), 3);
    }
}

#[tokio::test]
async fn a_missing_robots_allows_everything() {
    for status in [400, 401, 403, 404, 410] {
        let server = with_robots(move || Reply::Send(http(status, &[], "User-agent: *\nDisallow: /"))).await;
        let clock = FakeClock::new();
        web(options(&server), &clock).get(&crawled(), &ask(URL), None, &budget(&clock)).await.unwrap();
        assert_eq!(asked_for_robots(&server), 1, "{status}");
    }
}

#[tokio::test]
async fn robots_are_kept_for_a_day_and_the_last_good_copy_outlives_a_failure() {
    let phase = Arc::new(AtomicUsize::new(0));
    let server = {
        let phase = Arc::clone(&phase);
        Server::start(move |seen, _| {
            Reply::Send(match (seen.path.as_str(), phase.load(Ordering::SeqCst)) {
                ("/robots.txt", 0) => http(200, &[("etag", "\"r1\"")], "User-agent: *\nDisallow: /no"),
                ("/robots.txt", 1) => http(503, &[], ""),
                ("/robots.txt", _) if seen.header("if-none-match").as_deref() == Some("\"r1\"") => http(304, &[], ""),
                ("/robots.txt", _) => http(500, &[], ""),
                _ => ok("page"),
            })
        })
        .await
    };
    let clock = FakeClock::new();
    let first = web(options(&server), &clock);
    let get = |web: &Web, path: &str| {
        let (web, ask, budget) = (web.clone(), ask(&format!("http://jobs.example.kr{path}")), budget(&clock));
        async move { web.get(&crawled(), &ask, None, &budget).await.map_err(|error| error.kind()).map(|_| ()) }
    };
    assert_eq!(get(&first, "/list").await, Ok(()));
    clock.advance(Duration::from_secs(24 * 3600 - 1));
    assert_eq!(get(&first, "/list").await, Ok(()));
    assert_eq!(asked_for_robots(&server), 1);

    phase.store(1, Ordering::SeqCst);
    clock.advance(Duration::from_secs(1));
    assert_eq!(get(&first, "/list").await, Err("robots_unavailable"), "after a day it is asked again, and fails");
    let record = first.state().robots.remove(0);
    assert_eq!(record.text.as_deref(), Some("User-agent: *\nDisallow: /no"), "the good copy is kept");

    // Another process goes on from there: the host is still closed, then a 304 brings the copy back.
    let second = web(options(&server), &clock);
    second.restore(&first.state());
    assert_eq!(get(&second, "/list").await, Err("robots_unavailable"));
    phase.store(2, Ordering::SeqCst);
    clock.advance(Duration::from_secs(600));
    assert_eq!(get(&second, "/list").await, Ok(()));
    assert_eq!(get(&second, "/no").await, Err("robots"));
}

#[tokio::test]
async fn a_wall_clock_set_back_does_not_make_robots_young_again() {
    let server = with_robots(|| Reply::Send(ok("User-agent: *\nDisallow: /no"))).await;
    let clock = FakeClock::new();
    let web = web(options(&server), &clock);
    for _ in 0..2 {
        web.get(&crawled(), &ask(URL), None, &budget(&clock)).await.unwrap();
        clock.step(TimeDelta::days(-3));
    }
    assert_eq!(asked_for_robots(&server), 2);
}

#[tokio::test]
async fn five_redirects_of_robots_are_followed_and_a_sixth_means_there_is_none() {
    for (length, expected) in [(5, Err("robots")), (6, Ok(()))] {
        let server = Server::start(move |seen, _| {
            let Some(rest) = seen.path.strip_prefix("/robots.txt") else { return Reply::Send(ok("page")) };
            let at: usize = rest.trim_start_matches('/').parse().unwrap_or(0);
            let next = format!("/robots.txt/{}", at + 1);
            Reply::Send(if at == length {
                ok("User-agent: *\nDisallow: /")
            } else {
                http(301, &[("location", &next)], "")
            })
        })
        .await;
        let clock = FakeClock::new();
        let got = web(options(&server), &clock).get(&crawled(), &ask(URL), None, &budget(&clock)).await;
        assert_eq!(got.map(|_| ()).map_err(|error| error.kind()), expected, "{length} redirects");
    }
}

#[tokio::test]
async fn robots_redirected_to_an_internal_address_close_the_host() {
    let server = with_robots(|| Reply::Send(http(302, &[("location", "http://169.254.169.254/robots.txt")], ""))).await;
    let clock = FakeClock::new();
    let error = web(options(&server), &clock).get(&crawled(), &ask(URL), None, &budget(&clock)).await.unwrap_err();
    assert_eq!(error.kind(), "robots_unavailable", "{error}");
    assert_eq!(server.paths(), ["/robots.txt"]);
}

#[tokio::test]
async fn five_hundred_kib_of_robots_are_read_and_the_rest_is_left() {
    let filler = format!("# {}\n", "x".repeat(98)).repeat((500 << 10) / 101 + 1);
    let early = format!("User-agent: *\nDisallow: /list\n{filler}{filler}");
    let late = format!("User-agent: *\n{filler}Disallow: /list\n");
    for (text, expected) in [(early, Err("robots")), (late, Ok(()))] {
        let server = with_robots(move || Reply::Send(ok(&text))).await;
        let clock = FakeClock::new();
        let mut options = options(&server);
        options.limits.body_bytes_max = 1000; // a file that is cut may be larger than a page
        let got = web(options, &clock).get(&crawled(), &ask(URL), None, &budget(&clock)).await;
        assert_eq!(got.map(|_| ()).map_err(|error| error.kind()), expected);
    }
}

#[tokio::test]
async fn crawl_delay_is_kept_and_capped() {
    for (delay, expected) in [("2", 20.0), ("0.5", 5.0), ("7200", 600.0), ("-3", 0.0), ("soon", 0.0)] {
        let server = with_robots(move || Reply::Send(ok(format!("User-agent: *\nCrawl-delay: {delay}\n")))).await;
        let clock = FakeClock::new();
        let web = web(options(&server), &clock);
        for _ in 0..11 {
            web.get(&crawled(), &ask(URL), None, &budget(&clock)).await.unwrap();
        }
        let took = clock.slept_secs();
        assert!((took - expected).abs() < 0.01, "{delay}: {took} s");
    }
}

#[tokio::test]
async fn a_redirect_into_what_robots_forbids_is_not_followed() {
    let server = Server::start(|seen, _| {
        Reply::Send(match seen.path.as_str() {
            "/robots.txt" => ok("User-agent: *\nDisallow: /no"),
            "/list" => http(302, &[("location", "/no")], ""),
            _ => ok("page"),
        })
    })
    .await;
    let clock = FakeClock::new();
    let error = web(options(&server), &clock).get(&crawled(), &ask(URL), None, &budget(&clock)).await.unwrap_err();
    assert!(matches!(&error, FetchError::Robots { url, .. } if url == "http://jobs.example.kr/no"), "{error}");
    assert_eq!(server.paths(), ["/robots.txt", "/list"]);
}

#[tokio::test]
async fn many_at_once_ask_for_robots_once() {
    let server = with_robots(|| Reply::Send(ok("User-agent: *\nDisallow: /no"))).await;
    let clock = FakeClock::new();
    let web = web(options(&server), &clock);
    let (policy, url, budget) = (crawled(), ask(URL), budget(&clock));
    let calls = (0..8).map(|_| web.get(&policy, &url, None, &budget));
    assert!(futures_util::future::join_all(calls).await.iter().all(Result::is_ok));
    assert_eq!((asked_for_robots(&server), server.seen().len()), (1, 9));
}
