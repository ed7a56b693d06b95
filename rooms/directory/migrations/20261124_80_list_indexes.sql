-- A list by origin and kind in the order of names, decided row by row within the index itself; an
-- industry looked up without the row it stands in.
CREATE INDEX enterprises_by_origin_and_kind ON enterprises
    (reporting_origin, kind, name_key, id, tier, retired_at, merged_into, team_id, owner_id);
DROP INDEX enterprise_industries_by_industry;
CREATE INDEX enterprise_industries_by_industry ON enterprise_industries
    (industry, enterprise_id, valid_to, superseded_at);
