"""When observation of each index event ends, and why."""

from __future__ import annotations

from ehrkit.queries.canonical.build import parse
from ehrkit.queries.canonical.functions import Node
from ehrkit.queries.compiling.build import KEY, Build
from ehrkit.queries.compiling.counting import FIRST, add_counts
from ehrkit.queries.compiling.selecting import EventTables

# Reasons in the order that decides on equal days; censoring events stand after day-limit.
REASONS = {
    "death": "death",
    "day_limit": "day-limit",
    "data_end": "end-of-data",
    "observation_end": "observation-end",
    "last_contact": "last-contact",
}


def add_follow_up(build: Build, tables: EventTables, source: str) -> None:
    """Add the CTEs of follow-up for the index events of `source`, and name the last in `build`.

    Its columns: the index event's key, `end_date` and `reason`.
    """
    ends, joins = _candidates(build, tables, source)
    columns = ", ".join(f"{value} AS {name}" for name, (value, _) in ends.items())
    table = build.add(
        "follow_up_ends",
        "The days on which observation could end",
        parse(
            "SELECT s.person_id AS person_id, s.event_number AS event_number, "
            f"{columns} FROM {source} AS s{joins}",
            final_day=build.cohort.follow_up.end_of_data or 0,
            span=build.cohort.follow_up.days or 0,
        ),
    )
    names = list(ends)
    while len(names) > 1:
        table, names = _halve(build, table, names)
    build.follow_ups = build.add(
        "follow_ups", "When observation ends, and why", _reasons(ends, table, names[0])
    )


def _halve(build: Build, table: str, names: list[str]) -> tuple[str, list[str]]:
    """Take the earlier of each two; a missing day does not count."""
    pairs = [names[n : n + 2] for n in range(0, len(names), 2)]
    earlier = {
        f"end_{len(pairs)}_{n}": (
            f"EHR_LEAST(f.{pair[0]}, f.{pair[1]})" if pair[1:] else f"f.{pair[0]}"
        )
        for n, pair in enumerate(pairs, 1)
    }
    columns = ", ".join(f"{value} AS {name}" for name, value in earlier.items())
    added = build.add(
        "follow_up_earlier",
        "The earlier of each two; a missing day does not count",
        f"SELECT f.*, {columns} FROM {table} AS f",
    )
    return added, list(earlier)


def _reasons(ends: dict[str, tuple[str, str]], table: str, earliest: str) -> Node:
    cases = " ".join(
        f"WHEN f.{earliest} = f.{name} THEN '{reason}'" for name, (_, reason) in ends.items()
    )
    return parse(
        "SELECT f.person_id AS person_id, f.event_number AS event_number, "
        f"f.{earliest} AS end_date, CASE {cases} END AS reason FROM {table} AS f"
    )


def _candidates(
    build: Build, tables: EventTables, source: str
) -> tuple[dict[str, tuple[str, str]], str]:
    """Return the possible ends (name to expression and reason), and the joins that they need."""
    follow_up = build.cohort.follow_up
    until = follow_up.until
    ends: dict[str, tuple[str, str]] = {}
    joins = ""

    def end(name: str, value: str) -> None:
        ends[name] = (value, REASONS[name])

    if "death" in until:
        end("death", "s.death_date")
    if follow_up.days is not None:
        end("day_limit", "EHR_ADD_DAYS(s.index_date, :span)")
    for number, censor in enumerate(follow_up.censors, 1):
        table = add_counts(build, tables, censor.look, source, f"censored_{censor.name}", [FIRST])
        ends[f"censor_{number}"] = (f"{table}.{FIRST}", censor.name)
        joins += f" LEFT JOIN {table} ON {KEY.format(left=table, right='s')}"
    contacts = _last_contacts(build, source)
    if "end-of-data" in until and follow_up.end_of_data is not None:
        end("data_end", ":final_day")
    elif "end-of-data" in until:
        last = build.add(
            "data_end",
            "The latest day of any encounter: the end of the data",
            f"SELECT MAX(l.last_contact) AS last_day FROM {contacts} AS l",
        )
        end("data_end", f"{last}.last_day")
        joins += f" CROSS JOIN {last}"
    if "observation-end" in until:
        table = _observation_ends(build, source)
        end("observation_end", f"{table}.end_date")
        joins += f" LEFT JOIN {table} ON {KEY.format(left=table, right='s')}"
    if "last-contact" in until:
        seen = "EHR_GREATEST(l.last_contact, s.index_date)"
        alive = f"CASE WHEN s.death_date IS NULL THEN {seen} END"
        end("last_contact", alive if "death" in until else seen)
        joins += f" LEFT JOIN {contacts} AS l ON l.person_id = s.person_id"
    return ends, joins


def _last_contacts(build: Build, source: str) -> str:
    """The last day on which people were seen: of all, where the end of the data is asked, too."""
    follow_up = build.cohort.follow_up
    everybody = "end-of-data" in follow_up.until and follow_up.end_of_data is None
    if not everybody and "last-contact" not in follow_up.until:
        return ""
    query = (
        "SELECT e.person_id AS person_id, "
        "MAX(EHR_GREATEST(e.event_date, e.end_date)) AS last_contact FROM encounters AS e"
    )
    if not everybody:
        query += (
            f" WHERE EXISTS (SELECT 1 AS one FROM {source} AS s WHERE s.person_id = e.person_id)"
        )
    return build.add(
        "last_contacts",
        "The last day on which each person was seen",
        f"{query} GROUP BY e.person_id",
    )


def _observation_ends(build: Build, source: str) -> str:
    return build.add(
        "observation_ends",
        "The latest end of the observation periods that hold the index date",
        "SELECT s.person_id AS person_id, s.event_number AS event_number, "
        f"MAX(o.end_date) AS end_date FROM {source} AS s JOIN observations AS o "
        "ON o.person_id = s.person_id AND s.index_date BETWEEN o.start_date AND o.end_date "
        "GROUP BY s.person_id, s.event_number",
    )
