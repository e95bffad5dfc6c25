//! How fast, how often, how many at once (R18).

use super::server::{Reply, Server, http, ok};
use super::*;
use crate::web::pace::{Pace, interval_of, registrable_domain};
use crate::web::{FetchError, Retry};

const URL: &str = "http://jobs.example.kr/list";

/// Seconds that pass, on the clock, while `count` pages are fetched.
async fn seconds_for(count: usize, policy: &Policy, options: WebOptions) -> f64 {
    let clock = FakeClock::new();
    let web = web(options, &clock);
    for _ in 0..count {
        web.get(policy, &ask(URL), None, &budget(&clock)).await.unwrap();
    }
    clock.slept_secs()
}

#[tokio::test]
async fn pace_is_a_second_by_default_and_the_contracts_where_there_is_one() {
    let server = Server::saying(ok("")).await;
    for (per_second, factor, expected) in [
        (0.0, 1.0, 10.0),
        (f64::NAN, 1.0, 10.0),
        (2.0, 1.0, 5.0),
        (0.5, 1.0, 20.0),
        (0.0, 100.0, 0.09),
        (0.5, 1e9, 0.0),
    ] {
        let policy = Policy { per_second, ..policy() };
        let options = WebOptions { pace_factor: factor, ..options(&server) };
        let took = seconds_for(11, &policy, options).await;
        assert!((took - expected).abs() < 0.005, "{per_second}/s × {factor}: {took} s");
    }
}

#[tokio::test]
async fn hosts_of_one_registrable_domain_are_paced_together() {
    let server = Server::saying(ok("")).await;
    let clock = FakeClock::new();
    let pace = Pace::new(Arc::clone(&clock) as Arc<dyn WebClock>, 1.0);
    let second = Duration::from_secs(1);
    let key = |host: &str| Arc::<str>::from(registrable_domain(host));
    assert!(pace.claim(&key("www.example.co.kr"), second).is_ok());
    assert!(pace.claim(&key("m.example.co.kr"), second).is_err());
    assert!(pace.claim(&key("other.co.kr"), second).is_ok());
    clock.advance(second);
    assert!(pace.claim(&key("m.example.co.kr"), second).is_ok());

    // And through the whole web: two sources without a rate at one host share its second.
    let mut options = options(&server);
    options.base_overrides.insert("b".to_owned(), options.base_overrides["jobs"].clone());
    let web = web(options, &clock);
    for source in ["jobs", "b", "jobs", "b"] {
        let policy = Policy { source: source.to_owned(), per_second: 0.0, ..policy() };
        web.get(&policy, &ask(URL), None, &budget(&clock)).await.unwrap();
    }
    assert!((clock.slept_secs() - 3.0).abs() < 0.01, "{:?}", clock.slept_ms());
}

#[tokio::test]
async fn sources_on_two_hosts_of_one_domain_share_its_second() {
    let server = Server::saying(ok("")).await;
    let clock = FakeClock::new();
    let mut options = options(&server);
    for name in ["a", "b"] {
        let base = format!("http://{name}.site.localhost:{}", server.port);
        options.base_overrides.insert(name.to_owned(), base);
    }
    let web = web(options, &clock);
    for source in ["a", "b", "jobs"] {
        let policy = Policy { source: source.to_owned(), per_second: 0.0, ..policy() };
        web.get(&policy, &ask(URL), None, &budget(&clock)).await.unwrap();
    }
    assert!((clock.slept_secs() - 1.0).abs() < 0.01, "{:?}", clock.slept_ms());
}

#[test]
fn registrable_domains_know_koreas_zones() {
    for (host, expected) in [
        ("www.work24.go.kr", "work24.go.kr"),
        ("work24.go.kr", "work24.go.kr"),
        ("a.b.saramin.co.kr", "saramin.co.kr"),
        ("job.seoul.go.kr", "seoul.go.kr"),
        ("www.site.seoul.kr", "site.seoul.kr"),
        ("www.naver.kr", "naver.kr"),
        ("boards.greenhouse.io", "greenhouse.io"),
        ("www.example.co.uk", "example.co.uk"),
        ("www.wanted.com", "wanted.com"),
        ("saramin.localhost", "saramin.localhost"),
        ("localhost", "localhost"),
        ("kr", "kr"),
        ("", ""),
        ("203.0.113.7", "203.0.113.7"),
        ("[2001:db8::1]", "[2001:db8::1]"),
    ] {
        assert_eq!(registrable_domain(host), expected, "{host}");
    }
}

#[tokio::test]
async fn a_redirect_costs_its_pace_and_its_place_in_the_quota() {
    let server = Server::start(|seen, _| match seen.path.as_str() {
        "/list" => Reply::Send(http(302, &[("location", "/moved")], "")),
        _ => Reply::Send(ok("")),
    })
    .await;
    let policy = Policy { per_second: 1.0, ..policy() };
    let clock = FakeClock::new();
    let web = web(options(&server), &clock);
    for _ in 0..2 {
        web.get(&policy, &ask(URL), None, &budget(&clock)).await.unwrap();
    }
    assert!((clock.slept_secs() - 3.0).abs() < 0.01, "{:?}", clock.slept_ms());
    assert_eq!(web.usage()[0].2, 4);
}

#[tokio::test]
async fn a_pause_longer_than_the_run_is_not_slept_through() {
    let server = Server::saying(ok("")).await;
    let clock = FakeClock::new();
    let web = web(options(&server), &clock);
    let policy = Policy { per_second: 1.0 / 7200.0, ..policy() };
    web.get(&policy, &ask(URL), None, &budget(&clock)).await.unwrap();
    let error = web.get(&policy, &ask(URL), None, &budget(&clock)).await.unwrap_err();
    assert!(matches!(error.retry(), Retry::After(wait) if wait.as_secs() == 7200), "{error}");
}

#[tokio::test]
async fn a_days_quota_ends_at_midnight_in_korea_and_survives_a_restart() {
    let server = Server::saying(ok("")).await;
    let clock = FakeClock::new();
    let policy = Policy { per_day: Some(3), ..policy() };
    let before = web(options(&server), &clock);
    for _ in 0..2 {
        before.get(&policy, &ask(URL), None, &budget(&clock)).await.unwrap();
    }
    let after = web(options(&server), &clock);
    after.restore(&before.state());
    after.get(&policy, &ask(URL), None, &budget(&clock)).await.unwrap();
    let error = after.get(&policy, &ask(URL), None, &budget(&clock)).await.unwrap_err();
    // 09:00 to 24:00 in Korea.
    assert_eq!((error.kind(), error.retry()), ("quota", Retry::After(Duration::from_secs(15 * 3600))));
    assert_eq!(server.seen().len(), 3);
    let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
    assert_eq!(after.usage(), [("jobs".to_owned(), day, 3)]);

    clock.advance(Duration::from_secs(15 * 3600 - 1));
    assert!(after.get(&policy, &ask(URL), None, &budget(&clock)).await.is_err());
    clock.advance(Duration::from_secs(1));
    after.get(&policy, &ask(URL), None, &budget(&clock)).await.unwrap();
    assert_eq!(after.usage()[0].2, 1);
}

#[tokio::test]
async fn a_stepped_wall_clock_changes_neither_pace_nor_quota() {
    let server = Server::saying(ok("")).await;
    let clock = FakeClock::new();
    let web = web(options(&server), &clock);
    let policy = Policy { per_second: 1.0, per_day: Some(2), ..policy() };
    web.get(&policy, &ask(URL), None, &budget(&clock)).await.unwrap();
    clock.step(TimeDelta::days(-3));
    web.get(&policy, &ask(URL), None, &budget(&clock)).await.unwrap();
    assert!((clock.slept_secs() - 1.0).abs() < 0.01, "{:?}", clock.slept_ms());
    let error = web.get(&policy, &ask(URL), None, &budget(&clock)).await.unwrap_err();
    assert!(matches!(error, FetchError::Quota { .. }), "a day that was counted is not begun again: {error}");
}

#[tokio::test]
async fn no_more_requests_of_a_source_are_under_way_than_it_allows() {
    // Each is held open by the server: what it has seen is what is under way.
    let server = Server::start(|seen, _| match seen.path.as_str() {
        "/slow" => Reply::Stall(Vec::new()),
        _ => Reply::Send(ok("")),
    })
    .await;
    let clock = FakeClock::new();
    let web = web(options(&server), &clock);
    let (policy, slow, budget_of_ten) =
        (Policy { concurrent: 3, ..policy() }, ask("http://jobs.example.kr/slow"), budget(&clock));
    let ten = futures_util::future::join_all((0..10).map(|_| web.get(&policy, &slow, None, &budget_of_ten)));
    let (results, peak) = tokio::join!(ten, async {
        while server.seen().len() < 3 {
            tokio::task::yield_now().await;
        }
        // A fourth would be sent within this many turns of the runtime.
        for _ in 0..2_000 {
            tokio::task::yield_now().await;
        }
        let peak = server.seen().len();
        budget_of_ten.cancelled.cancel();
        peak
    });
    assert!(results.iter().all(|result| result.as_ref().unwrap_err() == &FetchError::Cancelled));
    assert_eq!(peak, 3);
    // Their places are free again.
    web.get(&policy, &ask(URL), None, &budget(&clock)).await.unwrap();
}

#[tokio::test]
async fn keys_and_hosts_that_are_as_good_as_new_are_forgotten() {
    let server = Server::saying(ok("")).await;
    let clock = FakeClock::new();
    let pace = Pace::new(Arc::clone(&clock) as Arc<dyn WebClock>, 1.0);
    for n in 0..1000 {
        pace.claim(&Arc::from(format!("host {n}")), interval_of(0.1).unwrap()).unwrap();
    }
    assert_eq!(pace.keys(), 1000);
    clock.advance(Duration::from_secs(60));
    pace.claim(&Arc::from("host 1"), interval_of(0.1).unwrap()).unwrap();
    pace.retain_recent();
    assert_eq!(pace.keys(), 1);

    let web = web(options(&server), &clock);
    web.get(&policy(), &ask(URL), None, &budget(&clock)).await.unwrap();
    web.retain_recent();
    assert_eq!(web.hosts_known(), 1);
    clock.advance(Duration::from_secs(25 * 3600));
    web.retain_recent();
    assert_eq!(web.hosts_known(), 0);
}
