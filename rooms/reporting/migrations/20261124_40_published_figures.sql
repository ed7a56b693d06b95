-- Figures as published, by whomever: never overwritten, superseded by a later row.
CREATE TABLE published_figures (
    id BIGINT NOT NULL PRIMARY KEY,
    as_at DATE NOT NULL,
    metric TEXT NOT NULL,
    -- In thousandths of the unit, since sources print decimals.
    value BIGINT NOT NULL,
    unit TEXT NOT NULL,
    comparator TEXT NOT NULL CHECK (comparator IN
        ('exactly', 'about', 'over', 'nearly', 'at_least', 'range_low', 'range_high')),
    basis TEXT NOT NULL,
    scope TEXT NOT NULL,
    denominator TEXT NOT NULL,
    body TEXT NOT NULL,
    source TEXT NOT NULL,
    note TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    superseded_at BIGINT
);
CREATE INDEX published_figures_by_day ON published_figures (as_at, id);
CREATE INDEX published_figures_by_metric ON published_figures (metric, as_at, id);
