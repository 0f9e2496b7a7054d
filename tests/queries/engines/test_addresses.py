"""No secret on the command line, and none in a message."""

from __future__ import annotations

import pytest

from ehrkit.core.errors import EngineError, UsageError
from ehrkit.queries.engines import open_engine
from ehrkit.queries.engines.addresses import server_address, shown
from tests.queries.databases import Databases

SECRET = "s3cret-word"
ON_ARGV = (
    f"postgresql://ada:{SECRET}@host/clarity",
    f"mariadb://ada@host/clarity?passwd={SECRET}",
    f"databricks://token@host?access_token={SECRET}",
    f"postgresql://ada@host/clarity?sslpassword={SECRET}",
)


@pytest.mark.parametrize("address", ON_ARGV)
def test_a_password_on_the_command_line_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="does not go on the command line") as caught:
        open_engine(address)
    assert "EHRKIT_DB_PASSWORD" in str(caught.value)
    assert SECRET not in str(caught.value)


def test_the_password_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    url = server_address("postgresql://ada@host/clarity", may_hold_secrets=False)
    assert (url.password, url.drivername) == (None, "postgresql+psycopg")
    monkeypatch.setenv("EHRKIT_DB_PASSWORD", SECRET)
    url = server_address("postgresql://ada@host/clarity", may_hold_secrets=False)
    assert url.password == SECRET
    assert shown(url) == "postgresql://host/clarity"


def test_an_address_in_a_variable_may_hold_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE", f"postgresql://ada:{SECRET}@localhost:1/clarity")
    with pytest.raises(EngineError, match="cannot be reached") as caught:
        open_engine("env:SITE")
    assert caught.value.where == "postgresql://localhost/clarity"
    assert SECRET not in str(caught.value) and "ada" not in str(caught.value)
    with pytest.raises(UsageError, match="variable NONE is not set"):
        open_engine("env:NONE")


@pytest.mark.parametrize("dialect", ["postgres", "mariadb"])
def test_a_server_that_asks_for_it_opens(
    databases: Databases, dialect: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = databases.server(dialect)
    address = server.url(user="guarded")
    for wrong in (None, "wrong"):
        if wrong:
            monkeypatch.setenv("EHRKIT_DB_PASSWORD", wrong)
        with pytest.raises(EngineError, match="refuses the user or the password") as caught:
            open_engine(address)
        assert "guarded" not in str(caught.value)
    monkeypatch.setenv("EHRKIT_DB_PASSWORD", "right-password")
    with open_engine(address) as engine:
        assert engine.columns(["NO_SUCH_TABLE"]) == {}


def test_an_unknown_kind_of_server_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="Did you mean postgresql"):
        open_engine("postgress://host/clarity")
    with pytest.raises(UsageError, match="not an address"):
        open_engine("://")


def test_a_missing_driver_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, address, install in (
        ("psycopg", "postgresql://host/x", "ehrkit[postgres]"),
        ("pymysql", "mysql://host/x", "ehrkit[mysql]"),
        ("ehrkit.queries.engines.spark", "spark://local", "ehrkit[spark]"),
    ):
        monkeypatch.setitem(__import__("sys").modules, module, None)
        with pytest.raises(UsageError) as caught:
            open_engine(address)
        assert install in str(caught.value)
