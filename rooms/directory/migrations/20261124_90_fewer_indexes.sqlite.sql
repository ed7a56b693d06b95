-- One index answers for origins: in the order of the list, decided within the index itself. Each index
-- ordered by name costs an import a page a row, so kinds, of which there are two, have none.
DROP INDEX enterprises_by_origin;
DROP INDEX enterprises_by_origin_name;
DROP INDEX enterprises_by_origin_and_kind;
DROP INDEX enterprises_by_kind;
DROP INDEX enterprises_by_survivor;
CREATE INDEX enterprises_by_origin ON enterprises
    (COALESCE(reporting_origin, ''), name_key, id, kind, tier, merged_into, retired_at, team_id, owner_id);
