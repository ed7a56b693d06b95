-- Few entries carry a reason; a search in reasons looks through those alone.
CREATE INDEX audit_entries_noted ON audit_entries (id) WHERE note IS NOT NULL;
