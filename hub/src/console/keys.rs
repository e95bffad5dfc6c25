//! The keys of the console as its pages say them: the help sheet, and where a person has moved them to. What a key does
//! is in `assets/keys.js`.

use super::page::Page;

/// Key as it is usually placed, the action it is of (empty where no single one), the word that says what it does.
const SHEET: [(&str, &str, &str); 25] = [
    ("M", "merge", "keys-merge"),
    ("N", "distinct", "keys-distinct"),
    ("F", "close", "keys-close-case"),
    ("S", "suspicious", "keys-suspicious"),
    ("H", "hold", "keys-hold"),
    ("A", "handover", "keys-handover"),
    ("U", "undo", "keys-undo"),
    ("Enter", "confirm", "keys-confirm"),
    ("R 1–9", "", "keys-reason"),
    ("B", "bulk", "keys-bulk"),
    ("P", "second", "keys-second"),
    ("Esc", "cancel", "keys-cancel"),
    ("J · K", "", "keys-move"),
    ("↑ · ↓", "", "keys-fields"),
    ("1–9", "", "keys-take"),
    ("0", "rule", "keys-rule"),
    ("E", "edit", "keys-edit"),
    ("O", "originals", "keys-originals"),
    ("T", "history", "keys-history"),
    ("X", "equal", "keys-equal"),
    ("W", "why", "keys-why"),
    ("=", "extend", "keys-extend"),
    ("G Q·H·R·T", "", "keys-go"),
    ("/", "search", "keys-search"),
    ("?", "help", "keys-help"),
];

impl Page {
    /// Where this person has moved keys to, as JSON.
    pub(crate) fn keymap(&self) -> String {
        serde_json::to_string(&self.choices.keys).unwrap_or_else(|_| "{}".to_owned())
    }

    /// The help sheet in two halves: key and what it does.
    pub(crate) fn key_sheet(&self) -> Vec<Vec<(String, String)>> {
        let half = SHEET.len().div_ceil(2);
        SHEET.chunks(half).map(|lines| lines.iter().map(|l| self.key_line(*l)).collect()).collect()
    }

    fn key_line(&self, (usual, action, word): (&str, &str, &str)) -> (String, String) {
        let moved = self.choices.keys.get(action).filter(|_| !action.is_empty());
        let key = moved.map_or_else(|| usual.to_owned(), |code| readable(code));
        let letter = moved.is_none() && usual.len() == 1;
        (if letter && self.choices.with_alt { format!("Alt {key}") } else { key }, self.say(word))
    }
}

/// `Alt+KeyG` as people say it: `Alt G`.
fn readable(code: &str) -> String {
    code.replace("Key", "").replace("Digit", "").replace('+', " ")
}
