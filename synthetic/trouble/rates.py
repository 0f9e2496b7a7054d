"""The answer key's counts beside the rates at which trouble was to be planted.

Everything is counted in the written files: the planted rows of the key, and the rows that
could have been planted. A kind passes when its count lies within four standard deviations
of what its rate gives, plus one (about one fair comparison in 10,000 fails).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from ehrkit.core.columns import Phi, field
from ehrkit.core.errors import UsageError
from ehrkit.synthetic.spec import Spec

DEVIATIONS = 4
SCHEMA = pa.schema(
    [
        field("kind", pa.string(), Phi.NONE),
        field("rate", pa.float64(), Phi.NONE),
        field("of", pa.string(), Phi.NONE),
        field("possible", pa.int64(), Phi.NONE),
        field("expected", pa.float64(), Phi.NONE),
        field("planted", pa.int64(), Phi.NONE),
        field("within", pa.bool_(), Phi.NONE),
    ]
)


@dataclass(frozen=True)
class Files:
    """The tables of one written site."""

    folder: Path

    def count(self, table: str, condition: pc.Expression | None = None) -> int:
        """Return the rows of a table, of those that meet a condition."""
        path = self.folder / f"{table}.parquet"
        return int(ds.dataset(path).count_rows(filter=condition))

    def planted(self, kind: str) -> int:
        """Return how many rows the answer key names under a kind, in the Clarity tables."""
        mine = (pc.field("kind") == kind) & pc.starts_with(pc.field("table"), "clarity.")
        return self.count("truth/planted", mine)

    def number(self, category: str, key: str, name: str) -> object:
        """Return the site's number for a name of a category."""
        rows = ds.dataset(self.folder / "clarity" / f"{category}.parquet").to_table()
        return rows[key].to_pylist()[rows["NAME"].to_pylist().index(name)]


Counted = Callable[[Files], int]


@dataclass(frozen=True)
class Stated:
    """One rate: the kind in the answer key, its probability, and what it is a share of.

    `besides` is a kind of trouble whose every row brings one of this kind with it: those
    rows do not count.
    """

    kind: str
    rate: float
    of: str
    possible: Counted
    besides: str = ""


def planted_rates(folder: Path, spec: Spec | None = None) -> pa.Table:
    """Compare the answer key of a site with the stated rates.

    Args:
        folder: a written site that holds the clarity shape.
        spec: the rates that it was made with; the usual ones if not given.

    Returns:
        One row per kind: its rate, of what, how many rows could have it (possible), how many
        were to be expected, how many are in the answer key (planted), and whether that is
        within DEVIATIONS standard deviations.

    Raises:
        UsageError: the folder is no synthetic site with Clarity tables.
    """
    if not (folder / "clarity").is_dir() or not (folder / "truth").is_dir():
        raise UsageError(
            "is not a synthetic site with the clarity shape", where=str(folder),
            hint="Make one: ehrkit synth OUT",
        )  # fmt: skip
    files = Files(folder)
    rows = [_compared(files, stated) for stated in _stated(spec or Spec(1, 0))]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _compared(files: Files, stated: Stated) -> dict[str, object]:
    possible, planted = stated.possible(files), files.planted(stated.kind)
    planted -= files.planted(stated.besides) if stated.besides else 0
    expected = stated.rate * possible
    # One more for rates that are kept exactly, and rounded.
    slack = DEVIATIONS * np.sqrt(expected * (1 - stated.rate)) + 1
    return {
        "kind": stated.kind,
        "rate": stated.rate,
        "of": stated.of,
        "possible": possible,
        "expected": expected,
        "planted": planted,
        "within": bool(abs(planted - expected) <= slack),
    }


def _stated(spec: Spec) -> Iterator[Stated]:
    yield from _of_people(spec)
    yield from _of_encounters(spec)
    yield from _of_surgeries(spec)
    yield from _of_rows(spec)


def _of_people(spec: Spec) -> Iterator[Stated]:
    second = spec.merged_records
    for kind, rate in (
        ("merged-record", second * (1 + spec.merge_chains)),
        ("merge-chain", second * spec.merge_chains),
        ("duplicate-not-merged", spec.unmerged_duplicates),
    ):
        yield Stated(kind, rate, "persons", _persons)
    yield Stated("test-patient", spec.test_patients, "persons", _persons)
    yield Stated("placeholder-ssn", spec.placeholder_ssn, "persons and test patients", _everybody)
    yield Stated(
        "death-unknown", spec.unknown_deaths, "deaths outside the hospital", _deaths_outside
    )
    yield Stated("stale-address", spec.stale_address, "people who moved", _movers)
    yield Stated("living-status-conflict", spec.conflicting_status, "known deaths", _known_deaths)


def _of_encounters(spec: Spec) -> Iterator[Stated]:
    yield Stated(
        "preadmission", spec.preadmissions, "inpatient stays", _inpatient, "cancelled-case"
    )
    yield Stated("system-contact", spec.system_contacts, "other contacts", _other_contacts)
    yield Stated("cancelled-admission", spec.cancelled_admissions, "inpatient stays", _inpatient)
    for kind, rate in (
        ("discharge-missing", spec.missing_discharge),
        ("zero-charge-account", spec.zero_charge_accounts),
        ("combined-account", spec.combined_accounts),
    ):
        yield Stated(kind, rate, "hospital contacts that took place", _stays)
    for kind, rate in (
        ("visit-over-midnight", spec.midnight_visits),
        ("visit-over-skipped-hour", spec.clock_change_visits / 2),
        ("visit-over-repeated-hour", spec.clock_change_visits / 2),
    ):
        yield Stated(kind, rate, "treat-and-release emergency visits", _short_visits)
    for name in ("ed-record", "base-class", "revenue"):
        yield Stated(f"emergency-{name}-only", spec.single_signal, "emergency visits", _emergencies)
    missing = spec.ed_record_missing + 2 * spec.single_signal
    yield Stated("emergency-without-ed-record", missing, "emergency visits", _emergencies)


def _of_surgeries(spec: Spec) -> Iterator[Stated]:
    yield Stated("cancelled-case", spec.cancelled_case, "performed surgeries", _performed)
    yield Stated("unposted-log", spec.unposted_logs, "performed surgeries", _performed)
    yield Stated("completed-log", spec.completed_logs, "performed surgeries", _performed)
    yield Stated("voided-log", spec.voided_logs, "cancelled cases", _cancelled)
    yield Stated("wrong-scheduled-name", spec.wrong_scheduled_name, "logs", _rows("OR_LOG"))


def _of_rows(spec: Spec) -> Iterator[Stated]:
    for kind, rate in (
        ("voided-charge", spec.voided_charges / (1 + spec.voided_charges)),
        ("charge-without-contact", spec.unlinked_charges),
    ):
        yield Stated(kind, rate, "professional charges", _professional)
    helped = spec.assistant_charges / (1 + spec.assistant_charges)
    yield Stated("assistant-charge", helped, "charges of fusions", _fusions)
    yield Stated("service-date-off", spec.service_date_off, "charges of fusions", _fusions)
    yield Stated("reversed-charge", spec.reversed_charges, "facility charges", _facility)
    wrong = spec.reversed_emergency_charges
    yield Stated("reversed-emergency-charge", wrong, "performed surgeries", _performed)
    share = spec.canceled_adt_events
    yield Stated(
        "canceled-movement", share / (1 + share), "movements", _movements, "cancelled-admission"
    )
    yield Stated("result-not-numeric", spec.non_numeric_results, "results", _rows("ORDER_RESULTS"))
    share = spec.deleted_problems
    yield Stated("deleted-problem", share / (1 + share), "problems", _rows("PROBLEM_LIST"))
    yield Stated("deleted-note", spec.deleted_notes, "notes", _rows("HNO_INFO"))
    yield Stated("undotted-code", spec.undotted_codes, "codes with a dot", _dotted)


def _rows(table: str) -> Counted:
    return lambda files: files.count(f"clarity/{table}")


def _persons(files: Files) -> int:
    return files.count("truth/persons")


def _everybody(files: Files) -> int:
    return _persons(files) + files.planted("test-patient")


def _movers(files: Files) -> int:
    return files.count("clarity/PAT_ADDR_CHNG_HX", pc.field("LINE") == 2)


def _known_deaths(files: Files) -> int:
    return files.count("clarity/PATIENT", pc.field("DEATH_DATE").is_valid())


def _deaths_outside(files: Files) -> int:
    """Return deaths less those on a hospital contact, whose date the chart always knows."""
    expired = files.number("ZC_DISCH_DISP", "DISCH_DISP_C", "Expired")
    inside = files.count("clarity/PAT_ENC_HSP", pc.field("DISCH_DISP_C") == expired)
    return files.count("truth/persons", pc.field("death_date").is_valid()) - inside


def _other_contacts(files: Files) -> int:
    """Return contacts but those of interfaces, of anesthesia, and of stays that never were."""
    planted = sum(map(files.planted, ("system-contact", "preadmission", "cancelled-admission")))
    return files.count("clarity/PAT_ENC") - 2 * files.count("clarity/F_AN_RECORD_SUMMARY") - planted


def _movements(files: Files) -> int:
    return files.count("clarity/CLARITY_ADT") - files.planted("cancelled-admission")


def _facility(files: Files) -> int:
    """Return charges as first posted: a reversed one was posted again, or was a mistake."""
    charged = files.count("clarity/HSP_TRANSACTIONS", pc.field("QUANTITY") > 0)
    return charged - files.planted("reversed-charge") - files.planted("reversed-emergency-charge")


def _fusions(files: Files) -> int:
    return files.count("clarity/ARPB_TRANSACTIONS", pc.starts_with(pc.field("CPT_CODE"), "22"))


def _stays(files: Files) -> int:
    stage = files.number("ZC_PAT_STATUS", "ADT_PATIENT_STAT_C", "Preadmission")
    confirmed = files.number("ZC_CONF_STAT", "ADMIT_CONF_STAT_C", "Canceled")
    real = (pc.field("ADT_PATIENT_STAT_C") != stage) & (pc.field("ADMIT_CONF_STAT_C") != confirmed)
    return files.count("clarity/PAT_ENC_HSP", real)


def _inpatient(files: Files) -> int:
    return files.count("clarity/PAT_ENC_HSP", pc.field("INP_ADM_DATE").is_valid())


def _short_visits(files: Files) -> int:
    emergency = files.number("ZC_HOSP_ADMSN_TYPE", "HOSP_ADMSN_TYPE_C", "Emergency")
    out = ~pc.field("INP_ADM_DATE").is_valid() & ~pc.field("OP_ADM_DATE").is_valid()
    return files.count("clarity/PAT_ENC_HSP", out & (pc.field("HOSP_ADMSN_TYPE_C") == emergency))


def _emergencies(files: Files) -> int:
    return files.count(
        "clarity/PAT_ENC_HSP",
        pc.field("HOSP_ADMSN_TYPE_C")
        == files.number("ZC_HOSP_ADMSN_TYPE", "HOSP_ADMSN_TYPE_C", "Emergency"),
    )


def _performed(files: Files) -> int:
    return files.count("clarity/OR_LOG", ~pc.field("PROC_NOT_PERF_C").is_valid())


def _cancelled(files: Files) -> int:
    return files.count("clarity/OR_LOG", pc.field("PROC_NOT_PERF_C").is_valid())


def _professional(files: Files) -> int:
    return files.count("clarity/ARPB_TRANSACTIONS", pc.field("CPT_CODE").is_valid())


def _dotted(files: Files) -> int:
    return files.count("clarity/EDG_CURRENT_ICD10", pc.match_substring(pc.field("CODE"), "."))
