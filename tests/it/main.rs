//! The hub from outside: the portal fleet on loopback, the whole pipeline, SQLite and PostgreSQL.

mod harness;

mod tidy;

mod api;
mod commands;
mod catalog_government;
mod catalog_market;
mod drive;
mod killed;
mod promises;
mod recorded;
mod sync;
