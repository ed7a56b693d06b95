-- What a measure adds up to for each project, read in the order it is grouped in.
CREATE INDEX ledger_entries_by_measure_and_project
    ON ledger_entries (measure, project_id, kind, effective_on, recorded_at, base_amount);
