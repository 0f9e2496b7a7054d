"""An independent interpreter of cohort files: plain Python over lists of dicts, no SQL, no ehrkit.

It reads the raw TOML tables, not ehrkit's dataclasses, so that it checks the
reader as well. Rows are dicts with the columns of the logical relations;
`event_time` and `end_time` are `datetime` or None.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fnmatch import fnmatchcase

GROUPS = ("any", "all", "none")
EVENTS = ("procedure", "condition", "encounter")


def day(moment):
    return moment.date() if isinstance(moment, datetime) else moment


class Oracle:
    def __init__(self, definition, data, code_sets):
        self.definition = definition
        self.data = data
        self.codes = code_sets | definition.get("codes", {})
        self.parameters = {
            name: one["default"] for name, one in definition.get("parameters", {}).items()
        }
        self.persons = {one["person_id"]: one for one in data["person"]}

    # --- the whole ---

    def run(self):
        """Return output rows and, per step, the sets of persons, events and encounters kept."""
        index = self.definition["index"]
        found = {(one["person_id"], one["date"], one["encounter_id"]) for one in self.events(index)}
        steps = [found]
        alive = {one for one in found if one[1] is not None and one[0] in self.persons}
        steps.append(alive)
        keep, scope = index.get("keep", "first"), index.get("of", "history")
        if keep != "every" and scope == "history":
            alive = self.keep_one(alive, keep)
            steps.append(alive)
        if "between" in index:
            low, high = (date.fromisoformat(self.value(x)) for x in index["between"])
            alive = {one for one in alive if low <= one[1] <= high}
            steps.append(alive)
        for key in ("require", "forbid"):
            for rule in self.definition.get(key, []):
                wanted = key == "require"
                alive = {one for one in alive if self.meets(rule, one, "index", None) == wanted}
                steps.append(alive)
        if keep != "every" and scope == "eligible":
            alive = self.keep_one(alive, keep)
            steps.append(alive)
        return sorted((self.row(one) for one in alive), key=self.row_order), steps

    def row_order(self, row):
        return (
            row["person_id"],
            row["index_date"],
            row["encounter_id"] is None,
            row["encounter_id"] or "",
        )

    def keep_one(self, events, keep):
        kept = {}
        for one in events:
            kept.setdefault(one[0], []).append(one)
        return {self.choose(mine, keep) for mine in kept.values()}

    def choose(self, mine, keep):
        edge = (min if keep == "first" else max)(one[1] for one in mine)
        tied = [one for one in mine if one[1] == edge]
        known = [one for one in tied if one[2] is not None]
        if not known:
            return tied[0]
        return (min if keep == "first" else max)(known, key=lambda one: one[2])

    # --- criteria ---

    def value(self, raw):
        return self.parameters.get(raw, raw) if isinstance(raw, str) else raw

    def meets(self, rule, event, anchor, days):
        anchor, days = rule.get("after", anchor), rule.get("days", days)
        if "age" in rule:
            years = self.age(event)
            low = self.value(rule["age"].get("at_least", -999))
            high = self.value(rule["age"].get("at_most", 999))
            return years is not None and low <= years <= high
        if "sex" in rule:
            allowed = rule["sex"] if isinstance(rule["sex"], list) else [rule["sex"]]
            return (self.persons[event[0]]["sex"] or "unknown") in allowed
        for how in GROUPS:
            if how in rule:
                met = [self.meets(part, event, anchor, days) for part in rule[how]]
                return {"any": any(met), "all": all(met), "none": not any(met)}[how]
        inside = self.inside(rule, event, anchor, days)
        return len({one["event_id"] for one in inside}) >= self.value(rule.get("at_least", 1))

    def inside(self, rule, event, anchor, days):
        start = event[1] if anchor == "index" else self.discharge(event)
        if start is None:
            return []
        found = []
        for one in self.events(rule):
            if one["person_id"] != event[0] or one["date"] is None:
                continue
            offset = (one["date"] - start).days
            low, high = days or ("any", "any")
            if (low == "any" or offset >= self.value(low)) and (
                high == "any" or offset <= self.value(high)
            ):
                found.append(one)
        return found

    def events(self, rule):
        if "encounter" in rule:
            kinds = (
                rule["encounter"] if isinstance(rule["encounter"], list) else [rule["encounter"]]
            )
            return [
                one | {"date": day(one["event_time"]), "event_id": one["encounter_id"]}
                for one in self.data["encounter"]
                if one["kind"] in kinds
            ]
        relation = "procedure" if "procedure" in rule else "condition"
        chosen = self.codes[rule[relation]]
        return [
            one | {"date": day(one["event_time"])}
            for one in self.data[relation]
            if self.listed(chosen["include"], one)
            and not self.listed(chosen.get("exclude", {}), one)
        ]

    def listed(self, codes, one):
        plain = one["code"].strip().upper().replace(".", "")
        return any(
            fnmatchcase(plain, pattern.upper().replace(".", ""))
            for pattern in codes.get(one["vocabulary"], [])
        )

    def age(self, event):
        born = day(self.persons[event[0]]["birth_date"])
        if born is None:
            return None
        years = event[1].year - born.year
        return years - ((event[1].month, event[1].day) < (born.month, born.day))

    def discharge(self, event):
        order = {"inpatient": 1, "observation": 2, "outpatient": 3, "emergency": 4}
        rows = [
            one
            for one in self.data["encounter"]
            if event[2] is not None
            and one["person_id"] == event[0]
            and one["encounter_id"] == event[2]
        ]
        if not rows:
            return None
        best = min(order.get(one["kind"], 5) for one in rows)
        ends = [day(one["end_time"]) for one in rows if order.get(one["kind"], 5) == best]
        return max((end for end in ends if end is not None), default=None)

    # --- output ---

    def row(self, event):
        person = self.persons[event[0]]
        end, reason = self.follow_up(event)
        row = {
            "person_id": event[0],
            "encounter_id": event[2],
            "index_date": event[1],
            "discharge_date": self.discharge(event),
            "death_date": day(person["death_date"]),
            "follow_up_end": end,
            "follow_up_reason": reason,
            "age": self.age(event),
            "sex": person["sex"] or "unknown",
        }
        for column in self.definition.get("column", []):
            row[column["name"]] = self.column(column, event)
        return row

    def column(self, column, event):
        anchor = column.get("after", "index")
        start = event[1] if anchor == "index" else self.discharge(event)
        if start is None:
            return None
        inside = self.inside(column, event, anchor, column.get("days"))
        number = len({one["event_id"] for one in inside})
        first = min((one["date"] for one in inside), default=None)
        return {
            "any": int(number >= column.get("at_least", 1)),
            "count": number,
            "first_date": first,
            "days_to": None if first is None else (first - start).days,
        }[column.get("value", "any")]

    def follow_up(self, event):
        rule = self.definition.get("follow_up", {})
        until = rule.get("until", ["death", "last-contact", "end-of-data"])
        until = [until] if isinstance(until, str) else until
        ends = {}
        death = day(self.persons[event[0]]["death_date"])
        if "death" in until and death is not None:
            ends["death"] = death
        if "days" in rule:
            ends["day-limit"] = event[1] + timedelta(days=self.value(rule["days"]))
        if "end-of-data" in until:
            seen = [
                day(one[k]) for one in self.data["encounter"] for k in ("event_time", "end_time")
            ]
            last = max((one for one in seen if one is not None), default=None)
            if "end_of_data" in rule:
                last = date.fromisoformat(self.value(rule["end_of_data"]))
            if last is not None:
                ends["end-of-data"] = last
        if "last-contact" in until and "death" not in ends:
            mine = [one for one in self.data["encounter"] if one["person_id"] == event[0]]
            days = [day(one[k]) for one in mine for k in ("event_time", "end_time")]
            ends["last-contact"] = max([d for d in days if d is not None] + [event[1]])
        if not ends:
            return None, None
        end = min(ends.values())
        return end, next(name for name, when in ends.items() if when == end)
