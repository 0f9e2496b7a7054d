"""Connecting to a server by its address."""

from __future__ import annotations

from sqlalchemy import create_engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import NoSuchModuleError

from ehrkit.core.errors import UsageError
from ehrkit.queries.engines.addresses import backend
from ehrkit.queries.engines.mariadb import MariaDbEngine
from ehrkit.queries.engines.names import Place
from ehrkit.queries.engines.servers import ServerEngine


def open_server(url: URL, place: Place) -> ServerEngine:
    """Connect to a server.

    Raises:
        UsageError: its driver is not installed; what to install is named. The catalog is
            not the one of the address, and the server looks into one alone.
        EngineError: it cannot be reached, or refuses.
    """
    named = (url.database or "").split("/")[0]
    if place.catalog not in (None, named) and not backend(url).catalogs:
        raise UsageError(
            f"a session of {url.get_backend_name()} reads one catalog, that of its address",
            where="--catalog",
            hint="Name it in --db.",
        )
    try:
        pool = create_engine(url)
    except (ImportError, NoSuchModuleError):
        raise UsageError(
            f"no driver for {url.get_backend_name()} is installed",
            where="--db",
            hint=f"pip install '{backend(url).install}'",
        ) from None
    kind = MariaDbEngine if backend(url).dialect == "mysql" else ServerEngine
    engine = kind(pool, place)
    engine.check()
    return engine
