-- Batches of the linked systems and what they say. Counts of workplaces, never persons.

-- a batch as it was taken or refused; of one id only the newest revision stands
CREATE TABLE batch (
    number BIGINT NOT NULL PRIMARY KEY,
    system TEXT NOT NULL,
    id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    hash TEXT NOT NULL,
    state TEXT NOT NULL,
    issued TEXT NOT NULL,
    period_from TEXT NOT NULL,
    period_until TEXT NOT NULL,
    received_ms BIGINT NOT NULL,
    rows_taken BIGINT NOT NULL,
    people BIGINT NOT NULL,
    origin TEXT NOT NULL,
    report TEXT NOT NULL
);
CREATE INDEX batch_id ON batch (system, id, revision);

-- people insured anew at a workplace in an occupation and week; transfers and renamings are marked and are no hires
CREATE TABLE acquisition (
    batch BIGINT NOT NULL,
    nr BIGINT NOT NULL,
    record TEXT NOT NULL,
    workplace TEXT NOT NULL,
    business_number TEXT NOT NULL,
    name TEXT,
    region TEXT,
    occupation TEXT NOT NULL,
    week_from TEXT NOT NULL,
    week_until TEXT NOT NULL,
    people BIGINT NOT NULL,
    counterpart TEXT,
    PRIMARY KEY (batch, nr)
) {clustered};
CREATE INDEX acquisition_business ON acquisition (business_number);

-- stages of employment permits: the test on the domestic market, the permit, the report of a change
CREATE TABLE permit (
    batch BIGINT NOT NULL,
    nr BIGINT NOT NULL,
    permit_no TEXT NOT NULL,
    stage TEXT NOT NULL,
    business_number TEXT NOT NULL,
    name TEXT,
    region TEXT,
    occupation TEXT NOT NULL,
    slots BIGINT NOT NULL,
    day_from TEXT NOT NULL,
    day_until TEXT,
    posting_no TEXT,
    PRIMARY KEY (batch, nr)
) {clustered};
CREATE INDEX permit_number ON permit (permit_no);

-- which vacancies the people of an acquisition, or of a permit, went to; confidence in thousandths
CREATE TABLE hire (
    batch BIGINT NOT NULL,
    nr BIGINT NOT NULL,
    vacancy BIGINT NOT NULL,
    business_number TEXT NOT NULL,
    record TEXT NOT NULL,
    people BIGINT NOT NULL,
    confidence BIGINT NOT NULL,
    week_from TEXT NOT NULL,
    week_until TEXT NOT NULL,
    standing TEXT NOT NULL,
    PRIMARY KEY (batch, nr, vacancy)
) {clustered};
CREATE INDEX hire_vacancy ON hire (vacancy);
CREATE INDEX hire_business ON hire (business_number);

-- businesses whose rows are to be matched anew
CREATE TABLE rematch (
    business_number TEXT NOT NULL PRIMARY KEY
) {clustered};

-- statutory windows of labour-market tests, the standing row of each permit, and the posting each is about
CREATE TABLE labour_window (
    permit_no TEXT NOT NULL PRIMARY KEY,
    batch BIGINT NOT NULL,
    business_number TEXT NOT NULL,
    name TEXT,
    region TEXT,
    occupation TEXT NOT NULL,
    slots BIGINT NOT NULL,
    day_from TEXT NOT NULL,
    day_until TEXT NOT NULL,
    posting_no TEXT,
    posting BIGINT,
    matched_by TEXT
) {clustered};
CREATE INDEX labour_window_posting ON labour_window (posting) WHERE posting IS NOT NULL;
CREATE INDEX labour_window_until ON labour_window (day_until);

-- businesses that are suspended (02) or closed (03); the others have no row
CREATE TABLE business_state (
    number TEXT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,
    since TEXT,
    changed_ms BIGINT NOT NULL
) {clustered};

-- when a linked system was last asked about a business number
CREATE TABLE lookup (
    source BIGINT NOT NULL,
    subject TEXT NOT NULL,
    asked_ms BIGINT NOT NULL,
    PRIMARY KEY (source, subject)
) {clustered};

-- training courses, one row a session
CREATE TABLE course (
    id TEXT NOT NULL PRIMARY KEY,
    process TEXT NOT NULL,
    degree BIGINT NOT NULL,
    institution TEXT NOT NULL,
    institution_no TEXT NOT NULL,
    title TEXT NOT NULL,
    ncs TEXT,
    keco TEXT,
    region TEXT,
    starts TEXT NOT NULL,
    ends TEXT,
    seats BIGINT,
    taken BIGINT,
    rate_permille BIGINT,
    url TEXT,
    changed_ms BIGINT NOT NULL
) {clustered};
CREATE INDEX course_keco ON course (keco, starts);
CREATE INDEX course_process ON course (process, degree);

-- verification steps of postings that are not simply passed: what is not here passed by its source's policy
CREATE TABLE stage (
    posting BIGINT NOT NULL,
    stage TEXT NOT NULL,
    state TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    by_whom TEXT NOT NULL,
    reason TEXT NOT NULL,
    -- the question a person is asked; its standing decision says what became of the step
    case_id BIGINT,
    PRIMARY KEY (posting, stage)
) {clustered};
CREATE INDEX stage_state ON stage (stage, state);

-- how far the linked systems' work has come
CREATE TABLE linked_mark (
    name TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
) {clustered};
