"""Real people without their name, private people with it, and styles of names that no list knows.

These are patterns, not lists: "the actor who played ...", "the president of ...", "my neighbour Jane Doe, who works
at ...", "in the style of Some Name". They look at capital letters, so they read the text as written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from studio.policy.lexicon import Hit, Term, Token, tokens
from studio.policy.names import Mention, names
from studio.policy.normalise import Folded, fold
from studio.policy.styles import with_article

_LANDS = (
    r"united\s+states|u\.?s\.?a?\.?|america|russia|china|france|germany|england|britain|great\s+britain|united\s+kingdom|uk|"
    r"spain|italy|japan|india|pakistan|north\s+korea|south\s+korea|ukraine|turkey|israel|iran|iraq|brazil|mexico|canada|"
    r"argentina|venezuela|syria|egypt|saudi\s+arabia|sweden|norway|denmark|netherlands|belgium|poland|hungary|australia|"
    r"new\s+zealand|south\s+africa|nigeria|cuba|chile|colombia|greece|portugal|austria|switzerland|finland|belarus"
)
_FIRMS = (
    r"tesla|spacex|amazon|facebook|meta|apple|microsoft|google|twitter|openai|nvidia|alibaba|tiktok|bytedance|netflix"
)
_PEOPLES = (
    r"u\.?s\.?|american|french|russian|chinese|british|german|north\s+korean|south\s+korean|ukrainian|turkish|israeli|"
    r"brazilian|italian|japanese|indian|canadian|spanish|mexican|iranian|argentine|polish|hungarian|australian"
)
_OFFICES = (
    r"vice\s+president|president|prime\s+minister|chancellor|dictator|supreme\s+leader|monarch|king|queen|first\s+lady|"
    r"crown\s+prince|head\s+of\s+state|foreign\s+minister"
)
_LEADER, _BUSINESS = "a political leader", "a business leader"
_NAME = (
    r"[A-ZÀ-ÖØ-Þ][\w'’.-]*[\w.](?:\s+(?:de|van|von|der|la|le|du|bin|al|di|da|del)){0,2}"
    r"(?:\s+[A-ZÀ-ÖØ-Þ][\w'’.-]*\w){1,2}"
)
_CYRILLIC_NAME = r"[А-ЯЁ][а-яё-]+\s+[А-ЯЁ][а-яё-]+"

_PATTERNS = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (rf"\b(?:the\s+)?(?:{_OFFICES}|leader)\s+of\s+(?:the\s+)?(?:{_LANDS})\b", _LEADER),
        (rf"\b(?:{_LANDS})(?:'s|’s|s)\s+(?:current\s+|new\s+|former\s+)?(?:{_OFFICES}|leader)\b", _LEADER),
        (
            rf"\b(?:the\s+|an?\s+)?(?:current\s+|sitting\s+|former\s+)?(?:{_PEOPLES})\s+(?:vice\s+)?"
            r"(?:president|prime\s+minister|chancellor|dictator|supreme\s+leader)\b",
            _LEADER,
        ),
        (
            rf"\b(?:the\s+)?(?:current|sitting|incumbent|newly\s+elected|present)\s+(?:\w+\s+)?(?:{_OFFICES})\b"
            r"(?:\s+of\s+(?:the\s+)?\w+(?:\s+(?:states|kingdom|korea))?)?",
            _LEADER,
        ),
        (
            r"\bthe\s+\d{1,2}(?:st|nd|rd|th)\s+(?:us\s+|american\s+)?president\b(?:\s+of\s+the\s+united\s+states)?",
            _LEADER,
        ),
        (r"\bthe\s+(?:current|sitting|reigning)\s+pope\b", "a religious leader"),
        (
            rf"\b(?:the\s+)?(?:current\s+|former\s+)?(?:ceo|chief\s+executive|founder|co\s?founder|owner|boss)\s+of\s+"
            rf"(?:{_FIRMS})\b",
            _BUSINESS,
        ),
        (rf"\b(?:the\s+)?(?:{_FIRMS})(?:'s)?\s+(?:ceo|founder|owner|boss)\b", _BUSINESS),
        (
            r"\b(?:el|la)\s+president[ea]\s+de\s+(?:los\s+)?(?:estados\s+unidos|mexico|rusia|francia|espana|argentina|brasil|venezuela|china)\b",
            _LEADER,
        ),
        (
            r"\b(?:the\s+)?(?:richest|wealthiest)\s+(?:man|woman|person)\s+(?:in|on|of)\s+(?:the\s+)?(?:world|earth|planet|america)\b",
            _BUSINESS,
        ),
        (
            r"\b(?:the\s+)?(?:mayor\s+of\s+(?:new\s+york|london|paris|moscow|tokyo)|governor\s+of\s+(?:california|texas|florida)|"
            r"us\s+vice\s+president|secretary\s+general\s+of\s+the\s+un)\b",
            _LEADER,
        ),
        (
            r"\b(?:el|la)\s+(?:actual\s+)?(?:rey|reina)\s+de\s+(?:espana|inglaterra)\b|\ble\s+roi\s+d\W?angleterre\b|"
            r"\bder\s+konig\s+von\s+england\b|\bкороль\s+(?:англии|великобритании)\b",
            "a monarch",
        ),
        (
            r"\b(?:el|la)\s+(?:duen[oa]|fundador|fundadora)\s+de\s+(?:tesla|amazon|facebook|zara)\b|\ble\s+patron\s+de\s+(?:tesla|facebook|lvmh)\b|"
            r"\bder\s+(?:chef|grunder)\s+von\s+(?:tesla|amazon|facebook)\b|\b(?:основатель|глава|владелец)\s+(?:теслы|tesla|telegram|facebook)\b|"
            r"(?:特斯拉|阿里巴巴|苹果|脸书|亚马逊)(?:的)?(?:ceo|创始人|老板|总裁)|(?:テスラ|アップル|アマゾン|ソフトバンク)の?(?:ceo|創業者|社長|会長)",
            _BUSINESS,
        ),
        (r"\ble\s+president\s+(?:francais|americain|russe|de\s+la\s+republique|des\s+etats\s+unis)\b", _LEADER),
        (
            r"\b(?:der|die)\s+(?:deutsche\s+)?bundeskanzler(?:in)?\b|\bder\s+(?:us|amerikanische|russische|franzosische)\W?\s*prasident\b",
            _LEADER,
        ),
        (r"\bпрезидент\w*\s+(?:сша|россии|франции|украины|америки|белоруссии|беларуси|китая)\b", _LEADER),
        (
            r"(?:美国|美國|中国|中國|俄罗斯|俄羅斯|法国|法國|乌克兰|韩国|伊朗)(?:现任|前)?(?:总统|總統|国家主席)|(?:日本|英国|德国|印度)(?:首相|总理)|英国(?:国王|女王)",
            _LEADER,
        ),
        (
            r"(?:アメリカ|米国|ロシア|フランス|ウクライナ|韓国)(?:の)?大統領|日本の(?:首相|総理大臣|総理)|英国(?:の)?(?:国王|女王)",
            _LEADER,
        ),
    )
)
_PLAYED = re.compile(
    r"\bthe\s+(?!(?:writer|author|musician|model|athlete|politician|comedian|director|boxer)\s+from\b)(actor|actress|singer|rapper|star|musician|director|comedian|billionaire|politician|author|writer|model|"
    r"athlete|boxer|youtuber|frontman|lead\s+singer|voice|creator)\s+(?:(?:of|from|behind)\s+|(?:who|that)\s+(?:famously\s+|once\s+|originally\s+)?)"
    r"(?:(?<=of\s)|(?<=from\s)|(?<=behind\s)|played|plays|portrayed|portrays|voiced|voices|starred\s+in|stars\s+in|sang|sings|directed|founded|wrote|owns|won|hosts|hosted|created)(?:(?<=\s)|\s+)"
    r"([^,.;:!?\n]+?)(?=[,.;:!?\n]|$|\s(?:is|are|as|on\s+an?|in\s+an?|at\s+an?|(?!king)\w{2,}ing|walks|eats|rides|drinks|plays\s+with)\b)"
)
_PRIVATE = (
    re.compile(
        r"\b[Mm]y\s+(?:(?:old|former|new|late|dear)\s+)?"
        r"(?:ex(?:[- ](?:girlfriend|boyfriend|wife|husband))?|boss|neighbou?r|classmate|co-?worker|teacher|"
        rf"colleague|landlord|roommate|cousin|manager|professor|dentist),?\s+({_NAME})"
        r"(?:,?\s+who\s+(?:works?|lives?|teaches|studies)\s+[^,.;]*)?"
    ),
    re.compile(
        rf"\b({_NAME}),?\s+(?:who\s+|she\s+|he\s+)?(?:works?|working|lives?|living|teaches|teaching|employed)\s+"
        r"(?:at|on|for|as\s+a\s+\w+\s+at)\s+(?:the\s+)?[A-Z0-9][^,.;]*"
    ),
    re.compile(
        rf"\b({_NAME}),\s+(?!(?:an?\s+)?(?:invented|fictional|imaginary|made)\b)(?:an?\s+|the\s+)?[a-z]+(?:\s+[a-z]+)?\s+"
        r"(?:at|for|with)\s+(?:the\s+)?[A-Z][^,.;]*"
    ),
    re.compile(
        rf"\b({_NAME}),?\s+(?:aus\s+der\s+|in\s+der\s+)?[A-ZÄÖÜ][\wäöüß-]*(?:straße|strasse|weg|gasse|allee|platz)\s+\d+"
        rf"|\b({_NAME}),?\s+(?:\d+,?\s+(?:rue|avenue|calle|via)|(?:calle|via)\s+[A-Z]\w+\s+\d+)\b[^,.;]*"
    ),
    re.compile(
        rf"\b({_NAME}),?\s+(?:of|from|at)\s+\d+\s+(?:\w+\s+){{1,2}}(?:[Ss]treet|[Rr]oad|[Aa]venue|[Ll]ane|[Dd]rive|St)\b"
    ),
    # Who someone is to the writer: a friend's or a colleague's full name.
    re.compile(
        r"(?i:\b(?:my|our|her|his)\s+(?:(?:\w+['’]s|old|former|new|best|little|big)\s+)*(?:friend|sister|brother|aunt|"
        r"uncle|daughter|son|wife|husband|girlfriend|boyfriend|nurse|barber|coach|tenant|mailman|postman|babysitter|"
        rf"doctor|therapist|stepmother|stepfather|niece|nephew))\s+({_NAME})"
    ),
    re.compile(
        r"\b(?i:mein(?:e[rnms]?)?|unser(?:e[rnms]?)?)\s+(?:\w+e[rn]?\s+)?(?:Nachbar(?:in)?|Kolleg(?:e|in)|Chef(?:in)?|"
        r"Lehrer(?:in)?|Ex|Mitschüler(?:in)?|Vermieter(?:in)?|Freund(?:in)?|Schwester|Bruder|Cousine?|Tante|Onkel)"
        rf"\s+({_NAME})"
    ),
    re.compile(
        r"(?i:\b(?:mi|nuestr[oa]|minha|meu|noss[oa]|la\s+mia|il\s+mio|ma|mon|notre)\s+(?:vecin[oa]|compañer[oa]|jef[ea]|"
        r"profesora?|amig[oa]|herman[oa]|ex|prim[oa]|vizinh[oa]|colega|chefe|professora?|vicin[oa](?:\s+di\s+casa)?|"
        rf"collega|capo|voisine?|collègue|patronn?e?|professeur|amie?|sœur|frère|cousine?|camarade))\s+({_NAME})"
    ),
    re.compile(
        r"(?i:\b(?:мой|моя|наш|наша)\s+(?:соседк?а?|коллега|начальни(?:к|ца)|учитель(?:ница)?|друг|подруга|бывш(?:ий|ая)|"
        rf"одноклассни(?:к|ца)))\s+({_CYRILLIC_NAME})"
    ),
    re.compile(
        r"我的?(?:同事|邻居|同学|老板|老师|前女友|前男友|朋友)"
        r"((?:王|李|张|刘|陈|杨|黄|赵|吴|周|徐|孙|马|朱|胡|林|郭|何|高|罗)[\u4e00-\u9fff]{1,2}?)(?=在|的|，|和|跳|走|吃|坐|唱|跑|笑|$)"
    ),
    re.compile(
        rf"\b(?i:the\s+(?:mailman|postman|janitor|cashier|tenant))\s+[^.;]{{0,40}}?\b({_NAME})(?=,|\s+(?:with|in|at)\b)"
    ),
)
_STYLE_CUE = re.compile(
    r"(?i:\b(?:in\s+)?(?:the\s+)?(?:style|manner)\s+of|\ben\s+el\s+estilo\s+de|\bal\s+estilo\s+de|\bdans\s+le\s+style\s+de|"
    rf"\bim\s+stile?\s+von|\bn[oe]l?\s+estilo\s+d[aeo]|\bnello\s+stile\s+di|\bin\s+de\s+stijl\s+van)\s+({_NAME})(?:['’]s)?"
    rf"|(?i:\bв\s+(?:стиле|духе|манере))\s+({_CYRILLIC_NAME})"
)
_LONGEST_NAME = 60  # letters
_PLAIN_STYLE = "original, illustrative"


def people(reading: Folded, original: str) -> list[Mention]:
    """People meant without a name, in any reading."""
    found = []
    words = tokens(reading.text)
    for pattern, replacement in _PATTERNS:
        for match in pattern.finditer(reading.text):
            found.append(_person(reading, words, match.start(), match.end(), replacement))
    for match in _PLAYED.finditer(reading.text):
        begin, end = reading.span(*match.span(2))
        if any(c.isupper() for c in original[begin:end]) or names().lexicon.find(fold(original[begin:end])):
            role = with_article("film star" if match.group(1) == "star" else match.group(1))
            found.append(_person(reading, words, match.start(), match.end(), role))
    return found


def _person(reading: Folded, words: list[Token], start: int, end: int, replacement: str) -> Mention:
    inside = [index for index, word in enumerate(words) if start <= word.start and word.end <= end]
    term = Term("person", (), ())
    hit = Hit(term, start, end, inside[0], inside[-1], words[inside[-1]].sentence) if inside else None
    return Mention("real_person", reading.text[start:end], *reading.span(start, end), replacement, hit)


def private_people(original: str) -> list[Mention]:
    """A full name together with who or where that person is."""
    found = []
    for pattern in _PRIVATE:
        for match in pattern.finditer(original):
            name = match.group(match.lastindex or 0)
            found.append(Mention("private_person", name, match.start(), match.end(), "a person"))
    return found


def unknown_styles(original: str) -> list[Mention]:
    """ "In the style of" and a full name that is neither a classic nor a movement, a place or a kind of work."""
    known = names()
    found = []
    for match in _STYLE_CUE.finditer(original):
        named = match.group(match.lastindex or 0)
        name = fold(named).text
        words = re.findall(r"[^\W_]+", name)
        rest = fold(original[match.start(match.lastindex or 0) :][:_LONGEST_NAME]).text
        if _is_free(rest, words, known.classics) or any(word in known.movements or _is_kind(word) for word in words):
            continue
        replacement = f"in {with_article(_PLAIN_STYLE)} style"
        found.append(Mention("artist_style", named, match.start(), match.end(), replacement))
    return found


def _is_free(rest: str, words: list[str], classics: Iterable[str]) -> bool:
    """Whether what begins at a name begins with a classic's, which may be longer than a pattern takes names to be."""
    joined = " ".join(words)
    return any(
        text.startswith(name) and not text[len(name) : len(name) + 1].isalpha()
        for name in classics
        for text in (joined, rest)
    )


def _is_kind(word: str) -> bool:
    """Words that name a movement or a people by their ending."""
    return word.endswith(("ism", "ist", "ists", "esque", "ese", "ian", "ean", "ish", "core", "punk", "wave"))
