"""What the office decides about classes and lectures."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from supportdesk.core.office import NumberSetting

CLASS_WALK_IN_DAYS: Final = NumberSetting(
    name="classes.class_walk_in_days",
    label=_l("教室のあとに飛び入りの人を加えられる日数"),
    default=7,
    least=0,
    most=90,
    unit=_l("日"),
    meaning=_l("紙の名簿をあとから入力するための日数です。これをすぎると、管理者だけが加えられます。"),
)
LECTURE_WALK_IN_DAYS: Final = NumberSetting(
    name="classes.lecture_walk_in_days",
    label=_l("出前講座のあとに参加者を加えられる日数"),
    default=60,
    least=0,
    most=180,
    unit=_l("日"),
    meaning=_l("出前講座は、あとで役所で入力することが多いので、教室より長くします。"),
)
CORRECTION_DAYS: Final = NumberSetting(
    name="classes.correction_days",
    label=_l("出欠を直せる日数"),
    default=60,
    least=1,
    most=365,
    unit=_l("日"),
    meaning=_l("講師は、開催からこの日数のあいだ、出欠を直せます。実績を報告したあとは、管理者だけが直せます。"),
)
NAMES_ON_PHONE_DAYS: Final = NumberSetting(
    name="classes.names_on_phone_days",
    label=_l("電波のない所のために、講師のスマホに名簿を残す日数"),
    default=14,
    least=1,
    most=31,
    unit=_l("日"),
    meaning=_l("教室の日の終わりか、この日数がたつと、スマホから名前が消えます。まだ送っていない出欠は消えません。"),
)
EARLIEST_HOUR: Final = NumberSetting(
    name="classes.earliest_hour",
    label=_l("ふつうの始まりの時刻"),
    default=8,
    least=0,
    most=12,
    unit=_l("時"),
    meaning=_l("これより早く始まる教室を計画すると、まちがいではないか、たしかめます。"),
)
LATEST_HOUR: Final = NumberSetting(
    name="classes.latest_hour",
    label=_l("ふつうの終わりの時刻"),
    default=20,
    least=13,
    most=23,
    unit=_l("時"),
    meaning=_l("これより遅く終わる教室を計画すると、まちがいではないか、たしかめます。"),
)
PLANNED_AHEAD_DAYS: Final = NumberSetting(
    name="classes.planned_ahead_days",
    label=_l("何日先の教室まで計画できるか"),
    default=731,
    least=31,
    most=1096,
    unit=_l("日"),
    meaning=_l("これより先の日は、年のまちがいとみて断ります。過去の日にも同じ日数をあてはめます。"),
)
SCHEDULE_MONTHS: Final = NumberSetting(
    name="classes.schedule_months",
    label=_l("市民向けの予定でえらべる月の数"),
    default=4,
    least=1,
    most=12,
    unit=_l("か月"),
    meaning=_l("教室の予定の「月」に、今月から何か月分を出すかです。"),
)
PUBLISH_HOUR: Final = NumberSetting(
    name="classes.publish_hour",
    label=_l("市民向けの予定に出す時刻"),
    default=9,
    least=0,
    most=23,
    unit=_l("時"),
    meaning=_l("「市民向けの予定に出す日」を決めた教室は、その日のこの時刻から見えるようになります。"),
)
DECIDE_BEFORE_DAYS: Final = NumberSetting(
    name="classes.decide_before_days",
    label=_l("開くかどうかを決める日は、教室の何日前か"),
    default=7,
    least=0,
    most=90,
    unit=_l("日前"),
    meaning=_l("まとめて計画するとき、何日前かを入力しなければ、この日数になります。"),
)
LEARNERS_PER_ASSISTANT: Final = NumberSetting(
    name="classes.learners_per_assistant",
    label=_l("補助1人がみる受講者の数"),
    default=5,
    least=0,
    most=50,
    unit=_l("人"),
    meaning=_l(
        "席のある人がこの人数までなら補助は1人、それをこえたら2人、というように数えます。0にすると、補助の数をたしかめません。"
    ),
)
LOTTERY_LOSS_FACTOR: Final = NumberSetting(
    name="classes.lottery_loss_factor",
    label=_l("抽選に外れるたびに、当たりやすさを何倍にするか"),
    default=2,
    least=1,
    most=5,
    unit=_l("倍"),
    meaning=_l("1にすると、前に外れたことは抽選に影響しません。抽選をしたときの値が、その抽選に残ります。"),
)
LOTTERY_LOSSES_MOST: Final = NumberSetting(
    name="classes.lottery_losses_most",
    label=_l("抽選に外れた回数を、何回まで数えるか"),
    default=3,
    least=0,
    most=5,
    unit=_l("回"),
    meaning=_l("これより多く外れても、当たりやすさはそれ以上あがりません。"),
)
LOTTERY_NEWCOMER_FACTOR: Final = NumberSetting(
    name="classes.lottery_newcomer_factor",
    label=_l("教室にはじめて来る人の、当たりやすさを何倍にするか"),
    default=2,
    least=1,
    most=5,
    unit=_l("倍"),
    meaning=_l("1にすると、はじめての人もほかの人と同じです。"),
)
LOTTERY_WAIT_HOURS: Final = NumberSetting(
    name="classes.lottery_wait_hours",
    label=_l("確認の終わらない申し込みのために、抽選を何時間まで待つか"),
    default=24,
    least=0,
    most=96,
    unit=_l("時間"),
    meaning=_l(
        "締め切りまでに届いた市民の申し込みに、まだ確認していないものがあるとき、自動の抽選はこの時間まで待ちます。"
        "教室が始まるまでの時間が短いときは、その半分まで待ちます。"
    ),
)
LATE_HOURS: Final = NumberSetting(
    name="classes.late_hours",
    label=_l("直前の取り消しとして数える時間"),
    default=24,
    least=1,
    most=168,
    unit=_l("時間"),
    meaning=_l("教室が始まる前のこの時間のうちに席を取り消すと、受講者のページで「直前の取り消し」に数えます。"),
)

SETTINGS: Final = (
    CLASS_WALK_IN_DAYS,
    LECTURE_WALK_IN_DAYS,
    CORRECTION_DAYS,
    NAMES_ON_PHONE_DAYS,
    EARLIEST_HOUR,
    LATEST_HOUR,
    PLANNED_AHEAD_DAYS,
    SCHEDULE_MONTHS,
    LATE_HOURS,
    PUBLISH_HOUR,
    DECIDE_BEFORE_DAYS,
    LEARNERS_PER_ASSISTANT,
    LOTTERY_LOSS_FACTOR,
    LOTTERY_LOSSES_MOST,
    LOTTERY_NEWCOMER_FACTOR,
    LOTTERY_WAIT_HOURS,
)
