//! Number of openings: digits, `00명`, `약간명`, ranges and sums.

use crate::reading::Reading;
use crate::{Effect, RawField, text};

/// A larger number of openings is not believed.
pub const HEADCOUNT_MAX: u32 = 5000;

/// Reads `headcount`.
pub(crate) fn read(reading: &mut Reading<'_>) {
    let Some(raw) = reading.line(RawField::Headcount) else { return };
    match said(&raw) {
        Some(Said::Number(n)) => {
            reading.out.posting.total_job_openings = Some(n);
            reading.took("total_job_openings", &raw, "headcount.number", 1000);
        }
        Some(Said::Unstated) => reading.took("total_job_openings", &raw, "headcount.unstated", 1000),
        None => reading.doubt("headcount.not_understood", "total_job_openings", Effect::Lowers, &raw),
    }
}

/// What a headcount text says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// That many.
    Number(u32),
    /// `0명`, `00명`, `약간명`: some, and no number.
    Unstated,
}

/// Reads a headcount; `None` where it is not understood.
pub fn said(raw: &str) -> Option<Said> {
    let word = text::compact(raw);
    if word.is_empty() {
        return raw.contains(['○', '〇', '◯', '●', 'O']).then_some(Said::Unstated);
    }
    if ["약간", "다수", "미정", "협의", "추후", "수명", "인원미정", "제한없음", "무관", "불문"]
        .iter()
        .any(|w| word.contains(w))
    {
        return Some(Said::Unstated);
    }
    // `1.0`
    if let Ok(number) = raw.trim().parse::<f64>()
        && number.fract() == 0.0
        && (0.0..=f64::from(HEADCOUNT_MAX)).contains(&number)
    {
        return Some(if number == 0.0 { Said::Unstated } else { Said::Number(number as u32) });
    }
    let mut numbers = [0u32; 2];
    let mut count = 0;
    let mut zeros = false;
    let mut digits = raw.split(|c: char| !c.is_ascii_digit() && c != ',').filter(|d| !d.is_empty() && *d != ",");
    for part in digits.by_ref().take(2) {
        let plain: String = part.chars().filter(|c| *c != ',').collect();
        if plain.bytes().all(|b| b == b'0') {
            zeros = true;
            continue;
        }
        numbers[count] = plain.parse::<u32>().ok().filter(|n| *n <= HEADCOUNT_MAX)?;
        count += 1;
    }
    match count {
        0 if zeros
            || ((word.contains('명') || word.contains('인'))
                && raw.contains(['○', '〇', '◯', 'O', 'o', 'ㅇ', '0', '多'])) =>
        {
            Some(Said::Unstated)
        }
        0 if word.contains("한자릿수") || word.contains("두자릿수") || word.contains("세자릿수") => {
            Some(Said::Unstated)
        }
        0 if word.contains("한명") => Some(Said::Number(1)),
        0 => None,
        1 => Some(Said::Number(numbers[0])),
        _ => Some(Said::Number(numbers[0].max(numbers[1]))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_ways_portals_write_openings() {
        for (raw, want) in [
            ("2명", Some(Said::Number(2))),
            ("1.0", Some(Said::Number(1))),
            ("0", Some(Said::Unstated)),
            ("00명", Some(Said::Unstated)),
            ("○○명", Some(Said::Unstated)),
            ("O명", Some(Said::Unstated)),
            ("약간명", Some(Said::Unstated)),
            ("1~3명", Some(Said::Number(3))),
            ("10명 이내", Some(Said::Number(10))),
            ("1,200명", Some(Said::Number(1200))),
            ("99999999999명", None),
            ("무슨 말", None),
        ] {
            assert_eq!(said(raw), want, "{raw}");
        }
    }
}
