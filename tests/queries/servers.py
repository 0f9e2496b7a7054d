"""PostgreSQL and MariaDB that the tests start themselves: a temporary folder, a socket, no root."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NOBODY = 65534
LOG = "server.log"
# Rows of tests need not survive a power cut.
POSTGRES = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=40")
MARIADB = (
    "--character-set-server=utf8mb4",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-buffer-pool-size=64M",
    "--skip-log-bin",
)


def missing(dialect: str) -> str | None:
    """Say what this machine lacks to start a server, if anything."""
    needed = {"postgres": ["initdb", "postgres"], "mariadb": ["mariadb-install-db", "mariadbd"]}
    lacks = [name for name in (*needed[dialect], "setpriv") if _program(name) is None]
    return f"{', '.join(lacks)} not found" if lacks else None


@contextmanager
def postgres() -> Iterator[Path]:
    """Run PostgreSQL; yield the folder of its socket. The role `ehrkit` needs no password."""
    with _folder() as folder:
        data = folder / "data"
        _run("initdb", "-D", data, "-U", "ehrkit", "-A", "trust", "--no-sync", "-E", "UTF8",
             "--locale=C")  # fmt: skip
        rules = data / "pg_hba.conf"
        rules.write_text(f"local all guarded scram-sha-256\n{rules.read_text()}")
        settings = [f"unix_socket_directories={folder}", "listen_addresses=", *POSTGRES]
        options = [word for one in settings for word in ("-c", one)]
        with _serving(folder, "INT", "postgres", "-D", data, *options) as server:
            _wait(server, folder, _answers("pg_isready", "-q", "-h", folder))
            yield folder


@contextmanager
def mariadb() -> Iterator[Path]:
    """Run MariaDB; yield its socket. `root` needs no password."""
    with _folder() as folder:
        data, socket = folder / "data", folder / "socket"
        # A server that starts removes the temporary tables of all in its folder for such files.
        own = (f"--datadir={data}", f"--tmpdir={folder}")
        _run("mariadb-install-db", "--no-defaults", *own, "--skip-test-db",
             "--auth-root-authentication-method=normal")  # fmt: skip
        options = [*own, f"--socket={socket}", f"--pid-file={folder / 'pid'}", "--skip-networking"]
        with _serving(folder, "TERM", "mariadbd", "--no-defaults", *options, *MARIADB) as server:
            ping = _answers("mariadb-admin", "--no-defaults", "-uroot", "-S", socket, "ping")
            _wait(server, folder, ping)
            yield socket


@contextmanager
def _folder() -> Iterator[Path]:
    """Yield a short path, for a socket's name has at most 107 characters."""
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=f"ehrkit-{os.getpid()}-", dir="/tmp"))
    if os.getuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep() -> None:
    """Remove what test runs left that were killed; their servers ended with them."""
    for folder in Path("/tmp").glob("ehrkit-*-*"):
        owner = folder.name.split("-")[1]
        if owner.isdigit() and not Path("/proc", owner).exists():
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _serving(
    folder: Path, stop: str, program: str, *arguments: object
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server, which the kernel stops as well if this process dies."""
    with (folder / LOG).open("wb") as log:
        server = subprocess.Popen(
            [*_as_nobody(), "--pdeathsig", stop, *_command(program, arguments)],
            cwd=folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    try:
        yield server
    finally:
        server.terminate() if stop == "TERM" else server.send_signal(2)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait(server: subprocess.Popen[bytes], folder: Path, answers: list[str]) -> None:
    for _ in range(300):
        if subprocess.run(answers, capture_output=True, check=False).returncode == 0:
            return
        if server.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError((folder / LOG).read_text(errors="replace"))


def _run(program: str, *arguments: object) -> None:
    command = [*_as_nobody(), *_command(program, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/tmp")
    if done.returncode:
        raise RuntimeError(done.stderr + done.stdout)


def _answers(program: str, *arguments: object) -> list[str]:
    return _command(program, arguments)


def _command(program: str, arguments: tuple[object, ...]) -> list[str]:
    return [str(_program(program)), *map(str, arguments)]


def _as_nobody() -> list[str]:
    drop = [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if os.getuid() == 0 else []
    return ["setpriv", *drop]


def _program(name: str) -> Path | None:
    """Find a program; Debian keeps those of PostgreSQL and servers off the usual path."""
    folders = [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True), Path("/usr/sbin")]
    found = shutil.which(name) or shutil.which(name, path=os.pathsep.join(map(str, folders)))
    return Path(found) if found else None
