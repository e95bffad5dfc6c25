//! Linked systems: batches of administrative evidence in, signals and coherence out.
