-- The industries that hold, as ',a,b,': a list by industry, origin and kind is decided within one index and
-- reads no row it doesn't show. enterprise_industries stays what they are; `oases check` holds the two together.
ALTER TABLE enterprises ADD COLUMN industries TEXT NOT NULL DEFAULT '';
UPDATE enterprises SET industries = (
    SELECT ',' || string_agg(i.industry, ',') || ',' FROM enterprise_industries i
    WHERE i.enterprise_id = enterprises.id AND i.valid_to IS NULL AND i.superseded_at IS NULL)
WHERE id IN (SELECT enterprise_id FROM enterprise_industries WHERE valid_to IS NULL AND superseded_at IS NULL);
DROP INDEX enterprise_industries_by_industry;
DROP INDEX enterprises_by_origin_and_kind;
CREATE INDEX enterprises_by_origin_and_kind ON enterprises
    (reporting_origin, kind, name_key, id, industries, tier, retired_at, merged_into, team_id, owner_id);
