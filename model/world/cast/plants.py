"""Plants, and the mushroom that is counted with them."""

from __future__ import annotations

from model.world.cast.subject import PLANT, THING, Row, Subject, subjects

_LEAF = ("float", "spin")

_ROWS: tuple[Row, ...] = (
    ("mushroom", "red mushroom|mushroom|toadstool|fly agaric|spotted mushroom", "1f344", "ground", "front", 0.85, THING, False),
    ("sunflower", "sunflower|yellow sunflower|tall sunflower", "1f33b", "ground", "front", 1.05, (*THING, "look"), False),
    ("rose", "red rose|rose", "1f339", "ground", "front", 0.95, PLANT, False),
    ("tulip_flower", "pink tulip|tulip", "1f337", "ground", "front", 0.95, PLANT, False),
    ("cherry_blossom", "cherry blossom flower|pink blossom|sakura flower", "1f338", "ground", "front", 0.8, (*PLANT, "spin"), False),
    ("hibiscus_flower", "hibiscus|hibiscus flower|tropical flower", "1f33a", "ground", "front", 0.85, (*PLANT, "spin"), False),
    ("daisy", "daisy|white flower|flower|blossom", "1f33c", "ground", "front", 0.85, (*PLANT, "spin"), False),
    ("lotus", "lotus flower|lotus|water lily", "1fab7", "afloat", "front", 0.8, ("stand", "float", "grow"), False),
    ("hyacinth", "hyacinth|lavender|lupin", "1fabb", "ground", "front", 0.95, PLANT, False),
    ("bouquet", "bouquet of flowers|bouquet|bunch of flowers", "1f490", "ground", "front", 0.95, ("stand", "dance", "spin"), False),
    ("seedling", "seedling|sprout|young plant|sapling", "1f331", "ground", "front", 0.8, PLANT, False),
    ("potted_plant", "potted plant|houseplant|pot plant", "1fab4", "ground", "front", 0.95, PLANT, False),
    ("fir_tree", "fir tree|evergreen tree|pine tree|spruce", "1f332", "ground", "front", 1.2, PLANT, False),
    ("leafy_tree", "leafy tree|tree|oak tree|maple tree", "1f333", "ground", "front", 1.2, PLANT, False),
    ("palm_tree", "palm tree|coconut palm", "1f334", "ground", "front", 1.2, PLANT, False),
    ("cactus_plant", "cactus|saguaro|prickly cactus", "1f335", "ground", "front", 1.05, PLANT, False),
    ("rice_plant", "sheaf of rice|ears of wheat|wheat", "1f33e", "ground", "front", 1.0, PLANT, False),
    ("herb_plant", "green herb|herb|mint leaves", "1f33f", "ground", "front", 0.9, PLANT, False),
    ("clover", "four-leaf clover|lucky clover|shamrock|clover", "1f340", "ground", "front", 0.85, PLANT, False),
    ("maple_leaf", "maple leaf|red leaf|autumn leaf", "1f341", "air", "front", 0.85, _LEAF, False),
    ("fallen_leaf", "brown leaf|fallen leaf|dry leaf", "1f342", "air", "front", 0.85, _LEAF, False),
    ("nest", "bird's nest|nest with eggs|nest", "1faba", "ground", "front", 0.75, ("stand", "look"), False),
)  # fmt: skip

PLANTS: tuple[Subject, ...] = subjects("plant", _ROWS)
