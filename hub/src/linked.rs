//! Linked systems: batches of administrative evidence in, signals and coherence out.
//!
//! Read `batch` for what a file may say, `import` for what becomes of it, `coherence` for what follows for vacancies.

pub mod assign;
pub mod batch;
pub mod coherence;
pub mod crosswalk;
mod facts;
pub mod import;
pub mod personal;
pub mod placement;
pub mod proof;
pub mod stages;
pub mod training;
pub mod window;
