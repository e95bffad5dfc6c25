//! Undoes spacing tricks: a text without the blanks and signs people put between syllables, that still knows
//! where words began and sentences ended.

use crate::text;

/// A squashed text: syllables, lower-case letters, digits and the signs `,/()[]~:%`; `\n` between sentences.
#[derive(Default)]
pub(super) struct Squashed {
    pub(super) text: String,
    /// One bit for every byte of `text`: a word begins there.
    begins: Vec<u64>,
}

impl Squashed {
    /// Squashes another text into the same buffers.
    pub(super) fn fill(&mut self, source: &str) {
        self.text.clear();
        self.begins.clear();
        self.begins.resize(source.len() / 64 + 1, 0);
        let bytes = source.as_bytes();
        let mut at = 0;
        let mut begins = true;
        while at < bytes.len() {
            let byte = bytes[at];
            if byte >= 0x80 {
                let run = wide_run(bytes, at);
                if run > at {
                    self.mark(begins);
                    self.text.push_str(&source[at..run]);
                    begins = false;
                    at = run;
                    continue;
                }
                let Some(c) = source[at..].chars().next() else { break };
                // `3ㅇ대`: a consonant that stands for a digit
                if c == 'ㅇ' && self.text.ends_with(|d: char| d.is_ascii_digit()) {
                    self.text.push('0');
                    at += c.len_utf8();
                    continue;
                }
                // `35세↓`, `고졸↑`
                if matches!(c, '↓' | '↑') {
                    self.text.push_str(if c == '↓' { "이하" } else { "이상" });
                    begins = true;
                    at += c.len_utf8();
                    continue;
                }
                if is_jamo(c) {
                    self.mark(begins);
                    at += compose(&source[at..], &mut self.text);
                    begins = false;
                    continue;
                }
                at += c.len_utf8();
                if c.is_alphanumeric() {
                    self.mark(begins);
                    begins = false;
                    self.text.extend(c.to_lowercase());
                } else {
                    begins = true;
                }
                continue;
            }
            at += 1;
            match byte {
                // `2O대`: a letter that stands for a digit between a digit and a syllable
                b'o' | b'O'
                    if self.text.ends_with(|c: char| c.is_ascii_digit())
                        && bytes.get(at).is_some_and(|b| *b >= 0x80) =>
                {
                    self.text.push('0');
                }
                b'a'..=b'z' | b'0'..=b'9' | b',' | b'/' | b'(' | b')' | b'[' | b']' | b'~' | b':' | b'%' => {
                    self.mark(begins);
                    self.text.push(byte as char);
                    begins = !byte.is_ascii_alphanumeric();
                }
                b'A'..=b'Z' => {
                    self.mark(begins);
                    self.text.push(byte.to_ascii_lowercase() as char);
                    begins = false;
                }
                b'\n' | b'!' | b'?' | b';' => {
                    self.stop();
                    begins = true;
                }
                // the point behind `1988.01.01.` ends a date, no sentence
                b'.' if bytes.get(at).is_none_or(|next| matches!(next, b' ' | b'\n'))
                    && !self.text.ends_with(|c: char| c.is_ascii_digit())
                    // `여 . 성 . 우 . 대`
                    && at >= 2
                    && bytes[at - 2] != b' ' =>
                {
                    self.stop();
                    begins = true;
                }
                _ => begins = true,
            }
        }
    }

    /// The next byte begins a word.
    fn mark(&mut self, begins: bool) {
        if begins {
            let at = self.text.len();
            if let Some(word) = self.begins.get_mut(at / 64) {
                *word |= 1 << (at % 64);
            }
        }
    }

    fn stop(&mut self) {
        if !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    /// Whether a word begins at a byte.
    pub(super) fn begins(&self, at: usize) -> bool {
        at == 0 || self.begins.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    /// At most `chars` characters before a byte, in its sentence.
    pub(super) fn before(&self, at: usize, chars: usize) -> &str {
        let start = self.text[..at].rfind('\n').map_or(0, |n| n + 1);
        let head = &self.text[start..at];
        head.char_indices().rev().take(chars).last().map_or("", |(n, _)| &head[n..])
    }

    /// At most `chars` characters from a byte on, in its sentence.
    pub(super) fn after(&self, at: usize, chars: usize) -> &str {
        let rest = &self.text[at..];
        let end = rest.find('\n').unwrap_or(rest.len());
        rest[..end].char_indices().nth(chars).map_or(&rest[..end], |(n, _)| &rest[..n])
    }
}

/// End of the run of syllables at `at`.
fn wide_run(bytes: &[u8], mut at: usize) -> usize {
    while at + 2 < bytes.len() {
        let fits = match bytes[at] {
            0xeb | 0xec => true,
            0xea => bytes[at + 1] >= 0xb0,
            0xed => bytes[at + 1] < 0x9e,
            _ => false,
        };
        if !fits {
            break;
        }
        at += 3;
    }
    at
}

fn is_jamo(c: char) -> bool {
    ('\u{3131}'..='\u{3163}').contains(&c)
}

/// Longest run of taken-apart syllables put together at once, in bytes.
const JAMO_BYTES_MAX: usize = 240;

/// Puts `ㄴㅏㅁㅈㅏ` together again; what makes no syllable (ㅋㅋ) stays. Gives the bytes it took.
fn compose(source: &str, out: &mut String) -> usize {
    const LEADS: &str = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";
    const TAILS: &str = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ";
    let place = |set: &str, c: char| set.chars().position(|known| known == c).map(|n| n as u32);
    let vowel = |c: Option<&char>| c.filter(|c| ('ㅏ'..='ㅣ').contains(*c)).map(|c| *c as u32 - 'ㅏ' as u32);
    let mut run: Vec<char> = Vec::new();
    let mut taken = 0;
    for (at, c) in source.char_indices().take_while(|(at, _)| *at < JAMO_BYTES_MAX) {
        if is_jamo(c) {
            run.push(c);
            taken = at + c.len_utf8();
        } else if !matches!(c, ' ' | '·' | '-' | '_') {
            break;
        }
    }
    let mut at = 0;
    while at < run.len() {
        let (Some(lead), Some(middle)) = (place(LEADS, run[at]), vowel(run.get(at + 1))) else {
            out.push(run[at]);
            at += 1;
            continue;
        };
        let tail = run.get(at + 2).and_then(|c| place(TAILS, *c)).filter(|_| vowel(run.get(at + 3)).is_none());
        let code = 0xac00 + (lead * 21 + middle) * 28 + tail.map_or(0, |t| t + 1);
        out.extend(char::from_u32(code));
        at += 2 + usize::from(tail.is_some());
    }
    taken
}

/// The words of `source` whose squashed form is the byte range of a hit.
pub(super) fn words_of(source: &str, squashed: &Squashed, from: usize, to: usize) -> String {
    // counts syllables, letters and digits, which both texts have alike
    let count = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
    if count(source) != count(&squashed.text) {
        // syllables were put together: the squashed words must do
        return squashed.text[from..to].to_owned();
    }
    let (skip, take) = (count(&squashed.text[..from]), count(&squashed.text[from..to]));
    let mut seen = 0;
    let (mut start, mut end) = (source.len(), source.len());
    for (at, c) in source.char_indices() {
        if !c.is_alphanumeric() {
            continue;
        }
        if seen == skip {
            start = at;
        }
        seen += 1;
        if seen == skip + take {
            end = at + c.len_utf8();
            break;
        }
    }
    text::line(source.get(start..end).unwrap_or_default()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spacing_tricks_are_undone_and_words_remembered() {
        let mut squashed = Squashed::default();
        squashed.fill("강남 자동차. 남 자 사·원 모집!\n35세 이하");
        assert_eq!(squashed.text, "강남자동차\n남자사원모집\n35세이하");
        let inside = squashed.text.find("남자동").unwrap();
        assert!(!squashed.begins(inside));
        let trick = squashed.text.find("남자사원").unwrap();
        assert!(squashed.begins(trick));
        assert_eq!((squashed.before(trick, 9), squashed.after(trick, 4)), ("", "남자사원"));
        let source = "강남 자동차. 남 자 사·원 모집!\n35세 이하";
        assert_eq!(words_of(source, &squashed, trick, trick + 12), "남 자 사·원");
    }
}
