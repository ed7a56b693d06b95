-- One enterprise to another. A customer is a supplier seen from the other side, so it is kept once.
-- Partners and competitors are so to each other, kept from whichever was written down first.
CREATE TABLE enterprise_relations (
    id BIGINT NOT NULL PRIMARY KEY,
    from_id BIGINT NOT NULL REFERENCES enterprises (id),
    to_id BIGINT NOT NULL REFERENCES enterprises (id),
    kind TEXT NOT NULL CHECK (kind IN ('supplier', 'partner', 'competitor', 'investor')),
    -- Of an investor, in hundredths of a percent.
    share BIGINT CHECK (share BETWEEN 0 AND 10000),
    source TEXT NOT NULL CHECK (source <> ''),
    valid_from DATE,
    valid_to DATE,
    version BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    withdrawn_at BIGINT,
    withdrawn_reason TEXT,
    CHECK (from_id <> to_id)
);
CREATE INDEX enterprise_relations_from ON enterprise_relations (from_id, id);
CREATE INDEX enterprise_relations_to ON enterprise_relations (to_id, id);
CREATE UNIQUE INDEX enterprise_relations_held ON enterprise_relations (from_id, to_id, kind)
    WHERE valid_to IS NULL AND withdrawn_at IS NULL;

CREATE VIEW directory_enterprise_relation AS
SELECT r.id, r.from_id, f.survivor_id AS from_survivor_id, r.to_id, t.survivor_id AS to_survivor_id, r.kind, r.share,
       r.valid_from, r.valid_to, r.recorded_at, r.withdrawn_at
FROM enterprise_relations r JOIN enterprises f ON f.id = r.from_id JOIN enterprises t ON t.id = r.to_id;
