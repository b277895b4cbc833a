"""What the office decides about the register."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from supportdesk.core.office import NumberSetting

ADMISSION_MINUTES: Final = NumberSetting(
    name="learners.admission_minutes",
    label=_l("ご本人のスマホを登録できる時間"),
    default=10,
    least=1,
    most=60,
    unit=_l("分"),
    meaning=_l("「ご本人のスマホを登録する」を押してから、この時間のうちにカードを読み取ったスマホを登録します。"),
)
UNDO_DAYS: Final = NumberSetting(
    name="learners.undo_days",
    label=_l("まとめた・分けた記録を元にもどせる日数"),
    default=30,
    least=1,
    most=365,
    unit=_l("日"),
    meaning=_l("この日数をすぎると、2つの記録をまとめたことを取り消せなくなります。"),
)
CALLER_YEARS: Final = NumberSetting(
    name="learners.caller_years",
    label=_l("代わりに電話した方の記録を残す年数"),
    default=2,
    least=1,
    most=30,
    unit=_l("年"),
    meaning=_l("教室の申し込みや相談の予約のときに、代わりに電話した方の名前と電話番号を消すまでの年数です。"),
)
CASE_YEARS: Final = NumberSetting(
    name="learners.case_years",
    label=_l("相談の内容を残す年数"),
    default=5,
    least=1,
    most=30,
    unit=_l("年"),
    meaning=_l("相談の内容と相談員の記録を消すまでの年数です。相談の回数は残ります。"),
)
SESSION_YEARS: Final = NumberSetting(
    name="learners.session_years",
    label=_l("教え合いのようすを残す年数"),
    default=3,
    least=1,
    most=30,
    unit=_l("年"),
    meaning=_l("地域サポーターが書いたようすと場所を消すまでの年数です。回数と時間は残ります。"),
)
NOTICE_YEARS: Final = NumberSetting(
    name="learners.notice_years",
    label=_l("お知らせの文を残す年数"),
    default=2,
    least=1,
    most=30,
    unit=_l("年"),
    meaning=_l("電話や葉書で伝えた文と、かけた番号を消すまでの年数です。"),
)
RESIDENCE_YEARS: Final = NumberSetting(
    name="learners.residence_years",
    label=_l("前の住まいを残す年数"),
    default=5,
    least=1,
    most=30,
    unit=_l("年"),
    meaning=_l("転居の前の住所を消すまでの年数です。"),
)
REQUEST_YEARS: Final = NumberSetting(
    name="learners.request_years",
    label=_l("開示などの申し出の内容を残す年数"),
    default=5,
    least=1,
    most=30,
    unit=_l("年"),
    meaning=_l("申し出た方の名前と内容を消すまでの年数です。申し出の件数は残ります。"),
)
GONE_YEARS: Final = NumberSetting(
    name="learners.gone_years",
    label=_l("利用を終えた方の記録を残す年数"),
    default=5,
    least=1,
    most=30,
    unit=_l("年"),
    meaning=_l("転出、亡くなった、利用をやめた方を消去するまでの年数です。集計は変わりません。"),
)
RECEIPT_DAYS: Final = NumberSetting(
    name="learners.receipt_days",
    label=_l("スマホから届いたことのひかえを残す日数"),
    default=400,
    least=100,
    most=2000,
    unit=_l("日"),
    meaning=_l(
        "スマホから届いて記録できたもののひかえと、スマホのかぎを消すまでの日数です。"
        "消したあとに同じものが届くと、もう一度記録します。"
    ),
)

APPLICATIONS_MOST: Final = NumberSetting(
    name="learners.applications_most",
    label=_l("同じ場所から10分間に受け付ける、市民の申し込みの数"),
    default=10,
    least=2,
    most=100,
    unit=_l("件"),
    meaning=_l("これより多いと、少し待ってもらいます。教室や役所のWi-Fiから、みんなで申し込むときは多くします。"),
)
APPLICATION_YEARS: Final = NumberSetting(
    name="learners.application_years",
    label=_l("市民が申し込みに書いたことを残す年数"),
    default=1,
    least=1,
    most=10,
    unit=_l("年"),
    meaning=_l("名前や電話番号などを、この年数のあとに消します。だれの申し込みか決まらなかったものも消します。"),
)

SETTINGS: Final = (
    ADMISSION_MINUTES,
    UNDO_DAYS,
    RECEIPT_DAYS,
    CALLER_YEARS,
    CASE_YEARS,
    SESSION_YEARS,
    NOTICE_YEARS,
    RESIDENCE_YEARS,
    REQUEST_YEARS,
    APPLICATIONS_MOST,
    APPLICATION_YEARS,
    GONE_YEARS,
)
