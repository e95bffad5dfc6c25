//! Strings counted, strangers' files compared, and the store read again under the present rules: commands over files and stores.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use hub::cli::context::{Code, Ctx, Out};
use hub::cli::normalize::{self, AgreeArgs, EvalArgs, NormalizeCommand};
use hub::cli::refusal::words;
use hub::cli::renormalize::{self, RenormalizeArgs};
use hub::pipeline::{Body, posting_id};
use hub::replay::{ReplayOptions, ReplayReport, replay};
use hub::world::World;
use serde_json::Value;

use crate::harness::dump::dump;
use crate::harness::{Stage, fleet, on_both, shared_data};

/// What a command printed.
#[derive(Clone, Default)]
struct Printed(Arc<Mutex<Vec<u8>>>);

impl Write for Printed {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn normalize(json: bool, command: &NormalizeCommand) -> anyhow::Result<String> {
    let printed = Printed::default();
    let today = "2024-12-11".parse().unwrap();
    normalize::run(&Out::to(Box::new(printed.clone())), json, today, command)?;
    let bytes = printed.0.lock().unwrap().clone();
    Ok(String::from_utf8(bytes).unwrap())
}

fn eval(file: &Path, change: impl FnOnce(&mut EvalArgs)) -> anyhow::Result<Value> {
    let mut args = EvalArgs { file: file.to_owned(), field: None, fetched: None, top: 20, readings: false };
    change(&mut args);
    Ok(serde_json::from_str(&normalize(true, &NormalizeCommand::Eval(args))?).unwrap())
}

fn write(dir: &Path, name: &str, text: &str) -> PathBuf {
    let path = dir.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn strings_of_a_field_are_counted_by_row_and_by_string() {
    let dir = tempfile::tempdir().unwrap();
    let file = write(
        dir.path(),
        "salary_part.csv",
        "\u{feff}source,raw,count\na,\"3,000만원 이상\",60\nb,\"3,000만원 이상\",10\na,면접 후 결정,20\na,많이,10\na,경력무관,5\na,x\nb,y,many\n",
    );
    let report = eval(&file, |_| {}).unwrap();
    assert_eq!(report["field"], "pay");
    assert_eq!((&report["rows"], &report["strings"], &report["bad_rows"]), (&105.into(), &4.into(), &2.into()));
    let close = |key: &str, want: f64| (report[key].as_f64().unwrap() - want).abs() < 1e-9;
    assert!(close("understood_share_rows", 0.7) && close("none_share_rows", 0.2), "{report:#}");
    assert_eq!(report["not_understood"], serde_json::json!([{"raw": "많이", "count": 10, "source": "a"}]));
    assert_eq!(report["of_another_field"]["rows"], 5);
    let shown = normalize(
        false,
        &NormalizeCommand::Eval(EvalArgs { file: file.clone(), field: None, fetched: None, top: 1, readings: true }),
    )
    .unwrap();
    assert!(shown.contains("understood") && shown.contains("많이") && shown.contains("year 30000000.."), "{shown}");
    let report = eval(&file, |args| args.field = Some("career".into())).unwrap();
    assert_eq!(report["field"], "career");
}

#[test]
fn a_day_without_a_year_is_read_as_of_the_day_of_fetching() {
    let dir = tempfile::tempdir().unwrap();
    let file = write(dir.path(), "deadline.csv", "raw\n~ 01/03(금)\n");
    for (fetched, want) in [("2024-12-03", "by_date 2025-01-03"), ("2020-01-01", "by_date 2020-01-03")] {
        let report = eval(&file, |args| {
            args.readings = true;
            args.fetched = fetched.parse().ok();
        })
        .unwrap();
        assert_eq!(report["readings"][0]["value"], want, "{fetched}");
    }
}

#[test]
fn a_file_that_cannot_be_counted_is_refused_with_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    for (name, text, says) in
        [("rank.csv", "raw\nx\n", "--field"), ("salary.csv", "a,b\n1,2\n", "source,raw,count"), ("pay.csv", "", "raw")]
    {
        let error = eval(&write(dir.path(), name, text), |_| {}).unwrap_err();
        assert!(words(&error).unwrap().contains(says), "{error:?}");
    }
    let error = eval(&dir.path().join("salary-nowhere.csv"), |_| {}).unwrap_err();
    assert!(words(&error).unwrap().contains("salary-nowhere.csv"), "{error:?}");
}

#[test]
fn what_real_portals_wrote_is_understood() {
    let Some(data) = shared_data("what_real_portals_wrote_is_understood") else { return };
    for (file, least) in [
        ("salary.csv", 0.995),
        ("deadline.csv", 0.998),
        ("region.csv", 0.995),
        ("career.csv", 0.998),
        ("education.csv", 0.998),
        ("employment.csv", 0.998),
    ] {
        let report = eval(&data.join("messy_strings").join(file), |_| {}).unwrap();
        let heard = report["understood_share_rows"].as_f64().unwrap() + report["none_share_rows"].as_f64().unwrap();
        assert!(heard >= least, "{file}: {heard} {}", report["not_understood"]);
    }
}

fn agree(files: Vec<PathBuf>, map: &[&str]) -> anyhow::Result<Value> {
    let map = map.iter().map(|m| (*m).to_owned()).collect();
    let args = AgreeArgs { files, map, fetched: None, show: 50 };
    Ok(serde_json::from_str(&normalize(true, &NormalizeCommand::Agree(args))?).unwrap())
}

fn field<'a>(report: &'a Value, name: &str) -> &'a Value {
    report["fields"].as_array().unwrap().iter().find(|f| f["field"] == name).unwrap()
}

#[test]
fn postings_that_several_programs_read_are_joined_by_their_ids() {
    let dir = tempfile::tempdir().unwrap();
    let link = |n: u32| format!("https://www.saramin.co.kr/jobs/view?view_type=list&rec_idx={n}");
    let korean = write(
        dir.path(),
        "a.csv",
        &format!(
            "회사명,링크,지역,경력,마감일,등록일\n㈜한빛,{},서울 강남구,경력 3년 이상,2024/12/12,2024/12/10\n두빛(주),{},서울전체,신입,채용시,2024/12/10\n세빛,{},부산,신입,2024/12/31,2024/12/10\n",
            link(1),
            link(2),
            link(9)
        ),
    );
    let english = write(
        dir.path(),
        "b.json",
        &format!(
            r#"[{{"company_name":"주식회사 한빛","job_href":"{}","details":{{"근무지역":"서울강남구 지도","경력":"경력3년↑","끝":"내일마감"}}}},
               {{"company_name":"두빛","job_href":"{}","details":{{"근무지역":"서울 마포구","경력":"경력","끝":"채용시까지"}}}}]"#,
            link(1),
            link(2)
        ),
    );
    let report = agree(vec![korean.clone(), english], &["b.json:closing=details.끝"]).unwrap();
    assert_eq!((&report["ids"], &report["ids_in_several"]), (&3.into(), &2.into()));
    // the second file says no day of fetching: 내일마감 beside 2024/12/12 tells it
    assert_eq!(report["files"][1]["fetched"], "2024-12-11");
    for (name, equal, within, differ) in
        [("company", 2, 0, 0), ("region", 1, 1, 0), ("closing", 2, 0, 0), ("career", 1, 0, 1)]
    {
        let f = field(&report, name);
        assert_eq!((&f["equal"], &f["within"], &f["differ"]), (&equal.into(), &within.into(), &differ.into()), "{f:#}");
    }
    let differs = &field(&report, "career")["disagreements"][0];
    assert_eq!((&differs["id"], &differs["values"][1]["raw"]), (&"2".into(), &"경력".into()));
    let nameless = write(dir.path(), "c.csv", "회사명\n한빛\n");
    let error = agree(vec![korean.clone(), nameless], &[]).unwrap_err();
    assert!(words(&error).unwrap().contains("--map"), "{error:?}");
    assert!(agree(vec![korean.clone(), korean], &["nothing"]).is_err());
}

#[test]
fn strangers_that_read_one_portal_agree() {
    let Some(data) = shared_data("strangers_that_read_one_portal_agree") else { return };
    let dir = data.join("saramin_202412");
    let names = [
        "cha0910_saramin.csv",
        "eomjoo_saramin_jobs.csv",
        "highcastle01_jobs.json",
        "kim3489_job.csv",
        "zzl-hyun_saramin_jobs_unique.csv",
    ];
    let report = agree(names.iter().map(|name| dir.join(name)).collect(), &[]).unwrap();
    for name in ["company", "region", "closing", "career", "education"] {
        let f = field(&report, name);
        assert!(f["postings"].as_u64().unwrap() > 300 && f["agreement"].as_f64().unwrap() >= 0.97, "{f:#}");
    }
}

async fn replayed(world: &World, apply: bool) -> ReplayReport {
    let options = ReplayOptions { apply, holder: "test".into(), samples: 3, ..ReplayOptions::default() };
    replay(world, &options, &mut |_, _| {}).await.unwrap()
}

/// Makes a stored posting look as if other rules had read it.
async fn reread_otherwise(world: &World, source: &str, change: impl Fn(&mut Body)) -> store::posting::Posting {
    let number = hub::pipeline::source_number(source);
    let (_, id) = world.store.resting(number).await.unwrap()[0];
    let mut row = world.store.posting(id).await.unwrap().unwrap();
    let honest = row.clone();
    let mut body: Body = serde_json::from_str(&row.body).unwrap();
    change(&mut body);
    row.body = serde_json::to_string(&body).unwrap();
    row.body_hash += 1;
    let tx = world.store.write().await.unwrap();
    tx.put_postings(&[row], &[], 0).await.unwrap();
    tx.commit().await.unwrap();
    honest
}

#[test]
fn a_replay_under_the_same_rules_changes_nothing() {
    on_both("a replay under the same rules", |url| async move {
        // a list alone, a list with detail pages, XML and HTML
        let sources = ["saramin", "work24", "wanted", "gojobs", "jobkorea"];
        let stage = Stage::set(&url, fleet(0.004, &sources).await).await;
        for source in sources {
            stage.sync(source).await;
        }
        stage.advance(1);
        for source in sources {
            stage.sync(source).await;
        }
        let before = dump(&stage.world.store).await;
        for apply in [false, true] {
            let report = replayed(&stage.world, apply).await;
            assert!(report.postings > 50, "{report:?}");
            assert_eq!((report.changed, report.not_replayed.total()), (0, 0), "{report:#?}");
            assert_eq!(report.unchanged, report.postings);
            assert_eq!(report.read_under.keys().copied().collect::<Vec<_>>(), [normalizer::RULES_VERSION]);
            assert_eq!(dump(&stage.world.store).await, before, "apply: {apply}");
        }
    });
}

#[test]
fn what_other_rules_read_is_reported_first_and_written_when_asked() {
    on_both("a replay under new rules", |url| async move {
        let stage = Stage::set(&url, fleet(0.004, &["saramin", "work24"]).await).await;
        stage.sync("saramin").await;
        stage.sync("work24").await;
        let honest = reread_otherwise(&stage.world, "saramin", |body| {
            body.posting.title = "옛 규칙의 제목".to_owned();
            body.posting.hiring_organization.name = "옛 이름".to_owned();
            body.posting.rules = 1;
            body.posting.base_salary = None;
            body.findings.push(normalizer::Finding::new("old.rule", "title", normalizer::Effect::Holds, ""));
        })
        .await;
        let looked_at = dump(&stage.world.store).await;
        let report = replayed(&stage.world, false).await;
        assert_eq!((report.changed, report.written), (1, 0), "{report:#?}");
        assert_eq!(report.changes.fields["title"].samples[0].old, "옛 규칙의 제목");
        assert_eq!(report.changes.fields["findings"].postings, 1);
        assert_eq!((report.changes.verdicts[0].old, report.changes.verdicts[0].postings), ("hold", 1));
        assert_eq!(report.read_under[&1], 1);
        assert_eq!(dump(&stage.world.store).await, looked_at, "looking changes nothing");

        let last = stage.world.store.last_event().await.unwrap();
        let report = replayed(&stage.world, true).await;
        assert_eq!((report.changed, report.written, report.not_replayed.busy), (1, 1, 0), "{report:#?}");
        let now = stage.world.store.posting(honest.id).await.unwrap().unwrap();
        assert_eq!((now.body_hash, &now.body), (honest.body_hash, &honest.body));
        assert_eq!((now.version, &now.state, &now.verdict), (honest.version + 1, &honest.state, &honest.verdict));
        let vacancy = stage.world.store.vacancy(now.vacancy).await.unwrap().unwrap();
        assert!(!vacancy.title.contains("옛 규칙") && !vacancy.company.contains("옛 이름"), "{vacancy:?}");
        assert_eq!(stage.world.store.versions(honest.id).await.unwrap().len() as i64, now.version - 1);
        assert!(stage.world.store.last_event().await.unwrap() >= last);
        let again = replayed(&stage.world, true).await;
        assert_eq!((again.changed, again.written), (0, 0), "{again:#?}");
    });
}

#[test]
fn what_cannot_be_replayed_is_counted_and_left_alone() {
    on_both("a replay without its pages", |url| async move {
        let stage = Stage::set(&url, fleet(0.004, &["saramin"]).await).await;
        stage.sync("saramin").await;
        let number = hub::pipeline::source_number("saramin");
        let resting = stage.world.store.resting(number).await.unwrap();
        let mut row = stage.world.store.posting(resting[0].1).await.unwrap().unwrap();
        row.page = 987_654_321;
        let mut alien = row.clone();
        (alien.source, alien.external_id, alien.id) = (77, "x".into(), posting_id("nowhere", "x"));
        let tx = stage.world.store.write().await.unwrap();
        tx.put_postings(&[row, alien], &[], 0).await.unwrap();
        tx.commit().await.unwrap();
        let before = dump(&stage.world.store).await;
        let report = replayed(&stage.world, true).await;
        assert_eq!((report.not_replayed.page_gone, report.not_replayed.source_unknown), (1, 1), "{report:#?}");
        assert_eq!(report.unchanged + 2, report.postings);
        assert_eq!(dump(&stage.world.store).await, before);
        // while another process syncs the source, nothing is written
        stage.world.store.claim("source:saramin", "another", 60_000).await.unwrap().unwrap();
        let report = replayed(&stage.world, true).await;
        assert_eq!(report.not_replayed.busy, report.postings - 1, "{report:#?}");
        assert!(replayed(&stage.world, false).await.unchanged > 0, "looking needs no lease");
    });
}

#[test]
fn the_command_says_what_would_change() {
    on_both("jobhub renormalize", |url| async move {
        let stage = Stage::set(&url, fleet(0.004, &["saramin"]).await).await;
        stage.sync("saramin").await;
        reread_otherwise(&stage.world, "saramin", |body| body.posting.title = "옛 규칙의 제목".to_owned()).await;
        let args = |source: &str| RenormalizeArgs { source: Some(source.to_owned()), apply: false, samples: 3 };
        for json in [true, false] {
            let printed = Printed::default();
            let ctx = Ctx { world: stage.world.clone(), json, out: Out::to(Box::new(printed.clone())) };
            assert_eq!(renormalize::run(&ctx, &args("saramin")).await.unwrap(), Code::Ok);
            let text = String::from_utf8(printed.0.lock().unwrap().clone()).unwrap();
            assert!(text.contains("옛 규칙의 제목") && text.contains("title"), "{text}");
            assert_eq!(text.contains("--apply"), !json);
        }
        let ctx = Ctx { world: stage.world.clone(), json: true, out: Out::to(Box::new(Printed::default())) };
        assert!(renormalize::run(&ctx, &args("sramin")).await.is_err());
    });
}
