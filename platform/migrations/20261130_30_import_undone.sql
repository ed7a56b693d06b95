-- Values that an undo put back in records that its import had only changed.
ALTER TABLE imports ADD COLUMN reversed_values BIGINT NOT NULL DEFAULT 0;

-- Why an undo left a record: somebody worked on it or on part of what was changed, retired it, or something stands on it.
ALTER TABLE import_kept ADD COLUMN reason TEXT NOT NULL DEFAULT 'touched'
    CHECK (reason IN ('touched', 'in_part', 'retired', 'laden'));
