-- What cross-tabs ask of an enterprise beside its brief.
CREATE VIEW directory_enterprise_position AS
SELECT id, value_chain FROM enterprises;

-- Read for every enterprise counted: all of it is in the index.
CREATE INDEX enterprise_industries_as_known
    ON enterprise_industries (enterprise_id, industry, valid_from, valid_to, recorded_at, superseded_at);

-- The members that a survivor stands for, without reading their rows.
CREATE INDEX enterprises_by_survivor_and_id ON enterprises (survivor_id, id);
