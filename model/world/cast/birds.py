"""Birds, winged insects and all that lives in the water."""

from __future__ import annotations

from model.world.cast.subject import FACE, FLYER, PERSON, SWIMMER, WALKER, Row, Subject, subjects

_BIRD = ("stand", "walk", "jump", "look", "arrive", "leave")

_ROWS: tuple[Row, ...] = (
    ("rooster", "rooster|cockerel|cock", "1f413", "ground", "left", 0.9, WALKER, True),
    ("chick", "baby chick|chick|yellow chick|duckling", "1f424", "ground", "left", 0.8, WALKER, True),
    ("penguin", "penguin|little penguin|emperor penguin|king penguin", "1f427", "ground", "front", 0.95, PERSON, True),
    ("owl", "owl|brown owl|wise owl|barn owl", "1f989", "ground", "front", 0.95, FACE, True),
    ("duck", "duck|mallard|mallard duck|drake", "1f986", "ground", "left", 0.85, _BIRD, True),
    ("swan", "swan|white swan|cygnet", "1f9a2", "ground", "left", 0.95, ("stand", "walk", "sail"), True),
    ("flamingo", "flamingo|pink flamingo|long-legged pink bird", "1f9a9", "ground", "left", 1.1, ("stand", "walk", "dance", "look"), True),
    ("peacock", "peacock|peafowl|peahen", "1f99a", "ground", "front", 1.0, ("stand", "dance", "walk"), True),
    ("parrot", "parrot|red parrot|macaw|cockatoo", "1f99c", "ground", "left", 0.95, ("stand", "dance", "jump", "fly"), True),
    ("hen", "hen|chicken|mother hen", "body:1f414", "ground", "left", 0.8, WALKER, True),
    ("hatching_chick", "hatching chick|chick in an egg|hatchling", "1f423", "ground", "front", 0.8, ("stand", "jump", "dance", "grow"), True),
    ("front_chick", "fluffy chick|chick with spread wings", "1f425", "ground", "front", 0.8, ("stand", "jump", "dance", "look"), True),
    ("bird", "little bird|bird|songbird|red bird|cardinal|robin|sparrow", "1f426", "ground", "left", 0.85, FACE, True),
    ("dove", "dove|white dove|pigeon", "1f54a-fe0f", "air", "left", 0.9, FLYER, True),
    ("eagle", "eagle|bald eagle|hawk|falcon|bird of prey", "1f985", "air", "left", 1.0, FLYER, True),
    ("dodo", "dodo|dodo bird", "1f9a4", "ground", "left", 0.95, WALKER, True),
    ("crow", "crow|raven|blackbird|black bird", "1f426-200d-2b1b", "ground", "left", 0.85, FACE, False),
    ("goose", "goose|gander|brown goose|gosling", "1fabf", "ground", "left", 0.95, _BIRD, False),
    ("turkey", "turkey|gobbler|thanksgiving turkey", "1f983", "ground", "left", 0.95, ("stand", "walk", "dance"), True),
    ("butterfly", "butterfly|orange butterfly|monarch butterfly|monarch|moth", "1f98b", "air", "front", 0.8, FLYER, True),
    ("bee", "honeybee|bee|bumblebee|wasp", "1f41d", "air", "left", 0.8, FLYER, True),
    ("bat", "bat|little bat|fruit bat", "1f987", "air", "front", 0.85, FLYER, True),
    ("mosquito", "mosquito|gnat|midge", "1f99f", "air", "left", 0.75, FLYER, True),
    ("housefly", "housefly|buzzing fly|bluebottle", "1fab0", "air", "front", 0.75, FLYER, True),
    ("fish", "blue fish|fish|minnow|sardine|tuna|salmon", "1f41f", "water", "left", 0.8, SWIMMER, True),
    ("tropical_fish", "tropical fish|striped fish|angelfish|colorful fish|colourful fish|clownfish|reef fish", "1f420", "water", "left", 0.85, SWIMMER, True),
    ("shark", "shark|grey shark|great white shark|gray shark|great white", "1f988", "water", "left", 1.0, SWIMMER, True),
    ("dolphin", "dolphin|blue dolphin|porpoise|bottlenose", "1f42c", "water", "left", 0.95, SWIMMER, True),
    ("whale", "whale|blue whale|sperm whale", "1f40b", "water", "left", 1.0, SWIMMER, True),
    ("octopus", "octopus|orange octopus|eight-armed octopus|cuttlefish", "1f419", "water", "front", 0.95, SWIMMER, True),
    ("jellyfish", "jellyfish|blue jellyfish|medusa|sea jelly", "1fabc", "water", "front", 0.95, SWIMMER, False),
    ("squid", "squid|pink squid|calamari|kraken", "1f991", "water", "front", 1.0, SWIMMER, True),
    ("crab", "crab|red crab|hermit crab", "1f980", "ground", "front", 0.8, ("stand", "walk", "dance", "wave"), True),
    ("spouting_whale", "spouting whale|humpback whale|whale blowing water", "1f433", "water", "left", 1.05, SWIMMER, True),
    ("seal", "seal|sea lion|seal pup|walrus", "1f9ad", "ground", "left", 0.9, ("stand", "jump", "look", "wave"), True),
    ("blowfish", "pufferfish|blowfish|puffer|spiky fish", "1f421", "water", "left", 0.85, (*SWIMMER, "grow"), True),
    ("lobster", "lobster|red lobster|crayfish", "1f99e", "ground", "front", 0.9, ("stand", "walk", "dance"), True),
    ("shrimp", "shrimp|prawn|krill", "1f990", "water", "left", 0.8, SWIMMER, True),
    ("oyster", "oyster|clam|pearl oyster|mussel", "1f9aa", "ground", "front", 0.75, ("stand", "spin"), False),
)  # fmt: skip

BIRDS_AND_FISH: tuple[Subject, ...] = subjects("animal", _ROWS)
