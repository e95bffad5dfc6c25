//! Does a text look like personal data? Linked systems are asked for counts; a batch that carries more is refused whole.
//! Says what was seen and where, never the value.

/// Column names that announce personal data, folded to lower case without separators; Korean and English.
const COLUMNS: &[&str] = &[
    "residentno",
    "residentnumber",
    "rrn",
    "jumin",
    "주민등록번호",
    "주민번호",
    "외국인등록번호",
    "personname",
    "workername",
    "employeename",
    "성명",
    "이름",
    "근로자명",
    "피보험자명",
    "phone",
    "mobile",
    "tel",
    "telno",
    "전화번호",
    "연락처",
    "휴대폰",
    "휴대전화",
    "email",
    "이메일",
    "birth",
    "birthday",
    "birthdate",
    "생년월일",
    "passport",
    "passportno",
    "여권번호",
    "계좌번호",
];

/// What a column's name says it holds, where that is personal.
pub fn column(name: &str) -> bool {
    let folded: String = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    COLUMNS.contains(&folded.as_str())
}

/// What a value looks like, where that is personal: a resident number, a phone number, an e-mail address.
pub fn value(text: &str) -> Option<&'static str> {
    let bytes = text.as_bytes();
    if bytes.contains(&b'@') && is_mail(text) {
        return Some("an e-mail address");
    }
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let run = Digits::at(bytes, at);
        if run.is_resident_number() {
            return Some("a resident number");
        }
        if run.is_phone() {
            return Some("a phone number");
        }
        at = run.end;
    }
    None
}

fn is_mail(text: &str) -> bool {
    text.match_indices('@').any(|(at, _)| {
        let before = text[..at].bytes().next_back().is_some_and(|b| b.is_ascii_alphanumeric());
        let after: &str =
            text[at + 1..].split(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '-')).next().unwrap_or("");
        before && after.trim_end_matches('.').contains('.')
    })
}

/// Most digits that are looked at together.
const DIGITS_MAX: usize = 16;

/// A run of digits; single hyphens, blanks and dots between them do not end it.
struct Digits {
    digits: [u8; DIGITS_MAX],
    /// Digits before each separator, as a bit set: bit n = a separator after n digits.
    breaks: u32,
    count: usize,
    end: usize,
}

impl Digits {
    fn at(bytes: &[u8], from: usize) -> Digits {
        let mut run = Digits { digits: [0; DIGITS_MAX], breaks: 0, count: 0, end: from };
        while run.end < bytes.len() {
            let byte = bytes[run.end];
            if byte.is_ascii_digit() {
                if run.count < DIGITS_MAX {
                    run.digits[run.count] = byte - b'0';
                }
                run.count += 1;
            } else if matches!(byte, b'-' | b' ' | b'.')
                && bytes.get(run.end + 1).is_some_and(u8::is_ascii_digit)
                && run.count < DIGITS_MAX
            {
                run.breaks |= 1 << run.count;
            } else {
                break;
            }
            run.end += 1;
        }
        run
    }

    fn number(&self, from: usize, to: usize) -> u32 {
        self.digits[from..to].iter().fold(0, |n, d| n * 10 + u32::from(*d))
    }

    /// Thirteen digits, a date first and a century digit seventh, in one piece or broken after the sixth.
    fn is_resident_number(&self) -> bool {
        self.count == 13
            && (self.breaks == 0 || self.breaks == 1 << 6)
            && (1..=12).contains(&self.number(2, 4))
            && (1..=31).contains(&self.number(4, 6))
            && (1..=8).contains(&self.digits[6])
    }

    /// A mobile number, or a number with area code that is written with its separators.
    fn is_phone(&self) -> bool {
        let mobile = self.digits[0] == 0 && self.digits[1] == 1 && matches!(self.digits[2], 0 | 1 | 6 | 7 | 8 | 9);
        let area = self.digits[0] == 0 && matches!(self.digits[1], 2..=7);
        match self.count {
            10 | 11 if mobile => self.breaks != 0 || self.count == 11,
            9..=11 if area => self.breaks.count_ones() == 2,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resident_numbers_phones_and_mail_are_seen_and_business_numbers_are_not() {
        for (text, want) in [
            ("900101-1234567", Some("a resident number")),
            ("9001011234567", Some("a resident number")),
            ("담당 010-1234-5678", Some("a phone number")),
            ("01012345678", Some("a phone number")),
            ("02-123-4567", Some("a phone number")),
            ("hr@example.co.kr", Some("an e-mail address")),
            ("주식회사 한빛물류", None),
            ("1208147521", None),
            ("120-81-47521", None),
            ("12081475210", None),
            ("K151812611020054", None),
            ("2026-11-09", None),
            ("대성정밀 2공장", None),
            ("A@B", None),
            ("", None),
        ] {
            assert_eq!(value(text), want, "{text}");
        }
    }

    #[test]
    fn columns_that_announce_a_person_are_known_however_they_are_written() {
        for (name, want) in [
            ("resident_no", true),
            ("주민등록번호", true),
            ("성 명", true),
            ("E-Mail", true),
            ("workplace_name", false),
            ("people", false),
            ("name", false),
        ] {
            assert_eq!(column(name), want, "{name}");
        }
    }
}
