-- The target list: an enterprise the office means to win, why it was chosen, and how it stands.
CREATE TABLE targets (
    id BIGINT NOT NULL PRIMARY KEY,
    reference TEXT NOT NULL,
    enterprise_id BIGINT NOT NULL REFERENCES enterprises (id),
    round TEXT NOT NULL,
    standing TEXT NOT NULL CHECK (standing IN ('proposed', 'reserved', 'approached', 'declined', 'dropped')),
    standing_on DATE NOT NULL,
    -- From which screening it came, and what was known of it then, as JSON.
    screening_id BIGINT,
    company_id TEXT,
    rank BIGINT,
    reasons TEXT,
    note TEXT,
    project_id BIGINT,
    tier BIGINT NOT NULL,
    team_id BIGINT,
    owner_id BIGINT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    retired_at BIGINT,
    retired_reason TEXT
);
CREATE UNIQUE INDEX targets_by_reference ON targets (reference);
CREATE INDEX targets_by_enterprise ON targets (enterprise_id, id);
CREATE INDEX targets_by_change ON targets (updated_at, id);
CREATE INDEX targets_by_standing ON targets (standing, updated_at, id);
CREATE INDEX targets_by_round ON targets (round, updated_at, id);
CREATE INDEX targets_by_tier ON targets (tier, updated_at, id);

-- Every standing with its day; a correction supersedes.
CREATE TABLE target_standings (
    id BIGINT NOT NULL PRIMARY KEY,
    target_id BIGINT NOT NULL REFERENCES targets (id),
    standing TEXT NOT NULL,
    effective_on DATE NOT NULL,
    note TEXT NOT NULL,
    recorded_by_name TEXT NOT NULL,
    recorded_at BIGINT NOT NULL
);
CREATE INDEX target_standings_by_target ON target_standings (target_id, effective_on, id);
