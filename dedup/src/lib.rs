//! Which postings are one vacancy. Pure: the hub brings the neighbourhood, this crate decides and explains.
//! Nothing here depends on the order of its input.
//!
//! Read [`resolve`] first. A posting becomes a [`Profile`] (kept as bytes beside it) and some [`Profile::keys`] (kept in
//! an index); postings that share a key are compared level by level ([`compare`]), weighed in bits ([`Model`]) and
//! joined under constraints ([`mod@cluster`]).

pub mod cluster;
pub mod compare;
pub mod estimate;
pub mod eval;
pub mod generic;
pub mod records;

mod ask;
mod batch;
mod common;
mod decide;
mod explain;
mod facts;
mod fold;
mod golden;
mod keys;
mod picks;
mod profile;
mod sketch;
mod weigh;

pub use ask::{Question, questions};
pub use batch::{THREADS_MAX, candidates as batch_candidates, cluster_all, cluster_ruled};
pub use cluster::{How, Joined, Refusal, Refused, how};
pub use common::{COMMON_MAX, Common};
pub use compare::{Levels, exclusive};
pub use decide::{Neighbourhood, Relation, RelationKind, Resolution, Ruling, needs, resolve};
pub use explain::{Explanation, ExplanationRow, explain};
pub use golden::{FieldBecause, Golden, Member, golden};
pub use keys::{KEY_CAP, KEYS_MAX};
pub use picks::{Choice, Conflict, Pick, conflicts, golden_picked};
pub use profile::{PROFILE_BYTES_MAX, PROFILE_VERSION, Profile, ProfileError, Reference, SourceTraits, day_number};
pub use sketch::Sketch;
pub use weigh::{Model, ModelError, WEIGHT_MAX};

/// Id of a posting: xxh3-64 of `source NUL external_id`, as the store keeps it.
pub type PostingId = i64;
/// Id of a vacancy; never reused.
pub type VacancyId = i64;
