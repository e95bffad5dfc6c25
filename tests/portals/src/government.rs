//! Wire formats of public institutions and local governments, and which portals speak them.

use crate::{Dialect, Portal};

/// The dialects of this half.
pub fn dialects() -> Vec<Box<dyn Dialect>> {
    Vec::new()
}

/// The portals of this half.
pub fn portals() -> Vec<Portal> {
    Vec::new()
}
