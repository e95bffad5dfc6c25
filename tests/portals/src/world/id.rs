//! Ids in each portal's own shape: unique per portal by construction, zero-padded, composite or case-sensitive as there.

use chrono::{NaiveDate, NaiveDateTime};

use super::chance::mix;
use crate::Portal;

/// The shape of a portal's ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `K151812611020054`: office, date, number.
    JobCentre,
    /// Eight digits that rise, and a second number (recruit_no) as at JobKorea.
    TwoNumbers,
    /// Eight digits that rise.
    Eight,
    /// Nine digits that rise.
    Nine,
    /// Six digits.
    Six,
    /// `2611020000022`: date and seven digits.
    DateSeven,
    /// `RECR_000000000013950`.
    Senior,
    /// `H954202611020864`.
    Seoul,
    /// Thirteen digits with the year first.
    Thirteen,
    /// `20261102172250` and a bit: a time stamp.
    Stamp,
    /// `00166357`.
    Padded,
    /// `7608-168752`.
    Dashed,
    /// `9dIm73R5sA`: case counts.
    Cased,
    /// A UUID.
    Uuid,
}

impl Shape {
    /// By the parameter `id_shape` when the catalog gives one, else by name and dialect.
    pub(crate) fn of(portal: &Portal) -> Shape {
        let asked = portal.params.get("id_shape").map_or("", String::as_str);
        let has = |words: &[&str]| words.iter().any(|w| portal.name.contains(w) || portal.dialect.contains(w));
        match asked {
            "job_centre" => Shape::JobCentre,
            "two_numbers" => Shape::TwoNumbers,
            "eight" => Shape::Eight,
            "nine" => Shape::Nine,
            "six" => Shape::Six,
            "date_seven" => Shape::DateSeven,
            "thirteen" => Shape::Thirteen,
            "stamp" => Shape::Stamp,
            "padded" => Shape::Padded,
            "dashed" => Shape::Dashed,
            "cased" => Shape::Cased,
            "uuid" => Shape::Uuid,
            _ if has(&["jobkorea"]) => Shape::TwoNumbers,
            _ if has(&["albamon"]) => Shape::Nine,
            _ if has(&["saramin"]) => Shape::Eight,
            _ if has(&["work24", "worknet"]) => Shape::JobCentre,
            _ if has(&["senuri"]) => Shape::Senior,
            _ if has(&["seoul"]) => Shape::Seoul,
            _ if has(&["mma"]) => Shape::Thirteen,
            _ if has(&["incruit"]) => Shape::DateSeven,
            _ if has(&["cleaneye"]) => Shape::Stamp,
            _ if has(&["midas", "mrs"]) => Shape::Dashed,
            _ if has(&["lever", "ashby"]) => Shape::Uuid,
            _ if has(&["workable"]) => Shape::Cased,
            _ if has(&["alio", "gojobs", "wanted"]) => Shape::Six,
            _ if has(&["rnd", "prd"]) => Shape::Padded,
            _ => Shape::Eight,
        }
    }

    /// The id and second id of the posting with this serial number on its portal.
    pub(crate) fn ids(self, salt: u64, serial: u32, posted: NaiveDateTime) -> (String, String) {
        let h = mix(salt ^ u64::from(serial));
        let n = u64::from(serial);
        let day = posted.date();
        let id = match self {
            Shape::JobCentre => {
                let office = 10_000 + (n / 10_000 % 9 * 10 + h % 9 + 1) * 1_000 + h / 16 % 1_000;
                format!("K{office}{}{:04}", short(day), n % 10_000)
            }
            Shape::TwoNumbers => {
                let first = 43_500_000 + n * 3 + h % 3;
                return (first.to_string(), (45_900_000 + n * 5 + h / 8 % 5).to_string());
            }
            Shape::Eight => (49_600_000 - (salt % 40) * 1_000_000 + n * 2 + h % 2).to_string(),
            Shape::Nine => (110_000_000 + n * 7 + h % 7).to_string(),
            Shape::Six => (280_000 + n * 2 + h % 2).to_string(),
            Shape::DateSeven => format!("{}{n:07}", short(day)),
            Shape::Senior => format!("RECR_{:015}", 13_000 + n * 3 + h % 3),
            Shape::Seoul => format!("H{:03}{}{:04}", 100 + n / 10_000 % 900, day.format("%Y%m%d"), n % 10_000),
            Shape::Thirteen => format!("{}{n:09}", day.format("%Y")),
            Shape::Stamp => format!("{}{:02}", posted.format("%Y%m%d%H%M"), n % 60) + &n.to_string(),
            Shape::Padded => format!("{:08}", 160_000 + n),
            Shape::Dashed => format!("{}-{}", 7_000 + h % 900, 160_000 + n),
            Shape::Cased => cased(salt, n),
            Shape::Uuid => {
                let low = mix(h);
                format!(
                    "{:08x}-{:04x}-4{:03x}-8{:03x}-{:04x}{:08x}",
                    h >> 32,
                    h >> 16 & 0xffff,
                    h & 0xfff,
                    low >> 52,
                    low & 0xffff,
                    n
                )
            }
        };
        (id, String::new())
    }
}

fn short(day: NaiveDate) -> String {
    day.format("%y%m%d").to_string()
}

/// Ten letters and digits; a pair of ids may differ only in case.
fn cased(salt: u64, n: u64) -> String {
    const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    // An odd multiplier modulo 62^10 keeps different numbers different.
    const ALL: u128 = 839_299_365_868_340_224;
    let mut x = (u128::from(n + salt % 1_000) * 470_000_000_000_000_003) % ALL;
    (0..10)
        .map(|_| {
            let letter = LETTERS[(x % 62) as usize] as char;
            x /= 62;
            letter
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_in_every_shape() {
        use Shape::*;
        let posted = NaiveDate::from_ymd_opt(2026, 11, 2).unwrap().and_hms_opt(10, 0, 0).unwrap();
        for shape in [
            JobCentre, TwoNumbers, Eight, Nine, Six, DateSeven, Senior, Seoul, Thirteen, Stamp, Padded, Dashed, Cased,
            Uuid,
        ] {
            let ids: std::collections::HashSet<String> = (0..60_000).map(|n| shape.ids(77, n, posted).0).collect();
            assert_eq!(ids.len(), 60_000, "{shape:?}");
        }
    }

    #[test]
    fn ids_look_as_the_portals_write_them() {
        let posted = NaiveDate::from_ymd_opt(2026, 11, 2).unwrap().and_hms_opt(10, 0, 0).unwrap();
        let id = |s: Shape| s.ids(5, 54, posted).0;
        let k = id(Shape::JobCentre);
        assert!(k.len() == 16 && k.starts_with('K') && k.ends_with("2611020054"), "{k}");
        assert_eq!(id(Shape::DateSeven), "2611020000054");
        assert_eq!(id(Shape::Seoul), "H100202611020054");
        assert_eq!(id(Shape::Uuid).len(), 36);
        assert_eq!(id(Shape::Cased).len(), 10);
    }
}
