-- The office's public holidays, as the pack dates them.
CREATE TABLE holidays (
    day DATE NOT NULL PRIMARY KEY,
    name_en TEXT NOT NULL,
    name_zh_hant TEXT NOT NULL,
    name_zh_hans TEXT NOT NULL,
    source TEXT NOT NULL
);
-- What waits for the decision of the person who brought it in.
CREATE INDEX imports_by_person ON imports (created_by, state, id);
