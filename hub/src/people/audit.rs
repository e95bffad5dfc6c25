//! The log of who did what. Each row's hash covers the row before it, so that a row changed, left out or moved is
//! noticed; the newest row is kept apart as well, so that a log cut at its end is.

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use store::audit::{Entry, Head};
use store::{Store, StoreError, Tx};

use super::Actor;

/// Longest detail of a row, in bytes.
const DETAIL_BYTES_MAX: usize = 64 << 10;
/// Rows verified at a time.
const ROWS_AT_ONCE: i64 = 1000;

/// Appends to the log in the caller's transaction: what is done and that it was done are kept together or not at all.
/// Writers are ordered by the store, so that two processes never write the same number.
///
/// `action` is `<noun>.<verb>`, `subject` is `<noun>:<id>`; no personal data belongs in either, nor in `detail`.
///
/// # Errors
/// When the database refuses.
pub async fn record(
    tx: &Tx,
    at_ms: i64,
    actor: &Actor,
    action: &str,
    subject: &str,
    detail: &Value,
) -> Result<(), StoreError> {
    let head = tx.audit_head().await?;
    let mut detail = detail.to_string();
    if detail.len() > DETAIL_BYTES_MAX {
        detail = format!(r#"{{"left_out":"{} bytes"}}"#, detail.len());
    }
    let mut entry = Entry {
        seq: head.seq + 1,
        at_ms,
        actor: clean(&actor.name),
        roles: clean(&actor.roles_text()),
        action: clean(action),
        subject: clean(subject),
        // PostgreSQL's text takes no NUL; JSON writes it as an escape
        detail,
        hash: String::new(),
    };
    entry.hash = hash(&head.hash, &entry);
    tx.append_audit(&entry).await
}

fn clean(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// SHA-256, in hex, over the hash before and every field with its length.
fn hash(before: &str, entry: &Entry) -> String {
    let mut sum = Sha256::new();
    let (seq, at) = (entry.seq.to_string(), entry.at_ms.to_string());
    for field in [before, &seq, &at, &entry.actor, &entry.roles, &entry.action, &entry.subject, &entry.detail] {
        sum.update((field.len() as u64).to_le_bytes());
        sum.update(field.as_bytes());
    }
    hex(&sum.finalize())
}

/// Bytes as lower-case hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What a verification found.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Verdict {
    /// Rows that hold.
    pub rows: i64,
    /// The newest of them: kept elsewhere, it proves that later this much was there.
    pub head: Head,
    /// The first thing that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broken: Option<Break>,
}

/// Where the log does not hold.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Break {
    /// Number of the row.
    pub seq: i64,
    /// What is wrong there.
    pub what: &'static str,
}

/// Walks the whole log. `anchor` is a head that was noted earlier, elsewhere.
///
/// # Errors
/// When the database refuses.
pub async fn verify(store: &Store, anchor: Option<&Head>) -> Result<Verdict, StoreError> {
    let kept = store.audit_head().await?;
    let mut head = Head::default();
    let mut anchored = anchor.is_none_or(|anchor| anchor.seq == 0);
    loop {
        let rows = store.audit_after(head.seq, ROWS_AT_ONCE).await?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            if row.seq != head.seq + 1 {
                return Ok(broken(head.clone(), head.seq + 1, "is missing"));
            }
            if hash(&head.hash, &row) != row.hash {
                return Ok(broken(head, row.seq, "was changed, or moved here"));
            }
            head = Head { seq: row.seq, hash: row.hash };
            if anchor.is_some_and(|anchor| anchor.seq == head.seq) {
                if anchor.is_some_and(|anchor| anchor.hash != head.hash) {
                    return Ok(broken(head.clone(), head.seq, "is not the one noted earlier"));
                }
                anchored = true;
            }
            // rows written since the head was read are no cut
            if kept.seq == head.seq && kept.hash != head.hash {
                return Ok(broken(head.clone(), head.seq, "is not the newest row that was kept apart"));
            }
        }
    }
    if head.seq < kept.seq || !anchored {
        return Ok(broken(head.clone(), head.seq + 1, "is missing: the log was cut at its end"));
    }
    Ok(Verdict { rows: head.seq, head, broken: None })
}

fn broken(head: Head, seq: i64, what: &'static str) -> Verdict {
    Verdict { rows: head.seq, head, broken: Some(Break { seq, what }) }
}
