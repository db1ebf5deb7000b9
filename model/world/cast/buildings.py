"""Buildings and other works that stand where they are."""

from __future__ import annotations

from model.world.cast.subject import STILL, Row, Subject, subjects

_RIDE = ("stand", "spin", "grow")

_ROWS: tuple[Row, ...] = (
    ("cottage", "cottage|little house|house|cosy house", "1f3e0", "ground", "front", 1.15, STILL, False),
    ("garden_cottage", "house with a garden|garden house|villa", "1f3e1", "ground", "front", 1.15, STILL, False),
    ("haunted_house", "haunted house|derelict house|ruined house|abandoned house", "1f3da-fe0f", "ground", "front", 1.15, STILL, False),
    ("grass_hut", "thatched hut|hut|straw hut", "1f6d6", "ground", "front", 1.1, STILL, True),
    ("tent", "tent|camping tent", "26fa", "ground", "front", 1.0, STILL, False),
    ("circus_tent", "circus tent|circus", "1f3aa", "ground", "front", 1.15, STILL, False),
    ("fairy_castle", "castle with red towers|castle with pointed towers|little castle", "1f3f0", "ground", "front", 1.25, STILL, False),
    ("japanese_castle", "japanese castle|samurai castle|pagoda", "1f3ef", "ground", "front", 1.25, STILL, False),
    ("church", "church|chapel", "26ea", "ground", "front", 1.2, STILL, False),
    ("mosque", "mosque|minaret", "1f54c", "ground", "front", 1.2, STILL, False),
    ("temple", "hindu temple|temple", "1f6d5", "ground", "front", 1.2, STILL, False),
    ("shrine_gate", "shinto gate|torii|torii gate|red gate", "26e9-fe0f", "ground", "front", 1.15, STILL, False),
    ("greek_temple", "greek temple|columned building|classical building|parthenon", "1f3db-fe0f", "ground", "front", 1.15, STILL, False),
    ("school_building", "school|school building|schoolhouse", "1f3eb", "ground", "front", 1.15, STILL, False),
    ("hospital", "hospital|clinic", "1f3e5", "ground", "front", 1.2, STILL, False),
    ("bank_building", "bank|bank building", "1f3e6", "ground", "front", 1.15, STILL, False),
    ("hotel", "hotel|inn", "1f3e8", "ground", "front", 1.2, STILL, False),
    ("office_tower", "office building|skyscraper|tower block", "1f3e2", "ground", "front", 1.25, STILL, False),
    ("factory", "factory|mill|plant with chimneys", "1f3ed", "ground", "front", 1.15, STILL, False),
    ("red_tower", "tokyo tower|red lattice tower", "1f5fc", "ground", "front", 1.25, STILL, False),
    ("statue_of_liberty", "statue of liberty|green statue with a torch", "1f5fd", "ground", "front", 1.25, STILL, False),
    ("fountain", "fountain|water fountain", "26f2", "ground", "front", 1.05, STILL, True),
    ("ferris_wheel", "ferris wheel|big wheel", "1f3a1", "ground", "front", 1.25, _RIDE, True),
    ("roller_coaster", "roller coaster|rollercoaster", "1f3a2", "ground", "front", 1.2, STILL, True),
    ("slide", "playground slide|slide", "1f6dd", "ground", "front", 1.0, STILL, False),
    ("wedding_chapel", "wedding chapel|chapel with a heart", "1f492", "ground", "front", 1.15, STILL, False),
    ("corner_shop", "convenience store|corner shop|little shop", "1f3ea", "ground", "front", 1.15, STILL, False),
    ("lighthouse", "lighthouse|red and white lighthouse", "drawn:lighthouse", "ground", "front", 1.25, STILL, True),
    ("windmill", "windmill|wind mill|old windmill|dutch windmill", "drawn:windmill", "ground", "front", 1.25, STILL, True),
)  # fmt: skip

BUILDINGS: tuple[Subject, ...] = subjects("building", _ROWS)
