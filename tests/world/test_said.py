"""Prompts as people type them, and who is put on stage for them, where and doing what."""

from __future__ import annotations

import pytest

from model.shotlist import parts
from model.world.blocking import block
from model.world.scene import Actor, Shot
from model.world.sequel import carried


def shot_of(prompt: str) -> Shot:
    shot = block(prompt)
    assert shot is not None
    return shot


def cast(prompt: str) -> dict[str, Actor]:
    return {actor.instance.subject: actor for actor in sorted(shot_of(prompt).actors, key=lambda actor: actor.x)}


def acts(prompt: str) -> dict[str, str]:
    return {who: actor.action for who, actor in cast(prompt).items()}


@pytest.mark.parametrize(("prompt", "camera"), [
    ("a fox on the left and a wolf on the right", "static"), ("a boy left his teddy", "static"),
    ("a king stands right in front of a castle", "static"), ("a balloon rises", "static"),
    ("a boy looks up at the stars", "static"), ("an eagle circles over a castle", "static"),
    ("children sitting in a circle", "static"), ("a boy follows a butterfly", "static"),
    ("a fox in snow, pan left", "pan_left"), ("a dog runs, the camera moves to the left", "pan_left"),
    ("camera: pan right, a castle", "pan_right"), ("the camera follows a dog", "tracking"),
    ("the camera circles a statue", "arc"), ("the drone rises above a castle", "crane_up"),
    ("a fox. The camera looks up", "tilt_up"),
])  # fmt: skip
def test_only_what_is_said_of_the_camera_moves_it(prompt: str, camera: str) -> None:
    assert shot_of(prompt).camera == camera


@pytest.mark.parametrize("prompt", (
    "a wolf chases a rabbit", "a ghost chases a boy", "a dog runs after a cat", "a dog chases a ball",
    "a police car follows a car",
))  # fmt: skip
def test_who_chases_is_behind(prompt: str) -> None:
    behind, ahead = cast(prompt).values()
    assert behind.x < ahead.x and behind.direction == ahead.direction == 1


@pytest.mark.parametrize("prompt", ("a butterfly and a bird fly", "a penguin and a polar bear walk"))
def test_those_who_go_together_go_the_same_way(prompt: str) -> None:
    one, other = cast(prompt).values()
    assert one.direction == other.direction and one.leg is not None


@pytest.mark.parametrize(("prompt", "expected"), [
    ("a bird flies over a man", {"bird": "fly", "man": "stand"}),
    ("a car drives past a man", {"car": "drive", "man": "stand"}),
    ("a knight rides to save the princess", {"knight": "walk", "princess": "stand"}),
    ("a boy waves goodbye to his dog", {"boy": "wave", "dog": "stand"}),
    ("a man jumps over a dog", {"man": "jump", "dog": "stand"}),
    ("a knight kneeling before a king", {"knight": "kneel", "king": "stand"}),
    ("a boy runs to meet a girl", {"boy": "run", "girl": "stand"}),
    ("a boy follows a butterfly", {"boy": "walk", "butterfly": "fly"}),
    ("a mouse dances with a cat", {"mouse": "dance", "cat": "dance"}),
    ("a dancing bear and a running fox", {"bear": "dance", "fox": "run"}),
    ("a running dog and a sleeping cat", {"dog": "run", "cat": "stand"}),
    ("a lion next to a dancing bear", {"lion": "stand", "bear": "dance"}),
    ("a flying bird lands", {"bird": "arrive"}), ("a car moving down the street", {"car": "drive"}),
    ("a boy rides a bike", {"bicycle": "drive", "boy": "drive"}),
])  # fmt: skip
def test_everybody_does_what_is_said_of_them(prompt: str, expected: dict[str, str]) -> None:
    assert acts(prompt) == expected


@pytest.mark.parametrize(("prompt", "who"), [
    ("a prince on a horse", ["prince"]), ("a cowboy on a donkey", ["cowboy"]), ("a man on an elephant", ["man"]),
    ("a bear on a mouse", []), ("a knight rides out on a horse", ["knight"]),
    ("a girl rides through the forest on a horse", ["girl"]), ("a boy on the back of a crocodile", ["boy"]),
    ("a woman sitting on a sofa watching TV", []), ("a monkey flying a plane", ["monkey"]),
    ("a teddy bear riding a horse", ["teddy"]), ("a boy and a girl on a horse", ["boy", "girl"]),
    ("three cats in a boat", ["cat", "cat", "cat"]),
])  # fmt: skip
def test_who_is_on_somebody_is_carried(prompt: str, who: list[str]) -> None:
    assert sorted(actor.instance.subject for actor in shot_of(prompt).actors if actor.carried) == who


@pytest.mark.parametrize(("prompt", "who"), [
    ("a baby elephant", ["elephant"]), ("a mother duck", ["duck"]), ("a blonde girl", ["girl"]),
    ("a girl with long blonde hair", ["girl"]), ("a mother bear and a fox", ["bear", "fox"]),
    ("a fox and his friend the rabbit", ["fox", "rabbit"]), ("a bear named Rose", ["bear"]),
    ("a dog dressed as a superhero", ["dog"]), ("a horse flies over a house", ["cottage", "horse"]),
    ("a bee flies", ["bee"]), ("a rooster crows", ["rooster"]), ("a knight guards the castle", ["knight"]),
    ("a bear fishes by the river", ["bear"]), ("what does a fox look like", ["fox"]),
    ("a dog on its hind legs", ["dog"]), ("a dragon breathing fire", ["dragon"]), ("a t rex", ["t_rex"]),
    ("a father and his son", ["boy", "man"]), ("mum and grandson", ["boy", "woman"]),
    ("little red riding hood meets a wolf", ["girl", "wolf"]), ("a unicycle", ["bicycle"]),
    ("a couple of dogs", ["dog", "dog"]), ("a family of ducks", ["duck"] * 4), ("a school of fish", ["fish"] * 5),
    ("a lot of rabbits", ["rabbit"] * 6), ("a beach with no people", []), ("nobody on the beach", []),
    ("a baby elephant and its mother", ["elephant"] * 2), ("a lion with cubs", ["lion"] * 3),
    ("a cat with three kittens", ["cat"] * 4), ("a dog meets two dogs", ["dog"] * 3),
    ("a girl and her mother", ["girl", "woman"]),
    ("a dog but not a cat", ["dog"]), ("a forest without any animals", []),
    ("two men fight", ["man", "walking_man_dark"]), ("a red and a blue fish", ["fish"]),
])  # fmt: skip
def test_nobody_comes_along_who_is_not_meant(prompt: str, who: list[str]) -> None:
    assert sorted(actor.instance.subject for actor in shot_of(prompt).actors) == who


@pytest.mark.parametrize(("prompt", "colours"), [
    ("a black dog and a brown dog", ["black", "brown"]), ("one green balloon and one blue balloon", ["blue", "green"]),
    ("a cow with her calf", [None, None]), ("a car that is green", ["green"]), ("a violet butterfly", ["purple"]),
    ("the dog is brown and the cat is white", ["brown", "white"]), ("a scarlet car", ["red"]),
])  # fmt: skip
def test_everybody_has_the_colour_that_is_said_of_them(prompt: str, colours: list[str | None]) -> None:
    assert sorted((actor.instance.colour for actor in shot_of(prompt).actors), key=str) == colours


@pytest.mark.parametrize(("prompt", "place", "hour", "weather"), [
    ("a rainbow after the rain", "meadow", "day", "clear"), ("a kite in the wind", "meadow", "day", "clear"),
    ("a traffic light", "city", "day", "clear"), ("a football match", "park", "day", "clear"),
    ("a starry sky over the desert", "desert", "night", "clear"), ("a fox and stars", "meadow", "night", "clear"),
    ("children around a campfire", "park", "day", "clear"), ("a birthday cake with candles", "kitchen", "day", "clear"),
    ("a campfire", "forest", "day", "clear"), ("a monster beside a candle", "cave", "day", "clear"),
    ("a village with snow falling", "village", "day", "snowfall"),
    ("a snowy street at night", "city", "night", "clear"),
    ("cherry blossoms falling in Tokyo", "tokyo", "day", "petals"),
    ("a park with cherry blossoms", "park", "day", "petals"), ("the sun rises over the sea", "ocean", "dawn", "clear"),
    ("the sun sets behind a castle", "castle", "dusk", "clear"), ("a meadow in spring", "meadow", "day", "clear"),
])  # fmt: skip
def test_where_and_when_it_is(prompt: str, place: str, hour: str, weather: str) -> None:
    shot = shot_of(prompt)
    assert (shot.place, shot.time, shot.weather) == (place, hour, weather)


def test_film_words_are_heard() -> None:
    assert shot_of("establishing shot of a castle").framing == "wide"
    assert shot_of("film noir of a cat").style == "film_bw" and shot_of("an 8 bit dragon").style == "pixel"


@pytest.mark.parametrize(("prompt", "slots"), [
    ("two women in red dresses", ["dress", "dress"]), ("three men in black suits", ["suit"] * 3),
    ("a man who wears glasses and a blue jacket", ["top"]), ("penguins wearing hats", ["hat", "hat"]),
])  # fmt: skip
def test_clothes_of_several_and_behind_something_else(prompt: str, slots: list[str]) -> None:
    assert [piece.slot for actor in shot_of(prompt).actors for piece in actor.instance.worn] == slots


@pytest.mark.parametrize(("told", "words"), [
    (("a man in a black suit", "he gets into a car"), "the man with black suit gets into a car"),
    (("a black dog and a white cat", "the dog chases the cat"), "the black dog chases the white cat"),
    (("a fox sits under a tree", "it sleeps"), "the fox sleeps"),
    (("a woman with a red umbrella", "she waves"), "the woman waves"),
    (("a blue fox in a forest", "the sun shines on the fox"), "shines on the blue fox"),
])  # fmt: skip
def test_the_hero_stays_who_they_were(told: tuple[str, str], words: str) -> None:
    assert words in carried(told)[1].lower()


def test_numbers_in_a_row_are_shots() -> None:
    assert [words for words, _ in parts("1. a fox runs\n2. it sleeps\n3. the moon rises")] == [
        "a fox runs", "it sleeps", "the moon rises",
    ]  # fmt: skip
    assert parts("2. a fox runs") == [] and parts("a fox, 1. of its kind. 5. is none") == []


@pytest.mark.parametrize(("prompt", "near", "far"), [
    ("a cat in front of a dog", "cat", "dog"), ("a fox hides behind a bear", "bear", "fox"),
    ("a rabbit sits under a big tree", "rabbit", "leafy_tree"), ("a boy right behind his robot", "robot", "boy"),
])  # fmt: skip
def test_who_is_in_front_is_nearer_and_lower_and_hides_little(prompt: str, near: str, far: str) -> None:
    behind, front = shot_of(prompt).actors
    assert (front.instance.subject, behind.instance.subject) == (near, far)
    assert front.y > behind.y and 0.2 * front.height < abs(front.x - behind.x) < front.height


@pytest.mark.parametrize(("prompt", "order"), [
    ("a cat and a dog", ["cat", "dog"]), ("a cat on the right and a dog on the left", ["dog", "cat"]),
    ("a fox on the left and a wolf on the right", ["fox", "wolf"]), ("a cat to the right of a dog", ["dog", "cat"]),
    ("a cat to the left of a dog", ["cat", "dog"]), ("a cat, and a dog on the left", ["dog", "cat"]),
])  # fmt: skip
def test_sides_are_those_that_are_said(prompt: str, order: list[str]) -> None:
    assert list(cast(prompt)) == order


@pytest.mark.parametrize(("prompt", "expected"), [
    ("A knight rides a white horse through a village. Smoke rises.", {"knight": "walk", "horse": "walk"}),
    ("A chef in a white uniform stands in a kitchen. Flames leap up from the pan.", {"chef": "stand"}),
    ("A boat drifts on a lake. An old man rows.", {"sailboat": "float", "grandfather": "stand"}),
    ("A girl and a dog on the beach. The dog runs. The girl waves.", {"girl": "wave", "dog": "run"}),
    ("A man stands on a bridge. A car passes. He turns around.", {"man": "stand", "car": "stand"}),
    ("a monkey steals a banana from a tourist and runs away", {"monkey": "run", "banana": "stand", "man": "stand"}),
    ("the boy laughs and waves", {"boy": "wave"}), ("a girl in a red coat waves", {"girl": "wave"}),
    ("a fox met a bear. They danced together.", {"fox": "dance", "bear": "dance"}),
    ("A white SUV speeds up a dirt road", {"suv": "drive"}), ("a surfer rides a wave", {"surfer": "sail"}),
    ("a boy in a red hoodie skateboards through a city", {"boy": "walk"}),
    ("two samurai before the fight", {"ninja": "stand"}), ("a train traveling through a desert", {"train": "drive"}),
])  # fmt: skip
def test_what_is_done_is_done_by_whom_the_sentence_is_about(prompt: str, expected: dict[str, str]) -> None:
    assert acts(prompt) == expected


@pytest.mark.parametrize(("prompt", "who"), [
    ("a boy reads a book about dragons", ["book", "boy"]), ("a woman tells a story about a wolf", ["woman"]),
    ("a documentary about penguins", ["penguin"] * 2), ("a picture of a horse on the wall", ["horse"]),
    ("the king's horse", ["horse"]), ("a cat in grandma's kitchen", ["cat"]), ("grandma's kitchen", ["grandmother"]),
    ("the witch's house in the forest", ["cottage"]), ("Santa's sleigh flies over the city", ["santa", "sled"]),
    ("a bear as a chef in a kitchen", ["bear"]), ("a bear detective", ["bear"]), ("a wizard cat", ["cat"]),
    ("a dragon statue in a park", ["dragon"]), ("a statue of a lion", ["lion"]),
    ("a TV commercial for a red sports car", ["racing_car"]), ("Valentine's day, a couple", ["couple"]),
    ("An eagle soars over hills. The camera follows the bird.", ["eagle"]),
    ("A red sports car drives. The drone follows the car.", ["racing_car"]),
    ("A king sits on a horse. The man waves.", ["horse", "king"]),
    ("Lily the cat and Max the dog. Lily climbs.", ["cat", "dog"]), ("two samurai", ["ninja"] * 2),
    ("a businessman in a train station", ["businessman"]), ("a mouse in a cave, torch light on the walls", ["mouse"]),
    ("a flower in a garden, clouds race by", ["daisy"]), ("a wolf in sheep's clothing", ["wolf"]),
])  # fmt: skip
def test_what_is_only_told_shown_or_owned_is_not_there(prompt: str, who: list[str]) -> None:
    assert sorted(actor.instance.subject for actor in shot_of(prompt).actors) == who


@pytest.mark.parametrize(("prompt", "place", "hour", "weather"), [
    ("a sailor far away from the sea", "park", "day", "clear"), ("a toy castle in a room", "room", "day", "clear"),
    ("A mouse wanted to see the sea. She walked through the woods.", "forest", "day", "clear"),
    ("a painter paints a picture of a mountain", "park", "day", "clear"),
    ("a fox on a stage, confetti rains from the sky", "stage", "day", "confetti"),
    ("the sea glitters below a castle", "ocean", "day", "clear"), ("a dog drinks water", "meadow", "day", "clear"),
    ("light streams into a room", "room", "day", "clear"), ("the penguin falls", "snow", "day", "clear"),
    ("a city at 3 am", "city", "night", "clear"), ("5 a.m. in a bakery", "kitchen", "dawn", "clear"),
    ("at 22:30 a taxi waits", "city", "night", "clear"), ("a rooster crows at 6:00 pm", "meadow", "dusk", "clear"),
    ("fireworks over a castle", "castle", "night", "stars"),
    ("fireflies in a meadow", "meadow", "night", "fireflies"),
    ("the rain stops and a rainbow appears", "meadow", "day", "clear"),
    ("a giraffe in a bathtub", "room", "day", "clear"),
    ("it starts to snow in the city", "city", "day", "snowfall"),
    ("people ski down a mountain", "snow", "day", "clear"),
    ("a boy blows out candles", "room", "day", "clear"),
])  # fmt: skip
def test_places_and_hours_that_are_meant(prompt: str, place: str, hour: str, weather: str) -> None:
    shot = shot_of(prompt)
    assert (shot.place, shot.time, shot.weather) == (place, hour, weather)


@pytest.mark.parametrize(("told", "words"), [
    (("a girl in a red coat", "a wolf watches her from behind a tree", "she runs"), "the girl with red coat runs"),
    (("a fox runs", "a rabbit hops past", "the fox chases it"), "the fox chases the rabbit"),
    (("a boy in a park", "he sees a girl", "she waves"), "the girl waves, in a park"),
    (("a boy in a park", "he sees a girl", "she waves", "they dance"), "the boy and the girl dance, in a park"),
    (("a queen", "the knight kneels before her", "she gives him a sword"), "the queen gives the knight a sword"),
    (("a penguin and a polar bear", "the bear laughs"), "the polar bear laughs"),
    (("a girl", "in her dream she swims with dolphins"), "in her dream the girl swims with dolphins"),
    (("an old woman knits", "her cat plays", "she laughs"), "the old woman laughs"),
    (("a boy kicks a ball", "it rolls"), "the ball rolls"), (("a woman", "a close-up of her face"), "the woman's face"),
])  # fmt: skip
def test_pronouns_are_those_of_whom_they_can_be_said(told: tuple[str, ...], words: str) -> None:
    assert words in carried(told)[-1].lower()
