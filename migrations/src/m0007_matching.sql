-- Weights learned from the store and its decisions, and which of them were used when.

-- a version is never changed; version 0 is the shipped one and has no row
CREATE TABLE matching_model (
    version BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    report TEXT NOT NULL,
    made_ms BIGINT NOT NULL,
    actor TEXT NOT NULL
);

-- append-only: the last row says which version is in use; `dropped` are pairs whose relation it no longer keeps
CREATE TABLE matching_model_use (
    nr BIGINT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    actor TEXT NOT NULL,
    dropped TEXT NOT NULL
);
