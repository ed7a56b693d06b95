-- Attraction batches and signing ceremonies: a dated list that milestones name by its code.
CREATE TABLE batches (
    id BIGINT NOT NULL PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('attraction', 'ceremony')),
    held_on DATE NOT NULL,
    name_en TEXT NOT NULL,
    name_zh_hant TEXT NOT NULL,
    name_zh_hans TEXT NOT NULL,
    source TEXT NOT NULL,
    version BIGINT NOT NULL,
    retired_at BIGINT,
    retired_reason TEXT
);
CREATE INDEX batches_by_day ON batches (held_on, id);
CREATE INDEX milestones_by_batch ON milestones (batch, kind, project_id);
