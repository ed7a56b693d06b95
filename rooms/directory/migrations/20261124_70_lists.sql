-- Each order of the list of enterprises stands in one index, the key last, and so does each filter
-- that leaves many rows together with the orders people use.
CREATE INDEX enterprises_by_origin_name ON enterprises (COALESCE(reporting_origin, ''), name_key, id);
CREATE INDEX enterprises_by_origin_update ON enterprises (reporting_origin, updated_at, id);
CREATE INDEX enterprises_by_kind ON enterprises (kind, name_key, id);
CREATE INDEX enterprises_by_tier ON enterprises (tier, name_key, id);
CREATE INDEX enterprises_by_team ON enterprises (team_id, name_key, id);
CREATE INDEX enterprises_by_team_update ON enterprises (team_id, updated_at, id);
CREATE INDEX enterprises_by_owner_update ON enterprises (owner_id, updated_at, id);
-- Retired records are few beside the others.
CREATE INDEX enterprises_retired ON enterprises (name_key, id) WHERE retired_at IS NOT NULL;

-- Names by where a search may begin in them, for lists of other rooms.
CREATE VIEW directory_enterprise_name_key AS SELECT key, enterprise_id FROM enterprise_name_keys;
