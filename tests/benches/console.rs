//! The console over 161 sources and 200,000 postings: the next case, a decision, the board of sources, the queue; how long
//! the server takes and how long it takes in a browser until the next case is on the screen:
//! `cargo bench -p tests --bench console -- [server] [browser] [--runs 200] [--size 200000]`, where size is postings and runs
//! are cases. Without `--bench` it is a test on a small input.

mod asked;
#[allow(dead_code, unreachable_pub, reason = "the tests use all of it")]
#[path = "../it/browser/driver.rs"]
#[allow(clippy::unwrap_used, reason = "a file of the tests, of which this needs a part")]
mod driver;
mod many;
mod stand;

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use asked::Asked;
use axum::body::Body;
use driver::{Setup, Typing, in_browser};
use http::{HeaderMap, Request, header};
use hub::people::{Actor, Role, account};
use hub::world::World;
use tower::ServiceExt as _;

const USAGE: &str = "cargo bench -p tests --bench console -- [server] [browser] [--runs CASES] [--size POSTINGS]";
const POSTINGS: f64 = 200_000.0;
const POSTINGS_OF_A_TEST: f64 = 2_000.0;
/// Cases that wait, at least.
const CASES_MIN: usize = 400;
/// Cases that are decided where nothing else is asked for.
const RUNS_OF_A_TEST: usize = 6;
/// Largest page after the first, as it is transferred.
const PAGE_BYTES_MAX: usize = 150_000;
const PASSWORD: &str = "correct horse battery";

fn main() -> Result<()> {
    let Some(mut asked) = Asked::read(USAGE, &["server", "browser"], POSTINGS, POSTINGS_OF_A_TEST)? else {
        return Ok(());
    };
    asked.runs = if asked.size > POSTINGS_OF_A_TEST { asked.runs.max(100) } else { RUNS_OF_A_TEST };
    stand::runtime()?.block_on(drive(&asked))
}

async fn drive(asked: &Asked) -> Result<()> {
    let began = Instant::now();
    let stand = many::stand(asked.size as usize, CASES_MIN.max(asked.runs * 4)).await?;
    let by = Actor::new("cli:bench", vec![Role::Admin]);
    account::add(&stand.world, &by, "haneul", "haneul", &[Role::Lead], Some(PASSWORD.into())).await?;
    let counts = stand.world.store.posting_counts().await?;
    let postings: i64 = counts.iter().map(|c| c.count).sum();
    let sources = stand.world.store.sources().await?.len();
    println!("{sources} sources, {postings} postings, made in {:.0} s", began.elapsed().as_secs_f64());
    if asked.parts.contains(&"server") {
        server(&stand.world, asked.runs).await?;
    }
    if asked.parts.contains(&"browser") {
        browser(&stand.world, asked.runs).await?;
    }
    Ok(())
}

/// Somebody who has come in, without a network in between.
struct Visitor {
    router: axum::Router,
    cookies: Vec<(String, String)>,
}

struct Seen {
    status: u16,
    headers: HeaderMap,
    body: bytes::Bytes,
    took: Duration,
}

impl Visitor {
    async fn come_in(world: &World) -> Result<Visitor> {
        let mut visitor = Visitor { router: hub::console::router(world.clone()), cookies: Vec::new() };
        let token = visitor.field("/ko/login", "csrf").await?;
        let seen = visitor.post("/ko/login", &[("csrf", &token), ("name", "haneul"), ("password", PASSWORD)]).await?;
        ensure!(seen.status == 303, "not let in: {}", seen.status);
        Ok(visitor)
    }

    async fn send(&mut self, mut request: Request<Body>) -> Result<Seen> {
        let line: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
        request.headers_mut().insert(header::COOKIE, line.join("; ").parse()?);
        let began = Instant::now();
        let response = self.router.clone().oneshot(request).await?;
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await?;
        let took = began.elapsed();
        for value in parts.headers.get_all(header::SET_COOKIE) {
            let (name, rest) = value.to_str()?.split_once('=').context("a cookie has a name")?;
            self.cookies.retain(|(k, _)| k != name);
            self.cookies.push((name.to_owned(), rest.split(';').next().unwrap_or_default().to_owned()));
        }
        Ok(Seen { status: parts.status.as_u16(), headers: parts.headers, body, took })
    }

    async fn get(&mut self, path: &str) -> Result<Seen> {
        self.send(Request::get(path).body(Body::empty())?).await
    }

    /// Bytes of a page as a browser gets them.
    async fn transferred(&mut self, path: &str) -> Result<usize> {
        let request = Request::get(path).header(header::ACCEPT_ENCODING, "gzip").body(Body::empty())?;
        Ok(self.send(request).await?.body.len())
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<Seen> {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(body.into())?).await
    }

    async fn field(&mut self, path: &str, name: &str) -> Result<String> {
        let text = String::from_utf8_lossy(&self.get(path).await?.body).into_owned();
        field(&text, name)
    }
}

fn field(page: &str, name: &str) -> Result<String> {
    let mark = format!("name=\"{name}\" value=\"");
    let at = page.find(&mark).with_context(|| format!("the page has no {name}"))?;
    Ok(page[at + mark.len()..].split('"').next().unwrap_or_default().to_owned())
}

fn to(seen: &Seen) -> Result<String> {
    ensure!(seen.status == 303, "{} instead of a redirect: {}", seen.status, String::from_utf8_lossy(&seen.body));
    Ok(seen.headers.get(header::LOCATION).context("a redirect leads somewhere")?.to_str()?.to_owned())
}

async fn server(world: &World, runs: usize) -> Result<()> {
    let mut visitor = Visitor::come_in(world).await?;
    let (mut next, mut shown, mut decided) = (Vec::new(), Vec::new(), Vec::new());
    let first = visitor.get("/ko/cases/next?family=duplicate").await?;
    let mut path = to(&first)?;
    for _ in 0..runs {
        let page = visitor.get(&path).await?;
        ensure!(page.status == 200, "{path} is {}", page.status);
        shown.push(page.took);
        let text = String::from_utf8_lossy(&page.body).into_owned();
        let fields =
            [("csrf", field(&text, "csrf")?), ("token", field(&text, "token")?), ("shown", field(&text, "shown")?)];
        let mut fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
        fields.push(("verb", "merge"));
        let answer = visitor.post(&path, &fields).await?;
        decided.push(answer.took);
        let handed = visitor.get(&to(&answer)?).await?;
        next.push(handed.took);
        path = to(&handed)?;
    }
    line("decision written", &mut decided.clone());
    line("next case handed out", &mut next.clone());
    line("case page", &mut shown.clone());
    let mut both: Vec<Duration> = next.iter().zip(&shown).map(|(a, b)| *a + *b).collect();
    line("next case, handed out and shown", &mut both);
    let mut all: Vec<Duration> = decided.iter().zip(&both).map(|(a, b)| *a + *b).collect();
    line("decision, then the next case", &mut all);
    // the first one walks tables, behind the scenes later ones do
    visitor.get("/ko/health").await?;
    for (name, path) in [("board of sources", "/ko/health"), ("queue", "/ko/queue"), ("vacancies", "/ko/vacancies")] {
        let mut took = Vec::new();
        for _ in 0..runs {
            let seen = visitor.get(path).await?;
            ensure!(seen.status == 200, "{path} is {}", seen.status);
            took.push(seen.took);
        }
        line(name, &mut took);
    }
    for page in [path.as_str(), "/ko/health", "/ko/queue", "/ko/vacancies", "/ko/decisions", "/ko/bulk", "/ko/runs"] {
        let bytes = visitor.transferred(page).await?;
        println!("{bytes:>9} bytes  {}", page.split('?').next().unwrap_or(page));
        ensure!(bytes <= PAGE_BYTES_MAX, "{page} takes {bytes} bytes");
    }
    Ok(())
}

/// Half and 95 of 100 take at most so long.
fn line(what: &str, took: &mut [Duration]) {
    took.sort_unstable();
    let at = |share: usize| took.get((took.len() * share).div_ceil(100).saturating_sub(1)).copied().unwrap_or_default();
    let ms = |d: Duration| d.as_secs_f64() * 1000.0;
    println!("{:>8.1} ms p50 {:>8.1} ms p95  {what} (n = {})", ms(at(50)), ms(at(95)), took.len());
}

/// From the stroke that confirms to the next case painted, in a browser over a socket.
async fn browser(world: &World, runs: usize) -> Result<()> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let base = format!("http://{}", listener.local_addr()?);
    let router = hub::console::router(world.clone());
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let (say, heard) = tokio::sync::oneshot::channel();
    in_browser("console in a browser", Setup::KOREAN, &base, move |browser| async move {
        browser.open("/ko/login").await;
        browser.fill("input[name=name]", "haneul").await;
        browser.fill("input[name=password]", PASSWORD).await;
        browser.press("Enter", Typing::Latin).await;
        browser.until("!location.pathname.endsWith('/login')").await;
        browser.open("/ko/cases/next?family=duplicate").await;
        browser.until("document.querySelector('#decide')").await;
        browser.js(CLOCK).await;
        for nr in 0..runs {
            browser.press("KeyN", Typing::Hangul).await;
            browser.press("Enter", Typing::Latin).await;
            browser.until(&format!("window.took.length > {nr}")).await;
        }
        let took = browser.js("window.took").await;
        let _ = say.send(took);
    })
    .await;
    server.abort();
    let Ok(took) = heard.await else { return Ok(()) };
    let mut took: Vec<Duration> = took
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(serde_json::Value::as_f64)
        .map(|ms| Duration::from_secs_f64(ms / 1000.0))
        .collect();
    ensure!(took.len() == runs, "{} of {runs} cases were decided", took.len());
    line("decision to the next case on the screen, in Chromium", &mut took);
    Ok(())
}

/// Notes, for each Enter, the time until the frame in which the next case is painted.
const CLOCK: &str = "(() => {
    window.took = [];
    let began = 0;
    document.addEventListener('keydown', (event) => { if (event.code === 'Enter') began = performance.now(); }, true);
    document.addEventListener('htmx:afterSettle', () => requestAnimationFrame(() => setTimeout(() => {
        if (began) window.took.push(performance.now() - began);
        began = 0;
    })));
    return true;
})()";
