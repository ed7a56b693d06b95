-- Pairs that may be one enterprise, for a person to decide: computed anew by a job.
CREATE TABLE enterprise_resemblances (
    id BIGINT NOT NULL PRIMARY KEY,
    -- The two records, the lower key first.
    low_id BIGINT NOT NULL REFERENCES enterprises (id),
    high_id BIGINT NOT NULL REFERENCES enterprises (id),
    verdict TEXT NOT NULL CHECK (verdict IN ('same', 'related', 'different')),
    -- In millionths: of being the same, and of one family.
    probability BIGINT NOT NULL,
    kin BIGINT NOT NULL,
    -- What a decision teaches, in millionths of one wholly unsure pair that is like no other.
    teaches BIGINT NOT NULL,
    -- How many pairs agree in the same fields at the same levels.
    alike BIGINT NOT NULL,
    -- The waterfall as JSON: bits before, and reasons.
    waterfall TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'later', 'decided')),
    found_at BIGINT NOT NULL,
    UNIQUE (low_id, high_id)
);
CREATE INDEX enterprise_resemblances_by_teaching ON enterprise_resemblances (state, teaches, id);
CREATE INDEX enterprise_resemblances_by_probability ON enterprise_resemblances (state, probability, id);

-- What people decided of two records. A decision is superseded by another or taken back, never overwritten.
CREATE TABLE enterprise_resemblance_decisions (
    id BIGINT NOT NULL PRIMARY KEY,
    low_id BIGINT NOT NULL REFERENCES enterprises (id),
    high_id BIGINT NOT NULL REFERENCES enterprises (id),
    verdict TEXT NOT NULL CHECK (verdict IN ('same', 'related', 'different')),
    note TEXT,
    decided_by BIGINT,
    decided_at BIGINT NOT NULL,
    superseded_at BIGINT,
    superseded_by BIGINT
);
CREATE UNIQUE INDEX enterprise_resemblance_decisions_standing ON enterprise_resemblance_decisions (low_id, high_id)
    WHERE superseded_at IS NULL;
CREATE INDEX enterprise_resemblance_decisions_by_high ON enterprise_resemblance_decisions (high_id, low_id);
CREATE INDEX enterprise_resemblance_decisions_by_low ON enterprise_resemblance_decisions (low_id, high_id);

-- Models learnt from decisions, as text that people can read. Where none is in use, the one delivered is.
CREATE TABLE enterprise_resemblance_models (
    id BIGINT NOT NULL PRIMARY KEY,
    model TEXT NOT NULL,
    records BIGINT NOT NULL,
    pairs BIGINT NOT NULL,
    decisions BIGINT NOT NULL,
    made_by BIGINT,
    made_at BIGINT NOT NULL,
    in_use BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX enterprise_resemblance_model_in_use ON enterprise_resemblance_models (in_use) WHERE in_use;
