-- Which record stood for which, from when until when it was so recorded: what is counted as known at
-- an instant counts enterprises as they were told apart then. A record that stands for itself has no row.
CREATE TABLE enterprise_standings (
    enterprise_id BIGINT NOT NULL REFERENCES enterprises (id),
    survivor_id BIGINT NOT NULL REFERENCES enterprises (id),
    since_at BIGINT NOT NULL,
    until_at BIGINT,
    PRIMARY KEY (enterprise_id, since_at)
);
CREATE INDEX enterprise_standings_by_survivor ON enterprise_standings (survivor_id, enterprise_id);

-- What the merges so far tell: at each instant one began or ended, where each chain of them led.
INSERT INTO enterprise_standings (enterprise_id, survivor_id, since_at, until_at)
WITH RECURSIVE
times (at) AS (
    SELECT merged_at FROM enterprise_merges
    UNION
    SELECT undone_at FROM enterprise_merges WHERE undone_at IS NOT NULL
),
spans (at, next_at) AS (
    SELECT at, LEAD(at) OVER (ORDER BY at) FROM times
),
chain (enterprise_id, since_at, until_at, stands, steps) AS (
    SELECT l.loser_id, s.at, s.next_at, l.loser_id, 0
    FROM (SELECT DISTINCT loser_id FROM enterprise_merges) l CROSS JOIN spans s
    UNION ALL
    SELECT c.enterprise_id, c.since_at, c.until_at, m.into_id, c.steps + 1
    FROM chain c JOIN enterprise_merges m ON m.loser_id = c.stands AND m.merged_at <= c.since_at
     AND (m.undone_at IS NULL OR m.undone_at > c.since_at)
    WHERE c.steps < 40
)
SELECT c.enterprise_id, c.stands, c.since_at, c.until_at FROM chain c
WHERE c.stands <> c.enterprise_id AND NOT EXISTS (
    SELECT 1 FROM enterprise_merges m WHERE m.loser_id = c.stands AND m.merged_at <= c.since_at
       AND (m.undone_at IS NULL OR m.undone_at > c.since_at));

CREATE VIEW directory_enterprise_standing AS
SELECT enterprise_id, survivor_id, since_at, until_at FROM enterprise_standings;
