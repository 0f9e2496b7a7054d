"""Work in a thread, for drivers that hear no Ctrl-C while they work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

import pyarrow as pa

Result = TypeVar("Result")


class Worker:
    """One thread that does an engine's work, while the main thread waits and listens."""

    def __init__(self, cancel: Callable[[], None]) -> None:
        """Take what stops the work in the database."""
        self._cancel = cancel
        self._thread = ThreadPoolExecutor(1)

    def do(self, work: Callable[[], Result]) -> Result:
        """Return what the work returns; on Ctrl-C stop it, and wait until it has stopped."""
        future = self._thread.submit(work)
        try:
            return future.result()
        except KeyboardInterrupt:
            self._cancel()
            wait([future])
            raise

    def each(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yield batches that are made in the thread."""
        while (batch := self.do(lambda: next(batches, None))) is not None:
            yield batch

    def close(self) -> None:
        """Let the thread end."""
        self._thread.shutdown()
