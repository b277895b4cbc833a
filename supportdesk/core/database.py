"""Tables' common ground: column types named once, and `transaction()`, the only way to write.

Views, jobs and the command line open a transaction and call an operation in it; operations never commit.
"""

from __future__ import annotations

import enum
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, Final, TypeVar, cast

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Constraint,
    DateTime,
    Engine,
    Enum,
    ForeignKey,
    Insert,
    MetaData,
    Select,
    Table,
    Text,
    TypeDecorator,
    Update,
    bindparam,
    event,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import IntegrityError, InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry, Pool

from supportdesk.core.ending import ENDING, Ending, ending_of
from supportdesk.core.errors import DeskError
from supportdesk.core.turns import wait_for_turn
from supportdesk.extensions import WRITING, db


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, stored in UTC. A naive one is refused: nobody can know what it means."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time needs its zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _rule_name(constraint: Constraint, _table: Table) -> str:
    """What a CHECK is called after its table's name: for an enumeration its column, since two may share a type."""
    if isinstance(constraint, CheckConstraint) and constraint._type_bound:
        return constraint.columns[0].name
    return str(constraint.name)


def _enum_values(enumeration: type[enum.Enum]) -> list[str]:
    return [str(member.value) for member in enumeration]


class Base(DeclarativeBase):
    """The parent of every table. Constraints get predictable names, so that migrations can speak of them."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "rule_constraint_name": _rule_name,
            "ck": "ck_%(table_name)s_%(rule_constraint_name)s",
        }
    )
    type_annotation_map = {
        datetime: UtcDateTime,
        str: Text,
        enum.Enum: Enum(enum.Enum, native_enum=False, create_constraint=True, length=32, values_callable=_enum_values),
    }


#: Tables that are no model's, by the beginning of their names: each database has them in a kind of its own.
BESIDE_THE_MODELS: Final[set[str]] = set()


def is_a_models(name: str | None, kind: str, _parents: object) -> bool:
    """Whether a table is to be compared with the models: asked by whatever compares them."""
    return kind != "table" or not str(name).startswith(tuple(BESIDE_THE_MODELS))


def table_of(model: type[Base]) -> Table:
    """The table behind a model, for statements and answers that speak of tables."""
    return cast(Table, model.__table__)


#: Compared byte by byte: a range search over keys needs it on PostgreSQL, whatever the database's own collation.
KeyText = Text().with_variant(Text(collation="C"), "postgresql")

identity = Annotated[int, mapped_column(primary_key=True)]
key_text = Annotated[str, mapped_column(KeyText)]


def foreign_key(target: str, *, index: bool = True, **options: Any) -> Any:
    """A column that points at another table; indexed, because we nearly always read from the other side."""
    return mapped_column(ForeignKey(target), index=index, **options)


#: Option of a connection: a reader's statements see one state of the data.
_ONE_MOMENT = "one_moment"
_DOOR: Final = select(func.pg_advisory_xact_lock(bindparam("number", type_=BigInteger)))
T = TypeVar("T")


@contextmanager
def transaction() -> Iterator[Session]:
    """One writing transaction: committed at the end, rolled back when anything is raised.

    The session gives back what it read by first.
    """
    session = db.session()
    if WRITING in session.info:
        raise RuntimeError("a writing transaction within another")
    if session.in_transaction():
        session.commit()
    ending = Ending()
    writing = db.engine.connect().execution_options(**{"write": True, ENDING: ending})
    session.info.update({WRITING: writing, ENDING: ending})
    try:
        writing.begin()
        yield session
        session.flush()
        ending.act()
        ending.write(writing)
        if session.in_transaction():
            session.commit()
        writing.commit()
    except BaseException:
        session.rollback()
        session.expire_all()  # what it read before may be what was refused for being old
        writing.rollback()
        raise
    finally:
        del session.info[WRITING], session.info[ENDING]
        writing.close()


def at_the_end(act: Callable[[list[T]], None], item: T) -> None:
    """When everything else in this transaction is written, `act` is handed all its items at once, before the commit.

    What locks a row that everybody wants does it there: it holds it for the shortest time, and nobody who holds it
    waits for anything else. Items given under a savepoint that is rolled back are dropped with what they tell.
    """
    session = db.session()
    ending_of(session).add_act(act, item, session.get_nested_transaction())


def write_along(statement: Insert | Update, values: Mapping[str, Any]) -> None:
    """Write a row whose outcome nobody asks for, and which breaks no rule: before the next statement of this
    transaction, or with its last one.

    Whoever reads finds it, and on PostgreSQL it is spared a way to the server if its values go by names of their own.
    No other statement that is written along may touch the same row: of two in one statement only one would count.
    """
    connection()  # makes the savepoint that the row is to go with
    ending_of(db.session()).add_row(statement, values)


def along(statement: Select[Any], values: Mapping[str, Any]) -> tuple[Select[Any], Mapping[str, Any]]:
    """A transaction's last statement on PostgreSQL, writing the rows that were to be written along."""
    return ending_of(db.session()).along(statement, values)


@event.listens_for(Session, "after_soft_rollback")
def _drop_what_was_rolled_back(session: Session, ended: SessionTransaction) -> None:
    if ended.nested and ENDING in session.info:
        ending_of(session).drop(ended)


def connection() -> Connection:
    """The connection of the transaction under way, for statements written once at import.

    It carries them out in two thirds of the time that the session takes; objects belong to the session all the same.
    The session makes a savepoint when it is first asked within, so within one it is asked each time.
    """
    session = db.session()
    writing: Connection | None = None if session.in_nested_transaction() else session.info.get(WRITING)
    return writing or session.connection()


def wait_at_door(number: int) -> None:
    """Wait for whoever is behind the door of this number, and keep it until the transaction ends: for what is no row.

    The number stands for nothing else in the city's database. SQLite lets one transaction write anyway.
    """
    if connection().dialect.name == "postgresql":
        connection().execute(_DOOR, {"number": number})


def one_or_many(rows: list[T]) -> T | list[T]:
    """Rows for an INSERT; a single one by itself, since in a list it would be prepared as many are."""
    return rows[0] if len(rows) == 1 else rows


def reading() -> Connection:
    """A connection for one single SELECT outside the session: `with reading() as connection`."""
    return db.engine.connect()


def stay_at_one_moment() -> None:
    """Whatever the session reads until it is rolled back is as it stands now, whoever writes meanwhile."""
    session = db.session()
    session.rollback()
    is_sqlite = db.engine.dialect.name == "sqlite"
    session.connection(execution_options={_ONE_MOMENT: True} if is_sqlite else {"isolation_level": "REPEATABLE READ"})


@contextmanager
def unique_or(refusal: DeskError) -> Iterator[None]:
    """Whatever is written inside and would be there twice raises `refusal`; what the transaction wrote before stands.

    The constraint decides, not a look beforehand: two at the same moment would both find nothing.
    """
    try:
        with db.session.begin_nested():
            yield
    except IntegrityError as error:
        if not _is_there_twice(error):
            raise
        raise refusal from error


def _is_there_twice(error: IntegrityError) -> bool:
    """PostgreSQL has a number for a broken UNIQUE, SQLite a name."""
    names = {getattr(error.orig, "sqlstate", None), getattr(error.orig, "sqlite_errorname", None)}
    return bool(names & {"23505", "SQLITE_CONSTRAINT_UNIQUE"})


def insert_ignoring_conflict(table: Any) -> Any:
    """INSERT … ON CONFLICT DO NOTHING in the dialect of the database in use."""
    return _ignoring_conflict(table, db.engine.dialect.name)


@cache
def _ignoring_conflict(table: Any, name: str) -> Any:
    dialect = postgresql if name == "postgresql" else sqlite
    return dialect.insert(table).on_conflict_do_nothing()


@event.listens_for(Engine, "connect")
def _set_up_connection(dbapi_connection: Any, _record: object) -> None:
    if _is_sqlite(dbapi_connection):
        dbapi_connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=NORMAL"):
            dbapi_connection.execute(f"PRAGMA {pragma}")
    else:
        dbapi_connection.autocommit = True


def _is_sqlite(dbapi_connection: object) -> bool:
    return type(dbapi_connection).__module__.startswith("sqlite3")


#: A connection that has worked so lately (seconds) is not asked first whether the server still knows it: that would be
#: half of all that the schedule has to send to PostgreSQL.
TRUSTED_FOR = 1.0


@event.listens_for(Pool, "checkin")
def _note_its_work(dbapi_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info["worked_at"] = time.monotonic()
    if dbapi_connection is not None and not _is_sqlite(dbapi_connection) and not dbapi_connection.closed:
        dbapi_connection.autocommit = True


@event.listens_for(Pool, "checkout")
def _ask_whether_it_lives(dbapi_connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    """A server that was started again meanwhile costs nobody an error page: the pool connects anew."""
    lately = time.monotonic() - record.info.get("worked_at", time.monotonic()) < TRUSTED_FOR
    if lately or _is_sqlite(dbapi_connection):
        return
    try:
        dbapi_connection.execute("SELECT 1")
    except dbapi_connection.OperationalError as error:
        raise InvalidatePoolError from error


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    """A reader has no transaction, unless all that it reads is to be of one moment. On PostgreSQL each statement would
    see its own moment all the same, and ROLLBACK would make the driver forget what it has prepared.
    """
    options = connection.get_execution_options()
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        if options.get("write"):
            wait_for_turn(connection)
            driver.execute("BEGIN IMMEDIATE")
        elif options.get(_ONE_MOMENT):
            driver.execute("BEGIN")
    elif options.get("write"):
        driver.autocommit = False  # until it goes back to its pool: the driver begins with the first statement


@event.listens_for(Engine, "before_cursor_execute")
def _refuse_stray_write(
    connection: Connection, _cursor: object, _statement: str, _parameters: object, context: Any, _many: bool
) -> None:
    writes = context is not None and (context.isinsert or context.isupdate or context.isdelete)
    if writes and not connection.get_execution_options().get("write"):
        raise RuntimeError("a write outside transaction()")


@event.listens_for(Engine, "before_cursor_execute")
def _write_what_waits(connection: Connection, *_of_the_next_statement: object) -> None:
    ending: Ending | None = connection.get_execution_options().get(ENDING)
    if ending is not None:
        ending.write(connection)
