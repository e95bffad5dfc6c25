//! What the page of a posting says of it: its status, where it led, and its words. Pure.

use super::evidence::outcome;

/// Ways in which portals say on a page that a posting is over; compared without spaces.
const CLOSED: [&str; 18] = [
    "마감되었습니다",
    "마감된채용",
    "마감된공고",
    "채용이마감",
    "공고가마감",
    "접수가마감",
    "모집이마감",
    "종료된채용",
    "종료된공고",
    "채용이종료",
    "삭제된채용",
    "삭제된공고",
    "삭제되었거나",
    "존재하지않는공고",
    "존재하지않는채용",
    "구인정보를확인할수없습니다",
    "nolongeraccepting",
    "nolongeravailable",
];
/// Characters of a page that is only an alert and goes back.
const ALERT_CHARS_MAX: usize = 4_000;
/// Characters of a page that are looked at.
const PAGE_CHARS_MAX: usize = 400_000;
/// Words of a title that are looked for.
const TITLE_WORDS: usize = 12;

/// A page that came.
#[derive(Clone, Copy, Debug)]
pub struct Came<'a> {
    /// HTTP status.
    pub status: u16,
    /// What was asked for.
    pub asked: &'a str,
    /// Where it came from in the end.
    pub from: &'a str,
    /// Its text.
    pub text: &'a str,
}

/// What a page says of the posting with this title; see [`outcome`].
pub fn read(came: &Came<'_>, title: &str) -> &'static str {
    match came.status {
        404 => return outcome::MISSING,
        410 => return outcome::GONE,
        200..=299 => {}
        _ => return outcome::UNKNOWN,
    }
    let text: String =
        came.text.chars().take(PAGE_CHARS_MAX).filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    let says_closed = CLOSED.iter().any(|words| text.contains(words));
    if text.contains("alert(") && text.chars().count() <= ALERT_CHARS_MAX && goes_back(&text) {
        return if says_closed { outcome::ALERT } else { outcome::UNKNOWN };
    }
    if says_closed {
        return outcome::WORDING;
    }
    if has_title(&text, title) {
        return outcome::ALIVE;
    }
    if led_away(came.asked, came.from) { outcome::REDIRECT } else { outcome::UNKNOWN }
}

/// Whether most words of a title are on a page: pages show titles with badges, brackets and entities of their own.
fn has_title(text: &str, title: &str) -> bool {
    let title = title.to_lowercase();
    let words: Vec<&str> =
        title.split(|c: char| !c.is_alphanumeric()).filter(|w| w.chars().nth(1).is_some()).take(TITLE_WORDS).collect();
    let found = words.iter().filter(|word| text.contains(**word)).count();
    !words.is_empty() && found * 3 >= words.len() * 2
}

fn goes_back(text: &str) -> bool {
    ["history.back", "history.go(-1", "location.href", "location.replace", "window.close"]
        .iter()
        .any(|way| text.contains(way))
}

/// Whether it led to another page than the one that was asked for: another path, and not only more of the same one.
fn led_away(asked: &str, from: &str) -> bool {
    let path = |address: &str| {
        let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
        let path = rest.find('/').map_or("/", |at| &rest[at..]);
        path.split(['?', '#']).next().unwrap_or("/").trim_end_matches('/').to_owned()
    };
    let (asked, from) = (path(asked), path(from));
    !from.starts_with(&asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_whether_its_posting_is_over() {
        let asked = "https://job.example/view/77?x=1";
        for (status, from, text, want) in [
            (404, asked, "", "missing"),
            (410, asked, "", "gone"),
            (503, asked, "", "unknown"),
            (200, asked, "<h1>지게차 기사 모집</h1>", "alive"),
            (200, "https://job.example/view/77/forklift", "<h1>지게차  기사\n모집</h1>", "alive"),
            (200, asked, "<h1>지게차 기사 모집</h1><p>마감 되었습니다</p>", "wording"),
            (200, asked, "<script>alert(\"구인정보를 확인할 수 없습니다\");history.back();</script>", "alert"),
            (200, asked, "<script>alert('로그인이 필요합니다');location.href='/login'</script>", "unknown"),
            (200, "https://job.example/list", "<h1>채용 목록</h1>", "redirect"),
            (200, "https://job.example/", "<h1>메인</h1>", "redirect"),
            (200, asked, "<h1>로그인</h1>", "unknown"),
            (200, asked, "This job is no longer available", "wording"),
        ] {
            let came = Came { status, asked, from, text };
            assert_eq!(read(&came, "지게차 기사 모집"), want, "{status} {from} {text}");
        }
    }
}
