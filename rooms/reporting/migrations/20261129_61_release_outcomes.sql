-- A draft is signed off or withdrawn, and one of them only: the row that decides says which. Its name,
-- day and note are of whoever decided; for a withdrawal the note is the reason.
ALTER TABLE release_signatures ADD COLUMN outcome TEXT NOT NULL DEFAULT 'signed_off'
    CHECK (outcome IN ('signed_off', 'withdrawn'));
