"""What the office decides about feedback sheets."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from supportdesk.core.office import NumberSetting, TextSetting

FEEDBACK_UNDERSTANDING: Final = TextSetting(
    name="classes.feedback_understanding",
    label=_l("受講アンケートの1つ目の質問"),
    longest=60,
    words=_l("きょう習ったことは、わかりましたか"),
    meaning=_l("答えは「よくわかった」から「わからなかった」までの4つです。"),
)
FEEDBACK_SATISFACTION: Final = TextSetting(
    name="classes.feedback_satisfaction",
    label=_l("受講アンケートの2つ目の質問"),
    longest=60,
    words=_l("きょうの教室は、いかがでしたか"),
    meaning=_l("答えは「とてもよかった」から「よくなかった」までの4つです。"),
)
FEEDBACK_WISH: Final = TextSetting(
    name="classes.feedback_wish",
    label=_l("受講アンケートの3つ目の質問"),
    longest=60,
    words=_l("つぎに、何を習いたいですか"),
    meaning=_l("答えは、スキルの分野からいくつでもえらべます。自分の言葉でも書けます。"),
)
FEEDBACK_DAYS: Final = NumberSetting(
    name="classes.feedback_days",
    label=_l("教室のあとに受講アンケートへ答えられる日数"),
    default=7,
    least=0,
    most=60,
    unit=_l("日"),
    meaning=_l("教室が始まってから、終わって何日たつまで、QRコードから答えられるかです。"),
)
FEEDBACK_LEAST: Final = NumberSetting(
    name="classes.feedback_least",
    label=_l("受講アンケートの結果を出す、いちばん少ない枚数"),
    default=3,
    least=1,
    most=20,
    unit=_l("枚"),
    meaning=_l("これより少ないと、だれの答えか分かってしまうので、結果を出しません。"),
)
FEEDBACK_MOST: Final = NumberSetting(
    name="classes.feedback_most",
    label=_l("1回の教室で受け取る、名前のない答えの数"),
    default=200,
    least=10,
    most=2000,
    unit=_l("枚"),
    meaning=_l("いたずらで何度も送られたとき、QRコードからの答えを、ここで止めます。"),
)
FEEDBACK_YEARS: Final = NumberSetting(
    name="classes.feedback_years",
    label=_l("受講アンケートに自分の言葉で書いたことを残す年数"),
    default=2,
    least=1,
    most=10,
    unit=_l("年"),
    meaning=_l("この年数のあと、書いた文を消します。えらんだ答えは残ります。"),
)

SETTINGS: Final = (
    FEEDBACK_UNDERSTANDING,
    FEEDBACK_SATISFACTION,
    FEEDBACK_WISH,
    FEEDBACK_DAYS,
    FEEDBACK_LEAST,
    FEEDBACK_MOST,
    FEEDBACK_YEARS,
)
