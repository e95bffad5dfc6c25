//! The recorded rows, read in place where they are; skipped, saying so, where they are not.

use super::*;

/// The folder of shared data: `JOBHUB_SHARED_DATA`, or `shared/data` beside the repository.
fn shared() -> Option<PathBuf> {
    let named = std::env::var_os("JOBHUB_SHARED_DATA").map(PathBuf::from);
    let beside =
        || Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().map(|a| a.join("shared/data")).find(|p| p.is_dir());
    named.filter(|p| p.is_dir()).or_else(beside)
}

fn portals() -> Vec<Portal> {
    let mut portals = crate::government::portals();
    portals.extend(crate::market::portals());
    portals
}

#[test]
fn every_row_is_used_or_said_why_not() {
    let Some(folder) = shared() else {
        return println!("skipped: every_row_is_used_or_said_why_not needs shared data");
    };
    let portals = portals();
    let start = NaiveDate::from_ymd_opt(2026, 11, 2).unwrap();
    let recorded = read(&folder, &portals, start).unwrap();
    for f in &recorded.report.files {
        println!("{:60} {:12} {:6} rows {:6} used {:?}", f.file, f.portal, f.rows, f.used, f.skipped);
        assert_eq!(f.rows, f.used + f.skipped.values().sum::<usize>(), "{}", f.file);
    }
    let of = |name: &str| &recorded.ads[&portals.iter().position(|p| p.name == name).unwrap()];
    assert_eq!(of("jobkorea").len(), 34_662, "the whole list");
    assert_eq!(of("greenhouse").len(), 258);
    assert!(
        of("saramin").len() > 5_000
            && of("wanted").len() > 1_100
            && of("work24").len() > 3_000
            && of("recruiter_co_kr").len() == 188
    );
    for ads in recorded.ads.values() {
        let ids: BTreeSet<&str> = ads.iter().map(|a| a.id.as_str()).collect();
        assert_eq!(ids.len(), ads.len());
        assert!(ads.iter().all(|a| !a.title.is_empty() && a.posted.date() <= start), "posted before today");
    }
    let jobkorea = of("jobkorea");
    let share = |test: fn(&Ad) -> bool| jobkorea.iter().filter(|a| test(a)).count() * 100 / jobkorea.len();
    let shares = [
        share(|a| !a.region_code.is_empty()),
        share(|a| !a.career_words.is_empty()),
        share(|a| !a.employment_words.is_empty()),
    ];
    assert!(shares.iter().all(|s| *s >= 97), "{shares:?}");
    assert_eq!(recorded.report.totals().1, recorded.ads.values().map(Vec::len).sum::<usize>());
}

#[test]
fn the_text_of_a_row_is_word_for_word() {
    let Some(folder) = shared() else {
        return println!("skipped: the_text_of_a_row_is_word_for_word needs shared data");
    };
    let portals = portals();
    let recorded = read(&folder, &portals, NaiveDate::from_ymd_opt(2026, 11, 2).unwrap()).unwrap();
    let of = |name: &str, id: &str| {
        let p = portals.iter().position(|p| p.name == name).unwrap();
        recorded.ads[&p].iter().find(|a| a.id == id).unwrap().clone()
    };
    let ad = of("jobkorea", "43716889");
    assert_eq!(
        (ad.company.as_str(), ad.id2.as_str(), ad.pay.as_str()),
        ("한화호텔앤드리조트㈜", "46120725", "3,000~3,100만원")
    );
    assert_eq!(ad.title, "[인천/영종도]인스파이어 리조트 시설기사(전기/기계/소방/건축) 채용");
    let ad = of("work24", "KF10272603180004");
    assert_eq!(
        (ad.title.as_str(), ad.company.as_str()),
        ("[옥정동] 4등급 할머니 요양보호사 구인", "에이플러스(A+)통합복지센터")
    );
    let ad = of("saramin", "49487284");
    assert_eq!(
        (ad.company.as_str(), ad.close_type, ad.region_code.as_str()),
        ("(주)펄어비스", "until_filled", "41290")
    );
    let ad = of("greenhouse", "4153931003");
    assert_eq!((ad.title.as_str(), ad.company.as_str()), ("자금세탁방지 매니저", "토스뱅크(가칭)"));
    let p = portals.iter().position(|p| p.name == "work24").unwrap();
    assert!(recorded.same.keys().filter(|(portal, _)| *portal == p).count() > 3_000);
}

#[tokio::test]
async fn the_recorded_list_can_be_had_whole_through_jobkorea_s_own_format() {
    let Some(folder) = shared() else {
        return println!("skipped: the_recorded_list_can_be_had_whole_through_jobkorea_s_own_format needs shared data");
    };
    let options = crate::FleetOptions { recorded: Some(folder), ..crate::FleetOptions::default() };
    let fleet = crate::Fleet::start(options).await.unwrap();
    assert_eq!(fleet.listed("jobkorea"), 34_662);
    let mut sum = 0;
    for area in "I000 B000 K000 H000 F000 E000 G000 J000 A000 C000 D000 L000 M000 O000 P000 N000 1000 Q000".split(' ') {
        let page = crate::server::tests::ask(
            &fleet,
            "jobkorea",
            &format!("/Service_JK/Data/JK_GI_XML_List.asp?api=k&size=1&area={area}"),
        )
        .await;
        let text = page.text();
        let total = text.split_once("<TotalSumCnt>").unwrap().1.split_once('<').unwrap().0;
        sum += total.parse::<usize>().unwrap();
    }
    assert_eq!(sum, 34_662, "the areas add up");
    let truth: Vec<serde_json::Value> = fleet.truth().take(60_000).map(|l| serde_json::from_str(&l).unwrap()).collect();
    let recorded = truth.iter().filter(|l| l["kind"] == "recorded" && l["portal"] == "jobkorea").count();
    assert_eq!(recorded, 34_662);
    assert!(
        truth.iter().all(|l| l["portal"] != "jobkorea" || l["kind"] == "recorded"),
        "no truth of ads that are not served"
    );
    assert!(truth.iter().any(|l| l["portal"] == "work24" && l["same_as"]["portal"] == "jobkorea"));
}
