//! Silent loss, seen from outside: the faults that other crawlers end well with, each against a whole run of the hub.

use chrono::Duration;
use portals::{Failure, Quirk};

use crate::harness::{Stage, fleet, on_both};

#[test]
fn a_list_that_was_cut_loses_nothing_once_the_portal_is_well_again() {
    on_both("cut and well", |url| async move {
        let stage = Stage::set(&url, fleet(0.02, &["saramin", "work24"]).await).await;
        for source in ["saramin", "work24"] {
            let listed = stage.fleet().listed(source) as u64;
            assert!(listed > 50, "{source}: {listed}");
            stage.fleet().set_quirk(source, Some(Quirk::Truncated { share: 0.6, honest: true }));
            let cut = stage.sync(source).await;
            assert_eq!(cut.state, "partial", "{source}: {cut:?}");
            stage.fleet().set_quirk(source, None);
            let well = stage.sync(source).await;
            assert_eq!(well.state, "complete", "{source}: {well:?}");
            assert_eq!(well.certificate.unwrap().distinct, listed, "{source}");
            let (open, closed) = (stage.postings(source, "open").await, stage.postings(source, "closed").await);
            assert_eq!((open + closed) as u64, listed, "{source}: every ad is there, once");
        }
    });
}

#[test]
fn a_quota_spent_inside_a_200_lets_the_run_wait_until_midnight_and_closes_nothing() {
    on_both("quota", |url| async move {
        let stage = Stage::set(&url, fleet(0.02, &["saramin"]).await).await;
        assert_eq!(stage.sync("saramin").await.state, "complete");
        let open = stage.postings("saramin", "open").await;
        stage.fleet().set_quirk("saramin", Some(Quirk::ErrorEnvelope { failure: Failure::Quota, requests: 0 }));
        let spent = stage.sync("saramin").await;
        assert_eq!(spent.state, "waiting", "{spent:?}");
        assert_eq!(stage.postings("saramin", "open").await, open);
        stage.fleet().set_quirk("saramin", None);
        let early = stage.sync("saramin").await;
        assert_eq!(early.state, "waiting", "asked before midnight in Seoul: {early:?}");
        // 09:00 on the fleet's day; the quota is new at 00:00
        stage.clock.set(stage.clock_now() + Duration::hours(15) + Duration::minutes(1));
        let late = stage.sync("saramin").await;
        assert_eq!(late.state, "complete", "{late:?}");
        assert_eq!(late.run, spent.run, "the run that waited goes on");
        assert_eq!(late.counts.unconfirmed, 0);
    });
}

#[test]
fn a_list_that_did_not_change_is_answered_304_and_nothing_is_parsed_or_written() {
    on_both("304", |url| async move {
        let sources = ["saramin", "jobkorea", "alio", "wanted", "albamon", "seoul"];
        let stage = Stage::set(&url, fleet(0.01, &sources).await).await;
        let mut repeated = 0;
        for source in sources {
            let first = stage.sync(source).await;
            assert_eq!(first.state, "complete", "{source}: {first:?}");
            let again = stage.sync(source).await;
            assert_eq!(again.state, "complete", "{source}: {again:?}");
            let c = again.counts;
            assert_eq!((c.unchanged + c.repeated, c.new, c.changed), (c.rows, 0, 0), "{source}: {again:?}");
            assert_eq!(c.rows, first.counts.rows, "{source}: a 304 stands for the rows of the page it repeats");
            repeated += c.not_modified;
        }
        assert!(repeated > 0, "no portal of the six sends validators");
    });
}
