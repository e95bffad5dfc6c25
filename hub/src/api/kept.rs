//! A value that costs a walk over a table and is made again only after a while; callers that come meanwhile wait for the one.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

/// A value that took so long to make is kept for this many times as long: making it never takes more than 5 % of the time.
const COST_FACTOR: u32 = 20;

/// A kept value.
pub(super) struct Kept<T> {
    slot: Mutex<Option<Made<T>>>,
    keep: Duration,
}

struct Made<T> {
    value: Arc<T>,
    at: Instant,
    cost: Duration,
}

impl<T> Kept<T> {
    pub(super) fn new(keep: Duration) -> Kept<T> {
        Kept { slot: Mutex::new(None), keep }
    }

    /// The value, made by `make` when there is none or it is too old. A failure is not kept.
    pub(super) async fn get<E>(&self, make: impl Future<Output = Result<T, E>>) -> Result<Arc<T>, E> {
        let mut slot = self.slot.lock().await;
        if let Some(made) = slot.as_ref()
            && made.at.elapsed() < self.keep.max(made.cost * COST_FACTOR)
        {
            return Ok(made.value.clone());
        }
        let began = Instant::now();
        let value = Arc::new(make.await?);
        *slot = Some(Made { value: value.clone(), at: Instant::now(), cost: began.elapsed() });
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_value_is_made_once_while_it_is_kept_and_a_failure_never_is() {
        let kept = Kept::new(Duration::from_secs(60));
        assert_eq!(kept.get(async { Err::<i32, _>("no") }).await.unwrap_err(), "no");
        assert_eq!(*kept.get(async { Ok::<_, ()>(1) }).await.unwrap(), 1);
        assert_eq!(*kept.get(async { Ok::<_, ()>(2) }).await.unwrap(), 1);
    }

    #[tokio::test]
    async fn a_dear_value_is_kept_longer_than_a_cheap_one() {
        let kept = Kept::new(Duration::ZERO);
        let dear = async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            Ok::<_, ()>(1)
        };
        assert_eq!(*kept.get(dear).await.unwrap(), 1);
        assert_eq!(*kept.get(async { Ok::<_, ()>(2) }).await.unwrap(), 1, "a second is not over yet");
    }
}
