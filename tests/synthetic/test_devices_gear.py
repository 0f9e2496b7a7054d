"""Devices and who holds them: loans, models, the last sync; read from the answer key by SQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import numpy as np
import pytest

from ehrkit.synthetic.care.truth import make_truth
from ehrkit.synthetic.devices.wearers import choose_wearers
from ehrkit.synthetic.generate import generate
from ehrkit.synthetic.spec import Spec
from ehrkit.synthetic.streams import Streams


@dataclass(frozen=True)
class Study:
    """A large study as it was written."""

    folder: Path
    users: dict[str, int]
    key: duckdb.DuckDBPyConnection


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Study]:
    folder = tmp_path_factory.mktemp("gear") / "site"
    spec = Spec(8000, 14, notes=False, device_users=4000, spine_opt_in=0.7, other_opt_in=0.1)
    made = generate(folder, spec)
    with duckdb.connect() as connection:
        for path in (folder / "truth").glob("*.parquet"):
            connection.execute(f"CREATE VIEW {path.stem} AS FROM '{path}'")
        yield Study(folder, made.users, connection)


def test_loans_go_to_those_who_enrolled_and_wear_on(study: Study) -> None:
    rows = study.key.execute(
        """SELECT loan.device_user_id, loan.observed_from, loan.observed_to, own.enrolled_on,
                  min(day.date) FILTER (day.reason = 'stopped') AS stopped,
                  count(*) FILTER (day.date > loan.observed_to AND day.worn_minutes > 0) AS worn
           FROM wearers loan JOIN wearers own ON own.device_user_id = loan.loaned_to_user
           JOIN wear_days day ON day.device_user_id = own.device_user_id GROUP BY ALL"""
    ).fetchall()
    assert len(rows) > 15
    for user, first, last, enrolled, stopped, worn_later in rows:
        assert enrolled <= first, user
        assert stopped is None or stopped > last, user
        assert worn_later > 0, user


def test_nobody_gets_a_device_after_having_stopped(study: Study) -> None:
    ((stopped, late),) = study.key.execute(
        """WITH stops AS (SELECT device_user_id, min(date) AS stopped FROM wear_days
                          WHERE reason = 'stopped' GROUP BY 1)
           SELECT count(DISTINCT device_user_id), count(*) FILTER (first_day >= stopped)
           FROM stops JOIN devices USING (device_user_id)"""
    ).fetchall()
    assert stopped > 100
    assert late == 0


def test_nobody_consents_after_death() -> None:
    """All who are operated on die ten days later: who was to enrol after that cannot."""
    truth = make_truth(Spec(4000, 5, notes=False, spine_opt_in=0.9, device_users=4000), Streams(5))
    death, surgeries = truth.people.death.copy(), truth.surgeries
    death[surgeries.person[::-1]] = surgeries.date[::-1] + np.timedelta64(10, "D")
    mortal = replace(truth, people=replace(truth.people, death=death))
    wearers, *_ = choose_wearers(mortal, Streams(5))
    patients = wearers.take(wearers.surgery >= 0)
    assert len(patients) > 200
    assert (patients.enrolled < death[patients.person]).all()
    assert (wearers.enrolled <= wearers.last_day).all()
