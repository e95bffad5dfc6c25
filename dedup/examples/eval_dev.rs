//! Measures the crate on the open deduplication set: blocking, time, pair and B-cubed F1 of the shipped model and of
//! one estimated without labels. `eval_dev <folder with records.jsonl.gz and truth.csv> [threads]`.

use std::io::Read;
use std::time::Instant;

use dedup::{Model, Profile, batch_candidates, cluster_all, estimate, eval, records};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let folder = args.next().ok_or("name the folder that holds records.jsonl.gz and truth.csv")?;
    let threads = args.next().and_then(|t| t.parse().ok()).unwrap_or(1);
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(format!("{folder}/records.jsonl.gz"))?)
        .read_to_string(&mut text)?;
    let truth = records::truth(&std::fs::read_to_string(format!("{folder}/truth.csv"))?);

    let parsed: Vec<records::Record> = text.lines().map(records::Record::read).collect::<Result<_, _>>()?;
    let postings: Vec<_> = parsed.iter().map(|r| (r, r.source_traits(), r.posting())).collect();
    let start = Instant::now();
    let mut keys = 0;
    let mut bytes = 0;
    let profiles: Vec<Profile> = postings
        .iter()
        .map(|(r, source, (posting, contact))| {
            let p = Profile::of(r.rec_id, source, &r.origin_id, posting, contact);
            keys += p.keys().len();
            p.with_life(None, r.closed.map(dedup::day_number))
        })
        .collect();
    let each = start.elapsed().as_secs_f64() / profiles.len() as f64;
    for p in &profiles {
        bytes += p.to_bytes().len();
    }
    let n = profiles.len() as f64;
    println!(
        "{} profiles with keys: {:.1} us, {:.1} keys, {:.0} bytes each",
        profiles.len(),
        each * 1e6,
        keys as f64 / n,
        bytes as f64 / n
    );
    let start = Instant::now();
    let pairs = batch_candidates(&profiles);
    println!(
        "{} candidate pairs in {:?}, blocking recall {:.4}",
        pairs.len(),
        start.elapsed(),
        eval::blocking_recall(&profiles, &pairs, &truth)
    );
    let start = Instant::now();
    let sum: usize = pairs
        .iter()
        .map(|(a, b)| usize::from(dedup::compare::compare(&profiles[*a as usize], &profiles[*b as usize]).0[5]))
        .sum();
    println!("comparison: {:.0} ns ({sum})", start.elapsed().as_secs_f64() * 1e9 / pairs.len() as f64);
    report("shipped model", &profiles, &Model::default(), threads, &truth);
    let start = Instant::now();
    let estimated = estimate::estimate(&profiles, &Model::prior(), threads);
    println!(
        "\nestimate: {:?}, {} free matches, {} free others",
        start.elapsed(),
        estimated.free_matches,
        estimated.free_others
    );
    report("estimated model", &profiles, &estimated.model, threads, &truth);
    if let Some(path) = args.next() {
        std::fs::write(path, estimated.model.to_json())?;
    }
    Ok(())
}

fn report(what: &str, profiles: &[Profile], model: &Model, threads: usize, truth: &rustc_hash::FxHashMap<i64, i64>) {
    let start = Instant::now();
    let clusters = cluster_all(profiles, model, threads);
    println!("\n{what}: clustered in {:?}\n{}", start.elapsed(), eval::evaluate(&clusters, truth));
}
