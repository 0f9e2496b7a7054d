"""What stands in the files of a site: its rows, and how many could have been planted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow.compute as pc
import pyarrow.dataset as ds

from ehrkit.synthetic.quality.views import view_tables

SEEN = """
    SELECT count(*) FROM persons
    WHERE person_id IN (SELECT PAT_ID FROM PAT_ENC)
    OR person_id IN (SELECT person_id FROM merges
                     WHERE old_pat_id IN (SELECT PAT_ID FROM PAT_ENC))
"""


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


def rows(table: str) -> Counted:
    """Return what counts the rows of a Clarity table."""
    return lambda files: files.count(f"clarity/{table}")


def persons(files: Files) -> int:
    """Return the persons of the site."""
    return files.count("truth/persons")


def seen(files: Files) -> int:
    """Return the persons with contacts, under their own record or a second one."""
    with duckdb.connect() as connection:
        for name in ("clarity", "truth"):
            view_tables(connection, files.folder / name)
        return int(connection.execute(SEEN).fetchall()[0][0])


def everybody(files: Files) -> int:
    """Return persons and test patients."""
    return persons(files) + files.planted("test-patient")


def movers(files: Files) -> int:
    """Return those whose chart has a second address."""
    return files.count("clarity/PAT_ADDR_CHNG_HX", pc.field("LINE") == 2)


def known_deaths(files: Files) -> int:
    """Return the patients whose chart has a date of death."""
    return files.count("clarity/PATIENT", pc.field("DEATH_DATE").is_valid())


def deaths_outside(files: Files) -> int:
    """Return deaths less those on a hospital contact, whose date the chart always knows."""
    expired = files.number("ZC_DISCH_DISP", "DISCH_DISP_C", "Expired")
    inside = files.count("clarity/PAT_ENC_HSP", pc.field("DISCH_DISP_C") == expired)
    return files.count("truth/persons", pc.field("death_date").is_valid()) - inside


def other_contacts(files: Files) -> int:
    """Return contacts but those of interfaces, of anesthesia, and of stays that never were."""
    planted = sum(map(files.planted, ("system-contact", "preadmission", "cancelled-admission")))
    return files.count("clarity/PAT_ENC") - 2 * files.count("clarity/F_AN_RECORD_SUMMARY") - planted


def movements(files: Files) -> int:
    """Return admissions, transfers, discharges and census rows, and canceled copies."""
    return files.count("clarity/CLARITY_ADT") - files.planted("cancelled-admission")


def facility(files: Files) -> int:
    """Return charges as first posted: a reversed one was posted again, or was a mistake."""
    charged = files.count("clarity/HSP_TRANSACTIONS", pc.field("QUANTITY") > 0)
    return charged - files.planted("reversed-charge") - files.planted("reversed-emergency-charge")


def fusions(files: Files) -> int:
    """Return the professional lines for fusions."""
    return files.count("clarity/ARPB_TRANSACTIONS", pc.starts_with(pc.field("CPT_CODE"), "22"))


def stays(files: Files) -> int:
    """Return hospital contacts that took place."""
    stage = files.number("ZC_PAT_STATUS", "ADT_PATIENT_STAT_C", "Preadmission")
    confirmed = files.number("ZC_CONF_STAT", "ADMIT_CONF_STAT_C", "Canceled")
    real = (pc.field("ADT_PATIENT_STAT_C") != stage) & (pc.field("ADMIT_CONF_STAT_C") != confirmed)
    return files.count("clarity/PAT_ENC_HSP", real)


def inpatient(files: Files) -> int:
    """Return the hospital contacts that were ever inpatient."""
    return files.count("clarity/PAT_ENC_HSP", pc.field("INP_ADM_DATE").is_valid())


def short_visits(files: Files) -> int:
    """Return emergency visits that ended at home."""
    emergency = files.number("ZC_HOSP_ADMSN_TYPE", "HOSP_ADMSN_TYPE_C", "Emergency")
    out = ~pc.field("INP_ADM_DATE").is_valid() & ~pc.field("OP_ADM_DATE").is_valid()
    return files.count("clarity/PAT_ENC_HSP", out & (pc.field("HOSP_ADMSN_TYPE_C") == emergency))


def emergencies(files: Files) -> int:
    """Return the emergency visits of this hospital."""
    return files.count(
        "clarity/PAT_ENC_HSP",
        pc.field("HOSP_ADMSN_TYPE_C")
        == files.number("ZC_HOSP_ADMSN_TYPE", "HOSP_ADMSN_TYPE_C", "Emergency"),
    )


def performed(files: Files) -> int:
    """Return the logs of surgeries that were done."""
    return files.count("clarity/OR_LOG", ~pc.field("PROC_NOT_PERF_C").is_valid())


def cancelled(files: Files) -> int:
    """Return the logs of cases that were not."""
    return files.count("clarity/OR_LOG", pc.field("PROC_NOT_PERF_C").is_valid())


def professional(files: Files) -> int:
    """Return professional charges, without payments."""
    return files.count("clarity/ARPB_TRANSACTIONS", pc.field("CPT_CODE").is_valid())


def dotted(files: Files) -> int:
    """Return the diagnoses of the site's list whose current code has a dot."""
    return files.count("clarity/EDG_CURRENT_ICD10", pc.match_substring(pc.field("CODE"), "."))


def profiles(files: Files) -> int:
    """Return the profiles that the portal of the device study exported."""
    table = ds.dataset(files.folder / "wearables" / "profiles.csv", format="csv")
    return int(table.count_rows())
