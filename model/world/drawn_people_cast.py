"""What the bodies of those of the cast look like whose picture is only a head: one line for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from model.world.drawn_sheet import Colour, Point

BLUE, SKY, NAVY, TEAL = (44, 142, 250), (92, 186, 252), (74, 84, 176), (22, 178, 178)
RED, CORAL, PINK, PLUM = (246, 66, 88), (255, 122, 92), (255, 126, 170), (178, 74, 152)
ORANGE, YELLOW, LIME, GREEN = (255, 138, 46), (255, 204, 66), (150, 206, 72), (56, 178, 104)
PURPLE, LILAC, VIOLET = (150, 104, 222), (196, 168, 240), (118, 86, 198)
WHITE, CREAM, GREY, STONE = (248, 246, 252), (250, 236, 214), (166, 158, 174), (134, 130, 156)
INDIGO, NIGHT, BROWN, TAN = (92, 78, 142), (62, 54, 92), (150, 92, 72), (206, 164, 120)
DENIM, GOLD = (82, 116, 194), (255, 206, 74)

CHEEK, BROW = (128.0, 166.0), (128.0, 140.0)


@dataclass(frozen=True)
class Person:
    """head: its part of the whole height; top, bottom, shoes, trim: colours of what is worn; wear: how the body is
    dressed; legs: trousers, shorts or bare; skirt: down to what part of the legs; sleeve: of the arm; boots: of the
    shin; girth: how stout; waist: how far down the hip is, from chin to ground; feet: how big; skin: where its colour
    is found in the face; size: beside the rest of the cast."""

    head: float
    wear: str
    top: Colour
    bottom: Colour
    shoes: Colour = INDIGO
    trim: Colour = WHITE
    legs: str = "trousers"
    skirt: float = 0.0
    sleeve: float = 0.40
    boots: float = 0.0
    girth: float = 1.0
    waist: float = 0.475
    feet: float = 1.0
    skin: Point = CHEEK
    size: float = 1.12


PEOPLE: Mapping[str, Person] = MappingProxyType({
    "baby": Person(0.50, "romper", SKY, SKY, YELLOW, WHITE, sleeve=0.5, waist=0.60, girth=1.08, size=0.65),
    "child": Person(0.42, "stripes", TEAL, DENIM, YELLOW, WHITE, "shorts", size=0.85),
    "boy": Person(0.43, "tee", ORANGE, DENIM, RED, legs="shorts", size=0.85),
    "girl": Person(0.43, "dress", YELLOW, YELLOW, PURPLE, WHITE, "bare", 0.48, size=0.85),
    "boy_light": Person(0.43, "dungarees", GREEN, BLUE, RED, size=0.85),
    "girl_medium": Person(0.43, "dress", TEAL, TEAL, RED, WHITE, "bare", 0.48, size=0.85),
    "woman_dark": Person(0.36, "dress", CORAL, CORAL, INDIGO, YELLOW, "bare", 0.58, 0.36),
    "woman_light": Person(0.36, "jumper", RED, DENIM, BROWN, sleeve=0.84),
    "woman_medium": Person(0.36, "tee", PURPLE, GREY, CORAL),
    "man_dark": Person(0.36, "tee", YELLOW, DENIM, WHITE),
    "man_light": Person(0.36, "hoodie", GREEN, STONE, INDIGO, WHITE, sleeve=0.84),
    "man_medium": Person(0.36, "shirt", SKY, INDIGO, WHITE, WHITE, sleeve=0.84),
    "redhead_woman": Person(0.36, "dress", GREEN, GREEN, INDIGO, CREAM, "bare", 0.58),
    "redhead_man": Person(0.36, "stripes", BLUE, STONE, RED, WHITE),
    "curly_woman": Person(0.36, "jumper", YELLOW, VIOLET, RED, WHITE, "bare", 0.50, 0.84),
    "curly_man": Person(0.36, "hoodie", ORANGE, DENIM, WHITE, WHITE, sleeve=0.84),
    "bald_man": Person(0.345, "tee", TEAL, STONE, ORANGE),
    "blond_woman": Person(0.36, "tee", BLUE, PINK, WHITE, WHITE, "bare", 0.55),
    "blond_man": Person(0.36, "jumper", RED, DENIM, INDIGO, sleeve=0.84),
    "bearded_man": Person(0.36, "shirt", GREEN, STONE, BROWN, WHITE, sleeve=0.84),
    "grandfather": Person(0.36, "waistcoat", WHITE, STONE, RED, TEAL, sleeve=0.84, size=1.05),
    "grandmother": Person(0.37, "cardigan", LILAC, PLUM, INDIGO, WHITE, "bare", 0.84, 0.84, size=1.0),
    "turban_man": Person(0.36, "waistcoat", SKY, STONE, ORANGE, PURPLE, sleeve=0.84),
    "santa": Person(0.40, "coat", RED, RED, NIGHT, WHITE, sleeve=0.84, boots=0.45, girth=1.22, skin=(128, 160)),
    "mrs_claus": Person(0.38, "coat", RED, RED, NIGHT, WHITE, "bare", 0.80, 0.84, girth=1.08, size=1.05),
    "clown": Person(0.42, "clown", YELLOW, BLUE, RED, SKY, sleeve=0.84, girth=1.15, feet=1.45, skin=(128, 215)),
    "cowboy": Person(0.40, "cowboy", RED, DENIM, BROWN, WHITE, sleeve=0.84, boots=0.45, skin=(128, 150)),
    "robot": Person(0.42, "robot", (214, 204, 238), GREY, VIOLET, RED, "bare", sleeve=0, skin=(50, 180), size=1.05),
    "alien": Person(0.42, "alien", LIME, LIME, LIME, legs="bare", sleeve=0, girth=0.72, skin=(128, 150), size=1.0),
    "goblin": Person(0.42, "loincloth", RED, BROWN, RED, BROWN, "bare", 0.3, 0, girth=1.15, skin=(58, 166)),
    "ogre": Person(0.42, "loincloth", RED, BROWN, RED, VIOLET, "bare", 0.3, 0, girth=1.2, skin=(172, 158)),
    "skull": Person(0.40, "bones", (236, 230, 250), WHITE, WHITE, legs="bare", sleeve=0, skin=(128, 60), size=1.05),
})  # fmt: skip


@dataclass(frozen=True)
class Bust:
    """low: how far what is worn goes down, of the way from the bust to the ground; flare: how much wider it is there;
    bottom, shoes: colours; legs, boots: as of a person; free: the sides of arms that hold nothing, -1 the left of the
    picture; held: from where to where a raised fist is; body: from where to where the trunk is, between its arms;
    keep: how long the bust's columns go on downwards, 0..1; slant: how they lean; sharp: how suddenly they
    end; blank: those that do not go on; outer: where the arms end; hand: where its colour is; bare: no
    sleeves below the elbow; cloth: where the garment's colour is; extra: what only this one has; cape: whether
    one hangs behind, and trim: its colour;
    head: the bust's part of the whole height; size: beside the rest of the cast."""

    low: float
    bottom: Colour
    shoes: Colour = NIGHT
    flare: float = 0.84
    legs: str = "trousers"
    boots: float = 0.0
    free: tuple[int, ...] = (-1, 1)
    held: Point | None = None
    body: Point = (67.0, 190.0)
    keep: float = 0.0
    slant: float = 0.0
    sharp: float = 1.0
    blank: Point | None = None
    outer: Point | None = None
    sleeve: Point | None = None
    hand: Point = (128.0, 106.0)
    bare: bool = False
    cloth: Point = (100.0, 228.0)
    extra: str = ""
    cape: bool = False
    trim: Colour = RED
    head: float = 0.57
    size: float = 1.12


_LEFT: tuple[int, ...] = (-1,)
_SUIT = (100, 92, 148)
BUSTS: Mapping[str, Bust] = MappingProxyType({
    "wizard": Bust(0.87, BLUE, INDIGO, 1.22, free=_LEFT, held=(189, 227), extra="staff"),
    "witch": Bust(0.87, BLUE, INDIGO, 1.22, free=_LEFT, held=(189, 227), extra="staff"),
    "king": Bust(0.87, ORANGE, BROWN, 1.22, keep=1.0, cloth=(90, 228)),
    "prince": Bust(0.36, WHITE, BROWN, keep=1.0, boots=0.5, cloth=(90, 228)),
    "princess": Bust(0.91, PURPLE, PINK, 1.62, bare=True, body=(66, 190)),
    "princess_dark": Bust(0.91, PURPLE, PINK, 1.62, bare=True, body=(66, 190)),
    "superhero": Bust(0.30, BLUE, RED, boots=0.55, body=(69, 187), outer=(31, 225),
                      cape=True, trim=(228, 36, 82)),
    "superheroine": Bust(0.30, BLUE, RED, boots=0.55, body=(69, 187), outer=(31, 225),
                      cape=True, trim=(228, 36, 82)),
    "villain": Bust(0.30, VIOLET, NIGHT, boots=0.55, body=(69, 187), outer=(31, 225),
                      cape=True, trim=(54, 45, 74)),
    "elf": Bust(0.48, BROWN, (110, 72, 66), 0.92, boots=0.5, slant=0.95, sharp=3),
    "astronaut": Bust(0.28, (226, 218, 240), (150, 140, 190), boots=0.3, hand=(160, 185), blank=(0, 62),
                      sleeve=(205, 215)),
    "ninja": Bust(0.34, (88, 78, 112), NIGHT, slant=0.7, sharp=3, boots=0.3, extra="belt"),
    "vampire": Bust(0.32, (72, 62, 98), NIGHT, keep=1.0, cape=True, trim=(214, 36, 60)),
    "waving_woman": Bust(0.30, GREY, INDIGO, free=(1,), body=(80, 200), hand=(61, 56)),
    "waving_man": Bust(0.30, GREY, INDIGO, free=(1,), body=(80, 200), hand=(61, 56)),
    "doctor": Bust(0.62, BLUE, WHITE, 0.95, keep=1.0),
    "student": Bust(0.84, INDIGO, NIGHT, 1.15, keep=0.6),
    "judge_person": Bust(0.88, INDIGO, NIGHT, 1.15, free=_LEFT, held=(190, 230), keep=0.6),
    "farmer": Bust(0.30, BLUE, BROWN, boots=0.45, free=_LEFT, held=(188, 224), extra="fork"),
    "chef": Bust(0.34, STONE, NIGHT, free=_LEFT, held=(188, 224), blank=(150, 178), extra="buttons"),
    "mechanic": Bust(0.30, BLUE, BROWN, boots=0.3, free=_LEFT, held=(186, 222)),
    "welder": Bust(0.30, BLUE, BROWN, boots=0.3, free=_LEFT, held=(182, 216)),
    "businesswoman": Bust(0.36, _SUIT, NIGHT, keep=1.0),
    "businessman": Bust(0.36, _SUIT, NIGHT, keep=1.0),
    "scientist": Bust(0.62, TEAL, WHITE, 0.95, free=_LEFT, held=(184, 220), keep=1.0),
    "singer": Bust(0.34, NIGHT, PURPLE, body=(60, 190), free=_LEFT, held=(187, 228), keep=1.0),
    "painter": Bust(0.32, DENIM, BROWN, free=(), held=(186, 222), blank=(0, 112), cloth=(140, 226),
                    sleeve=(192, 180), extra="palette"),
    "pilot": Bust(0.36, _SUIT, NIGHT, keep=1.0),
    "firefighter": Bust(0.40, NAVY, NIGHT, 0.92, boots=0.5, blank=(138, 182), sharp=6, cloth=(53, 224),
                        extra="axe"),
    "police_officer": Bust(0.32, NAVY, NIGHT, extra="belt"),
    "detective": Bust(0.60, STONE, BROWN, 0.98, body=(58, 190), free=_LEFT, held=(186, 228), keep=0.8),
    "guard": Bust(0.38, NIGHT, NIGHT, keep=1.0, hand=(112, 112), extra="belt"),
    "builder": Bust(0.34, DENIM, BROWN, keep=0.9, boots=0.4),
    "bride": Bust(0.94, WHITE, WHITE, 1.40, free=(), body=(44, 212), blank=(70, 186), cloth=(58, 224), extra="bouquet",
                  cape=True, trim=(228, 224, 238)),
    "groom": Bust(0.36, _SUIT, NIGHT, keep=0.3),
    "headscarf_woman": Bust(0.92, VIOLET, INDIGO, 1.12),
    "troll": Bust(0.40, BROWN, LIME, 0.95, "bare", free=_LEFT, held=(190, 226), keep=1.0, bare=True,
                  hand=(208, 222), extra="club"),
    "zombie": Bust(0.30, STONE, NIGHT, 0.95, free=(), body=(82, 172), sharp=0.01, cloth=(128, 225)),
    "genie": Bust(0.40, SKY, SKY, keep=0.5, bare=True, extra="tail", size=1.1),
})  # fmt: skip
