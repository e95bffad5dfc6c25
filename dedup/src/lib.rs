//! Which postings are one vacancy. Pure: the hub brings the neighbourhood, this crate decides and explains.
//! Nothing here depends on the order of its input.

/// Id of a posting: xxh3-64 of `source NUL external_id`, as the store keeps it.
pub type PostingId = i64;
/// Id of a vacancy; never reused.
pub type VacancyId = i64;
