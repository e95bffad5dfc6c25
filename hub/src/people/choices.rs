//! How somebody wants the console: kept with the person, so that every browser shows it alike.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Most keys that may be given another place.
pub const KEYS_MAX: usize = 40;

/// A person's choices. Unknown ones of a newer hub are left alone by an older one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choices {
    /// `ko` or `en`; absent = as the browser says.
    pub lang: Option<String>,
    /// `light` or `contrast`; absent = as the system says.
    pub theme: Option<String>,
    /// `roomy` or `dense`.
    pub density: String,
    /// Whether single keys act (KWCAG 6.1.4: there is an off switch).
    pub hotkeys: bool,
    /// Whether a single key needs Alt with it.
    pub with_alt: bool,
    /// Action → physical key (`KeyboardEvent.code`), where it is not the usual one.
    pub keys: BTreeMap<String, String>,
    /// The reason code last given, offered again.
    pub last_reason: Option<String>,
    /// The filter of the queue last used.
    pub last_filter: Option<String>,
}

impl Default for Choices {
    fn default() -> Self {
        Choices {
            lang: None,
            theme: None,
            density: "roomy".to_owned(),
            hotkeys: true,
            with_alt: false,
            keys: BTreeMap::new(),
            last_reason: None,
            last_filter: None,
        }
    }
}

impl Choices {
    /// The choices in a stored text; what cannot be read is as if never chosen.
    pub fn read(text: &str) -> Choices {
        serde_json::from_str(text).unwrap_or_default()
    }

    /// The text to store.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| "{}".to_owned())
    }
}
