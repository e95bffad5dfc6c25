//! Google's conformance cases, and files that are no robots.txt at all.

use std::path::PathBuf;

use super::*;

/// `shared/data` beside the repository, or where JOBHUB_SHARED_DATA says.
fn shared(path: &str) -> Option<String> {
    let named = std::env::var_os("JOBHUB_SHARED_DATA").map(PathBuf::from);
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|folder| folder.join("shared/data"))
        .find(|folder| folder.is_dir());
    std::fs::read_to_string(named.or(beside)?.join(path)).ok()
}

#[derive(serde::Deserialize)]
struct Case {
    test: String,
    /// Each character is a byte.
    robots_txt: String,
    user_agent: String,
    url: String,
    allowed: bool,
}

fn latin1(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
}

#[test]
fn googles_cases_all_pass() {
    let Some(text) = shared("conformance/google_robotstxt/cases.json") else {
        println!("skipped: googles_cases_all_pass needs shared data");
        return;
    };
    let cases: Vec<Case> = serde_json::from_str(&text).unwrap();
    // The five of LineTooLong were taken down without their long lines, and three of them contradict their text;
    // they stand whole in the next test.
    let whole = cases.iter().filter(|case| case.test != "GoogleOnly_LineTooLong");
    let wrong: Vec<String> = whole
        .clone()
        .filter(|case| Robots::parse(&latin1(&case.robots_txt), &case.user_agent).allows(&case.url) != case.allowed)
        .map(|case| format!("{} {:?} {:?} {:.200?}", case.test, case.user_agent, case.url, case.robots_txt))
        .collect();
    assert!(wrong.is_empty(), "{} of {} wrong:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    assert_eq!((cases.len(), whole.count()), (145, 140));
}

#[test]
fn googles_cases_of_lines_that_are_too_long_pass() {
    const LINE: usize = 2083 * 8;
    let long = |key: &str, fill: &str| format!("/x/{}", fill.repeat(LINE - 3 - key.len() + 1 - 3));
    let url = |path: &str| format!("http://foo.bar{path}");

    let line = long("disallow: ", "a");
    let robots = Robots::parse(format!("user-agent: FooBot\ndisallow: {line}/qux\n").as_bytes(), "FooBot");
    assert!(robots.allows(&url("/fux")), "matches nothing");
    assert!(!robots.allows(&url(&format!("{line}/fux"))), "matches the cut pattern");

    let (a, b) = (long("allow: ", "a"), long("allow: ", "b"));
    let text = format!("user-agent: FooBot\ndisallow: /\nallow: {a}/qux\nallow: {b}/qux\n");
    let robots = Robots::parse(text.as_bytes(), "FooBot");
    assert!(!robots.allows(&url("/")));
    assert!(robots.allows(&url(&format!("{a}/qux"))), "matches exactly");
    assert!(robots.allows(&url(&format!("{b}/fux"))), "matches the cut pattern");
}

#[test]
fn googles_helper_cases_all_pass() {
    let Some(text) = shared("conformance/google_robotstxt/helper_cases.json") else {
        println!("skipped: googles_helper_cases_all_pass needs shared data");
        return;
    };
    let cases: std::collections::HashMap<String, Vec<(String, String)>> = serde_json::from_str(&text).unwrap();
    for (url, expected) in &cases["get_path_params_query"] {
        assert_eq!(path_and_query(url), *expected, "{url}");
    }
    for (pattern, expected) in &cases["maybe_escape_pattern"] {
        assert_eq!(escaped(pattern.as_bytes()), expected.as_bytes(), "{pattern}");
    }
}

#[test]
fn patterns_match_as_the_rfc_says() {
    for (pattern, path, expected) in [
        ("/fish", "/fish/salmon.html", true),
        ("/fish", "/Fish", false),
        ("/*.php", "/folder/filename.php?parameters", true),
        ("/*.php$", "/filename.php?parameters", false),
        ("/*.php$", "/a.php.php", true),
        ("/fish*.php", "/fishheads/catfish.php?parameters", true),
        ("*", "", true),
        ("*$", "/anything", true),
        ("$", "/", false),
        ("/a*b*c$", "/abcbc", true),
        ("/a*bc$", "/abcb", false),
        ("/ab*ab$", "/ab", false),
        ("/$x", "/$x", true),
        ("/**b", "/aab", true),
    ] {
        assert_eq!(matches(pattern.as_bytes(), path.as_bytes()), expected, "{pattern} on {path}");
    }
}

#[test]
fn crawl_delay_belongs_to_its_group() {
    let secs = |text: &str| Robots::parse(text.as_bytes(), "Jobhub").crawl_delay.map(|delay| delay.as_secs_f64());
    for (text, expected) in [
        ("User-agent: *\nCrawl-delay: 10", Some(10.0)),
        ("User-agent: *\nCrawl-delay: 10\n\nUser-agent: Jobhub\nDisallow: /a", None),
        ("User-agent: Jobhub\nDisallow:\nCrawl-delay: 1.5\n\nUser-agent: *\nCrawl-delay: 10", Some(1.5)),
        ("User-agent: Other\nCrawl-delay: 10", None),
        ("Crawl-delay: 10", None),
        ("User-agent: *\nCrawl-delay: 2\nCrawl-delay: 5\nCrawl-delay: 3", Some(5.0)),
        ("User-agent: *\nCrawl-delay: NaN", None),
        ("User-agent: *\nCrawl-delay: 1e300", None),
        ("User-agent: *\nCrawl-delay: -1", None),
        ("User-agent: *\ncrawl-delay: 5 # please", Some(5.0)),
    ] {
        assert_eq!(secs(text), expected, "{text:?}");
    }
}

#[test]
fn a_page_served_as_robots_forbids_nothing() {
    let page = "<!DOCTYPE html>\n<html lang=\"ko\"><head><title>채용정보: 페이지를 찾을 수 없습니다</title></head>\n\
                <body><a href='/allow'>허용: 예</a> disallow 아님</body></html>";
    let euc_kr = b"<html>\xc3\xa4\xbf\xeb:\xc1\xa4\xba\xb8 \xff\xfe%\xe3%e</html>\nuser-agent: \xc3\n%";
    assert!(Robots::parse(page.as_bytes(), "Jobhub").allows("http://jobs.example.kr/list"));
    assert!(Robots::parse(euc_kr, "Jobhub").allows("http://jobs.example.kr/list"));
}

#[test]
fn no_bytes_panic() {
    // Pieces of the grammar and of what is found in the wild, put together in 20,000 ways, and cut anywhere.
    let pieces: [&[u8]; 20] = [
        b"User-agent:",
        b"*",
        b" Jobhub",
        b"\n",
        b"\r\n",
        b"Disallow:",
        b" /",
        b"Allow",
        b":",
        b"$",
        b"%",
        b"%a",
        b"\xef\xbb\xbf",
        b"\xea\xb0",
        b"#",
        b"\0",
        b"Crawl-delay: 9",
        b"/index.htm",
        b" \t",
        "채용".as_bytes(),
    ];
    let urls = ["", "/", "//", "http://", "a?채용", ";#", "http://a/%e", "#/", "한://글"];
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    for round in 0..20_000 {
        let mut text = Vec::new();
        for _ in 0..round % 24 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            text.extend_from_slice(pieces[usize::try_from(state % 20).unwrap()]);
        }
        let url = urls[round % urls.len()];
        let _ = Robots::parse(&text, "Jobhub").allows(url);
        let _ = Robots::parse(&text, "").allows(url);
        let cut = text.len() / 2;
        let _ = Robots::parse(&text[..cut], "*").allows(url);
    }
}

#[test]
fn a_hostile_file_is_judged_in_time() {
    let stars = format!("Disallow: /{}\n", "*a".repeat(4000));
    let text = format!("User-agent: *\n{}", stars.repeat(60));
    let robots = Robots::parse(text.as_bytes(), "Jobhub");
    let url = format!("http://jobs.example.kr/{}", "a".repeat(2000));
    let started = std::time::Instant::now();
    assert!(robots.allows(&url), "the patterns are longer than the path");
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
}
