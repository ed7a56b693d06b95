-- The folded label finds whole labels too.
DROP INDEX audit_entries_by_label;
