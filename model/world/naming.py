"""English for captions: articles, plurals of names, and verbs in the plural.

The words are those of the cast and of the actions; the rules are the ordinary ones of English with the exceptions that
these words need.
"""

from __future__ import annotations

BARE_NAMES = frozenset(
    """santa claus|santa|father christmas|saint nicholas|mrs claus|mother christmas|dracula|count dracula|planet earth|
    bread|milk|coffee|green tea|popcorn|cheese|sushi|ramen|noodle soup|bubble tea|boba tea|boba|soda|lemonade|ice cream|
    gelato|soft serve|corn|maize|sweetcorn|wheat|broccoli|french fries|fries|chips in a box|ears of wheat|lavender|dice|
    parents and children|mother, father and child|luggage|man and woman hand in hand|skittles|mint leaves|calamari|
    krill|santa's wife|undead""".replace("\n    ", "").split("|")
)
THE_NAMES = (
    "statue of liberty",
    "tokyo tower",
    "parthenon",
    "man in the moon",
    "earth",
    "king of the jungle",
    "walking dead",
)
_AN = ("hour", "heir", "honest", "suv", "mri", "xmas", "x-ray")
_A = ("uni", "use", "usual", "ufo", "one", "once", "euro", "ewe", "unique")
_HEAD_ENDS = frozenset(
    """of in with on at from seen covering blowing raising saying turning holding bouncing rowing throwing standing that
    to hand""".split()
)
_SAME = frozenset(
    """sheep deer moose elk bison salmon tuna shrimp squid krill aircraft spacecraft torii sushi popcorn broccoli
    lavender wheat luggage bread milk coffee corn maize ramen cheese calamari boba dice pins fries chips grapes
    cherries pancakes bubbles children parents leaves skittles ears people pieces djinn onigiri shinobi gelato
    lemonade""".split()
)
ODD = {
    "mouse": "mice", "goose": "geese", "ox": "oxen", "child": "children", "person": "people", "die": "dice",
    "cactus": "cacti", "passer-by": "passers-by", "mother-to-be": "mothers-to-be", "foot": "feet", "tooth": "teeth",
    "mosquito": "mosquitoes", "potato": "potatoes", "tomato": "tomatoes", "buffalo": "buffaloes", "hero": "heroes",
    "superhero": "superheroes", "volcano": "volcanoes", "tornado": "tornadoes", "wolf": "wolves", "elf": "elves",
    "leaf": "leaves", "calf": "calves", "loaf": "loaves", "half": "halves", "knife": "knives",
    "wife": "wives", "sheaf": "sheaves", "monarch": "monarchs",
}  # fmt: skip
_HISSING = ("s", "x", "ch", "sh", "z")
_OF_THEIR_OWN = (
    (" its head", " their heads"), (" its wings", " their wings"), (" its hand", " their hands"),
    (" its eyes", " their eyes"), (" her hand", " their hands"), (" his hand", " their hands"),
    (" his knees", " their knees"), (" her knees", " their knees"),
)  # fmt: skip


def article(name: str) -> str:
    """A name with "a", "an", "the" or nothing in front: "an owl", "a unicorn", "santa claus", "the parthenon"."""
    if name in BARE_NAMES:
        return name
    if name in THE_NAMES:
        return f"the {name}"
    low = name.lower()
    vowel = low.startswith(_AN) or (low[:1] in "aeiou" and not low.startswith(_A))
    return f"{'an' if vowel else 'a'} {name}"


def many(name: str) -> str:
    """The plural of a name: "foxes", "women in a red dress", "slices of pizza", "mice", "sheep"."""
    if name in ("parents and children", "mother, father and child", "undead", "walking dead"):
        return name
    if " and " in name:
        return " and ".join(many(part) for part in name.split(" and "))
    words = name.split()
    end = next((i for i, word in enumerate(words) if i and word in _HEAD_ENDS), len(words))
    head = words[end - 1]
    text = " ".join([*words[: end - 1], noun(head), *words[end:]])
    for own, theirs in _OF_THEIR_OWN:
        text = text.replace(own, theirs)
    return text


def noun(word: str) -> str:
    """The plural of one word."""
    low = word.lower()
    if low in _SAME or low.endswith("fish"):
        return word
    if low in ODD:
        return ODD[low]
    if low.endswith("woman") or (low.endswith("man") and low != "human"):
        return word[:-2] + "en"
    if low.endswith("wolf") or low.endswith("leaf"):
        return word[:-1] + "ves"
    if low.endswith("y") and low[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if low.endswith(_HISSING) else "s")


def plural_verb(act: str) -> str:
    """What several do: "walk" for "walks", "are walking" for "is walking", "turn their heads" for "turns its head"."""
    text = " and ".join(_verb(part) for part in act.split(" and "))
    for own, theirs in _OF_THEIR_OWN:
        text = text.replace(own, theirs)
    return text


def _verb(act: str) -> str:
    first, _, rest = act.partition(" ")
    if first in ("is", "has"):
        verb = {"is": "are", "has": "have"}[first]
    elif first in ("tiptoes", "boogies"):
        verb = first[:-1]
    elif first.endswith("ies") and len(first) > 4:
        verb = first[:-3] + "y"
    elif first.endswith(("ches", "shes", "sses", "xes", "zzes", "oes")):
        verb = first[:-2]
    else:
        verb = first.removesuffix("s") if not first.endswith("ss") else first
    return f"{verb} {rest}".strip()
