//! Kinds of contract, from words, codes of schema.org and portals' lists.

use crate::reading::Reading;
use crate::{Effect, EmploymentType, RawField, text};

/// Words as they stand after [`text::compact`], the longer before those they contain.
const WORDS: &[(&str, EmploymentType)] = &[
    ("기간의정함이없는", EmploymentType::Permanent),
    ("기간의정함이있는", EmploymentType::Contract),
    ("무기계약", EmploymentType::IndefiniteContract),
    ("공무직", EmploymentType::IndefiniteContract),
    ("비정규직", EmploymentType::Contract),
    ("정규직전환", EmploymentType::Other), // a promise, no kind: see `said`
    ("정규직", EmploymentType::Permanent),
    ("상용직", EmploymentType::Permanent),
    ("fulltime", EmploymentType::Permanent),
    ("permanent", EmploymentType::Permanent),
    ("regular", EmploymentType::Permanent),
    ("기간제", EmploymentType::Contract),
    ("계약직", EmploymentType::Contract),
    ("촉탁", EmploymentType::Contract),
    ("임시직", EmploymentType::Contract),
    ("대체인력", EmploymentType::Contract),
    ("contractor", EmploymentType::Contract),
    ("contract", EmploymentType::Contract),
    ("temporary", EmploymentType::Contract),
    ("파견", EmploymentType::Temporary),
    ("도급", EmploymentType::Temporary),
    ("일용", EmploymentType::PerDiem),
    ("일당직", EmploymentType::PerDiem),
    ("일당", EmploymentType::PerDiem),
    ("perdiem", EmploymentType::PerDiem),
    ("시간선택", EmploymentType::PartTime),
    ("시간제", EmploymentType::PartTime),
    ("단시간", EmploymentType::PartTime),
    ("파트", EmploymentType::PartTime),
    ("아르바이트", EmploymentType::PartTime),
    ("알바", EmploymentType::PartTime),
    ("parttime", EmploymentType::PartTime),
    ("인턴", EmploymentType::Intern),
    ("수습", EmploymentType::Intern),
    ("교육생", EmploymentType::Intern),
    ("연수생", EmploymentType::Intern),
    ("intern", EmploymentType::Intern),
    ("프리랜서", EmploymentType::Freelance),
    ("위촉", EmploymentType::Freelance),
    ("freelance", EmploymentType::Freelance),
    ("개인사업자", EmploymentType::Freelance),
    ("병역특례", EmploymentType::MilitaryService),
    ("산업기능요원", EmploymentType::MilitaryService),
    ("전문연구요원", EmploymentType::MilitaryService),
    ("승선근무", EmploymentType::MilitaryService),
    ("volunteer", EmploymentType::Other),
    ("자원봉사", EmploymentType::Other),
    ("해외취업", EmploymentType::Other),
    ("기타", EmploymentType::Other),
    ("other", EmploymentType::Other),
];

/// Reads `employment_type`.
pub(crate) fn read(reading: &mut Reading<'_>) {
    let Some(raw) = reading.line(RawField::EmploymentType) else { return };
    let kinds = said(&raw);
    if let Some(code) = raw.split([',', '|', ';']).map(str::trim).find(|part| part.starts_with('?'))
        && !kinds.is_empty()
    {
        reading.doubt("employment_type.unknown_code", "employment_type", Effect::Lowers, code);
    }
    if kinds.is_empty() {
        let rule = if raw.starts_with('?') { "employment_type.unknown_code" } else { "employment_type.not_understood" };
        reading.doubt(rule, "employment_type", Effect::Lowers, &raw);
    } else {
        reading.out.posting.employment_type = kinds;
        reading.took("employment_type", &raw, "employment_type.words", 1000);
    }
}

/// Kinds named in a text, sorted; empty where none is.
pub fn said(raw: &str) -> Vec<EmploymentType> {
    let word = text::compact(raw);
    let mut kinds: Vec<EmploymentType> = Vec::new();
    let mut at = 0;
    let mut promise = false;
    while at < word.len() {
        let rest = &word[at..];
        match WORDS.iter().find(|(w, _)| rest.starts_with(w)) {
            Some((w, kind)) => {
                at += w.len();
                if *w == "정규직전환" {
                    promise = true;
                } else if !kinds.contains(kind) {
                    kinds.push(*kind);
                }
            }
            None => at += rest.chars().next().map_or(1, char::len_utf8),
        }
    }
    if kinds.is_empty() && promise {
        kinds.push(EmploymentType::Contract);
    }
    kinds.sort_unstable();
    kinds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_ways_portals_write_contracts() {
        let table: String = [
            "정규직 외",
            "계약직",
            "정규직·계약직",
            "기간제·계약직",
            "무기계약직·계약직",
            "알바, 위촉직(프리랜서)",
            "계약직·파견직 (정규직 전환가능)",
            "인턴직 (정규직 전환)",
            "정규직                 외",
            "FULL_TIME",
            "기간의 정함이 없는 근로계약",
            "기간의 정함이 있는 근로계약 / 시간(선택)제",
            "비정규직",
            "연수생/교육생",
            "산업기능요원·현역",
            "파트·프리랜서",
            "일용직",
            "도급",
            "아프리카 알제리",
        ]
        .iter()
        .map(|raw| format!("{raw} -> {:?}\n", said(raw)))
        .collect();
        insta::assert_snapshot!(table, @r"
        정규직 외 -> [Permanent]
        계약직 -> [Contract]
        정규직·계약직 -> [Permanent, Contract]
        기간제·계약직 -> [Contract]
        무기계약직·계약직 -> [Contract, IndefiniteContract]
        알바, 위촉직(프리랜서) -> [PartTime, Freelance]
        계약직·파견직 (정규직 전환가능) -> [Contract, Temporary]
        인턴직 (정규직 전환) -> [Intern]
        정규직                 외 -> [Permanent]
        FULL_TIME -> [Permanent]
        기간의 정함이 없는 근로계약 -> [Permanent]
        기간의 정함이 있는 근로계약 / 시간(선택)제 -> [Contract, PartTime]
        비정규직 -> [Contract]
        연수생/교육생 -> [Intern]
        산업기능요원·현역 -> [MilitaryService]
        파트·프리랜서 -> [PartTime, Freelance]
        일용직 -> [PerDiem]
        도급 -> [Temporary]
        아프리카 알제리 -> []
        ");
    }
}
