-- Runs of criteria over the universe. What was found is kept as it was found.
CREATE TABLE screenings (
    id BIGINT NOT NULL PRIMARY KEY,
    set_id BIGINT NOT NULL REFERENCES criteria_sets (id),
    number BIGINT NOT NULL,
    name TEXT NOT NULL,
    top BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
    done BIGINT NOT NULL,
    expected BIGINT NOT NULL,
    snapshot TEXT NOT NULL,
    universe_as_at DATE,
    companies BIGINT NOT NULL,
    ranked BIGINT NOT NULL,
    -- JSON: the universe's sources, how often each fact is known, counts, and the chain's tables.
    about TEXT NOT NULL,
    known TEXT NOT NULL,
    facets TEXT NOT NULL,
    context TEXT NOT NULL,
    failure TEXT NOT NULL,
    made_by BIGINT,
    made_by_name TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    finished_at BIGINT,
    version BIGINT NOT NULL,
    retired_at BIGINT,
    retired_reason TEXT
);
CREATE INDEX screenings_by_criteria ON screenings (set_id, id);

CREATE TABLE screening_rows (
    screening_id BIGINT NOT NULL REFERENCES screenings (id),
    rank BIGINT NOT NULL,
    company_id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key FOLDED_TEXT NOT NULL,
    country TEXT NOT NULL,
    industry TEXT NOT NULL,
    listing TEXT NOT NULL,
    chain TEXT NOT NULL,
    total BIGINT NOT NULL,
    best BIGINT NOT NULL,
    worst BIGINT NOT NULL,
    -- JSON: the company, the reasons, how firm.
    body TEXT NOT NULL,
    PRIMARY KEY (screening_id, rank)
);
CREATE UNIQUE INDEX screening_rows_by_company ON screening_rows (screening_id, company_id);

-- Which enterprise of the register a company of the universe is.
CREATE TABLE company_links (
    company_id TEXT NOT NULL,
    enterprise_id BIGINT NOT NULL REFERENCES enterprises (id),
    how TEXT NOT NULL CHECK (how IN ('identifier', 'name', 'person', 'made')),
    linked_at BIGINT NOT NULL,
    PRIMARY KEY (company_id)
);
CREATE INDEX company_links_by_enterprise ON company_links (enterprise_id, company_id);
