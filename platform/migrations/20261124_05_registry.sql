-- What the audit is searched by besides its keys: the folded label, the way in, the actor's name.
ALTER TABLE audit_entries ADD COLUMN label_key FOLDED_TEXT NOT NULL DEFAULT '';
CREATE INDEX audit_entries_by_label_key ON audit_entries (label_key, id);
CREATE INDEX audit_entries_by_way ON audit_entries (way, id);
CREATE INDEX audit_entries_by_kind ON audit_entries (subject_kind, id);

-- The page of jobs goes by key within a state.
CREATE INDEX jobs_by_state ON jobs (state, id);
