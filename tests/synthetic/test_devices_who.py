"""Who opts in, when they enrol, and what their profiles get wrong: all of it in the answer key."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pytest

from ehrkit.synthetic.care.truth import make_truth
from ehrkit.synthetic.devices.opt_in import OptIn, opt_in
from ehrkit.synthetic.devices.profiles import make_profiles
from ehrkit.synthetic.devices.wearers import choose_wearers
from ehrkit.synthetic.generate import generate
from ehrkit.synthetic.spec import Spec
from ehrkit.synthetic.streams import Streams
from tests.synthetic.conftest import PROFILED, Query

Values = npt.NDArray[np.float64]
# Carrier and Navalta on All of Us: women 1.25, Black 0.38. The others are stated as a choice.
STATED = {
    "age": 0.62, "woman": 1.25, "black": 0.38, "hispanic": 1.25, "poor_zip": 0.70,
    "conditions": 0.85, "obese": 0.80,
}  # fmt: skip


@pytest.fixture(scope="module")
def asked() -> OptIn:
    """Whom 20,000 patients hold, all of them without surgery, of whom a quarter opts in."""
    spec = Spec(
        20_000, 3, notes=False, lumbar_fusion=0, cervical_fusion=0, decompression=0,
        sacroiliac_fusion=0, joint_fusion=0, other_opt_in=0.25,
    )  # fmt: skip
    truth = make_truth(spec, Streams(3))
    return opt_in(truth, np.full(len(truth.people), -1), Streams(3))


def logistic(columns: Values, outcome: Values) -> tuple[Values, Values]:
    """Return coefficients and standard errors of a logistic regression, by Newton's method."""
    design = np.column_stack([np.ones(len(outcome)), columns])
    beta = np.zeros(design.shape[1])
    for _ in range(25):
        mean = 1 / (1 + np.exp(-design @ beta))
        information = design.T @ (design * (mean * (1 - mean))[:, None])
        beta += np.linalg.solve(information, design.T @ (outcome - mean))
    return beta[1:], np.sqrt(np.diag(np.linalg.inv(information)))[1:]


def test_the_odds_ratios_of_opting_in_are_those_stated(asked: OptIn) -> None:
    columns = [(asked.age - 55) / 20, *(getattr(asked, name) for name in list(STATED)[1:])]
    beta, error = logistic(np.column_stack(columns).astype(float), asked.opted_in.astype(float))
    for name, estimate, spread in zip(STATED, beta, error, strict=True):
        assert abs(estimate - np.log(STATED[name])) < 3.5 * spread, name
        assert spread < 0.12, name
    assert asked.opted_in.mean() == pytest.approx(0.25, abs=0.015)


def test_a_two_by_two_table_shows_that_black_patients_opt_in_less(asked: OptIn) -> None:
    joined = asked.opted_in
    a, b = (joined & asked.black).sum(), (~joined & asked.black).sum()
    c, d = (joined & ~asked.black).sum(), (~joined & ~asked.black).sum()
    assert 0.30 < a * d / (b * c) < 0.48


def test_the_key_tells_who_was_asked_and_who_wears(query: Query) -> None:
    ((people, opted, enrolled, wrong),) = query(
        "SELECT count(*), sum(opted_in::INT), sum(enrolled::INT), "
        "count(*) FILTER (enrolled AND NOT opted_in) FROM truth_opt_in"
    )
    assert people > 1700
    assert wrong == 0
    assert 0.8 * opted < enrolled <= opted
    linked = query(
        "SELECT DISTINCT person_id FROM truth_wearers WHERE person_id IS NOT NULL "
        "EXCEPT SELECT person_id FROM truth_opt_in WHERE enrolled"
    )
    assert linked == []
    ((strangers, all_users),) = query(
        "SELECT count(*) FILTER (person_id IS NULL), count(*) FROM truth_wearers"
    )
    assert 0.1 < strangers / all_users < 0.25


def test_a_full_study_keeps_the_share_of_surgical_patients() -> None:
    spec = Spec(8000, 5, notes=False)
    truth = make_truth(spec, Streams(5))
    everyone, *_ = choose_wearers(truth, Streams(5))
    few = make_truth(Spec(8000, 5, notes=False, device_users=120), Streams(5))
    some, *_ = choose_wearers(few, Streams(5))
    assert len(everyone) > 300
    assert 100 <= len(some) <= 120
    shares = [float((w.surgery[w.person >= 0] >= 0).mean()) for w in (everyone, some)]
    assert shares[0] == pytest.approx(shares[1], abs=0.06)


def test_enrolment_is_told_and_study_devices_have_no_day_before_it(query: Query) -> None:
    rows = query(
        "SELECT study_device, enrolled_on, first_worn, surgery_date, baseline_days "
        "FROM truth_wearers WHERE surgery_date IS NOT NULL AND loaned_to_user IS NULL"
    )
    late = [row for row in rows if row[1] > row[3]]
    assert 0.1 < len(late) / len(rows) < 0.3, "time from surgery to enrolment is immortal"
    assert all(first >= enrolled for study, enrolled, first, *_ in rows if study and first)
    assert all(
        days == 0 for study, enrolled, _, surgery, days in rows if study and enrolled > surgery
    )
    own = [days for study, *_, days in rows if not study]
    assert sum(own) / len(own) > 60


def test_baseline_days_first_and_last_day_are_those_of_the_days(query: Query) -> None:
    wrong = query(
        """WITH counted AS (
             SELECT device_user_id, min(date) AS first, max(date) AS last,
                    count(*) FILTER (date < surgery_date) AS before
             FROM truth_wear_days JOIN truth_wearers USING (device_user_id)
             WHERE worn_minutes > 0 GROUP BY 1)
           SELECT count(*) FROM truth_wearers JOIN counted USING (device_user_id)
           WHERE first <> first_worn OR last <> last_worn OR before <> baseline_days"""
    )
    assert wrong == [(0,)]
    assert len(query('SELECT DISTINCT "end" FROM truth_wearers')) >= 4


def test_second_devices_overlap_and_loans_have_their_own_user(tmp_path: Path) -> None:
    generate(tmp_path / "out", Spec(3000, 9, notes=False, spine_opt_in=0.6))
    key = tmp_path / "out" / "truth"
    loans = duckdb.sql(
        f"""SELECT loan.person_id IS NOT DISTINCT FROM own.person_id, loan.vendor,
                   own.vendor, own.later_vendor, count(day.date) AS days,
                   count(*) FILTER (day.reason = 'device-lost') AS lost,
                   count(*) FILTER (day.reason <> 'device-lost') AS overlap
            FROM '{key}/wearers.parquet' loan
            JOIN '{key}/wearers.parquet' own ON own.device_user_id = loan.loaned_to_user
            JOIN '{key}/wear_days.parquet' day ON day.device_user_id = own.device_user_id
             AND day.date BETWEEN loan.observed_from AND loan.observed_to
            GROUP BY loan.device_user_id, 1, 2, 3, 4"""
    ).fetchall()
    assert len(loans) > 5
    for same_person, vendor, first, later, days, lost, overlap in loans:
        assert same_person
        assert vendor in (first, later)
        assert days == lost + overlap
        assert lost >= 2
        assert overlap == 2
    changes = duckdb.sql(
        f"""SELECT b.origin, date_diff('day', b.first_day, a.last_day) + 1 AS shared
            FROM '{key}/devices.parquet' a JOIN '{key}/devices.parquet' b
              ON a.device_user_id = b.device_user_id AND a.first_day < b.first_day"""
    ).fetchall()
    by_origin = {
        origin: [shared for kind, shared in changes if kind == origin] for origin, _ in changes
    }
    assert by_origin.keys() == {"upgrade", "replacement"}
    assert all(2 <= shared <= 4 for shared in by_origin["upgrade"])
    assert all(shared < 0 for shared in by_origin["replacement"])


def test_every_difference_between_chart_and_profile_is_in_the_key(
    query: Query, charted: dict[str, dict[str, Any]], site: Path
) -> None:
    with (site / "wearables" / "profiles.csv").open(encoding="utf-8", newline="") as handle:
        profiles = {row["device_user_id"]: row for row in csv.DictReader(handle)}
    pairs = [line.split(",") for line in (site / "truth" / "links.csv").read_text().split()[1:]]
    told = set(query("SELECT DISTINCT device_user_id, field FROM truth_profile_errors"))

    stale = {key for (key,) in query("SELECT key FROM truth_planted WHERE kind = 'stale-address'")}
    suffixed = {
        key for (key,) in query("SELECT key FROM truth_planted WHERE kind = 'suffix-in-last-name'")
    }

    def in_chart(person: str, name: str) -> bool:
        """Tell whether the chart says what is true: not old addresses, Jr in a name, or nothing."""
        old = person in stale and name in ("zip", "address")
        old |= person in suffixed and name == "last_name"
        return not old and charted[person][name] not in (None, "", "unknown")

    found = {
        (user, name)
        for person, user in pairs
        for name in PROFILED
        if in_chart(person, name) and profiles[user][name] != charted[person][name]
    }
    person_of = {user: person for person, user in pairs}
    assert found == {
        (user, name) for user, name in told if user in person_of and in_chart(person_of[user], name)
    }
    assert len(found) > 200


# Share of true pairs with no value on one side: the project's linkage reference, 4.1 (S1M).
MISSING = {"birth_date": 0.028, "sex": 0.028, "zip": 0.028, "address": 0.11}
STRANGERS = {"phone": 0.30, "email": 0.26}


def test_differences_are_as_common_as_stated() -> None:
    spec = Spec(12_000, 2, notes=False, spine_opt_in=0.9, other_opt_in=0.5, device_users=9000)
    wearers, everybody, _ = choose_wearers(make_truth(spec, Streams(2)), Streams(2))
    _, errors = make_profiles(wearers, everybody, Streams(2))
    rows = errors.to_pylist()
    users = len(wearers)
    assert users > 4000
    for name, share in (MISSING | STRANGERS).items():
        count = sum(row["field"] == name and row["kind"] == "missing" for row in rows)
        assert count / users == pytest.approx(share, rel=0.22), name
    # Agreement there: first name .846, last name .859, birth date .924, sex .959.
    for name, agree in (
        ("first_name", 0.846), ("last_name", 0.859), ("birth_date", 0.924), ("sex", 0.959),
    ):  # fmt: skip
        wrong = len({row["device_user_id"] for row in rows if row["field"] == name})
        assert 1 - wrong / users == pytest.approx(agree, abs=0.05), name


def test_people_of_one_household_wear_beside_each_other() -> None:
    spec = Spec(4000, 2, notes=False, spine_opt_in=0.9, other_opt_in=0.5, device_users=9000)
    truth = make_truth(spec, Streams(2))
    wearers, *_ = choose_wearers(truth, Streams(2))
    worn = np.zeros(len(truth.people), bool)
    worn[wearers.person[wearers.person >= 0]] = True
    related = np.flatnonzero(worn & (truth.people.relative_of >= 0))
    head = truth.people.relative_of[related]
    both = worn[head]
    assert both.sum() > 60
    twins = truth.people.birth[related[both]] == truth.people.birth[head[both]]
    assert twins.sum() >= 2


@pytest.mark.parametrize("patients", [1, 2, 7])
def test_tiny_sites_have_minutes_too(tmp_path: Path, patients: int) -> None:
    spec = Spec(patients, 3, minutes=True, lumbar_fusion=0.9, spine_opt_in=1, other_opt_in=1,
                cervical_fusion=0, decompression=0, joint_fusion=0)  # fmt: skip
    made = generate(tmp_path / "out", spec)
    assert made.truth_rows["wearers"] >= 1
    assert made.truth_rows["wear_minutes"] > 1440


def test_nobody_wears_where_nobody_may(tmp_path: Path) -> None:
    made = generate(tmp_path / "out", Spec(300, 4, device_users=0, minutes=True))
    assert sum(made.users.values()) == 0
    header = (tmp_path / "out" / "wearables" / "profiles.csv").read_text().splitlines()
    assert len(header) == 1
    for name in ("wearers", "devices", "trips", "wear_days", "profile_errors", "wear_minutes"):
        assert made.truth_rows[name] == 0
        assert (tmp_path / "out" / "truth" / f"{name}.parquet").is_file()
