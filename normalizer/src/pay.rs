//! Pay as offered: period, bounds in whole won, or only words such as 면접 후 결정.
//! Holds no judgement of the amount but whether it can be meant; the minimum wage is a matter of vetting.

use crate::reading::Reading;
use crate::vet::wage::{Hourly, hourly};
use crate::{Effect, Pay, PayPeriod, RawField, hours, text};

mod amount;

use amount::{Amount, amounts, in_digits};

/// Most bytes of a pay text that are looked at.
pub const PAY_BYTES_MAX: usize = 400;
/// Most amounts read from one text.
const AMOUNTS_MAX: usize = 12;
/// Numbers without any unit or period: from here 만원 a month, and below the other won an hour.
const BARE_MONTH: i64 = 150;
const BARE_HOUR: i64 = 9_000;
/// Largest amount that is taken for one.
const WON_MAX: i64 = 100_000_000_000;

/// What a pay text says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// Period, bounds, words.
    pub pay: Pay,
    /// The rule that read it.
    pub rule: &'static str,
    /// Thousandths.
    pub confidence: u16,
    /// The text says explicitly that there is nothing to say, or is a badge that stands where pay should.
    pub none: bool,
}

/// Reads `pay` in words and `pay_period`, `pay_min`, `pay_max`, `pay_unit`.
pub(crate) fn read(reading: &mut Reading<'_>) {
    let period = read_period(reading);
    let mut pay: Option<Pay> = None;
    if let Some(raw) = reading.line(RawField::Pay) {
        match said(&raw) {
            Some(got) if got.none => reading.took("base_salary", &raw, got.rule, got.confidence),
            Some(got) => {
                reading.took("base_salary", &raw, got.rule, got.confidence);
                let mut read = got.pay;
                if let Some(period) = period
                    && (read.period.is_none() || got.rule.ends_with("_guessed"))
                {
                    read.period = Some(period);
                }
                pay = Some(read);
            }
            None => reading.doubt("pay.not_understood", "base_salary", Effect::Lowers, &raw),
        }
    }
    let numbers = read_numbers(reading, period);
    let merged = match (pay, numbers) {
        (Some(words), Some(numbers)) => Some(merge(reading, words, numbers)),
        (words, numbers) => words.or(numbers),
    };
    let Some(mut pay) = merged else { return };
    check(reading, &mut pay);
    if pay != Pay::default() {
        reading.out.posting.base_salary = Some(pay);
    }
}

fn read_period(reading: &mut Reading<'_>) -> Option<PayPeriod> {
    let raw = reading.line(RawField::PayPeriod)?;
    let found = match raw.as_ref() {
        "Y" | "y" | "YEAR" | "ANNUAL" | "YEARLY" | "annual" => Some(PayPeriod::Year),
        "M" | "m" | "MONTH" | "MONTHLY" => Some(PayPeriod::Month),
        "W" | "w" | "WEEK" | "WEEKLY" => Some(PayPeriod::Week),
        "D" | "d" | "DAY" | "DAILY" => Some(PayPeriod::Day),
        "H" | "h" | "T" | "HOUR" | "HOURLY" => Some(PayPeriod::Hour),
        other => period_in(other),
    };
    if found.is_none() && !is_negotiable(&text::compact(&raw)) {
        let rule = if raw.starts_with('?') { "pay.unknown_code" } else { "pay.not_understood" };
        reading.doubt(rule, "base_salary", Effect::Lowers, &raw);
    }
    found
}

/// `pay_min` and `pay_max`: digits, in `pay_unit`.
fn read_numbers(reading: &mut Reading<'_>, period: Option<PayPeriod>) -> Option<Pay> {
    let unit = reading.line(RawField::PayUnit);
    let (scale, currency) = match unit.as_deref() {
        None => (1, None),
        Some(unit) if unit.contains("억") => (100_000_000, None),
        Some(unit) if unit.contains("천만") => (10_000_000, None),
        Some(unit) if unit.contains("만") => (10_000, None),
        Some(unit) if unit.contains("천") => (1_000, None),
        Some("원" | "KRW" | "krw" | "WON" | "₩") => (1, None),
        Some(unit) if unit.len() == 3 && unit.bytes().all(|b| b.is_ascii_alphabetic()) => {
            (1, Some(unit.to_ascii_uppercase()))
        }
        Some(unit) => {
            reading.doubt("pay.unknown_unit", "base_salary", Effect::Lowers, unit);
            (1, None)
        }
    };
    let mut bounds = [None, None];
    for (slot, field) in [(0, RawField::PayMin), (1, RawField::PayMax)] {
        let Some(raw) = reading.line(field) else { continue };
        let digits: String = raw.chars().filter(|c| !matches!(c, ',' | ' ' | '원')).collect();
        match digits.parse::<f64>() {
            Ok(0.0) => {}
            Ok(n) if n > 0.0 && n * (scale as f64) < WON_MAX as f64 => {
                bounds[slot] = Some((n * scale as f64).round() as i64)
            }
            _ => match said(&raw).filter(|s| !s.none) {
                Some(s) if s.pay.min.is_some() || s.pay.max.is_some() => bounds[slot] = s.pay.min.or(s.pay.max),
                _ => reading.doubt("pay.not_understood", "base_salary", Effect::Lowers, &raw),
            },
        }
    }
    if bounds == [None, None] {
        return None;
    }
    let mut pay = Pay { period, min: bounds[0], max: bounds[1], currency, ..Pay::default() };
    // 3,600 a year or 250 a month can only be 만원
    let low = pay.min.or(pay.max).unwrap_or(0);
    let tiny = match pay.period {
        Some(PayPeriod::Year) => low < 100_000,
        Some(PayPeriod::Month) => low < 10_000,
        _ => false,
    };
    if tiny && pay.currency.is_none() {
        pay.min = pay.min.map(|n| n.saturating_mul(10_000));
        pay.max = pay.max.map(|n| n.saturating_mul(10_000));
        reading.doubt("pay.unit_guessed", "base_salary", Effect::Lowers, &format!("{low}"));
    }
    if pay.period.is_none() && pay.currency.is_none() {
        pay.period = guess_period(pay.min.or(pay.max).unwrap_or(0));
    }
    let shown = format!("{}~{}", bounds[0].unwrap_or(0), bounds[1].unwrap_or(0));
    reading.took("base_salary", &shown, "pay.number", 1000);
    Some(pay)
}

/// Words and numbers of one posting: the words win where both stand and differ, since they are what people see.
fn merge(reading: &mut Reading<'_>, mut words: Pay, numbers: Pay) -> Pay {
    if words.min.is_none() && words.max.is_none() {
        return Pay { negotiable: words.negotiable, period: numbers.period.or(words.period), ..numbers };
    }
    let close = |a: Option<i64>, b: Option<i64>| match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() * 50 <= a.max(b),
        _ => true,
    };
    if !close(words.min, numbers.min) || !close(words.max, numbers.max) {
        let span = format!("{:?}~{:?} / {:?}~{:?}", words.min, words.max, numbers.min, numbers.max);
        reading.doubt("pay.disagrees", "base_salary", Effect::Lowers, &span);
        return words;
    }
    words.min = words.min.or(numbers.min);
    words.max = words.max.or(numbers.max);
    words.period = words.period.or(numbers.period);
    words
}

/// Amounts that cannot be meant for their period are moved to the one they fit, or said to be implausible.
fn check(reading: &mut Reading<'_>, pay: &mut Pay) {
    if let (Some(low), Some(high)) = (pay.min, pay.max)
        && low > high
    {
        (pay.min, pay.max) = (Some(high), Some(low));
        reading.doubt("pay.bounds", "base_salary", Effect::Lowers, &format!("{low}~{high}"));
    }
    let (Some(low), None) = (pay.min.or(pay.max), &pay.currency) else { return };
    let high = pay.max.unwrap_or(low);
    let (from, to, repaired) = match pay.period {
        Some(PayPeriod::Year) if (1_000_000..9_000_000).contains(&low) && high < 12_000_000 => {
            ("연", "월", Some(PayPeriod::Month))
        }
        Some(PayPeriod::Month) if low >= 18_000_000 => ("월", "연", Some(PayPeriod::Year)),
        Some(PayPeriod::Hour) if low >= 1_200_000 => ("시", "월", Some(PayPeriod::Month)),
        Some(PayPeriod::Day) if (1_500_000..12_000_000).contains(&low) => ("일", "월", Some(PayPeriod::Month)),
        _ => ("", "", None),
    };
    if let Some(period) = repaired {
        pay.period = Some(period);
        reading.doubt("pay.period_repaired", "base_salary", Effect::Lowers, &format!("{low}: {from} -> {to}"));
        return;
    }
    let implausible = match pay.period {
        Some(PayPeriod::Hour) => !(1_000..=300_000).contains(&low) || high > 1_000_000,
        Some(PayPeriod::Day) => !(10_000..=1_500_000).contains(&low),
        Some(PayPeriod::Week) => !(10_000..=10_000_000).contains(&low),
        Some(PayPeriod::Month) => !(100_000..=30_000_000).contains(&low) || high > 200_000_000,
        Some(PayPeriod::Year) => !(5_000_000..=500_000_000).contains(&low) || high > 2_000_000_000,
        Some(PayPeriod::Piece) | None => false,
    };
    if implausible {
        let span = format!("{low}~{high} {:?}", pay.period);
        reading.doubt("pay.implausible", "base_salary", Effect::Reviews, &span);
    }
}

/// What an hour comes to under the hours that were stated. Call when pay and hours are read.
pub(crate) fn equivalent(reading: &mut Reading<'_>) {
    let posting = &mut reading.out.posting;
    let Some(pay) = posting.base_salary.as_mut().filter(|pay| pay.currency.is_none()) else { return };
    let Some(least) = pay.min.or(pay.max) else { return };
    let words: String = posting.work_hours.as_deref().unwrap_or("").chars().filter(|c| !c.is_whitespace()).collect();
    let daily = hours::minutes_a_day(&words);
    if let Some(Hourly::Known(won)) = hourly(pay.period, least, posting.weekly_minutes, daily) {
        pay.hourly = Some(won);
    }
}

/// Reads a pay text; `None` where it is not understood.
pub fn said(raw: &str) -> Option<Said> {
    let raw = text::cut(raw.trim(), PAY_BYTES_MAX);
    let none = |rule| Some(Said { rule, confidence: 1000, none: true, ..Said::default() });
    if text::is_absent(raw) {
        return none("pay.none");
    }
    let amounts = amounts(raw);
    if amounts.is_empty()
        && let Some(digits) = in_digits(raw)
    {
        return said(&digits);
    }
    if amounts.is_empty() {
        let word = text::compact(raw);
        if is_negotiable(&word) || is_deferred(&word) {
            let pay = Pay { negotiable: true, ..Pay::default() };
            return Some(Said { pay, rule: "pay.negotiable", confidence: 1000, none: false });
        }
        return match () {
            () if is_badge(raw, &word) => none("pay.badge"),
            () if is_unpriced(&word) || is_share(raw) => none("pay.unpriced"),
            () => None,
        };
    }
    if is_badge(raw, &text::compact(raw)) {
        return none("pay.badge");
    }
    Some(read_amounts(raw, &amounts))
}

/// The first amount of a text and, where a range sign joins them, the second.
fn read_amounts(raw: &str, amounts: &[Amount]) -> Said {
    let first = amounts[0];
    let second = amounts.get(1).filter(|second| joins(&raw[first.to..second.from]));
    let (mut low, mut high) = (first, second.copied());
    if let Some(high) = &mut high {
        share_unit(&mut low, high);
    }
    let end = high.map_or(low.to, |h| h.to);
    let before = &raw[..low.from];
    let after = raw[end..].split(['/', '\n']).next().unwrap_or("");
    let currency = low.currency.or(high.and_then(|h| h.currency));
    let stated = period_before(before)
        .or_else(|| period_in(&raw[low.from..end]))
        .or_else(|| per(&raw[end..]))
        .or_else(|| period_in(after));
    let bare = !low.has_unit && high.is_none_or(|h| !h.has_unit) && currency.is_none();
    let (mut scale, mut unit_guessed) = (1, false);
    if bare {
        // a bare number: 3600 a year, 250 a month
        (scale, unit_guessed) = match stated {
            Some(PayPeriod::Year) if (1_000..100_000).contains(&low.value) => (10_000, false),
            Some(PayPeriod::Month) if low.value < 10_000 => (10_000, false),
            None if (BARE_MONTH..BARE_HOUR).contains(&low.value) => (10_000, true),
            _ => (1, false),
        };
    }
    let value = low.value.saturating_mul(scale);
    let top = high.map(|h| h.value.saturating_mul(scale));
    let tail = after.trim_start();
    let up_to = tail.starts_with("이하")
        || tail.starts_with("미만")
        || tail.starts_with("이내")
        || before.trim_end().ends_with(['~', '-'])
        || before.contains("최대")
        || tail.starts_with("까지");
    let (min, max) = match top {
        Some(top) if top < value && is_other_group(raw[first.to..second.map_or(first.to, |s| s.from)].trim()) => {
            (Some(top), Some(value))
        }
        Some(top) => (Some(value), Some(top)),
        None if up_to => (None, Some(value)),
        None => (Some(value), (!is_open(tail, before)).then_some(value)),
    };
    let word = text::compact(raw);
    let negotiable = is_negotiable(&word);
    let mut pay = Pay { period: stated, min, max, negotiable, currency: currency.map(str::to_owned), hourly: None };
    let (mut rule, mut confidence) = ("pay.amount", 1000);
    if second.is_some() {
        rule = "pay.range";
    }
    if pay.period.is_none() && pay.currency.is_none() {
        pay.period = guess_period(value);
        (rule, confidence) = if unit_guessed { ("pay.unit_guessed", 600) } else { ("pay.period_guessed", 800) };
    }
    Said { pay, rule, confidence, none: false }
}

/// `이상`, `~`, `+`, `부터`, `최소`, `3,000만원대`: an open upper end.
fn is_open(tail: &str, before: &str) -> bool {
    tail.starts_with(['~', '+', '↑', '-', '대'])
        || ["이상", "부터", "초과"].iter().any(|w| tail.starts_with(w))
        || before.contains("최소")
        || before.contains("최저")
}

/// Whether what stands between two amounts makes them a range: a range sign, or a word for who gets the higher one.
fn joins(between: &str) -> bool {
    let between = between.trim();
    if is_other_group(between) {
        return true;
    }
    between.len() <= 24
        && (between.contains(['~', '-', '–']) || ["부터", "에서", "이상", "to"].iter().any(|w| between.starts_with(w)))
        && !between.contains(['/', '='])
}

/// `신입 3,000만원, 경력 4,000만원`, `야간 13,000원 / 주간 11,000원`: the second amount is another group's.
fn is_other_group(between: &str) -> bool {
    let word = between.trim_start_matches([',', '/', '(', ' ']).trim();
    ["경력", "신입", "야간", "주간", "주말", "평일", "대졸", "석사"].contains(&word)
}

/// A bare number of a range takes the other's unit.
fn share_unit(low: &mut Amount, high: &mut Amount) {
    if !low.has_unit
        && high.has_unit
        && high.scale > 1
        && low.value < 100_000
        && low.value.saturating_mul(high.scale) <= high.value.saturating_mul(2)
    {
        low.value = low.value.saturating_mul(high.scale);
    } else if low.has_unit && !high.has_unit && low.scale > 1 && high.value < 100_000 {
        high.value = high.value.saturating_mul(low.scale);
    }
}

/// The period that an amount without one can only mean.
fn guess_period(won: i64) -> Option<PayPeriod> {
    match won {
        4_000..40_000 => Some(PayPeriod::Hour),
        40_000..600_000 => Some(PayPeriod::Day),
        900_000..12_000_000 => Some(PayPeriod::Month),
        12_000_000.. => Some(PayPeriod::Year),
        _ => None,
    }
}

/// Words that name a period wherever they stand.
const PERIODS: &[(&str, PayPeriod)] = &[
    ("연봉", PayPeriod::Year),
    ("년봉", PayPeriod::Year),
    ("연급", PayPeriod::Year),
    ("(연)", PayPeriod::Year),
    ("(년)", PayPeriod::Year),
    ("연간", PayPeriod::Year),
    ("연수입", PayPeriod::Year),
    ("per year", PayPeriod::Year),
    ("per annum", PayPeriod::Year),
    ("annual", PayPeriod::Year),
    ("/yr", PayPeriod::Year),
    ("year", PayPeriod::Year),
    ("월급", PayPeriod::Month),
    ("월봉", PayPeriod::Month),
    ("월 급", PayPeriod::Month),
    ("월수", PayPeriod::Month),
    ("월보수", PayPeriod::Month),
    ("월평균", PayPeriod::Month),
    ("(월)", PayPeriod::Month),
    ("/월", PayPeriod::Month),
    ("매월", PayPeriod::Month),
    ("month", PayPeriod::Month),
    ("주급", PayPeriod::Week),
    ("(주)", PayPeriod::Week),
    ("week", PayPeriod::Week),
    ("일급", PayPeriod::Day),
    ("일당", PayPeriod::Day),
    ("(일)", PayPeriod::Day),
    ("/일", PayPeriod::Day),
    ("day", PayPeriod::Day),
    ("시급", PayPeriod::Hour),
    ("(시)", PayPeriod::Hour),
    ("시간급", PayPeriod::Hour),
    ("시간당", PayPeriod::Hour),
    ("타임당", PayPeriod::Hour),
    ("hour", PayPeriod::Hour),
    ("건별", PayPeriod::Piece),
    ("건당", PayPeriod::Piece),
    ("(건)", PayPeriod::Piece),
    ("회당", PayPeriod::Piece),
    ("1회", PayPeriod::Piece),
    ("개당", PayPeriod::Piece),
    ("장당", PayPeriod::Piece),
    ("편당", PayPeriod::Piece),
    ("자당", PayPeriod::Piece),
    ("페이지당", PayPeriod::Piece),
    ("콜당", PayPeriod::Piece),
    ("분당", PayPeriod::Piece),
];

/// Syllables that name a period where they stand alone.
fn period_of(syllable: char) -> Option<PayPeriod> {
    match syllable {
        '연' | '년' => Some(PayPeriod::Year),
        '월' => Some(PayPeriod::Month),
        '주' => Some(PayPeriod::Week),
        '일' => Some(PayPeriod::Day),
        '시' => Some(PayPeriod::Hour),
        '건' => Some(PayPeriod::Piece),
        _ => None,
    }
}

/// The first period named in a text: by a word, else by a syllable at its end.
fn period_in(text: &str) -> Option<PayPeriod> {
    if text.is_empty() {
        return None;
    }
    let found = PERIODS.iter().filter_map(|(word, period)| text.find(word).map(|at| (*period, at)));
    found.min_by_key(|(_, at)| *at).map(|(period, _)| period).or_else(|| last_syllable(text))
}

/// `연`, `월`, … as the last word of a text.
fn last_syllable(text: &str) -> Option<PayPeriod> {
    let mut chars = text.trim_end().chars().rev();
    let last = chars.next()?;
    let alone = chars.next().is_none_or(|c| !text::is_syllable(c) && !c.is_ascii_digit());
    period_of(last).filter(|_| alone)
}

/// The period that an amount stands under: the nearest word before it, else the nearest syllable alone (`월 최대`, `주 5일 월`).
fn period_before(before: &str) -> Option<PayPeriod> {
    if before.is_empty() {
        return None;
    }
    if let Some(period) = hours_before(before) {
        return Some(period);
    }
    let found = PERIODS.iter().filter_map(|(word, period)| before.rfind(word).map(|at| (*period, at)));
    if let Some((period, _)) = found.max_by_key(|(_, at)| *at) {
        return Some(period);
    }
    let mut words = before.split([' ', '(', ')', ':', ',']).filter(|w| !w.is_empty()).rev();
    words.find_map(|word| {
        let mut chars = word.chars();
        let period = period_of(chars.next()?)?;
        chars.next().is_none().then_some(period)
    })
}

/// `1시간 15,000원` is by the hour, `4시간 60,000원` is for a piece of work.
fn hours_before(before: &str) -> Option<PayPeriod> {
    let head = before.trim_end().trim_end_matches(':').trim_end().strip_suffix("시간")?;
    let digits = head.len() - head.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    match &head[head.len() - digits..] {
        "" => None,
        "1" => Some(PayPeriod::Hour),
        _ => Some(PayPeriod::Piece),
    }
}

/// `€3,000/월`, `$30 / hour`: the period right behind a slash.
fn per(after: &str) -> Option<PayPeriod> {
    let word = after.trim_start().strip_prefix('/')?.trim_start().to_ascii_lowercase();
    let named = [
        ("yr", PayPeriod::Year),
        ("년", PayPeriod::Year),
        ("연", PayPeriod::Year),
        ("월", PayPeriod::Month),
        ("개월", PayPeriod::Month),
        ("mo", PayPeriod::Month),
        ("주", PayPeriod::Week),
        ("wk", PayPeriod::Week),
        ("일", PayPeriod::Day),
        ("시간", PayPeriod::Hour),
        ("시", PayPeriod::Hour),
        ("hr", PayPeriod::Hour),
        ("h", PayPeriod::Hour),
        ("건", PayPeriod::Piece),
        ("회", PayPeriod::Piece),
        ("year", PayPeriod::Year),
        ("month", PayPeriod::Month),
        ("week", PayPeriod::Week),
        ("day", PayPeriod::Day),
        ("hour", PayPeriod::Hour),
    ];
    // `/ 협의가능`, `/ 주급가능`, `/ 월~금` are remarks
    named
        .into_iter()
        .find(|(name, _)| {
            word.strip_prefix(name).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '~'))
        })
        .map(|(_, period)| period)
}

fn is_negotiable(word: &str) -> bool {
    [
        "면접후",
        "협의",
        "내규",
        "추후",
        "규정에따",
        "당사규정",
        "회사규정",
        "면접시결정",
        "negotiable",
        "결정",
        "별도안내",
        "competitive",
        "상의",
        "공고문참조",
        "기준에따",
        "상세요강",
        "호봉",
        "보수규정",
    ]
    .iter()
    .any(|w| word.contains(w))
}

/// Words that leave the amount open where no amount stands; beside one they are a remark.
fn is_deferred(word: &str) -> bool {
    [
        "차등",
        "따라다름",
        "비공개",
        "미공개",
        "공고참조",
        "상담",
        "면담",
        "평가후",
        "업계최고",
        "업계평균",
        "동종업계",
        "최고대우",
    ]
    .iter()
    .any(|w| word.contains(w))
}

/// Pay without an amount: the minimum wage, a share, what others pay, or nothing at all.
fn is_unpriced(word: &str) -> bool {
    [
        "최저임금",
        "최저시급",
        "무급",
        "무보수",
        "자원봉사",
        "봉사",
        "실비",
        "활동비",
        "교통비",
        "인센티브",
        "성과급",
        "수수료",
        "비율제",
        "도급제",
        "수당",
        "기본급",
        "상여",
        "배당",
        "수익",
        "공제",
        "시급제",
        "월급제",
        "일급제",
        "연봉제",
        "주급제",
        "당일지급",
        "주급가능",
        "생활임금",
        "지급",
    ]
    .iter()
    .any(|w| word.contains(w))
}

/// `50%`, `5:5`, `7대3`: a share.
fn is_share(raw: &str) -> bool {
    raw.contains(|c: char| c.is_ascii_digit())
        && raw.chars().all(|c| c.is_ascii_digit() || matches!(c, '%' | ':' | '.' | ' ' | '~' | '-' | '대'))
        && raw.contains(['%', ':', '대'])
}

/// What one portal shows where pay should stand: promises, ranks, perks.
fn is_badge(raw: &str, word: &str) -> bool {
    raw.ends_with("TOP100")
        || raw.ends_with("급상승")
        || [
            "연봉상승률",
            "평균연봉",
            "투자유치",
            "취업축하금",
            "인기있는",
            "오늘뜬",
            "마감임박",
            "워라밸",
            "복장",
            "재택근무",
            "점심",
            "간식",
            "카페",
            "대기업",
            "중견기업",
            "합격축하금",
            "응답률",
            "코스닥",
            "코스피",
            "유니콘",
            "외국계",
            "스톡옵션",
            "자율출퇴근",
            "시리즈",
            "상장",
            "스타트업",
            "벤처기업",
            "강소기업",
            "공공기관",
            "계열사",
            "복지",
            "복지포인트",
            "휴가",
            "안식월",
            "유연근무",
            "유연근무제",
            "탄력근무",
            "주4일",
            "주4일제",
            "야근없음",
            "정시퇴근",
            "조기퇴근",
            "수평적",
            "기숙사",
            "통근버스",
            "헬스장",
            "휴게실",
            "어린이집",
            "식사제공",
            "조식제공",
            "중식제공",
            "석식제공",
            "점심제공",
            "식대지원",
            "교육비지원",
            "자기계발",
            "도서지원",
            "반려동물",
            "문화",
            "장기근속",
            "성장률",
            "매출",
            "신생기업",
            "가족친화",
            "인증기업",
            "우수기업",
            "채용중",
            "신입환영",
            "사옥",
            "역세권",
            "인기",
            "조회",
        ]
        .iter()
        .any(|badge| word.starts_with(badge) || word.ends_with(badge))
}

#[cfg(test)]
#[path = "pay/tests.rs"]
mod tests;
