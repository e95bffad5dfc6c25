//! The hub: all IO of Jobhub, and hardly a rule. Read `pipeline` first.

pub mod api;
pub mod cli;
pub mod console;
pub mod health;
pub mod lifecycle;
pub mod linked;
pub mod matching;
pub mod partner;
pub mod people;
pub mod pipeline;
pub mod progress;
pub mod replay;
pub mod review;
pub mod schedule;
pub mod settings;
pub mod terms;
pub mod trend;
pub mod verdicts;
pub mod view;
pub mod web;
pub mod worker;
pub mod world;
