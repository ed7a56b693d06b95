-- Two administrators on one team or body: the later is told what the earlier wrote.
ALTER TABLE teams ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE bodies ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
