CREATE TABLE project_notes (
    id BIGINT NOT NULL PRIMARY KEY,
    project_id BIGINT NOT NULL REFERENCES projects (id),
    text TEXT NOT NULL,
    written_at BIGINT NOT NULL,
    written_by BIGINT,
    written_by_name TEXT NOT NULL
);
CREATE INDEX project_notes_by_project ON project_notes (project_id, id);
