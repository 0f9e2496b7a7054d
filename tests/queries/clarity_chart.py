"""A small Clarity-shaped database, written row by row by the tests.

The numbers behind category names are shuffled on purpose: an adapter that
relied on the common numbers would fail here. `_C` columns are text in one table
and numbers in the category table, as happens at real sites.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb

from ehrkit.queries.adapting.adapters import load_adapter

CATEGORIES = {
    "ZC_SEX": ("RCPT_MEM_SEX_C", ["Male", "Unknown", "Female"]),
    "ZC_PAT_CLASS": (
        "ADT_PAT_CLASS_C",
        ["Emergency", "Inpatient", "Observation", "Outpatient", "Hospital Outpatient Surgery"],
    ),
    "ZC_PAT_STATUS": ("ADT_PATIENT_STAT_C", ["Discharged", "Preadmission", "Admission"]),
    "ZC_CONF_STAT": ("ADMIT_CONF_STAT_C", ["Canceled", "Completed"]),
    "ZC_ED_DISPOSITION": ("ED_DISPOSITION_C", ["Admit", "Discharge"]),
    "ZC_DISCH_DISP": ("DISCH_DISP_C", ["Expired", "Home or Self Care"]),
    "ZC_ACCT_BASECLS_HA": ("ACCT_BASECLS_HA_C", ["Emergency", "Outpatient", "Inpatient"]),
    "ZC_EVENT_SUBTYPE": ("EVENT_SUBTYPE_C", ["Canceled", "Original", "Update"]),
    "ZC_ADT_UNIT_TYPE": ("ADT_UNIT_TYPE_C", ["Clinic", "Emergency Department"]),
    "ZC_APPT_STATUS": ("APPT_STATUS_C", ["No Show", "Completed", "Canceled", "Arrived"]),
    "ZC_DISP_ENC_TYPE": ("DISP_ENC_TYPE_C", ["Surgery", "Office Visit", "Hospital Encounter"]),
    "ZC_ACCT_BILLSTS_HA": ("ACCT_BILLSTS_HA_C", ["Voided", "Billed", "Combined"]),
    "ZC_ORDER_STATUS": ("ORDER_STATUS_C", ["Canceled", "Completed"]),
    "ZC_NOTE_TYPE_IP": ("TYPE_IP_C", ["Op Note"]),
}
TIMES = ("_TIME", "_DATE", "_DTTM")
NUMBERS = {"QUANTITY": "DOUBLE", "ORD_NUM_VALUE": "DOUBLE", "LINE": "INTEGER"}


def moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


class Chart:
    """The database of one test; every method writes the rows of one fact."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connection = duckdb.connect(str(path))
        adapter = load_adapter("epic-clarity")
        self.tables = {
            name: sorted(columns) for name, columns in adapter.tables(adapter.relations).items()
        }
        self.connection.execute("BEGIN")
        for name, columns in self.tables.items():
            typed = ", ".join(f"{column} {self._type(name, column)}" for column in columns)
            self.connection.execute(f"CREATE TABLE {name} ({typed})")
        for table, (key, names) in CATEGORIES.items():
            for number, label in enumerate(names, 11):
                self.add(table, **{key: number, "NAME": label})
        self.add("CLARITY_DEP", DEPARTMENT_ID=1, SPECIALTY="Orthopaedic Surgery")
        self.add("CLARITY_DEP", DEPARTMENT_ID=2, SPECIALTY="Emergency Medicine")
        self.add("CL_UB_REV_CODE", UB_REV_CODE_ID=7, REVENUE_CODE="0450")
        self.add("CL_UB_REV_CODE", UB_REV_CODE_ID=8, REVENUE_CODE="0360")
        self._line = 0
        self.open = True

    @staticmethod
    def _type(table: str, column: str) -> str:
        if column.endswith(TIMES) and not table.startswith("ZC_"):
            return "TIMESTAMP"
        if table.startswith("ZC_") and column != "NAME":
            return "INTEGER"
        return NUMBERS.get(column, "VARCHAR")

    def add(self, table: str, **values: object) -> None:
        columns = [column for column in values if column in self.tables[table]]
        marks = ", ".join("?" * len(columns))
        names = ", ".join(columns)
        self.connection.execute(
            f"INSERT INTO {table} ({names}) VALUES ({marks})", [values[name] for name in columns]
        )

    def code(self, table: str, name: str | None) -> str | None:
        """Return the site's number of a category name, as text."""
        return None if name is None else str(CATEGORIES[table][1].index(name) + 11)

    def patient(
        self,
        pat_id: str,
        *,
        birth: str = "1960-05-05",
        sex: str = "Female",
        test: str | None = None,
        name: str = "DOE,JANE",
        mrn: str = "0012",
        death: str | None = None,
    ) -> None:
        self.add(
            "PATIENT",
            PAT_ID=pat_id,
            PAT_MRN_ID=mrn,
            PAT_NAME=name,
            PAT_FIRST_NAME="Jane",
            PAT_LAST_NAME="Doe",
            BIRTH_DATE=moment(birth),
            SEX_C=self.code("ZC_SEX", sex),
            DEATH_DATE=moment(death),
            ZIP="01234",
        )
        self.add("PATIENT_3", PAT_ID=pat_id, IS_TEST_PAT_YN=test)

    def merge(self, survivor: str, old: str) -> None:
        self.add("PAT_MERGE_HISTORY", PAT_ID=survivor, PATIENT_MRG_HIST=old)

    def stay(
        self,
        csn: int,
        pat_id: str,
        start: str | None,
        end: str | None = None,
        *,
        kind: str = "Inpatient",
        status: str = "Discharged",
        confirmed: str = "Completed",
        inpatient: str | None = None,
        outpatient: str | None = None,
        emergency: str | None = None,
        episode: int | None = None,
        department: int = 1,
        ed_left: str | None = None,
    ) -> None:
        """Write a hospital contact with its account; an inpatient class starts at `start`."""
        self.add(
            "PAT_ENC_HSP",
            PAT_ENC_CSN_ID=csn,
            PAT_ID=pat_id,
            HSP_ACCOUNT_ID=9000 + csn,
            ADT_PAT_CLASS_C=self.code("ZC_PAT_CLASS", kind),
            ADT_PATIENT_STAT_C=self.code("ZC_PAT_STATUS", status),
            ADMIT_CONF_STAT_C=self.code("ZC_CONF_STAT", confirmed),
            HOSP_ADMSN_TIME=moment(start),
            HOSP_DISCH_TIME=moment(end),
            INP_ADM_DATE=moment(inpatient or (start if kind == "Inpatient" else None)),
            OP_ADM_DATE=moment(outpatient),
            EMER_ADM_DATE=moment(emergency),
            ED_EPISODE_ID=episode,
            DEPARTMENT_ID=department,
            ED_DEPARTURE_TIME=moment(ed_left),
        )
        self.add(
            "PAT_ENC",
            PAT_ENC_CSN_ID=csn,
            PAT_ID=pat_id,
            DEPARTMENT_ID=department,
            CONTACT_DATE=moment(start),
        )
        self.add(
            "HSP_ACCOUNT",
            HSP_ACCOUNT_ID=9000 + csn,
            PAT_ID=pat_id,
            PRIM_ENC_CSN_ID=csn,
            ADM_DATE_TIME=moment(start),
            ACCT_BILLSTS_HA_C=self.code("ZC_ACCT_BILLSTS_HA", "Billed"),
        )

    def emergency(self, csn: int, pat_id: str, start: str) -> None:
        """Write a treat-and-release visit that the emergency record shows."""
        self.stay(csn, pat_id, start, start, kind="Emergency", emergency=start, episode=csn)

    def procedure(self, csn: int, code: str, when: str | None) -> None:
        self._line += 1
        self.add("CL_ICD_PX", ICD_PX_ID=str(self._line), REF_BILL_CODE=code)
        self.add(
            "HSP_ACCT_PX_LIST",
            HSP_ACCOUNT_ID=9000 + csn,
            LINE=self._line,
            FINAL_ICD_PX_ID=str(self._line),
            PROC_DATE=moment(when),
        )

    def diagnosis(self, csn: int, code: str) -> None:
        self._line += 1
        self.add("EDG_CURRENT_ICD10", DX_ID=self._line, CODE=code)
        self.add("PAT_ENC_DX", PAT_ENC_CSN_ID=csn, LINE=self._line, DX_ID=self._line)

    def visit(
        self,
        csn: int,
        pat_id: str,
        when: str,
        *,
        status: str | None = "Completed",
        department: int | None = 1,
    ) -> None:
        self.add(
            "PAT_ENC",
            PAT_ENC_CSN_ID=csn,
            PAT_ID=pat_id,
            CONTACT_DATE=moment(when),
            DEPARTMENT_ID=department,
            APPT_STATUS_C=self.code("ZC_APPT_STATUS", status),
            ENC_TYPE_C=self.code("ZC_DISP_ENC_TYPE", "Office Visit"),
        )

    def movement(self, csn: int, subtype: str, base_class: str) -> None:
        self.add(
            "CLARITY_ADT",
            PAT_ENC_CSN_ID=csn,
            EVENT_SUBTYPE_C=self.code("ZC_EVENT_SUBTYPE", subtype),
            BASE_PAT_CLASS_C=self.code("ZC_ACCT_BASECLS_HA", base_class),
        )

    def charge(self, csn: int, revenue_id: int, quantity: float) -> None:
        self.add(
            "HSP_TRANSACTIONS",
            PAT_ENC_CSN_ID=csn,
            HSP_ACCOUNT_ID=9000 + csn,
            UB_REV_CODE_ID=revenue_id,
            QUANTITY=quantity,
        )

    def surgery(
        self, csn: int, pat_id: str, start: str, end: str | None, code: str = "0SG00A0"
    ) -> None:
        """Write an inpatient stay with a lumbar fusion on its first day."""
        self.stay(csn, pat_id, start, end)
        self.procedure(csn, code, start[:10])

    def close(self) -> Path:
        """Save the chart for others to open; safe to call again."""
        if self.open:
            self.connection.execute("COMMIT")
            self.connection.close()
            self.open = False
        return self.path
