"""Fairy-tale folk, monsters and ghosts."""

from __future__ import annotations

from model.world.cast.subject import FACE, FLYER, PERSON, SWIMMER, Row, Subject, subjects

_FOLK: tuple[Row, ...] = (
    ("mermaid", "mermaid|little mermaid|sea maiden", "1f9dc-200d-2640-fe0f", "water", "front", 1.05, SWIMMER, True),
    ("wizard", "wizard|mage|sorcerer|magician|warlock|enchanter", "body:1f9d9", "ground", "left", 1.12, PERSON, True),
    ("fairy", "fairy|pixie|winged fairy|sprite", "1f9da", "air", "front", 1.05, FLYER, True),
    ("santa", "santa claus|santa|father christmas|saint nicholas", "body:1f385", "ground", "left", 1.12, PERSON, True),
    ("mrs_claus", "mrs claus|mother christmas|santa's wife", "body:1f936-1f3fe", "ground", "left", 1.05, PERSON, True),
    ("king", "king|ruler with a crown|monarch with a crown", "body:1fac5-1f3fc", "ground", "left", 1.12, PERSON, True),
    ("prince", "prince|young prince", "body:1f934-1f3fe", "ground", "left", 1.12, PERSON, True),
    ("princess_dark", "dark-skinned princess|princess with dark skin", "body:1f478-1f3ff", "ground", "left", 1.12, PERSON, True),
    ("witch", "witch|sorceress|enchantress", "body:1f9d9-1f3fd-200d-2640-fe0f", "ground", "left", 1.12, PERSON, True),
    ("superhero", "superhero|caped hero|masked hero", "body:1f9b8-1f3fd-200d-2642-fe0f", "ground", "left", 1.12, (*PERSON, "fly"), True),
    ("superheroine", "superheroine|caped heroine|superwoman", "body:1f9b8-1f3ff-200d-2640-fe0f", "ground", "left", 1.12, (*PERSON, "fly"), True),
    ("villain", "supervillain|villain|masked villain", "body:1f9b9-1f3fc", "ground", "left", 1.12, PERSON, True),
    ("elf", "elf|woodland elf|elven archer", "body:1f9dd-1f3fe", "ground", "left", 1.12, PERSON, True),
    ("genie", "genie|djinn|blue genie", "body:1f9de", "air", "front", 1.1, ("float", "fly", "arrive", "grow"), True),
    ("merman", "merman|merman with a trident|triton", "1f9dc-1f3fe-200d-2642-fe0f", "water", "front", 1.05, SWIMMER, True),
    ("cherub", "baby angel|cherub|angel|cupid", "1f47c-1f3fc", "air", "front", 0.9, FLYER, True),
)  # fmt: skip

_MONSTERS: tuple[Row, ...] = (
    ("robot", "robot|robot head|android|droid|tin robot|automaton", "body:1f916", "ground", "left", 1.05, PERSON, True),
    ("ghost", "ghost|friendly ghost|spirit|phantom|spook|spectre", "1f47b", "air", "front", 0.95, FLYER, True),
    ("alien", "green alien|alien|martian|extraterrestrial", "body:1f47d", "ground", "left", 1.0, PERSON, True),
    ("fluffy_monster", "fluffy monster|furry monster|short fluffy monster|shaggy monster|hairy monster|monster|furry creature|fluffy creature", "drawn:fluffy", "ground", "front", 0.9, (*PERSON, "kneel"), True),
    ("ogre", "red ogre|ogre|oni|red demon mask", "body:1f479", "ground", "left", 1.12, PERSON, True),
    ("goblin", "long-nosed goblin|goblin|tengu", "body:1f47a", "ground", "left", 1.12, PERSON, True),
    ("troll", "troll|cave troll|mountain troll", "body:1f9cc", "ground", "left", 1.12, (*PERSON, "kneel"), True),
    ("space_invader", "space invader|pixel alien|arcade monster|purple monster", "1f47e", "ground", "front", 0.95, FACE, True),
    ("vampire", "vampire|dracula|count dracula", "body:1f9db-1f3fb-200d-2642-fe0f", "ground", "left", 1.12, PERSON, True),
    ("zombie", "zombie|undead|walking dead", "body:1f9df", "ground", "left", 1.12, ("stand", "walk", "dance", "arrive"), True),
    ("skull", "skull|human skull|skeleton head", "body:1f480", "ground", "left", 1.05, PERSON, True),
    ("imp", "purple imp|imp|little devil|demon", "1f47f", "ground", "front", 0.9, FACE, True),
    ("smiley", "smiley|smiley face|yellow smiling face|smiling face", "1f600", "ground", "front", 0.85, (*FACE, "roll"), True),
    ("cool_smiley", "smiley with sunglasses|cool smiley", "1f60e", "ground", "front", 0.85, (*FACE, "roll"), True),
    ("crying_smiley", "crying smiley|sad smiley|crying face", "1f62d", "ground", "front", 0.85, ("stand", "look", "roll"), True),
    ("sleeping_smiley", "sleeping smiley|sleeping face", "1f634", "ground", "front", 0.85, ("stand", "roll"), True),
)  # fmt: skip

FANTASY: tuple[Subject, ...] = subjects("fantasy", _FOLK)
MONSTERS: tuple[Subject, ...] = subjects("monster", _MONSTERS)
