-- Frozen tables: what was counted, by which definition, as at when, as known when, by whom. A
-- release is never changed; that another person signed it off is a row of its own.
CREATE TABLE releases (
    id BIGINT NOT NULL PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    note TEXT NOT NULL,
    -- As the address of the page carries it.
    definition TEXT NOT NULL,
    measure TEXT NOT NULL,
    metric_version BIGINT NOT NULL,
    -- The metric's name and rule as they read then, by language.
    words TEXT NOT NULL,
    -- The table with its values, its lists in force and its dates.
    body TEXT NOT NULL,
    as_at DATE NOT NULL,
    known_at BIGINT NOT NULL,
    frozen_by BIGINT,
    frozen_by_name TEXT NOT NULL,
    frozen_at BIGINT NOT NULL
);
CREATE INDEX releases_by_time ON releases (frozen_at, id);

CREATE TABLE release_signatures (
    release_id BIGINT NOT NULL PRIMARY KEY REFERENCES releases (id),
    signed_by BIGINT NOT NULL,
    signed_by_name TEXT NOT NULL,
    signed_at BIGINT NOT NULL,
    note TEXT NOT NULL
);
