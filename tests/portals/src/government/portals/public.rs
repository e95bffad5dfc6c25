//! The public institutions.

use super::Entry;

const fn nation(
    name: &'static str,
    title: &'static str,
    dialect: &'static str,
    weight: f64,
    params: &'static [(&'static str, &'static str)],
) -> Entry {
    Entry { name, title, class: "public", dialect, regions: &[], weight, params }
}

/// In the order of `PORTALS`, weights in per cent. `id` is an id in the portal's shape.
pub(super) const PUBLIC: &[Entry] = &[
    nation("work24", "고용24 구인정보", "work24", 30.0, &[("id", "K151812401100054")]),
    nation("work24_open", "고용24 공채속보", "work24_open", 0.4, &[("id", "66021")]),
    nation("alio", "공공기관 채용정보 ALIO", "alio", 1.0, &[("id", "285731")]),
    nation("cleaneye", "지방공기업 채용정보 클린아이", "cleaneye", 0.5, &[]),
    nation("senuri", "100세누리 시니어 일자리", "senuri", 1.5, &[("id", "RECR_000000000013950")]),
];
