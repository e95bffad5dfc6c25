//! Verdicts from outside: explained with their law, judged again under another day's, exported to the partner they concern.

use hub::cli::context::Code;
use hub::cli::run::{self, RunCommand};
use hub::cli::source::{self, SourceCommand, listing};
use hub::cli::vet::{self, ExplainArgs, ExportArgs, Format, RejudgeArgs, VetCommand};
use hub::people::{Actor, Role};
use hub::pipeline::{Body, posting_id, source_number};
use hub::review::{self, Answer, Family, Verb};
use hub::verdicts::rejudge::{Options, rejudge};
use hub::view::PostingId;
use hub::world::{World, seoul_day};
use normalizer::{Context, RawField, RawPosting, Verdict};
use serde_json::Value;
use store::posting::Posting as PostingRow;

use crate::commands::surroundings;
use crate::harness::dump::dump;
use crate::harness::{Stage, fleet, on_both};

/// A phone that must never leave the store.
const PHONE: &str = "010-9876-5432";

/// A store with a source's postings, and some written for the test in it and in another source.
async fn staged(url: &str) -> Stage {
    let stage = Stage::set(url, fleet(0.003, &["saramin"]).await).await;
    let report = stage.sync("saramin").await;
    assert_eq!(report.state, "complete", "{:?}", report.error);
    let pay = (RawField::Pay, "시급 10,320원");
    put(&stage, "saramin", "wage", &[(RawField::Title, "매장 판매직"), pay]).await;
    let wording = "판매 직원을 찾습니다.\n여 성 우 대 합니다. 담당자 010-9876-5432";
    put(&stage, "saramin", "wording", &[(RawField::Title, "판매 사원"), (RawField::Description, wording)]).await;
    put(&stage, "jobkorea", "other", &[(RawField::Title, "만 35세 이하 사원"), (RawField::Pay, "월급 300만원")]).await;
    stage
}

/// Puts a posting into the store as a run would have: read, judged under today's law, a vacancy of its own.
async fn put(stage: &Stage, source: &str, external_id: &str, fields: &[(RawField, &str)]) {
    let store = &stage.world.store;
    let like = store.postings_after(i64::MIN, 1).await.unwrap().remove(0);
    let vacancy = store.vacancy(like.vacancy).await.unwrap().unwrap();
    let today = seoul_day(stage.clock_now());
    let mut raw = RawPosting::at(0);
    raw.set(RawField::ExternalId, external_id);
    raw.set(RawField::Company, "한빛상사");
    for (field, text) in fields {
        raw.set(*field, *text);
    }
    let mut normalized = normalizer::normalize(&raw, &Context { source, fetched_on: today });
    let found = normalizer::vet(&normalized, today);
    normalized.findings.extend(found);
    let verdict = Verdict::of(&normalized.findings).name();
    let id = posting_id(source, external_id);
    let contact = serde_json::to_string(&normalized.contact).unwrap();
    let findings: Vec<store::posting::Finding> = normalized
        .findings
        .iter()
        .filter(|f| f.effect >= normalizer::Effect::Reviews)
        .enumerate()
        .map(|(nr, f)| store::posting::Finding {
            posting: id,
            nr: nr as i64,
            rule: f.rule.to_string(),
            field: f.field.to_string(),
            effect: hub::verdicts::effect_name(f.effect).to_owned(),
            span: f.span.clone(),
            article: f.article.as_ref().map(ToString::to_string),
        })
        .collect();
    let title = normalized.posting.title.clone();
    let body = Body { posting: normalized.posting, findings: normalized.findings };
    let row = PostingRow {
        id,
        source: source_number(source),
        external_id: external_id.to_owned(),
        content_hash: raw.content_hash().cast_signed(),
        body: serde_json::to_string(&body).unwrap(),
        body_hash: id,
        vacancy: id,
        state: "open".to_owned(),
        verdict: verdict.to_owned(),
        version: 1,
        ..like
    };
    let tx = store.write().await.unwrap();
    tx.put_postings(&[row], &[], stage.clock_now().timestamp_millis()).await.unwrap();
    tx.put_beside(&[], &findings, &[(id, contact)]).await.unwrap();
    let vacancy = store::vacancy::Vacancy {
        id,
        state: "open".to_owned(),
        reason: None,
        verdict: verdict.to_owned(),
        postings: 1,
        open_postings: 1,
        title,
        golden_hash: id,
        ..vacancy
    };
    tx.put_vacancies(&[vacancy]).await.unwrap();
    tx.commit().await.unwrap();
}

fn judging(law_of: &str, apply: bool, source: Option<&str>) -> VetCommand {
    let source = source.map(str::to_owned);
    VetCommand::Rejudge(RejudgeArgs { law_of: law_of.parse().unwrap(), apply, source })
}

async fn rejudged(world: &World, law_of: &str, apply: bool) -> Value {
    let (ctx, printed) = surroundings(world, true);
    assert_eq!(vet::run(&ctx, &judging(law_of, apply, None)).await.unwrap(), Code::Ok);
    printed.json()
}

async fn verdict_of(world: &World, id: i64) -> (String, String) {
    let posting = world.store.posting(id).await.unwrap().unwrap();
    let vacancy = world.store.vacancy(posting.vacancy).await.unwrap().unwrap();
    (posting.verdict, vacancy.verdict)
}

#[test]
fn a_verdict_is_explained_with_its_law_and_its_words_in_their_text() {
    on_both("vet explain", |url| async move {
        let stage = staged(&url).await;
        let (ctx, printed) = surroundings(&stage.world, true);
        let explain = |posting: &str, law_of: Option<&str>| {
            let law_of = law_of.map(|day| day.parse().unwrap());
            VetCommand::Explain(ExplainArgs { posting: posting.to_owned(), law_of })
        };
        vet::run(&ctx, &explain("saramin/wording", None)).await.unwrap();
        let page = printed.json();
        assert_eq!((page["verdict"].as_str(), page["anew"].as_bool()), (Some("hold"), Some(false)), "{page}");
        assert!(page["follows"].as_str().unwrap().starts_with("hold: SEX"), "{page}");
        let finding = page["findings"].as_array().unwrap().iter().find(|f| f["rule"] == "SEX").unwrap();
        assert_eq!((finding["field"].as_str(), finding["effect"].as_str()), (Some("description"), Some("holds")));
        assert_eq!(finding["article"], "남녀고용평등법 제7조");
        assert_eq!(finding["span"], "여 성 우 대");
        assert!(finding["after"].as_str().unwrap().contains("합니다"), "{finding}");
        assert!(finding["from"].is_string() && finding["penalty"].is_string() && finding["todo"].is_array());
        assert!(!page.to_string().contains("9876"), "{page}");

        vet::run(&ctx, &explain("saramin/wage", Some("2027-01-01"))).await.unwrap();
        let page = printed.json();
        assert_eq!((page["verdict"].as_str(), page["judged"].as_str()), (Some("publish"), Some("reject")), "{page}");
        assert_eq!(page["differs"], true);

        let (ctx, printed) = surroundings(&stage.world, false);
        vet::run(&ctx, &explain("saramin/wording", None)).await.unwrap();
        let text = printed.take();
        assert!(text.contains("«여 성 우 대»") && text.contains("남녀고용평등법") && !text.contains("9876"), "{text}");
        vet::run(&ctx, &VetCommand::Laws).await.unwrap();
        let text = printed.take();
        assert!(["FA3", "ARR", "COH", "10320"].iter().all(|word| text.contains(word)), "{text}");
        let error = vet::run(&ctx, &explain("saramin/none", None)).await.unwrap_err();
        assert!(format!("{error:#}").contains("there is no posting"), "{error:#}");
    });
}

#[test]
fn rejudging_shows_what_changes_writes_it_once_and_can_be_taken_back() {
    on_both("vet rejudge", |url| async move {
        let stage = staged(&url).await;
        let world = &stage.world;
        let id = posting_id("saramin", "wage");
        let before = dump(&world.store).await;
        let dry = rejudged(world, "2027-01-01", false).await;
        assert_eq!(dump(&world.store).await, before, "a dry run writes nothing");
        let count = |report: &Value, was: &str, now: &str| {
            let pairs = report["transitions"].as_array().unwrap();
            pairs.iter().find(|t| t["was"] == was && t["now"] == now).map_or(0, |t| t["postings"].as_i64().unwrap())
        };
        assert!(count(&dry, "publish", "reject") >= 1, "{dry}");
        let wage = dry["rules"].as_array().unwrap().iter().find(|r| r["rule"] == "MW").unwrap();
        assert!(wage["gained"].as_i64().unwrap() >= 1, "{dry}");
        let all = world.store.posting_counts().await.unwrap().iter().map(|c| c.count).sum::<i64>();
        assert_eq!(dry["judged"], all);
        assert!(dry["samples"].as_array().unwrap().iter().any(|s| s["rule"] == "MW"), "{dry}");

        let applied = rejudged(world, "2027-01-01", true).await;
        assert_eq!(applied["changed"], dry["changed"]);
        assert_eq!(verdict_of(world, id).await, ("reject".to_owned(), "reject".to_owned()));
        let found = world.store.findings_of(id).await.unwrap();
        assert!(found.iter().any(|f| f.rule == "MW" && f.effect == "rejects"), "{found:?}");
        let events = world.store.events_of(id).await.unwrap();
        assert_eq!(events.last().map(|e| (e.kind.as_str(), e.run)), Some(("withdraw", None)), "{events:?}");
        assert_eq!(world.store.contact(id).await.unwrap().as_deref(), Some("{}"), "contacts are left alone");
        let changes = world.store.verdict_changes(id).await.unwrap();
        assert_eq!((changes[0].was.as_str(), changes[0].now.as_str()), ("publish", "reject"));

        let after = dump(&world.store).await;
        let again = rejudged(world, "2027-01-01", true).await;
        assert_eq!((again["changed"].as_i64(), dump(&world.store).await), (Some(0), after), "twice is once");

        let today = seoul_day(stage.clock_now()).to_string();
        rejudged(world, &today, true).await;
        assert_eq!(verdict_of(world, id).await, ("publish".to_owned(), "publish".to_owned()));
        let events = world.store.events_of(id).await.unwrap();
        assert_eq!(events.last().map(|e| e.kind.as_str()), Some("upsert"), "{events:?}");
    });
}

#[test]
fn a_stewards_word_outlasts_a_rejudging() {
    on_both("vet rejudge and a steward", |url| async move {
        let stage = staged(&url).await;
        let world = &stage.world;
        let id = posting_id("saramin", "wording");
        assert_eq!(verdict_of(world, id).await.1, "hold");
        let who = Actor::new("kim", vec![Role::Lead]);
        let question = review::by_hand(world, Family::Suspicious, id, None, "test").await.unwrap();
        let leased = review::raise(world, &who, &question, None).await.unwrap();
        let answer = Answer { verb: Verb::Clear, reason: "other".into(), screen_ms: 60_000, ..Answer::default() };
        review::decide(world, &who, leased.case, answer).await.unwrap();
        assert_eq!(verdict_of(world, id).await, ("hold".to_owned(), "publish".to_owned()));
        rejudged(world, "2026-12-15", true).await;
        assert_eq!(verdict_of(world, id).await, ("hold".to_owned(), "publish".to_owned()));
        let (ctx, printed) = surroundings(world, true);
        let args = ExplainArgs { posting: PostingId(id).to_string(), law_of: None };
        vet::run(&ctx, &VetCommand::Explain(args)).await.unwrap();
        assert_eq!(printed.json()["steward"]["verdict"], "publish");
    });
}

#[test]
fn a_rejudging_that_was_cut_goes_on_where_it_stopped() {
    on_both("vet rejudge, cut", |url| async move {
        let stage = staged(&url).await;
        let world = &stage.world;
        let law_of: chrono::NaiveDate = "2027-01-01".parse().unwrap();
        let ids: Vec<i64> =
            world.store.postings_after(i64::MIN, 10_000).await.unwrap().iter().map(|row| row.id).collect();
        let tx = world.store.write().await.unwrap();
        let mut mark = tx.begin_rejudge("2027-01-01", None, 0).await.unwrap();
        (mark.after, mark.judged) = (ids[9], 10);
        tx.move_rejudge(&mark).await.unwrap();
        tx.commit().await.unwrap();
        let report = rejudge(world, Options { law_of, source: None, apply: true }, |_| {}).await.unwrap();
        assert_eq!((report.judged_before, report.judged), (10, ids.len() as u64));
        let done = world.store.rejudges(1).await.unwrap();
        assert_eq!((done[0].id, done[0].ended_ms.is_some()), (mark.id, true));
        // the next one is a new one and begins at the beginning
        let report = rejudge(world, Options { law_of, source: None, apply: true }, |_| {}).await.unwrap();
        assert_eq!((report.judged_before, report.judged), (0, ids.len() as u64));
        let own = Options { law_of, source: Some(source_number("jobkorea")), apply: false };
        assert_eq!(rejudge(world, own, |_| {}).await.unwrap().judged, 1, "only that source's");
    });
}

#[test]
fn a_partner_gets_the_verdicts_on_its_own_postings_and_no_contact() {
    on_both("vet export", |url| async move {
        let stage = staged(&url).await;
        let (ctx, printed) = surroundings(&stage.world, false);
        let export = |source: &str, format, out| {
            VetCommand::Export(ExportArgs { source: source.to_owned(), format, out, all: false, force: false })
        };
        vet::run(&ctx, &export("saramin", Format::Jsonl, None)).await.unwrap();
        let text = printed.take();
        let rows: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let mine = rows.iter().find(|row| row["external_id"] == "wording" && row["rule"] == "SEX").unwrap();
        assert_eq!((mine["verdict"].as_str(), mine["span"].as_str()), (Some("hold"), Some("여 성 우 대")));
        assert!(
            ["todo_ko", "todo_en", "about_ko", "article", "date"]
                .iter()
                .all(|k| mine[*k].as_str().is_some_and(|t| !t.is_empty()))
        );
        assert!(rows.iter().all(|row| row["external_id"] != "other"), "another source's posting");
        assert!(!text.contains(PHONE) && !text.contains("9876"), "a contact");

        vet::run(&ctx, &export("jobkorea", Format::Jsonl, None)).await.unwrap();
        let rows: Vec<Value> = printed.take().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(!rows.is_empty() && rows.iter().all(|row| row["external_id"] == "other"), "{rows:?}");

        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("own.csv");
        vet::run(&ctx, &export("saramin", Format::Csv, Some(file.clone()))).await.unwrap();
        let table = std::fs::read_to_string(&file).unwrap();
        assert!(table.starts_with("external_id,title,state,verdict,rule") && table.contains("여 성 우 대"), "{table}");
        assert!(!table.contains("9876"));
        let error = vet::run(&ctx, &export("saramin", Format::Csv, Some(file))).await.unwrap_err();
        assert!(format!("{error:#}").contains("there already"), "{error:#}");
        assert!(vet::run(&ctx, &export("nobody", Format::Csv, None)).await.is_err());
    });
}

#[test]
fn runs_and_sources_say_what_share_is_published_and_why_not_the_rest() {
    on_both("share published", |url| async move {
        let stage = staged(&url).await;
        let (ctx, printed) = surroundings(&stage.world, true);
        let runs = stage.world.store.runs(None, 1).await.unwrap();
        run::run(&ctx, &RunCommand::Show(run::ShowArgs { run: runs[0].id, rejects: 1 })).await.unwrap();
        let page = printed.json();
        let verdicts = &page["verdicts"];
        let sum = |name: &str| page["counts"][name].as_i64().unwrap();
        let published = sum("published") + sum("merged");
        assert_eq!(verdicts["published"], published);
        assert_eq!(verdicts["judged"], published + sum("held") + sum("rejected"));
        assert!((0.0..=1.0).contains(&verdicts["share"].as_f64().unwrap()), "{verdicts}");
        let reasons = stage.world.store.reasons(runs[0].id).await.unwrap();
        assert_eq!(verdicts["reasons"].as_array().unwrap().len(), reasons.len());
        if sum("held") + sum("rejected") > 0 {
            assert!(!reasons.is_empty(), "something held or rejected has a reason");
        }
        let args = listing::ListArgs { class: None, family: None, state: None };
        source::run(&ctx, &SourceCommand::List(args)).await.unwrap();
        let list = printed.json();
        let line = list.as_array().unwrap().iter().find(|s| s["name"] == "saramin").unwrap();
        let held = line["verdicts"]["held"].as_i64().unwrap();
        assert!(held >= 1, "{line}");
        assert!(line["verdicts"]["reasons"].as_array().unwrap().iter().any(|r| r["rule"] == "SEX"), "{line}");
        let (ctx, printed) = surroundings(&stage.world, false);
        let show = SourceCommand::Show(listing::ShowArgs { source: "saramin".to_owned() });
        source::run(&ctx, &show).await.unwrap();
        let text = printed.take();
        assert!(text.contains("judged may be shown") && text.contains("SEX"), "{text}");
    });
}

#[test]
fn terms_made_worse_after_publication_are_noticed() {
    on_both("FA3", |url| async move {
        let stage = staged(&url).await;
        let world = &stage.world;
        let id = posting_id("saramin", "wage");
        // a second version of the posting, with less pay than the first
        let row = world.store.posting(id).await.unwrap().unwrap();
        let mut body: Body = serde_json::from_str(&row.body).unwrap();
        let pay = body.posting.base_salary.as_mut().unwrap();
        pay.min = Some(10_320);
        pay.max = None;
        let mut first: Body = serde_json::from_str(&row.body).unwrap();
        first.posting.base_salary.as_mut().unwrap().min = Some(12_000);
        let old = PostingRow { body: serde_json::to_string(&first).unwrap(), ..row.clone() };
        let new = PostingRow { body: serde_json::to_string(&body).unwrap(), version: 2, body_hash: 1, ..row };
        let tx = world.store.write().await.unwrap();
        tx.put_postings(&[old], &[], 0).await.unwrap();
        tx.put_postings(&[new], &[id], 1).await.unwrap();
        tx.commit().await.unwrap();
        let today = seoul_day(stage.clock_now()).to_string();
        rejudged(world, &today, true).await;
        let found = world.store.findings_of(id).await.unwrap();
        let worse = found.iter().find(|f| f.rule == "FA3").unwrap();
        assert_eq!((worse.effect.as_str(), worse.field.as_str()), ("reviews", "base_salary"));
        assert_eq!(worse.span, "version 1: 12000원 → 10320원");
        assert_eq!(verdict_of(world, id).await.0, "publish", "a person should look, nothing is hidden");
    });
}
