//! One fetch is bounded in bytes, decoded bytes, headers and seconds (R15).

use super::server::{Reply, Server, gzip, http, ok};
use super::*;
use crate::web::{FetchError, Limits, Retry};

/// One attempt under `limits` at a server with `reply`.
async fn fetch(limits: Limits, reply: impl Fn() -> Reply + Send + Sync + 'static) -> Result<usize, FetchError> {
    let server = Server::start(move |_, _| reply()).await;
    let clock = FakeClock::new();
    let mut options = WebOptions { limits, ..options(&server) };
    options.retry.attempts_max = 1;
    let web = web(options, &clock);
    let fetched = web.get(&policy(), &ask("http://jobs.example.kr/"), None, &budget(&clock)).await?;
    Ok(fetched.body.len())
}

fn limit_of(result: Result<usize, FetchError>) -> String {
    match result {
        Ok(bytes) => format!("ok {bytes}"),
        Err(FetchError::Limit { limit, .. }) => limit.to_owned(),
        Err(error) => error.kind().to_owned(),
    }
}

fn chunked(body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n", body.len());
    [head.as_bytes(), body, b"\r\n0\r\n\r\n"].concat()
}

#[tokio::test]
async fn a_body_is_bounded_whether_it_says_its_length_or_not() {
    let limits = || Limits { body_bytes_max: 1000, ..Limits::default() };
    for (bytes, expected) in [(1000, "ok 1000"), (1001, "body_bytes_max")] {
        assert_eq!(limit_of(fetch(limits(), move || Reply::Send(ok(vec![b'x'; bytes]))).await), expected);
        assert_eq!(limit_of(fetch(limits(), move || Reply::Send(chunked(&vec![b'x'; bytes]))).await), expected);
    }
    // An announced length is enough; the bytes need not come.
    let head = || b"HTTP/1.1 200 X\r\ncontent-length: 99999999999\r\n\r\n".to_vec();
    assert_eq!(limit_of(fetch(Limits::default(), move || Reply::Stall(head())).await), "body_bytes_max");
}

#[tokio::test]
async fn a_bomb_of_512_mib_costs_less_than_100_mb_and_names_the_limit() {
    let member = gzip(&vec![0; 16 << 20]);
    let bomb = http(200, &[("content-encoding", "gzip")], member.repeat(32));
    let before = peak_memory();
    let result = fetch(Limits::default(), move || Reply::Send(bomb.clone())).await;
    let Err(error @ FetchError::Limit { limit: "decoded_ratio_max", .. }) = result else { panic!("{result:?}") };
    assert_eq!(error.retry(), Retry::Never);
    assert!(error.to_string().contains("decoded_ratio_max = 10"), "{error}");
    let spent = peak_memory().saturating_sub(before);
    assert!(spent < 100 << 20, "{} MiB", spent >> 20);
}

/// Peak resident bytes of this process; 0 where the system does not say.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0");
    line.split_whitespace().next().and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) << 10
}

#[tokio::test]
async fn decoded_bytes_have_a_cap_of_their_own() {
    let packed = |bytes: usize| http(200, &[("content-encoding", "gzip")], gzip(&vec![b'x'; bytes]));
    let limits = || Limits { decoded_bytes_max: 100_000, ..Limits::default() };
    assert_eq!(limit_of(fetch(limits(), move || Reply::Send(packed(100_000))).await), "ok 100000");
    assert_eq!(limit_of(fetch(limits(), move || Reply::Send(packed(100_001))).await), "decoded_bytes_max");
    // The ratio counts only for bodies that are large.
    let limits = || Limits { decoded_ratio_from_bytes: 50_000, ..Limits::default() };
    assert_eq!(limit_of(fetch(limits(), move || Reply::Send(packed(50_000))).await), "ok 50000");
    assert_eq!(limit_of(fetch(limits(), move || Reply::Send(packed(50_001))).await), "decoded_ratio_max");
}

#[tokio::test]
async fn headers_are_bounded() {
    let long = "x".repeat(70 << 10);
    let result = fetch(Limits::default(), move || Reply::Send(http(200, &[("x-long", &long)], ""))).await;
    assert_eq!(limit_of(result), "header_bytes_max");
}

#[tokio::test]
async fn a_body_that_drips_fails_with_the_speed_named() {
    let limits = Limits { bytes_per_sec_min: 100_000, slow_secs: 0.05, ..Limits::default() };
    let head = b"HTTP/1.1 200 X\r\ncontent-length: 1000000\r\n\r\n".to_vec();
    let result = fetch(limits, move || Reply::Drip(head.clone(), vec![b'x'; 10], Duration::from_millis(5))).await;
    let Err(error) = result else { panic!("{result:?}") };
    assert!(error.to_string().contains("bytes_per_sec_min = 100000"), "{error}");
    assert_eq!(error.retry(), Retry::Backoff);
}

#[tokio::test]
async fn silence_fails_with_what_was_waited_for() {
    let limits = Limits { body_secs: 0.05, slow_secs: 0.05, ..Limits::default() };
    let head = b"HTTP/1.1 200 X\r\ncontent-length: 10\r\n\r\n12345".to_vec();
    let started = std::time::Instant::now();
    let error = fetch(limits, move || Reply::Stall(head.clone())).await.unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    assert!(matches!(error, FetchError::Timeout { stage: "send its body", limit_ms: 50, .. }), "{error}");
    let limits = Limits { connect_secs: 0.03, answer_secs: 0.03, ..Limits::default() };
    let error = fetch(limits, || Reply::Stall(Vec::new())).await.unwrap_err();
    assert!(matches!(error, FetchError::Timeout { stage: "answer", .. }), "{error}");
}

#[tokio::test]
async fn a_cut_body_is_an_error_and_the_page_is_asked_again() {
    let whole = gzip("채용".repeat(500).as_bytes());
    let gzip_head = [("content-encoding", "gzip")];
    let cuts = [
        b"HTTP/1.1 200 X\r\ncontent-length: 100\r\n\r\nhalf".to_vec(),
        b"HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n64\r\nhalf".to_vec(),
        b"HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n".to_vec(),
        // The transport is whole, its content is not.
        http(200, &gzip_head, &whole[..whole.len() - 9]),
    ];
    for cut in cuts {
        let sent = cut.clone();
        let error = fetch(Limits::default(), move || Reply::Cut(sent.clone())).await.unwrap_err();
        assert_eq!((error.kind(), error.retry()), ("truncated", Retry::Backoff), "{error}");

        let server = Server::start(move |_, before| match before {
            0 => Reply::Cut(cut.clone()),
            _ => Reply::Send(ok("whole")),
        })
        .await;
        let clock = FakeClock::new();
        let web = web(options(&server), &clock);
        let fetched = web.get(&policy(), &ask("http://jobs.example.kr/"), None, &budget(&clock)).await.unwrap();
        assert_eq!((&fetched.body[..], fetched.attempts), (&b"whole"[..], 2));
    }
}

#[tokio::test]
async fn what_is_not_gzip_although_it_says_so_is_an_error() {
    let garbage = || http(200, &[("content-encoding", "gzip")], "<html>");
    let error = fetch(Limits::default(), move || Reply::Send(garbage())).await.unwrap_err();
    assert!(matches!(error.kind(), "encoding" | "truncated"), "{error}");
}

#[tokio::test]
async fn nobody_there_is_an_error_of_the_connection() {
    let server = Server::saying(ok("")).await;
    let mut options = options(&server);
    options.retry.attempts_max = 2;
    // A port that was free a moment ago.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    options.base_overrides.insert("jobs".to_owned(), format!("http://jobs.localhost:{free}"));
    let clock = FakeClock::new();
    let budget = budget(&clock);
    let error = web(options, &clock).get(&policy(), &ask("http://jobs.example.kr/"), None, &budget).await.unwrap_err();
    assert_eq!((error.kind(), error.retry(), budget.retries_left()), ("connect", Retry::Backoff, 19));
    assert!(error.to_string().contains(&format!("jobs.localhost:{free}")), "{error}");
}
