"""The support desk. `create_app` is the one place where the rooms are plugged together."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from supportdesk.config import Settings
from supportdesk.extensions import babel, csrf, db, login_manager, migrate

#: Whoever has tables. Imported with the application, so that foreign keys find one another.
MODELS = (
    "accounts.models",
    "classes.applying.models",
    "classes.lending.models",
    "classes.lottery.models",
    "classes.models",
    "classes.outreach.models",
    "classes.outreach.pictures.models",
    "classes.day_changes.models",
    "classes.series.models",
    "classes.sheets.models",
    "core.job_runs",
    "core.office",
    "core.once",
    "core.throttle",
    "helpdesk.applying.models",
    "helpdesk.cases.models",
    "helpdesk.holds.models",
    "helpdesk.cards.models",
    "helpdesk.models",
    "helpdesk.queue.models",
    "helpdesk.waiting.models",
    "learners.dropbox.models",
    "learners.models",
    "learners.rights.models",
    "notices.models",
    "places.models",
    "skills.models",
    "tutors.models",
    "videos.models",
)
MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def create_app(settings: Settings | None = None) -> Flask:
    """Make the application for these settings, or for the environment's. Raises SettingError."""
    from supportdesk import accounts, classes, helpdesk, journey, learners, notices, places, skills, tutors, videos
    from supportdesk.core import addresses, clock, error_pages, health, office, offline, page_furniture, security

    for name in MODELS:
        import_module(f"supportdesk.{name}")
    settings = settings or Settings.from_environment()
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings.database_url),
        BABEL_DEFAULT_LOCALE="ja",
        BABEL_DEFAULT_TIMEZONE="Asia/Tokyo",
        BABEL_TRANSLATION_DIRECTORIES="translations",
        WTF_CSRF_TIME_LIMIT=None,
        SETTINGS=settings,
    )
    # The last so many addresses of X-Forwarded-For are the proxies' word; what is before them anybody may have written.
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=0)  # type: ignore[method-assign]
    addresses.know_ids(app)
    settings.instance.mkdir(parents=True, exist_ok=True)
    clock.set_now(settings.frozen_now)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(MIGRATIONS))
    login_manager.init_app(app)
    security.protect(app, settings)  # before CSRF: whoever must log in first is asked to, whatever their form bears
    csrf.init_app(app)
    babel.init_app(app, locale_selector=security.chosen_language)
    page_furniture.plug_in(app)
    rooms = (journey, learners, classes, helpdesk, videos, tutors, skills, notices, places, accounts)
    for part in (office, error_pages, health, offline, *rooms):
        part.plug_in(app)
    security.refuse_unmarked_views(app)
    return app


def _engine_options(url: str) -> dict[str, object]:
    """The log of an error names the statement, never whom it was about."""
    options: dict[str, object] = {"hide_parameters": True}
    if url.startswith("sqlite"):
        options["connect_args"] = {"timeout": 30}
    return options  # core/database.py asks a connection that has rested whether it lives
