//! A headless Chromium of a test's own: started on free ports with a fresh profile, and ended with the test whatever becomes of it.
//! Keys are sent as the browser gets them from a keyboard, so that a page sees `event.code` and an input method's state.

use std::future::Future;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};

/// Set to `required` where a missing browser is a failure.
const DEMAND: &str = "JOBHUB_TEST_BROWSER";
/// A folder for pictures, where somebody wants to look at pages.
const PICTURES: &str = "JOBHUB_TEST_PICTURES";
/// Longest time a page may take to come to what a test waits for.
const PATIENCE: Duration = Duration::from_secs(20);
/// The accessibility checker, run in every page.
const AXE: &str = include_str!("axe.min.js");
/// The rules a page is held to.
const AXE_RUN: &str = r#"
const done = arguments[arguments.length - 1];
axe.run(document, { runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }, resultTypes: ["violations"] })
  .then((found) => done(found.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 160)} (${n.any.concat(n.all, n.none).map((c) => c.message).join("; ").slice(0, 200)})`))))
  .catch((error) => done([`axe failed: ${error}`]));
"#;

/// A page's width, height, and device pixels a CSS pixel: 200 % zoom is half the width at two.
#[derive(Clone, Copy, Debug)]
pub struct Screen(pub u32, pub u32, pub f64);

impl Screen {
    /// A desk's usual screen.
    pub const WIDE: Screen = Screen(1440, 1000, 1.0);
    /// The narrowest that is promised.
    pub const NARROW: Screen = Screen(1024, 768, 1.0);
    /// The usual screen at 200 % zoom.
    pub const ZOOMED: Screen = Screen(720, 500, 2.0);
}

/// What a browser is started with.
#[derive(Clone, Copy, Debug)]
pub struct Setup {
    /// Whether pages may run scripts.
    pub script: bool,
    /// What it says it reads, `ko` or `en`.
    pub language: &'static str,
}

impl Setup {
    /// With scripts, reading Korean.
    pub const KOREAN: Setup = Setup { script: true, language: "ko" };
    /// With scripts, reading English.
    pub const ENGLISH: Setup = Setup { script: true, language: "en" };
}

/// A browser with one page.
pub struct Browser {
    client: Client,
    base: String,
}

/// Runs a test in a browser on a hub that listens at `base`; says so and returns where there is no browser.
pub async fn in_browser<F, Fut>(name: &str, setup: Setup, base: &str, test: F)
where
    F: FnOnce(Browser) -> Fut,
    Fut: Future<Output = ()> + Send + 'static,
{
    let (Some(chromium), Some(chromedriver)) = (program("chromium"), program("chromedriver")) else {
        assert!(
            std::env::var(DEMAND).as_deref() != Ok("required"),
            "{name} needs chromium and chromedriver; {DEMAND} says they are required"
        );
        eprintln!("skipped: {name} needs chromium and chromedriver");
        return;
    };
    let profile = tempfile::tempdir().unwrap();
    let mut driver = tokio::process::Command::new(chromedriver)
        .arg("--port=0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
    let port = loop {
        let line = lines.next_line().await.unwrap().expect("chromedriver says its port");
        if let Some((_, port)) = line.split_once("successfully on port ") {
            break port.trim_end_matches('.').to_owned();
        }
    };
    // its pipe must not run full
    let drain = tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    let client = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
        .capabilities(capabilities(&chromium, profile.path(), setup))
        .connect(&format!("http://127.0.0.1:{port}"))
        .await
        .unwrap();
    let browser = Browser { client: client.clone(), base: base.to_owned() };
    if setup.script {
        browser.cdp("Page.enable", json!({})).await;
        browser.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": AXE })).await;
    }
    browser.screen(Screen::WIDE).await;
    // a task of its own: a failed test still closes its browser
    let ended = tokio::spawn(test(browser)).await;
    let _ = client.close().await;
    let _ = driver.kill().await;
    drain.abort();
    if let Err(failed) = ended {
        std::panic::resume_unwind(failed.into_panic());
    }
}

fn program(name: &str) -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(name)).find(|file| file.is_file())
}

fn capabilities(chromium: &Path, profile: &Path, setup: Setup) -> serde_json::Map<String, Value> {
    let user_data = format!("--user-data-dir={}", profile.display());
    let language = format!("--lang={}", setup.language);
    let flags = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--hide-scrollbars",
        &language,
        &user_data,
    ];
    let script = if setup.script { 1 } else { 2 };
    let options = json!({
        "browserName": "chrome",
        "goog:chromeOptions": {
            "binary": chromium,
            "args": flags,
            "prefs": {
                "intl.accept_languages": setup.language,
                "profile.default_content_setting_values.javascript": script,
                "profile.managed_default_content_settings.javascript": script,
                "credentials_enable_service": false,
            },
        },
    });
    options.as_object().cloned().unwrap_or_default()
}

/// A command of the browser's own protocol.
#[derive(Debug)]
struct Cdp(Value);

impl WebDriverCompatibleCommand for Cdp {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.0.to_string()))
    }
}

/// Whether an input method is switched to Hangul while a key is pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typing {
    /// The key's Latin letter arrives.
    Latin,
    /// The key's jamo arrives, as under a Korean input method: `ㅡ` for M.
    Hangul,
    /// Only that an input method took the key: `Process`, key code 229.
    Taken,
}

impl Browser {
    /// Opens a path of the hub.
    pub async fn open(&self, path: &str) {
        self.client.goto(&format!("{}{path}", self.base)).await.unwrap();
    }

    /// Path and query of the page.
    pub async fn path(&self) -> String {
        let url = self.client.current_url().await.unwrap();
        url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
    }

    /// The value of an expression in the page.
    pub async fn js(&self, expression: &str) -> Value {
        self.client.execute(&format!("return ({expression});"), vec![]).await.unwrap()
    }

    /// The value of an expression, as text; empty where it is nothing.
    pub async fn text(&self, expression: &str) -> String {
        match self.js(expression).await {
            Value::String(text) => text,
            Value::Null => String::new(),
            other => other.to_string(),
        }
    }

    /// Waits until an expression is true, over loads of pages too.
    pub async fn until(&self, expression: &str) {
        let script = format!(
            "const done = arguments[arguments.length - 1]; const end = performance.now() + 2000;\
             (function look() {{ let there = false; try {{ there = Boolean({expression}); }} catch {{}}\
             if (there || performance.now() > end) done(there); else setTimeout(look, 10); }})();"
        );
        let begun = std::time::Instant::now();
        loop {
            // a page that is left ends the script: ask the next one
            if matches!(self.client.execute_async(&script, vec![]).await, Ok(Value::Bool(true))) {
                return;
            }
            if begun.elapsed() > PATIENCE {
                let at = self.path().await;
                let main = self.text("document.querySelector('main')?.innerText.slice(0, 1500)").await;
                self.keep_picture("failed").await;
                panic!("never came true at {at}: {expression}\n{main}");
            }
        }
    }

    /// Waits until the address fits; asks the browser, not the page.
    pub async fn at(&self, fits: impl Fn(&str) -> bool) {
        let begun = std::time::Instant::now();
        while !fits(&self.path().await) {
            assert!(begun.elapsed() < PATIENCE, "still at {}", self.path().await);
            tokio::task::yield_now().await;
        }
    }

    /// Clicks what a selector finds.
    pub async fn click(&self, selector: &str) {
        self.client.find(fantoccini::Locator::Css(selector)).await.unwrap().click().await.unwrap();
    }

    /// Types into a field.
    pub async fn fill(&self, selector: &str, text: &str) {
        let field = self.client.find(fantoccini::Locator::Css(selector)).await.unwrap();
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Chooses an option by its value.
    pub async fn choose(&self, selector: &str, value: &str) {
        let select = self.client.find(fantoccini::Locator::Css(selector)).await.unwrap();
        select.select_by_value(value).await.unwrap();
    }

    /// Presses and lets go of a key by its `event.code`, with a modifier or none.
    pub async fn press(&self, code: &str, typing: Typing) {
        let (modifiers, code) = match code.rsplit_once('+') {
            Some((held, code)) => (modifier_bits(held), code),
            None => (0, code),
        };
        let (key, text) = key_of(code, typing, modifiers);
        let number = if typing == Typing::Taken { 229 } else { key_code(code) };
        for kind in [if text.is_empty() { "rawKeyDown" } else { "keyDown" }, "keyUp"] {
            let mut event = json!({ "type": kind, "code": code, "key": key, "modifiers": modifiers,
                "windowsVirtualKeyCode": number, "nativeVirtualKeyCode": number });
            if kind == "keyDown" {
                event["text"] = text.clone().into();
            }
            self.cdp("Input.dispatchKeyEvent", event).await;
        }
    }

    /// Presses keys one after the other.
    pub async fn keys(&self, codes: &[&str]) {
        for code in codes {
            self.press(code, Typing::Latin).await;
        }
    }

    /// Has the input method compose a text in the field one is in, without ending it.
    pub async fn compose(&self, text: &str) {
        let at = text.encode_utf16().count();
        self.cdp("Input.imeSetComposition", json!({ "text": text, "selectionStart": at, "selectionEnd": at })).await;
    }

    /// Sets the size of the page.
    pub async fn screen(&self, Screen(width, height, scale): Screen) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": scale, "mobile": false });
        self.cdp("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// What the accessibility checker finds wrong with the page.
    pub async fn axe(&self) -> Vec<String> {
        let found = self.client.execute_async(AXE_RUN, vec![]).await.unwrap();
        found.as_array().into_iter().flatten().map(|v| v.as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Whether something sticks out of the page's width, so that one had to scroll sideways.
    pub async fn sticks_out(&self) -> bool {
        self.js("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1").await == true
    }

    /// Keeps a picture of the page where a person asked for it.
    pub async fn keep_picture(&self, name: &str) {
        if let Some(dir) = std::env::var_os(PICTURES) {
            let file = std::path::Path::new(&dir).join(format!("{name}.png"));
            std::fs::write(file, self.picture().await).unwrap();
        }
    }

    /// A picture of what is on the screen, as PNG.
    pub async fn picture(&self) -> Vec<u8> {
        self.client.screenshot().await.unwrap()
    }

    /// A command of the browser's own protocol.
    pub async fn cdp(&self, command: &str, params: Value) -> Value {
        self.client.issue_cmd(Cdp(json!({ "cmd": command, "params": params }))).await.unwrap()
    }
}

fn modifier_bits(held: &str) -> u32 {
    let bit = |name: &str| match name {
        "Alt" => 1,
        "Control" => 2,
        "Meta" => 4,
        _ => 8,
    };
    held.split('+').map(bit).sum()
}

/// `event.key` and the text a key types.
fn key_of(code: &str, typing: Typing, modifiers: u32) -> (String, String) {
    const JAMO: [&str; 26] = [
        "ㅁ", "ㅠ", "ㅊ", "ㅇ", "ㄷ", "ㄹ", "ㅎ", "ㅗ", "ㅑ", "ㅓ", "ㅏ", "ㅣ", "ㅡ", "ㅜ", "ㅐ", "ㅔ", "ㅂ", "ㄱ",
        "ㄴ", "ㅅ", "ㅕ", "ㅍ", "ㅈ", "ㅌ", "ㅛ", "ㅋ",
    ];
    if typing == Typing::Taken {
        return ("Process".to_owned(), String::new());
    }
    if let Some(letter) = code.strip_prefix("Key") {
        let at = usize::from(letter.as_bytes()[0].saturating_sub(b'A')).min(25);
        let latin = letter.to_ascii_lowercase();
        let key = if typing == Typing::Hangul { JAMO[at].to_owned() } else { latin };
        return (key.clone(), if modifiers & 7 == 0 { key } else { String::new() });
    }
    if let Some(digit) = code.strip_prefix("Digit") {
        return (digit.to_owned(), digit.to_owned());
    }
    match code {
        "Slash" => ((if modifiers & 8 == 0 { "/" } else { "?" }).to_owned(), "/".to_owned()),
        "Equal" => ("=".to_owned(), "=".to_owned()),
        "Enter" => ("Enter".to_owned(), "\r".to_owned()),
        "Space" => (" ".to_owned(), " ".to_owned()),
        other => (other.to_owned(), String::new()),
    }
}

fn key_code(code: &str) -> u32 {
    if let Some(letter) = code.strip_prefix("Key") {
        return u32::from(letter.as_bytes()[0]);
    }
    if let Some(digit) = code.strip_prefix("Digit") {
        return 48 + digit.parse::<u32>().unwrap_or(0);
    }
    match code {
        "Tab" => 9,
        "Enter" => 13,
        "Escape" => 27,
        "Space" => 32,
        "ArrowLeft" => 37,
        "ArrowUp" => 38,
        "ArrowRight" => 39,
        "ArrowDown" => 40,
        "Slash" => 191,
        "Equal" => 187,
        _ => 0,
    }
}
