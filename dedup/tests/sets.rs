//! Quality on the shared sets, read in place; each test says so and passes when the sets are not there.

#![expect(clippy::unwrap_used, reason = "a set that cannot be read fails its test")]

use std::io::Read;
use std::path::PathBuf;

use dedup::{Model, Profile, SourceTraits, cluster_all, estimate, eval, records};
use normalizer::{Contact, Organization, Origin, Posting};
use rustc_hash::FxHashMap;

/// Records of the open set used here: all of them take too long without optimisation.
const RECORDS: usize = 6_000;

fn shared(path: &str, test: &str) -> Option<PathBuf> {
    let given = std::env::var_os("JOBHUB_SHARED_DATA").map(PathBuf::from);
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let beside = root.ancestors().map(|up| up.join("shared/data")).find(|folder| folder.is_dir());
    let found = given.or(beside).map(|folder| folder.join(path)).filter(|p| p.exists());
    if found.is_none() {
        eprintln!("skipped: {test} needs shared data");
    }
    found
}

fn open_set(test: &str) -> Option<(Vec<Profile>, FxHashMap<i64, i64>)> {
    let folder = shared("dedup_dev", test)?;
    let mut text = String::new();
    let file = std::fs::File::open(folder.join("records.jsonl.gz")).unwrap();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    let (profiles, errors) = records::profiles(text.lines().take(RECORDS));
    assert!(errors.is_empty(), "{errors:?}");
    Some((profiles, records::truth(&std::fs::read_to_string(folder.join("truth.csv")).unwrap())))
}

#[test]
fn the_shipped_model_holds_its_floor_on_the_open_set() {
    let Some((profiles, truth)) = open_set("the_shipped_model_holds_its_floor_on_the_open_set") else { return };
    let found = eval::evaluate(&cluster_all(&profiles, &Model::default(), 1), &truth);
    assert!(found.pairs.precision >= 0.995, "{found}");
    assert!(found.pairs.f1 >= 0.985, "{found}");
    assert!(found.b_cubed.f1 >= 0.995, "{found}");
    let blocked = eval::blocking_recall(&profiles, &dedup::batch_candidates(&profiles), &truth);
    assert!(blocked >= 0.99, "{blocked}");
    let keys: usize = profiles.iter().map(|p| p.keys().len()).sum();
    assert!(keys <= 13 * profiles.len(), "{keys} keys are too many rows");
    let bytes: usize = profiles.iter().map(|p| p.to_bytes().len()).sum();
    assert!(bytes <= 450 * profiles.len(), "{bytes} bytes are too many");
}

#[test]
fn a_model_learned_without_labels_holds_its_floor_on_the_open_set() {
    let Some((profiles, truth)) = open_set("a_model_learned_without_labels") else { return };
    let learned = estimate::estimate(&profiles, &Model::prior(), 1);
    assert!(learned.free_matches >= 100 && learned.free_others >= 100, "{learned:?}");
    let found = eval::evaluate(&cluster_all(&profiles, &learned.model, 1), &truth);
    assert!(found.pairs.precision >= 0.995, "{found}");
    assert!(found.pairs.f1 >= 0.97, "{found}");
    let mut reversed = profiles.clone();
    reversed.reverse();
    assert_eq!(estimate::estimate(&reversed, &Model::prior(), 2).model, learned.model, "order matters");
}

/// JobKorea's list and WorkNet's index of it, which names JobKorea's second number: no text on WorkNet's side.
#[test]
fn every_posting_that_worknet_takes_from_jobkorea_is_found_by_its_number() {
    let name = "every_posting_that_worknet_takes_from_jobkorea_is_found_by_its_number";
    let Some(file) = shared("worknet_202401/truth_worknet_CJK_x_jobkorea_dev.csv", name) else { return };
    let jobkorea = SourceTraits {
        number: 1,
        name: "jobkorea".to_owned(),
        provider_codes: vec!["CJK".to_owned()],
        repeats_itself: false,
    };
    let worknet = SourceTraits { number: 2, name: "worknet".to_owned(), ..SourceTraits::default() };
    let origin = |id: &str| Some(Origin { provider: Some("CJK".to_owned()), id: Some(id.to_owned()), url: None });
    let mut profiles = Vec::new();
    let mut truth = FxHashMap::default();
    for (at, row) in csv::Reader::from_path(file).unwrap().records().enumerate() {
        let (row, at) = (row.unwrap(), at as i64);
        let theirs = Posting {
            title: row[3].to_owned(),
            hiring_organization: Organization { name: row[4].to_owned(), ..Organization::default() },
            origin: origin(&row[2]),
            ..Posting::default()
        };
        let ours = Posting { origin: origin(&row[0]), ..Posting::default() };
        profiles.push(Profile::of(2 * at, &jobkorea, &row[1], &theirs, &Contact::default()));
        profiles.push(Profile::of(2 * at + 1, &worknet, &format!("W{at}"), &ours, &Contact::default()));
        truth.extend([(2 * at, at), (2 * at + 1, at)]);
    }
    assert!(truth.len() > 2_000, "{}", truth.len());
    let found = eval::evaluate(&cluster_all(&profiles, &Model::default(), 1), &truth);
    assert_eq!((found.missed_pairs, found.false_pairs), (0, 0), "{found}");
}
