"""What every test may ask for: a database of its own, an application on it, somebody at a browser, a clock, a counter.

`pytest` runs on SQLite; `pytest --database=postgresql` runs the same tests on PostgreSQL.
"""

from __future__ import annotations

import contextlib
import gc
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import alembic.command
import pytest
from argon2 import PasswordHasher
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from supportdesk import create_app
from supportdesk.accounts import passwords
from supportdesk.config import Settings
from supportdesk.core import clock as desk_clock
from supportdesk.demo import make_demo
from supportdesk.extensions import db
from tests import recording
from tests.clocks import NOW, Clock
from tests.databases import MIGRATED, Databases, PostgresDatabases, SqliteDatabases, drop_all
from tests.network import stay_at_home
from tests.pages import PageClient, RawClient
from tests.postgres import postgres_server

_server_address = pytest.StashKey[str]()
_run_name = pytest.StashKey[str]()
#: The kind of database that holds the demo as of NOW.
DEMO = "demo"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite", help="what the tests run on")
    parser.addoption("--pictures", type=Path, help="keep what the browser tests see in this folder")


def pytest_configure(config: pytest.Config) -> None:
    """Start the database server once for the whole run; workers are told its address."""
    _forget_settings()
    stay_at_home()
    told: dict[str, str] | None = getattr(config, "workerinput", None)
    config.stash[_run_name] = told["run_name"] if told else uuid.uuid4().hex
    if told:
        config.stash[_server_address] = told["server_address"]
        return
    needed = config.getoption("database") == "postgresql" and not config.getoption("collectonly")
    stack = ExitStack()
    config.stash[_server_address] = stack.enter_context(_server(config)) if needed else ""
    config.add_cleanup(stack.close)


def _forget_settings() -> None:
    """Tests do not depend on how the desk is set up for the person who runs them."""
    for name in list(os.environ):
        if name.startswith("SUPPORTDESK_") and not name.startswith(("SUPPORTDESK_TEST_", "SUPPORTDESK_CHROMIUM")):
            del os.environ[name]


@contextlib.contextmanager
def _server(config: pytest.Config) -> Iterator[str]:
    with postgres_server() as address:
        try:
            yield address
        finally:
            drop_all(address, config.stash[_run_name])


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Tell a worker of pytest-xdist what this process knows."""
    config: pytest.Config = node.config  # type: ignore[attr-defined]  # xdist's WorkerController has no types
    node.workerinput["server_address"] = config.stash[_server_address]  # type: ignore[attr-defined]
    node.workerinput["run_name"] = config.stash[_run_name]  # type: ignore[attr-defined]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is about the other database alone, and on PostgreSQL what asks for no database at all."""
    elsewhere = [item for item in items if _is_about_another(item, config.getoption("database"))]
    config.hook.pytest_deselected(items=elsewhere)
    items[:] = [item for item in items if item not in elsewhere]


def pytest_collection_finish() -> None:
    """What was imported stays: not to look through it again and again for garbage saves a seventh of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _is_about_another(item: pytest.Item, database: str) -> bool:
    mark = item.get_closest_marker("only_on")
    if mark is not None:
        return database not in mark.args
    return database == "postgresql" and "databases" not in getattr(item, "fixturenames", ())


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {config.getoption('database')}"


def settings_for(url: str, folder: Path, **more: str) -> Settings:
    """Settings of a test's application; `more` are settings' names without SUPPORTDESK_."""
    given = {
        "DATABASE_URL": url,
        "INSTANCE": str(folder / "instance"),
        "SECRET_KEY": "a key for tests, " * 3,
        "BASE_URL": "http://desk.test",
        "NOW": NOW.isoformat(),
        **more,
    }
    return Settings.from_environment({f"SUPPORTDESK_{name}": value for name, value in given.items()})


def _build(fill: Callable[[], None], folder: Path) -> Callable[[str], None]:
    def build(url: str) -> None:
        app = create_app(settings_for(url, folder))
        with app.app_context():
            # Not flask_migrate.upgrade(), which turns every error into SystemExit.
            alembic.command.upgrade(app.extensions["migrate"].migrate.get_config(), "heads")
            fill()
            db.session.remove()
            db.engine.dispose()

    return build


def _fill_demo() -> None:
    desk_clock.set_now(NOW)
    make_demo(seed=1)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one worker of the run makes, the others find here."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def databases(
    pytestconfig: pytest.Config, shared: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Databases]:
    """Copies of databases that are migrated and empty, and of the demo's."""
    folder = tmp_path_factory.mktemp("building")
    builds = {MIGRATED: _build(lambda: None, folder), DEMO: _build(_fill_demo, folder)}
    made: Databases
    if pytestconfig.getoption("database") == "sqlite":
        made = SqliteDatabases(tmp_path_factory.mktemp("databases"), shared, builds)
    else:
        server, run = pytestconfig.stash[_server_address], pytestconfig.stash[_run_name]
        made = PostgresDatabases(server, run, os.environ.get("PYTEST_XDIST_WORKER", "main"), shared, builds)
    yield made
    made.close()


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """Passwords are kept as argon2 keeps them, but with so little work that signing in costs a test nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session", autouse=True)
def _templates_compiled_once(shared: Path) -> Iterator[None]:
    """Applications come and go; the pages' templates are the same for all of them."""
    folder = shared / "templates"
    folder.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(Flask.jinja_options, "bytecode_cache", FileSystemBytecodeCache(str(folder)))
        yield


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """A migrated, empty database that nobody else uses."""
    url = databases.copy()
    yield url
    databases.discard(url)


@pytest.fixture(scope="session")
def applications() -> Iterator[dict[str, Flask]]:
    """By the address of their database. To make one, to compile its templates and its statements takes longer than most
    tests do, so it serves all tests that are given that address, each with an empty database and instance folder.
    """
    made: dict[str, Flask] = {}
    yield made
    for app in made.values():
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def app(database_url: str, applications: dict[str, Flask], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The whole application on an empty database; its clock stands at NOW. Leave it as you found it."""
    app = applications.get(database_url)
    if app is None:
        app = create_app(settings_for(database_url, tmp_path_factory.mktemp("application")))
        app.testing = True
        app.test_client_class = RawClient
        applications[database_url] = app
    desk_clock.set_now(NOW)
    config, views = dict(app.config), dict(app.view_functions)
    activities = dict(app.extensions["activities"])
    yield app
    with app.app_context():
        db.session.remove()
        if db.engine.dialect.name == "sqlite":  # whose file goes; a server is asked again on the same connections
            db.engine.dispose()
    app.extensions["drawn_schedules"].cache_clear()
    app.extensions["activities"] = activities
    app.extensions["office"].forget()
    shutil.rmtree(app.config["SETTINGS"].instance, ignore_errors=True)
    if (app.config, app.view_functions) != (config, views):
        del applications[database_url]
        pytest.fail("the test changed the application; those after it get another one")


@pytest.fixture
def context(app: Flask) -> Iterator[None]:
    """For tests that call operations and queries: an application context around the whole test.

    Not together with `client`: requests open contexts, and database sessions, of their own.
    """
    with app.app_context():
        yield


@pytest.fixture
def client(app: Flask) -> PageClient:
    """Somebody at a browser, not logged in. `PageClient(app)` is another person."""
    return PageClient(app)


@pytest.fixture(autouse=True)
def _clock_runs_again() -> Iterator[None]:
    yield
    desk_clock.set_now(None)


@pytest.fixture
def clock(request: pytest.FixtureRequest) -> Clock:
    """A clock that stands at NOW until the test moves it. The application, made first, has set it to the same time."""
    if "app" in request.fixturenames:
        request.getfixturevalue("app")
    desk_clock.set_now(NOW)
    return Clock()


@pytest.fixture
def queries() -> Callable[[], AbstractContextManager[recording.Statements]]:
    """Counts statements: `with queries() as seen: client.get("/desk")`, then `assert len(seen) <= 8`."""
    return recording.queries
