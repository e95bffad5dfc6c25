//! `source test`: the contract every source keeps, checked on its sample pages.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use adapters::Source;
use adapters::contract::{Problem, Sample, check};
use anyhow::{Context as _, Result};
use clap::Args;

use super::super::context::{Code, Ctx, table};
use super::super::refusal::Refusal;
use super::{known, named_or_file, read};

/// Most sample files of a source.
const SAMPLES_MAX: usize = 200;

/// Which sources.
#[derive(Args, Debug)]
pub struct TestArgs {
    /// Names of sources, or paths of manifests of your own (….toml).
    #[arg(required_unless_present = "all")]
    pub sources: Vec<String>,
    /// All sources of the catalog.
    #[arg(long, conflicts_with = "sources")]
    pub all: bool,
    /// Where sources' folders are: `DIR/CLASS/NAME`. Left out: adapters/sources here or above; for a manifest its own folder.
    #[arg(long, value_name = "DIR")]
    pub samples: Option<PathBuf>,
}

/// What one source came to.
#[derive(serde::Serialize)]
struct Tested {
    source: String,
    samples: usize,
    problems: Vec<String>,
}

/// Runs the command.
pub(super) fn run(ctx: &Ctx, args: &TestArgs) -> Result<Code> {
    let mut tested = Vec::new();
    if args.all {
        let root = root(args)?;
        for source in adapters::catalog().iter() {
            tested.push(test(source, &folder(&root, source))?);
        }
        let broken = adapters::catalog().errors();
        tested.extend(broken.iter().map(|e| Tested {
            source: e.file.clone(),
            samples: 0,
            problems: vec![e.to_string()],
        }));
    }
    for name in &args.sources {
        let source = named_or_file(name)?;
        let folder = match (name.ends_with(".toml"), &args.samples) {
            (true, None) => Path::new(name).parent().unwrap_or(Path::new(".")).to_path_buf(),
            (true, Some(samples)) => samples.clone(),
            (false, _) => folder(&root(args)?, &*known(name)?),
        };
        tested.push(test(&source, &folder)?);
    }
    let bad = tested.iter().filter(|t| !t.problems.is_empty()).count();
    let code = if bad == 0 { Code::Ok } else { Code::Invalid };
    if ctx.json {
        ctx.print_json(&tested)?;
        return Ok(code);
    }
    let rows = tested.iter().flat_map(|t| {
        let first = if t.problems.is_empty() { "keeps its contract".to_owned() } else { t.problems[0].clone() };
        let rest = t.problems.iter().skip(1).map(|p| vec![String::new(), String::new(), p.clone()]);
        std::iter::once(vec![t.source.clone(), t.samples.to_string(), first]).chain(rest).collect::<Vec<_>>()
    });
    ctx.out.line(&table(&["source", "samples", "result"], rows))?;
    ctx.say(&format!("\n{} sources tested, {bad} do not keep their contract", tested.len()));
    Ok(code)
}

fn test(source: &Arc<Source>, folder: &Path) -> Result<Tested> {
    let samples = load(folder)?;
    let mut problems: Vec<String> = check(source, &samples).iter().map(Problem::to_string).collect();
    if !samples.iter().any(|s| s.name.starts_with("page")) {
        problems.push(format!("there is no sample page (page-1.…) in {}", folder.display()));
    }
    Ok(Tested { source: source.name().to_owned(), samples: samples.len(), problems })
}

/// The samples of a folder, by name; a snapshot is beside its sample as `<stem>.snap`.
fn load(folder: &Path) -> Result<Vec<Sample>> {
    let entries = std::fs::read_dir(folder).map_err(|error| {
        Refusal::new(error.to_string(), folder.display().to_string(), "name the folder with --samples")
            .ending(Code::Invalid)
    })?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.with_context(|| format!("cannot read {}", folder.display()))?.path();
        let skipped = path.extension().is_none_or(|e| e == "toml" || e == "snap");
        if path.is_file() && !skipped {
            paths.push(path);
        }
    }
    paths.sort();
    if paths.len() > SAMPLES_MAX {
        let what = format!("{} files; a source has at most {SAMPLES_MAX} samples", paths.len());
        return Err(Refusal::new(what, folder.display().to_string(), "keep one sample of each kind").into());
    }
    paths
        .iter()
        .map(|path| {
            let snapshot = path.with_extension("snap");
            Ok(Sample {
                name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
                body: read(path)?,
                snapshot: if snapshot.is_file() {
                    Some(String::from_utf8_lossy(&read(&snapshot)?).into_owned())
                } else {
                    None
                },
            })
        })
        .collect()
}

fn folder(root: &Path, source: &Source) -> PathBuf {
    root.join(source.class().name()).join(source.name())
}

/// Where sources' folders are.
fn root(args: &TestArgs) -> Result<PathBuf> {
    if let Some(samples) = &args.samples {
        return Ok(samples.clone());
    }
    let here = std::env::current_dir().context("the working directory is gone")?;
    let found = here.ancestors().map(|dir| dir.join("adapters/sources")).find(|dir| dir.is_dir());
    found.ok_or_else(|| {
        let remedy = "run this in the repository, or name the folder with --samples";
        Refusal::new("there is no adapters/sources here or above", here.display().to_string(), remedy).into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_come_with_their_snapshots_and_without_manifests() {
        let dir = std::env::temp_dir().join(format!("jobhub-samples-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        for (name, text) in
            [("source.toml", ""), ("page-1.json", "{}"), ("page-1.snap", "rows 0"), ("empty-1.json", "[]")]
        {
            std::fs::write(dir.join(name), text).unwrap();
        }
        let samples = load(&dir).unwrap();
        let found: Vec<(&str, Option<&str>)> =
            samples.iter().map(|s| (s.name.as_str(), s.snapshot.as_deref())).collect();
        assert_eq!(found, [("empty-1.json", None), ("page-1.json", Some("rows 0"))]);
        std::fs::remove_dir_all(&dir).unwrap();
    }
}
