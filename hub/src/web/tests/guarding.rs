//! Where requests may not go, and what may not go along.

use adapters::Method;
use secrecy::SecretString;

use super::server::{Reply, Server, http, ok};
use super::*;
use crate::web::{Retry, Validators};

/// Two hosts of one source on two servers, told apart by port; no base.
fn two_hosts(a: &Server, b: &Server) -> (Policy, WebOptions) {
    let hosts = vec![format!("a.localhost:{}", a.port), format!("b.localhost:{}", b.port)];
    (Policy { hosts, ..policy() }, WebOptions { base_overrides: HashMap::new(), ..options(a) })
}

#[tokio::test]
async fn a_redirect_to_an_internal_address_is_refused() {
    for to in [
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://169.254.169.254/latest/meta-data",
        "http://localhost/",
        "http://internal.localhost/",
        "http://10.0.0.1/",
        "//192.168.0.1/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "http://user:pw@jobs.example.kr/",
        "http://evil.example/",
    ] {
        // The portal itself is reached through its base; the hop is judged without that.
        let server = Server::start(move |_, before| match before {
            0 => Reply::Send(http(302, &[("location", to)], "")),
            _ => Reply::Send(ok("secret")),
        })
        .await;
        let clock = FakeClock::new();
        let error = web(options(&server), &clock)
            .get(&policy(), &ask("http://jobs.example.kr/"), None, &budget(&clock))
            .await
            .unwrap_err();
        assert_eq!((error.kind(), error.retry()), ("address", Retry::Never), "{to}");
        assert_eq!(server.seen().len(), 1, "{to}");
    }
}

#[tokio::test]
async fn without_leave_no_name_leads_to_a_private_address() {
    let server = Server::saying(ok("secret")).await;
    let clock = FakeClock::new();
    for host in ["jobs.localhost".to_owned(), "localhost".to_owned(), "127.0.0.1".to_owned(), "[::1]".to_owned()] {
        let options = WebOptions { allow_private: false, base_overrides: HashMap::new(), ..options(&server) };
        // Even when its manifest names it.
        let policy = Policy { hosts: vec![host.clone()], ..policy() };
        let url = format!("http://{host}:{}/", server.port);
        let error = web(options, &clock).get(&policy, &ask(&url), None, &budget(&clock)).await.unwrap_err();
        assert_eq!(error.kind(), "address", "{host}: {error}");
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_name_that_leads_to_a_private_address_is_refused_when_it_is_resolved() {
    // Names that hosts files give to the machine itself; the guard on names does not know them.
    let own = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let mut tried = 0;
    for name in ["ip6-localhost", "ip6-loopback", own.trim()] {
        let Ok(mut found) = tokio::net::lookup_host((name, 0)).await else { continue };
        if !found.all(|at| crate::web::guard::check_ip(at.ip(), false).is_err()) {
            continue;
        }
        tried += 1;
        let clock = FakeClock::new();
        let options = WebOptions { allow_private: false, ..WebOptions::default() };
        let policy = Policy { hosts: vec![name.to_owned()], ..policy() };
        let url = ask(&format!("http://{name}/"));
        let error = web(options, &clock).get(&policy, &url, None, &budget(&clock)).await.unwrap_err();
        assert_eq!(error.kind(), "address", "{error}");
        assert!(error.to_string().contains("not a public address"), "{error}");
    }
    if tried == 0 {
        println!("skipped: this machine's hosts file names no private address");
    }
}

#[tokio::test]
async fn a_source_is_asked_only_at_its_own_hosts() {
    let server = Server::saying(ok("")).await;
    let clock = FakeClock::new();
    let web = web(options(&server), &clock);
    for url in ["http://other.example.kr/", "ftp://jobs.example.kr/", "http://jobs.example.kr.evil.example/"] {
        let error = web.get(&policy(), &ask(url), None, &budget(&clock)).await.unwrap_err();
        assert_eq!(error.kind(), "address", "{url}");
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn five_redirects_are_followed_and_the_sixth_is_not() {
    for (length, expected) in [(5, Ok("/5")), (6, Err("redirect"))] {
        let server = Server::start(move |seen, _| {
            let at: usize = seen.path[1..].parse().unwrap();
            let next = format!("/{}", at + 1);
            Reply::Send(if at == length { ok("end") } else { http(302, &[("location", &next)], "") })
        })
        .await;
        let clock = FakeClock::new();
        let got =
            web(options(&server), &clock).get(&policy(), &ask("http://jobs.example.kr/0"), None, &budget(&clock)).await;
        let got = got.map(|fetched| fetched.final_url).map_err(|error| error.kind());
        assert_eq!(got, expected.map(|path| format!("http://jobs.example.kr{path}")));
    }
}

#[tokio::test]
async fn credentials_do_not_cross_to_another_host() {
    let b = Server::saying(ok("b")).await;
    let to = format!("http://b.localhost:{}/", b.port);
    let a = Server::start(move |seen, _| {
        Reply::Send(match seen.path.as_str() {
            "/start" => http(302, &[("location", "/same")], ""),
            _ => http(302, &[("location", &to)], ""),
        })
    })
    .await;
    let (mut policy, options) = two_hosts(&a, &b);
    policy.secrets.insert("key".to_owned(), SecretString::from("k-1"));
    let clock = FakeClock::new();
    let mut ask = ask(&format!("http://a.localhost:{}/start", a.port));
    for (name, value) in
        [("X-Key", "{secret.key}"), ("Authorization", "Basic eA=="), ("Cookie", "s=1"), ("Accept", "text/html")]
    {
        ask.headers.push((name.to_owned(), value.to_owned()));
    }
    let fetched = web(options, &clock).get(&policy, &ask, None, &budget(&clock)).await.unwrap();
    assert_eq!(&fetched.body[..], b"b");
    let kept = |seen: &super::server::Seen| {
        ["x-key", "authorization", "cookie", "accept"].map(|name| seen.header(name).is_some())
    };
    assert_eq!(kept(&a.seen()[0]), [true; 4]);
    assert_eq!(kept(&a.seen()[1]), [true; 4], "the same host may see them");
    assert_eq!(kept(&b.seen()[0]), [false, false, false, true]);
}

#[tokio::test]
async fn validators_belong_to_the_host_that_gave_them() {
    let b = Server::saying(ok("b")).await;
    let to = format!("http://b.localhost:{}/", b.port);
    let a = Server::start(move |_, _| Reply::Send(http(302, &[("location", &to)], ""))).await;
    let (policy, options) = two_hosts(&a, &b);
    let clock = FakeClock::new();
    let known = Validators { etag: Some("\"1\"".to_owned()), last_modified: None };
    let url = ask(&format!("http://a.localhost:{}/", a.port));
    web(options, &clock).get(&policy, &url, Some(&known), &budget(&clock)).await.unwrap();
    assert_eq!(a.seen()[0].header("if-none-match").as_deref(), Some("\"1\""));
    assert_eq!(b.seen()[0].header("if-none-match"), None);
}

#[tokio::test]
async fn a_body_with_a_secret_does_not_cross_and_a_303_drops_it() {
    for (status, expected) in [(307, Err("redirect")), (308, Err("redirect")), (303, Ok("GET")), (302, Ok("GET"))] {
        let b = Server::saying(ok("b")).await;
        let to = format!("http://b.localhost:{}/", b.port);
        let a = Server::start(move |_, _| Reply::Send(http(status, &[("location", &to)], ""))).await;
        let (mut policy, options) = two_hosts(&a, &b);
        policy.secrets.insert("key".to_owned(), SecretString::from("k-1"));
        let clock = FakeClock::new();
        let mut ask = ask(&format!("http://a.localhost:{}/", a.port));
        ask.method = Method::Post;
        ask.body = Some("key={secret.key}".to_owned());
        let got = web(options, &clock).get(&policy, &ask, None, &budget(&clock)).await;
        let got = got.map(|_| b.seen()[0].method.clone()).map_err(|error| error.kind());
        assert_eq!(got, expected.map(str::to_owned), "{status}");
        assert!(b.seen().iter().all(|seen| seen.body.is_empty()), "{status}");
    }
}

#[tokio::test]
async fn a_redirect_in_raw_euc_kr_is_followed_byte_by_byte() {
    let server = Server::start(|_, before| match before {
        0 => Reply::Send([&b"HTTP/1.1 302 X\r\nlocation: /\xc3\xa4\xbf\xeb\r\ncontent-length: 0\r\n\r\n"[..]].concat()),
        _ => Reply::Send(ok("")),
    })
    .await;
    let clock = FakeClock::new();
    let web = web(options(&server), &clock);
    web.get(&policy(), &ask("http://jobs.example.kr/"), None, &budget(&clock)).await.unwrap();
    assert_eq!(server.paths(), ["/", "/%C3%A4%BF%EB"]);
}
