//! Screen `case`.

mod compare;
mod spelling;
mod values;
mod waterfall;

use super::rights::Screens;

pub(super) fn routes(screens: Screens) -> Screens {
    screens
}
