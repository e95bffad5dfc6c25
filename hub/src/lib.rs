//! The hub: all IO of Jobhub.

pub mod web;
