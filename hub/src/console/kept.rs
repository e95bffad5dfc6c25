//! A value that costs walks over tables and is made again in the background once it is old: readers get the kept one at once,
//! and only the very first of them waits.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, RwLock};

/// A value that took so long to make is kept for this many times as long: making it never takes more than 5 % of the time.
const COST_FACTOR: u32 = 20;

/// A kept value.
pub(crate) struct Kept<T> {
    slot: RwLock<Option<Made<T>>>,
    /// The first one is made once, however many ask.
    first: Mutex<()>,
    making: AtomicBool,
    keep: Duration,
}

struct Made<T> {
    value: Arc<T>,
    at: Instant,
    cost: Duration,
}

impl<T: Send + Sync + 'static> Kept<T> {
    pub(crate) fn new(keep: Duration) -> Arc<Kept<T>> {
        Arc::new(Kept { slot: RwLock::new(None), first: Mutex::new(()), making: AtomicBool::new(false), keep })
    }

    /// The value; one that is too old is given once more while `make` makes the next. A failure is not kept.
    pub(crate) async fn get<E, F>(self: &Arc<Self>, make: impl Fn() -> F + Send + 'static) -> Result<Arc<T>, E>
    where
        E: std::fmt::Display + Send + 'static,
        F: Future<Output = Result<T, E>> + Send + 'static,
    {
        if let Some(value) = self.kept(&make).await {
            return Ok(value);
        }
        let _alone = self.first.lock().await;
        if let Some(value) = self.kept(&make).await {
            return Ok(value);
        }
        let began = Instant::now();
        let value = Arc::new(make().await?);
        *self.slot.write().await = Some(Made { value: value.clone(), at: Instant::now(), cost: began.elapsed() });
        Ok(value)
    }

    /// Forgets the value: what follows an action must show it.
    pub(crate) async fn forget(&self) {
        *self.slot.write().await = None;
    }

    async fn kept<E, F>(self: &Arc<Self>, make: &impl Fn() -> F) -> Option<Arc<T>>
    where
        E: std::fmt::Display + Send + 'static,
        F: Future<Output = Result<T, E>> + Send + 'static,
    {
        let slot = self.slot.read().await;
        let made = slot.as_ref()?;
        let old = made.at.elapsed() >= self.keep.max(made.cost * COST_FACTOR);
        if old && !self.making.swap(true, Ordering::AcqRel) {
            let (kept, next) = (self.clone(), make());
            tokio::spawn(async move {
                let began = Instant::now();
                match next.await {
                    Ok(value) => {
                        let made = Made { value: Arc::new(value), at: Instant::now(), cost: began.elapsed() };
                        *kept.slot.write().await = Some(made);
                    }
                    Err(error) => tracing::warn!(%error, "a kept value could not be made again"),
                }
                kept.making.store(false, Ordering::Release);
            });
        }
        Some(made.value.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_failure_is_not_kept_and_a_value_is_until_it_is_forgotten() {
        let kept = Kept::new(Duration::from_secs(60));
        assert_eq!(kept.get(|| async { Err::<i32, _>("no") }).await.unwrap_err(), "no");
        for (next, want) in [(1, 1), (2, 1)] {
            assert_eq!(*kept.get(move || async move { Ok::<_, String>(next) }).await.unwrap(), want);
        }
        kept.forget().await;
        assert_eq!(*kept.get(|| async { Ok::<_, String>(3) }).await.unwrap(), 3);
    }

    #[tokio::test]
    async fn an_old_value_is_given_at_once_and_made_again_behind() {
        let kept = Kept::new(Duration::ZERO);
        assert_eq!(*kept.get(|| async { Ok::<_, String>(1) }).await.unwrap(), 1);
        assert_eq!(*kept.get(|| async { Ok::<_, String>(2) }).await.unwrap(), 1, "the old one, at once");
        while *kept.get(|| async { Ok::<_, String>(2) }).await.unwrap() != 2 {
            tokio::task::yield_now().await;
        }
    }
}
