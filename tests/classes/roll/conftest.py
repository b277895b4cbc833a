"""What the tests of the roll share."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.classes.roll.phones import Phone
from tests.pages import PageClient


@pytest.fixture
def phone(app: Flask, instructor: PageClient) -> Phone:
    return Phone(instructor, app)
