-- Each order of the list of projects stands in one index, the key last, and so does each filter that
-- leaves many rows together with the order people use. The stages stand in their own order.
CREATE INDEX projects_by_stage_order ON projects (
    (CASE stage WHEN 'identified' THEN 0 WHEN 'contacted' THEN 1 WHEN 'engaged' THEN 2 WHEN 'proposal_received' THEN 3
                WHEN 'negotiating' THEN 4 WHEN 'agreed' THEN 5 WHEN 'landed' THEN 6 ELSE 7 END), updated_at, id);
CREATE INDEX projects_by_status ON projects (status, updated_at, id);
CREATE INDEX projects_by_nature ON projects (COALESCE(nature, ''), updated_at, id);
CREATE INDEX projects_by_tier ON projects (tier, updated_at, id);
CREATE INDEX projects_by_team ON projects (team_id, updated_at, id);
CREATE INDEX projects_retired ON projects (updated_at, id) WHERE retired_at IS NOT NULL;
