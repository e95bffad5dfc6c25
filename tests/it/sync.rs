//! The main job: days of a fleet, incremental, balanced, and honest about what closed.

use crate::harness::{Stage, fleet, on_both};

#[test]
fn a_second_sync_of_an_unchanged_portal_changes_nothing() {
    on_both("unchanged", |url| async move {
        let stage = Stage::set(&url, fleet(0.01, &["saramin", "jobkorea", "alio"]).await).await;
        for source in ["saramin", "jobkorea", "alio"] {
            let first = stage.sync(source).await;
            assert_eq!(first.state, "complete", "{first:?}");
            assert!(first.counts.new > 0, "{source}");
        }
        let events = stage.world.store.last_event().await.unwrap();
        for source in ["saramin", "jobkorea", "alio"] {
            let again = stage.sync(source).await;
            let c = again.counts;
            assert_eq!((c.new, c.changed, c.closed, c.unconfirmed), (0, 0, 0, 0), "{source}: {again:?}");
            assert_eq!(c.unchanged, c.rows, "{source}");
        }
        assert_eq!(stage.world.store.last_event().await.unwrap(), events, "consumers hear nothing");
    });
}

#[test]
fn days_go_by_and_every_ledger_balances() {
    on_both("days", |url| async move {
        let sources = ["saramin", "jobkorea", "work24", "alio"];
        let stage = Stage::set(&url, fleet(0.01, &sources).await).await;
        let mut closed = 0;
        for day in 0..4 {
            if day > 0 {
                stage.advance(1);
            }
            for source in sources {
                let report = stage.sync(source).await;
                assert_eq!(report.state, "complete", "day {day} {source}: {report:?}");
                let ledger = stage.world.store.ledger(report.run).await.unwrap();
                assert_eq!(hub::pipeline::imbalance(&ledger), None);
                closed += report.counts.closed;
            }
        }
        assert!(closed > 0, "jobs were filled or ran out in four days");
        // what is open in the hub is what the portals list, but for what they dropped within the last poll
        for source in sources {
            let (open, listed) = (stage.postings(source, "open").await, stage.fleet().listed(source) as i64);
            assert!(open <= listed, "{source}: {open} open, {listed} listed");
        }
    });
}

#[test]
fn old_pages_go_but_for_those_that_something_rests_on() {
    on_both("pruned pages", |url| async move {
        let stage = Stage::set(&url, fleet(0.01, &["saramin"]).await).await;
        assert_eq!(stage.sync("saramin").await.state, "complete");
        stage.advance(10);
        let second = stage.sync("saramin").await;
        assert!(second.counts.unchanged > 0, "{second:?}");
        hub::worker::prune_pages(&stage.world).await.unwrap();
        for posting in stage.world.store.postings_after(i64::MIN, 10_000).await.unwrap() {
            assert!(
                stage.world.store.page_body(posting.page).await.unwrap().is_some(),
                "{} lost its page",
                posting.external_id
            );
        }
        // a page that could not be taken has nothing resting on it
        stage.fleet().set_quirk("saramin", Some(portals::Quirk::HtmlInstead));
        let bad = stage.sync("saramin").await.run;
        assert!(!stage.world.store.pages(bad).await.unwrap().is_empty());
        stage.clock.set(stage.clock_now() + chrono::Duration::days(8));
        assert!(hub::worker::prune_pages(&stage.world).await.unwrap() > 0);
        assert!(stage.world.store.pages(bad).await.unwrap().is_empty());
        // a run that waits still needs what it has seen
        let storm = portals::Quirk::TooMany { requests: 1_000_000, retry_after_seconds: 86_400, as_date: false };
        stage.fleet().set_quirk("saramin", Some(storm));
        let waiting = stage.sync("saramin").await;
        assert_eq!(waiting.state, "waiting", "{waiting:?}");
        let tx = stage.world.store.write().await.unwrap();
        let page = store::page::NewPage {
            id: waiting.run * 1_000_000 + 999_999,
            run: waiting.run,
            outcome: "ok".to_owned(),
            ..store::page::NewPage::default()
        };
        tx.keep_pages(&[page]).await.unwrap();
        tx.commit().await.unwrap();
        hub::worker::prune_pages(&stage.world).await.unwrap();
        assert_eq!(stage.world.store.pages(waiting.run).await.unwrap().len(), 1);
    });
}

#[test]
fn an_agreement_without_contacts_keeps_none() {
    on_both("no_contact", |url| async move {
        let mut kept = Vec::new();
        for scope in ["no_contact", "full"] {
            let stage = Stage::set(&url, fleet(0.01, &["work24"]).await).await;
            let tx = stage.world.store.write().await.unwrap();
            let source = hub::pipeline::source_number("work24");
            let agreement = store::source::Agreement {
                source,
                scope: scope.into(),
                document: "test".into(),
                since: "2020-01-01".into(),
                until: None,
            };
            tx.put_agreement(&agreement).await.unwrap();
            tx.commit().await.unwrap();
            // a second portal's day: what is new or changed under the other agreement
            if scope == "full" {
                stage.advance(5);
            }
            assert_eq!(stage.sync("work24").await.state, "complete");
            let postings = stage.world.store.postings_after(i64::MIN, 10_000).await.unwrap();
            let mut contacts = 0;
            for posting in postings.iter().filter(|p| p.source == source) {
                contacts += usize::from(stage.world.store.contact(posting.id).await.unwrap().is_some());
            }
            kept.push(contacts);
        }
        assert_eq!(kept[0], 0, "the agreement leaves them at the source");
        assert!(kept[1] > 0, "a full one takes them");
    });
}
