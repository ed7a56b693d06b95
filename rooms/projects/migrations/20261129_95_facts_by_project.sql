-- An import asks for the histories of the projects it names.
CREATE INDEX project_facts_by_project ON project_facts (project_id, field, effective_on);
