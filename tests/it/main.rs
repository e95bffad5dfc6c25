//! The hub from outside: the portal fleet on loopback, the whole pipeline, SQLite and PostgreSQL.

#![expect(clippy::unwrap_used, reason = "tests: a failed unwrap is a failed test")]
#![expect(unreachable_pub, reason = "a test binary has no outside; `pub` marks what one test file offers the others")]

mod harness;

mod tidy;

mod api;
mod audit_log;
mod browser;
mod catalog_government;
mod catalog_market;
mod commands;
mod console;
mod console_rights;
mod crawl;
mod drive;
mod killed;
mod lifecycle;
mod linked;
mod normalizing;
mod promises;
mod recorded;
mod review;
mod sync;
mod vetting;
