//! Tests that need a whole source: the catalog's contract, reading in every format, and the conformance sets.

mod catalog;
mod conformance;
mod explaining;
mod html;
mod laws;
mod limits;
mod reading;
mod refusals;
mod sameness;
