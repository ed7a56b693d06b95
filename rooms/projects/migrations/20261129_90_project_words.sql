-- Where a search may begin in the title of a project, and its reference; see platform::search.
CREATE TABLE project_search_keys (
    key FOLDED_TEXT NOT NULL,
    project_id BIGINT NOT NULL,
    PRIMARY KEY (key, project_id)
);
CREATE INDEX project_search_keys_by_project ON project_search_keys (project_id);

INSERT INTO project_search_keys (key, project_id) SELECT LOWER(REPLACE(reference, '-', ' ')), id FROM projects;
-- At each word, and at each character of a script written without spaces: kana, ideographs, Hangul.
INSERT INTO project_search_keys (key, project_id)
WITH RECURSIVE places (place) AS (SELECT 1 UNION ALL SELECT place + 1 FROM places WHERE place < 200)
SELECT DISTINCT RTRIM(SUBSTR(p.title_key, places.place, 24)), p.id
FROM projects p JOIN places ON places.place <= LENGTH(p.title_key)
WHERE SUBSTR(p.title_key, places.place, 1) <> ' '
  AND (places.place = 1 OR SUBSTR(p.title_key, places.place - 1, 1) = ' '
       OR SUBSTR(p.title_key, places.place, 1) BETWEEN '぀' AND '鿿'
       OR SUBSTR(p.title_key, places.place - 1, 1) BETWEEN '぀' AND '鿿'
       OR SUBSTR(p.title_key, places.place, 1) BETWEEN '가' AND '힣')
ON CONFLICT DO NOTHING;
