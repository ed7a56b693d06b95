-- The ledger: what was pledged, revised, realised and withdrawn. Append-only; a slip is reversed by
-- a row of its own.
CREATE TABLE ledger_entries (
    id BIGINT NOT NULL PRIMARY KEY,
    project_id BIGINT NOT NULL REFERENCES projects (id),
    measure TEXT NOT NULL CHECK (measure IN ('investment', 'jobs_rd', 'jobs_management', 'jobs_other',
                                             'jobs_unspecified', 'floor_area')),
    kind TEXT NOT NULL CHECK (kind IN ('pledged', 'revised', 'realised', 'withdrawn')),
    -- As entered, in the smallest steps of its unit. A revision and a reversal may be negative.
    amount BIGINT NOT NULL,
    unit TEXT NOT NULL,
    -- What totals add: money in the office's currency, floor area in hundredths of a square foot,
    -- jobs as they are; withdrawals with a minus.
    base_amount BIGINT NOT NULL,
    -- For money of another currency: units of the office's currency for one, in millionths.
    rate BIGINT,
    rate_source TEXT,
    basis TEXT NOT NULL,
    period_from DATE,
    period_to DATE,
    effective_on DATE NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by BIGINT,
    recorded_by_name TEXT NOT NULL,
    evidence TEXT,
    note TEXT,
    -- The entry that this one takes back.
    reverses_id BIGINT REFERENCES ledger_entries (id)
);
CREATE INDEX ledger_entries_by_project ON ledger_entries (project_id, effective_on, id);
CREATE INDEX ledger_entries_by_measure ON ledger_entries (measure, kind, effective_on, recorded_at, project_id, base_amount);
CREATE UNIQUE INDEX ledger_entries_reversed_once ON ledger_entries (reverses_id);
