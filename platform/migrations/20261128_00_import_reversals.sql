-- Entries of the audit that cancel one another out: what an import had changed and its undo took back, and the
-- entries of that undo. What only such entries changed stands as it stood.
CREATE TABLE import_reversals (
    entry_id BIGINT NOT NULL PRIMARY KEY,
    import_id BIGINT NOT NULL REFERENCES imports (id)
);
CREATE INDEX import_reversals_by_import ON import_reversals (import_id, entry_id);

-- Rows that were kept without what they named further down in their file.
ALTER TABLE imports ADD COLUMN incomplete BIGINT NOT NULL DEFAULT 0;

-- The record that a row of the preview made or changed, once it did.
ALTER TABLE import_examples ADD COLUMN subject_id BIGINT;
