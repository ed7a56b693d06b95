CREATE TABLE projects (
    id BIGINT NOT NULL PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    -- The record named; what stands for it after a merge is read through directory's brief.
    enterprise_id BIGINT NOT NULL,
    title TEXT NOT NULL,
    title_key FOLDED_TEXT NOT NULL,
    nature TEXT,
    hq_kind TEXT,
    -- Codes of the list `activity`, with commas between.
    activities TEXT NOT NULL,
    stage TEXT NOT NULL CHECK (stage IN ('identified', 'contacted', 'engaged', 'proposal_received', 'negotiating',
                                         'agreed', 'landed', 'operating')),
    status TEXT NOT NULL CHECK (status IN ('active', 'delayed', 'dormant', 'withdrawn', 'lapsed', 'downsized', 'exited')),
    proposal_received_on DATE,
    assessment TEXT,
    description TEXT,
    tier BIGINT NOT NULL,
    team_id BIGINT,
    owner_id BIGINT,
    -- A gate was passed with something missing, by somebody who may; why, in their words.
    override_reason TEXT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    retired_at BIGINT,
    retired_reason TEXT
);
CREATE INDEX projects_by_enterprise ON projects (enterprise_id, id);
CREATE INDEX projects_by_title ON projects (title_key, id);
CREATE INDEX projects_by_stage ON projects (stage, updated_at, id);
CREATE INDEX projects_by_update ON projects (updated_at, id);
CREATE INDEX projects_by_owner ON projects (owner_id, updated_at, id);

-- Earlier values of what figures are cut by: stage, status, nature, hq_kind.
CREATE TABLE project_facts (
    id BIGINT NOT NULL PRIMARY KEY,
    project_id BIGINT NOT NULL REFERENCES projects (id),
    field TEXT NOT NULL,
    value TEXT,
    effective_on DATE NOT NULL,
    recorded_at BIGINT NOT NULL,
    reason TEXT
);
CREATE INDEX project_facts_by_field ON project_facts (field, project_id, effective_on, recorded_at);

CREATE TABLE gates (
    id BIGINT NOT NULL PRIMARY KEY,
    into_stage TEXT NOT NULL,
    -- One fact a line; all of `needs` and one of `any_of`.
    needs TEXT NOT NULL,
    any_of TEXT NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    source TEXT NOT NULL,
    UNIQUE (into_stage, valid_from)
);

CREATE TABLE gate_passages (
    id BIGINT NOT NULL PRIMARY KEY,
    project_id BIGINT NOT NULL REFERENCES projects (id),
    from_stage TEXT NOT NULL,
    into_stage TEXT NOT NULL,
    effective_on DATE NOT NULL,
    passed_at BIGINT NOT NULL,
    passed_by BIGINT,
    passed_by_name TEXT NOT NULL,
    note TEXT,
    -- What was missing when the gate was passed all the same, one fact a line.
    unmet TEXT NOT NULL
);
CREATE INDEX gate_passages_by_project ON gate_passages (project_id, id);

CREATE TABLE evidence (
    id BIGINT NOT NULL PRIMARY KEY,
    project_id BIGINT NOT NULL REFERENCES projects (id),
    kind TEXT NOT NULL,
    dated_on DATE NOT NULL,
    -- A reference, an address, or where the paper is kept.
    reference TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by_name TEXT NOT NULL,
    withdrawn_at BIGINT,
    withdrawn_reason TEXT
);
CREATE INDEX evidence_by_project ON evidence (project_id, kind, id);

-- What happened on a day, append-only: a correction supersedes, a withdrawal takes back.
CREATE TABLE milestones (
    id BIGINT NOT NULL PRIMARY KEY,
    project_id BIGINT NOT NULL REFERENCES projects (id),
    kind TEXT NOT NULL CHECK (kind IN ('met', 'attracted', 'signed', 'commenced')),
    effective_on DATE NOT NULL,
    -- The batch of an attraction, or the ceremony of a signing.
    batch TEXT,
    recorded_at BIGINT NOT NULL,
    recorded_by_name TEXT NOT NULL,
    -- When a later entry took this one's place or took it back, and why.
    superseded_at BIGINT,
    superseded_reason TEXT
);
CREATE INDEX milestones_by_project ON milestones (project_id, kind, id);
CREATE INDEX milestones_by_kind ON milestones (kind, effective_on, recorded_at, superseded_at, project_id);

-- Who may be named in public, since when.
CREATE TABLE name_clearances (
    id BIGINT NOT NULL PRIMARY KEY,
    project_id BIGINT NOT NULL REFERENCES projects (id),
    cleared_on DATE NOT NULL,
    source TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    withdrawn_on DATE
);
CREATE INDEX name_clearances_by_project ON name_clearances (project_id, id);

CREATE VIEW projects_project_brief AS
SELECT id, reference, enterprise_id, title, stage, status, tier, team_id, owner_id, nature, hq_kind, created_at,
       retired_at
FROM projects;
