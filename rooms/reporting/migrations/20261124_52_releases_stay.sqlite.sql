CREATE TRIGGER releases_no_update BEFORE UPDATE ON releases
BEGIN SELECT RAISE(ABORT, 'a release is never changed'); END;
CREATE TRIGGER releases_no_delete BEFORE DELETE ON releases
BEGIN SELECT RAISE(ABORT, 'a release is never changed'); END;
CREATE TRIGGER release_signatures_no_update BEFORE UPDATE ON release_signatures
BEGIN SELECT RAISE(ABORT, 'a release is never changed'); END;
CREATE TRIGGER release_signatures_no_delete BEFORE DELETE ON release_signatures
BEGIN SELECT RAISE(ABORT, 'a release is never changed'); END;
