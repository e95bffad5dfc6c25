//! The training link: HRD-Net courses that lead to a vacancy, and why these and in this order.

use chrono::{Days, NaiveDate};
use serde::Serialize;
use store::StoreError;
use store::course::Course;
use utoipa::ToSchema;

use super::crosswalk;
use crate::world::{World, seoul_day};

/// Courses start within so many days.
const AHEAD_DAYS: u64 = 120;
/// Most courses looked at for one vacancy.
const LOOKED_AT_MAX: i64 = 400;
/// Most courses shown for one vacancy.
pub const SHOWN_MAX: usize = 5;
/// Signals read at a time.
const PAGE: i64 = 2_000;
/// What an unknown employment rate counts for, thousandths: the median of courses that tell theirs.
const RATE_UNKNOWN_PERMILLE: i64 = 550;

/// A course that leads to a vacancy.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TrainingCourse {
    /// HRD-Net's id: course, session and institution.
    pub id: String,
    /// Title.
    pub title: String,
    /// Institution.
    pub institution: String,
    /// Region code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// First day.
    #[schema(format = Date)]
    pub starts: String,
    /// Last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    pub ends: Option<String>,
    /// Seats that are free, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seats_free: Option<i64>,
    /// Employed six months after an earlier session, per cent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employed_after_6_months: Option<f64>,
    /// KECO code of the occupation it leads to.
    pub occupation: String,
    /// Page for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Why it is shown and where it stands, strongest first.
    pub because: Vec<String>,
}

/// Files the courses that changed at or after a time under the occupations they lead to; gives how many.
///
/// # Errors
/// When the store fails.
pub async fn take(world: &World, source: i64, since_ms: i64) -> Result<u64, StoreError> {
    let (mut after, mut taken) = (String::new(), 0);
    loop {
        let signals = world.store.signals_since(source, since_ms, &after, PAGE).await?;
        let Some(last) = signals.last() else { return Ok(taken) };
        after.clone_from(&last.key);
        let courses: Vec<Course> = signals.iter().filter_map(course).collect();
        taken += courses.len() as u64;
        let tx = world.store.write().await?;
        tx.put_courses(&courses).await?;
        tx.commit().await?;
    }
}

/// A course from its signal; `None` where it has no start.
fn course(signal: &store::signal::Signal) -> Option<Course> {
    let body: serde_json::Value = serde_json::from_str(&signal.body).ok()?;
    let text = |name: &str| body[name].as_str().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
    let number = |name: &str| text(name).and_then(|t| t.parse::<i64>().ok());
    let mut parts = signal.key.split('-');
    let (process, degree) = (parts.next()?.to_owned(), parts.next().and_then(|d| d.parse().ok()).unwrap_or(0));
    let title = text("title")?;
    let ncs = text("occupation_code").filter(|code| code.len() >= 4 && code.bytes().all(|b| b.is_ascii_digit()));
    let starts = text("signal_from")?.parse::<NaiveDate>().ok()?;
    Some(Course {
        keco: crosswalk::keco(ncs.as_deref(), &title),
        region: text("region_code").or_else(|| text("address").and_then(|a| region_of(&a, starts))),
        id: signal.key.clone(),
        process,
        degree,
        institution: text("subject_name").unwrap_or_default(),
        institution_no: text("subject_number").unwrap_or_default(),
        title,
        ncs,
        starts: starts.to_string(),
        ends: text("signal_until").and_then(|t| t.parse::<NaiveDate>().ok()).map(|d| d.to_string()),
        seats: number("headcount"),
        taken: number("signal_count"),
        // HRD-Net writes letters where too few are left to tell
        rate_permille: text("signal_rate")
            .and_then(|t| t.parse::<f64>().ok())
            .filter(|r| (0.0..=100.0).contains(r))
            .map(|r| (r * 10.0).round() as i64),
        url: text("url"),
        changed_ms: signal.changed_ms,
    })
}

fn region_of(address: &str, on: NaiveDate) -> Option<String> {
    normalizer::region::said(address, on).into_iter().find_map(|place| place.code)
}

/// Courses that lead to an occupation and start from today on, best first.
///
/// # Errors
/// When the store fails.
pub async fn courses_for(
    world: &World,
    occupation: Option<&str>,
    region: Option<&str>,
) -> Result<Vec<TrainingCourse>, StoreError> {
    let Some(group) = occupation.and_then(|code| code.get(..3)).filter(|g| g.bytes().all(|b| b.is_ascii_digit()))
    else {
        return Ok(Vec::new());
    };
    let occupation = occupation.unwrap_or_default();
    let today = seoul_day(world.clock.now());
    let until = today.checked_add_days(Days::new(AHEAD_DAYS)).unwrap_or(today);
    let from = today.succ_opt().unwrap_or(today);
    let found = world.store.courses_to(group, &from.to_string(), &until.to_string(), LOOKED_AT_MAX).await?;
    let mut processes: Vec<String> = found.iter().map(|c| c.process.clone()).collect();
    processes.sort_unstable();
    processes.dedup();
    // a session to come has no rate of its own: the newest earlier one of the same course speaks for it
    let rates: std::collections::BTreeMap<String, i64> = world.store.rates_of(&processes).await?.into_iter().collect();
    let ranked = rank(found, &rates, occupation, region, today);
    Ok(ranked.into_iter().take(SHOWN_MAX).collect())
}

/// Orders courses: same occupation, near, employed afterwards, soon; ties by start and id.
fn rank(
    courses: Vec<Course>,
    rates: &std::collections::BTreeMap<String, i64>,
    occupation: &str,
    region: Option<&str>,
    today: NaiveDate,
) -> Vec<TrainingCourse> {
    let mut scored: Vec<(i64, TrainingCourse)> =
        courses.into_iter().filter_map(|c| weigh(c, rates, occupation, region, today)).collect();
    scored.sort_by(|(a, x), (b, y)| b.cmp(a).then_with(|| (&x.starts, &x.id).cmp(&(&y.starts, &y.id))));
    scored.into_iter().map(|(_, course)| course).collect()
}

/// A course with its score, thousandths.
fn weigh(
    course: Course,
    rates: &std::collections::BTreeMap<String, i64>,
    occupation: &str,
    region: Option<&str>,
    today: NaiveDate,
) -> Option<(i64, TrainingCourse)> {
    let keco = course.keco.clone()?;
    let starts: NaiveDate = course.starts.parse().ok()?;
    let free = course.seats.zip(course.taken).map(|(seats, taken)| (seats - taken).max(0));
    if free == Some(0) {
        return None;
    }
    let mut because = Vec::new();
    let mut score = 0;
    let group = normalizer::occupation::name(&keco).unwrap_or("the same group of occupations");
    if keco == occupation {
        score += 2_000;
        because.push(format!("leads to this occupation: {group}"));
    } else {
        score += 1_000;
        because.push(format!("leads to occupations of group {}", keco.get(..3).unwrap_or(&keco)));
    }
    match (region, course.region.as_deref()) {
        (Some(a), Some(b)) if a.len() >= 5 && a == b => {
            score += 1_500;
            because.push("in the same 시군구".to_owned());
        }
        (Some(a), Some(b)) if a.get(..2) == b.get(..2) => {
            score += 1_000;
            because.push("in the same 시도".to_owned());
        }
        _ => {}
    }
    let rate = course.rate_permille.or_else(|| rates.get(&course.process).copied());
    score += rate.unwrap_or(RATE_UNKNOWN_PERMILLE);
    because.push(match rate {
        Some(rate) => format!("{:.1} % employed six months after", rate as f64 / 10.0),
        None => "employment afterwards not known yet, counted as the median".to_owned(),
    });
    let days = (starts - today).num_days();
    score -= days * 3;
    because.push(format!("starts in {days} days"));
    Some((
        score,
        TrainingCourse {
            id: course.id,
            title: course.title,
            institution: course.institution,
            region: course.region,
            starts: course.starts,
            ends: course.ends,
            seats_free: free,
            employed_after_6_months: rate.map(|r| r as f64 / 10.0),
            occupation: keco,
            url: course.url,
            because,
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(id: &str, keco: &str, region: &str, starts: &str, rate: Option<i64>, seats: Option<(i64, i64)>) -> Course {
        Course {
            id: id.to_owned(),
            process: id.split('-').next().unwrap().to_owned(),
            degree: 1,
            institution: "이음직업전문학교".to_owned(),
            institution_no: "500020059147".to_owned(),
            title: "실무 과정".to_owned(),
            ncs: None,
            keco: Some(keco.to_owned()),
            region: Some(region.to_owned()),
            starts: starts.to_owned(),
            ends: None,
            seats: seats.map(|s| s.0),
            taken: seats.map(|s| s.1),
            rate_permille: rate,
            url: None,
            changed_ms: 0,
        }
    }

    #[test]
    fn nearer_likelier_and_sooner_courses_come_first_and_full_ones_do_not_come() {
        let today: NaiveDate = "2026-11-24".parse().unwrap();
        let courses = vec![
            made("far-1", "531201", "26350", "2026-12-01", Some(900), None),
            made("near-1", "531201", "11680", "2026-12-01", Some(500), None),
            made("group-1", "531", "11680", "2026-12-01", Some(500), None),
            made("later-1", "531201", "11680", "2027-02-01", Some(500), None),
            made("full-1", "531201", "11680", "2026-12-01", Some(990), Some((20, 20))),
            made("other-2", "531201", "11110", "2026-12-01", None, Some((20, 5))),
        ];
        let rates = [("other".to_owned(), 800)].into();
        let ranked = rank(courses, &rates, "531201", Some("11680"), today);
        let ids: Vec<&str> = ranked.iter().map(|c| c.id.as_str()).collect();
        assert_eq!(ids, ["near-1", "later-1", "other-2", "group-1", "far-1"]);
        assert_eq!(
            ranked[2].because[1..],
            ["in the same 시도", "80.0 % employed six months after", "starts in 7 days"]
        );
        assert_eq!(ranked[2].seats_free, Some(15));
    }
}
