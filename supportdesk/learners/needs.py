"""What the words of a paper ledger say of a learner's needs. Called by the ledger's reader.

In a column of needs a single word is enough. Free notes speak of other things too (「2回目」「徒歩で」「娘の紹介」), so
that there only phrases count which can mean nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from supportdesk.core.japanese import half_width
from supportdesk.learners.models import Need

#: 「車いす不要」「補聴器なし」: the word stands there because it is not needed.
_NOT = (
    r"(?!\s*(?:[はもをのが]\s*)?(?:利用|使用|必要)?[はもで]?\s*"
    r"(?:な[しい]|無し|無い|あ?りません|不要|いらない|いりません|要らない|要りません|使わない|使いません))"
)
#: 「見た目が悪い」「2回目が」 speak of no eye.
_EYE = r"(?:(?<![一-鿿々0-9つ])(?<!見た)|(?<=[両左右片]))[目眼]"
_RELATIVE = r"(?:家族|夫|主人|妻|娘|息子|長男|長女|次男|次女|孫|嫁|兄|弟|姉|妹|子ども|子供)(?:さん|様)?"
_WHEEL_CHAIR = r"車(?:いす|イス|椅子)"
_SOMEWHAT = r"(?:とても|少し|やや|かなり)?"

_PHRASES: Final[Mapping[Need, re.Pattern[str]]] = {
    need: re.compile("|".join(phrases))
    for need, phrases in {
        Need.HEARING: (
            rf"耳[がもの]{_SOMEWHAT}(?:遠い|遠く(?!な[るら])|遠め|とおい|不自由|悪い|わるい)",
            r"耳[がもは](?:よく|あまり|ほとんど)?(?:聞|き)こえ(?:ない|ません|にく|づら)",
            rf"難聴{_NOT}|補聴器{_NOT}|聴覚(?:障|しょう)(?:害|碍|がい){_NOT}|聴力[がの]?(?:低下|弱)",
        ),
        Need.SIGHT: (
            rf"{_EYE}[がもの]{_SOMEWHAT}(?:不自由|悪い|わるい|弱い|かすむ)",
            rf"{_EYE}[がもは](?:よく|あまり|ほとんど)?見え(?:ない|ません|にく|づら)",
            rf"弱視{_NOT}|全盲|視覚(?:障|しょう)(?:害|碍|がい){_NOT}|視力[がの]?(?:低下|弱|低い|悪い)",
        ),
        Need.WALKING: (
            rf"{_WHEEL_CHAIR}{_NOT}|歩行器{_NOT}|シルバーカー{_NOT}|(?:杖|つえ)(?:[をで]つ[いきく]|[をの]使用|を使[いうっ]|使用)",
            r"歩行[がにはも]?(?:困難|不自由|不安)|歩くの[がにはも](?:困難|大変|不自由|不安|つらい|難し)",
            rf"足(?:腰)?[がもの]{_SOMEWHAT}(?:不自由|悪い|わるい|弱い)",
        ),
        Need.FAMILY: (
            rf"{_RELATIVE}と(?:一緒に|いっしょに|共に|ともに)?(?:来[るたまてら館所場庁]|参加|受講|出席)",
            rf"{_RELATIVE}[がのと]?(?:同伴|同席|付き?添い|つきそい){_NOT}",
        ),
    }.items()
}
#: What a cell of needs may hold by itself, between commas.
_WORDS: Final[Mapping[Need, frozenset[str]]] = {
    Need.HEARING: frozenset(("耳", "聴力", "聴覚", "聞こえにくい", "聞こえづらい", "筆談", "手話", "要約筆記")),
    Need.SIGHT: frozenset(("目", "眼", "視力", "視覚", "見えにくい", "見えづらい", "老眼")),
    Need.WALKING: frozenset(("杖", "つえ", "歩行", "足", "歩きにくい", "足元", "足腰")),
    Need.FAMILY: frozenset(
        ("家族", "家族といっしょに来る", "付き添い", "付添い", "付添", "同伴", "同伴者", "娘", "息子")
    ),
}
#: Asked of a class it is a need; in a note it may be what somebody came to learn.
_LARGE_LETTERS = re.compile(r"(?:文字|字)[をはが]?(?:大き|拡大)|(?:大き[いな]|拡大)(?:文字|字)")
_BETWEEN = re.compile(r"[\s、。,.・/;()「」]+")


def needs_in(column: str, note: str) -> frozenset[Need]:
    """The needs named in a cell of needs and in free notes."""
    asked, noted = half_width(column), half_width(note)
    words = {_bare(word) for word in _BETWEEN.split(asked)}
    named = {need for need, phrase in _PHRASES.items() if phrase.search(asked) or phrase.search(noted)}
    named |= {need for need, own in _WORDS.items() if own & words}
    if _LARGE_LETTERS.search(asked):
        named.add(Need.SIGHT)
    return frozenset(named)


def _bare(word: str) -> str:
    """ご家族 and 付き添いあり as 家族 and 付き添い."""
    return word.removeprefix("ご").removesuffix("あり").removesuffix("有り")
