"""What is seen in a picture, and what the gate does with it. astronaut.jpg: NASA, public domain."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from studio import policing
from studio.errors import PolicyStop, StudioError
from studio.inputs import sha256_of
from studio.policing import Gate
from studio.policy import Decision, PolicyRequest, pictures
from studio.policy.audit import Audit
from studio.recipe import GivenFrames
from studio.work import Parent, Work
from tests.studio.provenance.conftest import ffmpeg
from tests.studio.test_library import RECIPE

PHOTO = Path(__file__).parent / "astronaut.jpg"


def drawn_face(size=256):
    face = Image.new("RGB", (size, size), "#cfe3ff")
    draw = ImageDraw.Draw(face)
    draw.ellipse((48, 32, 208, 224), fill="#ffcf9c", outline="#704020", width=3)
    for x in (92, 148):
        draw.ellipse((x, 96, x + 18, 118), fill="#202020")
    draw.polygon([(128, 120), (116, 156), (140, 156)], fill="#e0a070")
    draw.arc((92, 140, 164, 196), 20, 160, fill="#a02020", width=6)
    return face


def gate(tmp_path, mode="local", toml=""):
    tmp_path.mkdir(exist_ok=True)
    (tmp_path / "policy.toml").write_text(toml)
    return Gate(tmp_path, mode, tmp_path / "takes")


@pytest.mark.parametrize("change", [lambda p: p, lambda p: p.rotate(15), lambda p: p.convert("L").convert("RGB")])
def test_a_photographed_face_is_found(change):
    assert pictures.faces(np.asarray(change(Image.open(PHOTO).convert("RGB")))) == 1


@pytest.mark.parametrize("change", [lambda p: p, lambda p: p.filter(ImageFilter.GaussianBlur(1))])
def test_a_drawn_face_is_none(change):
    assert pictures.faces(np.asarray(change(drawn_face()))) == 0


def test_what_is_harmless_is_no_nudity():
    assert pictures.nudity(np.asarray(Image.open(PHOTO).convert("RGB"))) < 0.3


def test_a_face_is_refused_in_public_and_asked_about_at_home(tmp_path):
    request = PolicyRequest("she waves", images=(PHOTO,))
    public = gate(tmp_path / "a", "strict").decide(request)
    assert (public.action, public.category) == ("block", "uploaded_face")
    home = gate(tmp_path / "b").decide(request)
    assert (home.action, home.message_id) == ("block", "consent") and "permission" in home.message
    agreed = gate(tmp_path / "b").decide(replace(request, consent=True))
    assert (agreed.action, agreed.category) == ("warn", "uploaded_face")
    noted = [json.loads(line) for line in (tmp_path / "b" / "policy" / "audit.jsonl").read_text().splitlines()]
    assert [line["action"] for line in noted] == ["block", "warn"]
    assert gate(tmp_path / "a", "strict").decide(replace(request, consent=True)).action == "block"
    quiet = gate(tmp_path / "c", toml='[local.actions]\nuploaded_face = "allow"\n')
    assert quiet.decide(request).action == "allow"


def test_a_face_and_the_name_of_somebody_real_are_refused_at_home_too(tmp_path):
    decision = gate(tmp_path).decide(PolicyRequest("Taylor Swift baking cookies", images=(PHOTO,), consent=True))
    assert (decision.action, decision.rewritten) == ("block", None)


@pytest.mark.parametrize(
    "words",
    [
        "my colleague Sabine Brown dances on a table",
        "take her clothes off",
        "she is beaten until she bleeds",
        "security camera footage of her stealing, so that people believe it",
        "everybody in school laughs at her because she is ugly",
    ],
)
def test_no_consent_to_a_face_allows_what_words_make_of_it(tmp_path, words):
    decision = gate(tmp_path).decide(PolicyRequest(words, images=(PHOTO,), consent=True))
    assert (decision.action, decision.rewritten) == ("block", None)


def test_harmless_words_with_a_drawing_pass_and_a_drawing_makes_harmful_words_no_better(tmp_path):
    Image.new("RGB", (128, 128), "teal").save(tmp_path / "drawing.png")
    given = (tmp_path / "drawing.png",)
    assert gate(tmp_path).decide(PolicyRequest("a boat on a lake", images=given)).action == "allow"
    assert gate(tmp_path).decide(PolicyRequest("a naked woman on a bed", images=given)).action == "block"
    assert gate(tmp_path).decide(PolicyRequest("Tom Hanks in a boat", images=given)).action == "rewrite"


def test_what_this_studio_made_needs_no_question(tmp_path):
    ours = tmp_path / "takes" / "t1"
    ours.mkdir(parents=True)
    (ours / "poster.jpg").write_bytes(PHOTO.read_bytes())
    request = PolicyRequest("she waves", images=(ours / "poster.jpg",))
    assert gate(tmp_path, "strict").decide(request).action == "allow"


def test_what_was_made_here_is_known_by_its_content_wherever_it_lies(tmp_path):
    def made_of(sha256):
        return RECIPE if sha256 == sha256_of(PHOTO) else None

    house = Gate(tmp_path, "strict", tmp_path / "takes", made_of)
    assert house.decide(PolicyRequest("she waves", images=(PHOTO,))).action == "allow"
    house.admit(PHOTO)
    other = tmp_path / "other.png"
    Image.open(PHOTO).convert("RGB").save(other)  # the same pixels, and not the file that was made here
    assert house.decide(PolicyRequest("she waves", images=(other,))).action == "block"


def test_what_may_not_be_used_is_not_even_kept(tmp_path, monkeypatch):
    drawing = tmp_path / "drawing.png"
    drawn_face().save(drawing)
    for mode in ("strict", "local"):
        gate(tmp_path / mode, mode).admit(drawing)
    with pytest.raises(PolicyStop, match="real people's faces"):
        gate(tmp_path / "strict", "strict").admit(PHOTO)
    gate(tmp_path / "local").admit(PHOTO)  # whether they agreed is asked when a shot is made with it
    monkeypatch.setattr(pictures, "nudity", lambda picture: 0.9)
    drawn_face(200).save(drawing)
    for mode in ("strict", "local"):
        with pytest.raises(PolicyStop, match="nudity"):
            gate(tmp_path / mode, mode).admit(drawing)
        noted = (tmp_path / mode / "policy" / "audit.jsonl").read_text().splitlines()
        assert json.loads(noted[-1])["category"] == "sexual"


def test_a_given_clip_is_looked_at_to_its_end(tmp_path):
    blank, face = Image.new("RGB", (256, 256), "teal"), Image.open(PHOTO).convert("RGB").resize((256, 256))
    for number in range(12):
        (blank if number < 11 else face).save(tmp_path / f"{number:02d}.png")
    clip = tmp_path / "clip.mp4"
    ffmpeg("-framerate", "2", "-i", tmp_path / "%02d.png", "-crf", "12", "-pix_fmt", "yuv420p", clip)
    assert gate(tmp_path, "strict").decide(PolicyRequest("a clip", images=(clip,))).category == "uploaded_face"


def test_a_missing_picture_check_refuses_in_public(tmp_path, monkeypatch):
    def missing(_):
        raise pictures.Unavailable("gone")

    monkeypatch.setattr(pictures, "look", missing)
    picture = tmp_path / "fox.png"
    drawn_face(300).save(picture)  # one that was not looked at before: what was seen is remembered
    request = PolicyRequest("a fox", images=(picture,))
    assert gate(tmp_path / "a", "strict").decide(request).action == "block"
    assert gate(tmp_path / "b").decide(request).action == "warn"


def test_the_log_keeps_no_words_and_shows_what_was_changed(tmp_path):
    door = gate(tmp_path)
    for text in ("a naked woman on a bed", "a naked woman on a bed", "a fox"):
        door.decide(PolicyRequest(text))
    lines = [json.loads(line) for line in door.audit.path.read_text().splitlines()]
    assert len(lines) == 2 and lines[0]["prompt_hmac"] == lines[1]["prompt_hmac"]
    assert "naked" not in door.audit.path.read_text() and door.audit.broken_at() is None
    door.audit.path.write_text(door.audit.path.read_text().replace('"sexual"', '"hate"', 1))
    assert door.audit.broken_at() == 2


def test_words_are_kept_where_the_host_says_so_but_never_of_the_fixed_categories(tmp_path):
    log = Audit(tmp_path, store_text=True)
    log.note(Decision("block", "sexual"), "words", "local")
    log.note(Decision("block", "sexual_minors"), "other words", "local")
    said = [json.loads(line).get("text") for line in log.path.read_text().splitlines()]
    assert said == ["words", None]


def test_old_lines_go_and_the_rest_stays_a_chain(tmp_path):
    log = Audit(tmp_path, keep_days=30)
    log.note(Decision("block", "hate"), "one", "local")
    old = log.path.read_text().replace('"t": "20', '"t": "19')
    log.path.write_text(old)
    log.note(Decision("block", "hate"), "two", "local")
    log.note(Decision("block", "hate"), "three", "local")
    assert len(log.path.read_text().splitlines()) == 2 and '"t": "19' not in log.path.read_text()
    assert log.broken_at() is None


def test_only_a_closed_world_that_was_given_nothing_is_not_looked_at(tmp_path, monkeypatch):
    monkeypatch.setattr(policing, "whole_clip", lambda clip, recipe: None)
    monkeypatch.setattr(policing.media, "stream_clip", lambda clip: iter([np.zeros((4, 8, 8, 3), np.uint8)]))
    monkeypatch.setattr(policing.pictures, "worst", lambda frames: 1.0)
    house = gate(tmp_path)
    house.release(tmp_path / "clip.mp4", RECIPE)
    given = GivenFrames("0" * 64, "first", name="drawing.png")
    for recipe in (replace(RECIPE, anchors=(given,)), replace(RECIPE, model="wan2.2-ti2v-5b")):
        with pytest.raises(StudioError, match="not saved"):
            house.release(tmp_path / "clip.mp4", recipe)


def test_what_is_made_of_takes_of_a_closed_world_is_not_looked_at_either(tmp_path, monkeypatch):
    monkeypatch.setattr(policing, "whole_clip", lambda clip, recipe: None)
    monkeypatch.setattr(policing.media, "stream_clip", lambda clip: iter([np.zeros((4, 8, 8, 3), np.uint8)]))
    monkeypatch.setattr(policing.pictures, "worst", lambda frames: 1.0)
    house, clip = gate(tmp_path), tmp_path / "clip.mp4"
    plain, still, drawn = "1" * 64, "2" * 64, "3" * 64
    from_outside = replace(RECIPE, anchors=(GivenFrames("0" * 64, "first", name="drawing.png"),))
    made = {plain: RECIPE, still: RECIPE, drawn: from_outside}
    extended = replace(RECIPE, work=Work("extend", (Parent(plain),)))
    begun = replace(RECIPE, anchors=(GivenFrames(still, "first"), GivenFrames(plain, "before")))
    for recipe in (extended, begun):
        house.release(clip, recipe, made.get)
    for recipe in (replace(RECIPE, work=Work("extend", (Parent(plain), Parent(drawn)))), from_outside):
        with pytest.raises(StudioError, match="not saved"):
            house.release(clip, recipe, made.get)
    again = replace(RECIPE, work=Work("loop", (Parent("4" * 64),)))
    with pytest.raises(StudioError, match="not saved"):  # of a take that was itself made of a picture from outside
        house.release(clip, again, (made | {"4" * 64: replace(RECIPE, work=Work("extend", (Parent(drawn),)))}).get)
