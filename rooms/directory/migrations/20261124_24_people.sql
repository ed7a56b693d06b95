-- Posts, ways of contact and consents are several and have their days, so each is a table.
CREATE TABLE person_posts (
    id BIGINT NOT NULL PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES people (id),
    enterprise_id BIGINT NOT NULL REFERENCES enterprises (id),
    title TEXT NOT NULL,
    valid_from DATE,
    valid_to DATE,
    version BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    withdrawn_at BIGINT,
    withdrawn_reason TEXT
);
CREATE INDEX person_posts_by_person ON person_posts (person_id, id);
CREATE INDEX person_posts_by_enterprise ON person_posts (enterprise_id, id);

CREATE TABLE person_contacts (
    id BIGINT NOT NULL PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES people (id),
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    version BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    withdrawn_at BIGINT,
    withdrawn_reason TEXT
);
CREATE INDEX person_contacts_by_person ON person_contacts (person_id, id);

CREATE TABLE person_consents (
    id BIGINT NOT NULL PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES people (id),
    given_on DATE NOT NULL,
    how TEXT NOT NULL,
    purpose TEXT NOT NULL,
    withdrawn_on DATE,
    withdrawn_how TEXT,
    version BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL
);
CREATE INDEX person_consents_by_person ON person_consents (person_id, id);

-- Where a search may begin in any name of a person; see platform::search.
CREATE TABLE person_name_keys (
    key FOLDED_TEXT NOT NULL,
    person_id BIGINT NOT NULL,
    PRIMARY KEY (key, person_id)
);

INSERT INTO person_posts (id, person_id, enterprise_id, title, version, recorded_at)
SELECT id, id, enterprise_id, post, 1, created_at FROM people WHERE post IS NOT NULL;
INSERT INTO person_contacts (id, person_id, kind, value, version, recorded_at)
SELECT id, id, 'email', email, 1, created_at FROM people WHERE email IS NOT NULL;
-- A key that no other row of this table has.
INSERT INTO person_contacts (id, person_id, kind, value, version, recorded_at)
SELECT -id, id, 'telephone', telephone, 1, created_at FROM people WHERE telephone IS NOT NULL;
INSERT INTO person_consents (id, person_id, given_on, how, purpose, version, recorded_at)
SELECT id, id, consent_on, COALESCE(consent_how, ''), '', 1, created_at FROM people WHERE consent_on IS NOT NULL;
INSERT INTO person_name_keys (key, person_id) SELECT name_key, id FROM people;

DROP VIEW directory_person_brief;
ALTER TABLE people DROP COLUMN post;
ALTER TABLE people DROP COLUMN email;
ALTER TABLE people DROP COLUMN telephone;
ALTER TABLE people DROP COLUMN consent_on;
ALTER TABLE people DROP COLUMN consent_how;
ALTER TABLE people ADD COLUMN second_key FOLDED_TEXT;

CREATE VIEW directory_person_brief AS
SELECT id, enterprise_id, name, second_name, name_key, retired_at FROM people;
