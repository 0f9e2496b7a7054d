"""The rates at which trouble is to be planted: of what, and what counts as planted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow.compute as pc

from ehrkit.synthetic.clarity.orders import UNDOTTED
from ehrkit.synthetic.devices import profiles as typed
from ehrkit.synthetic.quality import written
from ehrkit.synthetic.quality.written import Counted, Files
from ehrkit.synthetic.spec import Spec

# Field of a device profile, kind of difference, rate: those that depend on nothing else.
IN_PROFILES = (
    ("first_name", "typing error", typed.FIRST_TYPO),
    ("last_name", "typing error", typed.LAST_TYPO),
    ("birth_date", "wrong day", typed.WRONG_DAY),
    ("birth_date", "wrong year", typed.WRONG_YEAR),
    ("birth_date", "missing", typed.MISSING_BIRTH),
    ("sex", "wrong", typed.WRONG_SEX),
    ("zip", "missing", typed.MISSING_ZIP),
    ("address", "missing", typed.MISSING_STREET),
)


@dataclass(frozen=True)
class Stated:
    """One rate: the kind in the answer key, its probability, and what it is a share of.

    `besides` is a kind of trouble whose every row brings one of this kind with it: those
    rows do not count. `named` counts what the key names, where that is not by kind.
    """

    kind: str
    rate: float
    of: str
    possible: Counted
    besides: str = ""
    named: Counted | None = None

    def planted(self, files: Files) -> int:
        """Return how many rows the answer key of a site names."""
        if self.named is not None:
            return self.named(files)
        return files.planted(self.kind) - (files.planted(self.besides) if self.besides else 0)


def stated(spec: Spec) -> Iterator[Stated]:
    """Return every rate of a spec that rows of the written files can be held against."""
    yield from _of_people(spec)
    yield from _of_encounters(spec)
    yield from _of_surgeries(spec)
    yield from _of_rows(spec)
    yield from _of_profiles()


def _of_people(spec: Spec) -> Iterator[Stated]:
    second = spec.merged_records
    for kind, rate in (
        ("merged-record", second * (1 + spec.merge_chains)),
        ("merge-chain", second * spec.merge_chains),
        ("duplicate-not-merged", spec.unmerged_duplicates),
    ):
        yield Stated(kind, rate, "persons with contacts", written.seen)
    yield Stated("test-patient", spec.test_patients, "persons", written.persons)
    yield Stated(
        "placeholder-ssn", spec.placeholder_ssn, "persons and test patients", written.everybody
    )
    yield Stated(
        "death-unknown", spec.unknown_deaths, "deaths outside the hospital", written.deaths_outside
    )
    yield Stated("stale-address", spec.stale_address, "people who moved", written.movers)
    yield Stated(
        "living-status-conflict", spec.conflicting_status, "known deaths", written.known_deaths
    )


def _of_encounters(spec: Spec) -> Iterator[Stated]:
    yield Stated(
        "preadmission", spec.preadmissions, "inpatient stays", written.inpatient, "cancelled-case"
    )
    yield Stated("system-contact", spec.system_contacts, "other contacts", written.other_contacts)
    yield Stated(
        "cancelled-admission", spec.cancelled_admissions, "inpatient stays", written.inpatient
    )
    for kind, rate in (
        ("discharge-missing", spec.missing_discharge),
        ("zero-charge-account", spec.zero_charge_accounts),
        ("combined-account", spec.combined_accounts),
    ):
        yield Stated(kind, rate, "hospital contacts that took place", written.stays)
    for kind, rate in (
        ("visit-over-midnight", spec.midnight_visits),
        ("visit-over-skipped-hour", spec.clock_change_visits / 2),
        ("visit-over-repeated-hour", spec.clock_change_visits / 2),
    ):
        yield Stated(kind, rate, "treat-and-release emergency visits", written.short_visits)
    for name in ("ed-record", "base-class", "revenue"):
        yield Stated(
            f"emergency-{name}-only", spec.single_signal, "emergency visits", written.emergencies
        )
    missing = spec.ed_record_missing + 2 * spec.single_signal
    yield Stated("emergency-without-ed-record", missing, "emergency visits", written.emergencies)


def _of_surgeries(spec: Spec) -> Iterator[Stated]:
    yield Stated("cancelled-case", spec.cancelled_case, "performed surgeries", written.performed)
    yield Stated("unposted-log", spec.unposted_logs, "performed surgeries", written.performed)
    yield Stated("completed-log", spec.completed_logs, "performed surgeries", written.performed)
    yield Stated("voided-log", spec.voided_logs, "cancelled cases", written.cancelled)
    yield Stated("wrong-scheduled-name", spec.wrong_scheduled_name, "logs", written.rows("OR_LOG"))


def _of_rows(spec: Spec) -> Iterator[Stated]:
    for kind, rate in (
        ("voided-charge", spec.voided_charges / (1 + spec.voided_charges)),
        ("charge-without-contact", spec.unlinked_charges),
    ):
        yield Stated(kind, rate, "professional charges", written.professional)
    helped = spec.assistant_charges / (1 + spec.assistant_charges)
    yield Stated("assistant-charge", helped, "charges of fusions", written.fusions)
    yield Stated("service-date-off", spec.service_date_off, "charges of fusions", written.fusions)
    yield Stated("reversed-charge", spec.reversed_charges, "facility charges", written.facility)
    wrong = spec.reversed_emergency_charges
    yield Stated("reversed-emergency-charge", wrong, "performed surgeries", written.performed)
    share = spec.canceled_adt_events
    yield Stated(
        "canceled-movement",
        share / (1 + share),
        "movements",
        written.movements,
        "cancelled-admission",
    )
    yield Stated(
        "result-not-numeric", spec.non_numeric_results, "results", written.rows("ORDER_RESULTS")
    )
    share = spec.deleted_problems
    yield Stated("deleted-problem", share / (1 + share), "problems", written.rows("PROBLEM_LIST"))
    yield Stated("deleted-note", spec.deleted_notes, "notes", written.rows("HNO_INFO"))
    yield Stated("undotted-code", UNDOTTED, "codes with a dot", written.dotted)


def _of_profiles() -> Iterator[Stated]:
    for name, kind, rate in IN_PROFILES:
        yield Stated(
            f"profile {name}: {kind}", rate, "device profiles", written.profiles,
            named=_differences(name, kind),
        )  # fmt: skip


def _differences(name: str, kind: str) -> Counted:
    mine = (pc.field("field") == name) & (pc.field("kind") == kind)
    return lambda files: files.count("truth/profile_errors", mine)
