"""The clinical truth: what follows from what, against plain loops and hand-made cases."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from ehrkit.synthetic.care.complications import infection_risk
from ehrkit.synthetic.care.indications import ANTERIOR, COMBINED, POSTERIOR, Operation
from ehrkit.synthetic.care.procedures import procedure_codes
from ehrkit.synthetic.care.readmissions import planned_stays, readmissions
from ehrkit.synthetic.care.schedule import Schedule
from ehrkit.synthetic.care.stays import CC, MCC, NO_CC, groups
from ehrkit.synthetic.care.truth import make_truth
from ehrkit.synthetic.care.vocabulary import (
    IMAGES,
    INJECTIONS,
    INPATIENT_KINDS,
    NOT_REAL_STAYS,
    SPINE_KINDS,
    Complication,
    Disposition,
    Kind,
    Place,
    Service,
    SmokingStatus,
    SurgeryKind,
)
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.history import History, draw_history
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.spec import Spec
from ehrkit.synthetic.streams import Streams
from tests.synthetic.conftest import Query

# CDC 2022 factors, typed from the clinical guideline's table.
MME = {"oxycodone": 1.5, "hydrocodone-acetaminophen": 1.0, "tramadol": 0.2, "hydromorphone": 5.0,
       "morphine": 1.0}  # fmt: skip


@pytest.fixture(scope="module")
def history() -> History:
    return draw_history(Spec(8000, 5, notes=False), Streams(5))


def codes(concept: Array) -> Array:
    return np.array(catalogue().diagnoses.codes, dtype=object)[concept]


def primary(history: History, kinds: tuple[SurgeryKind, ...] = SPINE_KINDS) -> Array:
    surgeries = history.truth.surgeries
    planned = surgeries.performed & (surgeries.follows < 0)
    return np.flatnonzero(planned & np.isin(surgeries.kind, kinds))


def test_no_two_encounters_of_a_person_overlap(history: History) -> None:
    encounters = history.truth.encounters
    other = (*NOT_REAL_STAYS, Kind.SURGERY_CONTACT, Kind.SYSTEM)
    rows = np.flatnonzero(~np.isin(encounters.kind, other))
    rows = rows[np.lexsort((encounters.start[rows], encounters.person[rows]))]
    end = np.where(np.isnat(encounters.end), np.datetime64("2030-01-01", "s"), encounters.end)
    for before, after in pairwise(rows.tolist()):
        if encounters.person[before] == encounters.person[after]:
            assert end[before] <= encounters.start[after]


def test_every_surgery_has_its_stay_and_lies_in_it(history: History) -> None:
    truth = history.truth
    surgeries, stay = truth.surgeries, truth.stay_of
    assert (stay >= 0).all()
    assert (truth.contact_of >= 0).all()
    done = surgeries.performed
    end = truth.encounters.end[stay]
    end = np.where(np.isnat(end), np.datetime64("2030-01-01", "s"), end)
    assert (truth.encounters.start[stay][done] < surgeries.incision[done]).all()
    assert (surgeries.incision < surgeries.close).all()
    assert (surgeries.close[done] < end[done]).all()
    assert (truth.encounters.person[stay] == surgeries.person).all()
    inside = np.flatnonzero(surgeries.same_stay)
    assert (stay[inside] == stay[surgeries.follows[inside]]).all()


def test_second_surgeries_follow_the_first_in_time(history: History) -> None:
    surgeries = history.truth.surgeries
    second = np.flatnonzero(surgeries.follows >= 0)
    first = surgeries.follows[second]
    assert len(second) > 40
    assert (surgeries.person[second] == surgeries.person[first]).all()
    assert (surgeries.incision[second] > surgeries.close[first]).all()
    washed = second[surgeries.kind[second] == SurgeryKind.WASHOUT]
    assert set(codes(surgeries.indication[washed])) <= {"T81.42XA", "T81.49XA", "M96.840"}


def test_the_indication_decides_what_is_done(history: History) -> None:
    surgeries = history.truth.surgeries.take(primary(history, (SurgeryKind.LUMBAR_FUSION,)))
    why = codes(surgeries.indication)

    def share(code: str, mask: Array) -> float:
        return float(mask[why == code].mean())

    assert share("M41.56", surgeries.levels >= 3) > 0.6 > share("M43.16", surgeries.levels >= 2)
    assert (
        share("M43.17", surgeries.lumbosacral) > 0.8 > 0.3 > share("M43.16", surgeries.lumbosacral)
    )
    anterior, combined = surgeries.technique == ANTERIOR, surgeries.technique == COMBINED
    assert share("M51.360", anterior) > 0.25 > share("M48.062", anterior)
    assert share("M43.16", combined) > share("M48.062", combined)
    assert share("M48.062", surgeries.decompressed) > 0.85
    assert share("M51.360", surgeries.decompressed) < 0.45


@pytest.mark.parametrize(
    ("kind", "code", "levels", "technique", "severity", "day", "drg"),
    [
        (SurgeryKind.LUMBAR_FUSION, "M43.16", 1, COMBINED, NO_CC, "2024-10-01", "402"),
        (SurgeryKind.LUMBAR_FUSION, "M43.16", 1, COMBINED, NO_CC, "2024-09-30", "455"),
        (SurgeryKind.LUMBAR_FUSION, "M43.16", 2, COMBINED, MCC, "2025-01-01", "426"),
        (SurgeryKind.LUMBAR_FUSION, "M43.16", 2, COMBINED, CC, "2025-01-01", "427"),
        (SurgeryKind.LUMBAR_FUSION, "M48.061", 3, POSTERIOR, CC, "2025-01-01", "448"),
        (SurgeryKind.LUMBAR_FUSION, "M48.061", 3, POSTERIOR, MCC, "2025-01-01", "447"),
        (SurgeryKind.LUMBAR_FUSION, "M48.061", 1, ANTERIOR, NO_CC, "2025-01-01", "451"),
        (SurgeryKind.LUMBAR_FUSION, "M48.061", 1, POSTERIOR, MCC, "2020-01-01", "459"),
        (SurgeryKind.LUMBAR_FUSION, "M48.061", 1, POSTERIOR, CC, "2020-01-01", "460"),
        (SurgeryKind.LUMBAR_FUSION, "M41.56", 4, COMBINED, CC, "2025-01-01", "457"),
        (SurgeryKind.LUMBAR_FUSION, "C79.51", 2, POSTERIOR, MCC, "2019-01-01", "456"),
        (SurgeryKind.CERVICAL_FUSION, "M48.02", 2, ANTERIOR, CC, "2025-01-01", "472"),
        (SurgeryKind.DECOMPRESSION, "M51.16", 1, POSTERIOR, NO_CC, "2025-01-01", "520"),
        (SurgeryKind.JOINT_FUSION, "M19.071", 1, POSTERIOR, MCC, "2025-01-01", ""),
        (SurgeryKind.WASHOUT, "T81.42XA", 1, POSTERIOR, CC, "2025-01-01", ""),
    ],
)  # fmt: skip
def test_drg_by_hand(
    kind: SurgeryKind, code: str, levels: int, technique: int, severity: int, day: str, drg: str
) -> None:
    concept = catalogue().diagnoses.codes.index(code)
    one = np.array([False])
    operation = Operation(np.array([concept]), np.array([levels]), np.array([technique]), one, one)
    found = groups(
        np.array([int(kind)]), operation, np.array([severity]), np.array([day], "datetime64[D]")
    )
    assert found.tolist() == [drg]


def test_infection_is_likelier_with_weight_smoking_diabetes_and_size(history: History) -> None:
    """Drawn at ten times the rate, so that the groups are large enough to tell apart."""
    often = make_truth(Spec(20_000, 5, notes=False, wound_infection=0.2), Streams(5))
    rows = np.flatnonzero(
        often.surgeries.performed
        & (often.surgeries.follows < 0)
        & np.isin(often.surgeries.kind, SPINE_KINDS)
    )
    wound = often.complications.kind == Complication.WOUND_INFECTION
    sick = np.isin(rows, often.complications.surgery[wound])
    person, date = often.surgeries.person[rows], often.surgeries.date[rows]
    heavy = often.traits.bmi[person] >= 35
    smokes = often.traits.smoking(person, date) == SmokingStatus.CURRENT
    long = often.surgeries.levels[rows] >= 3
    for exposed, least in ((heavy, 1.4), (smokes, 1.15), (long, 1.1)):
        assert sick[exposed].mean() / sick[~exposed].mean() > least


def test_risk_of_infection_by_hand() -> None:
    truth = make_truth(Spec(300, 5, notes=False), Streams(5))
    traits = truth.traits
    thin = np.flatnonzero((traits.bmi < 35) & ~traits.smoked & (traits.burden == 0))[0]
    heavy = np.flatnonzero((traits.bmi >= 35) & ~traits.smoked & (traits.burden == 0))[0]
    plan = Schedule(
        np.array([thin, heavy, thin]),
        np.zeros(3, np.int64),
        np.full(3, np.datetime64("2020-01-06")),
        np.array([False, False, True]),
    )
    flat = np.zeros(3, np.int64)
    operation = Operation(flat, np.array([1, 1, 2]), flat, flat > 0, flat > 0)
    risk = infection_risk(plan, operation, traits)
    assert risk.mean() == pytest.approx(1)
    assert (risk / risk[0]).tolist() == pytest.approx([1, 2.0, 1.6 * 1.15])


def test_people_with_more_conditions_come_back_more_often() -> None:
    truth = make_truth(Spec(8000, 5, notes=False, direct_readmission=0.2), Streams(5))
    surgery, stay = readmissions(truth)
    back = np.unique(surgery[~planned_stays(truth)[stay]])
    done = np.flatnonzero(truth.surgeries.performed & np.isin(truth.surgeries.kind, SPINE_KINDS))
    returned = np.isin(done, back)
    burden = truth.traits.burden[truth.surgeries.person[done]]
    assert returned[burden >= 3].mean() > 1.25 * returned[burden == 0].mean()


def test_readmissions_are_those_of_a_plain_loop(history: History) -> None:
    truth = history.truth
    surgeries, encounters = truth.surgeries, truth.encounters
    stays: dict[int, list[int]] = {}
    for row in np.flatnonzero(np.isin(encounters.kind, INPATIENT_KINDS)).tolist():
        stays.setdefault(int(encounters.person[row]), []).append(row)
    expected = set()
    year = np.timedelta64(365 * 86_400, "s")
    for row in range(len(surgeries)):
        person = int(surgeries.person[row])
        spine = surgeries.kind[row] in (*SPINE_KINDS, SurgeryKind.WASHOUT)
        if not spine or not surgeries.performed[row] or surgeries.same_stay[row]:
            continue
        if truth.people.test[person]:
            continue
        home = surgeries.discharge[row]
        expected |= {
            (row, stay) for stay in stays.get(person, ())
            if home < encounters.start[stay] <= home + year
        }  # fmt: skip
    surgery, stay = readmissions(truth)
    assert set(zip(surgery.tolist(), stay.tolist(), strict=True)) == expected
    assert len(surgery) == len(expected) > 100


def test_some_die_soon_after_surgery_and_nothing_follows(history: History) -> None:
    truth = history.truth
    rows = primary(history)
    death = truth.people.death[truth.surgeries.person[rows]]
    soon = rows[(death - truth.surgeries.date[rows]) <= np.timedelta64(90, "D")]
    assert 5 <= len(soon) <= 40
    stay = truth.stay_of[soon]
    left = truth.encounters.end[stay].astype("datetime64[D]")
    died = truth.people.death[truth.surgeries.person[soon]]
    assert (left <= died).all()
    expired = truth.encounters.disposition[stay] == Disposition.EXPIRED
    assert (expired == (left == died)).all()
    end = truth.encounters.end
    last = truth.people.death[truth.encounters.person]
    assert not (end.astype("datetime64[D]") > last).any()


def test_complications_of_the_stay_were_not_there_on_admission(history: History) -> None:
    found, coded = history.truth.complications, history.diagnoses
    inside = found.place == Place.STAY
    wanted = set(zip(found.encounter[inside].tolist(), found.concept[inside].tolist(), strict=True))
    absent = set(
        zip(coded.encounter[~coded.present].tolist(), coded.concept[~coded.present].tolist(),
            strict=True)
    )  # fmt: skip
    assert absent == wanted
    assert len(wanted) > 300
    assert coded.present[coded.line == 1].all()


def test_complications_are_treated_where_they_say(history: History) -> None:
    truth, found = history.truth, history.truth.complications
    kind = truth.encounters.kind[found.encounter]
    assert (kind[found.place == Place.CLINIC] == Kind.OFFICE).all()
    assert (kind[found.place == Place.READMISSION] == Kind.EMERGENCY_ADMITTED).all()
    assert (kind[found.place == Place.WASHOUT] == Kind.STAY).all()
    assert (truth.encounters.person[found.encounter] == truth.surgeries.person[found.surgery]).all()
    deep = np.flatnonzero(found.place == Place.WASHOUT)
    assert len(deep) > 5
    assert (truth.stay_of[found.surgery[deep]] != found.encounter[deep]).all()
    wound = found.kind == Complication.WOUND_INFECTION
    after = truth.encounters.start[found.encounter[wound]].astype("datetime64[D]")
    days = (after - truth.surgeries.date[found.surgery[wound]]).astype(int)
    assert days.min() >= 5
    assert days.max() <= 92


def test_conservative_care_comes_before_surgery_and_some_have_none(history: History) -> None:
    truth, services = history.truth, history.services
    assert (services.ordered <= services.performed).all()
    started = truth.encounters.start[services.encounter]
    own = truth.encounters.service[services.encounter] == services.kind
    assert (services.performed[own] == started[own]).all()
    rows = primary(history)
    rows = rows[np.unique(truth.surgeries.person[rows], return_index=True)[1]]
    person = truth.encounters.person[services.encounter]
    first = np.full(len(truth.people), np.datetime64("NaT", "s"))
    first[truth.surgeries.person[rows]] = truth.surgeries.date[rows]
    gap = (first[person] - services.performed) / np.timedelta64(1, "D")
    before = (gap > 0) & (gap <= 365)

    def share(kinds: tuple[Service, ...]) -> float:
        has = np.unique(person[before & np.isin(services.kind, kinds)])
        return float(np.isin(truth.surgeries.person[rows], has).mean())

    assert 0.8 < share((Service.MRI_SPINE,)) < 0.95
    # Stated: 14 % come without either.
    assert 0.12 < 1 - share((Service.PHYSICAL_THERAPY, *INJECTIONS)) < 0.17
    never = truth.people.role[person] < 0
    assert (services.kind[never] == Service.PHYSICAL_THERAPY).sum() > 500
    assert np.isin(services.kind[never], IMAGES).sum() > 300


def test_who_gave_up_smoking_does_not_smoke_again(history: History) -> None:
    truth, asked = history.truth, history.smoking
    person = truth.encounters.person[asked.encounter]
    order = np.lexsort((truth.encounters.start[asked.encounter], person))
    person, status = person[order], asked.status[order]
    same = person[1:] == person[:-1]
    ex = same & (status[:-1] == SmokingStatus.FORMER)
    assert (status[1:][ex] == SmokingStatus.FORMER).all()
    never = same & (status[:-1] == SmokingStatus.NEVER)
    assert (status[1:][never] == SmokingStatus.NEVER).all()
    assert (ex.sum() > 1000) and (same & (np.diff(status.astype(int)) < 0)).sum() > 20
    smokers = np.unique(
        truth.encounters.person[
            history.diagnoses.encounter[codes(history.diagnoses.concept) == "F17.210"]
        ]
    )
    assert len(smokers) > 200
    assert truth.traits.smoked[smokers].all()


def test_prescriptions_add_up_and_give_plausible_mme(history: History) -> None:
    orders, drugs = history.prescriptions, list(catalogue().drugs.values())
    home = orders.take(~orders.inpatient)
    assert (home.quantity == home.per_day * home.days).all()
    assert (home.quantity > 0).all()
    assert (orders.quantity[orders.inpatient] == 0).all()
    factor = np.array([MME.get(drug[1], 0.0) * drug[7] for drug in drugs])
    kind = history.truth.encounters.kind[home.encounter]
    daily = factor[home.drug] * home.per_day
    leaving = (kind == Kind.STAY) & (daily > 0)
    assert leaving.sum() > 1000
    assert 30 <= np.median(daily[leaving]) <= 50
    assert daily.max() <= 120


def test_directions_days_and_quantity_agree_in_the_chart(query: Query) -> None:
    """What a reader of Clarity needs for MME: units a day from SIG, units, days."""
    rows = query(
        "SELECT count(*), count(*) FILTER (WHERE "
        "CAST(regexp_extract(SIG, '1 [a-z]+ ([0-9]+) times a day', 1) AS INT) "
        "* (date_diff('day', START_DATE, END_DATE) + 1) "
        "= CAST(split_part(QUANTITY, ' ', 1) AS INT)) FROM ORDER_MED WHERE SIG IS NOT NULL"
    )
    assert rows[0][0] == rows[0][1] > 3000
    assert query("SELECT count(*) FROM ORDER_MED WHERE (SIG IS NULL) <> (QUANTITY IS NULL)") == [
        (0,)
    ]


def test_opioids_taper_to_nothing_but_for_long_users(history: History) -> None:
    truth, orders = history.truth, history.prescriptions
    drugs = list(catalogue().drugs.values())
    opioid = np.array([drug[1] in MME for drug in drugs])[orders.drug] & ~orders.inpatient
    surgery = truth.encounters.surgery[orders.encounter]
    linked = opioid & (surgery >= 0)
    days = (orders.time - truth.surgeries.date[surgery].astype("datetime64[s]")) / np.timedelta64(
        1, "D"
    )
    person = truth.encounters.person[orders.encounter]
    kind = truth.encounters.kind[orders.encounter]
    late = linked & (days > 75) & ~np.isin(kind, (Kind.STAY, Kind.OUTPATIENT_SURGERY))
    assert truth.traits.long_use[person[late]].all()
    early = linked & (days < 0) & ~np.isin(kind, (Kind.STAY, Kind.OUTPATIENT_SURGERY))
    assert truth.traits.opioid_user[person[early]].all()
    naive = ~truth.traits.opioid_user[person]
    two, six = (
        (linked & naive & (days > low) & (days < high) & (kind == Kind.OFFICE)).sum()
        for low, high in ((1, 29), (29, 60))
    )
    assert two > 2 * six > 0


RANGES = {"systolic": (65, 215), "diastolic": (35, 125), "pulse": (40, 170),
          "temperature": (95.5, 104), "respiration": (8, 40), "saturation": (86, 100),
          "pain": (0, 10)}  # fmt: skip


@pytest.mark.parametrize("name", sorted(RANGES))
def test_vitals_are_those_of_the_living(history: History, name: str) -> None:
    kind = list(catalogue().vitals).index(name)
    values = history.vitals.value[history.vitals.kind == kind]
    low, high = RANGES[name]
    assert low <= values.min() <= values.max() <= high
    assert values.std() > 0.3


def test_the_upper_blood_pressure_is_above_the_lower_one(history: History) -> None:
    vitals, names = history.vitals, list(catalogue().vitals)
    upper, lower = (
        vitals.value[vitals.kind == names.index(name)] for name in ("systolic", "diastolic")
    )
    assert (upper - lower).min() >= 15
    assert 35 <= np.median(upper - lower) <= 65


def test_children_are_smaller_than_adults(history: History) -> None:
    truth, measures = history.truth, history.measures
    born = truth.people.birth[truth.encounters.person].astype("datetime64[s]")
    years = (truth.encounters.start - born) / np.timedelta64(1, "s") / 31_557_600
    taken = ~np.isnan(measures.height)
    small = taken & (years > 4) & (years < 8)
    assert small.sum() > 10
    assert 36 < measures.height[small].mean() < 52
    assert 13 < measures.bmi[small].mean() < 20
    grown = taken & (years > 20)
    assert 64 < measures.height[grown].mean() < 68
    bmi = measures.weight / 16 * 703 / measures.height**2
    assert np.nanmax(np.abs(bmi - measures.bmi)[grown]) < 2.5


def test_results_move_with_complications(history: History) -> None:
    found, results = history.truth.complications, history.results
    wound = found.encounter[found.kind == Complication.WOUND_INFECTION]
    names = list(catalogue().labs)

    def mean(name: str, mask: Array) -> float:
        return float(results.value[mask & (results.analyte == names.index(name))].mean())

    sick = np.isin(results.encounter, wound)
    assert mean("white_cells", sick) > mean("white_cells", ~sick) + 2
    bled = np.isin(results.encounter, found.encounter[found.kind == Complication.ANAEMIA])
    assert mean("hemoglobin", bled) < mean("hemoglobin", ~bled) - 2
    assert (results.value > 0).all()
    assert (results.ordered < results.resulted).all()


def test_scores_get_better_after_surgery_and_stay_on_their_scale(history: History) -> None:
    truth, scores = history.truth, history.scores
    surgery = truth.encounters.surgery[scores.encounter]
    days = (scores.time - truth.surgeries.date[surgery].astype("datetime64[s]")) / np.timedelta64(
        1, "D"
    )
    names, listed = list(catalogue().instruments), catalogue().instruments

    def mean(name: str, low: int, high: int) -> float:
        mask = (scores.instrument == names.index(name)) & (days > low) & (days < high)
        return float(scores.value[mask].mean())

    for name, better in (("oswestry", -1), ("promis_pain_interference", -1),
                         ("promis_physical_function", 1)):  # fmt: skip
        before, early, year = (mean(name, *span) for span in ((-120, 0), (5, 28), (330, 400)))
        assert better * (year - before) > 4
        assert better * (early - year) < -4
        own = scores.value[scores.instrument == names.index(name)]
        assert listed[name][5] <= own.min() <= own.max() <= listed[name][6]


def test_problems_are_noted_before_they_are_resolved(history: History) -> None:
    problems, people = history.problems, history.truth.people
    assert not (problems.resolved < problems.noted).any()
    assert not (problems.noted < people.birth[problems.person]).any()
    assert not (problems.noted > people.death[problems.person]).any()
    active = np.isnat(problems.resolved)
    assert 0.5 < active.mean() < 0.98


@pytest.mark.parametrize(
    ("code", "day", "written"),
    [
        ("M48.061", "2017-09-30", "M48.06"), ("M48.062", "2017-10-01", "M48.062"),
        ("T81.41XA", "2018-09-30", "T81.4XXA"), ("T81.42XA", "2018-10-01", "T81.42XA"),
        ("M54.50", "2021-09-30", "M54.5"), ("M54.50", "2021-10-01", "M54.50"),
        ("M51.360", "2024-09-30", "M51.36"), ("M51.370", "2024-09-30", "M51.37"),
        ("M51.370", "2024-10-01", "M51.370"), ("M43.16", "2016-01-01", "M43.16"),
    ],
)  # fmt: skip
def test_codes_are_those_of_their_day(code: str, day: str, written: str) -> None:
    known = catalogue().diagnoses
    concepts = np.flatnonzero(np.array(known.codes) == code)
    days = np.full(len(concepts), np.datetime64(day))
    places = known.code_at(concepts, days)
    assert {known.dated_codes[place] for place in places.tolist()} == {written}


def test_procedures_follow_from_what_was_done(history: History) -> None:
    surgeries, procedures = history.truth.surgeries, history.procedures
    names = np.array(procedure_codes(), dtype=object)
    by_surgery: dict[int, list[str]] = {}
    for row, code in zip(procedures.surgery.tolist(), names[procedures.code], strict=True):
        by_surgery.setdefault(row, []).append(code)
    assert set(by_surgery) == set(np.flatnonzero(surgeries.performed).tolist())

    def expect(found: list[str], stem: str) -> bool:
        return any(code.startswith(stem) for code in found)

    for row, found in by_surgery.items():
        if surgeries.kind[row] == SurgeryKind.LUMBAR_FUSION:
            levels, sacrum = int(surgeries.levels[row]), bool(surgeries.lumbosacral[row])
            assert expect(found, "0SG3") == sacrum
            assert expect(found, "0SG0") == (levels - sacrum == 1)
            assert expect(found, "0SG1") == (levels - sacrum > 1)
            both = any(c[6] == "1" for c in found if c[:3] == "0SG") and expect(
                [c[5:] for c in found], "AJ"
            )
            assert both == (surgeries.technique[row] == COMBINED)
        if surgeries.kind[row] == SurgeryKind.WASHOUT:
            assert found[0] in ("0JB70ZZ", "0J9700Z")
    stay = history.truth.stay_of[procedures.surgery]
    lines = set(zip(stay.tolist(), procedures.line.tolist(), strict=True))
    assert len(lines) == len(procedures)
