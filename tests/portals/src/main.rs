//! Serves the portal fleet by itself, for trying adapters by hand: prints where each portal is and writes the truth on demand.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use chrono::NaiveDate;
use portals::{Fleet, FleetOptions, QuirkMix};

const USAGE: &str = "\
portals: serves 161 job portals on loopback, each under its own host name

  --port N        port to listen on (4100; 0 = any)
  --seed N        which world (1)
  --scale X       1.0 = about 150,000 listed postings (0.1)
  --day N         days after the start (0)
  --start DATE    day 0, yyyy-mm-dd, Seoul (2026-11-02)
  --recorded DIR  serve recorded real rows from this folder where there are any
  --quirks MIX    none, default or all (default)
  --only A,B      only these portals
  --truth FILE    write what really is, as JSON Lines
  --once          stop after printing (and writing the truth)
  --help

While it runs, a line on standard input with a number lets so many days pass.";

struct Arguments {
    options: FleetOptions,
    truth: Option<PathBuf>,
    once: bool,
}

/// `None` asks for help.
fn arguments(mut words: impl Iterator<Item = String>) -> Result<Option<Arguments>, String> {
    let options = FleetOptions { port: 4_100, scale: 0.1, quirks: QuirkMix::Default, ..FleetOptions::default() };
    let mut all = Arguments { options, truth: None, once: false };
    while let Some(word) = words.next() {
        let (name, given) = match word.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (word, None),
        };
        let mut value = || given.clone().or_else(|| words.next()).ok_or(format!("{name} needs a value"));
        let options = &mut all.options;
        match name.as_str() {
            "--help" | "-h" => return Ok(None),
            "--once" => all.once = true,
            "--port" => options.port = number(&name, &value()?)?,
            "--seed" => options.seed = number(&name, &value()?)?,
            "--day" => options.day = number(&name, &value()?)?,
            "--scale" => {
                let scale: f64 = number(&name, &value()?)?;
                if !(scale > 0.0 && scale <= 20.0) {
                    return Err(format!("--scale is {scale}, but goes from above 0 to 20"));
                }
                options.scale = scale;
            }
            "--start" => options.start = number::<NaiveDate>(&name, &value()?)?,
            "--recorded" => options.recorded = Some(value()?.into()),
            "--truth" => all.truth = Some(value()?.into()),
            "--only" => options.portals = Some(value()?.split(',').map(|p| p.trim().to_owned()).collect()),
            "--quirks" => {
                let mix = value()?;
                options.quirks = QuirkMix::named(&mix).ok_or(format!("--quirks is none, default or all, not {mix}"))?;
            }
            other => return Err(format!("{other} is unknown; --help lists what there is")),
        }
    }
    Ok(Some(all))
}

fn number<T: std::str::FromStr>(name: &str, text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{name} cannot be {text}"))
}

fn print_table(fleet: &Fleet, only: Option<&[String]>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let quirks = fleet.quirks();
    writeln!(out, "class    portal                  listed  address{:37} format and quirks", "")?;
    let mut sum = 0;
    for portal in fleet.portals().iter().filter(|p| only.is_none_or(|o| o.contains(&p.name))) {
        let listed = fleet.listed(&portal.name);
        sum += listed;
        let quirks = quirks.get(&portal.name).map(|q| format!("  {q:?}")).unwrap_or_default();
        writeln!(
            out,
            "{:<8} {:<22} {listed:>7}  {:<44} {}{quirks}",
            portal.class,
            portal.name,
            fleet.base(&portal.name),
            portal.dialect
        )?;
    }
    writeln!(out, "{sum} postings listed on {} (day {})", fleet.today(), fleet.day())?;
    for f in &fleet.recorded().files {
        writeln!(out, "recorded {:<64} {:>6} rows, {:>6} served {:?}", f.file, f.rows, f.used, f.skipped)?;
    }
    Ok(())
}

fn write_truth(fleet: &Fleet, path: &PathBuf) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    fleet.write_truth(&mut out)?;
    out.flush()?;
    println!("truth is in {}", path.display());
    Ok(())
}

async fn run(all: Arguments) -> io::Result<()> {
    let only = all.options.portals.clone();
    let fleet = Fleet::start(all.options).await?;
    print_table(&fleet, only.as_deref())?;
    if let Some(path) = &all.truth {
        write_truth(&fleet, path)?;
    }
    if all.once {
        fleet.stop().await;
        return Ok(());
    }
    let (send, mut days) = tokio::sync::mpsc::channel::<u32>(4);
    // Reading the terminal blocks; a thread of its own keeps it off the runtime, and ends with the process.
    std::thread::spawn(move || {
        for line in io::stdin().lines().map_while(Result::ok) {
            if let Ok(days) = line.trim().parse()
                && send.blocking_send(days).is_err()
            {
                return;
            }
        }
    });
    loop {
        tokio::select! {
            stop = tokio::signal::ctrl_c() => {
                stop?;
                fleet.stop().await;
                return Ok(());
            }
            Some(count) = days.recv() => {
                fleet.advance(count);
                println!("it is {} (day {})", fleet.today(), fleet.day());
                if let Some(path) = &all.truth {
                    write_truth(&fleet, path)?;
                }
            }
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let all = match arguments(std::env::args().skip(1)) {
        Ok(Some(all)) => all,
        Ok(None) => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(what) => {
            eprintln!("portals: {what}");
            return ExitCode::from(2);
        }
    };
    match run(all).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("portals: {error}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Option<Arguments>, String> {
        arguments(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn arguments_are_read_and_wrong_ones_named() {
        let all =
            parse("--port 0 --seed=9 --scale 0.5 --day 3 --quirks all --only saramin,alio --once").unwrap().unwrap();
        let o = &all.options;
        assert_eq!((o.port, o.seed, o.scale, o.day, o.quirks, all.once), (0, 9, 0.5, 3, QuirkMix::All, true));
        assert_eq!(o.portals.as_deref(), Some(&["saramin".to_owned(), "alio".to_owned()][..]));
        assert!(parse("--help").unwrap().is_none());
        let wrong = |line| parse(line).err().unwrap();
        assert_eq!(wrong("--prot 4"), "--prot is unknown; --help lists what there is");
        assert_eq!(wrong("--seed"), "--seed needs a value");
        assert_eq!(wrong("--seed x"), "--seed cannot be x");
        assert_eq!(wrong("--quirks some"), "--quirks is none, default or all, not some");
        assert_eq!(wrong("--scale 0"), "--scale is 0, but goes from above 0 to 20");
    }
}
