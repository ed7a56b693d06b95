CREATE TABLE enterprises (
    id BIGINT NOT NULL PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    -- The record that stands for this one: itself, or the survivor of a merge.
    survivor_id BIGINT NOT NULL,
    merged_into BIGINT REFERENCES enterprises (id),
    kind TEXT NOT NULL CHECK (kind IN ('group', 'legal_entity')),
    parent_id BIGINT REFERENCES enterprises (id),
    name TEXT NOT NULL,
    name_language TEXT NOT NULL,
    second_name TEXT,
    second_language TEXT,
    name_key FOLDED_TEXT NOT NULL,
    tier BIGINT NOT NULL,
    team_id BIGINT,
    owner_id BIGINT,
    incorporation TEXT,
    headquarters TEXT,
    main_listing TEXT,
    reporting_origin TEXT,
    value_chain TEXT,
    website TEXT,
    description TEXT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    retired_at BIGINT,
    retired_reason TEXT
);
CREATE INDEX enterprises_by_name ON enterprises (name_key, id);
CREATE INDEX enterprises_by_update ON enterprises (updated_at, id);
CREATE INDEX enterprises_by_origin ON enterprises (reporting_origin, name_key, id);
CREATE INDEX enterprises_by_owner ON enterprises (owner_id, name_key, id);
CREATE INDEX enterprises_by_survivor ON enterprises (survivor_id);
CREATE INDEX enterprises_by_parent ON enterprises (parent_id);

CREATE TABLE enterprise_names (
    id BIGINT NOT NULL PRIMARY KEY,
    enterprise_id BIGINT NOT NULL REFERENCES enterprises (id),
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('legal', 'trading', 'brand', 'former', 'transliterated')),
    valid_from DATE,
    valid_to DATE,
    name_key FOLDED_TEXT NOT NULL
);
CREATE INDEX enterprise_names_by_enterprise ON enterprise_names (enterprise_id, id);
CREATE INDEX enterprise_names_by_key ON enterprise_names (name_key, enterprise_id);

-- Where a search may begin in any name of an enterprise; see platform::search.
CREATE TABLE enterprise_name_keys (
    key FOLDED_TEXT NOT NULL,
    enterprise_id BIGINT NOT NULL,
    PRIMARY KEY (key, enterprise_id)
);

CREATE TABLE enterprise_identifiers (
    id BIGINT NOT NULL PRIMARY KEY,
    enterprise_id BIGINT NOT NULL REFERENCES enterprises (id),
    scheme TEXT NOT NULL CHECK (scheme IN ('lei', 'registry', 'listing')),
    register TEXT NOT NULL,
    value TEXT NOT NULL,
    UNIQUE (scheme, register, value)
);
CREATE INDEX enterprise_identifiers_by_enterprise ON enterprise_identifiers (enterprise_id, id);

CREATE TABLE enterprise_industries (
    id BIGINT NOT NULL PRIMARY KEY,
    enterprise_id BIGINT NOT NULL REFERENCES enterprises (id),
    industry TEXT NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    recorded_at BIGINT NOT NULL,
    superseded_at BIGINT
);
CREATE INDEX enterprise_industries_by_enterprise ON enterprise_industries (enterprise_id, id);
CREATE INDEX enterprise_industries_by_industry ON enterprise_industries (industry, enterprise_id);

-- Earlier values of what figures are cut by; see docs/DATABASE.md, dated facts.
CREATE TABLE enterprise_facts (
    id BIGINT NOT NULL PRIMARY KEY,
    enterprise_id BIGINT NOT NULL REFERENCES enterprises (id),
    field TEXT NOT NULL,
    value TEXT,
    effective_on DATE NOT NULL,
    recorded_at BIGINT NOT NULL,
    reason TEXT
);
CREATE INDEX enterprise_facts_by_field ON enterprise_facts (field, enterprise_id, effective_on, recorded_at);

CREATE TABLE enterprise_merges (
    id BIGINT NOT NULL PRIMARY KEY,
    loser_id BIGINT NOT NULL REFERENCES enterprises (id),
    into_id BIGINT NOT NULL REFERENCES enterprises (id),
    reason TEXT NOT NULL,
    -- The survivor's fields that the merge changed, before and after, as the audit keeps them.
    chosen TEXT NOT NULL,
    merged_at BIGINT NOT NULL,
    undone_at BIGINT
);
CREATE INDEX enterprise_merges_by_loser ON enterprise_merges (loser_id, id);

CREATE TABLE people (
    id BIGINT NOT NULL PRIMARY KEY,
    enterprise_id BIGINT NOT NULL REFERENCES enterprises (id),
    name TEXT NOT NULL,
    second_name TEXT,
    name_key FOLDED_TEXT NOT NULL,
    post TEXT,
    languages TEXT,
    email TEXT,
    telephone TEXT,
    consent_on DATE,
    consent_how TEXT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    retired_at BIGINT,
    retired_reason TEXT
);
CREATE INDEX people_by_enterprise ON people (enterprise_id, name_key, id);
CREATE INDEX people_by_name ON people (name_key, id);

CREATE VIEW directory_enterprise_brief AS
SELECT id, survivor_id, reference, name, name_language, second_name, name_key, tier, team_id, owner_id,
       reporting_origin, created_at, retired_at
FROM enterprises;

CREATE VIEW directory_enterprise_industry AS
SELECT i.enterprise_id, e.survivor_id, i.industry, i.valid_from, i.valid_to, i.recorded_at, i.superseded_at
FROM enterprise_industries i JOIN enterprises e ON e.id = i.enterprise_id;

CREATE VIEW directory_enterprise_fact AS
SELECT id, enterprise_id, field, value, effective_on, recorded_at FROM enterprise_facts;

CREATE VIEW directory_person_brief AS
SELECT id, enterprise_id, name, email, telephone, retired_at FROM people;
