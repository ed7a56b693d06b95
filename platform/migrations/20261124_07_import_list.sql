-- What the list of imports is narrowed and sorted by.
ALTER TABLE imports ADD COLUMN file_key FOLDED_TEXT NOT NULL DEFAULT '';
CREATE INDEX imports_by_file ON imports (file_key, id);
CREATE INDEX imports_by_state ON imports (state, id);
CREATE INDEX imports_by_creator ON imports (created_by, id);
