"""Addresses of servers: what `--db` may hold, and where the password comes from.

A command line is seen by everybody on the machine and stays in histories, so an
address on it holds no password. Instead:

- the environment variable EHRKIT_DB_PASSWORD holds the password;
- `--db env:NAME`: the environment variable NAME holds the whole address;
- the driver's own file, such as `~/.pgpass`, or `?read_default_file=...` for MariaDB.
"""

from __future__ import annotations

import os

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from ehrkit.core.errors import UsageError
from ehrkit.core.spelling import suggest
from ehrkit.queries.engines.backends import BACKENDS, Backend

PASSWORD = "EHRKIT_DB_PASSWORD"  # noqa: S105 - the name of the variable
SECRET_WORDS = ("passw", "pwd", "token", "secret", "credential", "private_key", "api_key")
WITHOUT = (
    f"Put the password in the environment variable {PASSWORD}, or the whole address in one "
    "and give --db env:NAME; drivers also read their own files, such as ~/.pgpass."
)


def server_address(text: str, *, may_hold_secrets: bool) -> URL:
    """Read an address, and add the driver and the password that it leaves out.

    Args:
        text: a SQLAlchemy URL.
        may_hold_secrets: it does not come from a command line.

    Raises:
        UsageError: not an address, a kind of server that ehrkit does not know, or a secret
            on the command line.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise UsageError(
            "not an address of a database", where="--db", hint="Such as postgresql://host/name"
        ) from None
    if not may_hold_secrets and _holds_secret(url):
        raise UsageError("a password does not go on the command line", where="--db", hint=WITHOUT)
    driver = backend(url).driver
    if driver and "+" not in url.drivername:
        url = url.set(drivername=f"{url.drivername}+{driver}")
    password = os.environ.get(PASSWORD)
    return url.set(password=password) if password and url.password is None else url


def backend(url: URL) -> Backend:
    """Return what ehrkit knows of the kind of server.

    Raises:
        UsageError: it knows nothing.
    """
    name = url.get_backend_name()
    if name not in BACKENDS:
        raise UsageError(
            f"no kind of database that ehrkit reads: {name}",
            where="--db",
            hint=suggest(name, BACKENDS),
        )
    return BACKENDS[name]


def shown(url: URL) -> str:
    """Return what messages and records call a server: nothing of who asks, or how."""
    host = url.host or "local"
    return f"{url.get_backend_name()}://{host}/{url.database or ''}"


def _holds_secret(url: URL) -> bool:
    names = [name.lower() for name in url.query]
    return url.password is not None or any(word in name for name in names for word in SECRET_WORDS)
