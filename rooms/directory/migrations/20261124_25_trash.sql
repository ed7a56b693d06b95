-- The trash is read by the day of retirement; few records are in it.
CREATE INDEX enterprises_trash ON enterprises (retired_at, id) WHERE retired_at IS NOT NULL;
CREATE INDEX people_trash ON people (retired_at, id) WHERE retired_at IS NOT NULL;
