"""Devices and who holds them: loans, models, the last sync; read from the answer key by SQL."""

from __future__ import annotations

import json
import zipfile
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
    spec = Spec(12_000, 14, notes=False, device_users=6000, spine_opt_in=0.7, other_opt_in=0.1)
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


def test_a_loan_measures_the_heart_of_its_wearer(study: Study) -> None:
    rows = study.key.execute(
        """WITH own AS (SELECT device_user_id, median(resting_heart_rate) AS rate
                        FROM wear_days GROUP BY 1)
           SELECT own.rate, lent.rate FROM wearers loan
           JOIN own ON own.device_user_id = loan.loaned_to_user
           JOIN own AS lent ON lent.device_user_id = loan.device_user_id
           WHERE own.rate IS NOT NULL AND lent.rate IS NOT NULL"""
    ).fetchall()
    own, lent = np.array(rows, float).T
    assert len(own) > 15
    assert np.corrcoef(own, lent)[0, 1] > 0.9
    assert np.abs(own - lent).mean() < 2.5


def test_loans_are_no_users(study: Study) -> None:
    ((users, loans),) = study.key.execute(
        "SELECT count(*) FILTER (loaned_to_user IS NULL), count(loaned_to_user) FROM wearers"
    ).fetchall()
    assert loans > 0
    assert sum(study.users.values()) == users


# The years in which the vendors announced these models (general knowledge).
ANNOUNCED = {
    "Fitbit Alta": 2016, "Fitbit Charge 2": 2016, "Fitbit Charge 5": 2021, "Pixel Watch 3": 2024,
    "Charge HR": 2015, "Charge 2": 2016, "Charge 4": 2020, "Charge 6": 2023,
    "Apple Watch": 2015, "Apple Watch Series 2": 2016, "Apple Watch Series 6": 2020,
    "Apple Watch Series 9": 2023,
}  # fmt: skip


def test_nobody_wears_a_model_before_it_was_sold(study: Study) -> None:
    rows = study.key.execute(
        "SELECT model, min(year(first_day)) FROM devices GROUP BY 1"
    ).fetchall()
    assert len(rows) >= 9
    for model, year in rows:
        assert year > ANNOUNCED[model], model
    ((pairs, same),) = study.key.execute(
        """SELECT count(*), count(*) FILTER (a.model = b.model)
           FROM devices a JOIN devices b USING (device_user_id) WHERE a.first_day < b.first_day"""
    ).fetchall()
    assert pairs > 50
    assert same == 0


def test_the_last_sync_comes_after_the_wear_of_its_day(study: Study) -> None:
    """A day partly worn begins at 07:30, so that the last of n worn minutes is n after that."""
    rows = study.key.execute(
        """SELECT device_user_id, date::TEXT, reason, worn_minutes FROM (
             FROM wear_days JOIN wearers USING (device_user_id)
             WHERE wearers.vendor = 'fitbit' AND moved_on IS NULL AND worn_minutes > 0
             QUALIFY row_number() OVER (PARTITION BY device_user_id ORDER BY date DESC) = 1)
           WHERE day_minutes = 1440 AND reason IN ('partly', 'last-sync')"""
    ).fetchall()
    seen = set()
    for user, day, reason, worn in rows:
        with zipfile.ZipFile(study.folder / "wearables" / "fitbit" / f"{user}.zip") as archive:
            syncs = [row["lastSyncTime"] for row in json.loads(archive.read("devices.json"))]
        minute = worn + (450 if reason == "partly" else 0)
        assert f"{day}T{minute // 60:02d}:{minute % 60:02d}:00.000" in syncs, (user, reason)
        seen.add(reason)
    assert seen == {"partly", "last-sync"}
