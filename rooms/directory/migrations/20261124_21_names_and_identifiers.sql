-- Names can be corrected, ended and taken back.
ALTER TABLE enterprise_names ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE enterprise_names ADD COLUMN withdrawn_at BIGINT;
ALTER TABLE enterprise_names ADD COLUMN withdrawn_reason TEXT;

-- Identifiers have validity: a stock code that one has given up may be another's later, so only
-- those in force are unique.
CREATE TABLE enterprise_identifiers_dated (
    id BIGINT NOT NULL PRIMARY KEY,
    enterprise_id BIGINT NOT NULL REFERENCES enterprises (id),
    scheme TEXT NOT NULL CHECK (scheme IN ('lei', 'registry', 'listing')),
    register TEXT NOT NULL,
    value TEXT NOT NULL,
    valid_from DATE,
    valid_to DATE,
    version BIGINT NOT NULL DEFAULT 1,
    withdrawn_at BIGINT,
    withdrawn_reason TEXT
);
INSERT INTO enterprise_identifiers_dated (id, enterprise_id, scheme, register, value)
SELECT id, enterprise_id, scheme, register, value FROM enterprise_identifiers;
DROP TABLE enterprise_identifiers;
ALTER TABLE enterprise_identifiers_dated RENAME TO enterprise_identifiers;
CREATE INDEX enterprise_identifiers_by_enterprise ON enterprise_identifiers (enterprise_id, id);
CREATE INDEX enterprise_identifiers_by_value ON enterprise_identifiers (value, scheme);
CREATE UNIQUE INDEX enterprise_identifiers_held ON enterprise_identifiers (scheme, register, value)
    WHERE valid_to IS NULL AND withdrawn_at IS NULL;
