"""What the office decides about requests for lectures."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from supportdesk.core.office import NumberSetting, TextSetting

OUTREACH_LEAD_DAYS: Final = NumberSetting(
    name="classes.outreach_lead_days",
    label=_l("出前講座を何日前までに申し込むか"),
    default=30,
    least=1,
    most=180,
    unit=_l("日"),
    meaning=_l("希望の日がこれより近いと、申し込みの画面では断ります。職員は、たしかめたうえで受け付けられます。"),
)
OUTREACH_LEAST_PEOPLE: Final = NumberSetting(
    name="classes.outreach_least_people",
    label=_l("出前講座の人数のいちばん少ない数"),
    default=5,
    least=1,
    most=50,
    unit=_l("人"),
    meaning=_l("これより少ないと、申し込みの画面では断ります。職員は、たしかめたうえで受け付けられます。"),
)
OUTREACH_MOST_PEOPLE: Final = NumberSetting(
    name="classes.outreach_most_people",
    label=_l("出前講座の人数のいちばん多い数"),
    default=100,
    least=10,
    most=1000,
    unit=_l("人"),
    meaning=_l("これより多い申し込みは、だれからも受け付けません。2回に分けてもらいます。"),
)
OUTREACH_MOST_MINUTES: Final = NumberSetting(
    name="classes.outreach_most_minutes",
    label=_l("出前講座の長さのいちばん長い時間"),
    default=120,
    least=30,
    most=240,
    unit=_l("分"),
    meaning=_l("申し込むときにえらべる長さは、これまでです。"),
)
OUTREACH_TRAVEL_MINUTES: Final = NumberSetting(
    name="classes.outreach_travel_minutes",
    label=_l("出前講座の場所までの移動の時間"),
    default=30,
    least=0,
    most=180,
    unit=_l("分"),
    meaning=_l("行きと帰りに、それぞれこの時間を講師の予定に入れます。講座ごとに変えられます。"),
)
OUTREACH_TRAVEL_BY_DISTRICT: Final = TextSetting(
    name="classes.outreach_travel_by_district",
    label=_l("地区ごとの、出前講座の場所までの移動の時間"),
    words="",
    longest=200,
    may_be_empty=True,
    meaning=_l(
        "地区の名前と分を書き、「、」で分けます（例：河辺40、雄和40）。書いていない地区は、上の「移動の時間」です。"
    ),
)
OUTREACH_TRAVEL_BETWEEN: Final = TextSetting(
    name="classes.outreach_travel_between",
    label=_l("地区と地区のあいだの移動の時間"),
    words="",
    longest=400,
    may_be_empty=True,
    meaning=_l(
        "「東部と河辺40、西部と雄和50」のように書きます。行きも帰りも同じです。書いていない地区どうしは、市民サービスセンターの位置からおよその時間を出し、位置がわからなければ、2つの地区の「移動の時間」の長いほうです。"
    ),
)
OUTREACH_TRAVEL_WITHIN: Final = NumberSetting(
    name="classes.outreach_travel_within",
    label=_l("同じ地区の中の移動の時間"),
    default=10,
    least=0,
    most=60,
    unit=_l("分"),
    meaning=_l("講師の前後の予定が同じ地区のときの時間です。地区のあいだの時間も、これより短くはなりません。"),
)
OUTREACH_TRAVEL_SPEED: Final = NumberSetting(
    name="classes.outreach_travel_speed",
    label=_l("移動の時間を位置から出すときの、車の速さ"),
    default=25,
    least=5,
    most=80,
    unit=_l("km/時"),
    meaning=_l("信号や雪をふくめた、平均の速さです。まっすぐな距離の1.3倍を走るとして計算します。"),
)
OUTREACH_CHECK_DAYS: Final = NumberSetting(
    name="classes.outreach_check_days",
    label=_l("出前講座の申し込みをたしかめるまでの日数"),
    default=3,
    least=1,
    most=30,
    unit=_l("日"),
    meaning=_l("受け付けてからこの日数をすぎると、一覧に「期限をすぎています」と出ます。"),
)
OUTREACH_FIND_DAYS: Final = NumberSetting(
    name="classes.outreach_find_days",
    label=_l("出前講座の日と講師を決めるまでの日数"),
    default=7,
    least=1,
    most=60,
    unit=_l("日"),
    meaning=_l("内容をたしかめてからこの日数をすぎると、一覧に「期限をすぎています」と出ます。"),
)
OUTREACH_CONFIRM_DAYS: Final = NumberSetting(
    name="classes.outreach_confirm_days",
    label=_l("出前講座の決定を団体に伝えるまでの日数"),
    default=3,
    least=1,
    most=30,
    unit=_l("日"),
    meaning=_l("日と講師が決まってからこの日数をすぎると、一覧に「期限をすぎています」と出ます。"),
)
OUTREACH_KIT_DAYS: Final = NumberSetting(
    name="classes.outreach_kit_days",
    label=_l("出前講座の準備を何日前までに終えるか"),
    default=2,
    least=0,
    most=30,
    unit=_l("日"),
    meaning=_l("講座の日のこの日数前に持ち物と移動の準備が終わっていないと、一覧に「期限をすぎています」と出ます。"),
)
OUTREACH_RESULT_DAYS: Final = NumberSetting(
    name="classes.outreach_result_days",
    label=_l("出前講座の結果を書くまでの日数"),
    default=7,
    least=1,
    most=60,
    unit=_l("日"),
    meaning=_l("講座の日からこの日数をすぎると、一覧に「期限をすぎています」と出ます。"),
)
OUTREACH_CLOSE_DAYS: Final = NumberSetting(
    name="classes.outreach_close_days",
    label=_l("出前講座のこれからのことを決めて閉じるまでの日数"),
    default=14,
    least=1,
    most=90,
    unit=_l("日"),
    meaning=_l("結果を書いてからこの日数をすぎると、一覧に「期限をすぎています」と出ます。"),
)
OUTREACH_HOURLY: Final = NumberSetting(
    name="classes.outreach_hourly",
    label=_l("申し込みの画面から1時間に受け付ける数"),
    default=40,
    least=5,
    most=1000,
    unit=_l("件"),
    meaning=_l("機械がたくさん送ってきたときに止めるためです。止まっているあいだは、電話を案内します。"),
)
OUTREACH_PER_ADDRESS: Final = NumberSetting(
    name="classes.outreach_per_address",
    label=_l("1つのインターネット回線から続けて受け付ける出前講座の申し込み"),
    default=10,
    least=1,
    most=100,
    unit=_l("件"),
    meaning=_l("これをこえると、15分のあいだ止めて、電話を案内します。会館や役所では、1つの回線を大勢で使います。"),
)
OUTREACH_FORM_SECONDS: Final = NumberSetting(
    name="classes.outreach_form_seconds",
    label=_l("申し込みの画面に書くのに、少なくともかかる時間"),
    default=5,
    least=0,
    most=60,
    unit=_l("秒"),
    meaning=_l("これより早く送られた申し込みは、機械かもしれないので、もう一度送ってもらいます。"),
)
OUTREACH_CONTACT_YEARS: Final = NumberSetting(
    name="classes.outreach_contact_years",
    label=_l("出前講座の連絡先を残す年数"),
    default=2,
    least=1,
    most=30,
    unit=_l("年"),
    meaning=_l("終わった申し込みの、連絡する方の名前と電話番号を消すまでの年数です。団体の名前と人数は残ります。"),
)
OUTREACH_PICTURES: Final = NumberSetting(
    name="classes.outreach_pictures",
    label=_l("出前講座の写真の枚数"),
    default=4,
    least=0,
    most=12,
    unit=_l("枚"),
    meaning=_l("1つの講座の結果に、写真はこれだけ付けられます。0にすると、付けられません。"),
)
OUTREACH_PICTURE_MEGABYTES: Final = NumberSetting(
    name="classes.outreach_picture_megabytes",
    label=_l("出前講座の写真1枚の大きさ"),
    default=10,
    least=1,
    most=20,
    unit=_l("MB"),
    meaning=_l("送れるファイルの大きさです。小さくしてから保存するので、場所はあまりとりません。"),
)
OUTREACH_PICTURE_YEARS: Final = NumberSetting(
    name="classes.outreach_picture_years",
    label=_l("出前講座の写真を残す年数"),
    default=2,
    least=1,
    most=30,
    unit=_l("年"),
    meaning=_l("写真を加えてから、年に1度の整理で消すまでの年数です。消してほしいと言われた写真は、すぐに消せます。"),
)
OUTREACH_KIT: Final = TextSetting(
    name="classes.outreach_kit",
    label=_l("出前講座の持ち物と準備"),
    words=_l("教材と配布物、名簿と筆記用具、練習用のスマートフォン、充電器と延長コード、会場までの道と車の用意"),
    longest=400,
    lines=6,
    meaning=_l(
        "「、」で分けるか、1行に1つずつ書きます。決定した出前講座の持ち物の一覧になります。会場にない物は、自動で加わります。"
    ),
)
OUTREACH_LETTER_NOTE: Final = TextSetting(
    name="classes.outreach_letter_note",
    label=_l("出前講座の決定のお知らせに書く、お願い"),
    words=_l(
        "参加する方は、ご自分のスマートフォンとめがねをお持ちください。開始の15分前に、会場を開けておいてください。"
    ),
    longest=300,
    lines=3,
    may_be_empty=True,
    meaning=_l("決定のお知らせの下のほうに印刷します。"),
)

SETTINGS: Final = (
    OUTREACH_LEAD_DAYS,
    OUTREACH_LEAST_PEOPLE,
    OUTREACH_MOST_PEOPLE,
    OUTREACH_MOST_MINUTES,
    OUTREACH_TRAVEL_MINUTES,
    OUTREACH_TRAVEL_BY_DISTRICT,
    OUTREACH_TRAVEL_BETWEEN,
    OUTREACH_TRAVEL_WITHIN,
    OUTREACH_TRAVEL_SPEED,
    OUTREACH_CHECK_DAYS,
    OUTREACH_FIND_DAYS,
    OUTREACH_CONFIRM_DAYS,
    OUTREACH_KIT_DAYS,
    OUTREACH_RESULT_DAYS,
    OUTREACH_CLOSE_DAYS,
    OUTREACH_HOURLY,
    OUTREACH_PER_ADDRESS,
    OUTREACH_FORM_SECONDS,
    OUTREACH_CONTACT_YEARS,
    OUTREACH_PICTURES,
    OUTREACH_PICTURE_MEGABYTES,
    OUTREACH_PICTURE_YEARS,
    OUTREACH_KIT,
    OUTREACH_LETTER_NOTE,
)
