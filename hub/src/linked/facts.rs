//! From what linked systems led to, to evidence: which pieces stand now, which are taken back, and the vacancies that are
//! settled anew. The one place that speaks to the lifecycle.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use rustc_hash::FxHashMap;
use store::hire::Hire;
use store::labour_window::LabourWindow;
use store::{StoreError, Tx};

use super::window;
use crate::lifecycle::evidence::{Kind, New, Said};
use crate::lifecycle::stand::{self, At};
use crate::pipeline::settle::{Judge, settle};
use crate::world::{World, seoul_instant};

/// Largest weight insurance may have, thousandths of a bit: it says that somebody was hired, not that this was filled.
const MILLIBITS_MAX: i64 = 7_000;

/// Evidence to add and to take back.
pub(super) struct Facts {
    add: Vec<New>,
    back: Vec<i64>,
    touched: BTreeSet<i64>,
    judge: Vec<i64>,
    /// Confidence from which hires fill a vacancy, thousandths.
    fill_permille: i64,
}

impl Facts {
    /// Nothing yet.
    pub(super) fn of(world: &World) -> Facts {
        let fill_permille = (world.settings.linked.fill_confidence * 1000.0).round() as i64;
        Facts { add: Vec::new(), back: Vec::new(), touched: BTreeSet::new(), judge: Vec::new(), fill_permille }
    }

    /// Labour-market tests keep their postings as they are; a window that moved replaces what was said before.
    pub(super) async fn holds(&mut self, tx: &Tx, windows: &[LabourWindow]) -> Result<(), StoreError> {
        let postings: Vec<i64> = windows.iter().filter_map(|w| w.posting).collect();
        if postings.is_empty() {
            return Ok(());
        }
        let mut before: FxHashMap<(i64, String), Vec<i64>> = FxHashMap::default();
        for row in tx.evidence_about(&postings).await?.iter().filter(|r| r.kind == Kind::LabourMarketTest.name()) {
            let detail: serde_json::Value = serde_json::from_str(&row.detail).unwrap_or_default();
            let permit = detail["permit"].as_str().unwrap_or_default().to_owned();
            before.entry((row.subject, permit)).or_default().push(row.id);
        }
        for registered in windows {
            let Some(piece) = hold(registered) else { continue };
            let same = piece.row(0, None).id;
            let standing = before.remove(&(piece.subject, registered.permit_no.clone())).unwrap_or_default();
            if !standing.contains(&same) {
                self.add.push(piece);
            }
            self.back.extend(standing.into_iter().filter(|id| *id != same));
        }
        Ok(())
    }

    /// What hires now say of vacancies: one piece where they are enough to fill it, else none.
    pub(super) async fn fills(
        &mut self,
        tx: &Tx,
        vacancies: &[i64],
        sought: &FxHashMap<i64, Option<u32>>,
    ) -> Result<(), StoreError> {
        if vacancies.is_empty() {
            return Ok(());
        }
        let mut by_vacancy: BTreeMap<i64, Vec<Hire>> = vacancies.iter().map(|id| (*id, Vec::new())).collect();
        for hire in tx.hires_for(vacancies).await?.into_iter().filter(|h| h.standing == "stands") {
            by_vacancy.entry(hire.vacancy).or_default().push(hire);
        }
        let mut before: FxHashMap<i64, Vec<i64>> = FxHashMap::default();
        for row in tx.evidence_about(vacancies).await? {
            if row.kind == Kind::EiFill.name() || row.kind == Kind::Permit.name() {
                before.entry(row.subject).or_default().push(row.id);
            }
        }
        for (vacancy, hires) in &by_vacancy {
            let piece = fill(*vacancy, hires, sought.get(vacancy).copied().flatten(), self.fill_permille);
            let same = piece.as_ref().map(|p| p.row(0, None).id);
            let standing = before.remove(vacancy).unwrap_or_default();
            self.touched.insert(*vacancy);
            if let Some(piece) = piece.filter(|_| !standing.iter().any(|id| Some(*id) == same)) {
                self.add.push(piece);
            }
            self.back.extend(standing.into_iter().filter(|id| Some(*id) != same));
        }
        Ok(())
    }

    /// Something about a posting's business.
    pub(super) fn business(&mut self, posting: i64, closed: bool, since: Option<&str>, heard_ms: i64) {
        let kind = if closed { Kind::BusinessClosed } else { Kind::BusinessSuspended };
        let said = if closed { Said::Closed } else { Said::Suspended };
        let day = since.and_then(|s| NaiveDate::parse_from_str(s, "%Y%m%d").ok());
        let at_ms = day.map_or(heard_ms, |d| seoul_instant(d, 0).timestamp_millis().min(heard_ms));
        let detail = serde_json::json!({ "since": since });
        // what was taken back once is said again under another key
        let key = heard_ms.to_string();
        self.add.push(New { detail, key, ..New::posting(posting, kind, said, at_ms) });
    }

    /// Leaves out what is said already, so that nothing is judged for the sake of what is known.
    pub(super) async fn keep_new(&mut self, tx: &Tx) -> Result<(), StoreError> {
        let subjects: Vec<i64> = self.add.iter().map(|n| n.subject).collect();
        let known: BTreeSet<(i64, String)> =
            tx.evidence_about(&subjects).await?.into_iter().map(|row| (row.subject, row.kind)).collect();
        self.add.retain(|n| !known.contains(&(n.subject, n.kind.name().to_owned())));
        Ok(())
    }

    /// Postings that are judged by what holds now.
    pub(super) fn judge(&mut self, postings: &[i64]) {
        self.judge.extend(postings);
    }

    /// A business goes on: what was said of its postings is taken back.
    pub(super) async fn business_goes_on(&mut self, tx: &Tx, postings: &[i64]) -> Result<(), StoreError> {
        let kinds = [Kind::BusinessClosed.name(), Kind::BusinessSuspended.name()];
        let rows = tx.evidence_about(postings).await?;
        self.back.extend(rows.iter().filter(|r| kinds.contains(&r.kind.as_str())).map(|r| r.id));
        Ok(())
    }

    /// A vacancy to be settled whatever the evidence.
    pub(super) fn touch(&mut self, vacancy: i64) {
        self.touched.insert(vacancy);
    }

    /// Gives the evidence to the lifecycle and settles what it touches.
    pub(super) async fn settle(self, world: &World, tx: &Tx, now: DateTime<Utc>) -> Result<(), StoreError> {
        let at = At { as_of_ms: now.timestamp_millis(), run: None };
        let rules = world.lifecycle.rules();
        let mut changes = stand::withdraw(tx, &rules, at, &self.back).await?;
        changes.extend(stand::record(tx, &rules, at, &self.add).await?);
        changes.extend(stand::judge(tx, &rules, at, &self.judge).await?);
        changes.touched.extend(self.touched);
        if changes.touched.is_empty() {
            return Ok(());
        }
        settle(tx, &Judge::of(world, at.as_of_ms, None), &mut [], changes.touched).await
    }
}

/// The hold of a window whose posting is known.
fn hold(registered: &LabourWindow) -> Option<New> {
    let (from, until) = window::span(registered)?;
    let detail = serde_json::json!({
        "permit": registered.permit_no, "from": registered.day_from, "until": registered.day_until,
        "found_by": registered.matched_by,
    });
    Some(New {
        until_ms: Some(until.timestamp_millis()),
        detail,
        // a registration sent again in another batch is the same test
        key: format!("{} {}", registered.permit_no, registered.day_until),
        ..New::posting(registered.posting?, Kind::LabourMarketTest, Said::Hold, from.timestamp_millis())
    })
}

/// That a vacancy is filled, by its hires; `None` while they are too few or too unsure.
fn fill(vacancy: i64, hires: &[Hire], sought: Option<u32>, fill_permille: i64) -> Option<New> {
    let confidence = hires.iter().map(|h| h.confidence).max()?;
    let people: i64 = hires.iter().map(|h| h.people).sum();
    if people < i64::from(sought.unwrap_or(1)) || confidence < fill_permille {
        return None;
    }
    // back-dated to the week in which the last of those sought was taken on
    let last = hires.iter().filter(|h| h.people > 0).map(|h| h.week_until.as_str()).max()?;
    let day: NaiveDate = last.parse().ok()?;
    let permits = hires.iter().all(|h| !matches!(h.record.as_str(), "acquired" | "daily"));
    let kind = if permits { Kind::Permit } else { Kind::EiFill };
    let odds = confidence.clamp(1, 999) as f64 / (1000 - confidence.clamp(1, 999)) as f64;
    let rows: Vec<String> = hires.iter().map(|h| format!("{}/{}", h.batch, h.nr)).collect();
    let first = hires.iter().map(|h| h.week_from.as_str()).min();
    Some(New {
        millibits: Some(((odds.log2() * 1000.0) as i64).min(MILLIBITS_MAX)),
        detail: serde_json::json!({
            "people": people, "sought": sought, "week_from": first, "week_until": last,
            "confidence": confidence as f64 / 1000.0, "rows": rows,
        }),
        key: format!("{} {people} {confidence}", rows.join(" ")),
        ..New::job(vacancy, kind, Said::Filled, seoul_instant(day, 23).timestamp_millis())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hire(people: i64, confidence: i64, until: &str, record: &str) -> Hire {
        Hire {
            batch: 1,
            nr: people,
            vacancy: 7,
            business_number: "1208147521".to_owned(),
            record: record.to_owned(),
            people,
            confidence,
            week_from: "2026-11-09".to_owned(),
            week_until: until.to_owned(),
            standing: "stands".to_owned(),
        }
    }

    #[test]
    fn a_vacancy_is_filled_when_enough_people_were_surely_taken_on() {
        for (what, hires, sought, want) in [
            ("nobody", vec![], Some(1), None),
            ("one of one", vec![hire(1, 950, "2026-11-15", "acquired")], Some(1), Some("ei_fill")),
            ("one of three", vec![hire(1, 950, "2026-11-15", "acquired")], Some(3), None),
            (
                "three of three in two weeks",
                vec![hire(1, 950, "2026-11-15", "acquired"), hire(2, 950, "2026-11-22", "acquired")],
                Some(3),
                Some("ei_fill"),
            ),
            ("one, nobody says how many", vec![hire(1, 950, "2026-11-15", "acquired")], None, Some("ei_fill")),
            ("a half sure one", vec![hire(1, 500, "2026-11-15", "acquired")], Some(1), None),
            ("a permit", vec![hire(1, 1000, "2026-11-15", "permit_issued")], Some(1), Some("permit")),
            (
                "a permit whose slot is free again",
                vec![hire(1, 1000, "2026-11-15", "permit_issued"), hire(-1, 1000, "2026-11-30", "change_reported")],
                Some(1),
                None,
            ),
        ] {
            assert_eq!(fill(7, &hires, sought, 700).map(|p| p.kind.name()), want, "{what}");
        }
    }

    #[test]
    fn a_fill_is_dated_back_to_the_week_of_the_last_hire() {
        let hires = [hire(1, 950, "2026-11-15", "acquired"), hire(2, 950, "2026-11-22", "acquired")];
        let piece = fill(7, &hires, Some(3), 700).unwrap();
        let day = crate::world::seoul_day(crate::world::instant(piece.at_ms));
        assert_eq!(day.to_string(), "2026-11-22");
        assert!(piece.millibits.is_some_and(|m| (4_000..=MILLIBITS_MAX).contains(&m)));
    }
}
