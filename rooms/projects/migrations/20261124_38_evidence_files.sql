-- The file of a paper: what it was called, and where its content lies in the store.
ALTER TABLE evidence ADD COLUMN file_name TEXT;
ALTER TABLE evidence ADD COLUMN file_digest TEXT;
ALTER TABLE evidence ADD COLUMN file_size BIGINT;
ALTER TABLE evidence ADD COLUMN file_type TEXT;
ALTER TABLE evidence ADD COLUMN withdrawn_by_name TEXT;
CREATE INDEX evidence_by_file ON evidence (file_digest, id);
