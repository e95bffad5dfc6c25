//! 사업자등록번호: ten digits, the last a check digit over weights 1 3 7 1 3 7 1 3 5.

use crate::reading::Reading;
use crate::{Effect, RawField};

/// Weights of the first nine digits.
const WEIGHTS: [u32; 9] = [1, 3, 7, 1, 3, 7, 1, 3, 5];

/// Reads `business_number`.
pub(crate) fn read(reading: &mut Reading<'_>) {
    let Some(raw) = reading.line(RawField::BusinessNumber) else { return };
    match parse(&raw) {
        Ok(number) => {
            reading.took("hiring_organization.business_number", &raw, "business_number.checked", 1000);
            reading.out.posting.hiring_organization.business_number = Some(number);
        }
        // a resident number in this slot is personal data: it is dropped, and not quoted
        Err(Wrong::Personal) => {
            reading.doubt("business_number.personal", "hiring_organization.business_number", Effect::Reviews, "")
        }
        Err(Wrong::Shape) => {
            reading.doubt("business_number.shape", "hiring_organization.business_number", Effect::Lowers, &raw)
        }
        Err(Wrong::Check) => {
            reading.doubt("business_number.check_digit", "hiring_organization.business_number", Effect::Reviews, &raw)
        }
    }
}

/// Why a text is no business number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Not ten digits.
    Shape,
    /// The check digit does not fit.
    Check,
    /// Thirteen digits: a resident or corporate registration number.
    Personal,
}

/// The ten digits of a business number in any spelling.
///
/// # Errors
/// [`Wrong`]: not ten digits, or a wrong check digit.
pub fn parse(raw: &str) -> Result<String, Wrong> {
    let mut digits = String::with_capacity(10);
    for c in raw.chars() {
        match c {
            '0'..='9' => digits.push(c),
            '-' | ' ' | '.' | '/' => {}
            _ => return Err(Wrong::Shape),
        }
        if digits.len() > 13 {
            return Err(Wrong::Shape);
        }
    }
    match digits.len() {
        10 if digits == "0000000000" => Err(Wrong::Shape),
        10 if is_valid(&digits) => Ok(digits),
        10 => Err(Wrong::Check),
        13 => Err(Wrong::Personal),
        _ => Err(Wrong::Shape),
    }
}

/// Whether ten ASCII digits carry a right check digit.
pub fn is_valid(digits: &str) -> bool {
    let digits: &[u8] = digits.as_bytes();
    if digits.len() != 10 || !digits.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let value = |n: usize| u32::from(digits[n] - b'0');
    let sum: u32 = WEIGHTS.iter().enumerate().map(|(n, w)| w * value(n)).sum::<u32>() + value(8) * 5 / 10;
    (10 - sum % 10) % 10 == value(9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_decides() {
        for (raw, want) in [
            ("124-81-00998", Ok("1248100998")),
            ("1248100998", Ok("1248100998")),
            ("220-81-62517", Ok("2208162517")),
            ("124-81-00999", Err(Wrong::Check)),
            ("12345", Err(Wrong::Shape)),
            ("0000000000", Err(Wrong::Shape)),
            ("520103-2243962", Err(Wrong::Personal)),
            ("없음", Err(Wrong::Shape)),
        ] {
            assert_eq!(parse(raw), want.map(str::to_owned), "{raw}");
        }
    }
}
