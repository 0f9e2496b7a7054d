"""What ehrkit asks of a database: which columns there are, rows as Arrow batches, and to stop."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import ClassVar, Literal, Self, TypeAlias

import pyarrow as pa

from ehrkit.queries.canonical.functions import Node
from ehrkit.queries.dialects import render
from ehrkit.queries.engines.arrow import Stream
from ehrkit.queries.engines.failures import Failure, Works, failing_step
from ehrkit.queries.engines.names import (
    ANYWHERE,
    FoundTable,
    Place,
    database_tables,
    qualify,
    respell,
)

Start: TypeAlias = Callable[[str, pa.Schema | None], Stream]


class Engine(ABC):
    """An open database; use it in a `with` block.

    Attributes:
        dialect: the SQL that it reads.
        name: what messages call it; never holds credentials.
        place: where its tables are.
        errors: what its driver raises.
        names: `any`: names are found in any case; `folded`: unquoted names find those that the
            catalog says in lower case; `exact`: names are found as they are spelt alone.
        tell: is called with what the person should know though the run goes on.
    """

    dialect: str
    name: str
    place: Place
    errors: ClassVar[tuple[type[Exception], ...]]
    names: Literal["any", "folded", "exact"] = "any"

    def __init__(self, name: str, place: Place = ANYWHERE) -> None:
        """Remember the name and the place of the tables."""
        self.name = name
        self.place = place
        self.tell: Callable[[str], None] = _nobody
        self._found: dict[str, FoundTable] = {}

    def __enter__(self) -> Self:
        """Return the engine."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let the database go."""
        self.close()

    def columns(self, tables: Iterable[str]) -> dict[str, set[str]]:
        """Return the UPPER-CASE columns of those tables that the database has.

        Args:
            tables: UPPER-CASE names; nothing else is asked of the catalog.

        Raises:
            EngineError: the database failed.
        """
        found = self._look(tables)
        return {name: set(table.columns) for name, table in found.items()}

    def run(self, statement: Node, declared: pa.Schema | None = None) -> pa.RecordBatchReader:
        """Run a canonical statement and stream its rows, at most 65,536 in a batch.

        Ctrl-C while it runs stops the query in the database as well.

        Args:
            statement: a canonical tree.
            declared: types of the columns, for databases whose results have none.

        Raises:
            EngineError: the database failed; the message names the step and the kind of
                failure alone, for a driver's text may quote data.
        """
        schema, batches = self._begin(self._locate(statement), declared)
        return pa.RecordBatchReader.from_batches(schema, batches)

    def _begin(self, located: Node, declared: pa.Schema | None) -> Stream:
        """Start a statement whose every failure names its step."""
        with self._watched(located):
            schema, batches = self._start(render(located, self.dialect), declared)
        return schema, self._stream(located, batches)

    def _stream(
        self, located: Node, batches: Iterator[pa.RecordBatch], works: Works | None = None
    ) -> Iterator[pa.RecordBatch]:
        while True:
            with self._watched(located, works):
                batch = next(batches, None)
            if batch is None:
                return
            yield batch

    def _locate(self, statement: Node) -> Node:
        qualified = qualify(statement, self.place, self.dialect)
        if self.names == "any":
            return qualified
        found = self._look({table.name for table in database_tables(statement)})
        return respell(qualified, found, folds=self.names == "folded")

    def _look(self, tables: Iterable[str]) -> dict[str, FoundTable]:
        """Ask the catalog for tables that it has not been asked for."""
        wanted = set(tables)
        with self._watched():
            new = wanted - set(self._found)
            self._found |= self._look_up(new) if new else {}
        return {name: self._found[name] for name in wanted if name in self._found}

    @contextmanager
    def _watched(self, located: Node | None = None, works: Works | None = None) -> Iterator[None]:
        """Turn a driver's error into ours; `works` tries a part of a statement in its stead."""
        try:
            yield
        except KeyboardInterrupt:
            self._cancel()
            raise
        except self.errors as error:
            failure = self._failure(error)
            step = None
            if failure.in_statement and located is not None:
                step = failing_step(located, works or self._works)
            raise failure.at(self.name, step) from None

    def _works(self, statement: Node, start: Start | None = None) -> bool:
        try:
            _, batches = (start or self._start)(render(statement, self.dialect), None)
            for _ in batches:
                pass
        except self.errors as error:
            return not self._failure(error).in_statement
        return True

    @abstractmethod
    def close(self) -> None:
        """Let the database go."""

    @abstractmethod
    def _look_up(self, tables: set[str]) -> dict[str, FoundTable]:
        """Return the tables that the database has, by UPPER-CASE name."""

    @abstractmethod
    def _start(self, text: str, declared: pa.Schema | None) -> Stream:
        """Send a statement; return the schema of its rows and their batches."""

    @abstractmethod
    def _failure(self, error: Exception) -> Failure:
        """Say what one of `errors` means."""

    @abstractmethod
    def _cancel(self) -> None:
        """Stop what runs in the database."""


def _nobody(message: str) -> None:
    """Hear what is told where nobody listens."""
