//! A job's fields in words, for tables and pages on a terminal.

use super::context::count;
use crate::view::{Closing, Experience, Job, Pay};

/// Pay, e.g. `월 2,200,000~2,500,000원`.
pub(super) fn pay(pay: &Pay) -> String {
    let period = match pay.period.as_deref() {
        Some("HOUR") => "시 ",
        Some("DAY") => "일 ",
        Some("WEEK") => "주 ",
        Some("MONTH") => "월 ",
        Some("YEAR") => "연 ",
        Some("PIECE") => "건 ",
        _ => "",
    };
    let unit = pay.currency.as_ref().map_or_else(|| "원".to_owned(), |currency| format!(" {currency}"));
    let amount = match (pay.min, pay.max) {
        (Some(min), Some(max)) if min == max => Some(format!("{}{unit}", count(min))),
        (Some(min), Some(max)) => Some(format!("{}~{}{unit}", count(min), count(max))),
        (Some(min), None) => Some(format!("{}{unit}~", count(min))),
        (None, Some(max)) => Some(format!("~{}{unit}", count(max))),
        (None, None) => None,
    };
    match (amount, pay.negotiable) {
        (Some(amount), true) => format!("{period}{amount} (협의)"),
        (Some(amount), false) => format!("{period}{amount}"),
        (None, true) => "협의".to_owned(),
        (None, false) => String::new(),
    }
}

/// How it closes.
pub(super) fn closing(closing: &Closing) -> String {
    let day = closing.valid_through.map(|day| day.to_string()).unwrap_or_default();
    let kind = match closing.kind.as_deref() {
        Some("until_filled") => "채용시까지",
        Some("always_open") => "상시",
        Some("rolling") => "수시",
        _ => "",
    };
    format!("{kind} {day}").trim().to_owned()
}

/// Workplaces.
pub(super) fn places(job: &Job) -> String {
    let names: Vec<&str> = job.job_location.iter().map(|place| place.name.as_str()).collect();
    names.join(", ")
}

/// Experience asked for.
pub(super) fn experience(experience: &Experience) -> String {
    let years =
        |months: u32| if months.is_multiple_of(12) { format!("{}년", months / 12) } else { format!("{months}개월") };
    let range = match (experience.min_months, experience.max_months) {
        (Some(min), Some(max)) => format!(" {}~{}", years(min), years(max)),
        (Some(min), None) => format!(" {} 이상", years(min)),
        (None, Some(max)) => format!(" {} 이하", years(max)),
        (None, None) => String::new(),
    };
    let who = match (experience.newcomer, experience.experienced) {
        (true, true) => "무관",
        (true, false) => "신입",
        (false, true) => "경력",
        (false, false) => "",
    };
    format!("{who}{range}").trim().to_owned()
}

/// The facts of a job, in the order a person reads them.
pub(super) fn facts(job: &Job) -> Vec<(&'static str, String)> {
    let organization = &job.hiring_organization;
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let education = job.education.as_ref().map(|e| match (&e.min, &e.max) {
        (None, None) => "무관".to_owned(),
        (min, max) => format!("{}~{}", text(min), text(max)),
    });
    vec![
        ("title", job.title.clone()),
        ("company", organization.name.clone()),
        ("business no.", text(&organization.business_number)),
        ("place", places(job)),
        ("address", job.job_location.iter().find_map(|place| place.address.clone()).unwrap_or_default()),
        ("occupation", job.occupation.as_ref().map(|o| format!("{} {}", text(&o.code), o.name)).unwrap_or_default()),
        ("employment", job.employment_type.join(", ")),
        ("pay", job.base_salary.as_ref().map(pay).unwrap_or_default()),
        ("education", education.unwrap_or_default()),
        ("experience", job.experience.as_ref().map(experience).unwrap_or_default()),
        ("openings", job.total_job_openings.map(|n| n.to_string()).unwrap_or_default()),
        ("hours", text(&job.work_hours)),
        ("posted", job.date_posted.map(|day| day.to_string()).unwrap_or_default()),
        ("closes", closing(&job.closing)),
        ("url", text(&job.url)),
        (
            "origin",
            job.origin
                .as_ref()
                .map(|o| format!("{} {} {}", text(&o.provider), text(&o.id), text(&o.url)))
                .unwrap_or_default(),
        ),
        ("requisition", text(&job.requisition)),
        ("description", text(&job.description)),
        ("qualifications", text(&job.qualifications)),
        ("benefits", text(&job.job_benefits)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pay_reads_as_people_write_it() {
        let of = |period: Option<&str>, min, max, negotiable| {
            pay(&Pay { period: period.map(str::to_owned), min, max, negotiable, currency: None })
        };
        for (words, want) in [
            (of(Some("MONTH"), Some(2_200_000), Some(2_500_000), false), "월 2,200,000~2,500,000원"),
            (of(Some("HOUR"), Some(10_320), Some(10_320), false), "시 10,320원"),
            (of(Some("YEAR"), Some(36_000_000), None, true), "연 36,000,000원~ (협의)"),
            (of(None, None, None, true), "협의"),
            (of(None, None, None, false), ""),
        ] {
            assert_eq!(words, want);
        }
    }

    #[test]
    fn experience_names_bounds_in_years_where_it_can() {
        let of = |newcomer, experienced, min_months, max_months| {
            experience(&Experience { newcomer, experienced, min_months, max_months })
        };
        assert_eq!(of(false, true, Some(36), Some(60)), "경력 3년~5년");
        assert_eq!(of(true, true, None, None), "무관");
        assert_eq!(of(false, true, Some(18), None), "경력 18개월 이상");
    }
}
