-- Definitions of cross-tabs under a name of one's own, shared or not.
CREATE TABLE saved_crosstabs (
    id BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    name_key FOLDED_TEXT NOT NULL,
    -- As the address of the page carries it.
    definition TEXT NOT NULL,
    owner_id BIGINT,
    owner_name TEXT NOT NULL,
    shared TEXT NOT NULL CHECK (shared IN ('own', 'team', 'office')),
    team_id BIGINT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    retired_at BIGINT
);
CREATE INDEX saved_crosstabs_by_name ON saved_crosstabs (name_key, id);
