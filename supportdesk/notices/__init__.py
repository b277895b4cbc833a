"""What learners must be told: rows written with what they tell, delivered later or by a call from the desk."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l


def plug_in(app: Flask) -> None:
    """Called by `create_app`."""
    from supportdesk.core import activities
    from supportdesk.core.office import declare
    from supportdesk.core.page_furniture import MenuItem, add_to_menu
    from supportdesk.core.permissions import Permission
    from supportdesk.learners.ageing import Ageing
    from supportdesk.learners.office import NOTICE_YEARS
    from supportdesk.learners.rooms import LearnerTable, Mention, RoomAnswers, Turn, answer_for_learners
    from supportdesk.notices import leaving, record_words, views
    from supportdesk.notices.models import Notice
    from supportdesk.notices.offer_queries import OFFER, describe_offers
    from supportdesk.notices.office import SETTINGS

    app.register_blueprint(views.blueprint)
    add_to_menu(app, MenuItem("notices.calls", _l("連絡リスト"), Permission.WORK_CALL_LIST))
    answer_for_learners(
        app,
        RoomAnswers(
            room="notices",
            tables=(
                LearnerTable(Notice.metadata.tables["notice"], personal=("call_to", "text")),
                LearnerTable(OFFER),
            ),
            mentions=(Mention(Notice.metadata.tables["notice"], phone="call_to"),),
            bindings=leaving.bindings,
            release=(Turn.NOTICES, leaving.release),
            words=record_words.WORDS,
            ageing=(
                Ageing(
                    _l("伝えたお知らせ"),
                    Notice.metadata.tables["notice"],
                    since="settled_at",
                    years=NOTICE_YEARS.get,
                    emptied=("call_to", "text"),
                ),
            ),
        ),
    )
    activities.register(app.extensions, "offer", describe_offers)
    declare(app, "notices", _l("お知らせ"), *SETTINGS)
