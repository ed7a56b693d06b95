-- The platform's tables. One text for both databases; see docs/DATABASE.md for the column rules.

CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE nodes (
    node BIGINT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    until BIGINT NOT NULL
);

CREATE TABLE sequences (
    series TEXT NOT NULL PRIMARY KEY,
    last BIGINT NOT NULL
);

CREATE TABLE codes (
    list TEXT NOT NULL,
    code TEXT NOT NULL,
    name_en TEXT NOT NULL,
    name_zh_hant TEXT NOT NULL,
    name_zh_hans TEXT NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    position BIGINT NOT NULL,
    source TEXT NOT NULL,
    aliases TEXT NOT NULL,
    group_code TEXT NOT NULL,
    PRIMARY KEY (list, code)
);

-- People named on a record that its tier would keep from them.
CREATE TABLE readers (
    subject_kind TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (subject_kind, subject_id, account_id)
);
CREATE INDEX readers_by_account ON readers (account_id, subject_kind, subject_id);

CREATE TABLE audit_lanes (
    lane BIGINT NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL
);
INSERT INTO audit_lanes (lane, seq, hash) VALUES
    (0, 0, ''), (1, 0, ''), (2, 0, ''), (3, 0, ''), (4, 0, ''), (5, 0, ''), (6, 0, ''), (7, 0, ''),
    (8, 0, ''), (9, 0, ''), (10, 0, ''), (11, 0, ''), (12, 0, ''), (13, 0, ''), (14, 0, ''), (15, 0, '');

CREATE TABLE audit_entries (
    id BIGINT NOT NULL PRIMARY KEY,
    lane BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor_id BIGINT,
    actor_name TEXT NOT NULL,
    way TEXT NOT NULL,
    verb TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    subject_label TEXT NOT NULL,
    subject_version BIGINT,
    import_id BIGINT,
    note TEXT,
    detail TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE UNIQUE INDEX audit_entries_by_lane ON audit_entries (lane, seq);
CREATE INDEX audit_entries_by_subject ON audit_entries (subject_kind, subject_id, id);
CREATE INDEX audit_entries_by_actor ON audit_entries (actor_id, id);
CREATE INDEX audit_entries_by_import ON audit_entries (import_id, id);
CREATE INDEX audit_entries_by_verb ON audit_entries (verb, id);
CREATE INDEX audit_entries_by_label ON audit_entries (subject_label, id);

-- One row for each person, record and hour: what keeps the audit from growing with every click.
CREATE TABLE looks (
    account_id BIGINT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    hour BIGINT NOT NULL,
    PRIMARY KEY (account_id, subject_kind, subject_id, hour)
);

CREATE TABLE jobs (
    id BIGINT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
    attempts BIGINT NOT NULL,
    run_at BIGINT NOT NULL,
    locked_until BIGINT,
    last_error TEXT,
    created_by BIGINT,
    created_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX jobs_due ON jobs (state, run_at, id);

CREATE TABLE idempotency_keys (
    account_id BIGINT NOT NULL,
    key TEXT NOT NULL,
    request TEXT NOT NULL,
    status BIGINT NOT NULL,
    location TEXT NOT NULL,
    etag TEXT NOT NULL,
    body TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (account_id, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (at);
