//! ADV: advance payment and businesses tied to prostitution (직업안정법 제46조). Its words are clear or doubtful alone.

use super::Sure;
use super::lexicon::Hit;

/// A word that is only a question is looked at by a person.
pub(super) fn ask(hit: &Hit<'_>) -> Option<Sure> {
    hit.begins().then_some(Sure::Doubtful)
}
