-- Criteria by which companies are ranked: a name, and every version as it was saved.
CREATE TABLE criteria_sets (
    id BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    name_key FOLDED_TEXT NOT NULL,
    -- Number of the latest version.
    latest BIGINT NOT NULL,
    -- The file of the pack that it began as; empty for the office's own.
    origin TEXT NOT NULL,
    made_by BIGINT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    retired_at BIGINT,
    retired_reason TEXT
);
CREATE INDEX criteria_sets_by_name ON criteria_sets (name_key, id);
CREATE INDEX criteria_sets_by_change ON criteria_sets (updated_at, id);

CREATE TABLE criteria_versions (
    set_id BIGINT NOT NULL REFERENCES criteria_sets (id),
    number BIGINT NOT NULL,
    -- As the criteria's JSON.
    body TEXT NOT NULL,
    note TEXT NOT NULL,
    made_by_name TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (set_id, number)
);

-- The value chains of the pack: which places there are, whom they are filled by, and what feeds what.
CREATE TABLE chain_places (
    code TEXT NOT NULL,
    industry TEXT NOT NULL,
    position TEXT NOT NULL,
    PRIMARY KEY (code)
);
CREATE TABLE chain_links (
    upstream TEXT NOT NULL,
    downstream TEXT NOT NULL,
    PRIMARY KEY (upstream, downstream)
);
