-- From when until when a project was retired, as it was so recorded: what is counted as known at an
-- instant leaves out those retired then, whatever became of them since.
CREATE TABLE project_retirements (
    project_id BIGINT NOT NULL REFERENCES projects (id),
    since_at BIGINT NOT NULL,
    until_at BIGINT,
    PRIMARY KEY (project_id, since_at)
);

-- Of those brought back the history tells; those still retired say so themselves.
INSERT INTO project_retirements (project_id, since_at, until_at)
SELECT p.id, r.at, MIN(b.at)
FROM audit_entries r
JOIN projects p ON p.id = r.subject_id
JOIN audit_entries b ON b.subject_kind = 'project' AND b.subject_id = r.subject_id
 AND b.verb = 'project.restored' AND b.id > r.id
WHERE r.verb = 'project.retired' AND r.subject_kind = 'project' AND (p.retired_at IS NULL OR p.retired_at > r.at)
GROUP BY p.id, r.at;

INSERT INTO project_retirements (project_id, since_at, until_at)
SELECT id, retired_at, NULL FROM projects WHERE retired_at IS NOT NULL
ON CONFLICT (project_id, since_at) DO UPDATE SET until_at = NULL;
