//! Measures the crate on the open deduplication set: blocking, CPU time, pair and B-cubed F1 of the shipped model, of
//! one learned without labels and of one learned from simulated stewards' decisions, and steps of 1,000 changed
//! postings. `eval_dev <folder with records.jsonl.gz and truth.csv> [threads] [file for the learned model]`.

use std::io::Read;

use dedup::{
    KEY_CAP, Model, Neighbourhood, PostingId, Profile, batch_candidates, cluster_all, cluster_ruled, estimate, eval,
    needs, records, resolve,
};
use rustc_hash::{FxHashMap, FxHashSet};

/// Decisions simulated.
const DECISIONS: usize = 3_000;
/// Changed postings of a step.
const STEP: usize = 1_000;

type Error = Box<dyn std::error::Error>;

fn main() -> Result<(), Error> {
    let mut args = std::env::args().skip(1);
    let folder = args.next().ok_or("name the folder that holds records.jsonl.gz and truth.csv")?;
    let threads = args.next().and_then(|t| t.parse().ok()).unwrap_or(1);
    let mut text = String::new();
    match std::fs::File::open(format!("{folder}/records.jsonl.gz")) {
        Ok(file) => flate2::read::GzDecoder::new(file).read_to_string(&mut text)?,
        Err(_) => std::fs::File::open(format!("{folder}/records.jsonl"))?.read_to_string(&mut text)?,
    };
    let truth = records::truth(&std::fs::read_to_string(format!("{folder}/truth.csv"))?);

    let profiles = profiles(&text)?;
    let (pairs, ms) = timed(|| batch_candidates(&profiles));
    let recall = eval::blocking_recall(&profiles, &pairs, &truth);
    println!("{} candidate pairs in {ms:.0} ms, blocking recall {recall:.4}", pairs.len());
    let (_, ms) = timed(|| {
        let shipped = Model::default();
        let level = |(a, b): &(u32, u32)| shipped.levels(&profiles[*a as usize], &profiles[*b as usize]).0[5];
        std::hint::black_box(pairs.iter().map(|pair| usize::from(level(pair))).sum::<usize>())
    });
    println!("a comparison: {:.0} ns", ms * 1e6 / pairs.len() as f64);

    let shipped = Model::default();
    let (clusters, ms) = timed(|| cluster_all(&profiles, &shipped, threads));
    println!("\nshipped model, {ms:.0} ms\n{}", eval::evaluate(&clusters, &truth));
    let (learned, ms) = timed(|| estimate::estimate(&profiles, &Model::prior(), threads));
    let (matches, others) = (learned.free_matches, learned.free_others);
    println!("\nlearned without labels from {matches} free matches and {others} free others in {ms:.0} ms");
    println!("{}", eval::evaluate(&cluster_all(&profiles, &learned.model, threads), &truth));
    if let Some(path) = args.next() {
        std::fs::write(path, learned.model.to_json())?;
    }
    let mut common = Model::default();
    common.common = dedup::Common::of(&profiles);
    println!(
        "\nshipped model with this set's common values\n{}",
        eval::evaluate(&cluster_all(&profiles, &common, threads), &truth)
    );
    stewards(&profiles, &common, &truth, threads);
    steps(&profiles, &shipped);
    Ok(())
}

/// Runs a piece of work; its CPU time on this thread in milliseconds, wall time where the system does not tell.
fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let cpu = || {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        text.split_whitespace().next()?.parse::<f64>().ok()
    };
    let (start, wall) = (cpu(), std::time::Instant::now());
    let out = work();
    let ms = match (start, cpu()) {
        (Some(start), Some(end)) => (end - start) / 1e6,
        _ => wall.elapsed().as_secs_f64() * 1e3,
    };
    (out, ms)
}

fn profiles(text: &str) -> Result<Vec<Profile>, Error> {
    let parsed: Vec<records::Record> = text.lines().map(records::Record::read).collect::<Result<_, _>>()?;
    let postings: Vec<_> = parsed.iter().map(|r| (r, r.source_traits(), r.posting())).collect();
    let mut keys = 0;
    let (profiles, ms) = timed(|| {
        let of = |(r, source, (posting, contact)): &(&records::Record, dedup::SourceTraits, _)| {
            let profile = Profile::of(r.rec_id, source, &r.origin_id, posting, contact)
                .with_life(None, r.closed.map(dedup::day_number));
            keys += profile.keys().len();
            profile
        };
        postings.iter().map(of).collect::<Vec<Profile>>()
    });
    let n = profiles.len() as f64;
    let bytes: usize = profiles.iter().map(|p| p.to_bytes().len()).sum();
    println!(
        "{n} profiles with keys: {:.1} us, {:.1} keys, {:.0} bytes each",
        ms * 1e3 / n,
        keys as f64 / n,
        bytes as f64 / n
    );
    Ok(profiles)
}

fn stewards(profiles: &[Profile], model: &Model, truth: &FxHashMap<PostingId, i64>, threads: usize) {
    let (labelled, ms) = timed(|| eval::simulate(profiles, truth, model, DECISIONS, threads, |_| {}));
    println!("\nlearned with {} decisions in {ms:.0} ms", labelled.rulings.len());
    println!("{}", eval::evaluate(&cluster_all(profiles, &labelled.model, threads), truth));
    println!("the same with the decisions obeyed");
    println!("{}", eval::evaluate(&cluster_ruled(profiles, &labelled.rulings, &labelled.model, threads), truth));
    println!("obeyed, the model as before");
    println!("{}", eval::evaluate(&cluster_ruled(profiles, &labelled.rulings, model, threads), truth));
}

/// A store in memory; all of a step but the reading and writing of rows.
#[derive(Default)]
struct Store {
    profiles: FxHashMap<PostingId, Profile>,
    by_key: FxHashMap<i64, Vec<PostingId>>,
    relations: FxHashMap<PostingId, FxHashMap<PostingId, dedup::Relation>>,
    vacancy_of: FxHashMap<PostingId, i64>,
    members: FxHashMap<i64, FxHashSet<PostingId>>,
    founded: FxHashMap<i64, i64>,
}

fn steps(profiles: &[Profile], model: &Model) {
    let mut store = Store::default();
    let (mut times, mut asked) = (Vec::new(), 0);
    for step in profiles.chunks(STEP) {
        let near = store.near(step, model);
        let (out, ms) = timed(|| resolve(step, &near, &[], model));
        times.push(ms * 1e3 / step.len() as f64);
        asked += out.grey.len();
        store.keep(step, out);
    }
    times.sort_by(f64::total_cmp);
    let batch: FxHashMap<PostingId, i64> = cluster_all(profiles, model, 1).into_iter().collect();
    let stepwise: Vec<(PostingId, i64)> = profiles.iter().map(|p| (p.id, store.vacancy_of[&p.id])).collect();
    println!(
        "\n{} steps of {STEP}: {:.0} us a posting in the middle, {:.0} at worst; against one run over all:\n{}",
        times.len(),
        times[times.len() / 2],
        times[times.len() - 1],
        eval::evaluate(&stepwise, &batch)
    );
    let kept: usize = store.relations.values().map(|own| own.len()).sum();
    println!("{:.2} relations kept a posting, {} questions", kept as f64 / 2.0 / profiles.len() as f64, asked);
}

impl Store {
    fn near(&mut self, step: &[Profile], model: &Model) -> Neighbourhood {
        let mut near = Neighbourhood::default();
        let mut wanted: Vec<PostingId> = step.iter().map(|p| p.id).collect();
        for one in step {
            let mut others = FxHashSet::default();
            for key in one.keys() {
                let posted = self.by_key.entry(key).or_default();
                others.extend(posted.iter().rev().take(KEY_CAP).copied());
                posted.push(one.id);
            }
            let mut others: Vec<PostingId> = others.into_iter().collect();
            others.sort_unstable();
            near.shared_keys.extend(others.iter().map(|other| (one.id, *other)));
            wanted.extend(others);
            self.profiles.insert(one.id, one.clone());
        }
        while !wanted.is_empty() {
            for id in std::mem::take(&mut wanted) {
                self.load(&mut near, id);
            }
            wanted = needs(step, &near, &[], model);
        }
        near
    }

    fn load(&self, near: &mut Neighbourhood, id: PostingId) {
        if !near.loaded.insert(id) {
            return;
        }
        near.profiles.extend(self.profiles.get(&id).cloned());
        if let Some(own) = self.relations.get(&id) {
            near.relations.extend(own.values().filter(|r| r.a == id || !near.loaded.contains(&r.a)).cloned());
        }
        if let Some(vacancy) = self.vacancy_of.get(&id) {
            near.founded.insert(*vacancy, self.founded[vacancy]);
            near.vacancy_of.extend(self.members[vacancy].iter().map(|mate| (*mate, *vacancy)));
        }
    }

    fn keep(&mut self, step: &[Profile], out: dedup::Resolution) {
        for relation in out.relations_upsert {
            self.relations.entry(relation.a).or_default().insert(relation.b, relation.clone());
            self.relations.entry(relation.b).or_default().insert(relation.a, relation);
        }
        for new in out.new_vacancies {
            self.founded.insert(new, step[0].id);
        }
        for (posting, vacancy) in out.assignments {
            if let Some(old) = self.vacancy_of.insert(posting, vacancy) {
                self.members.entry(old).or_default().remove(&posting);
            }
            self.members.entry(vacancy).or_default().insert(posting);
        }
    }
}
