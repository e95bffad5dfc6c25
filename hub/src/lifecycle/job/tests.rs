//! What becomes of a job: by its postings, and by what is said of the job itself.

use super::*;
use crate::lifecycle::evidence::New;
use crate::settings::{DEFAULTS, Settings};

fn rules() -> Rules {
    let settings: Settings = DEFAULTS.parse::<toml::Table>().unwrap().try_into().unwrap();
    Rules::new(&settings.lifecycle, &[], &[])
}

fn life(text: &'static str) -> Life<'static> {
    let mut words = text.split(' ');
    Life { state: words.next().unwrap(), verdict: words.next().unwrap(), reason: words.next() }
}

fn piece(kind: Kind, said: Said, at_ms: i64) -> Evidence {
    Evidence::of(&New::job(1, kind, said, at_ms).row(at_ms, None)).unwrap()
}

#[test]
fn a_vacancy_is_open_while_any_posting_is() {
    for (members, want) in [
        (vec!["open publish"], ("open", None, "publish")),
        (vec!["open hold", "closed publish deadline"], ("open", None, "hold")),
        (vec!["open reject", "open publish"], ("open", None, "publish")),
        (vec!["unconfirmed publish absent", "closed publish deadline"], ("suspected_stale", Some("absent"), "publish")),
        (vec!["closed publish absent", "closed publish source_closed"], ("closed", Some("source_closed"), "publish")),
        (vec!["closed reject absent"], ("closed", Some("absent"), "reject")),
        (vec!["scheduled publish"], ("scheduled", None, "publish")),
        (vec!["suspected_stale hold stale", "closed publish absent"], ("suspected_stale", Some("stale"), "hold")),
    ] {
        let lives: Vec<_> = members.iter().map(|m| life(m)).collect();
        let got = vacancy(&lives, &[], None, &rules(), 100);
        assert_eq!((got.state, got.reason, got.verdict), want, "{members:?}");
    }
}

#[test]
fn what_is_said_of_the_job_counts_by_its_weight_and_never_more() {
    use Kind::{BusinessClosed, BusinessSuspended, EiFill, EmployerReport, Permit};
    let (open, missing) = ("open publish", "unconfirmed publish absent");
    for (member, said, want) in [
        (open, vec![(EiFill, Said::Filled)], "suspected_filled filled_ei"),
        // however much the workplace's insurance says, the posting itself is listed
        (open, vec![(EiFill, Said::Filled), (BusinessClosed, Said::Closed)], "suspected_stale business_closed"),
        (missing, vec![(EiFill, Said::Filled)], "closed filled_ei"),
        (open, vec![(EmployerReport, Said::Filled)], "closed filled_report"),
        (open, vec![(BusinessClosed, Said::Closed)], "suspected_stale business_closed"),
        (missing, vec![(BusinessClosed, Said::Closed)], "closed business_closed"),
        (open, vec![(BusinessSuspended, Said::Suspended)], "open"),
        (open, vec![(Permit, Said::Filled)], "open"),
        // what contradicts it re-opens it
        (open, vec![(EmployerReport, Said::Filled), (EmployerReport, Said::Open)], "open"),
    ] {
        let set: Vec<Evidence> = said.iter().zip(10..).map(|((kind, said), at)| piece(*kind, *said, at)).collect();
        let got = vacancy(&[life(member)], &set, None, &rules(), 100);
        let words = [Some(got.state), got.reason].into_iter().flatten().collect::<Vec<_>>().join(" ");
        assert_eq!(words, want, "{member} {said:?}: {:.3}", got.probability);
    }
}

#[test]
fn a_hold_of_the_law_outranks_a_steward_and_a_steward_everything_else() {
    let closed = [life("closed publish absent")];
    let word = Steward { state: "closed".to_owned(), reason: "filled_report".to_owned() };
    let mut hold = piece(Kind::LabourMarketTest, Said::Hold, 10);
    hold.until_ms = Some(50);
    let report = piece(Kind::EmployerReport, Said::Filled, 5);
    for (now, set, word, want) in [
        (20, vec![hold.clone()], Some(&word), ("open", Some("labour_market_test"))),
        (60, vec![hold.clone()], Some(&word), ("closed", Some("filled_report"))),
        (20, vec![hold.clone(), report.clone()], None, ("open", Some("labour_market_test"))),
        (60, vec![hold], None, ("closed", Some("absent"))),
        (20, vec![report], Some(&Steward { state: "open".to_owned(), reason: String::new() }), ("open", None)),
    ] {
        let got = vacancy(&closed, &set, word, &rules(), now);
        assert_eq!((got.state, got.reason), want, "at {now}");
    }
}
