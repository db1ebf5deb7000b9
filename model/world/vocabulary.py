"""The words of the Storybook world: what can be asked for, by kind, as pure data.

The ids are what `expect` uses in an evaluation and what the attribute judge answers; phrase is the wording that captions
use most; synonyms are other wordings, in captions and in what a prompt is understood to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from model.world.cast import CAST


@dataclass(frozen=True)
class Term:
    """One thing that can be asked for: its id, its usual wording, and other wordings."""

    id: str
    phrase: str
    synonyms: tuple[str, ...] = ()

    @property
    def wordings(self) -> tuple[str, ...]:
        """Every wording, the usual one first."""
        return (self.phrase, *self.synonyms)


PLACES: tuple[Term, ...] = (
    Term("meadow", "in a green meadow", ("in a flowery meadow", "in a field", "on a grassy hill", "in the grass", "meadow", "field", "grassland")),
    Term("snow", "in a snowy meadow with mountains", ("in the snow", "in snowy mountains", "on a snowy field", "in a winter landscape", "snowy meadow", "snowy mountains", "snowy", "winter")),
    Term("forest", "in a forest", ("in the woods", "among tall trees", "in a pine forest", "deep in the forest", "forest", "woods", "woodland")),
    Term("desert", "in the desert", ("in a sandy desert", "among sand dunes", "between cacti and dunes", "desert", "dunes", "sahara")),
    Term("beach", "on the beach", ("by the sea", "on a sandy beach", "at the seaside", "on the shore of the ocean", "beach", "seaside", "shore", "sea shore")),
    Term("city", "on a city street", ("in the city", "downtown", "in front of tall buildings", "on a street in the city", "city", "street", "town")),
    Term("tokyo", "on a Tokyo street with cherry trees", ("in a Japanese street", "in Tokyo", "under cherry blossom trees", "on a street with lanterns and cherry trees", "tokyo", "japan", "cherry trees")),
    Term("reef", "in a coral reef", ("under water", "underwater", "at the bottom of the sea", "among corals", "coral reef", "reef", "in the ocean deep")),
    Term("room", "in a cosy living room", ("in a living room", "indoors", "at home on the carpet", "inside a house", "living room", "room")),
    Term("space", "on the moon", ("in space", "on a grey planet under the stars", "in outer space", "space", "moon", "planet")),
    Term("village", "in a village", ("between small houses", "in a little village", "on a village green", "village", "hamlet")),
    Term("jungle", "in the jungle", ("in a tropical rainforest", "deep in the jungle", "among vines and giant leaves", "between lush tropical plants", "jungle", "rainforest", "rain forest", "tropical forest", "amazon")),
    Term("ocean", "on the open sea", ("on the ocean", "among big waves", "on the high seas", "on the waves of the sea", "ocean", "sea", "open sea", "high seas", "rolling waves", "ocean waves", "ocean surface", "water surface")),
    Term("river", "by a river", ("on a river bank", "beside a stream with water lilies", "at the riverside", "by a brook with a small bridge", "river", "stream", "brook", "riverside", "riverbank", "pond", "lake")),
    Term("farm", "on a farm", ("in front of a red barn", "on a farm with a red barn", "in the farmyard", "between fields of corn", "farm", "farmyard", "barn", "countryside", "cornfield", "wheat field")),
    Term("neon", "on a neon street at night", ("in a neon-lit street", "under glowing neon signs", "on a wet street full of neon", "in a street filled with warm glowing neon", "neon street", "neon city", "neon lights", "neon signs", "glowing neon", "city signage", "damp and reflective", "cyberpunk city", "cyberpunk")),
    Term("harbour", "in a harbour", ("on the quay", "at the port with boats and a lighthouse", "in a harbor", "by the docks", "harbour", "harbor", "port", "quay", "docks", "dock", "marina", "pier", "wharf")),
    Term("park", "in a park", ("in a city park", "on a path in the park", "in a park with benches and a fountain", "in a public garden", "park", "city park", "garden", "gardens", "public garden", "playground")),
    Term("zoo", "at the zoo", ("in a zoo", "in front of the zoo gate", "under the big zoo sign", "at the entrance of a zoo", "zoo", "zoo gate", "animal park", "menagerie", "safari park")),
    Term("gallery", "in an art gallery", ("in a museum", "in front of paintings on a wall", "in a gallery full of paintings", "at an exhibition", "art gallery", "gallery", "museum", "exhibition", "art museum")),
    Term("kitchen", "in a kitchen", ("in a bright kitchen", "in front of the stove", "on the tiles of a kitchen", "in a cosy kitchen", "kitchen", "cooking", "kitchen counter")),
    Term("library", "in a library", ("between tall bookshelves", "among shelves of old books", "in an old library", "in a reading room", "library", "bookshelves", "bookshelf", "bookshop", "bookstore", "reading room", "study")),
    Term("stage", "on a stage", ("on a theatre stage", "between red curtains", "in the spotlight", "in front of a red curtain", "stage", "theatre", "theater", "spotlight", "red curtains", "concert hall", "circus ring")),
    Term("sky", "high above the clouds", ("in the sky", "up in the air above a sea of clouds", "over a sea of clouds", "in the sky between white clouds", "sky", "above the clouds", "sea of clouds", "cloudscape", "skies")),
    Term("volcano", "near an erupting volcano", ("in front of a volcano", "beside streams of lava", "on black rock with glowing lava", "under a smoking volcano", "volcano", "lava", "erupting volcano", "volcanic land", "volcanic")),
    Term("castle", "in front of a fairy-tale castle", ("outside a castle with blue towers", "in a castle garden", "by the castle gate", "at a royal palace", "fairy-tale castle", "castle", "palace", "fortress", "castle towers", "royal court")),
    Term("cave", "in a cave with candle light", ("in a cave", "in a dark cavern lit by candles", "inside a candle-lit cave", "among glowing crystals underground", "cave", "cavern", "grotto", "underground", "candlelight", "candle light", "candlelit")),
)

TIMES: tuple[Term, ...] = (
    Term("day", "at noon", ("by day", "in daylight", "in bright daylight", "in the afternoon", "during the day", "midday", "sunny day", "mid afternoon", "afternoon light", "in sunshine", "sunny", "sunlight", "noon", "broad daylight")),
    Term("golden", "at golden hour", ("in golden light", "in warm evening light", "in the golden evening sun", "golden hour", "late afternoon", "warm light", "golden sunlight", "golden glow", "low sun")),
    Term("dusk", "at dusk", ("at sunset", "in the evening", "at twilight", "dusk", "sunset", "twilight", "nightfall", "evening", "evening sky", "setting sun", "into the sunset")),
    Term("night", "at night", ("under the night sky", "by moonlight", "in the dark of night", "night", "midnight", "moonlight", "moonlit", "starry night", "nighttime", "in the darkness", "late at night")),
    Term("dawn", "at dawn", ("at sunrise", "early in the morning", "in the first light of day", "at daybreak", "dawn", "sunrise", "daybreak", "early morning", "morning", "morning light", "rising sun", "first light")),
)

WEATHERS: tuple[Term, ...] = (
    Term("clear", "under a clear sky", ("in clear weather", "in fine weather", "clear sky", "blue sky", "cloudless", "fair weather")),
    Term("rain", "in the rain", ("while it rains", "on a rainy day", "rain is falling", "rainy", "rain", "raining", "downpour", "drizzle", "heavy rain", "rain shower", "raindrops", "rainstorm", "pouring rain")),
    Term("snowfall", "while snow falls", ("in falling snow", "as it snows", "with snowflakes in the air", "snowfall", "snowing", "snowflakes", "falling snow", "snowstorm", "blizzard", "snow flurry", "snowy weather", "flakes of snow", "snow is falling")),
    Term("fog", "in thick fog", ("in the mist", "on a foggy day", "misty", "foggy", "fog", "mist", "haze", "hazy", "thick mist", "foggy weather")),
    Term("petals", "with cherry petals in the air", ("as petals drift by", "with pink petals falling", "petals", "blossom petals", "flying through the wind", "sakura petals", "cherry petals", "falling blossoms", "petals in the wind", "flower petals", "rose petals")),
    Term("leaves", "with falling leaves", ("as autumn leaves fall", "while leaves drift down", "in a swirl of autumn leaves", "falling leaves", "autumn leaves", "leaves", "leaf fall", "fallen leaves", "leaves in the wind", "autumn", "fall foliage")),
    Term("bubbles", "with bubbles rising", ("among rising bubbles", "as bubbles float up", "with soap bubbles in the air", "bubbles", "soap bubbles", "air bubbles", "rising bubbles", "bubbly")),
    Term("fireflies", "with fireflies in the air", ("among glowing fireflies", "while fireflies dance around", "surrounded by fireflies", "fireflies", "glow-worms", "glowworms", "lightning bugs", "dancing lights", "points of light")),
    Term("stars", "under falling stars", ("with stars drifting down", "in a shower of shooting stars", "with glittering stars in the air", "falling stars", "shooting stars", "stardust", "twinkling stars", "shower of stars", "star shower", "glitter", "sparkles")),
    Term("confetti", "in a rain of confetti", ("with confetti in the air", "while confetti falls", "in a shower of colourful confetti", "confetti", "confetti rain", "paper streamers", "party confetti", "colourful paper", "celebration")),
)

ACTIONS: tuple[Term, ...] = (
    Term("stand", "stands", ("is standing", "waits", "rests", "stands still", "standing", "keeps still", "poses", "pauses", "sits", "sitting", "waiting", "resting")),
    Term("walk", "walks", ("is walking", "strolls", "wanders", "walks along", "walking", "strolling", "treads", "trots", "marches", "plods", "ambles", "saunters", "trudges", "treading", "wandering", "marching", "tiptoes", "stomps", "stomping")),
    Term("run", "runs", ("is running", "races", "dashes", "hurries", "running", "gallops", "sprints", "rushes", "speeds along", "racing", "charges", "scampers", "jogs", "galloping")),
    Term("jump", "jumps", ("is jumping", "hops", "bounces", "leaps", "jumping", "hopping", "skips", "bouncing", "leaping", "bounds")),
    Term("dance", "dances", ("is dancing", "sways", "wiggles", "dancing", "boogies", "grooves", "swaying", "shakes and sways", "does a dance")),
    Term("spin", "spins around", ("is spinning", "turns around", "twirls", "spins", "spinning", "whirls", "pirouettes", "rotates", "twirling", "turns round and round")),
    Term("fly", "flies", ("is flying", "soars", "flies by", "flutters", "flying", "glides through the air", "flaps its wings", "soaring", "fluttering", "zooms through the sky")),
    Term("swim", "swims", ("is swimming", "glides through the water", "swims by", "swimming", "paddles", "dives", "paddling")),
    Term("float", "floats", ("is floating", "hovers", "drifts", "floating", "hovering", "drifting", "hangs in the air", "levitates")),
    Term("roll", "rolls", ("is rolling", "tumbles", "rolls along", "rolling", "somersaults", "tumbling", "rolls over and over")),
    Term("wave", "waves hello", ("is waving", "waves at the camera", "says hello", "waving", "greets us", "waves goodbye", "waves its hand")),
    Term("look", "looks around", ("is looking around", "looks left and right", "glances about", "looking around", "turns its head", "looks about", "gazes around", "peers around", "watches", "searches")),
    Term("grow", "grows", ("is growing", "gets bigger", "swells", "growing", "becomes larger", "grows and grows", "gets larger", "expands")),
    Term("arrive", "arrives", ("is arriving", "comes into view", "approaches", "enters the frame", "arriving", "approaching", "shows up", "comes in from the side", "enters")),
    Term("leave", "goes away", ("is leaving", "walks away", "leaves the frame", "heads off", "leaving", "departs", "moves out of the frame", "drives away", "flies away", "sails away", "exits")),
    Term("drive", "drives", ("is driving", "drives along", "cruises along", "driving", "rides along", "rides", "riding", "travels along", "motors along")),
    Term("sail", "sails", ("is sailing", "sails along", "glides over the water", "sailing", "sails on", "cruises over the water", "rocks on the waves", "bobs on the water")),
    Term("kneel", "kneels", ("is kneeling", "crouches", "squats", "kneeling", "crouching", "bends down", "squatting")),
)

CAMERAS: tuple[Term, ...] = (
    Term("static", "static camera", ("the camera is still", "locked-off shot", "still camera", "fixed camera", "unmoving camera", "tripod shot", "static shot", "the camera stays still")),
    Term("pan_left", "the camera pans left", ("pan left", "panning left", "camera pan to the left", "pans to the left", "pan to the left", "pans left", "the camera moves left", "the camera turns left", "camera slides left")),
    Term("pan_right", "the camera pans right", ("pan right", "panning right", "camera pan to the right", "pans to the right", "pan to the right", "pans right", "the camera moves right", "the camera turns right", "camera slides right")),
    Term("zoom_in", "the camera moves in", ("zoom in", "the camera zooms in", "slow zoom in", "zooming in", "zooms in", "zoom closer", "crash zoom")),
    Term("zoom_out", "the camera pulls back", ("zoom out", "the camera zooms out", "slow zoom out", "the camera moves out", "zooming out", "zooms out")),
    Term("crane_up", "the camera rises", ("crane up", "crane shot", "the camera cranes up", "the camera rises up high", "rising crane shot", "boom up", "camera lifts", "pedestal up")),
    Term("tracking", "the camera follows", ("tracking shot", "follow shot", "the camera tracks along", "tracking", "the camera follows along", "following shot", "camera follows", "moving along with", "the camera moves through", "following several")),
    Term("tilt_up", "the camera tilts up", ("tilt up", "tilting up", "the camera looks up", "tilts up", "pan up", "pans up", "the camera tilts upwards")),
    Term("tilt_down", "the camera tilts down", ("tilt down", "tilting down", "the camera looks down", "tilts down", "pan down", "pans down", "panning down", "the camera tilts downwards")),
    Term("dolly_in", "the camera dollies in", ("dolly in", "the camera pushes in", "push in", "dolly shot towards", "pushing in", "pushes in", "the camera drives forward", "the camera glides closer")),
    Term("dolly_out", "the camera dollies out", ("dolly out", "pull back", "pull-back shot", "the camera drives back", "pulling back", "dolly back", "the camera glides away")),
    Term("arc", "the camera arcs around", ("arc shot", "orbit shot", "the camera circles around", "the camera orbits", "orbiting camera", "circling camera", "camera circles", "moves around in an arc", "360 shot")),
    Term("handheld", "handheld camera", ("hand-held camera", "shaky camera", "hand-held shot", "handheld shot", "shaky cam", "hand-held", "handheld", "wobbly camera", "documentary camera")),
)

FRAMINGS: tuple[Term, ...] = (
    Term("close", "close-up", ("close up", "close-up of", "tight shot", "close shot")),
    Term("medium", "medium shot", ("mid shot", "medium shot of")),
    Term("wide", "wide shot", ("wide shot of", "long shot", "seen from afar", "wide angle")),
)

STYLES: tuple[Term, ...] = (
    Term("3d", "3D animation", ("3d render", "animated 3d", "storybook 3d")),
    Term("film_bw", "black-and-white film", ("black and white", "monochrome film", "old black-and-white movie")),
    Term("pixel", "pixel art", ("8-bit", "pixelated video game", "pixelart")),
    Term("papercraft", "papercraft", ("cut paper", "paper craft", "paper cut-out", "made of paper", "paper collage", "papercraft world")),
    Term("watercolour", "watercolour painting", ("watercolor painting", "watercolour", "watercolor", "painted in watercolours", "painted in watercolors", "aquarelle")),
    Term("pencil", "pencil sketch", ("pencil drawing", "drawn in pencil", "graphite sketch", "sketch", "sketched by hand", "black pencil on white paper")),
    Term("crayon", "crayon drawing", ("crayon on paper", "drawn in crayon", "child's crayon drawing", "wax crayon", "child's drawing", "crayon")),
    Term("clay", "clay animation", ("claymation", "made of clay", "plasticine", "modelling clay", "modeling clay", "stop-motion clay")),
    Term("neon", "drawn in neon light", ("made of neon tubes", "neon line art", "neon outlines", "glowing neon lines", "neon drawing")),
    Term("ink", "storybook ink", ("pen and ink", "ink drawing", "inked storybook illustration", "ink and wash", "storybook illustration")),
)

SUBJECTS: tuple[Term, ...] = tuple(Term(s.id, s.phrase, s.synonyms) for s in CAST)

VOCABULARY: Mapping[str, tuple[Term, ...]] = MappingProxyType({
    "subject": SUBJECTS,
    "place": PLACES,
    "time": TIMES,
    "weather": WEATHERS,
    "action": ACTIONS,
    "camera": CAMERAS,
    "framing": FRAMINGS,
    "style": STYLES,
})


def term(kind: str, identity: str) -> Term:
    """The term of a kind by its id; KeyError names the kind and what it knows."""
    for candidate in VOCABULARY[kind]:
        if candidate.id == identity:
            return candidate
    known = ", ".join(t.id for t in VOCABULARY[kind])
    raise KeyError(f"{kind} {identity!r} is not known; one of: {known}")
