CREATE TABLE bodies (
    id BIGINT NOT NULL PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    name_en TEXT NOT NULL,
    name_zh_hant TEXT NOT NULL,
    name_zh_hans TEXT NOT NULL,
    abbreviation TEXT NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    source TEXT NOT NULL
);

CREATE TABLE teams (
    id BIGINT NOT NULL PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name_en TEXT NOT NULL,
    name_zh_hant TEXT NOT NULL,
    name_zh_hans TEXT NOT NULL,
    ended_on DATE
);

-- Roles are a closed list of ours, kept as codes with commas between.
CREATE TABLE accounts (
    id BIGINT NOT NULL PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    roles TEXT NOT NULL,
    body_id BIGINT REFERENCES bodies (id),
    language TEXT,
    password_hash TEXT,
    code_secret TEXT,
    code_last_step BIGINT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    ended_reason TEXT
);

CREATE TABLE account_teams (
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    team_id BIGINT NOT NULL REFERENCES teams (id),
    PRIMARY KEY (account_id, team_id)
);

CREATE TABLE sessions (
    id BIGINT NOT NULL PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    token_hash TEXT NOT NULL UNIQUE,
    -- A session whose one-time code is still awaited signs nobody in.
    awaits_code BOOLEAN NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX sessions_by_account ON sessions (account_id, id);

CREATE TABLE sign_in_attempts (
    id BIGINT NOT NULL PRIMARY KEY,
    email TEXT NOT NULL,
    address TEXT NOT NULL,
    succeeded BOOLEAN NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX sign_in_attempts_by_email ON sign_in_attempts (email, at);
CREATE INDEX sign_in_attempts_by_address ON sign_in_attempts (address, at);

CREATE TABLE one_time_links (
    token_hash TEXT NOT NULL PRIMARY KEY,
    -- None for the link that makes the first administrator.
    account_id BIGINT REFERENCES accounts (id),
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

CREATE TABLE api_keys (
    id BIGINT NOT NULL PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    label TEXT NOT NULL,
    start TEXT NOT NULL,
    key_hash TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    expires_on DATE NOT NULL,
    used_at BIGINT,
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX api_keys_by_account ON api_keys (account_id, id);

CREATE VIEW identity_account_brief AS SELECT id, name, email, ended_at FROM accounts;
CREATE VIEW identity_team_brief AS SELECT id, code, name_en, name_zh_hant, name_zh_hans, ended_on FROM teams;
