-- Evidence, and states as they were known. Both only grow; what turns out wrong is withdrawn, not erased.

-- what speaks for or against a job being open: one row a transition or finding, never one a posting a run
CREATE TABLE evidence (
    -- hash of (scope, subject, kind, said, at_ms, source, key): the same evidence twice is one row
    id BIGINT NOT NULL PRIMARY KEY,
    -- posting | vacancy; a vacancy's evidence follows its founding posting through merges and splits
    scope TEXT NOT NULL,
    subject BIGINT NOT NULL,
    kind TEXT NOT NULL,
    said TEXT NOT NULL,
    -- when it was true in the world, until when if it ends, and when the hub learnt it
    at_ms BIGINT NOT NULL,
    until_ms BIGINT,
    known_ms BIGINT NOT NULL,
    source BIGINT,
    run BIGINT,
    millibits BIGINT,
    withdrawn_ms BIGINT,
    detail TEXT NOT NULL
);
CREATE INDEX evidence_subject ON evidence (subject);
CREATE INDEX evidence_kind ON evidence (kind, known_ms);

-- "from valid_ms on it is in this state", as the hub believed from known_ms on; without a row: open and shown since it was
-- first seen. What held at V as known at K is the row last known by K whose valid_ms is not after V.
CREATE TABLE history (
    subject BIGINT NOT NULL,
    scope TEXT NOT NULL,
    known_ms BIGINT NOT NULL,
    valid_ms BIGINT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    verdict TEXT,
    -- thousandths, of being closed
    probability BIGINT NOT NULL,
    run BIGINT,
    -- ids of evidence, as JSON
    evidence TEXT NOT NULL,
    PRIMARY KEY (subject, scope, known_ms, valid_ms)
) {clustered};
CREATE INDEX history_known ON history (known_ms);

-- what happened how often, by source: what weights, hazards, the drop guard, calibration and freshness are learned from
CREATE TABLE tally (
    source BIGINT NOT NULL,
    what TEXT NOT NULL,
    key TEXT NOT NULL,
    trials DOUBLE PRECISION NOT NULL,
    hits DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (source, what, key)
) {clustered};

-- postings a run would have closed and did not; what becomes of them is decided by a person or by agreeing runs
CREATE TABLE guarded (
    run BIGINT NOT NULL PRIMARY KEY,
    source BIGINT NOT NULL,
    -- ids, 8 bytes each
    postings {blob} NOT NULL
);

-- by_date, until_filled, always_open or rolling; with until_filled, valid_through is when its certification ends
ALTER TABLE posting ADD COLUMN close_kind TEXT;
CREATE INDEX posting_ended ON posting (closed_ms) WHERE closed_ms IS NOT NULL;
CREATE INDEX posting_unsure ON posting (state, source) WHERE state NOT IN ('open', 'closed');
