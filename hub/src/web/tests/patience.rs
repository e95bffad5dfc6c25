//! Waiting when asked to, backing off when not, giving up in time.

use std::sync::atomic::{AtomicBool, Ordering};

use super::server::{Reply, Server, http, ok};
use super::*;
use crate::web::{FetchError, Retry};

const URL: &str = "http://jobs.example.kr/list";

#[tokio::test]
async fn retry_after_is_waited_for_in_seconds_and_as_a_date() {
    for (value, date) in [
        ("60", None),
        ("Tue, 24 Nov 2026 00:01:00 GMT", None),
        // The portal's clock is a day ahead, and so is the date it names.
        ("Wed, 25 Nov 2026 00:01:00 GMT", Some("Wed, 25 Nov 2026 00:00:00 GMT")),
    ] {
        for status in [429, 503] {
            let server = Server::start(move |_, before| {
                let mut headers = vec![("retry-after", value)];
                headers.extend(date.map(|date| ("date", date)));
                Reply::Send(if before == 0 { http(status, &headers, "wait") } else { ok("page") })
            })
            .await;
            let clock = FakeClock::new();
            let fetched = web(options(&server), &clock).get(&policy(), &ask(URL), None, &budget(&clock)).await.unwrap();
            assert_eq!((fetched.status, fetched.attempts), (200, 2));
            assert_eq!(clock.slept_ms(), [60_000], "{value}");
            assert_eq!(fetched.elapsed.as_secs(), 60);
        }
    }
}

#[tokio::test]
async fn retry_after_holds_for_every_source_at_that_host() {
    let server = Server::start(|seen, _| match seen.path.as_str() {
        "/busy" => Reply::Send(http(429, &[("retry-after", "60")], "")),
        _ => Reply::Send(ok("page")),
    })
    .await;
    let clock = FakeClock::new();
    let mut options = options(&server);
    options.retry.attempts_max = 1;
    let base = options.base_overrides["jobs"].clone();
    options.base_overrides.insert("neighbour".to_owned(), base);
    options.base_overrides.insert("elsewhere".to_owned(), format!("http://elsewhere.localhost:{}", server.port));
    let web = web(options, &clock);
    let busy = web.get(&policy(), &ask("http://jobs.example.kr/busy"), None, &budget(&clock)).await.unwrap();
    assert_eq!((busy.status, clock.slept_secs()), (429, 0.0));
    let elsewhere = Policy { source: "elsewhere".to_owned(), ..policy() };
    web.get(&elsewhere, &ask(URL), None, &budget(&clock)).await.unwrap();
    assert_eq!(clock.slept_secs(), 0.0, "another host is not concerned");
    let neighbour = Policy { source: "neighbour".to_owned(), ..policy() };
    web.get(&neighbour, &ask(URL), None, &budget(&clock)).await.unwrap();
    assert_eq!(clock.slept_ms(), [60_000]);
}

#[tokio::test]
async fn a_wait_beyond_the_runs_end_is_put_off_and_survives_a_restart() {
    let server = Server::saying(http(429, &[("retry-after", "7200")], "")).await;
    let clock = FakeClock::new();
    let web_before = web(options(&server), &clock);
    let error = web_before.get(&policy(), &ask(URL), None, &budget(&clock)).await.unwrap_err();
    let until = clock.now() + TimeDelta::hours(2);
    assert!(matches!(&error, FetchError::Deferred { until: at, .. } if *at == until), "{error}");
    assert_eq!(error.retry(), Retry::After(Duration::from_secs(7200)));
    assert_eq!((server.seen().len(), clock.slept_secs()), (1, 0.0));

    // Through JSON, as the store keeps it.
    let state = serde_json::to_string(&web_before.state()).unwrap();
    let web_after = web(options(&server), &clock);
    web_after.restore(&serde_json::from_str(&state).unwrap());
    let error = web_after.get(&policy(), &ask(URL), None, &budget(&clock)).await.unwrap_err();
    assert_eq!((error.kind(), server.seen().len()), ("deferred", 1));
    clock.advance(Duration::from_secs(7200));
    let _ = web_after.get(&policy(), &ask(URL), None, &budget(&clock)).await;
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn failures_are_asked_again_with_growing_full_jitter() {
    let server = Server::start(|_, before| match before {
        0 => Reply::Send(http(500, &[], "")),
        1 => Reply::Cut(Vec::new()),
        2 => Reply::Send(http(429, &[], "")),
        _ => Reply::Send(ok("page")),
    })
    .await;
    let clock = FakeClock::new();
    let budget = budget(&clock);
    let fetched = web(options(&server), &clock).get(&policy(), &ask(URL), None, &budget).await.unwrap();
    assert_eq!((fetched.status, fetched.attempts, budget.retries_left()), (200, 4, 17));
    let slept = clock.slept_ms();
    assert_eq!(slept.len(), 3);
    for (wait, span) in slept.iter().zip([500, 1000, 2000]) {
        assert!(*wait <= span, "{slept:?}");
    }
}

#[tokio::test]
async fn a_failure_that_stays_is_given_back_as_it_is() {
    let server = Server::saying(http(502, &[], "bad gateway")).await;
    let clock = FakeClock::new();
    let fetched = web(options(&server), &clock).get(&policy(), &ask(URL), None, &budget(&clock)).await.unwrap();
    assert_eq!((fetched.status, fetched.attempts, server.seen().len()), (502, 4, 4));
    assert_eq!(&fetched.body[..], b"bad gateway");
}

#[tokio::test]
async fn repeats_come_out_of_one_budget_for_the_whole_run() {
    let server = Server::saying(http(500, &[], "")).await;
    let clock = FakeClock::new();
    let web = web(options(&server), &clock);
    let budget = Budget::new(clock.now() + TimeDelta::hours(1), 4, CancellationToken::new());
    let mut attempts = Vec::new();
    for _ in 0..3 {
        attempts.push(web.get(&policy(), &ask(URL), None, &budget).await.unwrap().attempts);
    }
    assert_eq!(attempts, [4, 2, 1]);
}

#[tokio::test]
async fn nothing_is_repeated_after_the_deadline() {
    let server = Server::saying(http(500, &[], "")).await;
    let clock = FakeClock::new();
    let mut options = options(&server);
    options.retry.attempts_max = 1000;
    options.breaker.failures = 1000;
    let web = web(options, &clock);
    let budget = Budget::new(clock.now() + TimeDelta::minutes(10), 1000, CancellationToken::new());
    let fetched = web.get(&policy(), &ask(URL), None, &budget).await.unwrap();
    assert_eq!(fetched.status, 500);
    assert!(clock.now() <= budget.deadline);
    assert!(fetched.attempts > 5 && fetched.attempts < 500, "{}", fetched.attempts);
}

#[tokio::test]
async fn a_cancelled_run_ends_in_the_middle_of_a_request() {
    let server = Server::start(|_, _| Reply::Stall(Vec::new())).await;
    let clock = FakeClock::new();
    let web = web(options(&server), &clock);
    let budget = budget(&clock);
    let cancelled = budget.cancelled.clone();
    let (policy, url) = (policy(), ask(URL));
    let (result, ()) = tokio::join!(web.get(&policy, &url, None, &budget), async {
        while server.seen().is_empty() {
            tokio::task::yield_now().await;
        }
        cancelled.cancel();
    });
    assert_eq!(result.unwrap_err(), FetchError::Cancelled);
}

#[tokio::test]
async fn the_breaker_leaves_a_failing_host_alone_then_one_probe_decides() {
    let healthy = Arc::new(AtomicBool::new(false));
    let server = Server::start({
        let healthy = Arc::clone(&healthy);
        move |_, _| Reply::Send(if healthy.load(Ordering::SeqCst) { ok("page") } else { http(500, &[], "") })
    })
    .await;
    let clock = FakeClock::new();
    let mut options = options(&server);
    options.retry.attempts_max = 1;
    options.breaker.failures = 3;
    let web = web(options, &clock);
    let soon = || Budget::new(clock.now() + TimeDelta::seconds(5), 20, CancellationToken::new());
    for _ in 0..3 {
        assert_eq!(web.get(&policy(), &ask(URL), None, &soon()).await.unwrap().status, 500);
    }
    let error = web.get(&policy(), &ask(URL), None, &soon()).await.unwrap_err();
    assert_eq!((error.kind(), error.retry()), ("breaker_open", Retry::After(Duration::from_secs(30))));
    assert_eq!(server.seen().len(), 3, "nothing was sent");

    clock.advance(Duration::from_secs(30));
    assert_eq!(web.get(&policy(), &ask(URL), None, &soon()).await.unwrap().status, 500, "the probe");
    let error = web.get(&policy(), &ask(URL), None, &soon()).await.unwrap_err();
    assert_eq!(error.retry(), Retry::After(Duration::from_secs(60)), "twice as long");

    healthy.store(true, Ordering::SeqCst);
    // A run with time left waits for the probe, out of its repeats.
    let patient = budget(&clock);
    assert_eq!(web.get(&policy(), &ask(URL), None, &patient).await.unwrap().status, 200);
    assert_eq!((clock.slept_ms(), patient.retries_left()), (vec![60_000], 19));
    for _ in 0..5 {
        web.get(&policy(), &ask(URL), None, &soon()).await.unwrap();
    }
}

#[tokio::test]
async fn one_hosts_failure_never_touches_another() {
    let server = Server::start(|seen, _| {
        let bad = seen.header("host").unwrap().starts_with("jobs.");
        Reply::Send(if bad { http(500, &[], "") } else { ok("page") })
    })
    .await;
    let clock = FakeClock::new();
    let mut options = options(&server);
    options.retry.attempts_max = 1;
    options.breaker.failures = 1;
    options.base_overrides.insert("other".to_owned(), format!("http://other.localhost:{}", server.port));
    let web = web(options, &clock);
    let none = Budget::new(clock.now(), 0, CancellationToken::new());
    web.get(&policy(), &ask(URL), None, &none).await.unwrap();
    assert_eq!(web.get(&policy(), &ask(URL), None, &none).await.unwrap_err().kind(), "breaker_open");
    let other = Policy { source: "other".to_owned(), ..policy() };
    assert_eq!(web.get(&other, &ask(URL), None, &none).await.unwrap().status, 200);
}

#[tokio::test]
async fn answers_and_requests_to_wait_do_not_open_the_breaker() {
    for response in [http(404, &[], ""), http(429, &[], ""), http(503, &[("retry-after", "1")], "")] {
        let server = Server::saying(response).await;
        let clock = FakeClock::new();
        let mut options = options(&server);
        options.retry.attempts_max = 1;
        options.breaker.failures = 2;
        let web = web(options, &clock);
        for _ in 0..6 {
            web.get(&policy(), &ask(URL), None, &budget(&clock)).await.unwrap();
        }
        assert_eq!(server.seen().len(), 6);
        // A breaker that opened would be waited for, for 30 s.
        assert!(clock.slept_secs() <= 5.0, "{:?}", clock.slept_ms());
    }
}
