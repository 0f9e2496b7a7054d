"""Splink on the clear text of the same people, for benchmarks/linkage.py; needs splink 5.

Its comparisons are its own library's for the same eight fields, its blocking rules
stand for the same keys as ehrkit's, u comes from random pairs, m from EM in two
blocks, the prior from deterministic rules at an assumed recall of .7 (its tutorial's
figure); then the same greedy one-to-one step at p >= .5, and at
higher cuts, of which the benchmark may pick the best with the truth.
"""

from __future__ import annotations

import logging

import numpy as np
import pandas as pd
import pyarrow as pa
import splink.comparison_library as cl
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI

from ehrkit.core.keys import ProjectKey
from ehrkit.linkage.assignment import greedy
from ehrkit.linkage.fields import FIELDS
from ehrkit.linkage.sides import Pairs, Sides
from ehrkit.linkage.text import soundex

YEAR, DAY = "substr(birth_date, 1, 4)", "substr(birth_date, 6)"
BLOCKS = [
    block_on("last_name", YEAR), block_on("first_name", DAY),
    block_on("birth_date", "last_soundex"), block_on("birth_date", "first_soundex"),
    block_on("birth_date", "sex", "substr(first_name, 1, 1)"),
    block_on("first_soundex", "last_soundex"), block_on("last_soundex", "zip"),
    block_on("first_soundex", YEAR, "zip"), block_on("zip", DAY),
    block_on("address", "substr(first_name, 1, 1)"), block_on("phone"), block_on("email"),
]  # fmt: skip


# Match weights (log2 odds); 0 is p >= .5.
CUTS = (0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30)


def splink_links(left: pa.Table, right: pa.Table, sides: Sides, key: ProjectKey) -> list[Pairs]:
    """Return splink's links at each of the CUTS, as rows of the encoded sides."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    api = DuckDBAPI()
    tables = [api.register(_normal(table, name)) for table, name in
              ((left, "patient"), (right, "member"))]  # fmt: skip
    linker = Linker(tables, _settings(), log_level=40)
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [
            block_on("first_name", "last_name", "birth_date"),
            block_on("email"),
            block_on("phone", "first_name"),
        ],
        recall=0.7,
    )
    training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    for rule in (block_on("birth_date"), block_on("first_name", "last_name")):
        training.estimate_parameters_using_expectation_maximisation(rule)
    found = linker.inference.predict(threshold_match_probability=0.5).as_pandas_dataframe()
    pairs = pa.table({"patient": found["unique_id_l"], "member": found["unique_id_r"]})
    if not str(found["unique_id_l"].iloc[0]).startswith("L"):
        pairs = pairs.rename_columns(["member", "patient"])
    rows = []
    for name in ("patient", "member"):
        place = _places(sorted(set(pairs[name].to_pylist())), name, sides, key)
        rows.append(np.array([place[i] for i in pairs[name].to_pylist()], np.int64))
    located, weights = Pairs(rows[0], rows[1]), found["match_weight"].to_numpy()
    return [located.take(greedy(located, weights, at_least=least)) for least in CUTS]


def _places(ids: list[str], name: str, sides: Sides, key: ProjectKey) -> dict[str, int]:
    from ehrkit.linkage.tokens import refs

    side = sides.left_refs if name == "patient" else sides.right_refs
    where = {ref: place for place, ref in enumerate(side.to_pylist())}
    return {i: where[ref] for i, ref in zip(ids, refs(key, name, ids), strict=True)}


def _normal(table: pa.Table, id_column: str) -> pd.DataFrame:
    """Give splink the same normal forms that the tokens are made of."""
    frame = table.to_pandas().rename(columns={id_column: "unique_id"})
    for name, known in FIELDS.items():
        frame[name] = [known.normalise(v) if isinstance(v, str) else None for v in frame[name]]
    for name in ("first", "last"):
        frame[f"{name}_soundex"] = [
            soundex(v) if isinstance(v, str) else None for v in frame[f"{name}_name"]
        ]
    return frame.astype(object).where(frame.notna(), None)


def _settings() -> SettingsCreator:
    exact = [cl.ExactMatch(name) for name in ("sex", "zip", "phone", "address")]
    return SettingsCreator(
        link_type="link_only",
        comparisons=[
            cl.ForenameSurnameComparison("first_name", "last_name"),
            cl.DateOfBirthComparison("birth_date", input_is_string=True),
            cl.EmailComparison("email"),
            *exact,
        ],
        blocking_rules_to_generate_predictions=BLOCKS,
    )
