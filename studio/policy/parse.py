"""What a text consists of: what is wanted, what is listed as unwanted, and which shot a place belongs to."""

from __future__ import annotations

import re

from studio.policy.normalise import fold

_NEGATIVE = re.compile(
    r"(?:\b(?:negative(?:\s+prompts?)?|neg(?:ative)?\s+prompt|neg|prompt\s+n[ée]gatif|prompt\s+negativo|negativer\s+prompt|"
    r"негативный\s+промпт|负面提示词?|反向提示词?|ネガティブプロンプト)\s*[:=：]\s*|--(?:neg(?:ative)?|no)\s+)([^.\n;]*)",
    re.IGNORECASE,
)
_SHOT = re.compile(r"\bshot\s+(\d{1,3})\s*[:.\-]", re.IGNORECASE)
_DETERMINER = re.compile(r"^(?:any|all|the|her|his|their|wearing|sus|ses|toute?s?\s+les)\s+")

# Not wanting these means wanting someone without them.
_CLOTHES = frozenset(
    """clothes clothing garment garments pants trousers underwear undergarments bra bras panties dressed clothed attire
    censored censorship censoring censor swimwear swimsuit swimsuits bikini lingerie sfw ropa vetements kleidung kleider
    unterwasche hosen одежда белье 衣服 内衣 打码 马赛克 衣着 服 下着 モザイク 衣類 pantalones censura""".split()
)
_CLOTHES_PHRASES = frozenset(
    {
        "censor bar",
        "censor bars",
        "black bars",
        "mosaic censorship",
        "mosaic censoring",
        "bar censor",
        "modesty patch",
        "ropa interior",
        "sous vetements",
        "нижнее белье",
        "fully clothed",
        "fully dressed",
        "any clothes",
    }
)
_MAYBE_CLOTHES = frozenset(
    "shirt shirts dress dresses skirt skirts robe robes towel towels jacket socks covered fabric".split()
)


def split_negative(text: str) -> tuple[str, list[str]]:
    """The wanted part (the unwanted one blanked, so that places stay the same) and the unwanted lists."""
    unwanted: list[str] = []
    wanted = text
    for match in _NEGATIVE.finditer(text):
        unwanted.append(match.group(1))
        wanted = wanted[: match.start()] + " " * (match.end() - match.start()) + wanted[match.end() :]
    return wanted, unwanted


def undresses(unwanted: str) -> bool:
    """Whether a list of unwanted things takes clothes or censoring away."""
    items = [
        _DETERMINER.sub("", " ".join(item.split())) for item in re.split(r"[,、，|/]|\band\b", fold(unwanted).text)
    ]
    sure = sum(item in _CLOTHES or item in _CLOTHES_PHRASES for item in items)
    maybe = sum(item in _MAYBE_CLOTHES for item in items)
    return sure > 0 or maybe > 1


def shot_at(text: str, place: int) -> int | None:
    """The index of the listed shot ("Shot 3: ...") that a place in a text belongs to; None where none is listed."""
    before = [int(match.group(1)) - 1 for match in _SHOT.finditer(text) if match.start() <= place]
    return max(before[-1], 0) if before else None
