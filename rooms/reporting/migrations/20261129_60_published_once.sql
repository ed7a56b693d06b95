-- What a figure says of which day by which source, as a digest: of those that stand each is kept once,
-- also when two are sent at the same moment. None for what was kept before this was asked.
ALTER TABLE published_figures ADD COLUMN claim TEXT;
CREATE UNIQUE INDEX published_figures_by_claim ON published_figures (claim) WHERE superseded_at IS NULL;
