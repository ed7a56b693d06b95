CREATE FUNCTION release_is_never_changed() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'a release is never changed'; END $$;
CREATE TRIGGER releases_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON releases
FOR EACH STATEMENT EXECUTE FUNCTION release_is_never_changed();
CREATE TRIGGER release_signatures_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON release_signatures
FOR EACH STATEMENT EXECUTE FUNCTION release_is_never_changed();
