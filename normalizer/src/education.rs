//! Education asked for: the portals' several scales on one.

use crate::reading::Reading;
use crate::{Degree, Education, Effect, RawField, text};

/// Reads `education`.
pub(crate) fn read(reading: &mut Reading<'_>) {
    let Some(raw) = reading.line(RawField::Education) else { return };
    match said(&raw) {
        Some(education) => {
            reading.out.posting.education = Some(education);
            reading.took("education", &raw, "education.words", 1000);
        }
        None => {
            let rule = if raw.starts_with('?') { "education.unknown_code" } else { "education.not_understood" };
            reading.doubt(rule, "education", Effect::Lowers, &raw);
        }
    }
}

/// Words and the degree they name, longest first where one contains another.
const WORDS: &[(&str, Degree)] = &[
    ("대학교졸업4년", Degree::Bachelor),
    ("대학졸업4년", Degree::Bachelor),
    ("대졸4년", Degree::Bachelor),
    ("대졸4", Degree::Bachelor),
    ("대학4년", Degree::Bachelor),
    ("대학교4년", Degree::Bachelor),
    ("4년제", Degree::Bachelor),
    ("대학졸업23년", Degree::Associate),
    ("대학교졸업23년", Degree::Associate),
    ("대졸23년", Degree::Associate),
    ("대졸23", Degree::Associate),
    ("대학23년", Degree::Associate),
    ("2년제", Degree::Associate),
    ("3년제", Degree::Associate),
    ("초대졸", Degree::Associate),
    ("전문대졸", Degree::Associate),
    ("전문대학", Degree::Associate),
    ("전문대", Degree::Associate),
    ("전문학사", Degree::Associate),
    ("대학원졸업박사", Degree::Doctorate),
    ("대학원박사", Degree::Doctorate),
    ("석박사", Degree::Master),
    ("박사", Degree::Doctorate),
    ("doctor", Degree::Doctorate),
    ("phd", Degree::Doctorate),
    ("석사", Degree::Master),
    ("master", Degree::Master),
    ("대학원", Degree::Master),
    ("학사", Degree::Bachelor),
    ("bachelor", Degree::Bachelor),
    ("대학교졸업", Degree::Bachelor),
    ("대학졸업", Degree::Bachelor),
    ("대학교", Degree::Bachelor),
    ("대졸", Degree::Bachelor),
    ("고등학교", Degree::High),
    ("고졸", Degree::High),
    ("고교", Degree::High),
    ("검정고시", Degree::High),
    ("highschool", Degree::High),
    ("associate", Degree::Associate),
    ("중학교", Degree::Middle),
    ("중졸", Degree::Middle),
    ("초등학교", Degree::Elementary),
    ("초졸", Degree::Elementary),
];

/// Reads education in words; `None` where it is not understood.
pub fn said(raw: &str) -> Option<Education> {
    let word = text::compact(raw);
    match word.as_str() {
        "무관"
        | "학력무관"
        | "관계없음"
        | "학력관계없음"
        | "제한없음"
        | "학력제한없음"
        | "any"
        | "noeducationrequired"
        | "상관없음"
        | "학력상관없음"
        | "무학"
        | "00" => return Some(Education::default()),
        "01" => return Some(Education { min: Some(Degree::Elementary), max: None }),
        _ => {}
    }
    // `고졸 우대` asks for nothing; `대학교 재학` has left school and not yet university
    if word.ends_with("우대") {
        return Some(Education::default());
    }
    if word.contains("대") && (word.contains("재학") || word.contains("휴학")) && !word.contains('졸') {
        return Some(Education { min: Some(Degree::High), max: None });
    }
    let mut found: Vec<(Degree, usize)> = Vec::new();
    let mut at = 0;
    while at < word.len() && found.len() < 12 {
        let rest = &word[at..];
        match WORDS.iter().find(|(w, _)| rest.starts_with(w)) {
            Some((w, degree)) => {
                at += w.len();
                found.push((*degree, at));
            }
            None => at += rest.chars().next().map_or(1, char::len_utf8),
        }
    }
    let Some(&(first, first_end)) = found.first() else {
        return (word.contains("학력무관") || word.contains("학력관계없") || word.contains("무관"))
            .then(Education::default);
    };
    let below = word[first_end..].contains("이하");
    let range = found.len() > 1 && (raw.contains(['~', '-']) || (below && word.contains("이상")));
    if range {
        let (low, high) = found.iter().fold((first, first), |(l, h), (d, _)| (l.min(*d), h.max(*d)));
        return Some(Education { min: Some(low), max: Some(high) });
    }
    let up_to = below || raw.contains(['↓', '▼']) || raw.trim_start().starts_with('~');
    if up_to {
        let high = found.iter().map(|(d, _)| *d).max();
        return Some(Education { min: None, max: high });
    }
    if word.contains("학력무관") {
        return Some(Education::default());
    }
    Some(Education { min: found.iter().map(|(d, _)| *d).min(), max: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scales_of_the_portals_become_one() {
        let table: String = [
            "학력무관",
            "고졸↑",
            "석사↑",
            "무관",
            "고졸",
            "대졸(2~3년)",
            "대졸(2,3년)",
            "대졸(4년)",
            "대졸(4)",
            "초대졸↑",
            "대졸↑",
            "박사↑",
            "대졸(2~3년) ~ 대졸(4년)",
            "대학교졸업(4년)이상",
            "대학졸업(2,3년)이상",
            "고등학교졸업이상",
            "고졸이하",
            "초졸이하",
            "중졸",
            "고졸~박사",
            "대졸(4년),석사",
            "학사 이상",
            "bachelor degree",
            "전문대졸 이상",
            "운전면허",
        ]
        .iter()
        .map(|raw| match said(raw) {
            None => format!("{raw} -> ?\n"),
            Some(e) => format!("{raw} -> {:?}..{:?}\n", e.min, e.max),
        })
        .collect();
        insta::assert_snapshot!(table.replace("Some", "").replace("None", ""), @r"
        학력무관 -> ..
        고졸↑ -> (High)..
        석사↑ -> (Master)..
        무관 -> ..
        고졸 -> (High)..
        대졸(2~3년) -> (Associate)..
        대졸(2,3년) -> (Associate)..
        대졸(4년) -> (Bachelor)..
        대졸(4) -> (Bachelor)..
        초대졸↑ -> (Associate)..
        대졸↑ -> (Bachelor)..
        박사↑ -> (Doctorate)..
        대졸(2~3년) ~ 대졸(4년) -> (Associate)..(Bachelor)
        대학교졸업(4년)이상 -> (Bachelor)..
        대학졸업(2,3년)이상 -> (Associate)..
        고등학교졸업이상 -> (High)..
        고졸이하 -> ..(High)
        초졸이하 -> ..(Elementary)
        중졸 -> (Middle)..
        고졸~박사 -> (High)..(Doctorate)
        대졸(4년),석사 -> (Bachelor)..
        학사 이상 -> (Bachelor)..
        bachelor degree -> (Bachelor)..
        전문대졸 이상 -> (Associate)..
        운전면허 -> ?
        ");
    }
}
