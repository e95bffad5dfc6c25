//! How portals spell names, places, pay, contracts and demands.

use super::{Form, Matter, Where, edit, is_official, legal};
use crate::world::table::PROVINCES;

/// The employer's name: its legal form before, behind, spelled out or left off.
pub(super) fn company(m: &Matter<'_>) -> String {
    if let Some(words) = m.unlawful(Where::Company) {
        return words.to_owned();
    }
    let mut c = m.own(1);
    let style = if c.happens(0.72) { m.manner.company } else { c.below(8) };
    let brand = &m.firm.brand;
    match (m.firm.form, style) {
        (Form::Stock, 0) => format!("㈜{brand}"),
        (Form::Stock, 1) => format!("(주){brand}"),
        (Form::Stock, 2) => format!("주식회사 {brand}"),
        (Form::Stock, 3) => format!("{brand}(주)"),
        (Form::Stock, 4) => format!("{brand}㈜"),
        (Form::Stock, 5) => format!("{brand} 주식회사"),
        (Form::Stock, 6) => format!("(주) {brand}"),
        (Form::Limited, 0 | 2) => format!("{brand}(유)"),
        (Form::Limited, 1 | 3) => format!("(유){brand}"),
        (Form::Limited, 4..=6) => format!("유한회사 {brand}"),
        (Form::Foundation(prefix), 0..=3) => format!("{prefix} {brand}"),
        (Form::Foundation(prefix), 4) => format!("{prefix}{brand}"),
        (Form::Bare, 7) if m.kind == super::Kind::Shop => format!("{brand} ({})", quarter(m.place.town)),
        _ => brand.clone(),
    }
}

/// `강남` of `강남구`.
pub(super) fn quarter(town: &str) -> &str {
    let last = town.rsplit(' ').next().unwrap_or(town);
    last.strip_suffix(['시', '구', '군']).filter(|q| q.chars().count() > 1).unwrap_or(last)
}

/// The place in words.
pub(super) fn region(m: &Matter<'_>) -> String {
    let province = &PROVINCES[m.place.province];
    if province.short == "세종" {
        return ["세종", "세종특별자치시", "세종시", "세종 세종시"][m.manner.region.min(3)].to_owned();
    }
    match m.manner.region {
        1 => format!("{} {}", province.full, m.place.town),
        2 => format!("{} > {}", province.short, m.place.town),
        3 => format!("{}{} {}", province.short, if province.full.contains('시') { "시" } else { "" }, m.place.town),
        _ => m.place.name.to_owned(),
    }
}

fn thousands(won: i64) -> String {
    let digits = won.to_string();
    let mut out = String::with_capacity(digits.len() + 4);
    for (i, d) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(d);
    }
    out
}

/// The pay in words.
pub(super) fn pay(m: &Matter<'_>) -> String {
    let (period, min, mut max) = (m.offer.period, m.offer.min, m.offer.max);
    if edit(m) == Some(1) && period != 'N' && m.vacancy.offence == 0 {
        max = max.max(min) + min / 20 / 10_000 * 10_000;
    }
    let mut c = m.own(2);
    if period == 'N' {
        return (*c.pick(&[
            "면접 후 결정",
            "회사내규에 따름",
            "협의",
            "회사 내규에 따름 (면접 후 결정)",
            "면접후 결정",
            "급여 협의",
        ]))
        .to_owned();
    }
    let word = match period {
        'H' => "시급",
        'D' => "일급",
        'M' => "월급",
        _ => "연봉",
    };
    let style = if c.happens(0.8) { m.manner.pay } else { c.below(6) };
    // Portals write the year and the month in 10,000 won, the day and the hour in won.
    if matches!(period, 'H' | 'D') || min % 10_000 != 0 || max % 10_000 != 0 {
        return match (style, min == max) {
            (0, true) => format!("{}원({})", thousands(min), &word[..3]),
            (1, true) => format!("{word} {}원", thousands(min)),
            (2, true) => format!("{word} {min}원"),
            (3, true) => format!("{word} / {min}원 "),
            (_, true) => format!("{word} {} 원", thousands(min)),
            (_, false) => format!("{word} {}원 ~ {}원", thousands(min), thousands(max)),
        };
    }
    let (low, high) = (min / 10_000, max / 10_000);
    match (style, low == high) {
        (0, true) => format!("{word} {}만원", thousands(low)),
        (0, false) => format!("{word} {}만원 ~ {}만원", thousands(low), thousands(high)),
        (1, true) if period == 'Y' => format!("{}만원 이상", thousands(low)),
        (1, true) => format!("{}만원 이상({})", thousands(low), &word[..3]),
        (1, false) if period == 'Y' => format!("{}~{}만원", thousands(low), thousands(high)),
        (1, false) => format!("{}~{}만원({})", thousands(low), thousands(high), &word[..3]),
        (2, true) => format!("{word} {} 만원", thousands(low)),
        (2, false) => format!("{word} {} 만원 ~ {} 만원", thousands(low), thousands(high)),
        (3, true) => format!("{word} {}원", thousands(min)),
        (3, false) => format!("{word} {}원~{}원", thousands(min), thousands(max)),
        (4, true) => format!("{word} {}만원~", thousands(low)),
        (4, false) => format!("{word} {}~{}만원", thousands(low), thousands(high)),
        (_, true) => format!("{word} {}만원 (면접 후 결정)", thousands(low)),
        (_, false) => format!("{word} {}~{}만원 (면접 후 결정)", thousands(low), thousands(high)),
    }
}

pub(super) fn employment(m: &Matter<'_>) -> &'static str {
    match (m.offer.employment, is_official(m)) {
        ("permanent", true) => "기간의 정함이 없는 근로계약",
        ("contract", true) => "기간의 정함이 있는 근로계약",
        ("part_time", true) => "기간의 정함이 있는 근로계약(시간(선택)제)",
        (other, _) => contract(other),
    }
}

/// The contract in everyone's words.
pub(super) fn contract(employment: &str) -> &'static str {
    match employment {
        "permanent" => "정규직",
        "contract" => "계약직",
        "indefinite" => "무기계약직",
        "temporary" => "기간제근로자",
        "per_diem" => "일용직",
        "part_time" => "아르바이트",
        "intern" => "인턴",
        _ => "프리랜서",
    }
}

pub(super) fn career(m: &Matter<'_>) -> String {
    match (m.offer.career, is_official(m)) {
        (None, true) => "관계없음".to_owned(),
        (None, false) => "경력무관".to_owned(),
        (Some((0, Some(0))), _) => "신입".to_owned(),
        (Some((n, None)), true) => format!("경력 (최소 {n}년)"),
        (Some((n, None)), false) => format!("경력{n}년↑"),
        (Some((n, Some(to))), _) => format!("경력 {n}~{to}년"),
    }
}

pub(super) fn education(m: &Matter<'_>) -> &'static str {
    match (m.offer.education, is_official(m)) {
        ("03", true) => "고졸",
        ("03", false) => "고졸↑",
        ("04", true) => "대졸(2~3년)",
        ("04", false) => "초대졸↑",
        ("05", true) => "대졸(4년)",
        ("05", false) => "대졸↑",
        ("06", true) => "석사",
        ("06", false) => "석사↑",
        _ => "학력무관",
    }
}

/// A short name with a legal mark, as employers put it into titles.
pub(super) fn in_title(m: &Matter<'_>) -> String {
    if legal(m.firm.form) && m.own(3).happens(0.4) && m.firm.form == Form::Stock {
        format!("(주){}", m.firm.brand)
    } else {
        m.firm.brand.clone()
    }
}
