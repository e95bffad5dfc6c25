-- Times are milliseconds since 1970 UTC; days are ISO dates in Asia/Seoul; ids of postings are hashes of (source, external id).

CREATE TABLE source (
    number BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    class TEXT NOT NULL,
    title TEXT NOT NULL,
    entity TEXT NOT NULL,
    paused TEXT,
    watermark_ms BIGINT,
    complete_run BIGINT,
    complete_rows BIGINT,
    runs_since_full BIGINT NOT NULL DEFAULT 0,
    next_due_ms BIGINT,
    profile TEXT,
    quota_day TEXT,
    quota_used BIGINT NOT NULL DEFAULT 0
);

-- what the hub may do with a source's postings, since when and until when
CREATE TABLE agreement (
    source BIGINT NOT NULL PRIMARY KEY,
    scope TEXT NOT NULL,
    document TEXT NOT NULL,
    since TEXT NOT NULL,
    until TEXT
);

CREATE TABLE run (
    id BIGINT NOT NULL PRIMARY KEY,
    source BIGINT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    as_of_ms BIGINT NOT NULL,
    ended_ms BIGINT,
    since_ms BIGINT,
    pages BIGINT NOT NULL DEFAULT 0,
    counts TEXT NOT NULL,
    certificate TEXT,
    error TEXT,
    wait_until_ms BIGINT
);
CREATE INDEX run_source ON run (source, id);
CREATE INDEX run_state ON run (state);

CREATE TABLE slice (
    run BIGINT NOT NULL,
    name TEXT NOT NULL,
    position BIGINT NOT NULL,
    state TEXT NOT NULL,
    slice TEXT NOT NULL,
    ask TEXT,
    pages BIGINT NOT NULL DEFAULT 0,
    claimed BIGINT,
    received BIGINT NOT NULL DEFAULT 0,
    rejects BIGINT NOT NULL DEFAULT 0,
    skipped BIGINT NOT NULL DEFAULT 0,
    incomplete TEXT,
    PRIMARY KEY (run, name)
) {clustered};

-- one response as it came; `seen` holds the ids of the postings its rows were, 8 bytes each
CREATE TABLE page (
    id BIGINT NOT NULL PRIMARY KEY,
    run BIGINT NOT NULL,
    source BIGINT NOT NULL,
    slice TEXT NOT NULL,
    number BIGINT NOT NULL,
    detail_of BIGINT,
    ask TEXT NOT NULL,
    address BIGINT NOT NULL,
    status BIGINT NOT NULL,
    fetched_ms BIGINT NOT NULL,
    content_type TEXT,
    link TEXT,
    etag TEXT,
    last_modified TEXT,
    hash BIGINT NOT NULL,
    same_as BIGINT,
    body {blob},
    body_bytes BIGINT NOT NULL,
    rows_read BIGINT NOT NULL,
    seen {blob} NOT NULL,
    claimed BIGINT,
    next_ask TEXT,
    outcome TEXT NOT NULL
);
CREATE INDEX page_run ON page (run);
CREATE INDEX page_address ON page (source, address, id);

-- rows that could not be read
CREATE TABLE reject (
    page BIGINT NOT NULL,
    position BIGINT NOT NULL,
    run BIGINT NOT NULL,
    field TEXT,
    why TEXT NOT NULL,
    raw TEXT NOT NULL,
    PRIMARY KEY (page, position)
) {clustered};
CREATE INDEX reject_run ON reject (run);

CREATE TABLE posting (
    id BIGINT NOT NULL PRIMARY KEY,
    source BIGINT NOT NULL,
    external_id TEXT NOT NULL,
    content_hash BIGINT NOT NULL,
    body_hash BIGINT NOT NULL,
    business_number TEXT,
    vacancy BIGINT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    verdict TEXT NOT NULL,
    detail TEXT NOT NULL,
    valid_through TEXT,
    absences BIGINT NOT NULL DEFAULT 0,
    version BIGINT NOT NULL DEFAULT 1,
    page BIGINT NOT NULL,
    position BIGINT NOT NULL,
    first_seen_ms BIGINT NOT NULL,
    changed_ms BIGINT NOT NULL,
    closed_ms BIGINT
);
CREATE INDEX posting_vacancy ON posting (vacancy);
CREATE INDEX posting_source ON posting (source, state, verdict);
CREATE INDEX posting_business_number ON posting (business_number) WHERE business_number IS NOT NULL;
CREATE INDEX posting_deadline ON posting (valid_through) WHERE state <> 'closed';

-- the large part of a posting, apart from what every run looks at: rows of `posting` stay small enough to be kept in memory
CREATE TABLE posting_body (
    posting BIGINT NOT NULL PRIMARY KEY,
    body TEXT NOT NULL,
    profile {blob} NOT NULL
);

-- what a posting said before its last change
CREATE TABLE posting_version (
    posting BIGINT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    page BIGINT NOT NULL,
    position BIGINT NOT NULL,
    until_ms BIGINT NOT NULL,
    PRIMARY KEY (posting, version)
) {clustered};

-- personal data, nowhere else
CREATE TABLE contact (
    posting BIGINT NOT NULL PRIMARY KEY,
    body TEXT NOT NULL
);

-- findings that ask for a person or keep a posting from being shown; the harmless ones are in the posting's body
CREATE TABLE finding (
    posting BIGINT NOT NULL,
    nr BIGINT NOT NULL,
    rule TEXT NOT NULL,
    field TEXT NOT NULL,
    effect TEXT NOT NULL,
    span TEXT NOT NULL,
    article TEXT,
    PRIMARY KEY (posting, nr)
) {clustered};
CREATE INDEX finding_rule ON finding (rule);

CREATE TABLE match_key (
    key BIGINT NOT NULL,
    posting BIGINT NOT NULL,
    PRIMARY KEY (key, posting)
) {clustered};

CREATE TABLE relation (
    a BIGINT NOT NULL,
    b BIGINT NOT NULL,
    kind TEXT NOT NULL,
    millibits BIGINT NOT NULL,
    levels {blob} NOT NULL,
    PRIMARY KEY (a, b)
) {clustered};
CREATE INDEX relation_b ON relation (b, a);

CREATE TABLE vacancy (
    id BIGINT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,
    reason TEXT,
    verdict TEXT NOT NULL,
    state_since_ms BIGINT NOT NULL,
    founded_ms BIGINT NOT NULL,
    changed_ms BIGINT NOT NULL,
    postings BIGINT NOT NULL,
    open_postings BIGINT NOT NULL,
    title TEXT NOT NULL,
    company TEXT NOT NULL,
    region TEXT,
    occupation TEXT,
    employment TEXT,
    pay TEXT,
    close_kind TEXT,
    valid_through TEXT,
    golden_hash BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX vacancy_state ON vacancy (state, verdict, id);
CREATE INDEX vacancy_changed ON vacancy (changed_ms);

CREATE TABLE vacancy_redirect (
    old BIGINT NOT NULL PRIMARY KEY,
    survivor BIGINT NOT NULL,
    at_ms BIGINT NOT NULL
);
CREATE INDEX vacancy_redirect_survivor ON vacancy_redirect (survivor);

-- evidence from linked systems
CREATE TABLE signal (
    source BIGINT NOT NULL,
    key TEXT NOT NULL,
    subject TEXT,
    code TEXT,
    body TEXT NOT NULL,
    hash BIGINT NOT NULL,
    page BIGINT NOT NULL,
    changed_ms BIGINT NOT NULL,
    PRIMARY KEY (source, key)
) {clustered};
CREATE INDEX signal_subject ON signal (subject);

-- questions for a steward
CREATE TABLE steward_case (
    id BIGINT NOT NULL PRIMARY KEY,
    family TEXT NOT NULL,
    source BIGINT,
    run BIGINT,
    a BIGINT,
    b BIGINT,
    state TEXT NOT NULL,
    opened_ms BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX steward_case_state ON steward_case (state, family);

-- what consumers see, in order
CREATE TABLE event (
    seq BIGINT NOT NULL PRIMARY KEY,
    at_ms BIGINT NOT NULL,
    kind TEXT NOT NULL,
    vacancy BIGINT NOT NULL,
    other BIGINT,
    reason TEXT,
    run BIGINT
);
CREATE INDEX event_vacancy ON event (vacancy, seq);

-- per run and stage, rows by what became of them
CREATE TABLE ledger (
    run BIGINT NOT NULL,
    stage TEXT NOT NULL,
    code TEXT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (run, stage, code)
) {clustered};

-- what the fetcher must not forget over a restart: quotas used, pauses asked for, robots.txt read
CREATE TABLE web_state (
    name TEXT NOT NULL PRIMARY KEY,
    body TEXT NOT NULL
);

-- who may write what; the row named `writer` also orders all writers on PostgreSQL
CREATE TABLE lease (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL
) {churning};
INSERT INTO lease (name, holder, epoch, expires_ms) VALUES ('writer', '', 0, 0);
