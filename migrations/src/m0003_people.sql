-- People, their sessions, what they did; sources on trial; the days of the trend board.

CREATE TABLE person (
    name TEXT NOT NULL PRIMARY KEY,
    title TEXT NOT NULL,
    -- a PHC string (argon2id); absent for people who sign on elsewhere
    password TEXT,
    -- issuer and subject of an OpenID provider
    subject TEXT UNIQUE,
    disabled BIGINT NOT NULL DEFAULT 0,
    added_ms BIGINT NOT NULL,
    -- language, theme, density, keys, as JSON
    choices TEXT NOT NULL DEFAULT '{}'
);

CREATE TABLE person_role (
    person TEXT NOT NULL,
    role TEXT NOT NULL,
    -- name of the source of a partner, '' for the other roles
    source TEXT NOT NULL,
    PRIMARY KEY (person, role, source)
) {clustered};

-- the token itself is only in the browser
CREATE TABLE session (
    token_hash TEXT NOT NULL PRIMARY KEY,
    person TEXT NOT NULL,
    csrf TEXT NOT NULL,
    began_ms BIGINT NOT NULL,
    seen_ms BIGINT NOT NULL,
    ends_ms BIGINT NOT NULL
) {churning};
CREATE INDEX session_person ON session (person);

-- failed logins by person and by address
CREATE TABLE login_failure (
    subject TEXT NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    since_ms BIGINT NOT NULL
) {churning};

-- sign-ons under way: what must come back from the provider
CREATE TABLE sign_on (
    state_hash TEXT NOT NULL PRIMARY KEY,
    nonce TEXT NOT NULL,
    verifier TEXT NOT NULL,
    onward TEXT NOT NULL,
    ends_ms BIGINT NOT NULL
) {churning};

-- who did what: each row's hash covers the row before it
CREATE TABLE audit (
    seq BIGINT NOT NULL PRIMARY KEY,
    at_ms BIGINT NOT NULL,
    actor TEXT NOT NULL,
    roles TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE INDEX audit_actor ON audit (actor, seq);
CREATE INDEX audit_action ON audit (action, seq);
CREATE INDEX audit_subject ON audit (subject, seq);

-- the newest row of the log, apart from it: a log cut at its end is noticed
CREATE TABLE audit_head (
    id BIGINT NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL
);
INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '');

-- reports shared by a link
CREATE TABLE share (
    token_hash TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    source BIGINT NOT NULL,
    made_by TEXT NOT NULL,
    made_ms BIGINT NOT NULL,
    ends_ms BIGINT NOT NULL
);

-- sources on their way in; a source without a row is live
CREATE TABLE onboarding (
    source BIGINT NOT NULL PRIMARY KEY,
    -- trial, shadow or live
    stage TEXT NOT NULL,
    begun_by TEXT NOT NULL,
    begun_ms BIGINT NOT NULL,
    shadow_ms BIGINT,
    proposed_by TEXT,
    proposed_ms BIGINT,
    approved_by TEXT,
    live_ms BIGINT,
    -- the last report, as JSON, and the one before it
    report TEXT,
    report_before TEXT
);

-- what a day came to
CREATE TABLE trend (
    day TEXT NOT NULL,
    measure TEXT NOT NULL,
    part TEXT NOT NULL,
    value BIGINT NOT NULL,
    PRIMARY KEY (day, measure, part)
) {clustered};
