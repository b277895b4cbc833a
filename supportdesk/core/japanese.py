"""Japanese text: the key that finds a name however it was written, and the tidying of what people typed.

The original spelling is always what is stored and shown; keys are only for finding. Called by the register, every
search box, the imports and the form fields.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import jaconv

# One word for each kanji: the form taken as the key first, then the forms folded into it. Three sources:
# - the Jōyō kanji table (Cabinet notice No. 2 of 2010): the older forms (康熙字典体) it prints in brackets;
# - the Enforcement Regulation of the Family Register Act, appended table 2: older forms allowed in given names;
# - popular forms (俗字・異体字) seen in family names, as merged in the ministries' "MJ縮退マップ" of name characters.
# Kanji that are different names to their bearers (畑/畠, 岩/巌) are never folded: a wrong hit on the telephone costs
# more than a missed one, and the kana finds both. Compatibility forms (U+FA19) need no word here: NFKC folds them.
_SAME_KANJI = """
亜亞 悪惡 圧壓 囲圍 医醫 為爲 壱壹 隠隱 栄榮 営營 衛衞 駅驛 円圓 塩鹽 縁緣 艶艷 応應 欧歐 殴毆 桜櫻 奥奧 横橫
温溫 穏穩 仮假 価價 画畫 会會 絵繪 壊壞 懐懷 概槪 拡擴 殻殼 覚覺 学學斈 岳嶽 楽樂 巻卷 陥陷 勧勸 寛寬 関關 歓歡
観觀 気氣 既旣 帰歸 亀龜 偽僞 戯戲 犠犧 旧舊 拠據 挙擧 虚虛 峡峽 挟挾 狭狹 郷鄕鄊 暁曉 区區 駆驅 勲勳 薫薰 径徑
恵惠 掲揭 渓溪 経經 継繼 茎莖 蛍螢 軽輕 鶏鷄 芸藝 撃擊 欠缺 倹儉 剣劍劔剱劒 圏圈 検檢 権權 献獻 研硏 県縣 険險
顕顯 験驗 厳嚴 効效 広廣 恒恆 鉱鑛 号號 国國圀囯 黒黑 砕碎 済濟 斎齋齊斉亝 剤劑 雑雜 参參 惨慘 桟棧 蚕蠶 賛贊
残殘 糸絲 歯齒 児兒 辞辭 湿濕 実實 舎舍 写寫 釈釋 寿壽 収收 従從 渋澁 獣獸 縦縱 粛肅 処處 緒緖 叙敍 奨奬 将將
焼燒 称稱 証證 乗乘 剰剩 壌壤 嬢孃 条條 浄淨 畳疊 穣穰 譲讓 醸釀 嘱囑 触觸 寝寢 慎愼 晋晉 真眞 尽盡 図圖 粋粹
酔醉 穂穗 随隨 髄髓 枢樞 数數 瀬瀨 声聲 静靜 摂攝 窃竊 専專 戦戰 浅淺 潜潛 繊纖 践踐 銭錢 禅禪 双雙 壮壯 捜搜
挿插揷 巣巢 争爭 痩瘦 総總 荘莊 装裝 騒騷 増增 臓臟 蔵藏 即卽 属屬 続續 堕墮 体體 対對 帯帶 滞滯 台臺 滝瀧 択擇
沢澤 単單 担擔 胆膽 団團 弾彈 断斷 痴癡 遅遲 昼晝 虫蟲 鋳鑄 庁廳 徴徵 聴聽 勅敕 鎮鎭 逓遞 鉄鐵鐡鉃 転轉 点點
伝傳 党黨 盗盜 灯燈 当當 闘鬭 徳德 独獨 読讀 届屆 縄繩 弐貳 悩惱 脳腦 覇霸 廃廢 拝拜 売賣 麦麥 発發 髪髮 抜拔
晩晚 蛮蠻 秘祕 浜濱濵 瓶甁 払拂 仏佛 併倂 並竝 変變 辺邊邉 弁辨瓣辯 歩步 宝寶寳 萌萠 褒襃 豊豐 没沒 翻飜 毎每
万萬 満滿 麺麵 黙默 弥彌 訳譯 薬藥 与與 予豫 余餘 誉譽 揺搖 様樣 謡謠 来來 頼賴 乱亂 覧覽 竜龍 両兩 猟獵 緑綠
涙淚 塁壘 礼禮 励勵 戻戾 隷隸 霊靈 齢齡 暦曆 歴歷 恋戀 錬鍊 炉爐 労勞 楼樓 郎郞 禄祿 録錄 亘亙 湾灣 遥遙 尭堯
槙槇 凜凛 巌巖嵓 彦彥 晃晄 昂昻 聡聰 曽曾 祢禰 桧檜 藪薮籔 籠篭 鴎鷗 鶯鴬 蛎蠣 芦蘆 諌諫 萊莱 麹麴 砺礪 蝋蠟
頬頰 鹸鹼 高髙 崎﨑嵜 島嶋嶌 吉𠮷 橋槗𣘺 富冨 桑桒 柳栁 館舘 淵渕 野埜 土圡𡈽 間閒 内內 涼凉 刃刄 卒卆 厩廐 呉吳
告吿 啓啟 哲喆 壺壷 填塡 尚尙 屏屛 悦悅 戸戶户 税稅 説說 鋭銳 黄黃 清淸 青靑 教敎 産產 顔顏 穎頴 鶴靏靍鸖 船舩
宜冝 遠逺 村邨 松柗枩 栃杤 秋秌穐龝 稲稻 煙烟 園薗 讃讚 京亰 峰峯 兎兔 賢贒 奇竒 宮宫 年秊 竈竃 達逹 闊濶 昇曻
所㪽 角⻆ 長⻑ 西⻄ 民⺠
"""


def _pairs(table: str) -> dict[str, str]:
    """Each folded form with the form it becomes."""
    return {old: word[0] for word in table.split() for old in word[1:]}


def _kana_folds() -> dict[str, str]:
    """Katakana to hiragana, small to large, historical to modern. Voiced marks stay: か and が are two sounds."""
    folds = {chr(code): chr(code - 0x60) for code in range(ord("ァ"), ord("ヶ") + 1)}
    folds |= {chr(code): "くしすとぬはひふへほむらりるれろ"[code - 0x31F0] for code in range(0x31F0, 0x3200)}
    folds |= dict(zip("ヷヸヹヺ", "わいえお", strict=True))  # no hiragana has these voiced
    large = dict(zip("ぁぃぅぇぉっゃゅょゎゕゖゐゑぢづを", "あいうえおつやゆよわかけいえじずお", strict=True))
    return large | {kana: large.get(plain, plain) for kana, plain in folds.items()}


_FOLDS = str.maketrans(_pairs(_SAME_KANJI) | _kana_folds() | {"〻": "々", "ヽ": "ゝ", "ヾ": "ゞ"})
_NOT_IN_KEY = re.compile(r"[\W_]+")
_REPEATED_KANA = re.compile(r"([ぁ-ゖ])([ゝゞ]+)")
_SPACED_MARKS = str.maketrans({"゛": "\u3099", "゜": "\u309a"})
_SPLIT_KANA = re.compile("[\u3041-\u30fe][\u3099\u309a]")

# A long sound is one sound however it is written: サトー, サトウ, サトオ; ケーコ, ケイコ, ケエコ.
_LONG_AS = {
    kana: vowel
    for vowel, row in {
        "あ": "あかさたなはまやらわがざだばぱ",
        "い": "いきしちにひみりぎじびぴ",
        "う": "うくすつぬふむゆるぐずぶぷゔ",
    }.items()
    for kana in row
}
_E_ROW, _O_ROW = "えけせてねへめれげぜでべぺ", "おこそとのほもよろごぞどぼぽ"
_LONG_AS |= dict.fromkeys(_E_ROW, "い") | dict.fromkeys(_O_ROW, "う")
_LONG_SOUND = re.compile(f"(?<=[{''.join(_LONG_AS)}])ー|(?<=[{_E_ROW}])え|(?<=[{_O_ROW}])お")
#: What a kana becomes behind a sound that it lengthens, and back.
_LENGTHENS = {"え": "い", "お": "う"}
_STANDS_FOR = {long: kana for kana, long in _LENGTHENS.items()}


def search_key(text: str) -> str:
    """What two spellings of one name have in common: hiragana, kanji in one form, digits and lower-case letters.

    Applying it to a key changes nothing. Empty when the text holds no letter or digit.
    """
    wide = half_width(text.translate(_SPACED_MARKS))
    lowered = half_width(wide.lower())
    letters = _NOT_IN_KEY.sub("", lowered.translate(_FOLDS))
    spelt_out = _REPEATED_KANA.sub(_spell_out, letters)
    return _LONG_SOUND.sub(_lengthen, spelt_out).replace("ー", "")


@lru_cache(maxsize=1000)
def kept_key(text: str) -> str:
    """The search key of a name that is no person's: courses and places are few, and are compared at every search."""
    return search_key(text)


def _lengthen(match: re.Match[str]) -> str:
    return _LONG_AS[match.string[match.start() - 1]]


def _spell_out(match: re.Match[str]) -> str:
    """いすゞ as いすず, みゝ as みみ: the kana mark repeats the sound before it."""
    kana, marks = match.groups()
    voiced = unicodedata.normalize("NFC", kana + "\u3099")[0].translate(_FOLDS)
    return kana + "".join(kana if mark == "ゝ" else voiced for mark in marks)


def suffixes(key: str) -> list[str]:
    """Every ending of a key, longest first: the rows of the key table that let a given name be found by its start.

    佐野 オサム has the key さのうさむ: the ending that begins where オサム does stands there as the key of オサム too.
    """
    endings = []
    for start in range(len(key)):
        endings.append(key[start:])
        if start and _LONG_AS.get(key[start - 1]) == key[start] and key[start - 1] in _E_ROW + _O_ROW:
            endings.append(_STANDS_FOR[key[start]] + key[start + 1 :])
    return endings


def keys_within(key: str) -> tuple[str, ...]:
    """A word's key as it may stand in the key of a text: as it is, and behind a sound that its first kana lengthens."""
    long = _LENGTHENS.get(key[:1])
    return (key,) if long is None else (key, long + key[1:])


def to_katakana(text: str) -> str:
    """For display: hiragana and half-width kana as full-width katakana; everything else as it was."""
    return jaconv.hira2kata(_full_width_kana(text))


def to_hiragana(text: str) -> str:
    """For display: katakana and half-width kana as hiragana; everything else as it was."""
    return jaconv.kata2hira(_full_width_kana(text))


def _full_width_kana(text: str) -> str:
    return _compose_kana(jaconv.h2z(text.translate(_SPACED_MARKS), kana=True, ascii=False, digit=False))


def _compose_kana(text: str) -> str:
    """か with a separate voiced mark becomes が (files from a Mac); kanji, which NFC may change, are left alone."""
    return _SPLIT_KANA.sub(lambda match: unicodedata.normalize("NFC", match.group()), text)


_KANA = re.compile(r"[ぁ-ゖァ-ヺｦ-ﾝ]")
_KANA_TEXT = re.compile("[ぁ-ゖァ-ヺｦ-ﾟゝゞヽヾー・･゛゜\u3099\u309a \u3000]+")


def is_kana(text: str) -> bool:
    """Whether a reading is written in kana alone (any kind) with long marks, spaces and middle dots."""
    return bool(_KANA_TEXT.fullmatch(text) and _KANA.search(text))


def shown_name(text: str) -> str:
    """For display: a reading in full-width katakana, whatever kana it was typed in; a name with kanji as it stands."""
    return to_katakana(text) if is_kana(text) else text


#: Unicode puts accents in order in quadratic time: two megabytes of them would hold a web process for hours.
_LONGEST_READ = 2_000


def half_width(text: str) -> str:
    """Letters, digits and marks in their one plain form (NFKC), for reading what a person wrote; never for keeping it.

    What goes beyond two thousand characters is not read.
    """
    return unicodedata.normalize("NFKC", text[:_LONGEST_READ])


_LINE_BREAK = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile(r"[^\S\n]+")
_SPACES_AT_BREAK = re.compile(r" ?\n ?")
_JOINERS = "\u200c\u200d"  # needed inside some scripts and emoji; every other invisible character goes


def tidy(text: str) -> str:
    """What was typed, made storable: trimmed, one plain space for a run of any spaces, line breaks as \\n.

    Control characters (NUL), noncharacters, invisible marks and lone surrogates are dropped: a database refuses or a
    page hides them. The spelling is kept: full-width letters and old kanji stay as they were typed.
    """
    lines = _LINE_BREAK.sub("\n", text)
    if not lines.isprintable():
        lines = "".join(char for char in lines if char == "\n" or _is_storable(char))
    spaced = _SPACES_AT_BREAK.sub("\n", _SPACES.sub(" ", _compose_kana(lines)))
    return spaced.strip(" \n" + _JOINERS)


def _is_storable(char: str) -> bool:
    if char == "\t" or char in _JOINERS:
        return True
    number = ord(char)
    is_none = number & 0xFFFE == 0xFFFE or 0xFDD0 <= number <= 0xFDEF  # noncharacters: no page may hold one
    return not is_none and unicodedata.category(char) not in ("Cc", "Cf", "Cs")
