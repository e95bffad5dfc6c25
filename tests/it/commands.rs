//! Commands over the store of the API's tests: what they print for a program, their exit codes, what they never print.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use hub::cli::case::{self, CaseCommand};
use hub::cli::context::{Code, Ctx, Out};
use hub::cli::events::{self, EventsArgs};
use hub::cli::export::{self, ExportArgs, Format, What};
use hub::cli::posting::{self, PostingCommand};
use hub::cli::refusal::{code_of, words};
use hub::cli::run::{self, RunCommand};
use hub::cli::source::{self, SourceCommand, check, listing, probe, samples, standing};
use hub::cli::vacancy::{self, VacancyCommand};
use hub::cli::{doctor, migrate};
use hub::pipeline::source_number;
use hub::view::VacancyId;
use hub::world::World;
use serde_json::Value;

use crate::api::{FORBIDDEN_TITLE, PHONE, seeded};
use crate::harness;

/// What a command printed.
#[derive(Clone, Default)]
pub struct Printed(Arc<Mutex<Vec<u8>>>);

impl Write for Printed {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Printed {
    pub fn take(&self) -> String {
        String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap()
    }

    pub fn json(&self) -> Value {
        let text = self.take();
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }
}

pub fn surroundings(world: &World, json: bool) -> (Ctx, Printed) {
    let printed = Printed::default();
    (Ctx { world: world.clone(), json, out: Out::to(Box::new(printed.clone())) }, printed)
}

fn export_args(out: PathBuf, format: Format, what: What, all: bool) -> ExportArgs {
    ExportArgs { format, out, what, all, force: false, bom: false }
}

fn rows_of(path: &Path) -> usize {
    std::fs::read_to_string(path).unwrap().lines().count()
}

#[test]
fn an_export_has_what_is_published_and_no_contact_in_any_form() {
    harness::on_both("export", |url| async move {
        let world = seeded(&url).await;
        let (ctx, _) = surroundings(&world, true);
        let dir = tempfile::tempdir().unwrap();
        let file = |name: &str| dir.path().join(name);
        for (format, name) in [(Format::Csv, "v.csv"), (Format::Jsonl, "v.jsonl"), (Format::Parquet, "v.parquet")] {
            for (what, prefix) in [(What::Vacancies, ""), (What::Postings, "p-")] {
                let path = file(&format!("{prefix}{name}"));
                assert_eq!(export::run(&ctx, &export_args(path.clone(), format, what, false)).await.unwrap(), Code::Ok);
                let bytes = std::fs::read(&path).unwrap();
                let text = String::from_utf8_lossy(&bytes);
                assert!(!text.contains(PHONE) && !text.contains(FORBIDDEN_TITLE), "{}", path.display());
            }
        }
        assert_eq!((rows_of(&file("v.csv")), rows_of(&file("v.jsonl"))), (3, 2), "two vacancies, and a header");
        assert_eq!((rows_of(&file("p-v.csv")), rows_of(&file("p-v.jsonl"))), (4, 3), "three postings, and a header");
        assert!(std::fs::read(file("v.parquet")).unwrap().ends_with(b"PAR1"));
        let left: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert!(!left.iter().any(|name| name.to_string_lossy().ends_with(".part")), "{left:?}");

        let everything = export_args(file("all.jsonl"), Format::Jsonl, What::Vacancies, true);
        export::run(&ctx, &everything).await.unwrap();
        assert_eq!(rows_of(&file("all.jsonl")), 4, "held and closed ones too, merged ones not");
        assert!(!std::fs::read_to_string(file("all.jsonl")).unwrap().contains(PHONE));
    });
}

#[test]
fn an_export_never_overwrites_unless_told() {
    harness::on_both("export over a file", |url| async move {
        let world = seeded(&url).await;
        let (ctx, _) = surroundings(&world, true);
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("kept.csv");
        std::fs::write(&path, "mine").unwrap();
        let mut args = export_args(path.clone(), Format::Csv, What::Vacancies, false);
        let error = export::run(&ctx, &args).await.unwrap_err();
        assert!(words(&error).unwrap().contains("--force"), "{error:?}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
        args.force = true;
        export::run(&ctx, &args).await.unwrap();
        assert!(std::fs::read_to_string(&path).unwrap().starts_with("id,"));
        let stream = export_args("-".into(), Format::Parquet, What::Vacancies, false);
        assert_eq!(code_of(&export::run(&ctx, &stream).await.unwrap_err()), Code::Bug);
    });
}

#[test]
fn a_posting_keeps_its_contact_masked_until_a_purpose_is_given() {
    harness::on_both("posting show", |url| async move {
        let world = seeded(&url).await;
        let (ctx, printed) = surroundings(&world, true);
        let show = |contact: bool| {
            let args = posting::ShowArgs {
                posting: "saramin/100".to_owned(),
                contact,
                purpose: contact.then(|| "a test".to_owned()),
            };
            PostingCommand::Show(args)
        };
        posting::run(&ctx, &show(false)).await.unwrap();
        let masked = printed.json();
        assert_eq!((masked["source"].as_str(), masked["contact"]["kept"].as_bool()), (Some("saramin"), Some(true)));
        assert_eq!(masked["contact"].get("revealed"), None);
        posting::run(&ctx, &show(true)).await.unwrap();
        assert_eq!(printed.json()["contact"]["revealed"]["phones"][0], PHONE);
        let (ctx, printed) = surroundings(&world, false);
        posting::run(&ctx, &show(false)).await.unwrap();
        let page = printed.take();
        assert!(page.contains("물류 작업원") && page.contains("masked") && !page.contains(PHONE), "{page}");
        let nowhere = posting::ShowArgs { posting: "saramin/nope".to_owned(), contact: false, purpose: None };
        let error = posting::run(&ctx, &PostingCommand::Show(nowhere)).await.unwrap_err();
        assert!(words(&error).unwrap().starts_with("error: there is no posting `saramin/nope`"));
    });
}

#[test]
fn vacancies_are_searched_and_a_merged_id_leads_to_the_survivor() {
    harness::on_both("vacancy", |url| async move {
        let world = seeded(&url).await;
        let (ctx, printed) = surroundings(&world, true);
        let search = vacancy::SearchArgs {
            words: vec!["작업원".to_owned()],
            region: None,
            occupation: None,
            state: None,
            unpublished: false,
            after: None,
            limit: 20,
        };
        vacancy::run(&ctx, &VacancyCommand::Search(search)).await.unwrap();
        let found = printed.json();
        assert_eq!(found.as_array().unwrap().len(), 1);
        let show =
            |id: i64| VacancyCommand::Show(vacancy::ShowArgs { vacancy: VacancyId(id), as_of: None, known: None });
        vacancy::run(&ctx, &show(4)).await.unwrap();
        let shown = printed.json();
        assert_eq!(shown["id"], found[0]["id"]);
        assert!(shown["because"].as_array().is_some_and(|b| !b.is_empty()));
        vacancy::run(&ctx, &show(2)).await.unwrap();
        assert_eq!(printed.json()["verdict"], "hold", "an operator sees what is held");
        assert!(vacancy::run(&ctx, &show(99)).await.is_err());
    });
}

#[test]
fn a_run_whose_ledger_does_not_balance_is_invalid() {
    harness::on_both("run show", |url| async move {
        let world = seeded(&url).await;
        let (ctx, printed) = surroundings(&world, true);
        let show = RunCommand::Show(run::ShowArgs { run: 1, rejects: 10 });
        assert_eq!(run::run(&ctx, &show).await.unwrap(), Code::Ok);
        let page = printed.json();
        assert_eq!((page["state"].as_str(), page.get("imbalance")), (Some("partial"), None));
        assert_eq!(page["error"], "connect to 10.1.2.3:8080 refused", "an operator sees the whole error");
        let tx = world.store.write().await.unwrap();
        tx.add_ledger(1, &[("read", "in", 9), ("read", "passed", 8), ("settle", "in", 8), ("settle", "published", 8)])
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(run::run(&ctx, &show).await.unwrap(), Code::Invalid);
        assert_eq!(printed.json()["imbalance"], "stage read: 9 rows in, 8 accounted for");
        let list = run::ListArgs { source: Some("saramin".to_owned()), state: Some("partial".to_owned()), limit: 5 };
        run::run(&ctx, &RunCommand::List(list)).await.unwrap();
        assert_eq!(printed.json().as_array().unwrap().len(), 1);
    });
}

#[test]
fn events_are_one_object_a_line_from_where_one_left_off() {
    harness::on_both("events", |url| async move {
        let world = seeded(&url).await;
        let (ctx, printed) = surroundings(&world, true);
        let args = EventsArgs { since: Some(1), limit: Some(2), follow: false };
        events::run(&ctx, &args).await.unwrap();
        let text = printed.take();
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let seen: Vec<_> = lines.iter().map(|e| (e["seq"].as_i64().unwrap(), e["kind"].as_str().unwrap())).collect();
        assert_eq!(seen, [(2, "merge"), (3, "close")]);
        assert_eq!(lines[0]["other"], VacancyId(1).to_string());
        let list = case::ListArgs { family: None, source: None, state: None, limit: 5 };
        case::run(&ctx, &case::CaseArgs { actor: None, command: CaseCommand::List(list) }).await.unwrap();
        assert_eq!(printed.json(), serde_json::json!([]));
    });
}

#[test]
fn sources_are_agreed_to_paused_and_resumed() {
    harness::on_both("source agree, pause, resume", |url| async move {
        let world = seeded(&url).await;
        let (ctx, printed) = surroundings(&world, true);
        let line = async |printed: &Printed| {
            let args = listing::ListArgs { class: Some("private".to_owned()), family: None, state: None };
            source::run(&ctx, &SourceCommand::List(args)).await.unwrap();
            let list = printed.json();
            list.as_array().unwrap().iter().find(|s| s["name"] == "saramin").unwrap().clone()
        };
        assert_eq!(line(&printed).await["agreement"], "missing");
        let probed = probe::ProbeArgs { source: "saramin".to_owned(), save: None };
        let error = source::run(&ctx, &SourceCommand::Probe(probed)).await.unwrap_err();
        assert!(words(&error).unwrap().contains("jobhub source agree saramin"), "{error:?}");

        let day = |text: &str| text.parse().unwrap();
        let mut agree = standing::AgreeArgs {
            source: "saramin".to_owned(),
            document: "계약 2026-17".to_owned(),
            since: day("2026-01-01"),
            until: Some(day("2025-12-31")),
            scope: standing::Scope::NoContact,
        };
        assert!(
            source::run(&ctx, &SourceCommand::Agree(agree_again(&agree))).await.is_err(),
            "it ends before it begins"
        );
        agree.until = Some(day("2026-11-30"));
        source::run(&ctx, &SourceCommand::Agree(agree_again(&agree))).await.unwrap();
        printed.take();
        assert_eq!(line(&printed).await["agreement"], "ended", "the clock stands at 2026-12-01");
        agree.until = None;
        source::run(&ctx, &SourceCommand::Agree(agree)).await.unwrap();
        assert_eq!(printed.json()["scope"], "no_contact");
        assert_eq!(line(&printed).await["agreement"], "on file");

        let pause = standing::PauseArgs { source: "saramin".to_owned(), reason: "key renewal".to_owned() };
        source::run(&ctx, &SourceCommand::Pause(pause)).await.unwrap();
        let row = world.store.source(source_number("saramin")).await.unwrap().unwrap();
        assert_eq!(row.paused.as_deref(), Some("key renewal"));
        source::run(&ctx, &SourceCommand::Resume(standing::ResumeArgs { source: "saramin".to_owned() })).await.unwrap();
        printed.take();
        let row = world.store.source(source_number("saramin")).await.unwrap().unwrap();
        assert_eq!(row.paused, None);
        let unknown = standing::ResumeArgs { source: "sramin".to_owned() };
        let error = source::run(&ctx, &SourceCommand::Resume(unknown)).await.unwrap_err();
        assert!(words(&error).unwrap().contains("saramin"), "the name that was meant: {error:?}");
    });
}

fn agree_again(args: &standing::AgreeArgs) -> standing::AgreeArgs {
    standing::AgreeArgs {
        source: args.source.clone(),
        document: args.document.clone(),
        since: args.since,
        until: args.until,
        scope: args.scope,
    }
}

#[test]
fn a_saved_page_is_explained_and_a_foreign_one_is_invalid() {
    harness::on_both("source check and test", |url| async move {
        let world = seeded(&url).await;
        let (ctx, printed) = surroundings(&world, true);
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../adapters/sources");
        let check = |page: PathBuf| {
            let args =
                check::CheckArgs { source: "saramin".to_owned(), page, status: 200, content_type: None, link: None };
            SourceCommand::Check(args)
        };
        let good = check(folder.join("private/saramin/page-1.json"));
        assert_eq!(source::run(&ctx, &good).await.unwrap(), Code::Ok);
        let explained = printed.json();
        let title = explained["fields"].as_array().unwrap().iter().find(|f| f["field"] == "title").unwrap();
        assert_eq!(title["path"], "$.position.title");
        let error = source::run(&ctx, &check(folder.join("private/saramin/source.toml"))).await.unwrap_err();
        assert_eq!(code_of(&error), Code::Invalid, "{error:?}");
        let error = source::run(&ctx, &check("/nowhere/page.json".into())).await.unwrap_err();
        assert!(words(&error).unwrap().contains("/nowhere/page.json"));

        let test = samples::TestArgs { sources: vec!["saramin".to_owned()], all: false, samples: Some(folder) };
        assert_eq!(source::run(&ctx, &SourceCommand::Test(test)).await.unwrap(), Code::Ok, "{}", printed.take());
    });
}

#[test]
fn doctor_tells_a_whole_store_from_a_missing_one_and_makes_none() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("new.sqlite");
    harness::block_on(async {
        let settings = harness::settings(&path.display().to_string(), 1);
        let args = doctor::DoctorArgs {};
        let clock = hub::world::SystemClock;
        assert_eq!(doctor::run(&settings, &clock, true, &args).await.unwrap(), Code::Invalid);
        let dry = migrate::MigrateArgs { dry_run: true };
        assert_eq!(migrate::run(settings.clone(), true, &dry).await.unwrap(), Code::Ok);
        assert!(!path.exists(), "neither makes a store");
        assert_eq!(
            migrate::run(settings.clone(), true, &migrate::MigrateArgs { dry_run: false }).await.unwrap(),
            Code::Ok
        );
        assert_eq!(doctor::run(&settings, &clock, true, &args).await.unwrap(), Code::Ok);
    });
}
