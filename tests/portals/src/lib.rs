//! The portal fleet: a seeded world of employers and vacancies with known truth, served in the real wire formats
//! with their quirks and failures. Knows nothing of the hub or of adapters.

pub mod ad;
pub mod dialect;
pub mod fleet;
pub mod government;
pub mod market;
mod office;
pub mod quirk;
pub mod recorded;
mod server;
mod shelf;
mod truth;
mod world;

pub use ad::{Ad, Employer, MarketTest};
pub use dialect::{Dialect, Failure, Portal, Reply, Request, View};
pub use fleet::{Fleet, FleetOptions, Seen};
pub use office::{Filled, Halt};
pub use quirk::{Quirk, QuirkMix};
pub use recorded::{FileReport, RecordedReport};
