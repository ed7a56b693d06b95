-- What each passage rested on when it was made, kept as it then was: what is taken back later
-- leaves the passage, and the record can say that it no longer bears it out.
CREATE TABLE gate_passage_grounds (
    id BIGINT NOT NULL PRIMARY KEY,
    passage_id BIGINT NOT NULL REFERENCES gate_passages (id),
    project_id BIGINT NOT NULL REFERENCES projects (id),
    -- The stage whose gate asked, and its place in the order.
    stage TEXT NOT NULL,
    place BIGINT NOT NULL,
    -- The fact asked for; several with | between, where one of them would do.
    needed TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('milestone', 'paper', 'pledge', 'field')),
    -- The kind of milestone or paper, the measure pledged, or the field.
    what TEXT NOT NULL,
    record_id BIGINT,
    held_on DATE,
    words TEXT,
    amount BIGINT
);
CREATE INDEX gate_passage_grounds_by_project ON gate_passage_grounds (project_id, place, id);
CREATE INDEX gate_passage_grounds_by_passage ON gate_passage_grounds (passage_id);
