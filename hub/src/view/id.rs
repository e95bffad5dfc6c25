//! Ids as people and programs see them: a letter and the 64 bits in hexadecimal. They never change and are never reused.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// Text that is not an id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {what}: write `{letter}` and 16 hexadecimal digits, e.g. {letter}00c0ffee00c0ffee")]
pub struct IdError {
    text: String,
    what: &'static str,
    letter: char,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $letter:literal, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{:016x}", $letter, self.0.cast_unsigned())
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let digits = text.strip_prefix($letter).filter(|d| d.len() == 16 && d.bytes().all(|b| b.is_ascii_hexdigit()));
                digits.and_then(|d| u64::from_str_radix(d, 16).ok()).map(|n| $name(n.cast_signed())).ok_or_else(|| IdError {
                    text: text.chars().take(40).collect(),
                    what: $what,
                    letter: $letter,
                })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    };
}

id! {
    /// Id of a vacancy, `v0123456789abcdef`.
    VacancyId, 'v', "the id of a vacancy"
}
id! {
    /// Id of a posting, `p0123456789abcdef`.
    PostingId, 'p', "the id of a posting"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_survive_the_round_trip_at_both_ends_of_their_range() {
        for n in [0, 1, -1, i64::MIN, i64::MAX, 0x00c0_ffee] {
            let id = VacancyId(n);
            assert_eq!(id.to_string().parse::<VacancyId>().unwrap(), id);
            assert_eq!(PostingId(n).to_string().parse::<PostingId>().unwrap(), PostingId(n));
            assert_eq!(serde_json::to_value(id).unwrap(), serde_json::json!(id.to_string()));
        }
    }

    #[test]
    fn what_is_no_id_is_refused_with_what_to_write() {
        for text in [
            "",
            "v",
            "1234",
            "p00c0ffee00c0ffee",
            "v00c0ffee00c0ffe",
            "v+0c0ffee00c0ffee",
            "v00c0ffee00c0ffee'",
            "v가00c0ffee00c0ff",
        ] {
            let error = text.parse::<VacancyId>().unwrap_err().to_string();
            assert!(error.contains("16 hexadecimal digits"), "{text}: {error}");
        }
    }
}
