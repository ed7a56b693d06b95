CREATE TABLE imports (
    id BIGINT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    file_name TEXT NOT NULL,
    digest TEXT NOT NULL,
    size BIGINT NOT NULL,
    reading TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN
        ('uploaded', 'checking', 'checked', 'keeping', 'kept', 'failed', 'cancelled', 'undoing', 'undone')),
    failure_key TEXT,
    failure_args TEXT,
    rows_checked BIGINT NOT NULL,
    rows_done BIGINT NOT NULL,
    to_create BIGINT NOT NULL,
    to_change BIGINT NOT NULL,
    to_leave BIGINT NOT NULL,
    resembling BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    reversed BIGINT NOT NULL,
    kept_touched BIGINT NOT NULL,
    undo_mark BIGINT,
    created_by BIGINT,
    created_at BIGINT NOT NULL,
    step_at BIGINT
);
CREATE INDEX imports_by_kind ON imports (kind, id);
CREATE INDEX imports_by_digest ON imports (digest, kind);

CREATE TABLE import_problems (
    import_id BIGINT NOT NULL REFERENCES imports (id),
    row_number BIGINT NOT NULL,
    place BIGINT NOT NULL,
    field TEXT NOT NULL,
    key TEXT NOT NULL,
    args TEXT NOT NULL,
    PRIMARY KEY (import_id, row_number, place)
);

CREATE TABLE import_examples (
    import_id BIGINT NOT NULL REFERENCES imports (id),
    row_number BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (import_id, outcome, row_number)
);

CREATE TABLE import_kept (
    import_id BIGINT NOT NULL REFERENCES imports (id),
    subject_kind TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    label TEXT NOT NULL,
    PRIMARY KEY (import_id, subject_kind, subject_id)
);

CREATE TABLE import_mappings (
    account_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    headers TEXT NOT NULL,
    reading TEXT NOT NULL,
    used_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, kind, headers)
);
