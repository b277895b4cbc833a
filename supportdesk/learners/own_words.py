"""What the register's own tables and columns are called on a learner's whole record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l

from supportdesk.learners.dropbox.words import ENTRY_STATES
from supportdesk.learners.merging.models import HandOverKind
from supportdesk.learners.record_words import TableWords
from supportdesk.learners.rights.words import ASKERS, REQUEST_KINDS, REQUEST_STATES
from supportdesk.learners.words import CONSENTS, LINKS, NEEDS, SEXES, STATUS_REASONS, STATUSES

WORDS: Final[Mapping[str, TableWords]] = {
    "learner": TableWords(
        _l("登録の内容"),
        {
            "id": _l("受講者の番号"),
            "person_id": _l("人の番号"),
            "merged_into": _l("まとめた先の番号"),
            "name": _l("名前"),
            "kana": _l("フリガナ"),
            "kana_key": _l("並べるためのフリガナ"),
            "birth_date": _l("生年月日"),
            "birth_year": _l("生まれた年"),
            "sex": _l("性別"),
            "last_venue_id": _l("前回の教室の会場"),
            "mail": _l("メールアドレス"),
            "helper_name": _l("連絡する人の名前"),
            "helper_relation": _l("連絡する人の関係"),
            "helper_phone": _l("連絡する人の電話番号"),
            "status": _l("利用の状態"),
            "status_since": _l("その状態になった日時"),
            "provisional": _l("あとで登録を完成させる方"),
            "erased_at": _l("消去した日時"),
            "created_at": _l("登録した日時"),
            "created_by": _l("登録した人"),
            "updated_at": _l("最後に変えた日時"),
        },
        {"sex": SEXES, "status": STATUSES},
    ),
    "former_name": TableWords(_l("前の名前"), {"name": _l("名前"), "kana": _l("フリガナ")}),
    "drop_entry": TableWords(
        _l("スマホから届いた記録"),
        {
            "uuid": _l("届いた記録の番号"),
            "account_id": _l("送った人"),
            "payload": _l("届いた内容"),
            "observed_at": _l("見た日時"),
            "received_at": _l("届いた日時"),
            "reason": _l("記録できなかった理由"),
            "settled_at": _l("決めた日時"),
            "settled_by": _l("決めた人"),
        },
        {"state": ENTRY_STATES},
    ),
    "former_residence": TableWords(_l("前の住まい")),
    "learner_status": TableWords(
        _l("利用の状態の移りかわり"),
        {
            "status": _l("利用の状態"),
            "reason": _l("理由"),
            "began_at": _l("いつから"),
            "changed_by": _l("記録した人"),
        },
        {"status": STATUSES, "reason": STATUS_REASONS},
    ),
    "learner_phone": TableWords(
        _l("電話番号"), {"position": _l("順番"), "number": _l("番号（国際表記）"), "typed": _l("電話番号")}
    ),
    "learner_need": TableWords(_l("配慮すること"), {"need": _l("配慮すること")}, {"need": NEEDS}),
    "learner_link": TableWords(
        _l("家族とつながり"),
        {"other_id": _l("相手の番号"), "made_at": _l("つないだ日時"), "made_by": _l("つないだ人")},
        {"kind": LINKS},
    ),
    "learner_key": TableWords(_l("さがすための索引"), {"key": _l("索引")}),
    "pass": TableWords(
        _l("受講者カード"),
        {
            "code": _l("カードの番号"),
            "issued_at": _l("作った日時"),
            "issued_by": _l("作った人"),
            "revoked_at": _l("使えなくした日時"),
            "revoked_by": _l("使えなくした人"),
        },
    ),
    "admission_window": TableWords(
        _l("スマホの登録の受け付け"),
        {
            "opened_at": _l("受け付けた日時"),
            "opened_by": _l("受け付けた人"),
            "expires_at": _l("しめきり"),
            "used_at": _l("使った日時"),
        },
    ),
    "learner_phone_admission": TableWords(
        _l("登録したスマホ"),
        {
            "admitted_at": _l("登録した日時"),
            "admitted_by": _l("登録した人"),
            "revoked_at": _l("使えなくした日時"),
        },
    ),
    "consent": TableWords(
        _l("同意"), {"kind": _l("何について"), "given": _l("同意した"), "wording": _l("読んだ文")}, {"kind": CONSENTS}
    ),
    "rights_request": TableWords(
        _l("開示などの申し出"),
        {
            "received_on": _l("受け付けた日"),
            "due_on": _l("答える期限"),
            "asker": _l("申し出た人"),
            "asker_name": _l("申し出た人の名前"),
            "note": _l("申し出の内容"),
            "done_on": _l("終わった日"),
            "answer": _l("答えたこと"),
            "taken_at": _l("受け付けた日時"),
            "taken_by": _l("受け付けた人"),
            "settled_by": _l("答えた人"),
        },
        {"kind": REQUEST_KINDS, "asker": ASKERS, "state": REQUEST_STATES},
    ),
    "hand_over": TableWords(
        _l("記録をまとめた・分けた"),
        {
            "giver_id": _l("もとの番号"),
            "taker_id": _l("移した先の番号"),
            "done_at": _l("行った日時"),
            "done_by": _l("行った人"),
            "undone_at": _l("元にもどした日時"),
            "undone_by": _l("元にもどした人"),
            "before": _l("前の内容"),
            "after": _l("えらんだ内容"),
            "activities": _l("移した時間"),
        },
        {"kind": {HandOverKind.MERGE: _l("まとめた"), HandOverKind.SPLIT: _l("分けた")}},
    ),
    "tutor_wish": TableWords(
        _l("地域サポーターの希望"),
        {
            "words": _l("練習したいこと"),
            "asked_at": _l("聞いた日時"),
            "asked_by": _l("聞いた人"),
            "settled_at": _l("すんだ日時"),
            "settled_by": _l("すませた人"),
        },
    ),
    "likely_pair": TableWords(
        _l("同じ人かもしれない記録"),
        {
            "one_id": _l("1人目の番号"),
            "other_id": _l("2人目の番号"),
            "likeness": _l("にている度合い"),
            "found_at": _l("見つけた日時"),
            "decided_at": _l("答えた日時"),
            "decided_by": _l("答えた人"),
        },
    ),
}
