//! Real rows that others collected from live portals, read in place and served through the portals' own formats.
//! Text stays word for word; only dates are moved as a whole, so that a crawl of then looks like today's.

mod boards;
mod cell;
mod jobkorea;
mod saramin;
mod wanted;
mod work24;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime};

use crate::world::chance::{Chance, Facet};
use crate::{Ad, Portal};

/// Bytes at most of one file of recorded rows.
const FILE_BYTES_MAX: u64 = 64 << 20;

/// What became of the rows of every file.
#[derive(Clone, Debug, Default)]
pub struct RecordedReport {
    pub files: Vec<FileReport>,
}

/// What became of the rows of one file.
#[derive(Clone, Debug, Default)]
pub struct FileReport {
    /// Path below the folder.
    pub file: String,
    /// Portal that serves them; empty when none does.
    pub portal: String,
    pub rows: usize,
    pub used: usize,
    /// Why the others were not used, with how many.
    pub skipped: BTreeMap<String, usize>,
}

impl RecordedReport {
    /// Rows read, rows served.
    pub fn totals(&self) -> (usize, usize) {
        (self.files.iter().map(|f| f.rows).sum(), self.files.iter().map(|f| f.used).sum())
    }
}

/// The rows, by portal number, and the report.
#[derive(Debug, Default)]
pub(crate) struct Recorded {
    pub(crate) ads: BTreeMap<usize, Vec<Ad>>,
    pub(crate) report: RecordedReport,
    /// (portal, id) pairs that are the same posting by the portals' own record: truth.
    pub(crate) same: BTreeMap<(usize, String), (usize, String)>,
}

/// Reads all that is known below `folder` for the portals that there are.
///
/// # Errors
/// When the folder cannot be read; a file that is missing is no error, one that cannot be parsed is reported and left out.
pub(crate) fn read(folder: &Path, portals: &[Portal], start: NaiveDate) -> io::Result<Recorded> {
    std::fs::read_dir(folder)
        .map_err(|e| io::Error::new(e.kind(), format!("recorded rows in {}: {e}", folder.display())))?;
    let mut shop = Shop { folder, portals, start, recorded: Recorded::default(), seen: BTreeSet::new() };
    jobkorea::read(&mut shop);
    saramin::read(&mut shop);
    wanted::read(&mut shop);
    work24::read(&mut shop);
    boards::read(&mut shop);
    for (file, rows, why) in LEFT_OUT {
        if let Some(text) = shop.text(file) {
            let rows = rows.unwrap_or_else(|| text.lines().count());
            let skipped = BTreeMap::from([((*why).to_owned(), rows)]);
            shop.recorded.report.files.push(FileReport {
                file: (*file).to_owned(),
                rows,
                skipped,
                ..FileReport::default()
            });
        }
    }
    Ok(shop.recorded)
}

/// Files whose rows no portal can serve, how many rows they hold when that is not their lines, and why.
const LEFT_OUT: &[(&str, Option<usize>, &str)] = &[
    ("jobkorea_daily_202411/20241121_jobkorea.jsonl", None, "another year's crawl; the list of 2024-01-20 stays whole"),
    ("jobkorea_daily_202411/20241122_jobkorea.jsonl", None, "another year's crawl; the list of 2024-01-20 stays whole"),
    ("albamon_202211/albamon_2022-11-30.csv", Some(299), "no posting id was recorded"),
    ("public_samples/job_compass_10rows.json", Some(10), "ten rows do not make a portal"),
    ("work24_202608/iml1111_detail_page_202603.html", Some(1), "one detail page without its list row"),
    ("ats_boards/kiwizzle/kor/ncsoft/ncsoft_list_info.json", Some(1), "no portal of the fleet speaks this format"),
    ("ats_boards/kiwizzle/kor/netmarble/netmarble_listinfo.json", Some(1), "no portal of the fleet speaks this format"),
    ("ats_boards/kiwizzle/kor/naver/naver_list.js", Some(1), "no portal of the fleet speaks this format"),
    ("ats_boards/kiwizzle/kor/line/line_list.js", Some(1), "no portal of the fleet speaks this format"),
    ("ats_boards/kiwizzle/kor/baemin/baemin_list2.js", Some(1), "no portal of the fleet speaks this format"),
];

/// What the readers of the files share.
struct Shop<'s> {
    folder: &'s Path,
    portals: &'s [Portal],
    start: NaiveDate,
    recorded: Recorded,
    seen: BTreeSet<(usize, String)>,
}

impl Shop<'_> {
    /// Number of the portal that serves rows recorded at `name`.
    fn portal(&self, name: &str) -> Option<usize> {
        let asked = |p: &Portal| p.params.get("recorded").is_some_and(|r| r == name);
        self.portals.iter().position(asked).or_else(|| self.portals.iter().position(|p| p.name == name))
    }

    fn bytes(&self, file: &str) -> Option<Vec<u8>> {
        let path: PathBuf = self.folder.join(file);
        let size = std::fs::metadata(&path).ok()?.len();
        if size > FILE_BYTES_MAX {
            return None;
        }
        std::fs::read(path).ok()
    }

    fn text(&self, file: &str) -> Option<String> {
        let text = String::from_utf8_lossy(&self.bytes(file)?).into_owned();
        Some(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
    }

    /// Rows of a CSV file with a header, as name → value.
    fn csv(&self, file: &str) -> Option<Vec<BTreeMap<String, String>>> {
        let text = self.text(file)?;
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let header: Vec<String> = reader.headers().ok()?.iter().map(str::to_owned).collect();
        let rows = reader.records().map_while(Result::ok);
        Some(rows.map(|r| header.iter().cloned().zip(r.iter().map(str::to_owned)).collect()).collect())
    }

    /// Takes over the rows of one file; `Err` says why a row is left out.
    fn take(&mut self, file: &str, name: &str, rows: impl IntoIterator<Item = Result<Ad, &'static str>>) {
        let Some(portal) = self.portal(name) else { return };
        let mut report =
            FileReport { file: file.to_owned(), portal: self.portals[portal].name.clone(), ..FileReport::default() };
        for row in rows {
            report.rows += 1;
            let kept = row.and_then(|mut ad| {
                // A crawl that ran longer than its day would be from the future.
                let now = self.at_nine(self.start);
                (ad.posted, ad.modified) = (ad.posted.min(now), ad.modified.min(now));
                if ad.id.is_empty() || ad.title.trim().is_empty() {
                    return Err("no id or no title");
                }
                if !self.seen.insert((portal, ad.id.clone())) {
                    return Err("the id was read before, here or in another file");
                }
                Ok(ad)
            });
            match kept {
                Ok(ad) => {
                    report.used += 1;
                    self.recorded.ads.entry(portal).or_default().push(ad);
                }
                Err(why) => *report.skipped.entry(why.to_owned()).or_default() += 1,
            }
        }
        self.recorded.report.files.push(report);
    }

    /// A day of the crawl moved to today's calendar: the crawl's own day becomes day 0.
    fn moved(&self, day: NaiveDate, crawled: NaiveDate) -> NaiveDate {
        day + (self.start - crawled)
    }

    /// A plausible time of posting for a row that has none: in the three weeks before day 0, by its id.
    fn some_time(&self, id: &str) -> NaiveDateTime {
        let thing = id.bytes().fold(7u64, |h, b| h.wrapping_mul(31).wrapping_add(u64::from(b)));
        let mut c = Chance::new(0, Facet::Row, thing);
        let minutes = c.range(0, 20 * 24 * 60);
        self.start.and_time(NaiveTime::default()) - chrono::Duration::minutes(minutes)
    }

    fn at_nine(&self, day: NaiveDate) -> NaiveDateTime {
        day.and_time(NaiveTime::default()) + chrono::Duration::hours(9)
    }

    fn after(&self, days: u64) -> NaiveDate {
        self.start + Days::new(days)
    }
}

#[cfg(test)]
mod tests;
