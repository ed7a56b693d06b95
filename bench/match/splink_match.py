"""Splink on a yardstick file, set up with care: splink_match.py RECORDS.csv CLUSTERS.csv

Names lose their legal forms and case, telephones become digits, websites domains; names are compared by Jaro-Winkler with term
frequencies, either name with either; blocking by name, its beginning, telephone, domain and number.
"""
import sys
import time

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

records, out = sys.argv[1:3]
began = time.time()
con = duckdb.connect()
con.execute("SET threads = 2")
FORM = (
    r"\b(co\.?,? ?ltd\.?|company limited|corporation limited|limited|ltd\.?|inc\.?|incorporated|llc|plc|corp\.?|corporation|gmbh"
    r"|ag|se|sas|sa|s\.a\.|group|holdings|hong kong)\b|股份有限公司|有限责任公司|有限公司|株式会社|合同会社|주식회사|\(주\)|集團|集团|控股|[().,（）]"
)
con.execute(
    f"""
    CREATE TABLE r AS SELECT
        record_id AS unique_id,
        nullif(trim(regexp_replace(lower(name), '{FORM}', ' ', 'g')), '') AS name,
        nullif(trim(regexp_replace(lower(other_name), '{FORM}', ' ', 'g')), '') AS other_name,
        country, lower(city) AS city, lower(address) AS address,
        nullif(regexp_extract(lower(website), '^(?:https?://)?(?:www\\.)?([^/]+)', 1), '') AS website,
        nullif(right(regexp_replace(telephone, '[^0-9]', '', 'g'), 8), '') AS telephone,
        registration_number, lower(industry) AS industry, try_cast(year_founded AS INTEGER) AS year
    FROM read_csv('{records}', header = true, all_varchar = true)
    """
)
api = DuckDBAPI(con)
settings = SettingsCreator(
    link_type="dedupe_only",
    comparisons=[
        cl.JaroWinklerAtThresholds("name", [0.95, 0.88, 0.8]).configure(term_frequency_adjustments=True),
        cl.JaroWinklerAtThresholds("other_name", [0.95, 0.88]).configure(term_frequency_adjustments=True),
        cl.ExactMatch("country"),
        cl.ExactMatch("city").configure(term_frequency_adjustments=True),
        cl.LevenshteinAtThresholds("address", 2),
        cl.ExactMatch("website").configure(term_frequency_adjustments=True),
        cl.ExactMatch("telephone"),
        cl.ExactMatch("registration_number"),
        cl.ExactMatch("industry"),
        cl.ExactMatch("year"),
    ],
    blocking_rules_to_generate_predictions=[
        block_on("name"), block_on("substr(name, 1, 5)", "country"), block_on("other_name"), block_on("telephone"),
        block_on("website"), block_on("registration_number"), block_on("address", "country"),
    ],
)
linker = Linker(api.register("r"), settings)
linker.training.estimate_probability_two_random_records_match(
    [block_on("registration_number"), block_on("telephone"), block_on("name", "country")], recall=0.6
)
linker.training.estimate_u_using_random_sampling(max_pairs=2e6)
linker.training.estimate_parameters_using_expectation_maximisation(block_on("name"))
linker.training.estimate_parameters_using_expectation_maximisation(block_on("telephone"))
linker.training.estimate_parameters_using_expectation_maximisation(block_on("website"))
pairs = linker.inference.predict(threshold_match_probability=0.5)
clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold_match_probability=float(sys.argv[3]) if len(sys.argv) > 3 else 0.95)
con.execute(f"COPY (SELECT unique_id AS record_id, cluster_id FROM {clusters.physical_name}) TO '{out}' (HEADER)")
print(f"{time.time() - began:.1f} s")
