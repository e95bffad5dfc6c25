-- Verdicts and the reasons for them: what runs found, and what re-judging under the law of another day changed.

-- per run, postings by the rule that spoke against them; a posting counts once a rule and effect
CREATE TABLE run_reason (
    run BIGINT NOT NULL,
    rule TEXT NOT NULL,
    effect TEXT NOT NULL,
    postings BIGINT NOT NULL,
    PRIMARY KEY (run, rule, effect)
) {clustered};

-- one re-judging of the store that was applied; `after` is how far it got, so that one that was cut goes on from there
CREATE TABLE rejudge (
    id BIGINT NOT NULL PRIMARY KEY,
    law_of TEXT NOT NULL,
    source BIGINT,
    began_ms BIGINT NOT NULL,
    ended_ms BIGINT,
    after BIGINT NOT NULL,
    judged BIGINT NOT NULL,
    changed BIGINT NOT NULL
);

-- what re-judging changed of a posting: old verdicts stay readable with the law they were made under
CREATE TABLE verdict_change (
    posting BIGINT NOT NULL,
    rejudge BIGINT NOT NULL,
    known_ms BIGINT NOT NULL,
    law_of TEXT NOT NULL,
    was TEXT NOT NULL,
    now TEXT NOT NULL,
    rules_was TEXT NOT NULL,
    rules_now TEXT NOT NULL,
    PRIMARY KEY (posting, rejudge)
) {clustered};

CREATE INDEX posting_source_id ON posting (source, id);
