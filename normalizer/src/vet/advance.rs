//! ADV: advance payment and businesses tied to prostitution (직업안정법 제46조, 시행령 제28조제6호).

use super::lexicon::{Hit, Mark, has};

/// Words for an advance that is offered; named alone they are looked at by a person.
pub(super) fn ask(hit: &Hit<'_>) -> Option<Mark> {
    if !hit.begins() {
        return None;
    }
    let behind = hit.after(12);
    let offered =
        hit.word().ends_with("가능") || has(behind, &["가능", "지급", "제공", "당일", "있음", "만원", "드립", "해드"]);
    // `선불 가능` alone may be the way a phone is paid
    Some(if offered && hit.word() != "선불가능" { hit.clear() } else { hit.doubt() })
}
