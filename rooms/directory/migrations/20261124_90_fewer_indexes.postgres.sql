-- Each index ordered by name costs an import a page a row, so kinds, of which there are two, have none.
-- PostgreSQL answers from an index alone only for plain columns: origins keep one for their order and
-- one to count by.
DROP INDEX enterprises_by_origin;
DROP INDEX enterprises_by_kind;
DROP INDEX enterprises_by_survivor;
