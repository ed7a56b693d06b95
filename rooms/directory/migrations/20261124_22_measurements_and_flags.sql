-- How large an enterprise is, by year and source. A correction supersedes; nothing is overwritten.
CREATE TABLE enterprise_measurements (
    id BIGINT NOT NULL PRIMARY KEY,
    enterprise_id BIGINT NOT NULL REFERENCES enterprises (id),
    measure TEXT NOT NULL CHECK (measure IN ('headcount', 'revenue', 'rd_spend')),
    year BIGINT NOT NULL,
    -- In the smallest steps of the unit: people, or minor units of a currency.
    amount BIGINT NOT NULL CHECK (amount >= 0),
    unit TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source <> ''),
    version BIGINT NOT NULL,
    corrects_id BIGINT REFERENCES enterprise_measurements (id),
    reason TEXT,
    recorded_at BIGINT NOT NULL,
    superseded_at BIGINT
);
CREATE INDEX enterprise_measurements_by_enterprise ON enterprise_measurements (enterprise_id, measure, year, id);
CREATE UNIQUE INDEX enterprise_measurements_held ON enterprise_measurements (enterprise_id, measure, year)
    WHERE superseded_at IS NULL;

-- What is said of an enterprise by a list or a register, with source and validity.
CREATE TABLE enterprise_flags (
    id BIGINT NOT NULL PRIMARY KEY,
    enterprise_id BIGINT NOT NULL REFERENCES enterprises (id),
    flag TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source <> ''),
    valid_from DATE NOT NULL,
    valid_to DATE,
    version BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    withdrawn_at BIGINT,
    withdrawn_reason TEXT
);
CREATE INDEX enterprise_flags_by_enterprise ON enterprise_flags (enterprise_id, id);
CREATE INDEX enterprise_flags_by_flag ON enterprise_flags (flag, enterprise_id);
CREATE UNIQUE INDEX enterprise_flags_held ON enterprise_flags (enterprise_id, flag)
    WHERE valid_to IS NULL AND withdrawn_at IS NULL;

CREATE VIEW directory_enterprise_measurement AS
SELECT x.id, x.enterprise_id, e.survivor_id, x.measure, x.year, x.amount, x.unit, x.source, x.recorded_at, x.superseded_at
FROM enterprise_measurements x JOIN enterprises e ON e.id = x.enterprise_id;

CREATE VIEW directory_enterprise_flag AS
SELECT x.id, x.enterprise_id, e.survivor_id, x.flag, x.valid_from, x.valid_to, x.recorded_at, x.withdrawn_at
FROM enterprise_flags x JOIN enterprises e ON e.id = x.enterprise_id;
