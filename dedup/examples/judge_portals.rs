//! Lists of several portals on one day, without common ids: what is joined and what nearly is, as lines to judge by
//! hand. `judge_portals <portal>=<file.csv> …`; a file has the columns index, company, title[, details, skills], link.

use dedup::{Model, Profile, RelationKind, SourceTraits, batch_candidates, cluster_all, explain};
use normalizer::{Contact, EmploymentType, Experience, Organization, Place, Posting};
use rustc_hash::FxHashMap;

/// Near-misses are listed down to this far below the threshold, in thousandths of a bit.
const NEAR: i32 = 4_000;
/// Day on which all rows are taken to be seen first; the files give no dates.
const DAY: i32 = 19_824;

const PROVINCES: [(&str, &str); 17] = [
    ("서울", "11"),
    ("부산", "26"),
    ("대구", "27"),
    ("인천", "28"),
    ("광주", "29"),
    ("대전", "30"),
    ("울산", "31"),
    ("세종", "36"),
    ("경기", "41"),
    ("충북", "43"),
    ("충남", "44"),
    ("전남", "46"),
    ("경북", "47"),
    ("경남", "48"),
    ("제주", "50"),
    ("강원", "51"),
    ("전북", "52"),
];

struct Row {
    portal: usize,
    /// Number in the portal's address.
    id: String,
    company: String,
    title: String,
    details: String,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (mut rows, mut profiles, mut names) = (Vec::new(), Vec::new(), Vec::new());
    for (portal, arg) in std::env::args().skip(1).enumerate() {
        let (name, path) = arg.split_once('=').ok_or("give each list as portal=file.csv")?;
        names.push(name.to_owned());
        read(portal, name, path, &mut rows, &mut profiles)?;
    }
    let mut model = Model::default();
    model.common = dedup::Common::of(&profiles);
    let group: FxHashMap<i64, i64> = cluster_all(&profiles, &model, 1).into_iter().collect();
    let mut lines = Vec::new();
    let mut joined: FxHashMap<(usize, usize), usize> = FxHashMap::default();
    for (a, b) in batch_candidates(&profiles) {
        let (a, b) = (a as usize, b as usize);
        let why = explain(&profiles[a], &profiles[b], &model);
        let same = group[&profiles[a].id] == group[&profiles[b].id];
        if rows[a].portal == rows[b].portal || !same && why.sum < model.auto - NEAR {
            continue;
        }
        *joined.entry((rows[a].portal, rows[b].portal)).or_default() += usize::from(same);
        let what = match (same, why.verdict) {
            (true, _) => "joined",
            (false, RelationKind::Partial | RelationKind::Distinct) => "near",
            // the pair alone would do; another posting of one of the portals is already there
            (false, _) => "taken",
        };
        lines.push((what, why.sum, a, b));
    }
    lines.sort_unstable();
    for (what, sum, a, b) in lines {
        let row = |at: usize| {
            let id = format!("{}/{}", names[rows[at].portal], rows[at].id);
            format!("{id}\t{}\t{}\t{}", rows[at].company, rows[at].title, rows[at].details)
        };
        println!("{what}\t{:.1}\t{}\t{}", f64::from(sum) / 1000.0, row(a), row(b));
    }
    let mut pairs: Vec<_> = joined.into_iter().collect();
    pairs.sort_unstable();
    for ((a, b), n) in pairs {
        eprintln!("{} x {}: {n} pairs joined", names[a], names[b]);
    }
    Ok(())
}

fn read(
    portal: usize,
    name: &str,
    path: &str,
    rows: &mut Vec<Row>,
    profiles: &mut Vec<Profile>,
) -> Result<(), Box<dyn std::error::Error>> {
    let source = SourceTraits { number: portal as u32, name: name.to_owned(), ..SourceTraits::default() };
    let mut seen = std::collections::HashSet::new();
    for record in csv::Reader::from_path(path)?.records() {
        let record = record?;
        let cell = |at: usize| record.get(at).unwrap_or_default().to_owned();
        let (details, skills) = if record.len() > 4 { (cell(3), cell(4)) } else { Default::default() };
        let link = cell(record.len() - 1);
        if !seen.insert(id_in(&link).to_owned()) {
            continue;
        }
        let posting = posting(&cell(1), &cell(2), &details, &skills);
        let id = profiles.len() as i64 + 1;
        let profile = Profile::of(id, &source, id_in(&link), &posting, &Contact::default());
        profiles.push(profile.with_life(Some(DAY), None));
        let number = id_in(&link).rsplit('/').next().unwrap_or_default().to_owned();
        rows.push(Row { portal, id: number, company: cell(1), title: cell(2), details });
    }
    Ok(())
}

/// The posting's number in its address: `rec_idx=…` or the path.
fn id_in(link: &str) -> &str {
    match link.split_once("rec_idx=") {
        Some((_, rest)) => rest.split('&').next().unwrap_or(rest),
        None => link.split('?').next().unwrap_or(link),
    }
}

fn posting(company: &str, title: &str, details: &str, skills: &str) -> Posting {
    let place = |(name, code): &(&str, &str)| {
        let words = details.split(',').find(|cell| cell.contains(name))?;
        let name = words.replace(" 외", "").replace("전체", "");
        Some(Place { code: Some((*code).to_owned()), name, address: None })
    };
    let years = details.split(['년', '~']).next().map(|text| text.trim().rsplit(|c: char| !c.is_ascii_digit()));
    let years: Option<u32> = years.and_then(|mut parts| parts.next()?.parse().ok()).filter(|n| *n < 30);
    let says = |word: &str| details.contains(word);
    Posting {
        title: title.to_owned(),
        hiring_organization: Organization { name: company.to_owned(), ..Organization::default() },
        job_location: PROVINCES.iter().filter_map(place).collect(),
        employment_type: if says("정규직") { vec![EmploymentType::Permanent] } else { Vec::new() },
        experience: (!details.is_empty()).then(|| Experience {
            newcomer: says("신입") || says("무관"),
            experienced: says("경력") || says("년"),
            min_months: years.map(|n| n * 12),
            max_months: None,
        }),
        description: (!skills.is_empty()).then(|| skills.to_owned()),
        ..Posting::default()
    }
}
