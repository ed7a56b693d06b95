-- A list as somebody keeps it: its address without the place in it.
CREATE TABLE saved_views (
    id BIGINT NOT NULL PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    path TEXT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    sharing TEXT NOT NULL CHECK (sharing IN ('private', 'team', 'office')),
    team_id BIGINT REFERENCES teams (id),
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    retired_at BIGINT
);
CREATE INDEX saved_views_by_account ON saved_views (account_id, path, id);
CREATE INDEX saved_views_by_path ON saved_views (path, sharing, team_id, id);

-- Accounts are listed and searched by name in any script.
ALTER TABLE accounts ADD COLUMN name_key FOLDED_TEXT NOT NULL DEFAULT '';
CREATE INDEX accounts_by_name ON accounts (name_key, id);
CREATE INDEX accounts_by_body ON accounts (body_id, name_key, id);
CREATE INDEX account_teams_by_team ON account_teams (team_id, account_id);

-- What an administrator lists: all sessions, all keys, all attempts, latest first.
CREATE INDEX sessions_open ON sessions (id) WHERE ended_at IS NULL;
CREATE INDEX sign_in_attempts_failed ON sign_in_attempts (id) WHERE NOT succeeded;
