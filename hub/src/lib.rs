//! The hub: all IO of Jobhub, and hardly a rule. Read `pipeline` first.

pub mod pipeline;
pub mod lifecycle;
pub mod worker;
pub mod schedule;
pub mod web;
pub mod world;
pub mod settings;
pub mod progress;
pub mod terms;
pub mod cli;
