//! The read API from outside.
