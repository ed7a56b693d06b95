-- Why a gate was passed with something missing, apart from the note of the move.
ALTER TABLE gate_passages ADD COLUMN override_reason TEXT;
-- Of a passage whose day was corrected: the one that was made first, which keeps its place in the order; and of those
-- whose place was taken, when and why.
ALTER TABLE gate_passages ADD COLUMN first_id BIGINT;
ALTER TABLE gate_passages ADD COLUMN superseded_at BIGINT;
ALTER TABLE gate_passages ADD COLUMN superseded_reason TEXT;
-- Until now the reason stood where the note belongs.
UPDATE gate_passages SET override_reason = note, note = NULL WHERE unmet <> '';
