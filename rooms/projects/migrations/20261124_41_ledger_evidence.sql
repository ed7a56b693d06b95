-- The recorded paper that shows an entry, beside the words about it.
ALTER TABLE ledger_entries ADD COLUMN evidence_id BIGINT;
