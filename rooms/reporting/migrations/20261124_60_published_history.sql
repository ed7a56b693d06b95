-- A correction is a later version of the same record; the row before it stays, with when it stopped
-- to stand and why.
ALTER TABLE published_figures ADD COLUMN record_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE published_figures ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE published_figures ADD COLUMN recorded_by_name TEXT NOT NULL DEFAULT '';
-- Why this version took the place of the one before.
ALTER TABLE published_figures ADD COLUMN reason TEXT;
-- corrected, withdrawn, or undone with its import; none while it stands.
ALTER TABLE published_figures ADD COLUMN ended TEXT;
ALTER TABLE published_figures ADD COLUMN ended_reason TEXT;
ALTER TABLE published_figures ADD COLUMN ended_by_name TEXT;
UPDATE published_figures SET record_id = id WHERE record_id = 0;
CREATE UNIQUE INDEX published_figures_by_record ON published_figures (record_id, version);
CREATE INDEX published_figures_by_body ON published_figures (body, as_at, id);
CREATE INDEX published_figures_by_basis ON published_figures (basis, as_at, id);
CREATE INDEX published_figures_by_end ON published_figures (ended, as_at, id);
