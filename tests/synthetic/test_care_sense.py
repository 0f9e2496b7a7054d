"""What a clinician would stumble over: each test is a rule that has nothing to do with rates."""

from __future__ import annotations

import numpy as np
import pytest

from ehrkit.synthetic.care.procedures import procedure_codes
from ehrkit.synthetic.care.surgeries import is_neurosurgery
from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.care.vocabulary import (
    INJECTIONS,
    INPATIENT_KINDS,
    NOT_REAL_STAYS,
    SPINE_KINDS,
    Disposition,
    Kind,
    Service,
    SurgeryKind,
)
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.history import History, draw_history
from ehrkit.synthetic.people.people import FEMALE, MALE, YEAR
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.spec import Spec
from ehrkit.synthetic.streams import Streams

OPIOIDS = {"oxycodone", "hydrocodone-acetaminophen", "tramadol", "hydromorphone", "morphine"}
MINOR = ("J06.9", "S93.401A", "M54.50")
NOT_OVER = np.datetime64("2030-01-01", "s")


@pytest.fixture(scope="module")
def history() -> History:
    return draw_history(Spec(8000, 11, notes=False), Streams(11))


def codes(concept: Array) -> Array:
    return np.array(catalogue().diagnoses.codes, dtype=object)[concept]


def years(history: History, rows: Array) -> Array:
    encounters = history.truth.encounters
    born = history.truth.people.birth[encounters.person[rows]]
    age: Array = (encounters.start[rows].astype("datetime64[D]") - born).astype(int) / YEAR
    return age


def opioids(history: History) -> Array:
    generic = np.array([drug[1] in OPIOIDS for drug in catalogue().drugs.values()])
    mask: Array = generic[history.prescriptions.drug]
    return mask


def results(history: History, name: str) -> Array:
    return np.flatnonzero(history.results.analyte == list(catalogue().labs).index(name))


def first_spine(truth: Truth) -> tuple[Array, Array]:
    """Return the first spine surgery of each person who has one, and by person its day."""
    surgeries = truth.surgeries
    rows = np.flatnonzero(
        surgeries.performed & (surgeries.follows < 0) & np.isin(surgeries.kind, SPINE_KINDS)
    )
    first = rows[np.unique(surgeries.person[rows], return_index=True)[1]]
    date = np.full(len(truth.people), np.datetime64("NaT", "D"))
    date[surgeries.person[first]] = surgeries.date[first]
    return first, date


def test_the_joint_that_hurts_is_fused(history: History) -> None:
    surgeries, procedures = history.truth.surgeries, history.procedures
    rows = np.flatnonzero(surgeries.kind[procedures.surgery] == SurgeryKind.JOINT_FUSION)
    why = codes(surgeries.indication[procedures.surgery[rows]])
    done = np.array(procedure_codes(), dtype=object)[procedures.code[rows]]
    assert set(zip(why, done, strict=True)) == {("M19.071", "0SGF04Z"), ("M19.011", "0RGJ04Z")}


def test_blood_is_drawn_after_surgery_and_inside_the_stay(history: History) -> None:
    truth, found = history.truth, history.results
    surgery = truth.encounters.surgery[found.encounter]
    stay = (truth.encounters.kind[found.encounter] == Kind.STAY) & (surgery >= 0)
    rows = np.flatnonzero(stay)
    end = truth.encounters.end[found.encounter[rows]]
    end = np.where(np.isnat(end), NOT_OVER, end)
    assert len(rows) > 3000
    assert (found.ordered[rows] >= truth.surgeries.close[surgery[rows]]).all()
    assert (found.resulted[rows] <= end).all()
    nights = found.ordered[rows].astype("datetime64[D]") - truth.surgeries.date[surgery[rows]]
    assert 0.3 < (nights.astype(int) > 0).mean() < 0.9


def test_drugs_of_a_surgical_stay_are_ordered_after_surgery(history: History) -> None:
    truth, orders = history.truth, history.prescriptions
    surgery = truth.encounters.surgery[orders.encounter]
    stay = truth.encounters.kind[orders.encounter] == Kind.STAY
    rows = np.flatnonzero(orders.inpatient & stay & (surgery >= 0))
    assert len(rows) > 2000
    assert (orders.time[rows] > truth.surgeries.close[surgery[rows]]).all()


def test_the_stated_share_comes_to_surgery_without_therapy_or_injection() -> None:
    spec = Spec(8000, 11, notes=False, no_conservative_care=0.4)
    truth = draw_history(spec, Streams(11)).truth
    encounters, surgeries = truth.encounters, truth.surgeries
    first, date = first_spine(truth)
    tried = np.isin(encounters.service, (Service.PHYSICAL_THERAPY, *INJECTIONS))
    gap = (date[encounters.person] - encounters.start.astype("datetime64[D]")).astype(float)
    tried &= (gap > 0) & (gap <= 366)
    neither = ~np.isin(surgeries.person[first], encounters.person[tried])
    assert neither.mean() == pytest.approx(0.4, abs=0.04)


def test_injections_come_within_the_year_before_surgery_and_after_a_first_visit(
    history: History,
) -> None:
    encounters, traits = history.truth.encounters, history.truth.traits
    _, date = first_spine(history.truth)
    index = date[encounters.person]
    injected = np.isin(encounters.service, INJECTIONS)
    planned = injected & ~np.isnat(index)
    gap = (index[planned] - encounters.start[planned].astype("datetime64[D]")).astype(int)
    assert gap.max() <= 367
    first = np.full(len(history.truth.people), NOT_OVER)
    told = (encounters.kind == Kind.OFFICE) & (encounters.service < 0)
    told &= np.isin(codes(encounters.reason), ("M54.50", "M54.16", "M54.17"))
    np.minimum.at(first, encounters.person[told], encounters.start[told])
    rows = np.flatnonzero(injected & traits.back[encounters.person])
    visited = rows[first[encounters.person[rows]] < NOT_OVER]
    assert len(visited) > 50
    assert (first[encounters.person[visited]] < encounters.start[visited]).mean() > 0.95


def test_nobody_dies_of_a_sprain(history: History) -> None:
    encounters = history.truth.encounters
    died = (encounters.disposition == Disposition.EXPIRED) & (encounters.surgery < 0)
    assert died.sum() > 50
    assert not set(codes(encounters.reason[died])) & {*MINOR, "R51.9", "N39.0", "R10.9", "K52.9"}
    admitted = np.isin(encounters.kind, INPATIENT_KINDS) & (encounters.surgery < 0)
    small = np.isin(codes(encounters.reason), MINOR)
    assert (admitted & small).sum() < 0.02 * admitted.sum()
    visits = encounters.emergency() & (encounters.surgery < 0)
    visits &= encounters.disposition != Disposition.EXPIRED
    assert (admitted & visits).sum() / visits.sum() == pytest.approx(0.15, abs=0.015)


def test_new_diagnoses_stand_after_the_old_ones() -> None:
    known = catalogue().diagnoses
    assert known.concept("lumbar", "M48.061") == 0
    assert known.concept("history", "Z98.1") == known.concept("terminal", "A41.9") - 1


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("systolic", 90, 113), ("diastolic", 50, 68), ("pulse", 85, 110), ("respiration", 18, 26)],
)
def test_small_children_have_the_vitals_of_small_children(
    history: History, name: str, low: int, high: int
) -> None:
    vitals = history.vitals
    kind = vitals.kind == list(catalogue().vitals).index(name)
    age = years(history, vitals.encounter)
    mine = vitals.value[kind & (age > 1) & (age < 10)]
    assert len(mine) > 12
    assert low < mine.mean() < high


def test_children_neither_smoke_nor_have_the_conditions_of_adults(history: History) -> None:
    people, traits = history.truth.people, history.truth.traits
    child = people.birth > np.datetime64("2002-01-03")
    assert not traits.chronic[child].any()
    quit_day = traits.quit
    assert not (quit_day < people.birth + np.timedelta64(18 * 365, "D")).any()


def test_children_come_for_the_examination_of_a_child(history: History) -> None:
    encounters = history.truth.encounters
    age, why = years(history, np.arange(len(encounters))), codes(encounters.reason)
    assert age[why == "Z00.00"].min() >= 17.99
    assert age[why == "Z00.129"].max() < 18.01
    assert (why == "Z00.129").sum() > 100


def test_who_had_given_up_has_a_history_of_nicotine(history: History) -> None:
    problems, traits = history.problems, history.truth.traits
    gone = traits.quit[problems.person] <= problems.noted
    code = codes(problems.concept)
    assert not (gone & (code == "F17.210")).any()
    assert (gone & (code == "Z87.891")).sum() > 5


def test_the_old_leave_a_medical_ward_for_a_nursing_home_and_the_young_go_home(
    history: History,
) -> None:
    encounters = history.truth.encounters
    medical = np.isin(encounters.kind, (Kind.ADMISSION, Kind.EMERGENCY_ADMITTED))
    rows = np.flatnonzero(medical & (encounters.disposition != Disposition.EXPIRED))
    age, where = years(history, rows), encounters.disposition[rows]
    nursing = np.isin(where, (Disposition.SKILLED_NURSING, Disposition.REHABILITATION))
    assert nursing[age > 75].mean() > 2 * nursing[(age > 18) & (age < 55)].mean() > 0
    assert (where == Disposition.HOME_HEALTH).mean() > 0.15
    everybody = np.flatnonzero(encounters.hospital() & (encounters.disposition > 0))
    young = everybody[years(history, everybody) < 18]
    allowed = (Disposition.HOME, Disposition.LEFT_AGAINST_ADVICE, Disposition.EXPIRED)
    assert len(young) > 20
    assert np.isin(encounters.disposition[young], allowed).all()


def test_patients_see_and_call_the_clinic_of_their_surgeon(history: History) -> None:
    truth, departments = history.truth, catalogue()
    encounters = truth.encounters
    neuro, ortho = (departments.department(name) for name in ("NEUROSURGERY", "ORTHOPEDICS"))
    mine = np.isin(encounters.kind, (Kind.TELEPHONE, Kind.OFFICE)) & (encounters.surgery >= 0)
    rows = np.flatnonzero(mine & np.isin(encounters.department, (neuro, ortho)))
    expected = np.where(is_neurosurgery(truth.surgeries)[encounters.surgery[rows]], neuro, ortho)
    assert len(rows) > 5000
    assert (encounters.department[rows] == expected).all()


def test_scores_of_one_person_go_together_and_necks_have_no_oswestry(history: History) -> None:
    truth, scores, names = history.truth, history.scores, list(catalogue().instruments)
    surgery = truth.encounters.surgery[scores.encounter]
    necks = truth.surgeries.kind[surgery] == SurgeryKind.CERVICAL_FUSION
    assert set(scores.instrument[necks]) == {0, 1}
    early = scores.time < truth.surgeries.date[surgery].astype("datetime64[s]")
    table = np.full((len(truth.encounters), len(names)), np.nan)
    table[scores.encounter[early], scores.instrument[early]] = scores.value[early]
    table = table[~np.isnan(table).any(axis=1)]
    matrix = np.corrcoef(table.T)
    function, pain, oswestry = (names.index(name) for name in (
        "promis_physical_function", "promis_pain_interference", "oswestry"))  # fmt: skip
    assert -0.75 < matrix[function, oswestry] < -0.35
    assert 0.35 < matrix[pain, oswestry] < 0.75


def test_results_spread_as_stated_and_differ_by_sex(history: History) -> None:
    truth, found, labs = history.truth, history.results, catalogue().labs
    sex = truth.people.sex[truth.encounters.person[found.encounter]]
    for name, gap in (("hemoglobin", 1.4), ("creatinine", 0.2)):
        rows = results(history, name)
        men, women = (found.value[rows[sex[rows] == of]].mean() for of in (MALE, FEMALE))
        assert men - women == pytest.approx(gap, rel=0.25)
    rows = results(history, "sodium")
    assert found.value[rows].std() == pytest.approx(labs["sodium"][5], rel=0.05)
    for name in ("crp", "sedimentation"):
        value = found.value[results(history, name)]
        assert (value == 0.2).mean() < 0.02
        assert np.median(value) == pytest.approx(
            labs[name][4] / np.hypot(1, labs[name][5] / labs[name][4]), rel=0.15
        )


def test_the_chart_begins_when_it_begins(history: History) -> None:
    assert history.truth.encounters.start.min() >= np.datetime64("2016-01-01")


def test_the_dead_take_no_tablets_home(history: History) -> None:
    encounters, orders = history.truth.encounters, history.prescriptions
    died = encounters.disposition[orders.encounter] == Disposition.EXPIRED
    assert (died & orders.inpatient).any()
    assert not (died & ~orders.inpatient).any()


def test_wards_give_opioids_for_pain_and_none_to_children(history: History) -> None:
    encounters, orders = history.truth.encounters, history.prescriptions
    given = opioids(history)
    assert years(history, orders.encounter[given]).min() >= 12.9
    kind = encounters.kind[orders.encounter]
    direct = orders.inpatient & (kind == Kind.ADMISSION)
    assert direct.sum() > 100
    medical = orders.encounter[given & orders.inpatient & (kind != Kind.STAY)]
    why = {code[:3] for code in codes(encounters.reason[medical])}
    assert why <= {"G89", "M54", "R10", "S93"}
    assert "R10" in why


def test_a_revision_follows_a_lumbar_fusion(history: History) -> None:
    surgeries = draw_history(Spec(20_000, 3, notes=False), Streams(3)).truth.surgeries
    spine = (surgeries.follows >= 0) & (surgeries.kind == SurgeryKind.LUMBAR_FUSION)
    parent = surgeries.follows[spine]
    assert len(parent) > 100
    assert (surgeries.kind[parent] == SurgeryKind.LUMBAR_FUSION).all()
    # None lies between: of one's lumbar fusions, it is the last one before.
    lumbar = np.flatnonzero(surgeries.performed & (surgeries.kind == SurgeryKind.LUMBAR_FUSION))
    late = surgeries.date[parent] + 400 < surgeries.date[spine]
    for row, before in zip(np.flatnonzero(spine)[late], parent[late], strict=True):
        own = lumbar[surgeries.person[lumbar] == surgeries.person[row]]
        planned = own[(surgeries.follows[own] < 0) & (surgeries.date[own] < surgeries.date[row])]
        assert surgeries.date[before] >= surgeries.date[planned].max()


def test_rooms_are_charged_by_midnights(history: History) -> None:
    encounters, charges = history.truth.encounters, history.charges
    rows = np.flatnonzero((charges.revenue == 120) & (charges.quantity > 0))
    encounter = charges.encounter[rows]
    over = ~np.isnat(encounters.end[encounter])
    first, last = (t[encounter].astype("datetime64[D]") for t in (encounters.start, encounters.end))
    nights = np.maximum((last - first).astype(int), 1)
    assert (charges.quantity[rows] == nights)[over].all()


def test_some_cases_are_given_up(history: History) -> None:
    surgeries = draw_history(Spec(20_000, 3, notes=False), Streams(3)).truth.surgeries
    cancelled = np.flatnonzero(~surgeries.performed)
    given_up = cancelled[surgeries.redone_by[cancelled] < 0]
    assert 0.10 < len(given_up) / len(cancelled) < 0.20
    assert len(cancelled) / surgeries.performed.sum() == pytest.approx(0.10, abs=0.012)
    operated = surgeries.person[surgeries.performed]
    assert not np.isin(surgeries.person[given_up], operated).any()


def test_adolescents_are_fused_for_a_curve() -> None:
    truth = draw_history(Spec(20_000, 3, notes=False, lumbar_fusion=0.5), Streams(3)).truth
    surgeries = truth.surgeries
    age = (surgeries.date - truth.people.birth[surgeries.person]).astype(int) / YEAR
    lumbar = surgeries.kind == SurgeryKind.LUMBAR_FUSION
    curved = np.char.startswith(codes(surgeries.indication).astype(str), "M41.12")
    young = lumbar & (age < 18) & (surgeries.follows < 0)
    assert curved[young].mean() > 0.6
    assert not curved[lumbar & (age >= 18.1) & surgeries.performed].any()


def test_nothing_is_planned_on_holidays(history: History) -> None:
    truth = history.truth
    day = {"2019-12-25", "2020-12-25", "2018-01-01", "2019-01-01", "2018-07-04", "2019-07-04"}
    days = np.array(sorted(day), "datetime64[D]")
    surgeries, encounters = truth.surgeries, truth.encounters
    planned = (surgeries.kind != SurgeryKind.WASHOUT) & ~surgeries.same_stay
    assert not np.isin(surgeries.date[planned], days).any()
    clinic = np.isin(encounters.kind, (Kind.OFFICE, Kind.CONSULT, Kind.TELEPHONE, Kind.IMAGING))
    assert not np.isin(encounters.start[clinic].astype("datetime64[D]"), days).any()
    real = encounters.emergency() & ~np.isin(encounters.kind, NOT_REAL_STAYS)
    assert np.isin(encounters.start[real].astype("datetime64[D]"), days).any()
