"""Fairy-tale folk, monsters and ghosts."""

from __future__ import annotations

from model.world.cast.subject import FACE, FLYER, PERSON, SWIMMER, Row, Subject, subjects

_FOLK: tuple[Row, ...] = (
    ("mermaid", "mermaid|little mermaid|sea maiden", "1f9dc-200d-2640-fe0f", "water", "front", 1.05, SWIMMER, True),
    ("wizard", "wizard|mage|sorcerer|magician|warlock|enchanter", "1f9d9", "ground", "front", 1.05, PERSON, True),
    ("fairy", "fairy|pixie|winged fairy|sprite", "1f9da", "air", "front", 1.05, FLYER, True),
    ("santa", "santa claus|santa|father christmas|saint nicholas", "1f385", "ground", "front", 1.0, PERSON, True),
    ("mrs_claus", "mrs claus|mother christmas|santa's wife", "1f936-1f3fe", "ground", "front", 1.0, PERSON, True),
    ("king", "king|ruler with a crown|monarch with a crown", "1fac5-1f3fc", "ground", "front", 1.0, PERSON, False),
    ("prince", "prince|young prince", "1f934-1f3fe", "ground", "front", 1.0, PERSON, True),
    ("princess_dark", "dark-skinned princess|princess with dark skin", "1f478-1f3ff", "ground", "front", 1.05, PERSON, True),
    ("witch", "witch|sorceress|enchantress", "1f9d9-1f3fd-200d-2640-fe0f", "ground", "front", 1.05, PERSON, True),
    ("superhero", "superhero|caped hero|masked hero", "1f9b8-1f3fd-200d-2642-fe0f", "ground", "front", 1.05, (*PERSON, "fly"), True),
    ("superheroine", "superheroine|caped heroine|superwoman", "1f9b8-1f3ff-200d-2640-fe0f", "ground", "front", 1.05, (*PERSON, "fly"), True),
    ("villain", "supervillain|villain|masked villain", "1f9b9-1f3fc", "ground", "front", 1.05, PERSON, True),
    ("elf", "elf|woodland elf|elven archer", "1f9dd-1f3fe", "ground", "front", 1.05, PERSON, True),
    ("genie", "genie|djinn|blue genie", "1f9de", "air", "front", 1.05, ("float", "fly", "arrive", "grow"), True),
    ("merman", "merman|merman with a trident|triton", "1f9dc-1f3fe-200d-2642-fe0f", "water", "front", 1.05, SWIMMER, True),
    ("cherub", "baby angel|cherub|angel|cupid", "1f47c-1f3fc", "air", "front", 0.9, FLYER, True),
)  # fmt: skip

_MONSTERS: tuple[Row, ...] = (
    ("robot", "robot|robot head|android|droid|tin robot|automaton", "1f916", "ground", "front", 0.95, FACE, True),
    ("ghost", "ghost|friendly ghost|spirit|phantom|spook|spectre", "1f47b", "air", "front", 0.95, FLYER, True),
    ("alien", "green alien|alien|martian|extraterrestrial", "1f47d", "ground", "front", 0.95, FACE, True),
    ("fluffy_monster", "fluffy monster|furry monster|short fluffy monster|shaggy monster|hairy monster|monster|furry creature|fluffy creature", "drawn:fluffy", "ground", "front", 0.9, (*PERSON, "kneel"), True),
    ("ogre", "red ogre|ogre|oni|red demon mask", "1f479", "ground", "front", 1.0, FACE, True),
    ("goblin", "long-nosed goblin|goblin|tengu", "1f47a", "ground", "front", 1.0, FACE, True),
    ("troll", "troll|cave troll|mountain troll", "1f9cc", "ground", "front", 1.05, (*PERSON, "kneel"), False),
    ("space_invader", "space invader|pixel alien|arcade monster|purple monster", "1f47e", "ground", "front", 0.95, FACE, True),
    ("vampire", "vampire|dracula|count dracula", "1f9db-1f3fb-200d-2642-fe0f", "ground", "front", 1.05, PERSON, True),
    ("zombie", "zombie|undead|walking dead", "1f9df", "ground", "front", 1.05, ("stand", "walk", "dance", "arrive"), True),
    ("skull", "skull|human skull|skeleton head", "1f480", "ground", "front", 0.9, FACE, True),
    ("imp", "purple imp|imp|little devil|demon", "1f47f", "ground", "front", 0.9, FACE, True),
    ("smiley", "smiley|smiley face|yellow smiling face|smiling face", "1f600", "ground", "front", 0.85, (*FACE, "roll"), True),
    ("cool_smiley", "smiley with sunglasses|cool smiley", "1f60e", "ground", "front", 0.85, (*FACE, "roll"), True),
    ("crying_smiley", "crying smiley|sad smiley|crying face", "1f62d", "ground", "front", 0.85, ("stand", "look", "roll"), True),
    ("sleeping_smiley", "sleeping smiley|sleeping face", "1f634", "ground", "front", 0.85, ("stand", "roll"), True),
)  # fmt: skip

FANTASY: tuple[Subject, ...] = subjects("fantasy", _FOLK)
MONSTERS: tuple[Subject, ...] = subjects("monster", _MONSTERS)
