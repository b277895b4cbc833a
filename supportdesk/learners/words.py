"""What the register's choices are called on pages and paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l

from supportdesk.learners.models import (
    AgeBand,
    Channel,
    ConsentKind,
    Device,
    LinkKind,
    Need,
    Sex,
    Status,
    StatusReason,
)

SEXES: Final[Mapping[Sex, object]] = {Sex.FEMALE: _l("女性"), Sex.MALE: _l("男性"), Sex.OTHER: _l("その他")}
AGE_BANDS: Final[Mapping[AgeBand, object]] = {
    AgeBand.UNDER_60: _l("60歳より下"),
    AgeBand.SIXTIES: _l("60代"),
    AgeBand.SEVENTIES: _l("70代"),
    AgeBand.EIGHTIES: _l("80代"),
    AgeBand.NINETY_OVER: _l("90歳以上"),
}
DEVICES: Final[Mapping[Device, object]] = {
    Device.IPHONE: _l("iPhone"),
    Device.ANDROID: _l("Android"),
    Device.EASY_PHONE: _l("らくらくスマートフォン"),
    Device.FEATURE_PHONE: _l("ガラケー"),
    Device.NONE: _l("持っていない"),
}
CHANNELS: Final[Mapping[Channel, object]] = {
    Channel.PHONE: _l("電話"),
    Channel.MAIL: _l("メール"),
    Channel.LINE: _l("LINE"),
    Channel.POST: _l("郵便"),
}
NEEDS: Final[Mapping[Need, object]] = {
    Need.HEARING: _l("聞こえにくい"),
    Need.SIGHT: _l("見えにくい"),
    Need.WALKING: _l("歩きにくい"),
    Need.FAMILY: _l("家族といっしょに来る"),
}
LINKS: Final[Mapping[LinkKind, object]] = {
    LinkKind.SPOUSE: _l("夫婦"),
    LinkKind.PARENT_CHILD: _l("親子"),
    LinkKind.SIBLING: _l("きょうだい"),
    LinkKind.FAMILY: _l("そのほかの家族"),
    LinkKind.FRIEND: _l("近所の人・友人"),
    LinkKind.STRANGERS: _l("関係なし"),
}
CONSENTS: Final[Mapping[ConsentKind, object]] = {
    ConsentKind.KEEP_RECORD: _l("記録を残すこと"),
    ConsentKind.TIE_VIDEO_VIEWS: _l("見た動画を記録にのせること"),
}
STATUSES: Final[Mapping[Status, object]] = {
    Status.ACTIVE: _l("利用中"),
    Status.PAUSED: _l("お休み中"),
    Status.MOVED: _l("転出"),
    Status.DECEASED: _l("亡くなった"),
    Status.LEFT: _l("利用をやめた"),
}
STATUS_REASONS: Final[Mapping[StatusReason, object]] = {
    StatusReason.OWN_WISH: _l("本人の希望"),
    StatusReason.HEALTH: _l("体調、入院"),
    StatusReason.FAMILY: _l("家族などからの連絡"),
    StatusReason.NO_CONTACT: _l("連絡がつかない"),
    StatusReason.BACK: _l("利用の再開"),
    StatusReason.MISTAKE: _l("まちがいの訂正"),
    StatusReason.OTHER: _l("そのほか"),
}
