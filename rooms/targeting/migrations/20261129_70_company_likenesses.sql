-- A company is linked by the matcher too, and what it is not sure of is kept as that.
CREATE TABLE company_links_of_all_kinds (
    company_id TEXT NOT NULL,
    enterprise_id BIGINT NOT NULL REFERENCES enterprises (id),
    how TEXT NOT NULL CHECK (how IN ('identifier', 'name', 'matcher', 'unsure', 'person', 'made')),
    linked_at BIGINT NOT NULL,
    PRIMARY KEY (company_id)
);
INSERT INTO company_links_of_all_kinds (company_id, enterprise_id, how, linked_at)
SELECT company_id, enterprise_id, how, linked_at FROM company_links;
DROP TABLE company_links;
ALTER TABLE company_links_of_all_kinds RENAME TO company_links;
CREATE INDEX company_links_by_enterprise ON company_links (enterprise_id, company_id);
