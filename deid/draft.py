"""Draft a policy from a scan: complete, cautious, and accepted by `check` as it stands."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from ehrkit.core.columns import Phi
from ehrkit.deid.names import Kind, guess
from ehrkit.deid.scan import Basis, Classified
from ehrkit.deid.standards import Standard

# The patient's own column, most telling first; dates are shifted by it.
_PATIENT = (
    "person_id",
    "patient_id",
    "pat_id",
    "subject_id",
    "participant_id",
    "mrn",
    "pat_mrn_id",
)
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def draft_policy(
    tables: Mapping[str, Sequence[Classified]],
    standard: Standard = Standard.LIMITED,
    *,
    last_year: int,
) -> str:
    """Return a policy as TOML text.

    Direct identifiers and text are dropped, the patient's id becomes a token,
    dates are shifted (reduced to years under safe-harbor), ages capped, ZIPs cut
    to three digits. What is not recognised is dropped until somebody decides.

    Args:
        tables: the scan of each table, by its name.
        standard: the claim to draft for.
        last_year: year of the latest date in the data, for the capping of birth years.
    """
    lines = [
        f"standard = {_text(standard.value)}",
        'on_bad = "refuse"',
        f"last_year = {last_year}  # check: no date in the data may be later",
    ]
    for name, columns in tables.items():
        patient = _patient(columns)
        quasi = [each.column for each in columns if each.phi is Phi.QUASI]
        if quasi:
            named = ", ".join(map(_text, quasi))
            lines += [
                "",
                f"[table.{_key(name)}]",
                f"quasi = [{named}]  # risk is measured over these",
            ]
        lines += ["", f"[table.{_key(name)}.columns]"]
        for each in columns:
            transform, note = _line(each, patient, standard)
            comment = f"  # {each.phi or '?'}, by its {each.basis.value}" if each.phi else ""
            lines.append(f"{_key(each.column)} = {transform}{comment or '  # ' + note}")
    return "\n".join(lines) + "\n"


def _patient(columns: Sequence[Classified]) -> str | None:
    names = {each.column.lower(): each.column for each in columns}
    return next((names[name] for name in _PATIENT if name in names), None)


def _line(each: Classified, patient: str | None, standard: Standard) -> tuple[str, str]:
    """Return the transform of one column, and why where it was not recognised."""
    strict = standard is Standard.SAFE_HARBOR
    token = "code" if strict else "pseudonym"
    if each.column == patient:
        return f'{{ {token} = "person" }}', ""
    match each.kind:
        case Kind.BIRTH_DATE:
            return ('"birth-year"' if each.iso else '"drop"'), ""
        case Kind.DATE if not each.iso:
            return '"drop"', "not an ISO date: add format and a transform"
        case Kind.DATE:
            by_patient = patient is not None and not strict
            return (f"{{ shift = {_text(str(patient))} }}" if by_patient else '"year"'), ""
        case Kind.AGE:
            return '"age-cap"', ""
        case Kind.ZIP:
            return '"zip3"', ""
        case Kind.IDENTIFIER if each.phi is Phi.OTHER_ID:
            return f"{{ {token} = {_text(_purpose(each.column))} }}", ""
    if each.phi in (Phi.NONE, Phi.QUASI):
        return _keep(each), ""
    if each.phi is None:
        return '"drop"', Basis.NOTHING.value + ": decide"
    return '"drop"', ""


def _keep(each: Classified) -> str:
    """Return a keep; it states the class where the name alone would tell another."""
    named = guess(each.column).phi
    if named is each.phi or (named is None and each.basis is Basis.TAG):
        return '"keep"'
    stated = f"keep = true, phi = {_text(str(each.phi))}"
    overrules = f', reason = "the file tags it {each.phi}"' if named else ""
    return f"{{ {stated}{overrules} }}"


def _purpose(column: str) -> str:
    """Return a purpose from a column's name: `ENCOUNTER_ID` -> `encounter`."""
    words = re.sub(r"[^a-z0-9]+", "-", column.lower()).strip("-")
    stem = re.sub(r"-?(id|ids|key|uid|uuid|guid)$", "", words)
    return stem if re.match(r"[a-z]", stem) else "row"


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _text(text: str) -> str:
    """Return a TOML basic string: JSON's escapes are a subset of TOML's."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
