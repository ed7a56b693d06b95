-- What enterprises and people say in fields of the office's own, by the fields' codes.
ALTER TABLE enterprises ADD COLUMN own TEXT NOT NULL DEFAULT '{}';
ALTER TABLE people ADD COLUMN own TEXT NOT NULL DEFAULT '{}';
