"""What people say around a question: greetings, excuses, and the wish to be told. It says nothing of what they ask, and
long politeness would drown it (すみません、…のですが、どうすればよいか教えていただけないでしょうか).
"""

from __future__ import annotations

import re
from typing import Final

_ASKED: Final = "(?:ます|ません|ない)(?:でしょうか|か)?|たい(?:です|の)?"
_WISH: Final = f"(?:くだ|下)さい(?:ませ|ね)?|(?:ほ|欲)しい(?:です)?|(?:くれ|もらえ?|(?:いただ|頂)[けき])(?:{_ASKED})"
_WHICH: Final = "(?:でしょうか|ですかね?|のか|かな|か)?"
_COURTESIES: Final = re.compile(
    "|".join(
        (
            "す[みい]ません",
            "(?:もう|申)し?訳(?:あり|ござい)ません",
            "ごめん(?:くだ|下)さい",
            "こんにち[はわ]|おはようございます|はじめまして|もしもし|お世話に(?:なり|なって(?:おり|い))ます",
            "あの[うぅー]+(?=[、。 ]|$)|え[えー]っ?と(?=[、。 ]|$)",
            "(?:どうか|よろしく|宜しく)?(?:お願|おねが)い(?:し|いた|致)し?ます",
            # 「番号を教えてと言われた」 asks about the telling itself.
            f"(?:教|おし)えて(?:{_WISH})(?!と)|(?:教|おし)えて(?=[。！!]*$)",
            f"ど(?:う|のように)(?:したら|すれば|やったら|やれば)(?:[いよ良]い|よろしい)(?:の|ん)?{_WHICH}",
            "(?:とても|大変|すごく)?(?:困|こま)っ?て(?:い?る|い?ます|おります)",
            "わ[かが]ら(?:ん|ね[えぇ]?)(?=[、。 ]|$)",
            # 「送りたいのですが」「出るんだけど」
            "[のん](?:です|だ)(?:が|け[れ]?ど(?:も)?)(?=[、。 ]|$)|け[れ]?ど(?:も)?(?=[、。 ]|$)",
        )
    )
)


def without_courtesies(text: str) -> str:
    """The text with a gap for each of them."""
    return _COURTESIES.sub(" ", text)
