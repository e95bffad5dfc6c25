-- Questions, decisions and what stands because of them.

-- the page a posting was first seen on: with first_seen_ms it orders postings by age, and a vacancy bears the id of its oldest
ALTER TABLE posting ADD COLUMN arrived BIGINT NOT NULL DEFAULT 0;

-- a steward's verdict; the rules' own stays beside it, so that taking the word back needs nothing but removing it
ALTER TABLE posting ADD COLUMN ruled TEXT;

-- value × risk, the two numbers that do not change with the hour, is kept as `weight`; urgency is computed from due_ms
ALTER TABLE steward_case ADD COLUMN vacancy BIGINT;
ALTER TABLE steward_case ADD COLUMN value DOUBLE PRECISION NOT NULL DEFAULT 1;
ALTER TABLE steward_case ADD COLUMN risk DOUBLE PRECISION NOT NULL DEFAULT 1;
ALTER TABLE steward_case ADD COLUMN weight DOUBLE PRECISION NOT NULL DEFAULT 1;
ALTER TABLE steward_case ADD COLUMN due_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE steward_case ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE steward_case ADD COLUMN until_ms BIGINT;
ALTER TABLE steward_case ADD COLUMN assignee TEXT;
ALTER TABLE steward_case ADD COLUMN blind BIGINT NOT NULL DEFAULT 0;
ALTER TABLE steward_case ADD COLUMN reopened BIGINT NOT NULL DEFAULT 0;
ALTER TABLE steward_case ADD COLUMN settled_ms BIGINT;
CREATE INDEX steward_case_weight ON steward_case (weight, id) WHERE state = 'open';
CREATE INDEX steward_case_due ON steward_case (due_ms, id) WHERE state = 'open';
CREATE INDEX steward_case_age ON steward_case (opened_ms, id) WHERE state = 'open';
CREATE INDEX steward_case_family ON steward_case (family, weight, id) WHERE state = 'open';
CREATE INDEX steward_case_second ON steward_case (weight, id) WHERE state = 'second';
CREATE INDEX steward_case_held ON steward_case (until_ms) WHERE state = 'held';
CREATE INDEX steward_case_opened ON steward_case (family, opened_ms);
CREATE INDEX steward_case_a ON steward_case (a) WHERE a IS NOT NULL;
CREATE INDEX steward_case_b ON steward_case (b) WHERE b IS NOT NULL;
CREATE INDEX steward_case_run ON steward_case (run) WHERE family = 'tripwire';

-- who has a case before them, and what they saw of it
CREATE TABLE case_lease (
    case_id BIGINT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    granted_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL,
    slot TEXT NOT NULL,
    seen TEXT NOT NULL
) {churning};
CREATE INDEX case_lease_holder ON case_lease (holder);

-- unfinished answers; they outlive the lease
CREATE TABLE case_draft (
    case_id BIGINT NOT NULL,
    actor TEXT NOT NULL,
    body TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (case_id, actor)
) {clustered};

-- answers, append-only: only who undid or approved one is added later
CREATE TABLE decision (
    id BIGINT NOT NULL PRIMARY KEY,
    case_id BIGINT NOT NULL,
    family TEXT NOT NULL,
    verb TEXT NOT NULL,
    state TEXT NOT NULL,
    subject TEXT NOT NULL,
    answer TEXT NOT NULL,
    reason TEXT NOT NULL,
    note TEXT,
    actor TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    approved_by TEXT,
    approved_ms BIGINT,
    versions TEXT NOT NULL,
    suggestion TEXT,
    blind BIGINT NOT NULL,
    screen_ms BIGINT NOT NULL,
    stickiness TEXT NOT NULL,
    scope TEXT NOT NULL,
    expires_ms BIGINT,
    inverse TEXT NOT NULL,
    batch BIGINT,
    second_of BIGINT,
    undoes BIGINT,
    undone_by BIGINT
);
CREATE INDEX decision_case ON decision (case_id, id);
CREATE INDEX decision_actor ON decision (actor, id);
CREATE INDEX decision_time ON decision (at_ms);
CREATE INDEX decision_batch ON decision (batch) WHERE batch IS NOT NULL;
CREATE INDEX decision_proposed ON decision (id) WHERE state = 'proposed';

-- what stands because of decisions, by the posting (or scope) it is about; nothing here that the decisions do not say
CREATE TABLE standing (
    subject BIGINT NOT NULL,
    decision BIGINT NOT NULL,
    nr BIGINT NOT NULL,
    kind TEXT NOT NULL,
    other BIGINT,
    body TEXT NOT NULL,
    PRIMARY KEY (subject, decision, nr)
) {clustered};
CREATE INDEX standing_decision ON standing (decision);
CREATE TABLE standing_until (
    decision BIGINT NOT NULL PRIMARY KEY,
    expires_ms BIGINT NOT NULL
);
CREATE INDEX standing_until_time ON standing_until (expires_ms);

-- many answers at once
CREATE TABLE bulk_rule (
    id BIGINT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,
    filter TEXT NOT NULL,
    answer TEXT NOT NULL,
    reason TEXT NOT NULL,
    dry_run TEXT NOT NULL,
    cases TEXT NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_ms BIGINT NOT NULL,
    approved_by TEXT,
    approved_ms BIGINT,
    expires_ms BIGINT NOT NULL,
    undone_by TEXT
);
CREATE INDEX bulk_rule_state ON bulk_rule (state);

-- how many cases were handed out: which slot is the next one's
CREATE TABLE case_slot (
    name TEXT NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL
);
INSERT INTO case_slot (name, number) VALUES ('handed_out', 0);
