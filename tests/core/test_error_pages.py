"""What people read when something went wrong that is no fault of theirs."""

from __future__ import annotations

import sqlite3

import psycopg
import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError


@pytest.mark.parametrize(
    "reason",
    [
        sqlite3.OperationalError("database is locked"),
        psycopg.errors.LockNotAvailable("lock timeout"),
        psycopg.OperationalError("connection refused"),
    ],
)
def test_a_busy_database_asks_for_a_little_patience(app: Flask, reason: Exception) -> None:
    with app.test_request_context("/learners/new", method="POST"):
        answer = app.make_response(app.handle_user_exception(OperationalError("INSERT", {}, reason)))
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "60"
    assert "もう一度送ってください" in answer.get_data(as_text=True)


def test_a_fault_of_ours_is_not_called_a_busy_hour(app: Flask) -> None:
    fault = OperationalError("SELECT", {}, sqlite3.OperationalError("no such table: nowhere"))
    with app.test_request_context(), pytest.raises(OperationalError):
        app.handle_user_exception(fault)
