"""Apple Health `export.xml`, streamed through expat in bounded memory.

The DOCTYPE is cut before parsing: iOS 16 wrote a malformed one, and without it no entity
can be declared. Control bytes that XML forbids are dropped. Records inside a `Correlation`
repeat at the top level and are skipped. The offset in each time is the phone's zone at export.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO
from xml.parsers import expat

from ehrkit.core.errors import DataError
from ehrkit.wearables import records as r
from ehrkit.wearables.vendors.exports import device_files
from ehrkit.wearables.vendors.values import MAX_STEPS, number

VENDOR = "apple-health"
CHUNK = 1 << 19
PROLOG_LIMIT = 1 << 22
FORBIDDEN = bytes(code for code in range(32) if code not in b"\t\n\r")
ROOT = b"<HealthData"
QUANTITIES = {
    "HKQuantityTypeIdentifierStepCount": (r.STEPS, r.INTERVAL, MAX_STEPS),
    "HKQuantityTypeIdentifierRestingHeartRate": (r.RESTING_HEART_RATE, r.SAMPLE, 300.0),
    "HKQuantityTypeIdentifierHeartRate": (r.HEART_RATE, r.SAMPLE, 400.0),
}
SLEEP_TYPE = "HKCategoryTypeIdentifierSleepAnalysis"
ASLEEP = "HKCategoryValueSleepAnalysisAsleep"
SLEEP_GAP = timedelta(minutes=120)
"""Stages less than this apart are one sleep, which counts on the day it ends. Our own choice: no
published rule."""


def read(path: Path, tally: r.Tally) -> Iterator[r.Record]:
    """Yield the records of an Apple Health export.

    The path is an `export.xml`, an `export.zip`, or a folder with one of them per device user.

    Raises:
        UsageError: nothing to read there.
        DataError: not an Apple Health export, or not well-formed; names file and line.
    """
    for user, entry in device_files(path, (".xml", ".zip")):
        if not entry.stem.endswith("_cda"):
            with _opened(entry) as stream:
                yield from _Export(user, str(entry), tally).records(stream)


def _opened(entry: Path) -> IO[bytes]:
    if entry.suffix.lower() != ".zip":
        return entry.open("rb")
    try:
        archive = zipfile.ZipFile(entry)
    except zipfile.BadZipFile:
        raise DataError("the archive is damaged", where=str(entry)) from None
    members = [name for name in archive.namelist() if name.endswith(".xml")]
    wanted = [name for name in members if not name.endswith("_cda.xml")]
    if len(wanted) != 1:
        raise DataError("the archive must hold exactly one export.xml", where=str(entry))
    return archive.open(wanted[0])


class _Export:
    """One pass over one export: the parser's handlers and what they have found."""

    def __init__(self, user: str, where: str, tally: r.Tally) -> None:
        self.user = user
        self.where = where
        self.tally = tally
        self.depth = 0
        self.ready: list[r.Record] = []
        self.sources: dict[str, str] = {}
        self.sleep: list[tuple[str, datetime, datetime, int]] = []
        self.parser = expat.ParserCreate("UTF-8")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def records(self, stream: IO[bytes]) -> Iterator[r.Record]:
        """Feed the stream piece by piece, handing on what each piece held."""
        for piece in _pieces(stream, self.where):
            self._feed(piece, final=False)
            yield from self.ready
            self.ready.clear()
        self._feed(b"", final=True)
        yield from self._sessions()

    def _feed(self, piece: bytes, *, final: bool) -> None:
        try:
            self.parser.Parse(piece, final)
        except expat.ExpatError as error:
            raise DataError(
                "the XML is not well-formed",
                where=f"{self.where}, line {error.lineno}",
                hint="Export it again; the file may have been cut short.",
            ) from None

    def _start(self, name: str, found: dict[str, str]) -> None:
        self.depth += 1
        if self.depth != 2:
            return
        if name == "Record":
            self._record(found)
        elif name == "ExportDate":
            moment, offset = self._time(found, "value")
            self._add("merged-1", r.SYNC, r.SAMPLE, moment, moment, offset, 0.0)

    def _end(self, _name: str) -> None:
        self.depth -= 1

    def _record(self, found: dict[str, str]) -> None:
        kind = found.get("type", "")
        if kind == SLEEP_TYPE:
            if found.get("value", "").startswith(ASLEEP):
                start, offset = self._time(found, "startDate")
                end, _ = self._time(found, "endDate")
                self.sleep.append((self._source(found), start, max(start, end), offset))
        elif kind in QUANTITIES:
            metric, grain, highest = QUANTITIES[kind]
            start, offset = self._time(found, "startDate")
            end = start if grain == r.SAMPLE else max(start, self._time(found, "endDate")[0])
            value = number(found.get("value"), f"{self._spot()}, Record value", highest)
            self._add(self._source(found), metric, grain, start, end, offset, value)
        else:
            self.tally["records of other types left out"] += 1

    def _add(
        self,
        source: str,
        metric: str,
        grain: str,
        start: datetime,
        end: datetime,
        offset: int,
        value: float,
    ) -> None:
        self.ready.append(
            r.Record(
                self.user, VENDOR, source, metric, grain, start, end, offset, value, r.AMBIGUOUS
            )
        )

    def _source(self, found: dict[str, str]) -> str:
        """Number the sources by kind.

        Phone and watch stay apart, the owner's name in them does not stay.
        """
        name = found.get("sourceName", "").replace("\u00a0", " ")
        if name not in self.sources:
            text = f"{name} {found.get('device', '')}".casefold()
            kind = next((word for word in ("watch", "phone") if word in text), "other")
            count = sum(label.startswith(kind) for label in self.sources.values())
            self.sources[name] = f"{kind}-{count + 1}"
        return self.sources[name]

    def _time(self, found: dict[str, str], key: str) -> tuple[datetime, int]:
        text = found.get(key, "")
        try:
            sign = {"+": 1, "-": -1}[text[20]]
            offset = sign * (int(text[21:23]) * 60 + int(text[23:25]))
            return datetime.fromisoformat(text[:19]), offset
        except (KeyError, IndexError, ValueError):
            raise DataError(f"the attribute {key} is not a time", where=self._spot()) from None

    def _spot(self) -> str:
        return f"{self.where}, line {self.parser.CurrentLineNumber}"

    def _sessions(self) -> Iterator[r.Record]:
        """Join the stages of each source into sleeps.

        A whole night then counts on its wake date.
        """
        self.sleep.sort()
        group: list[tuple[str, datetime, datetime, int]] = []
        reach = datetime.min
        for stage in self.sleep:
            if group and (stage[0] != group[0][0] or stage[1] - reach >= SLEEP_GAP):
                yield self._session(group, reach)
                group = []
            reach = max(reach, stage[2]) if group else stage[2]
            group.append(stage)
        if group:
            yield self._session(group, reach)

    def _session(
        self, stages: list[tuple[str, datetime, datetime, int]], end: datetime
    ) -> r.Record:
        asleep, reach = timedelta(), datetime.min
        for _, start, stop, _ in stages:
            asleep += max(timedelta(), stop - max(start, reach))
            reach = max(reach, stop)
        source, start, _, offset = stages[0]
        minutes = asleep / timedelta(minutes=1)
        return r.Record(
            self.user,
            VENDOR,
            source,
            r.SLEEP,
            r.INTERVAL,
            start,
            end,
            offset,
            minutes,
            r.AMBIGUOUS,
        )


def _pieces(stream: IO[bytes], where: str) -> Iterator[bytes]:
    """Yield the document without its DOCTYPE and forbidden bytes.

    Line numbers stay what they were.
    """
    prolog = io.BytesIO()
    while ROOT not in prolog.getvalue():
        piece = stream.read(CHUNK)
        if not piece or prolog.tell() > PROLOG_LIMIT:
            raise DataError(
                "there is no HealthData element",
                where=where,
                hint="Give export.xml from Apple Health, not export_cda.xml.",
            )
        prolog.write(piece)
    head, _, rest = prolog.getvalue().partition(ROOT)
    yield b"\n" * head.count(b"\n") + ROOT + rest.translate(None, FORBIDDEN)
    while piece := stream.read(CHUNK):
        yield piece.translate(None, FORBIDDEN)
