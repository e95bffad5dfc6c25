//! The whole catalog in one fleet: counts, shares, and a few portals asked in their own format.

use super::*;
use crate::Failure;
use crate::server::tests::ask;

async fn fleet(scale: f64) -> Fleet {
    Fleet::start(FleetOptions { scale, ..FleetOptions::default() }).await.unwrap()
}

#[tokio::test]
async fn the_catalog_has_161_portals_and_each_lists_its_share() {
    let fleet = fleet(0.05).await;
    let classes =
        ["public", "local", "private", "linked"].map(|c| fleet.portals().iter().filter(|p| p.class == c).count());
    assert_eq!(classes, [22, 122, 10, 7]);
    let names: std::collections::BTreeSet<&str> = fleet.portals().iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names.len(), 161);
    let mut sum = 0;
    let mut of_class = BTreeMap::new();
    for p in fleet.portals() {
        let listed = fleet.listed(&p.name);
        assert_eq!(listed == 0, p.class == "linked", "{} lists {listed}", p.name);
        sum += listed;
        *of_class.entry(p.class).or_insert(0) += listed;
    }
    println!("{sum} {of_class:?}, work24 {}", fleet.listed("work24"));
    assert!((7_000..8_200).contains(&sum), "{sum}");
    let work24 = fleet.listed("work24") as f64 / sum as f64;
    assert!((0.25..0.36).contains(&work24), "{work24:.2}");
    for p in fleet.portals() {
        assert!(fleet.inner.dialects.contains_key(p.dialect), "nobody speaks {}", p.dialect);
    }
}

#[tokio::test]
async fn portals_answer_in_their_own_formats_and_refuse_in_their_own_envelopes() {
    let fleet = fleet(0.02).await;
    // What a format without an envelope of its own says is the gateway's; either way no row comes.
    let cases = [
        ("saramin", "/job-search?access-key=k&count=110", "\"job\":[", "\"code\":3", "\"code\":1"),
        ("alio", "/1051000/recruitment/list?serviceKey=k&numOfRows=100&resultType=json", "recrutPblntSn", "22", "30"),
        ("seoul", "/k/json/GetJobInfo/1/100/", "JO_REGIST_NO", "", ""),
        (
            "work24",
            "/cm/openApi/call/wk/callOpenApiSvcInfo210L01.do?authKey=k&callTp=L&returnType=XML&startPage=1&display=100",
            "<wantedAuthNo>",
            "",
            "",
        ),
    ];
    for (portal, path, row, quota, auth) in cases {
        let plain = ask(&fleet, portal, path).await;
        assert!(plain.text().contains(row), "{portal}: {}", plain.text().chars().take(300).collect::<String>());
        for (failure, words) in [(Failure::Quota, quota), (Failure::Auth, auth)] {
            fleet.set_quirk(portal, Some(Quirk::ErrorEnvelope { failure, requests: 0 }));
            let refused = ask(&fleet, portal, path).await;
            let text = refused.text();
            assert!(text.contains(words) && !text.contains(row), "{portal} {failure:?}: {text}");
        }
        fleet.set_quirk(portal, Some(Quirk::ErrorEnvelope { failure: Failure::ServerError, requests: 0 }));
        assert!(!ask(&fleet, portal, path).await.text().contains(row), "{portal}");
        fleet.set_quirk(portal, None);
        assert_eq!(ask(&fleet, portal, path).await.text(), plain.text());
    }
}
