//! The log of who did what: every way of tampering with it is noticed, and writers at once do not break it.

use hub::people::{Actor, Role, audit};
use serde_json::json;
use store::audit::Head;

use crate::console::stage;
use crate::harness::on_both;

async fn write(world: &hub::world::World, n: i64) {
    let by = Actor::new("haneul", vec![Role::Steward, Role::Partner("saramin".into())]);
    let tx = world.store.write().await.unwrap();
    audit::record(&tx, n, &by, "case.decide", &format!("case:{n}"), &json!({ "n": n })).await.unwrap();
    tx.commit().await.unwrap();
}

#[test]
fn a_log_that_was_tampered_with_does_not_hold() {
    on_both("a_log_that_was_tampered_with_does_not_hold", |store| async move {
        let world = stage(&store).await.world;
        assert_eq!(audit::verify(&world.store, None).await.unwrap().rows, 0, "an empty log holds");
        for n in 1..=6 {
            write(&world, n).await;
        }
        let whole = audit::verify(&world.store, None).await.unwrap();
        assert_eq!((whole.rows, &whole.broken), (6, &None));
        let noted = whole.head.clone();
        // tampering → the row at which it is noticed
        for (sql, back, seq) in [
            ("UPDATE audit SET actor = 'else' WHERE seq = 3", "UPDATE audit SET actor = 'haneul' WHERE seq = 3", 3),
            ("UPDATE audit SET at_ms = 9 WHERE seq = 1", "UPDATE audit SET at_ms = 1 WHERE seq = 1", 1),
            ("UPDATE audit SET detail = '{}' WHERE seq = 6", r#"UPDATE audit SET detail = '{"n":6}' WHERE seq = 6"#, 6),
            // a letter moved from one field to the next is a change as well
            (
                "UPDATE audit SET action = 'case.decidec', subject = 'ase:2' WHERE seq = 2",
                "UPDATE audit SET action = 'case.decide', subject = 'case:2' WHERE seq = 2",
                2,
            ),
        ] {
            let tx = world.store.write().await.unwrap();
            assert_eq!(tx.tamper_audit(sql).await.unwrap(), 1, "{sql}");
            tx.commit().await.unwrap();
            let found = audit::verify(&world.store, None).await.unwrap();
            assert_eq!(found.broken.map(|b| b.seq), Some(seq), "{sql}");
            let tx = world.store.write().await.unwrap();
            tx.tamper_audit(back).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(audit::verify(&world.store, Some(&noted)).await.unwrap().broken, None, "{back}");
        }
        for (sqls, seq) in [
            // swapped, renumbered so that there is no gap
            (
                vec![
                    "UPDATE audit SET seq = 99 WHERE seq = 3",
                    "UPDATE audit SET seq = 3 WHERE seq = 4",
                    "UPDATE audit SET seq = 4 WHERE seq = 99",
                ],
                3,
            ),
            // a row taken out, then the gap closed, then the end cut off
            (vec!["DELETE FROM audit WHERE seq = 3"], 3),
            (vec!["UPDATE audit SET seq = seq - 1 WHERE seq = 4"], 4),
            (vec!["DELETE FROM audit WHERE seq >= 3"], 3),
        ] {
            let tx = world.store.write().await.unwrap();
            for sql in &sqls {
                tx.tamper_audit(sql).await.unwrap();
            }
            tx.commit().await.unwrap();
            let found = audit::verify(&world.store, None).await.unwrap();
            assert_eq!(found.broken.map(|b| b.seq), Some(seq), "{sqls:?}");
        }
        // cut at its end with the head set back as well: only a head noted elsewhere tells
        let two = Head { seq: 2, hash: world.store.audit_after(1, 1).await.unwrap()[0].hash.clone() };
        let tx = world.store.write().await.unwrap();
        tx.tamper_audit(&format!("UPDATE audit_head SET seq = 2, hash = '{}'", two.hash)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(audit::verify(&world.store, Some(&two)).await.unwrap().broken, None);
        assert!(audit::verify(&world.store, Some(&noted)).await.unwrap().broken.is_some());
    });
}

#[test]
fn writers_at_once_leave_a_log_without_gaps() {
    on_both("writers_at_once_leave_a_log_without_gaps", |store| async move {
        let world = stage(&store).await.world;
        // as another process: a store of its own
        let other = store::Store::open(&store).await.unwrap();
        let second = hub::world::World { store: other, ..world.clone() };
        let tasks: Vec<_> = (0..24_i64)
            .map(|n| {
                let world = if n % 2 == 0 { world.clone() } else { second.clone() };
                tokio::spawn(async move { write(&world, n).await })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        let verdict = audit::verify(&world.store, None).await.unwrap();
        assert_eq!((verdict.rows, verdict.broken), (24, None));
    });
}
