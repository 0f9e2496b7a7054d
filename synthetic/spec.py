"""What to generate: sizes, shares and rates, each with its source."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np

from ehrkit.core.errors import UsageError
from ehrkit.synthetic.identifiers import MOST_BLOCKS, SLOTS

CHART_START = np.datetime64("2016-01-01")
SURGERY_START = np.datetime64("2017-01-01")
SURGERY_END = np.datetime64("2025-12-31")
# The day the extract was taken: nothing in the chart is later.
EXTRACT = np.datetime64("2026-03-31")

MOST_PATIENTS = 5_000_000
MOST_IN_BLOCK = 20_000


@dataclass(frozen=True)
class Spec:
    """Parameters of a synthetic chart. Rates are probabilities.

    The shares of surgical patients are far above those of a real hospital, on
    purpose: a small chart must hold a cohort worth querying. Outcome rates follow
    published series; planted trouble follows rates seen in public guides, or is a
    design choice where nothing is published.
    """

    patients: int
    seed: int
    # Patients that are drawn together; part of the seed, so a chart depends on it.
    block: int = 20_000
    # A study enrols so many people at most, however large the chart; loaned devices come on top.
    device_users: int = 1000
    # Steps and heart rate minute by minute, around surgery and where local time changes.
    minutes: bool = False
    notes: bool = True

    # Design choice: 16 % lumbar fusion gives about 280 of them in 2018-2025 among 2,000 patients.
    lumbar_fusion: float = 0.16
    cervical_fusion: float = 0.03
    decompression: float = 0.05
    sacroiliac_fusion: float = 0.005
    joint_fusion: float = 0.012

    # Patel 2017, claims: reoperation after lumbar fusion 0.8, 1.7 and 3.8 % at 30, 90 and
    # 365 days; washouts of infected wounds and haematomas are among them.
    reoperation_first_year: float = 0.038
    # Norton Leatherman 2020: wound infection within 90 days of spine surgery, 2 %.
    wound_infection: float = 0.02
    # Deyo 2010: life-threatening complications, 2.3 % after decompression and 5.6 % after
    # complex fusion; between them for simple fusion.
    life_threatening_decompression: float = 0.023
    life_threatening_simple_fusion: float = 0.033
    life_threatening_complex_fusion: float = 0.056
    # Incidental tear of the dura; design choice inside the 3 to 9 % of published series.
    dural_tear: float = 0.05
    # Design choice inside the 0.1 to 0.6 % of published series; ordinary mortality adds.
    death_30_days: float = 0.0025
    death_31_to_90_days: float = 0.002
    # 12.8 % of 37,559 primary lumbar fusions came to an emergency department within
    # 30 days of discharge, 30.5 % of those were admitted. These are the visits without a
    # complication; visits for complications and background visits make up the rest.
    emergency_30_days: float = 0.078
    emergency_31_to_90_days: float = 0.028
    emergency_after_decompression: float = 0.055
    emergency_admitted: float = 0.205
    # Admitted from a visit that has nothing to do with surgery; design choice above the
    # one in eight of national surveys, since the chart is that of a referral hospital.
    background_admitted: float = 0.15
    # Norton Leatherman 2020: readmission within 90 days 8 %. These are the readmissions
    # that neither a complication nor an emergency visit brings about.
    direct_readmission: float = 0.011
    # CDC NHAMCS reports about 0.4 emergency visits per person-year; many go elsewhere.
    emergency_per_year: float = 0.22
    outside_emergency: float = 0.04

    # Opioid use before spine surgery: published 35 to 50 %. Long use afterwards by those
    # without: 5.9 to 6.5 % in Brummett 2017 (general knowledge), to which a second surgery
    # adds; by those with: design choice.
    preoperative_opioids: float = 0.42
    prolonged_opioids_naive: float = 0.055
    prolonged_opioids_user: float = 0.45

    # Design choices: first spine surgeries without therapy or injections before them; of the
    # others, the share with a course of therapy, and with injections.
    no_conservative_care: float = 0.14
    therapy_before: float = 0.72
    injection_before: float = 0.55
    # Adults without spine surgery who see somebody about their back; design choice.
    back_trouble: float = 0.20

    # JHU data guide: 8-12 % of cases are cancelled and redone under a new log.
    cancelled_case: float = 0.10
    test_patients: float = 0.001
    # Second records: of the people with contacts.
    merged_records: float = 0.04
    # Of the merged records, those that went into one that was merged away later; design choice.
    merge_chains: float = 0.08
    unmerged_duplicates: float = 0.005
    preadmissions: float = 0.02
    cancelled_admissions: float = 0.02
    # Reference, quirk 4: 3-5 % preadmissions, cancelled, zero-charge and combined in all.
    zero_charge_accounts: float = 0.008
    combined_accounts: float = 0.008
    missing_discharge: float = 0.008
    # Of treat-and-release emergency visits: over midnight (about what arrival times of US
    # emergency departments give), and over a change of the clock (half in March, half in
    # November). Design choice.
    midnight_visits: float = 0.15
    clock_change_visits: float = 0.005
    ed_record_missing: float = 0.05
    single_signal: float = 0.015
    system_contacts: float = 0.05
    reversed_charges: float = 0.04
    reversed_emergency_charges: float = 0.02
    canceled_adt_events: float = 0.06
    non_numeric_results: float = 0.02
    placeholder_ssn: float = 0.05
    unknown_deaths: float = 0.30
    conflicting_status: float = 0.05
    deleted_notes: float = 0.02
    # Reference, quirk 9 (JHU data guide): 97.8 % of logs are Posted, 0.7 % Unposted, the rest
    # Voided, Completed or Canceled. Of performed cases; then of cancelled ones.
    unposted_logs: float = 0.007
    completed_logs: float = 0.009
    voided_logs: float = 0.03
    canceled_logs: float = 0.04
    # Reference, quirk 10: 10-15 % of scheduled names disagree with what is billed.
    wrong_scheduled_name: float = 0.12
    # Reference, quirk 12: 1.4-2 lines per true professional number. Of charges; design choice.
    assistant_charges: float = 0.45
    voided_charges: float = 0.06
    service_date_off: float = 0.04
    unlinked_charges: float = 0.08
    # Of problems, those entered for the wrong person and deleted; design choice.
    deleted_problems: float = 0.06
    # Design choices: movers whose chart still shows the old address, and Jr, Sr or III that
    # was typed into the last name.
    stale_address: float = 0.08
    suffix_in_last_name: float = 0.60

    # Opt-in is biased (see devices/opt_in.py); these are the averages. Design choice.
    spine_opt_in: float = 0.28
    other_opt_in: float = 0.04
    outside_users: float = 0.20

    def __post_init__(self) -> None:
        if not 1 <= self.patients <= MOST_PATIENTS:
            raise UsageError(
                f"the number of patients lies between 1 and {MOST_PATIENTS:,}", where="--patients"
            )
        if not 1 <= self.block <= MOST_IN_BLOCK:
            raise UsageError(f"a block holds 1 to {MOST_IN_BLOCK:,} patients", where="block")
        if self.device_users < 0:
            raise UsageError("a whole number from 0 up", where="--device-users")
        if self.seed < 0:
            raise UsageError("the seed is a whole number from 0 up", where="--seed")
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, float) and not 0 <= value <= 1:
                raise UsageError("a rate lies between 0 and 1", where=field.name)
        if sum(self.surgical_shares) > 1:
            raise UsageError("the surgical shares add up to more than everybody")
        self._check_identifiers()

    def _check_identifiers(self) -> None:
        """Refuse what a site or a block has too few patient numbers for."""
        if -(-self.patients // self.block) > MOST_BLOCKS:
            raise UsageError(
                f"a site has at most {MOST_BLOCKS} blocks",
                where="block",
                hint="Ask for fewer patients, or for more in a block.",
            )
        size = min(self.patients, self.block)
        second = size * (self.merged_records + self.unmerged_duplicates)
        # More than six standard deviations above the mean: records, and those of chains.
        most = second * (1 + self.merge_chains) + 12 * math.sqrt(second)
        if size * (1 + self.test_patients) + 2 + most > SLOTS:
            raise UsageError(
                f"a block has {SLOTS:,} patient numbers, too few for so many second records "
                "and test patients",
                where="merged_records, unmerged_duplicates, test_patients or block",
                hint="Lower a rate, or ask for fewer patients in a block.",
            )

    @property
    def surgical_shares(self) -> tuple[float, ...]:
        """Share of patients by first surgery, in the order of `vocabulary.SurgeryKind`."""
        return (
            self.lumbar_fusion,
            self.cervical_fusion,
            self.decompression,
            self.sacroiliac_fusion,
            self.joint_fusion,
        )
