"""The yardstick of screening: DuckDB on the same Parquet, by SQL written from the same plan.

duckdb_screen.py UNIVERSE PLAN.json [RESULT.json]

Ranks by total and id, gives the top rows with points and the fact, day and source behind each, counts facets and how often each
fact is known. Prints the seconds and peak memory of three runs; with a result of ours, says whether both agree.
"""
import json
import resource
import sys
import time

import duckdb

folder, plan_place = sys.argv[1], sys.argv[2]
plan = json.load(open(plan_place))
catalogue = json.load(open(f"{folder}/catalogue.json"))
files = [f"{folder}/data/{part['file']}" for part in catalogue["parts"]]


def text(code):
    return "'" + code.replace("'", "''") + "'"


def points(step):
    column, missing = step["column"], step["missing"]
    if missing is None:
        missing = "NULL"
    (kind, shape), = step["shape"].items()
    if kind == "steps":
        body = "".join(f" WHEN {column} >= {at} THEN {given}" for at, given in reversed(shape["rows"]))
        body += f" ELSE {shape['below']}"
    elif kind == "lines":
        rows = shape["rows"]
        body = f" WHEN {column} < {rows[0][0]} THEN {rows[0][1]}"
        for (x0, y0), (x1, y1) in zip(rows, rows[1:]):
            body += f" WHEN {column} < {x1} THEN {y0} + ({column} - {x0}) * ({y1 - y0}) // {x1 - x0}"
        body += f" ELSE {rows[-1][1]}"
    else:
        codes = sorted(shape["points"].items(), key=lambda item: -len(item[0]))
        if shape["by_beginning"]:
            body = "".join(f" WHEN starts_with({column}, {text(code)}) THEN {given}" for code, given in codes)
        else:
            body = "".join(f" WHEN {column} = {text(code)} THEN {given}" for code, given in codes)
        body += f" ELSE {shape['otherwise']}"
    return f"CASE WHEN {column} IS NULL THEN {missing}{body} END"


def condition(asked):
    column, parts = asked["measure"], []
    if asked.get("at_least") is not None:
        parts.append(f"{column} >= {asked['at_least']}")
    if asked.get("at_most") is not None:
        parts.append(f"{column} <= {asked['at_most']}")
    if asked.get("one_of"):
        parts.append(f"{column} IN ({', '.join(map(text, asked['one_of']))})")
    if asked.get("none_of"):
        parts.append(f"{column} NOT IN ({', '.join(map(text, asked['none_of']))})")
    held = " AND ".join(parts) or f"{column} IS NOT NULL"
    return f"({held} OR {column} IS NULL)" if asked.get("keep_missing") else f"({held})"


steps = plan["steps"]
where = " AND ".join(map(condition, plan["conditions"])) or "true"
total = " + ".join(f"{step['weight']} * ({points(step)})" for step in steps)
each = ", ".join(f"{points(step)} AS p{at}" for at, step in enumerate(steps))
facts = ", ".join(f"{s['column']}, {s['column']}_as_at, {s['column']}_source" for s in {s["column"]: s for s in steps}.values())
best = f"SELECT id, {total} AS total FROM companies WHERE {where} ORDER BY total DESC, id LIMIT {plan['top']}"
# The few that are shown are looked up by id, so that their many columns aren't read for all.
top = (
    f"WITH best AS MATERIALIZED ({best}) "
    f"SELECT id, total, lei, name, {each}, {facts} FROM companies JOIN best USING (id) ORDER BY total DESC, id"
)
known = ", ".join(f"count({step['column']})" for step in steps)
facets = (
    f"SELECT country, industry, listing, chain, GROUPING(country, industry, listing, chain) AS which, count(*) AS n, {known} FROM "
    f"(SELECT * REPLACE (left(industry, 2) AS industry) FROM companies WHERE {where}) "
    "GROUP BY GROUPING SETS ((country), (industry), (listing), (chain), ())"
)

database = duckdb.connect()
database.execute("SET threads = 2")
database.execute(f"CREATE VIEW companies AS SELECT * FROM read_parquet({files!r})")
for _ in range(3):
    start = time.time()
    rows = database.execute(top).fetchall()
    between = time.time()
    counted = database.execute(facets).fetchall()
    end = time.time()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{end - start:.3f} s (top {between - start:.3f}, facets {end - between:.3f}), peak {memory:.0f} MB")

if len(sys.argv) > 3:
    ours = json.load(open(sys.argv[3]))
    letters = "0123456789abcdefghijklmnopqrstuv"

    def written(number):
        return "".join(letters[number >> 5 * at & 31] for at in reversed(range(13)))

    theirs = [(written(row[0]), row[1]) for row in rows]
    mine = [(row["company"]["id"], row["total"]) for row in ours["top"]]
    ranked = [row[5] for row in counted if row[4] == 15]
    same = theirs == mine and ranked == [ours["ranked"]]
    for bit, place, name in [(7, 0, "country"), (11, 1, "industry"), (13, 2, "listing"), (14, 3, "chain")]:
        facet = next(facet for facet in ours["facets"] if facet["measure"] == name)
        counts = {row[place]: row[5] for row in counted if row[4] == bit}
        same = same and counts.pop(None, 0) == facet["unknown"] and counts == {code: n for code, n in facet["counts"]}
    print("the same companies, totals and counts" if same else "DIFFERENT")
    sys.exit(0 if same else 1)
