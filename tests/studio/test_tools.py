"""Tools make new takes from takes: with a small random model, but the real sampler, cutting, signing and library."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from model.request import GenerationRequest, Told
from studio import media
from studio.core import Studio
from studio.errors import Conflict, NotFound, PolicyStop, ShotError
from studio.film import Shot, Take
from studio.provenance import Report
from studio.tools import Blend, Extend, Interpolate, Loop, Recut, Remix, Smooth, Upscale, read
from studio.tools.asks import Ask
from studio.tools.easing import Ease, ease, eased
from studio.tools.filming import cross
from studio.tools.seams import Steps
from studio.work import from_dict
from tests.studio.doubles import FakeGenerator, Gate
from tests.studio.soak import tiny

Make = Callable[..., Studio]
CLIP = Shot(prompt="a fox walks in the snow", size="128x128", seconds=1.0, seed=7, steps=2)


@pytest.fixture
def studio(make_studio: Make) -> Studio:
    return make_studio(tiny())


@pytest.fixture
def take(studio: Studio) -> Take:
    return shot(studio, CLIP)


def shot(studio: Studio, what: Shot) -> Take:
    job = studio.wait(studio.submit(what).id, 60)
    assert job.state == "done", job.error
    return studio.take(job.take_id)


def made(studio: Studio, ask: Ask) -> Take:
    job = studio.wait(studio.work(ask).id, 60)
    assert job.state == "done", job.error
    return studio.take(job.take_id)


def frames(take: Take) -> np.ndarray:
    return media.decode_clip(take.clip).astype(int)


def near(one: np.ndarray, other: np.ndarray) -> float:
    """Mean difference in levels; encoding noise costs up to ten, another picture some seventy."""
    return float(np.abs(one - other).mean())


def report(studio: Studio, take: Take) -> Report:
    return studio.verify(take.clip)


def test_a_clip_goes_on_and_the_seam_is_measured(studio: Studio, take: Take) -> None:
    before = take.clip.read_bytes()
    longer = made(studio, Extend(clip=take.id, seconds=0.5, prompt="the fox lies down"))
    assert longer.frames == take.frames + 8 == len(frames(longer))
    assert near(frames(longer)[: take.frames], frames(take)) < 10
    assert [(seam.frame, seam.what) for seam in longer.seams] == [(take.frames, "into the new part")]
    assert longer.recipe.prompt == "the fox lies down" and longer.recipe.parents == (take.id,)
    assert take.clip.read_bytes() == before and studio.take(take.id).frames == take.frames
    found = report(studio, longer)
    assert found.verdict == "local" and len(found.parents) == 1 and len(studio.takes()) == 2


def test_the_renderer_is_told_how_what_it_goes_on_from_was_asked_for(
    make_studio: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[GenerationRequest] = []
    generate = FakeGenerator.generate

    def listening(self: FakeGenerator, request: GenerationRequest, *more: object, **other: object) -> object:
        heard.append(request)
        return generate(self, request, *more, **other)

    monkeypatch.setattr(FakeGenerator, "generate", listening)
    studio = make_studio()
    first = shot(studio, Shot(prompt="a fox by day", seconds=0.5))
    assert heard[-1].was is None and heard[-1].will is None
    longer = made(studio, Extend(clip=first.id, seconds=0.5, prompt="a fox at night"))
    assert heard[-1].was == Told("a fox by day", first.recipe.seed, first.frames - 1) and heard[-1].will is None
    made(studio, Extend(clip=longer.id, seconds=0.5, prompt="a fox at dawn"))
    assert heard[-1].was == Told("a fox at night", longer.recipe.seed)
    made(studio, Extend(clip=longer.id, seconds=0.5, at=0.3, prompt="a fox at dawn"))
    assert heard[-1].was == Told("a fox by day", first.recipe.seed, 4), "there the first clip is seen"
    made(studio, Extend(clip=longer.id, seconds=0.5, direction="backward", prompt="a fox at dawn"))
    assert heard[-1].will == Told("a fox by day", first.recipe.seed, 0) and heard[-1].was is None


def test_a_clip_can_be_led_up_to_and_go_on_from_any_frame(studio: Studio, take: Take) -> None:
    earlier = made(studio, Extend(clip=take.id, seconds=0.5, direction="backward"))
    assert earlier.frames == take.frames + 9 and near(frames(earlier)[9:], frames(take)) < 10
    assert earlier.recipe.prompt == take.recipe.prompt
    middle = made(studio, Extend(clip=take.id, seconds=0.25, at=0.5))
    assert middle.frames == 9 + 4 and near(frames(middle)[:9], frames(take)[:9]) < 10


def test_a_loop_leads_back_to_its_first_frame(studio: Studio, take: Take) -> None:
    loop = made(studio, Loop(clip=take.id, seconds=0.25))
    assert loop.frames == take.frames + 4
    assert [seam.frame for seam in loop.seams] == [take.frames, 0]
    assert loop.seams[1].what == "from the end to the start"


def test_two_clips_become_one(studio: Studio, take: Take) -> None:
    other = shot(studio, replace(CLIP, prompt="a boat on the sea", seed=8))
    blend = made(studio, Blend(clip=take.id, other=other.id, seconds=0.5, curve="even"))
    assert blend.frames == take.frames + other.frames - 8
    assert near(frames(blend)[-8:], frames(other)[-8:]) < 10 and len(report(studio, blend).parents) == 2
    led = made(studio, Interpolate(clip=take.id, other=other.id, seconds=0.5))
    assert led.frames == take.frames + other.frames + 8 and len(led.seams) == 2
    assert led.recipe.prompt == "a fox walks in the snow. a boat on the sea"


def test_a_remix_stays_the_nearer_the_subtler_it_is(studio: Studio, take: Take) -> None:
    subtle, strong = (made(studio, Remix(clip=take.id, strength=s, seed=3)) for s in (0.05, "strong"))
    assert near(frames(subtle), frames(take)) < near(frames(strong), frames(take))
    assert subtle.frames == take.frames


def test_a_clip_is_cut_without_a_model(studio: Studio, take: Take) -> None:
    whole = frames(take)
    kept = made(studio, Recut(clip=take.id, keep=(0.25, 0.75)))
    assert kept.frames == 8 and near(frames(kept), whole[4:12]) < 10
    short = made(studio, Recut(clip=take.id, cut=(0.25, 0.75)))
    assert short.frames == take.frames - 8 and near(frames(short)[4:], whole[12:]) < 10
    large = made(studio, Upscale(clip=take.id))
    assert (large.width, large.height, large.frames) == (256, 256, take.frames)
    smooth = made(studio, Smooth(clip=take.id))
    assert (smooth.fps, smooth.frames) == (2 * take.fps, 2 * take.frames)
    for cut in (kept, short, large, smooth):
        assert report(studio, cut).verdict == "local" and len(report(studio, cut).parents) == 1


def test_a_span_is_replaced_and_meets_both_ends(studio: Studio, take: Take) -> None:
    redrawn = made(studio, Recut(clip=take.id, replace=(0.25, 0.5), prompt="a bear"))
    assert redrawn.frames == take.frames and len(redrawn.seams) == 2
    assert near(frames(redrawn)[-8:], frames(take)[-8:]) < 10


def test_variations_belong_together_and_go_on_with_the_same_work(studio: Studio, take: Take) -> None:
    jobs = [studio.wait(job.id, 60) for job in studio.vary(take.id, 2)]
    assert len({studio.take(job.take_id).recipe.seed for job in jobs} | {take.recipe.seed}) == 3
    longer = made(studio, Extend(clip=take.id, seconds=0.25))
    again = [studio.wait(job.id, 60) for job in studio.vary(longer.id, 2)]
    assert all(studio.take(job.take_id).frames == longer.frames for job in again)
    with pytest.raises(ShotError, match="2, 4, 8"):
        studio.vary(take.id, 3)


def test_a_clip_from_outside_is_worked_on_by_its_file(studio: Studio, take: Take, tmp_path: Path) -> None:
    plain = tmp_path / "plain.mp4"
    with media.ClipWriter(plain, 128, 128, 16) as writer:
        writer.write(frames(take).astype(np.uint8))
    longer = made(studio, Extend(clip=plain, seconds=0.25, prompt="a fox"))
    assert longer.frames == take.frames + 4 and longer.recipe.parents == ()
    with pytest.raises(ShotError, match="say what the new frames show"):
        studio.work(Extend(clip=plain, seconds=0.25))


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda t: Extend(clip=t, seconds=0), "new frames last"),
        (lambda t: Extend(clip=t, at=99), "is not in the clip"),
        (lambda t: Extend(clip=t, direction="up"), "use forward or backward"),
        (lambda t: Remix(clip=t, strength=3), "up to 1"),
        (lambda t: Blend(clip=t, other=t, seconds=9), "can be blended"),
        (lambda t: Blend(clip=t, other=t, curve="odd"), "curve 'odd'"),
        (lambda t: Recut(clip=t), "say what to do"),
        (lambda t: Recut(clip=t, keep=(0.5, 0.2)), "the end comes after the start"),
        (lambda t: Recut(clip=t, keep=(0.5, 9.0)), "the clip goes from 0 to"),
        (lambda t: Recut(clip=t, keep=(None, 0.2)), "say where the part begins"),
        (lambda t: Recut(clip=t, replace=(0, 9)), "does not work"),
        (lambda t: Upscale(clip=t, factor=40), "up to"),
        (lambda t: Smooth(clip=t, fps=3), "this clip has"),
        (lambda t: Extend(clip=Path("nothing.mp4")), "no such file"),
        (lambda t: Blend(clip=t, other=Path(__file__)), "is no clip: tools work on"),
        (lambda t: Extend(clip=t, seconds=float("nan")), "new frames last"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    studio: Studio, take: Take, ask: Callable[[str], Ask], words: str
) -> None:
    with pytest.raises(ShotError, match=words):
        studio.work(ask(take.id))
    assert len(studio.jobs()) == 1


def test_nobody_works_on_anothers_take_and_the_policy_is_asked(studio: Studio, take: Take) -> None:
    with pytest.raises(NotFound):
        studio.work(Loop(clip=take.id), owner="somebody")
    with pytest.raises(PolicyStop):
        studio.work(Extend(clip=take.id, prompt="a naked child"))


def test_an_ask_is_read_from_plain_data() -> None:
    assert read("recut", {"clip": "t00000001", "keep": [1, 2], "seed": None}) == Recut(clip="t00000001", keep=(1, 2))
    for tool, data, field in (("fold", {}, "tool"), ("loop", {}, "clip"), ("loop", {"clip": "t", "x": 1}, "x")):
        with pytest.raises(ShotError) as caught:
            read(tool, data)
        assert caught.value.field == field


def test_a_cutting_list_of_a_stranger_is_clamped() -> None:
    parent = {"sha256": "a" * 64, "take": "../x", "name": "n" * 900}
    work = from_dict({"tool": "remix", "parents": [parent], "made": {"frames": 9, "strength": 7}, "scale": 1e9})
    assert work is not None and work.made is not None
    assert (work.parents[0].take, len(work.parents[0].name), work.made.strength, work.scale) == ("", 200, 1.0, 8.0)
    for bad in (None, {"tool": "melt"}, {"tool": "loop", "parents": [{"sha256": "x"}], "made": {"frames": 4}}):
        assert from_dict(bad) is None


def test_a_join_that_jumps_is_told_from_one_that_does_not() -> None:
    ramp = np.arange(20, dtype=np.uint8)[:, None, None, None] * np.ones((1, 4, 4, 3), np.uint8)
    steps = Steps()
    steps.hear(ramp[:10])
    steps.hear(np.concatenate([ramp[10:15], ramp[15:] + 60]))
    smooth, jump = steps.measure([(8, "a"), (15, "b")])
    assert smooth.seamless and not jump.seamless and jump.drop_db > 20
    every_fourth = Steps()
    every_fourth.hear((np.arange(20) // 4 * 9).astype(np.uint8)[:, None, None, None] * np.ones((1, 4, 4, 3), np.uint8))
    assert [seam.seamless for seam in every_fourth.measure([(8, "a"), (12, "b")])] == [True, True]


def test_a_cross_starts_near_one_and_ends_near_the_other() -> None:
    black, white = np.zeros((9, 1, 1, 3), np.uint8), np.full((9, 1, 1, 3), 255, np.uint8)
    for curve in ("smooth", "even", "early", "late", "quick"):
        mixed = cross(black, white, curve).astype(int)[:, 0, 0, 0]  # type: ignore[arg-type]
        assert mixed[0] < 60 and mixed[-1] > 195 and (np.diff(mixed) >= 0).all()


def test_work_can_be_put_down_and_its_clips_are_kept_for_it(make_studio: Make) -> None:
    gate = Gate(at=1)
    studio = make_studio(FakeGenerator())
    take = shot(studio, CLIP)
    studio.close()
    studio = make_studio(FakeGenerator(hurdle=gate))
    job = studio.work(Loop(clip=take.id, seconds=0.5))
    assert gate.reached.wait(20)
    with pytest.raises(Conflict, match="meet a clip at its end"):
        studio.stop_and_keep(job.id)
    studio.pause(job.id)
    gate.opened.set()
    while studio.job(job.id).state != "paused":
        time.sleep(0.02)
    studio.delete_take(take.id)
    studio.empty_bin()
    studio.resume(job.id)
    done = studio.wait(job.id, 60)
    assert done.state == "done", done.error
    assert studio.take(done.take_id).frames == take.frames + 8


def test_a_decoders_error_fades_away_from_a_join() -> None:
    plain, target = np.full((21, 4, 4, 3), 100, np.uint8), np.full((4, 4, 3), 130, np.uint8)
    into = Ease(None, np.full((4, 4, 3), 18.0, np.float32))
    out = np.concatenate(list(eased(iter([plain[:5], plain[5:]]), 20, into, target)))[:, 0, 0, 0].astype(int)
    assert (len(out), out[0], out[9], out[19]) == (20, 116, 100, 127)
    assert np.abs(np.diff(out)).max() <= 4


def test_what_stands_a_little_aside_is_led_to_where_it_is() -> None:
    def ball(x: float) -> np.ndarray:
        y, across = np.mgrid[0:96, 0:160].astype(np.float32)
        near = np.clip(20 - np.hypot(across - x, y - 48), 0, 1)[..., None]
        ground = 90 + 30 * np.sin(across / 7)[..., None] * np.sin(y / 9)[..., None]
        return np.asarray(ground * (1 - near) + np.array([230, 120, 40], np.float32) * near, np.float32)

    def middle(frame: np.ndarray) -> float:
        red, _, blue = np.moveaxis(frame.astype(np.float32), -1, 0)
        weight = np.clip(red - blue - 60, 0, None)
        return float((weight * np.arange(160)).sum() / weight.sum())

    made = np.stack([ball(60 + min(k, 12) * 1.0) for k in range(13)]).round().astype(np.uint8)  # it ends at 72
    target = ball(77).round().astype(np.uint8)  # and should be at 77
    found = ease(target, made[-1], planned=True)
    assert found.aside is not None and abs(middle(found.onto(made[-1].astype(np.float32), 1.0)) - 77) < 1
    out = np.concatenate(list(eased(iter([made]), 12, None, target, planned=True)))
    places = [middle(frame) for frame in out]
    assert places[:4] == pytest.approx([60, 61, 62, 63], abs=0.3)
    assert np.diff([*places, middle(target)]).max() < 2.5  # 6 at once without
    assert np.abs(out[-1].astype(int) - made[11]).mean(2)[:, :30].max() < 6  # the ground stays where it is
    assert ease(made[-1], made[-1], planned=True).aside is None


def test_what_holds_still_goes_over_in_every_detail_and_nothing_is_left_behind_of_what_moves() -> None:
    """A flower is elsewhere in the kept clip; and somebody goes by in front of all that."""

    def picture(flower: int, somebody: int) -> np.ndarray:
        frame = np.full((96, 160, 3), 120, np.uint8)
        frame[80:84, flower : flower + 4] = (250, 40, 90)
        frame[20:60, somebody : somebody + 30] = (40, 40, 200)
        return frame

    made = np.stack([picture(20, 60 + 4 * index) for index in range(13)])
    target = picture(140, 108)
    target[30:34, 120:124] = 255  # a button that the made one lacks
    out = np.concatenate(list(eased(iter([made]), 12, None, target, planned=True))).astype(int)
    flowers = out[:, 82, [21, 141], 0]
    assert np.abs(flowers[:4] - [250, 120]).max() <= 2
    assert np.abs(np.diff([*flowers, target[82, [21, 141], 0]], axis=0)).max() < 24  # 130 at once without
    moving = np.s_[6, 30:34, 116:128]  # somebody's edge comes by where the button will be
    assert np.abs(out[moving] - made[moving]).max() < 24


def test_between_two_pictures_is_a_shot_that_has_both(studio: Studio, picture: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.png"
    Image.new("RGB", (64, 64), "navy").save(other)
    take = made(studio, Interpolate(clip=picture, other=other, seconds=1.0, prompt="a fox wakes", seed=3, steps=2))
    assert [anchor.place for anchor in take.recipe.anchors] == ["first", "last"]
    assert take.recipe.work is None and take.frames == 17
    with pytest.raises(ShotError, match="what happens between"):
        studio.work(Interpolate(clip=picture, other=other))
    with pytest.raises(ShotError, match=r"gone\.png: there is no such file"):
        studio.work(Interpolate(clip=picture, other=tmp_path / "gone.png", prompt="a fox wakes"))
    with pytest.raises(ShotError, match="two clips or two pictures"):
        studio.work(Interpolate(clip=picture, other=take.clip, prompt="a fox"))
