//! The portal fleet: a seeded world of employers and vacancies with known truth, served in the real wire formats
//! with their quirks and failures. Knows nothing of the hub or of adapters.

pub mod ad;
pub mod dialect;
pub mod government;
pub mod market;

pub use ad::{Ad, Employer};
pub use dialect::{Dialect, Failure, Portal, Reply, Request, View};
