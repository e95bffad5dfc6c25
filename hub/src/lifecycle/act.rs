//! What people and linked systems do to the life of jobs, each in a transaction of its own that also settles what follows.

use store::StoreError;

use super::evidence::New;
use super::{At, Changes, pass, record, withdraw};
use crate::pipeline::settle::{Judge, settle};
use crate::world::World;

/// Something to do.
#[derive(Clone, Debug)]
pub enum Act {
    /// Evidence comes.
    Record(Vec<New>),
    /// Evidence is taken back, by id.
    Withdraw(Vec<i64>),
    /// What a guarded run would have closed is closed.
    Release(i64),
    /// A release is taken back.
    TakeBackRelease(i64),
    /// What a guarded run would have closed stays.
    Block(i64),
    /// What changes by time alone: last days over, first days come, sources not read for long. Where more ran out than one
    /// transaction takes, what is left is for the next call: see [`daily`].
    Pass,
}

/// Does it; gives what changed.
///
/// # Errors
/// When the store fails; then nothing was done.
pub async fn act(world: &World, what: &Act) -> Result<Changes, StoreError> {
    let as_of_ms = world.clock.now().timestamp_millis();
    let at = At { as_of_ms, run: None };
    let judge = Judge::of(world, as_of_ms, None);
    let tx = world.store.write().await?;
    let rules = judge.rules.clone();
    let changes = match what {
        Act::Record(news) => record(&tx, &rules, at, news).await?,
        Act::Withdraw(list) => withdraw(&tx, &rules, at, list).await?,
        Act::Release(run) => pass::release(&tx, &rules, at, *run).await?,
        Act::TakeBackRelease(run) => pass::take_back_release(&tx, &rules, at, *run).await?,
        Act::Block(run) => {
            pass::block(&tx, *run).await?;
            Changes::default()
        }
        Act::Pass => {
            let mut changes = pass::close_deadlines(&tx, &rules, at).await?;
            let more = changes.closed.len() as i64 >= pass::DEADLINES_MAX;
            if !more {
                changes.extend(pass::age(&tx, &rules, at).await?);
            }
            changes
        }
    };
    settle(&tx, &judge, &mut [], changes.touched.clone()).await?;
    tx.commit().await?;
    Ok(changes)
}

/// The daily pass, in as many transactions as it takes; gives how many postings it closed.
///
/// # Errors
/// When the store fails.
pub async fn daily(world: &World) -> Result<u64, StoreError> {
    let mut closed = 0;
    loop {
        let changes = act(world, &Act::Pass).await?;
        closed += changes.closed.len() as u64;
        if (changes.closed.len() as i64) < pass::DEADLINES_MAX {
            return Ok(closed);
        }
    }
}
