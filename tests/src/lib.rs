//! The hub from outside; see `it/`.
