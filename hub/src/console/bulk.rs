//! Screen `bulk`.

use super::rights::Screens;

pub(super) fn routes(screens: Screens) -> Screens {
    screens
}
