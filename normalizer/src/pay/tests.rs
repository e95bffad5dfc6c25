use super::*;

fn table(raws: &[&str]) -> String {
    raws.iter()
        .map(|raw| match said(raw) {
            None => format!("{raw} -> ?\n"),
            Some(s) if s.none => format!("{raw} -> nothing said\n"),
            Some(s) => {
                let p = &s.pay;
                let period = p.period.map_or("-".to_owned(), |p| format!("{p:?}"));
                let bound = |b: Option<i64>| b.map_or(String::new(), |b| b.to_string());
                let words = if p.negotiable { " negotiable" } else { "" };
                let currency = p.currency.as_deref().map_or(String::new(), |c| format!(" {c}"));
                format!("{raw} -> {period} {}..{}{currency}{words}\n", bound(p.min), bound(p.max))
            }
        })
        .collect()
}

#[test]
fn reads_the_ways_portals_write_pay() {
    let raws = [
        "3,000만원 이상",
        "정보 없음",
        "300만원 이상(월)",
        "3,000~4,000만원",
        "210~250만원(월)",
        "9,860원(시)",
        "취업축하금",
        "연봉상승률 10% 이상",
        "3,000 만원",
        "연봉 3,000 만원 ~ 4,800 만원",
        "300~1,000만원(월)",
        "100,000원(일)",
        "20,000원(건)",
        "250 만원",
        "800,000원(주)",
        "건별 1,000원",
        "월급 2,500,000원",
        "시급 10,000원 / 협의가능",
        "11,863 원",
        "연봉 3,000 만원 이상",
        "월급 220~450만원 (면접 후 결정)",
        "연봉 3,100만원~",
        "연봉 ~3,100만원",
        "회사 내규에 따름 (면접 후 결정)",
        "면접 후 결정",
        "시급 / 10030원 ",
        "238만원 ~ 257만원",
        "$50K per year",
        "1억 2,000만원",
        "월 250",
        "연봉 3600",
        "2억원 이상",
        "2,000억 이상 투자유치",
        "IT개발·데이터 지원 TOP100",
        "협의",
        "연봉협의",
        "250만 5천원(월)",
        "건별 1,000,000원 / 협의가능 / 예: 20대 학생 100만/40대 주부 300만",
        "일급 150,000원 / 당일지급",
        "월250만원",
        "최저임금",
        "급여 2,500,000원 이하",
        "3천만원",
        "30,000,000원",
        "월급 이백오십만원",
        "시급 만이천원",
        "삼천만원 이상",
        "무슨 말",
    ];
    insta::assert_snapshot!(table(&raws), @r"
    3,000만원 이상 -> Year 30000000..
    정보 없음 -> nothing said
    300만원 이상(월) -> Month 3000000..
    3,000~4,000만원 -> Year 30000000..40000000
    210~250만원(월) -> Month 2100000..2500000
    9,860원(시) -> Hour 9860..9860
    취업축하금 -> nothing said
    연봉상승률 10% 이상 -> nothing said
    3,000 만원 -> Year 30000000..30000000
    연봉 3,000 만원 ~ 4,800 만원 -> Year 30000000..48000000
    300~1,000만원(월) -> Month 3000000..10000000
    100,000원(일) -> Day 100000..100000
    20,000원(건) -> Piece 20000..20000
    250 만원 -> Month 2500000..2500000
    800,000원(주) -> Week 800000..800000
    건별 1,000원 -> Piece 1000..1000
    월급 2,500,000원 -> Month 2500000..2500000
    시급 10,000원 / 협의가능 -> Hour 10000..10000 negotiable
    11,863 원 -> Hour 11863..11863
    연봉 3,000 만원 이상 -> Year 30000000..
    월급 220~450만원 (면접 후 결정) -> Month 2200000..4500000 negotiable
    연봉 3,100만원~ -> Year 31000000..
    연봉 ~3,100만원 -> Year ..31000000
    회사 내규에 따름 (면접 후 결정) -> - .. negotiable
    면접 후 결정 -> - .. negotiable
    시급 / 10030원  -> Hour 10030..10030
    238만원 ~ 257만원 -> Month 2380000..2570000
    $50K per year -> Year 50000..50000 USD
    1억 2,000만원 -> Year 120000000..120000000
    월 250 -> Month 2500000..2500000
    연봉 3600 -> Year 36000000..36000000
    2억원 이상 -> Year 200000000..
    2,000억 이상 투자유치 -> nothing said
    IT개발·데이터 지원 TOP100 -> nothing said
    협의 -> - .. negotiable
    연봉협의 -> - .. negotiable
    250만 5천원(월) -> Month 2505000..2505000
    건별 1,000,000원 / 협의가능 / 예: 20대 학생 100만/40대 주부 300만 -> Piece 1000000..1000000 negotiable
    일급 150,000원 / 당일지급 -> Day 150000..150000
    월250만원 -> Month 2500000..2500000
    최저임금 -> nothing said
    급여 2,500,000원 이하 -> Month ..2500000
    3천만원 -> Year 30000000..30000000
    30,000,000원 -> Year 30000000..30000000
    월급 이백오십만원 -> Month 2500000..2500000
    시급 만이천원 -> Hour 12000..12000
    삼천만원 이상 -> Year 30000000..
    무슨 말 -> ?
    ");
}

#[test]
fn impossible_amounts_are_moved_or_doubted() {
    use crate::{Context, RawPosting, normalize};
    let context = Context { source: "t", fetched_on: "2026-11-24".parse().unwrap() };
    for (raw, period, min, rule) in [
        ("연봉 250만원", Some(PayPeriod::Month), 2_500_000, "pay.period_repaired"),
        ("월급 3,600만원", Some(PayPeriod::Year), 36_000_000, "pay.period_repaired"),
        ("시급 2,300,000원", Some(PayPeriod::Month), 2_300_000, "pay.period_repaired"),
        ("시급 500원", Some(PayPeriod::Hour), 500, "pay.implausible"),
        ("연봉 4,000~3,000만원", Some(PayPeriod::Year), 30_000_000, "pay.bounds"),
    ] {
        let mut row = RawPosting::at(0);
        row.set(RawField::Pay, raw);
        let got = normalize(&row, &context);
        let pay = got.posting.base_salary.unwrap();
        assert_eq!((pay.period, pay.min), (period, Some(min)), "{raw}");
        assert!(got.findings.iter().any(|f| f.rule == rule), "{raw}: {:?}", got.findings);
    }
}

#[test]
fn numbers_join_the_words() {
    use crate::{Context, RawPosting, normalize};
    let context = Context { source: "t", fetched_on: "2026-11-24".parse().unwrap() };
    let mut row = RawPosting::at(0);
    row.set(RawField::PayPeriod, "월급");
    row.set(RawField::Pay, "238만원 ~ 257만원");
    row.set(RawField::PayMin, "2380000");
    row.set(RawField::PayMax, "2570000");
    let pay = normalize(&row, &context).posting.base_salary.unwrap();
    assert_eq!((pay.period, pay.min, pay.max), (Some(PayPeriod::Month), Some(2_380_000), Some(2_570_000)));
    let mut row = RawPosting::at(0);
    row.set(RawField::PayPeriod, "Y");
    row.set(RawField::PayMin, "3600");
    row.set(RawField::PayUnit, "만원");
    let pay = normalize(&row, &context).posting.base_salary.unwrap();
    assert_eq!((pay.period, pay.min), (Some(PayPeriod::Year), Some(36_000_000)));
}

fn commas(won: i64) -> String {
    let digits = won.to_string();
    let mut out = String::new();
    for (n, d) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            out.push(',');
        }
        out.push(d);
    }
    out
}

proptest::proptest! {
    #[test]
    fn pay_written_in_the_ways_of_portals_reads_back(tens in 200i64..900, more in 0i64..300, year in proptest::bool::ANY) {
        let (word, sign, period, tens) = if year { ("연봉", "", PayPeriod::Year, tens * 10) } else { ("월급", "(월)", PayPeriod::Month, tens) };
        let (low, high) = (tens * 10_000, (tens + more) * 10_000);
        let (a, b) = (commas(tens), commas(tens + more));
        for (raw, min, max) in [
            (format!("{word} {a}만원"), Some(low), Some(low)),
            (format!("{word} {a} 만원 ~ {b} 만원"), Some(low), Some(high)),
            (format!("{word} {a}~{b}만원"), Some(low), Some(high)),
            (format!("{a}~{b}만원{sign}"), Some(low), Some(high)),
            (format!("{a}만원 이상{sign}"), Some(low), None),
            (format!("{word} {a}만원~"), Some(low), None),
            (format!("{word} ~{b}만원"), None, Some(high)),
            (format!("{word} {}원", commas(low)), Some(low), Some(low)),
            (format!("{word} {}원~{}원", commas(low), commas(high)), Some(low), Some(high)),
            (format!("{word} / {low}원 "), Some(low), Some(low)),
            (format!("{word} {a}~{b}만원 (면접 후 결정)"), Some(low), Some(high)),
        ] {
            let got = said(&raw).unwrap().pay;
            proptest::prop_assert_eq!((got.period, got.min, got.max), (Some(period), min, max), "{}", raw);
        }
    }

    #[test]
    fn hourly_and_daily_pay_reads_back(won in 9_000i64..39_000) {
        for (raw, period, scale) in [("{}원(시)", PayPeriod::Hour, 1), ("시급 {}원", PayPeriod::Hour, 1), ("시급 / {}원", PayPeriod::Hour, 1), ("일급 {}원", PayPeriod::Day, 10), ("{}원(일)", PayPeriod::Day, 10), ("건별 {}원", PayPeriod::Piece, 1), ("{}원(건)", PayPeriod::Piece, 1)] {
            let raw = raw.replace("{}", &commas(won * scale));
            let got = said(&raw).unwrap().pay;
            proptest::prop_assert_eq!((got.period, got.min, got.max), (Some(period), Some(won * scale), Some(won * scale)), "{}", raw);
        }
    }

    #[test]
    fn no_text_panics(raw in "\\PC{0,60}") {
        let _ = said(&raw);
    }

    #[test]
    fn digits_and_units_never_panic(raw in "[0-9,.~만억천원 연월시급]{0,30}") {
        let _ = said(&raw);
    }
}

#[test]
fn what_fuzzing_found_is_read_or_refused() {
    for raw in [",1KRW 33\u{11}60000{0", "1KRW 330KRW", "$1$2$3", "100USD 200"] {
        let _ = said(raw);
    }
    assert_eq!(said("100USD 200USD").map(|s| s.pay.currency), Some(Some("USD".to_owned())));
}
