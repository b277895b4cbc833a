"""The Flask extensions, made once and bound to an application by `create_app`."""

from __future__ import annotations

from typing import Any, Final

from flask_babel import Babel
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.engine import Connection, Engine

#: Where a session keeps the connection on which the transaction under way is written (core/database.py).
WRITING: Final = "writing"


class DeskSession(Session):
    """A session that joins the transaction under way."""

    def get_bind(self, *args: Any, **named: Any) -> Engine | Connection:
        writing: Connection | None = self.info.get(WRITING)
        return writing or super().get_bind(*args, **named)


db = SQLAlchemy(session_options={"class_": DeskSession, "expire_on_commit": False})
login_manager = LoginManager()
csrf = CSRFProtect()
babel = Babel()
migrate = Migrate()
