"""The `supportdesk` command: what the office and its machines do without a browser."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import click
import flask_migrate
from flask import Flask
from sqlalchemy.exc import OperationalError

from supportdesk import create_app
from supportdesk.config import SettingError, Settings

T = TypeVar("T")


def main() -> None:
    """Entry point. Exit status 0 when done, 1 when it could not be done, 2 when asked wrongly."""
    try:
        supportdesk(standalone_mode=True)
    except SettingError as error:
        click.echo(f"supportdesk: {error}", err=True)
        sys.exit(2)
    except OperationalError as error:
        click.echo(f"supportdesk: the database does not answer: {error.orig}", err=True)
        sys.exit(1)


@click.group()
def supportdesk() -> None:
    """The support desk of a city's digital-divide work."""


@supportdesk.group()
def db() -> None:
    """The database."""


@db.command()
def upgrade() -> None:
    """Bring the database to the newest migration."""
    app = create_app()
    _upgrade(app)
    click.echo("The database is at the newest migration.")


@supportdesk.command()
def load_reference() -> None:
    """Put districts, venues, courses, skills and answer cards into an empty database."""
    from supportdesk.core import clock
    from supportdesk.core.database import transaction
    from supportdesk.core.permissions import SYSTEM
    from supportdesk.helpdesk.cards.shipped import load_cards
    from supportdesk.reference import AlreadyLoaded, load_reference

    app = create_app()
    _upgrade(app)
    with app.app_context():
        try:
            with transaction():
                counts = load_reference()
                counts["cards"] = len(load_cards(actor=SYSTEM, now=clock.now()))
        except AlreadyLoaded as refused:
            raise click.ClickException(str(refused.message)) from refused
    for name, count in counts.items():
        click.echo(f"{name}: {count}")


@supportdesk.command()
@click.argument("username")
@click.option("--name", required=True, help="The person's name.")
def create_admin(username: str, name: str) -> None:
    """Make an account for an administrator, and print the link by which they choose their password."""
    from supportdesk.accounts.invitations import invite
    from supportdesk.accounts.operations import create_account
    from supportdesk.core import clock
    from supportdesk.core.database import transaction
    from supportdesk.core.errors import DeskError
    from supportdesk.core.permissions import SYSTEM, Role

    with _migrated(create_app()).app_context():
        now = clock.now()
        try:
            with transaction():
                account = create_account(username=username, name=name, roles=[Role.ADMIN], actor=SYSTEM, now=now)
                made = invite(account.id, actor=SYSTEM, now=now)
        except DeskError as refused:
            raise click.ClickException(str(refused.message)) from refused
        click.echo(made.address)


@supportdesk.command("invite")
@click.argument("username")
def invite_anew(username: str) -> None:
    """Print a new link for an account whose password or letter was lost. What opened it before opens it no more."""
    from supportdesk.accounts.invitations import invite
    from supportdesk.accounts.queries import account_named
    from supportdesk.core import clock
    from supportdesk.core.database import transaction
    from supportdesk.core.permissions import SYSTEM

    with _migrated(create_app()).app_context():
        account_id = account_named(username)
        if account_id is None:
            raise click.ClickException(f"no account is called {username}")
        with transaction():
            made = invite(account_id, actor=SYSTEM, now=clock.now())
        click.echo(made.address)


@supportdesk.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def import_learners(file: Path, dry_run: bool, as_json: bool) -> None:
    """Take the people of a paper ledger (CSV or XLSX) into the register."""
    from supportdesk.core import clock
    from supportdesk.core.database import transaction
    from supportdesk.core.permissions import SYSTEM
    from supportdesk.core.tables import TableError
    from supportdesk.learners.importing import plan_import, take_in

    with _migrated(create_app()).app_context():
        try:
            data = file.read_bytes()
            if dry_run:
                plan = plan_import(data, file.name, today=clock.today())
            else:
                with transaction():
                    plan = take_in(data, file.name, actor=SYSTEM, now=clock.now())
        except OSError as error:
            raise click.ClickException(f"{file}: {error.strerror}") from error
        except TableError as error:
            raise click.ClickException(f"{file}: {error.message}") from error
        answer = plan.as_json()
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    click.echo(f"新規 {answer['new']}　重複 {answer['duplicate']}　受け付けない行 {len(answer['rejected'])}")
    for rejected in answer["rejected"]:
        click.echo(f"  {rejected['row']}行目 {rejected['column']}: {rejected['reason']}")


@supportdesk.command()
@click.argument("count", type=click.IntRange(1, 2_000_000))
def generate_learners(count: int) -> None:
    """Fill an empty register with so many invented people, for measuring."""
    from supportdesk.core.errors import DeskError
    from supportdesk.demo.crowd import fill_register

    with _migrated(create_app()).app_context():
        try:
            fill_register(count, progress=_bar)
        except DeskError as refused:
            raise click.ClickException(str(refused.message)) from refused
    click.echo(count)


@supportdesk.command()
def rebuild_search() -> None:
    """Make the keys by which learners and answer cards are found anew: after a migration that says so, a restored
    backup, or a new dictionary.
    """
    from supportdesk.core.database import transaction
    from supportdesk.helpdesk.cards.index import index_all_cards
    from supportdesk.learners.keys import ids_in_pieces, rewrite_keys
    from supportdesk.learners.slips import forget_names

    with _migrated(create_app()).app_context():
        with transaction():
            forget_names()
            index_all_cards()
        pieces = ids_in_pieces()
        for ids in _bar(pieces, "learners"):
            with transaction():
                rewrite_keys(ids)
        click.echo(sum(map(len, pieces)))


@supportdesk.command()
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.option(
    "--heads", type=click.Path(path_type=Path), help="What an earlier run printed: find what was cut off since."
)
@click.option("--former-key", type=click.Path(path_type=Path), multiple=True, help="File with a secret key of before.")
@click.option("--seal", is_flag=True, help="First chain the rows that bear no hash: once, after an upgrade.")
def verify_audit(as_json: bool, heads: Path | None, former_key: tuple[Path, ...], seal: bool) -> None:
    """Find every row of the audit trail that was altered, moved, added or taken out since it was written."""
    from supportdesk.accounts.chain import chain_key
    from supportdesk.accounts.keeping import seal_old_rows
    from supportdesk.accounts.verifying import kept_heads, verify
    from supportdesk.core import clock
    from supportdesk.core.database import transaction
    from supportdesk.core.errors import DeskError
    from supportdesk.core.permissions import SYSTEM

    with _migrated(create_app()).app_context():
        try:
            kept = kept_heads(heads.read_text("utf-8")) if heads else []
            keys = [chain_key(), *(chain_key(file.read_text("utf-8").strip()) for file in former_key)]
            if seal:
                with transaction():
                    click.echo(f"{seal_old_rows(actor=SYSTEM, now=clock.now())} audit rows sealed.", err=True)
        except OSError as error:
            raise click.ClickException(f"{error.filename}: {error.strerror}") from error
        except (ValueError, KeyError, TypeError) as error:
            raise click.ClickException(f"{heads}: no heads of an earlier run") from error
        except DeskError as refused:
            raise click.ClickException(str(refused.message)) from refused
        verdict = verify(keys, kept, progress=_bar)
    if as_json:
        click.echo(json.dumps(verdict.as_json(), ensure_ascii=False, indent=2))
    else:
        for line in verdict.lines():
            click.echo(line)
    sys.exit(1 if verdict.findings else 0)


def _bar(things: Iterable[T], what: str) -> Iterator[T]:
    """Hands on what is gone through, and shows on a terminal how far it is."""
    with click.progressbar(things, label=what, file=sys.stderr, hidden=not sys.stderr.isatty()) as shown:
        yield from shown


@supportdesk.command()
@click.option("--once", is_flag=True, help="Do what is due now, and end: for cron.")
def worker(once: bool) -> None:
    """Do what is due all day and at night without anybody pressing a button. One works at a time; others wait."""
    from supportdesk.scheduler import do_what_is_due, work

    app = _migrated(create_app())
    if not once:
        work(app)
        return
    done = list(do_what_is_due(app))
    for name, rows in done:
        click.echo(f"{name}: {'failed' if rows is None else rows}")
    if any(rows is None for _name, rows in done):
        raise click.ClickException("not every job could be done; the log says why")


@supportdesk.command()
@click.argument("run", type=click.IntRange(1, 2**31 - 1))
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def redraw(run: int, as_json: bool) -> None:
    """Draw the seats of a run again from the stored seed and list, and say whether it comes out the same."""
    from supportdesk.classes.lottery.redrawing import redraw as draw_again
    from supportdesk.core.errors import NotFound

    with _migrated(create_app()).app_context():
        try:
            drawn = draw_again(run)
        except NotFound as refused:
            raise click.ClickException(f"run {run} was never drawn") from refused
    if as_json:
        click.echo(json.dumps(drawn.as_json(), ensure_ascii=False, indent=2))
    else:
        for line in drawn.lines():
            click.echo(line)
    sys.exit(0 if drawn.same else 1)


@supportdesk.command()
@click.option("--preview", "mode", flag_value="preview", help="Say what is past its time, and change nothing.")
@click.option("--run", "mode", flag_value="run", help="Erase it. It cannot be taken back.")
def retention(mode: str | None) -> None:
    """Erase what has been kept for as long as the office's settings allow: once a year."""
    from supportdesk.core import clock
    from supportdesk.core.database import transaction
    from supportdesk.core.permissions import SYSTEM
    from supportdesk.learners.rights.retention import erase_aged, lines_of, plan_retention

    if mode is None:
        raise click.UsageError("say --preview or --run")
    with _migrated(create_app()).app_context():
        now = clock.now()
        for line in lines_of(plan_retention(now)):
            click.echo(line)
        if mode == "run":
            with transaction():
                click.echo(erase_aged(now, actor=SYSTEM, now=now))


@supportdesk.command()
def serve() -> None:
    """Serve the desk with gunicorn on SUPPORTDESK_HOST and SUPPORTDESK_PORT."""
    settings = Settings.from_environment()
    if settings.frozen_now is not None:
        raise SettingError("SUPPORTDESK_NOW is for the demo and tests: serve needs a clock that runs")
    _refuse_demo_accounts(_migrated(create_app(settings)))
    _serve(settings)


@supportdesk.command()
@click.option("--no-serve", is_flag=True, help="Only fill the database.")
@click.option("--seed", default=1, show_default=True, help="Another number makes another demo.")
def demo(no_serve: bool, seed: int) -> None:
    """Fill a fresh demo database, then serve it."""
    from supportdesk.demo import PASSWORD, USERNAMES, make_demo
    from supportdesk.demo.kept import keep, kept_demo, take_out

    settings = Settings.from_environment()
    path = settings.instance / "demo.sqlite3"
    for leftover in settings.instance.glob("demo.sqlite3*"):
        leftover.unlink()
    os.environ["SUPPORTDESK_DATABASE_URL"] = f"sqlite:///{path}"
    os.environ.setdefault("SUPPORTDESK_SECOND_FACTOR", "offered")  # its accounts have no phones
    settings = Settings.from_environment()
    app = create_app(settings)
    kept = kept_demo(settings.instance, seed)
    if not take_out(kept, path):
        click.echo("Filling the demo …", err=True)
        _upgrade(app)
        with app.app_context():
            make_demo(seed)
        keep(path, kept)
    click.echo(settings.base_url)
    click.echo(f"{'  '.join(USERNAMES)}   ({PASSWORD})")
    if not no_serve:
        _serve(settings)


def _upgrade(app: Flask) -> None:
    """… and take the audit rows of before into the chain, once: a migration does not know the chain's key."""
    from supportdesk.accounts.keeping import is_chained, seal_old_rows
    from supportdesk.core import clock
    from supportdesk.core.database import transaction
    from supportdesk.core.permissions import SYSTEM

    with app.app_context():
        flask_migrate.upgrade()
        if not is_chained():
            with transaction():
                sealed = seal_old_rows(actor=SYSTEM, now=clock.now())
            if sealed:
                click.echo(f"{sealed} audit rows sealed.")


def _migrated(app: Flask) -> Flask:
    """The application, if its database stands at the newest migration; else the way there, in one line."""
    from supportdesk.core.health import migrations_missing

    with app.app_context():
        if migrations_missing():
            raise click.ClickException("the database is not at the newest migration: run `supportdesk db upgrade`")
    return app


def _refuse_demo_accounts(app: Flask) -> None:
    from supportdesk.demo import demo_accounts_present

    with app.app_context():
        if demo_accounts_present():
            raise click.ClickException("this database holds the demo's accounts, whose password everybody knows")


def _serve(settings: Settings) -> None:
    sys.stdout.flush()
    gunicorn = Path(sys.executable).with_name("gunicorn")
    bind = f"{settings.host}:{settings.port}"
    os.execv(gunicorn, [str(gunicorn), "--config", "python:supportdesk.serving", "--bind", bind])  # noqa: S606
