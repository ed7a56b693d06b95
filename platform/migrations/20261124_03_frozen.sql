CREATE TABLE frozen (
    subject_kind TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    release TEXT NOT NULL,
    PRIMARY KEY (subject_kind, subject_id, release)
);
