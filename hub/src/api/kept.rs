//! A value that costs a walk over a table and is made again only after a while; callers that come meanwhile wait for the one.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

/// A kept value.
pub(super) struct Kept<T> {
    slot: Mutex<Option<(Instant, Arc<T>)>>,
    keep: Duration,
}

impl<T> Kept<T> {
    pub(super) fn new(keep: Duration) -> Kept<T> {
        Kept { slot: Mutex::new(None), keep }
    }

    /// The value, made by `make` when there is none or it is too old. A failure is not kept.
    pub(super) async fn get<E>(&self, make: impl Future<Output = Result<T, E>>) -> Result<Arc<T>, E> {
        let mut slot = self.slot.lock().await;
        if let Some((made, value)) = slot.as_ref()
            && made.elapsed() < self.keep
        {
            return Ok(value.clone());
        }
        let value = Arc::new(make.await?);
        *slot = Some((Instant::now(), value.clone()));
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
        let stale = Kept::new(Duration::ZERO);
        assert_eq!(*stale.get(async { Ok::<_, ()>(1) }).await.unwrap(), 1);
        assert_eq!(*stale.get(async { Ok::<_, ()>(2) }).await.unwrap(), 2);
    }
}
