//! Ids in each portal's own shape: unique per portal by construction, zero-padded, composite or case-sensitive as there.

use chrono::{NaiveDate, NaiveDateTime};

use super::chance::mix;
use crate::Portal;

/// The shape of a portal's ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `K151812611020054`: office, date, number.
    JobCentre,
    /// Eight digits that rise, and a second number (recruit_no) as at JobKorea.
    TwoNumbers,
    /// `H954202611020864`: desk, date, number.
    Desk,
    /// `20261102172250` and more: a time stamp.
    Stamp,
    /// `9dIm73R5sA`: case counts.
    Cased,
    /// A number that rises from about here.
    Number(u64),
    /// Letters, a date in this form, and a number of at least so many digits.
    Dated(String, &'static str, usize),
    /// Letters and a zero-padded number.
    Padded(String, usize, u64),
}

impl Shape {
    /// By the catalog's parameter: `id` is an id as the portal writes them, `id_shape` a word; else by name.
    pub(crate) fn of(portal: &Portal) -> Shape {
        let param = |name: &str| portal.params.get(name).map(String::as_str);
        match (param("id"), param("id_shape"), portal.name.as_str()) {
            (Some(sample), ..) => Shape::like(sample),
            (_, Some("six"), _) | (.., "wanted") => Shape::Number(281_000),
            (_, Some("cased"), _) => Shape::Cased,
            (.., "jobkorea") => Shape::TwoNumbers,
            (.., "albamon") => Shape::Number(112_400_000),
            (.., "saramin") => Shape::Number(49_600_000),
            (.., "cleaneye") => Shape::Stamp,
            (.., "incruit") => Shape::Dated(String::new(), "%y%m%d", 7),
            (.., name) => Shape::Number(100_000 + mix(name.len() as u64) % 40 * 20_000),
        }
    }

    /// The shape that this id has.
    fn like(sample: &str) -> Shape {
        let start = sample.find(|c: char| c.is_ascii_digit()).unwrap_or(sample.len());
        let (letters, digits) = sample.split_at(start);
        let number = digits.parse::<u64>().unwrap_or(100_000);
        let part =
            |from: usize, to: usize| digits.get(from..to).and_then(|d| d.parse::<u32>().ok()).unwrap_or_default();
        let month = (1..=12).contains(&part(4, 6));
        let day = month && (1..=31).contains(&part(6, 8));
        match (letters, digits.len()) {
            ("K", 15) => Shape::JobCentre,
            ("H", 15) => Shape::Desk,
            _ if (2_000..2_100).contains(&part(0, 4)) && digits.len() >= 10 => match digits.len() {
                n if n >= 12 && day => Shape::Dated(letters.to_owned(), "%Y%m%d", n - 8),
                n if month => Shape::Dated(letters.to_owned(), "%Y%m", n - 6),
                n => Shape::Dated(letters.to_owned(), "%Y", n - 4),
            },
            (_, 13) => Shape::Dated(letters.to_owned(), "%y%m%d", 7),
            (letters, n) if !letters.is_empty() || digits.starts_with('0') => {
                Shape::Padded(letters.to_owned(), n, number)
            }
            _ => Shape::Number(number),
        }
    }

    /// The id and second id of the posting with this serial number on its portal.
    pub(crate) fn ids(&self, salt: u64, serial: u32, posted: NaiveDateTime) -> (String, String) {
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
            Shape::Desk => format!("H{:03}{}{:04}", 100 + n / 10_000 % 900, day.format("%Y%m%d"), n % 10_000),
            // The serial behind the time keeps two postings of one minute apart.
            Shape::Stamp => format!("{}{:02}{n}", posted.format("%Y%m%d%H%M"), h % 60),
            Shape::Cased => cased(salt, n),
            Shape::Number(base) => (base + n * 2 + h % 2).to_string(),
            Shape::Dated(letters, form, width) => format!("{letters}{}{n:0width$}", day.format(form)),
            Shape::Padded(letters, width, base) => format!("{letters}{:0width$}", base + n * 2 + h % 2),
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

    const SAMPLES: [(&str, &str); 12] = [
        ("K151812401100054", "K2611020054"),
        ("H954202505090864", "H100202611020054"),
        ("G202611240012", "G202611020054"),
        ("RECR_000000000013950", "RECR_000000000014058"),
        ("JOB_000000000012345", "JOB_000000000012453"),
        ("JB2026000123", "JB2026000054"),
        ("PB20261100123", "PB20261100054"),
        ("2026110001", "2026110054"),
        ("202601150123", "202611020054"),
        ("2301201500123", "2611020000054"),
        ("00166357", "00166465"),
        ("285731", "285839"),
    ];

    fn posted() -> NaiveDateTime {
        NaiveDate::from_ymd_opt(2026, 11, 2).unwrap().and_hms_opt(10, 0, 0).unwrap()
    }

    #[test]
    fn ids_are_unique_in_every_shape() {
        let mut shapes: Vec<Shape> = SAMPLES.iter().map(|(sample, _)| Shape::like(sample)).collect();
        shapes.extend([Shape::TwoNumbers, Shape::Stamp, Shape::Cased]);
        for shape in shapes {
            let ids: std::collections::HashSet<String> = (0..60_000).map(|n| shape.ids(77, n, posted()).0).collect();
            assert_eq!(ids.len(), 60_000, "{shape:?}");
        }
    }

    #[test]
    fn ids_look_as_the_portals_write_them() {
        for (sample, expected) in SAMPLES {
            let id = Shape::like(sample).ids(5, 54, posted()).0;
            assert_eq!(id.len(), sample.len(), "{sample} -> {id}");
            let same = match expected.strip_prefix('K') {
                Some(end) => id.starts_with('K') && id.ends_with(end),
                // The last digit is one of two: numbers rise with gaps.
                None => id[..id.len() - 1] == expected[..expected.len() - 1],
            };
            assert!(same, "{sample} -> {id}, not {expected}");
        }
    }
}
