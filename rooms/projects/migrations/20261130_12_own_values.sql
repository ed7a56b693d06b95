-- What projects say in fields of the office's own, by the fields' codes.
ALTER TABLE projects ADD COLUMN own TEXT NOT NULL DEFAULT '{}';
