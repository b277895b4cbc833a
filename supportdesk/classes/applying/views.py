"""The residents' pages on which they apply for a class: what applies to the draw, first of all."""

from __future__ import annotations

from flask import Blueprint, render_template

from supportdesk.classes.lottery.drawing import weighing_now
from supportdesk.classes.lottery.rule import weight_of
from supportdesk.core.permissions import public

blueprint = Blueprint("apply", __name__, url_prefix="/apply", template_folder="../templates")


@blueprint.get("/rule")
@public
def rule() -> str:
    """The rule of the draw, in plain words, with the factors that hold now."""
    weighing = weighing_now()
    weights = [weight_of(losses, newcomer=False, weighing=weighing) for losses in range(weighing.losses_most + 1)]
    return render_template("classes/applying/rule.html", weighing=weighing, weights=weights)
