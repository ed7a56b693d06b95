-- The audit is only ever added to; the database itself refuses anything else.
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$;
CREATE TRIGGER audit_entries_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
-- Sorted and searched by code point on both databases: a text of this kind never follows the
-- server's locale.
CREATE DOMAIN folded_text AS TEXT COLLATE "C";
