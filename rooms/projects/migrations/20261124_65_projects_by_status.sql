-- The front page asks for the delayed projects of the whole office.
CREATE INDEX IF NOT EXISTS projects_by_status ON projects (status, updated_at, id);
