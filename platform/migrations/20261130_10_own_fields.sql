-- Fields that the office adds by itself, and what records say in them, found by value.
CREATE TABLE own_fields (
    id BIGINT NOT NULL PRIMARY KEY,
    subject TEXT NOT NULL CHECK (subject IN ('enterprise', 'person', 'project')),
    code TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('text', 'number', 'day', 'choice', 'yes_no')),
    label_en TEXT NOT NULL,
    label_zh_hant TEXT NOT NULL,
    label_zh_hans TEXT NOT NULL,
    note TEXT NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    see_role TEXT NOT NULL,
    edit_role TEXT NOT NULL,
    personal BOOLEAN NOT NULL,
    filterable BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    retired_at BIGINT,
    retired_reason TEXT,
    UNIQUE (subject, code)
);
CREATE TABLE own_values (
    subject TEXT NOT NULL,
    code TEXT NOT NULL,
    value FOLDED_TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    PRIMARY KEY (subject, code, value, subject_id)
);
CREATE INDEX own_values_of ON own_values (subject_id);
