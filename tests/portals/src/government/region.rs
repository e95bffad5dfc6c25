//! Administrative regions as sources ask for them: what a five-digit code covers, and the codes other tables use for a 시도.

/// Whether an ad in `code` belongs to what a query for `want` means: `11000` is all of Seoul, `41110` (수원시) has the
/// codes of its 구 below it, `12…` (전남광주통합특별시, 2026-07) is found under 46 where a table has no 12 yet, `00000` is nation-wide.
pub fn covers(want: &str, code: &str) -> bool {
    if want.len() != 5 || want == code {
        return want == code || (want.len() == 2 && same_province(want, code));
    }
    if want == "00000" {
        return code.is_empty() || code.starts_with("00");
    }
    if want.ends_with("000") {
        return same_province(&want[..2], code);
    }
    // Only cities (third digit 1 to 5) have 구 under the same first four digits; counties are numbered without gaps.
    let city = want.ends_with('0') && matches!(want.as_bytes()[2], b'1'..=b'5');
    city && !matches!(&want[..2], "11" | "26" | "27" | "28" | "29" | "30" | "31") && code.starts_with(&want[..4])
}

fn same_province(want: &str, code: &str) -> bool {
    code.starts_with(want) || (code.starts_with("12") && want == "46")
}

/// A 시도 with the codes that other tables give it.
pub(super) struct Province {
    /// First two digits of the administrative code.
    pub(super) code: &'static str,
    /// Short name.
    pub(super) name: &'static str,
    /// ALIO workRgnLst.
    pub(super) alio: &'static str,
    /// CleanEye sidoCd.
    pub(super) cleaneye: &'static str,
}

/// All of them, with the codes before (42, 45) and after (51, 52, 12) renaming.
pub(super) const PROVINCES: &[Province] = &[
    Province { code: "11", name: "서울", alio: "R3010", cleaneye: "007001" },
    Province { code: "26", name: "부산", alio: "R3014", cleaneye: "007002" },
    Province { code: "27", name: "대구", alio: "R3013", cleaneye: "007003" },
    Province { code: "28", name: "인천", alio: "R3011", cleaneye: "007004" },
    Province { code: "29", name: "전남광주", alio: "R3015", cleaneye: "007005" },
    Province { code: "30", name: "대전", alio: "R3012", cleaneye: "007006" },
    Province { code: "31", name: "울산", alio: "R3016", cleaneye: "007007" },
    Province { code: "36", name: "세종", alio: "R3026", cleaneye: "007017" },
    Province { code: "41", name: "경기", alio: "R3017", cleaneye: "007008" },
    Province { code: "51", name: "강원", alio: "R3018", cleaneye: "007009" },
    Province { code: "42", name: "강원", alio: "R3018", cleaneye: "007009" },
    Province { code: "43", name: "충북", alio: "R3020", cleaneye: "007010" },
    Province { code: "44", name: "충남", alio: "R3019", cleaneye: "007011" },
    Province { code: "52", name: "전북", alio: "R3024", cleaneye: "007012" },
    Province { code: "45", name: "전북", alio: "R3024", cleaneye: "007012" },
    Province { code: "46", name: "전남광주", alio: "R3023", cleaneye: "007013" },
    Province { code: "12", name: "전남광주", alio: "R3023", cleaneye: "007013" },
    Province { code: "47", name: "경북", alio: "R3021", cleaneye: "007014" },
    Province { code: "48", name: "경남", alio: "R3022", cleaneye: "007015" },
    Province { code: "50", name: "제주", alio: "R3025", cleaneye: "007016" },
];

/// The 시도 of a region code; `None` for nation-wide, abroad and unknown.
pub(super) fn province(code: &str) -> Option<&'static Province> {
    let two = code.get(..2)?;
    PROVINCES.iter().find(|p| p.code == two)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_covers_what_lies_in_it() {
        for (want, code, yes) in [
            ("11000", "11680", true),
            ("30000", "31110", false),
            ("41110", "41117", true),
            ("41110", "41130", false),
            ("43740", "43745", false),
            ("11110", "11140", false),
            ("46000", "12110", true),
            ("29000", "46110", false),
            ("00000", "", true),
            ("00000", "11110", false),
            ("36110", "36110", true),
            ("11", "11680", true),
        ] {
            assert_eq!(covers(want, code), yes, "{want} {code}");
        }
    }
}
