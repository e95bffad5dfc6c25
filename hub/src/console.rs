//! The steward console: server-rendered pages over the review engine and the store. With `api`, the only place that names axum.
