"""A scene: everything one clip shows, drawn by lot from a seed, before anything is painted.

Shots follow each other with hard cuts on latent boundaries (frames 1 + 4k). A subject is an instance: its hue, pattern,
accessory and build are its own and stay its own over a cut; the caption names a colour only now and then.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from model.world.cast import CAST, Subject
from model.world.setting import SETTINGS, weathers
from model.world.vocabulary import VOCABULARY

SUBJECT = {subject.id: subject for subject in CAST}
DIVERS = ("crab", "turtle", "astronaut", "rocket")
ROOMS = ("gallery", "kitchen", "library", "cave", "stage")  # too low for a bus; the living room takes anybody, as ever
HUES: Mapping[str, float] = {"red": 0.0, "orange": 0.07, "green": 0.36, "blue": 0.60, "purple": 0.77, "pink": 0.90}
# What else somebody is asked to be: hue, how much of it, and what becomes of light and shade, as a factor and on top.
SHADES: Mapping[str, tuple[float, float, float, float]] = {
    "yellow": (0.14, 0.80, 0.80, 0.36), "golden": (0.11, 0.70, 0.90, 0.20), "brown": (0.06, 0.55, 0.75, 0.04),
    "white": (0.10, 0.04, 0.42, 0.58), "grey": (0.60, 0.05, 0.80, 0.10), "silver": (0.60, 0.06, 0.75, 0.28),
    "black": (0.66, 0.12, 0.32, 0.02),
}  # fmt: skip
OUTSIDE = "outside"  # the place of a picture that is not of this world: see outside.py
# Of these no legs are drawn: the lower edge of the frame is where they end.
BUSTS = frozenset(("teacher", "programmer", "pregnant_woman", "juggler", "family"))
ALIVE = ("animal", "person", "fantasy", "monster", "vehicle")
SURFACE = {"ocean": 0.78, "river": 0.72, "harbour": 0.70}  # y of the water where somebody swims
SUNK = {"ground": 0.5, "water": 0.36, "air": 0.22}  # how much of them is under it, by their home;
PADDLING, PADDLERS = 0.3, ("duck", "swan", "goose")  # and of those who swim on it
FRAMING_HEIGHT = {"close": (0.68, 0.82), "medium": (0.48, 0.60), "wide": (0.30, 0.38)}
FLOOR = {"close": (0.92, 1.0), "medium": (0.83, 0.93), "wide": (0.74, 0.84)}
CLOSER = 1.6  # times as large, in a close-up, are those who are seen from head to foot otherwise


@dataclass(frozen=True)
class Garment:
    """Something that is worn: what it covers (`scarf`, `bow`, `hat`, `tall hat`, `crown`, `top`, `coat`, `dress`,
    `skirt`, `suit`, `bottom`, `feet`), its colour as '#d8362f', and whether it is long."""

    slot: str
    paint: str
    long: bool = False


@dataclass(frozen=True)
class Instance:
    """One character as it looks: subject id, hue turn (0..1), saturation and value factors, pattern, accessory,
    build, and what it is told to wear."""

    subject: str
    hue: float = 0.0
    saturation: float = 1.0
    value: float = 1.0
    colour: str | None = None
    pattern: str | None = None
    accessory: str | None = None
    build: float = 1.0
    worn: tuple[Garment, ...] = ()


@dataclass(frozen=True)
class Actor:
    """An instance in a shot: where its feet are (x, y in world units), how tall it is, what it does, which way it goes;
    leg: seconds after which it turns about, again and again, so that it stays in sight however long the shot is; it
    goes on and on without; back: its way is shown from its end, and it faces where it comes from; carried: it is on
    somebody's back, or in a car, and casts no shadow of its own; behind: how far behind the middle of what carries it,
    whichever way that goes (world units); sunk: how much of its height is under water."""

    instance: Instance
    action: str
    x: float
    y: float
    height: float
    direction: int
    phase: float
    leg: float | None = None
    back: bool = False
    carried: bool = False
    behind: float = 0.0
    sunk: float = 0.0


@dataclass(frozen=True)
class Sign:
    """A board on posts with a short word: where its posts stand (x, y in world units), how tall it is with them, and a
    number that picks its colours."""

    word: str
    x: float
    y: float
    height: float
    paint: int = 0


@dataclass(frozen=True)
class Shot:
    """One shot: place and its paint seed, hour, weather, camera, framing, style, the actors, back to front (the last is
    the one that the shot is about); how they stand to each other, and a sign behind them. A shot may show nobody.
    also: a second weather, of which only what falls is seen."""

    place: str
    place_seed: int
    time: str
    weather: str
    camera: str
    framing: str
    style: str
    actors: tuple[Actor, ...]
    start: float = 0.0
    seed: int = 0
    relation: str | None = None
    sign: Sign | None = None
    also: str = "clear"


@dataclass(frozen=True)
class Scene:
    """A clip: its shots and the frame at which each begins (the first is 0)."""

    shots: tuple[Shot, ...]
    starts: tuple[int, ...] = (0,)

    def __post_init__(self) -> None:
        if len(self.shots) != len(self.starts) or self.starts[0] != 0:
            raise ValueError(f"{len(self.shots)} shots need as many starts, the first 0; got {self.starts}")
        off = [s for s in self.starts[1:] if s % 4 != 1]
        if off:
            raise ValueError(f"a cut falls on frame 1 + 4k; {off[0]} does not, the nearest is {off[0] // 4 * 4 + 1}")


@dataclass(frozen=True)
class SceneOptions:
    """What may be drawn by lot. None means everything the vocabulary has.

    knows: ids by kind; variety: 0..1, how far instances differ; spread: 0..1, how far actors stand from the middle, how
    much their size, heading and the moment differ; extras: chance of a second actor; cuts: chance of a cut; styled:
    chance of a style other than 3D; calm: chance that it is clear where other weather could be; nobody: chance that the
    place is empty.

    The story on top, drawn by lots of its own, so that scenes stay what they were when it is off: related: chance that
    two or three subjects stand in a relation; crowds: chance of four to seven of a kind; signs: chance of a sign with a
    word; tours: chance that a scene with a cut shows somebody else in each shot; thirds: chance that it has a third
    shot; reach: how far from the middle the frame is seen to its sides, in world units.
    """

    knows: Mapping[str, Collection[str]] | None = None
    variety: float = 0.5
    spread: float = 1.0
    extras: float = 0.12
    cuts: float = 0.08
    styled: float = 0.1
    calm: float = 0.45
    nobody: float = 0.0
    related: float = 0.0
    crowds: float = 0.0
    signs: float = 0.0
    tours: float = 0.0
    thirds: float = 0.0
    reach: float = 0.85
    frames: int = 17
    pool: int = 1_000_000_000
    framings: Mapping[str, float] = field(default_factory=lambda: {"close": 0.35, "medium": 0.5, "wide": 0.15})

    @property
    def tells(self) -> bool:
        """Whether anything of a story may be drawn."""
        return max(self.related, self.crowds, self.signs, self.tours, self.thirds) > 0


def allowed(kind: str, knows: Mapping[str, Collection[str]] | None) -> list[str]:
    """The ids of a kind that may be drawn, in the order of the vocabulary."""
    ids = [term.id for term in VOCABULARY[kind]]
    return ids if knows is None or kind not in knows else [i for i in ids if i in knows[kind]]


def sample_scene(seed: int, options: SceneOptions | None = None) -> Scene:
    """Draw a whole scene from a seed; the same seed and options give the same scene."""
    options = options or SceneOptions()
    scene = _sample(random.Random(seed), options)
    if options.nobody and random.Random(-1 - seed).random() < options.nobody:
        scene = replace(scene, shots=tuple(replace(shot, actors=()) for shot in scene.shots))
    if not options.tells:
        return scene
    from model.world.story import tell

    return tell(scene, seed, options)


def _sample(rng: random.Random, options: SceneOptions) -> Scene:
    shot = _sample_shot(rng, options)
    if options.frames > 8 and rng.random() < options.cuts:
        boundary = 1 + 4 * rng.randint(1, max(1, (options.frames - 5) // 4))
        return Scene((shot, _next_shot(rng, shot, options)), (0, boundary))
    return Scene((shot,))


def _sample_shot(rng: random.Random, options: SceneOptions) -> Shot:
    place = rng.choice(allowed("place", options.knows))
    subject = SUBJECT[rng.choice(who(place, options.knows))]
    framing = _weighted(rng, options.framings)
    actors = [_actor(rng, subject, place, framing, options, slot=0)]
    if rng.random() < options.extras:
        other = subject if rng.random() < 0.5 else SUBJECT[rng.choice(who(place, options.knows))]
        actors = [_actor(rng, other, place, framing, options, slot=1), replace(actors[0], x=-abs(actors[0].x) - 0.22)]
    place_seed, time = rng.randrange(options.pool), _time(rng, place, options.knows)
    return Shot(
        place, place_seed, time, _weather(rng, place, time, options),
        _camera(rng, actors[-1], options.knows), framing, _style(rng, options), tuple(actors),
        start=1.5 + rng.uniform(-1.5, 1.5) * options.spread, seed=rng.randrange(1 << 30),
    )  # fmt: skip


def _next_shot(rng: random.Random, shot: Shot, options: SceneOptions) -> Shot:
    """The shot after a cut: the very same instances, another place or another framing."""
    subject = SUBJECT[shot.actors[-1].instance.subject]
    places = [p for p in allowed("place", options.knows) if subject.id in who(p, options.knows)]
    place = rng.choice(places) if rng.random() < 0.7 else shot.place
    framing = _weighted(rng, options.framings)
    actor = replace(_actor(rng, subject, place, framing, options, slot=0), instance=shot.actors[-1].instance)
    stays = place == shot.place
    hours = SETTINGS[place].hours
    time = shot.time if len(hours) == 1 or shot.time in hours or place == "room" else hours[0]
    return replace(
        shot, place=place, place_seed=shot.place_seed if stays else rng.randrange(options.pool), time=time,
        framing=framing, weather=shot.weather if stays else _weather(rng, place, time, options),
        camera=_camera(rng, actor, options.knows), actors=(actor,), seed=rng.randrange(1 << 30),
    )  # fmt: skip


def who(place: str, knows: Mapping[str, Collection[str]] | None) -> list[str]:
    """Who can be in a place: who is at home there, and in the reef a few that dive; whoever there is if nobody is."""
    cast = [SUBJECT[i] for i in allowed("subject", knows)]
    homes, inside = SETTINGS[place].homes, place in ROOMS
    here = [
        s.id
        for s in cast
        if (s.home in homes or (s.home == "afloat" and "water" in homes and place != "reef"))
        and (s.indoors or not inside)
    ]
    divers = [s.id for s in cast if place == "reef" and s.id in DIVERS]
    order = {s.id: n for n, s in enumerate(cast)}
    return sorted({*here, *divers}, key=order.__getitem__) or [s.id for s in cast]


def _time(rng: random.Random, place: str, knows: Mapping[str, Collection[str]] | None) -> str:
    """An hour that can be told apart in this place."""
    times = allowed("time", knows)
    if SETTINGS[place].timeless and SETTINGS[place].hours[0] in times:
        return SETTINGS[place].hours[0]
    suited = [t for t in times if t in SETTINGS[place].hours or place == "room"]
    return rng.choice(suited or times)


def _weather(rng: random.Random, place: str, time: str, options: SceneOptions) -> str:
    """A weather that suits the place and the hour."""
    known = allowed("weather", options.knows)
    suited = [w for w in known if w in weathers(place, time)]
    if suited == ["clear"]:
        return "clear"
    return "clear" if "clear" in suited and rng.random() < options.calm else rng.choice(suited or known)


def _camera(rng: random.Random, actor: Actor, knows: Mapping[str, Collection[str]] | None) -> str:
    cameras = allowed("camera", knows)
    if actor.action in ("walk", "run", "fly", "swim") and "tracking" in cameras and rng.random() < 0.25:
        return "tracking"
    rest = [c for c in cameras if c != "tracking"] or cameras
    return "static" if "static" in rest and rng.random() < 0.4 else rng.choice(rest)


def _style(rng: random.Random, options: SceneOptions) -> str:
    styles = allowed("style", options.knows)
    return "3d" if "3d" in styles and rng.random() < 1 - options.styled else rng.choice(styles)


def _weighted(rng: random.Random, weights: Mapping[str, float]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]


def _actor(rng: random.Random, subject: Subject, place: str, framing: str, options: SceneOptions, slot: int) -> Actor:
    moves = [m for m in subject.moves if m in allowed("action", options.knows)] or list(subject.moves)
    if place == "reef":
        moves = ["swim"] if subject.home == "water" else moves
    action = rng.choice(moves)
    height = _near(rng, FRAMING_HEIGHT[framing], options.spread) * subject.size
    y = _near(rng, FLOOR[framing], options.spread)
    if subject.aloft(action):
        y = min(0.86, 0.5 + height / 2) + _near(rng, (-0.10, 0.06), options.spread)
    x = rng.gauss(0, 0.16) * options.spread if slot == 0 else rng.uniform(0.25, 0.55)
    turned = rng.random() < 0.5 * options.spread
    facing = {"left": -1, "right": 1, "front": rng.choice((-1, 1))}[subject.facing]
    actor = Actor(
        _instance(rng, subject, options.variety),
        action,
        max(-0.45, min(0.6, x)),
        y,
        height,
        -facing if turned else facing,
        rng.random(),
    )
    return in_water(close_up(actor) if framing == "close" else actor, place)


def under_water(subject: str, action: str) -> str:
    """What somebody does there who does so elsewhere: animals do not stand or walk."""
    return "swim" if action in ("stand", "walk") and SUBJECT[subject].kind == "animal" else action


def in_water(actor: Actor, place: str | None) -> Actor:
    """Who swims in a place with a surface of water: as deep in it as they swim."""
    subject = SUBJECT[actor.instance.subject]
    swims = actor.action == "swim" or subject.home == "water"
    if place not in SURFACE or not swims or subject.home == "afloat":
        return actor
    sunk = PADDLING if subject.id in PADDLERS else SUNK[subject.home]
    return replace(actor, y=SURFACE[place] + sunk * actor.height, sunk=sunk)


def close_up(actor: Actor) -> Actor:
    """Somebody in a close-up: of one who has a face on top of a body the feet are below the frame, and the face is
    where it was, but larger."""
    subject = SUBJECT[actor.instance.subject]
    nearer = CLOSER if subject.bodied and subject.faces else 1.0
    return replace(actor, height=actor.height * nearer, y=actor.y + (nearer - 1) * actor.height)


def _near(rng: random.Random, ends: tuple[float, float], spread: float) -> float:
    """A number between two ends, the nearer to their middle the smaller the spread."""
    return (ends[0] + ends[1]) / 2 + rng.uniform(-0.5, 0.5) * (ends[1] - ends[0]) * spread


def _instance(rng: random.Random, subject: Subject, variety: float) -> Instance:
    colour = rng.choice(list(HUES)) if rng.random() < 0.12 * variety else None
    dressed = subject.home == "ground" and rng.random() < 0.14 * variety
    return Instance(
        subject.id, hue=rng.gauss(0, 0.02 * variety), saturation=1 + rng.uniform(-0.25, 0.2) * variety,
        value=1 + rng.uniform(-0.15, 0.1) * variety, colour=colour,
        pattern=rng.choice(("spots", "stripes")) if rng.random() < 0.1 * variety else None,
        accessory=rng.choice(("scarf", "hat", "bow")) if dressed else None,
        build=1 + rng.uniform(-0.10, 0.10) * variety,
    )  # fmt: skip
