//! What every request passes first: a length, a place among those under way, and a deadline.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;

use super::problem::Problem;

/// Longest path and query together, in bytes.
pub(super) const ADDRESS_BYTES_MAX: usize = 2048;
/// Requests under way at once; others are told to come back.
const CONCURRENT_MAX: usize = 64;
/// Longest time a request may take.
const TIME_MAX: Duration = Duration::from_secs(30);

/// Places for requests under way.
#[derive(Clone)]
pub(super) struct Gate(Arc<Semaphore>);

impl Default for Gate {
    fn default() -> Self {
        Gate(Arc::new(Semaphore::new(CONCURRENT_MAX)))
    }
}

/// Lets a request through, or says why not.
pub(super) async fn pass(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let length = request.uri().path_and_query().map_or(0, |address| address.as_str().len());
    if length > ADDRESS_BYTES_MAX {
        let detail = format!("path and query may have {ADDRESS_BYTES_MAX} bytes together");
        return Problem::new(414, "address_too_long", "The address is too long", detail).into_response();
    }
    let Ok(_place) = gate.0.try_acquire() else {
        return Problem::unavailable("too many requests are under way; try again", 1).into_response();
    };
    match tokio::time::timeout(TIME_MAX, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::unavailable("the answer took too long; ask for less", 10).into_response(),
    }
}
