use super::*;

/// A posting of the open comparison files.
fn profile(id: i64, company: &str, title: &str, pay: i64, text: &str) -> Profile {
    let record = dedup::records::Record {
        rec_id: id,
        source: id as u32,
        origin_id: id.to_string(),
        company: company.to_owned(),
        title: title.to_owned(),
        region_code: "41135".to_owned(),
        occupation: "8131".to_owned(),
        emp_type: "정규직".to_owned(),
        salary_type: "M".to_owned(),
        salary_min: Some(pay),
        posted: chrono::NaiveDate::from_ymd_opt(2026, 11, 2),
        description: text.to_owned(),
        ..dedup::records::Record::default()
    };
    record.profile(&record.source_traits())
}

fn row(decision: i64, same: bool, stick: Stickiness, seen: [i64; 2]) -> Standing {
    let word = RulingWord { same, kind: None, stick, seen };
    Standing {
        subject: 1,
        decision,
        nr: 0,
        kind: kind::RULING.to_owned(),
        other: Some(2),
        body: serde_json::to_string(&word).unwrap(),
    }
}

#[test]
fn a_ruling_stands_as_firmly_as_it_was_made() {
    use Stickiness::{Fixed, Follow, Suggest};
    let model = Model::default();
    let text =
        "자동차 부품 용접 경력 3년 이상, 주간 2교대, 기숙사 제공, 통근버스 운행, 성과급 연 2회 지급, 4대 보험 가입";
    let a = profile(1, "다온정밀", "용접원 모집", 2_800_000, text);
    let near = profile(2, "다온정밀", "용접원 모집", 2_800_000, text);
    let far = profile(2, "한빛물류", "사무 보조", 4_900_000, "엑셀 사용이 가능한 분, 오전 근무, 전화 응대와 서류 정리");
    let sure = |x: &Profile| model.score(&model.levels(&a, x));
    assert!(sure(&near) >= model.auto && sure(&far) < model.grey, "{} {}", sure(&near), sure(&far));
    // (rows, what the second posting says now, its hash; 20 = as it was) -> same, different, or as the rules have it
    for (what, rows, now, hash, want) in [
        ("fixed, nothing changed", vec![row(1, true, Fixed, [10, 20])], &near, 20, Some(true)),
        ("fixed, contradicted", vec![row(1, true, Fixed, [10, 20])], &far, 21, Some(true)),
        ("follow, nothing changed", vec![row(1, true, Follow, [10, 20])], &far, 20, Some(true)),
        ("follow, changed alike", vec![row(1, true, Follow, [10, 20])], &near, 21, Some(true)),
        ("follow, contradicted", vec![row(1, true, Follow, [10, 20])], &far, 21, None),
        ("follow, two and now surely one", vec![row(1, false, Follow, [10, 20])], &near, 21, None),
        ("suggest, nothing changed", vec![row(1, false, Suggest, [10, 20])], &near, 20, Some(false)),
        ("suggest, changed", vec![row(1, false, Suggest, [10, 20])], &near, 21, None),
        ("the last holds", vec![row(1, true, Fixed, [10, 20]), row(2, false, Fixed, [10, 20])], &near, 20, Some(false)),
        ("in any order", vec![row(2, false, Fixed, [10, 20]), row(1, true, Fixed, [10, 20])], &near, 20, Some(false)),
        (
            "the last has lapsed",
            vec![row(1, true, Fixed, [10, 20]), row(2, false, Suggest, [10, 20])],
            &near,
            21,
            Some(true),
        ),
    ] {
        let hashes: FxHashMap<i64, i64> = [(1, 10), (2, hash)].into_iter().collect();
        let found = rulings(&rows, &[], &[a.clone(), now.clone()], &hashes, &model);
        assert_eq!(found.first().map(|r| r.same), want, "{what}");
    }
}

#[test]
fn only_a_fixed_ruling_that_a_change_speaks_against_is_asked_about_again() {
    use Stickiness::{Fixed, Follow};
    let model = Model::default();
    let a = profile(1, "다온정밀", "용접원 모집", 2_800_000, "자동차 부품 용접, 경력 3년 이상, 주간 2교대");
    let far = profile(2, "한빛물류", "사무 보조", 4_900_000, "엑셀 사용이 가능한 분, 오전 근무");
    for (stick, hash, changed, asked) in
        [(Fixed, 21, 2, true), (Fixed, 20, 2, false), (Fixed, 21, 3, false), (Follow, 21, 2, false)]
    {
        let profiles: FxHashMap<i64, &Profile> = [(1, &a), (2, &far)].into_iter().collect();
        let hashes: FxHashMap<i64, i64> = [(1, 10), (2, hash)].into_iter().collect();
        let rows = [row(7, true, stick, [10, 20])];
        let found = contradicted(&rows, &profiles, &hashes, &[changed].into_iter().collect(), &model);
        assert_eq!(
            found.iter().map(|c| c.decision).collect::<Vec<_>>(),
            if asked { vec![7] } else { vec![] },
            "{stick:?} {hash} {changed}"
        );
    }
}

#[test]
fn a_verdict_knows_the_rules_it_was_given_on() {
    let said = |hash: i64, rules: &[&str]| Said { hash, rules: rules.iter().map(|r| (*r).to_owned()).collect() };
    let word = |stick, verdict: &str| VerdictWord {
        verdict: verdict.to_owned(),
        stick,
        seen: 1,
        rules: ["SEX".to_owned()].into_iter().collect(),
    };
    for (stick, verdict, now, holds, asked) in [
        (Stickiness::Fixed, "publish", said(1, &["SEX"]), true, false),
        (Stickiness::Fixed, "publish", said(2, &["SEX", "PAY"]), true, true),
        (Stickiness::Fixed, "hold", said(2, &["PAY"]), true, false),
        (Stickiness::Follow, "publish", said(2, &["SEX"]), true, false),
        (Stickiness::Follow, "publish", said(2, &["PAY"]), false, false),
        (Stickiness::Follow, "hold", said(2, &[]), true, false),
        (Stickiness::Suggest, "publish", said(2, &["SEX"]), false, false),
        (Stickiness::Suggest, "publish", said(1, &["SEX"]), true, false),
    ] {
        let word = word(stick, verdict);
        assert_eq!((word.has_effect(&now), word.does_not_know(&now)), (holds, asked), "{stick:?} {verdict} {now:?}");
    }
}

#[test]
fn a_closed_job_is_open_again_when_a_posting_of_it_comes() {
    let member = |id: i64, first_seen_ms: i64, changed_ms: i64| Member {
        id,
        source: 1,
        vacancy: 1,
        state: state::OPEN.to_owned(),
        reason: None,
        verdict: "publish".to_owned(),
        ruled: None,
        first_seen_ms,
        changed_ms,
        valid_through: None,
    };
    let words = |stick| {
        let word = LifeWord { state: "closed".into(), reason: "filled_report".into(), stick, at_ms: 100 };
        let body = serde_json::to_string(&word).unwrap();
        let row = Standing { subject: 1, decision: 1, nr: 0, kind: kind::LIFE.to_owned(), other: None, body };
        Words::of(&[row], &FxHashMap::default())
    };
    let (old, edited, new) = (member(1, 50, 60), member(1, 50, 150), member(2, 150, 150));
    for (stick, group, closed) in [
        (Stickiness::Fixed, vec![old.clone(), new.clone()], true),
        (Stickiness::Follow, vec![old.clone()], true),
        (Stickiness::Follow, vec![edited.clone()], true),
        (Stickiness::Follow, vec![old.clone(), new.clone()], false),
        (Stickiness::Suggest, vec![edited.clone()], false),
        (Stickiness::Suggest, vec![old.clone()], true),
        (Stickiness::Fixed, vec![new.clone()], false),
    ] {
        let words = words(stick);
        assert_eq!(words.life(&group), closed.then_some(("closed", "filled_report")), "{stick:?} {group:?}");
    }
}
