"""The cast: every subject of the Storybook world, as pure data.

One line a subject: the words that name it, where it can be, how it moves, which way its picture faces and how large it
stands beside the others. The pictures are Microsoft's Fluent emoji (MIT); `code` is the file name in the 3D still set and,
where it differs, `anim` the one in the animated set. A subject without a moving picture is moved as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Home = Literal["ground", "air", "water"]
Facing = Literal["left", "right", "front"]


@dataclass(frozen=True)
class Subject:
    """One character or thing.

    id: the name used by `expect` and by the attribute judge; phrase: the caption wording without an article;
    synonyms: other words that mean it; home: where it can be; facing: which way the art looks; size: height beside a
    subject of size 1; moves: the ids of the actions that suit it; moving: True when the art itself is animated.
    """

    id: str
    phrase: str
    synonyms: tuple[str, ...]
    code: str
    home: Home
    facing: Facing
    size: float
    moves: tuple[str, ...]
    moving: bool


WALKER = ("stand", "walk", "run", "jump")
FACE = ("stand", "jump", "dance", "spin")
THING = ("stand", "spin", "dance")
FLYER = ("fly", "float")
SWIMMER = ("swim", "float")
WHEELS = ("stand", "walk", "run")
PERSON = ("stand", "walk", "dance", "jump")

_TABLE: tuple[tuple[str, str, str, Home, Facing, float, tuple[str, ...], bool], ...] = (
    # id, words (the first is the phrase), code, home, facing, size, moves, moving
    ("fox", "fox|red fox|vixen|fox cub", "1f98a", "ground", "front", 0.95, FACE, True),
    ("wolf", "wolf|grey wolf|gray wolf", "1f43a", "ground", "front", 0.95, FACE, True),
    ("dog", "dog|puppy|hound|doggy", "1f415", "ground", "left", 0.95, WALKER, True),
    ("cat", "cat|ginger cat|orange cat|kitten|tabby", "1f408", "ground", "left", 0.95, WALKER, True),
    ("black_cat", "black cat|dark cat", "1f408-200d-2b1b", "ground", "left", 0.95, WALKER, False),
    ("lion", "lion|maned lion|big maned cat", "1f981", "ground", "front", 1.0, FACE, True),
    ("tiger", "tiger|striped tiger|big striped cat", "1f405", "ground", "left", 0.95, WALKER, True),
    ("leopard", "leopard|spotted leopard|cheetah", "1f406", "ground", "left", 0.95, WALKER, False),
    ("horse", "horse|brown horse|stallion|pony|mare", "1f40e", "ground", "left", 1.05, WALKER, True),
    ("unicorn", "unicorn|magic unicorn", "1f984", "ground", "left", 1.05, FACE, True),
    ("zebra", "zebra|striped zebra", "1f993", "ground", "left", 1.0, WALKER, True),
    ("deer", "deer|stag|reindeer|buck", "1f98c", "ground", "left", 1.05, WALKER, True),
    ("cow", "cow|spotted cow|dairy cow", "1f404", "ground", "left", 1.0, WALKER, True),
    ("pig", "pig|pink pig|piglet|piggy", "1f416", "ground", "left", 0.8, WALKER, True),
    ("sheep", "sheep|white sheep|ewe|lamb", "1f411", "ground", "left", 0.9, WALKER, False),
    ("camel", "camel|dromedary", "1f42a", "ground", "left", 1.05, WALKER, False),
    ("llama", "llama|alpaca", "1f999", "ground", "left", 1.05, WALKER, False),
    ("giraffe", "giraffe|tall giraffe", "1f992", "ground", "left", 1.2, WALKER, True),
    ("elephant", "elephant|grey elephant|gray elephant", "1f418", "ground", "left", 1.1, WALKER, True),
    ("mammoth", "woolly mammoth|mammoth|shaggy mammoth", "1f9a3", "ground", "left", 1.15, WALKER, True),
    ("rhinoceros", "rhinoceros|rhino", "1f98f", "ground", "left", 1.0, WALKER, True),
    ("hippo", "hippopotamus|hippo", "1f99b", "ground", "left", 0.95, WALKER, False),
    ("mouse", "mouse|grey mouse|little mouse|rat", "1f401", "ground", "right", 0.8, WALKER, False),
    ("rabbit", "rabbit|white rabbit|bunny|hare", "1f407", "ground", "left", 0.85, WALKER, True),
    ("squirrel", "squirrel|chipmunk", "1f43f-fe0f", "ground", "left", 0.85, WALKER, False),
    ("hedgehog", "hedgehog|porcupine|little hedgehog", "1f994", "ground", "left", 0.75, WALKER, True),
    ("kangaroo", "kangaroo|wallaby", "1f998", "ground", "left", 1.05, ("stand", "jump", "run"), True),
    ("bear", "bear|brown bear|grizzly bear|grizzly", "1f43b", "ground", "front", 0.95, FACE, True),
    ("polar_bear", "polar bear|white bear|ice bear", "1f43b-200d-2744-fe0f", "ground", "front", 0.95, FACE, False),
    ("panda", "panda|panda bear|giant panda", "1f43c", "ground", "front", 0.95, FACE, True),
    ("koala", "koala|koala bear", "1f428", "ground", "front", 0.95, FACE, False),
    ("rooster", "rooster|cockerel|cock|hen|chicken", "1f413", "ground", "left", 0.9, WALKER, True),
    ("chick", "baby chick|chick|yellow chick|duckling", "1f424", "ground", "left", 0.8, WALKER, True),
    ("penguin", "penguin|little penguin|emperor penguin", "1f427", "ground", "front", 0.95, PERSON, True),
    ("owl", "owl|brown owl|wise owl", "1f989", "ground", "front", 0.95, FACE, True),
    ("duck", "duck|mallard|mallard duck", "1f986", "ground", "left", 0.85, ("stand", "walk", "jump"), True),
    ("swan", "swan|white swan", "1f9a2", "ground", "left", 0.95, ("stand", "walk"), True),
    ("flamingo", "flamingo|pink flamingo", "1f9a9", "ground", "left", 1.1, ("stand", "walk", "dance"), True),
    ("peacock", "peacock|peafowl", "1f99a", "ground", "front", 1.0, ("stand", "dance"), False),
    ("parrot", "parrot|red parrot|macaw", "1f99c", "ground", "left", 0.95, ("stand", "dance", "jump"), True),
    ("frog", "frog|green frog|toad", "1f438", "ground", "front", 0.85, FACE, True),
    ("crocodile", "crocodile|alligator", "1f40a", "ground", "front", 1.0, ("stand", "walk"), True),
    ("turtle", "turtle|tortoise|green turtle", "1f422", "ground", "left", 0.75, ("stand", "walk"), True),
    ("dinosaur", "dinosaur|long-necked dinosaur|brontosaurus|sauropod", "1f995", "ground", "right", 1.15, WALKER, True),
    ("t_rex", "t-rex|tyrannosaurus|tyrannosaurus rex", "1f996", "ground", "right", 1.15, WALKER, True),
    ("dragon", "dragon|green dragon|chinese dragon", "1f409", "ground", "left", 1.1, ("stand", "dance", "jump"), True),
    ("snail", "snail|little snail", "1f40c", "ground", "left", 0.8, ("stand", "walk"), True),
    ("ladybird", "ladybird|ladybug|lady beetle", "1f41e", "ground", "front", 0.8, ("stand", "spin", "dance"), True),
    ("butterfly", "butterfly|orange butterfly|monarch butterfly", "1f98b", "air", "front", 0.8, FLYER, True),
    ("bee", "honeybee|bee|bumblebee", "1f41d", "air", "left", 0.8, FLYER, True),
    ("bat", "bat|little bat", "1f987", "air", "front", 0.85, FLYER, True),
    ("fish", "blue fish|fish", "1f41f", "water", "left", 0.8, SWIMMER, True),
    ("tropical_fish", "tropical fish|striped fish|angelfish", "1f420", "water", "left", 0.85, SWIMMER, True),
    ("shark", "shark|grey shark|great white shark", "1f988", "water", "left", 1.0, SWIMMER, True),
    ("dolphin", "dolphin|blue dolphin", "1f42c", "water", "left", 0.95, SWIMMER, False),
    ("whale", "whale|blue whale", "1f40b", "water", "left", 1.0, SWIMMER, True),
    ("octopus", "octopus|orange octopus", "1f419", "water", "front", 0.95, SWIMMER, True),
    ("jellyfish", "jellyfish|blue jellyfish", "1fabc", "water", "front", 0.95, SWIMMER, False),
    ("squid", "squid|pink squid", "1f991", "water", "front", 1.0, SWIMMER, True),
    ("crab", "crab|red crab", "1f980", "ground", "front", 0.8, ("stand", "walk", "dance"), True),
    ("mermaid", "mermaid|little mermaid", "1f9dc-200d-2640-fe0f", "water", "front", 1.05, SWIMMER, False),
    ("bus", "bus|yellow bus|school bus|coach", "1f68c", "ground", "left", 0.9, WHEELS, True),
    ("taxi", "taxi|yellow taxi|cab", "1f695", "ground", "left", 0.8, WHEELS, False),
    ("car", "red car|car|automobile", "1f697", "ground", "left", 0.75, WHEELS, True),
    ("train", "steam train|locomotive|train|steam engine", "1f682", "ground", "right", 1.0, WHEELS, True),
    ("tractor", "tractor|green tractor", "1f69c", "ground", "left", 0.9, WHEELS, False),
    ("bicycle", "bicycle|bike", "1f6b2", "ground", "left", 0.9, WHEELS, False),
    ("sailboat", "sailboat|sailing boat|yacht", "26f5", "ground", "front", 1.0, ("stand",), True),
    ("rocket", "rocket|spaceship|space rocket", "1f680", "air", "front", 1.0, FLYER, True),
    ("helicopter", "helicopter|chopper", "1f681", "air", "left", 0.9, FLYER, True),
    ("ufo", "flying saucer|ufo|alien spaceship", "1f6f8", "air", "front", 0.95, FLYER, True),
    ("balloon", "red balloon|balloon", "1f388", "air", "front", 1.05, ("float",), False),
    ("candle", "candle|burning candle|lit candle", "1f56f-fe0f", "ground", "front", 0.95, ("stand",), False),
    ("teapot", "red teapot|teapot", "1fad6", "ground", "front", 0.75, THING, False),
    ("lantern", "paper lantern|red lantern|lantern", "1f3ee", "air", "front", 0.95, ("float",), False),
    ("cake", "birthday cake|cake", "1f382", "ground", "front", 0.85, THING, False),
    ("mushroom", "red mushroom|mushroom|toadstool", "1f344", "ground", "front", 0.85, THING, False),
    ("sunflower", "sunflower|yellow sunflower", "1f33b", "ground", "front", 1.05, THING, False),
    ("snowman", "snowman|snow man", "26c4", "ground", "front", 1.0, ("stand", "dance", "jump"), False),
    ("pumpkin", "jack-o'-lantern|pumpkin|halloween pumpkin", "1f383", "ground", "front", 0.85, FACE, True),
    ("teddy", "teddy bear|teddy|stuffed bear", "1f9f8", "ground", "front", 0.95, FACE, True),
    ("robot", "robot|robot head|android", "1f916", "ground", "front", 0.95, FACE, True),
    ("ghost", "ghost|friendly ghost|spirit", "1f47b", "air", "front", 0.95, FLYER, True),
    ("alien", "green alien|alien|martian", "1f47d", "ground", "front", 0.95, FACE, True),
    ("astronaut", "astronaut|spaceman|cosmonaut", "1f9d1-200d-1f680", "ground", "front", 1.0, PERSON, True),
    ("wizard", "wizard|mage|sorcerer|magician", "1f9d9", "ground", "front", 1.05, PERSON, True),
    ("ninja", "ninja|masked ninja", "1f977", "ground", "front", 1.0, PERSON, True),
    ("princess", "princess|queen", "1f478", "ground", "front", 1.05, PERSON, True),
    ("fairy", "fairy|pixie", "1f9da", "air", "front", 1.05, FLYER, True),
    ("santa", "santa claus|santa|father christmas", "1f385", "ground", "front", 1.0, PERSON, True),
    ("woman", "woman|walking woman|lady", "1f6b6-200d-2640-fe0f", "ground", "left", 1.15, PERSON, True),
    ("man", "man|walking man|walker|pedestrian", "1f6b6", "ground", "left", 1.15, PERSON, True),
    ("dancer", "dancer|woman in a red dress|dancing woman|lady in red", "1f483", "ground", "front", 1.15, ("dance", "spin", "stand"), True),
    ("runner", "runner|jogger|sprinter", "1f3c3", "ground", "left", 1.1, ("run", "walk"), True),
)


def _subject(row: tuple[str, str, str, Home, Facing, float, tuple[str, ...], bool]) -> Subject:
    identity, words, code, home, facing, size, moves, moving = row
    phrase, *others = words.split("|")
    return Subject(identity, phrase, tuple(others), code, home, facing, size, moves, moving)


CAST: tuple[Subject, ...] = tuple(_subject(row) for row in _TABLE)
