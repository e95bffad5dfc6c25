//! What a file of records costs from its first byte to clusters, on one thread: `speed <records.jsonl>`. CPU time and peak
//! memory are this process's own, from /proc.

use std::io::BufRead;

use dedup::records::Record;
use dedup::{Common, Model, Profile, batch_candidates, cluster_all};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("name a file of records, one JSON object a line")?;
    let mut profiles: Vec<Profile> = Vec::new();
    let mut sources = std::collections::HashMap::new();
    for line in std::io::BufReader::with_capacity(1 << 20, std::fs::File::open(path)?).lines() {
        let record = Record::read(&line?)?;
        let source = sources.entry(record.source).or_insert_with(|| record.source_traits());
        profiles.push(record.profile(source));
    }
    told("read and profiled", profiles.len())?;
    let mut model = Model::default();
    model.common = Common::of(&profiles);
    told("common values", profiles.len())?;
    let clusters = cluster_all(&profiles, &model, 1);
    told("clustered", clusters.len())?;
    if std::env::args().nth(2).is_some() {
        told("candidate pairs, once more", batch_candidates(&profiles).len())?;
    }
    Ok(())
}

fn told(what: &str, count: usize) -> Result<(), Box<dyn std::error::Error>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let after = stat.rsplit_once(')').ok_or("no name in /proc/self/stat")?.1;
    let ticks: f64 = after.split_whitespace().skip(11).take(2).filter_map(|t| t.parse::<f64>().ok()).sum();
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).map_or("", str::trim);
    println!("{what}: {count}, {:.2} CPU s so far, peak {peak}", ticks / 100.0);
    Ok(())
}
