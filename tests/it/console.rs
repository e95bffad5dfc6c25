//! The console from outside, as a browser without scripts sees it: logins, sessions, tokens, headers.

use http::{Request, StatusCode, header};
use hub::people::{Actor, Role, account};
use hub::world::World;
use tower::ServiceExt as _;

use crate::harness::{Stage, block_on, on_both, settings};

/// A browser: remembers cookies, follows nothing.
pub struct Browser {
    router: axum::Router,
    pub cookies: Vec<(String, String)>,
}

/// An answer.
pub struct Seen {
    pub status: StatusCode,
    pub headers: http::HeaderMap,
    pub text: String,
}

impl Seen {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }
}

pub const PASSWORD: &str = "correct horse battery";

/// Adds a person with a role; the password is [`PASSWORD`].
pub async fn person(world: &World, name: &str, roles: &[Role]) {
    let by = Actor::new("cli:test", vec![Role::Admin]);
    account::add(world, &by, name, name, roles, Some(PASSWORD.into())).await.unwrap();
}

impl Browser {
    pub fn of(world: &World) -> Browser {
        let router = hub::api::router(world.clone()).merge(hub::console::router(world.clone()));
        Browser { router, cookies: Vec::new() }
    }

    pub async fn send(&mut self, mut request: Request<axum::body::Body>) -> Seen {
        if !self.cookies.is_empty() {
            let line: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
            request.headers_mut().insert(header::COOKIE, line.join("; ").parse().unwrap());
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        for value in response.headers().get_all(header::SET_COOKIE) {
            let (name, rest) = value.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            self.cookies.retain(|(k, _)| k != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Seen { status: parts.status, headers: parts.headers, text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    pub async fn get(&mut self, path: &str) -> Seen {
        self.send(Request::get(path).body(axum::body::Body::empty()).unwrap()).await
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Seen {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(body.into()).unwrap()).await
    }

    /// The token of the forms of a page.
    pub async fn token(&mut self, path: &str) -> String {
        let page = self.get(path).await.text;
        let at = page.find(r#"name="csrf" value=""#).unwrap_or_else(|| panic!("no form on {path}: {page}"));
        page[at + 19..].split('"').next().unwrap().to_owned()
    }

    /// As [`post`](Self::post), with the token of the help page.
    pub async fn act(&mut self, path: &str, fields: &[(&str, &str)]) -> Seen {
        let token = self.token("/ko/help").await;
        let mut all = vec![("csrf", token.as_str())];
        all.extend_from_slice(fields);
        self.post(path, &all).await
    }

    pub async fn log_in(&mut self, name: &str) -> Seen {
        let token = self.token("/ko/login").await;
        self.post("/ko/login", &[("csrf", &token), ("name", name), ("password", PASSWORD)]).await
    }
}

/// A hub without sources that answer, and a browser.
pub async fn stage(store: &str) -> Stage {
    let clock = hub::world::SetClock::at(hub::world::seoul_instant("2026-11-23".parse().unwrap(), 9));
    Stage::at(settings(store, 9), clock).await
}

#[test]
fn a_person_comes_in_and_leaves_and_nobody_else_does() {
    on_both("a_person_comes_in_and_leaves_and_nobody_else_does", |store| async move {
        let stage = stage(&store).await;
        person(&stage.world, "haneul", &[Role::Viewer]).await;
        let mut browser = Browser::of(&stage.world);
        let seen = browser.get("/ko/settings?x=1").await;
        assert_eq!(
            (seen.status, seen.header("location")),
            (StatusCode::SEE_OTHER, "/ko/login?onward=%2Fsettings%3Fx%3D1")
        );
        for (name, password) in [("haneul", "wrong password"), ("nobody", PASSWORD), ("", "")] {
            let token = browser.token("/ko/login").await;
            let seen = browser.post("/ko/login", &[("csrf", &token), ("name", name), ("password", password)]).await;
            assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
            assert!(seen.text.contains("로그인하지 못했습니다"));
        }
        let seen = browser.log_in("haneul").await;
        assert_eq!((seen.status, seen.header("location")), (StatusCode::SEE_OTHER, "/ko/home"), "{}", seen.text);
        let cookie = seen.header("set-cookie").to_owned();
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && !cookie.contains("Secure"),
            "{cookie}"
        );
        assert!(browser.get("/ko/help").await.text.contains("haneul"));
        let held = browser.cookies.clone();
        assert_eq!(browser.act("/ko/logout", &[]).await.header("location"), "/ko/login?done=left");
        browser.cookies = held;
        assert_eq!(browser.get("/ko/settings").await.status, StatusCode::SEE_OTHER, "an ended session stays ended");
    });
}

#[test]
fn a_form_without_our_token_does_nothing() {
    let dir = tempfile::tempdir().unwrap();
    block_on(async {
        let stage = stage(dir.path().join("a.sqlite").to_str().unwrap()).await;
        person(&stage.world, "haneul", &[Role::Viewer]).await;
        let mut browser = Browser::of(&stage.world);
        let plain = [("name", "haneul"), ("password", PASSWORD)];
        assert_eq!(browser.post("/ko/login", &plain).await.status, StatusCode::FORBIDDEN, "a login needs one as well");
        browser.log_in("haneul").await;
        for (token, want) in [("", StatusCode::FORBIDDEN), ("00", StatusCode::FORBIDDEN)] {
            assert_eq!(browser.post("/ko/logout", &[("csrf", token)]).await.status, want);
        }
        let mut other = Browser::of(&stage.world);
        other.log_in("haneul").await;
        let stolen = other.token("/ko/help").await;
        assert_eq!(browser.post("/ko/logout", &[("csrf", &stolen)]).await.status, StatusCode::FORBIDDEN);
        let own = browser.token("/ko/help").await;
        let from_elsewhere =
            Request::post("/ko/logout").header("x-csrf-token", &own).header("sec-fetch-site", "cross-site");
        let seen = browser.send(from_elsewhere.body(axum::body::Body::empty()).unwrap()).await;
        assert_eq!(seen.status, StatusCode::FORBIDDEN);
        let by_header = Request::post("/ko/theme").header("x-csrf-token", &own);
        let by_header = by_header.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        assert_eq!(browser.send(by_header.body("theme=contrast".into()).unwrap()).await.status, StatusCode::SEE_OTHER);
        assert!(browser.get("/ko/help").await.text.contains(r#"data-theme="contrast""#));
    });
}

#[test]
fn every_answer_carries_the_policy_and_no_page_has_inline_code() {
    let dir = tempfile::tempdir().unwrap();
    block_on(async {
        let stage = stage(dir.path().join("a.sqlite").to_str().unwrap()).await;
        person(&stage.world, "haneul", &[Role::Admin]).await;
        let mut browser = Browser::of(&stage.world);
        let mut paths = vec!["/ko/login".to_owned(), "/en/login".to_owned(), "/ko/nowhere".to_owned()];
        let mut seen = Vec::new();
        for path in &paths {
            seen.push((path.clone(), browser.get(path).await));
        }
        browser.log_in("haneul").await;
        paths = hub::console::rights()
            .into_iter()
            .filter(|right| right.method == "GET" && !right.path.contains('{'))
            .map(|right| format!("/ko{}", right.path))
            .collect();
        for path in &paths {
            seen.push((path.clone(), browser.get(path).await));
        }
        for (path, seen) in seen {
            let policy = seen.header("content-security-policy");
            assert!(policy.contains("script-src 'self'; style-src 'self'") && !policy.contains("unsafe"), "{path}");
            assert_eq!(
                (seen.header("x-content-type-options"), seen.header("x-frame-options")),
                ("nosniff", "DENY"),
                "{path}"
            );
            assert_eq!(seen.header("cache-control"), "no-store", "{path}");
            assert!(!seen.status.is_server_error(), "{path}: {}", seen.text);
            let page = seen.text;
            for bad in ["<style", " style=\"", "javascript:", "<script>", " onclick=", " onchange=", " hx-on"] {
                assert!(!page.contains(bad), "{path} has {bad}");
            }
        }
    });
}

#[test]
fn many_failures_throttle_a_person_and_then_an_address() {
    let dir = tempfile::tempdir().unwrap();
    block_on(async {
        let mut settings = settings(dir.path().join("a.sqlite").to_str().unwrap(), 9);
        settings.console.login_failures_max = 2;
        let clock = hub::world::SetClock::at(hub::world::seoul_instant("2026-11-23".parse().unwrap(), 9));
        let world = Stage::at(settings, clock).await.world;
        for name in ["a1", "a2"] {
            person(&world, name, &[Role::Viewer]).await;
        }
        use hub::people::seat::{LogIn, log_in};
        let mut now = 1_000_000_000_000;
        let mut attempt = async |name: &str, password: &str, address: &str, later: i64| {
            now += later;
            match log_in(&world, name, password.into(), address, now).await.unwrap() {
                LogIn::Welcome { .. } => "in".to_owned(),
                LogIn::Refused => "refused".to_owned(),
                LogIn::Throttled { wait_ms } => format!("wait {}", wait_ms / 60_000),
            }
        };
        for (name, password, address, later, want) in [
            ("a1", "wrong", "10.0.0.1", 0, "refused"),
            ("a1", "wrong", "10.0.0.1", 60_000, "refused"),
            // the right password does not help meanwhile, from nowhere
            ("a1", PASSWORD, "10.0.0.2", 60_000, "wait 13"),
            ("a2", PASSWORD, "10.0.0.1", 0, "in"),
            ("a1", PASSWORD, "10.0.0.1", 13 * 60_000, "in"),
            // names that nobody has count against the address only
            ("b1", "x", "10.0.0.9", 0, "refused"),
            ("b2", "x", "10.0.0.9", 0, "refused"),
            ("b3", "x", "10.0.0.9", 0, "refused"),
            ("b4", "x", "10.0.0.9", 0, "refused"),
            ("b5", "x", "10.0.0.9", 0, "refused"),
            ("b6", "x", "10.0.0.9", 0, "refused"),
            ("b7", "x", "10.0.0.9", 0, "refused"),
            ("b8", "x", "10.0.0.9", 0, "refused"),
            ("a2", PASSWORD, "10.0.0.9", 0, "wait 15"),
            ("a2", PASSWORD, "10.0.0.3", 0, "in"),
        ] {
            assert_eq!(attempt(name, password, address, later).await, want, "{name} from {address}");
        }
    });
}

#[test]
fn with_https_cookies_are_bound_to_the_host_and_secure() {
    let dir = tempfile::tempdir().unwrap();
    block_on(async {
        let mut settings = settings(dir.path().join("a.sqlite").to_str().unwrap(), 9);
        settings.console.public_url = Some("https://hub.example".to_owned());
        let clock = hub::world::SetClock::at(hub::world::seoul_instant("2026-11-23".parse().unwrap(), 9));
        let world = Stage::at(settings, clock).await.world;
        person(&world, "haneul", &[Role::Viewer]).await;
        let mut browser = Browser::of(&world);
        let seen = browser.log_in("haneul").await;
        let cookie = seen.header("set-cookie");
        assert!(cookie.starts_with("__Host-jobhub-session=") && cookie.contains("; Secure"), "{cookie}");
        assert!(seen.header("strict-transport-security").starts_with("max-age="));
    });
}
