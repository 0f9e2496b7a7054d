"""Definitions as TOML text, so that what is compared goes through a file as a user's does."""

from __future__ import annotations

import json


def toml_text(definition):
    """Write tables of texts, numbers, truths, lists and tables."""
    lines = [f"{key} = {_value(one)}" for key, one in definition.items() if not _is_table(one)]
    for key, one in definition.items():
        for table in one if isinstance(one, list) else [one]:
            if isinstance(table, dict):
                lines += ["", f"[[{key}]]" if isinstance(one, list) else f"[{key}]"]
                lines += [f"{_key(name)} = {_value(inner)}" for name, inner in table.items()]
    return "\n".join(lines) + "\n"


def _is_table(one):
    return isinstance(one, dict) or (
        isinstance(one, list) and bool(one) and isinstance(one[0], dict)
    )


def _key(name):
    return name if name.replace("-", "").replace("_", "").isalnum() else json.dumps(name)


def _value(one):
    if isinstance(one, dict):
        return "{ " + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in one.items()) + " }"
    if isinstance(one, list):
        return "[" + ", ".join(map(_value, one)) + "]"
    return json.dumps(one)
