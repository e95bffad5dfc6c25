//! Who was hired for a vacancy, as far as linked systems know: counts, when, how sure, and how many openings are left.

use serde::Serialize;
use store::StoreError;
use utoipa::ToSchema;

use crate::view::VacancyView;
use crate::world::World;

/// People that linked systems say were hired for a vacancy.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Hired {
    /// How many.
    pub people: i64,
    /// How many openings are left, where it is known how many there were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub openings_left: Option<i64>,
    /// First day of the first week.
    #[schema(format = Date)]
    pub from: String,
    /// Last day of the last week.
    #[schema(format = Date)]
    pub until: String,
    /// That somebody was hired for it, 0 to 1.
    pub confidence: f64,
    /// `stands`, or `contradicted` by what its postings said later.
    pub standing: String,
    /// Systems that say so.
    pub reported_by: Vec<&'static str>,
}

/// What is known of a vacancy and of those that were merged into it; `None` where nothing is.
///
/// # Errors
/// When the store fails.
pub async fn hired(world: &World, vacancy: &VacancyView) -> Result<Option<Hired>, StoreError> {
    let ids: Vec<i64> = vacancy.merged.iter().chain([&vacancy.id]).map(|id| id.0).collect();
    let hires = world.store.hires_for(&ids).await?;
    let (Some(from), Some(until)) =
        (hires.iter().map(|h| &h.week_from).min().cloned(), hires.iter().map(|h| &h.week_until).max().cloned())
    else {
        return Ok(None);
    };
    let contradicted = hires.iter().any(|h| h.standing != "stands");
    let people: i64 = hires.iter().map(|h| h.people).sum();
    let mut reported_by: Vec<&'static str> = hires.iter().map(|h| system(&h.record)).collect();
    reported_by.sort_unstable();
    reported_by.dedup();
    let sought = vacancy.job.total_job_openings.map(i64::from).filter(|n| *n > 0);
    Ok(Some(Hired {
        people,
        openings_left: sought.map(|n| if contradicted { n } else { (n - people).max(0) }),
        from,
        until,
        confidence: hires.iter().map(|h| h.confidence).max().unwrap_or(0) as f64 / 1000.0,
        standing: if contradicted { "contradicted" } else { "stands" }.to_owned(),
        reported_by,
    }))
}

fn system(record: &str) -> &'static str {
    match record {
        "permit_issued" | "change_reported" => "permits",
        "daily" => "eiday",
        _ => "ei",
    }
}
