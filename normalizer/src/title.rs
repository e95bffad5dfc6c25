//! Titles: badges, decorations, deadlines and headcounts taken off; truncation noticed.

use crate::reading::Reading;
use crate::{Effect, RawField, career, closing, contact, employment_type, headcount, text};

/// Longest title kept, in bytes.
pub const TITLE_BYTES_MAX: usize = 600;

/// Words that, alone in brackets, say nothing about the job.
const BADGES: &[&str] = &[
    "급구",
    "긴급",
    "긴급채용",
    "급모",
    "채용",
    "모집",
    "구인",
    "채용중",
    "모집중",
    "상시채용",
    "상시모집",
    "상시",
    "수시채용",
    "수시",
    "채용공고",
    "공고",
    "신규",
    "new",
    "hot",
    "추천",
    "인기",
    "오늘마감",
    "내일마감",
    "마감임박",
    "채용시마감",
    "채용시",
    "재공고",
    "정규직",
    "파견직",
    "인턴",
    "일용직",
    "파트타임",
    "프리랜서",
    "급",
    "계약직",
    "아르바이트",
    "알바",
    "신입",
    "경력",
    "신입경력",
    "경력신입",
    "신입사원",
    "필독",
    "강추",
    "ad",
    "광고",
    "스크랩",
    "즉시지원",
    "입사지원",
];

/// Conditions that portals hang onto any title.
const PERKS: &[&str] = &[
    "초보가능",
    "초보환영",
    "초보자가능",
    "즉시출근",
    "즉시출근가능",
    "기숙사제공",
    "기숙사",
    "4대보험",
    "주5일",
    "주5일근무",
    "주6일",
    "주4일",
    "경력무관",
    "학력무관",
    "나이무관",
    "중식제공",
    "식사제공",
    "통근버스운행",
    "주간고정",
    "당일지급",
    "주급가능",
    "인근거주자우대",
    "월8회휴무",
    "숙식제공",
    "정규직",
    "신입",
    "경력",
    "급구",
    "상시",
];

/// Badges that are kinds of contract.
const CONTRACTS: &[&str] =
    &["정규직", "계약직", "아르바이트", "알바", "파견직", "인턴", "일용직", "파트타임", "프리랜서"];

/// Reads `title`. Call before `closing` and `headcount`, which may find in it what their own fields lack.
pub(crate) fn read(reading: &mut Reading<'_>) {
    let Some(raw) = reading.line(RawField::Title) else {
        reading.doubt("title.missing", "title", Effect::Holds, "");
        return;
    };
    let raw = text::cut(&raw, TITLE_BYTES_MAX);
    let plain = contact::take(raw, &mut reading.out.contact).into_owned();
    let parts = parse(&plain);
    if parts.truncated {
        reading.doubt("title.truncated", "title", Effect::Lowers, &plain);
    }
    reading.took("title", raw, "title.cleaned", 1000);
    if reading.get(RawField::Headcount).is_none()
        && let Some(headcount::Said::Number(openings)) = parts.headcount.as_deref().and_then(headcount::said)
    {
        reading.out.posting.total_job_openings = Some(openings);
        reading.took("total_job_openings", parts.headcount.as_deref().unwrap_or(""), "title.headcount", 700);
    }
    if reading.get(RawField::ValidThrough).is_none()
        && reading.get(RawField::CloseType).is_none()
        && let Some(words) = &parts.deadline
        && let Some(said) = closing::said(words, reading.context.fetched_on)
    {
        reading.out.posting.closing = said.closing;
        reading.took("closing", words, "title.deadline", 600);
    }
    if reading.get(RawField::EmploymentType).is_none()
        && let Some(words) = &parts.contract
    {
        reading.out.posting.employment_type = employment_type::said(words);
        reading.took("employment_type", words, "title.contract", 800);
    }
    if reading.get(RawField::Career).is_none()
        && let Some(words) = &parts.career
    {
        reading.out.posting.experience = career::said(words);
        reading.took("experience", words, "title.career", 800);
    }
    reading.out.posting.title = parts.title;
}

/// A title taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// What names the job.
    pub title: String,
    /// `3명`, where it stood in the title.
    pub headcount: Option<String>,
    /// `~12/31`, `D-3`, `채용시까지`, where it stood in brackets.
    pub deadline: Option<String>,
    /// `계약직`, where it stood alone in brackets.
    pub contract: Option<String>,
    /// `신입`, `경력`, where it stood alone in brackets.
    pub career: Option<String>,
    /// It ends in `...`: the source cut it.
    pub truncated: bool,
}

/// Takes a folded title apart. Something always remains of a title that had something.
pub fn parse(raw: &str) -> Parts {
    let mut parts = Parts::default();
    let body = raw.trim();
    let cut = body.trim_end_matches(['.', '…', ' ']);
    let dots = body.len() - cut.len();
    parts.truncated = body.ends_with('…') || (body.ends_with("...") && dots >= 3);
    let body = if parts.truncated { cut } else { body };
    if parts.truncated && cut.is_empty() {
        parts.title = body.to_owned();
    }
    let mut out = String::with_capacity(body.len());
    let mut rest = body;
    while let Some(open) = rest.find(['[', '(', '<', '{', '【', '《', '★', '☆', '◆', '■', '▶', '♥', '♡', '●', '◎', '※'])
    {
        out.push_str(&rest[..open]);
        let Some(sign) = rest[open..].chars().next() else { break };
        let after = &rest[open + sign.len_utf8()..];
        let close = match sign {
            '[' => ']',
            '(' => ')',
            '<' => '>',
            '{' => '}',
            '【' => '】',
            '《' => '》',
            _ => {
                // a decoration
                space(&mut out);
                rest = after;
                continue;
            }
        };
        let Some(end) = after.find(close) else {
            out.push(sign);
            rest = after;
            continue;
        };
        let inside = after[..end].trim();
        if is_noise(inside, &mut parts) {
            space(&mut out);
        } else {
            out.push_str(&rest[open..open + sign.len_utf8() + end + close.len_utf8()]);
        }
        rest = &after[end + close.len_utf8()..];
    }
    out.push_str(rest);
    let mut title = squeezed(&out);
    find_headcount(&title, &mut parts);
    if title.is_empty() {
        title = squeezed(body);
    }
    // `...` and nothing else
    if title.is_empty() {
        title = raw.trim().to_owned();
    }
    parts.title = title;
    parts
}

fn space(out: &mut String) {
    if !out.is_empty() && !out.ends_with(' ') {
        out.push(' ');
    }
}

fn squeezed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(' ').filter(|w| !w.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    let trimmed = out.trim_matches([' ', '-', '|', '/', ',', '~', '!', '·']);
    if trimmed.len() == out.len() { out } else { trimmed.to_owned() }
}

/// Whether what stands in brackets is a badge, a deadline or a headcount; the latter two are noted.
fn is_noise(inside: &str, parts: &mut Parts) -> bool {
    if inside.is_empty() {
        return true;
    }
    if inside.len() > 60 {
        return false;
    }
    let word = text::compact(inside);
    let perks = || inside.split(['/', ',', '·', '|']).all(|part| PERKS.contains(&text::compact(part).as_str()));
    if word.is_empty() || BADGES.contains(&word.as_str()) || perks() {
        if word.starts_with("채용시") || word.starts_with("상시") || word.ends_with("마감") {
            parts.deadline.get_or_insert_with(|| inside.to_owned());
        } else if CONTRACTS.contains(&word.as_str()) {
            parts.contract.get_or_insert_with(|| inside.to_owned());
        } else if word.starts_with("신입") || word.starts_with("경력") {
            parts.career.get_or_insert_with(|| inside.to_owned());
        }
        return true;
    }
    let is_deadline = inside.starts_with(['~', '-']) && inside.bytes().any(|b| b.is_ascii_digit())
        || (word.starts_with('d')
            && word.len() <= 4
            && word[1..].bytes().all(|b| b.is_ascii_digit())
            && word.len() > 1)
        || word.ends_with("까지")
        || word.ends_with("마감");
    if is_deadline {
        parts.deadline.get_or_insert_with(|| inside.to_owned());
        return true;
    }
    let is_count = inside.ends_with('명') && inside.chars().count() <= 6 && inside.bytes().any(|b| b.is_ascii_digit());
    if is_count {
        parts.headcount.get_or_insert_with(|| inside.to_owned());
    }
    is_count
}

/// `사원 3명 모집`: the number stays in the title, which would read badly without it.
fn find_headcount(title: &str, parts: &mut Parts) {
    if parts.headcount.is_some() {
        return;
    }
    let Some(at) = title.find('명') else { return };
    let digits = title[..at].bytes().rev().take_while(u8::is_ascii_digit).count();
    let after = title[at + '명'.len_utf8()..].trim_start();
    if (1..=3).contains(&digits)
        && (after.is_empty() || ["모집", "채용", "구인", "구함", "급구"].iter().any(|w| after.starts_with(w)))
    {
        parts.headcount = Some(title[at - digits..at + '명'.len_utf8()].to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_freed_of_what_is_no_title() {
        for (raw, title, headcount, deadline, truncated) in [
            ("[급구] ★홀서빙★ 직원 모집", "홀서빙 직원 모집", None, None, false),
            ("[사업확장] 각 부문 신규 채용", "[사업확장] 각 부문 신규 채용", None, None, false),
            ("생산직 사원 3명 모집", "생산직 사원 3명 모집", Some("3명"), None, false),
            ("백엔드 개발자 (~12/31)", "백엔드 개발자", None, Some("~12/31"), false),
            ("간호사(5명)", "간호사", Some("5명"), None, false),
            ("요양보호사 채용 [채용시까지]", "요양보호사 채용", None, Some("채용시까지"), false),
            ("회계 담당자 모집합니다 (주5일 ...", "회계 담당자 모집합니다 (주5일", None, None, true),
            ("[급구]", "[급구]", None, None, false),
            ("[초보 가능/주5일] 조립원 모집", "조립원 모집", None, None, false),
            ("<주간> 조립원", "<주간> 조립원", None, None, false),
        ] {
            let got = parse(raw);
            assert_eq!(
                (got.title.as_str(), got.headcount.as_deref(), got.deadline.as_deref(), got.truncated),
                (title, headcount, deadline, truncated),
                "{raw}"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn no_title_panics_or_vanishes(raw in "\\PC{0,60}") {
            let folded = text::line(&raw).into_owned();
            let got = parse(&folded);
            let _ = got;
        }
    }
}
