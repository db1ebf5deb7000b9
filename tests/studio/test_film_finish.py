"""Finishing: times in frames, captions in and out, sound at -14 LUFS, and a crop that keeps who is in the picture."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from studio import media
from studio.errors import FilmError
from studio.films import captions, framing, lettering, sound, timeline
from studio.films import picture as pictures
from studio.films.script import Card, Film, FilmShot, Given, Sound
from studio.films.sound import Track
from studio.films.timeline import Footage


def tone(path: Path, seconds: float, level: float = 0.1) -> Path:
    moments = np.arange(int(48_000 * seconds)) / 48_000
    samples = level * np.sin(2 * np.pi * 440 * moments) * (0.6 + 0.4 * np.sin(2 * np.pi * 3 * moments))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


def laid(*shots: FilmShot, length: int = 64, **more: object) -> timeline.Timeline:
    film = Film(shots=shots, **more)  # type: ignore[arg-type]
    footage = {index: Footage(Path("clip.mp4"), length, 16, 64, 64) for index in range(len(shots))}
    return timeline.lay(film, footage, 16, [length] * len(shots))


def test_a_dissolve_overlaps_and_a_dip_does_not() -> None:
    plain = laid(FilmShot("a"), FilmShot("b"))
    over = laid(FilmShot("a"), FilmShot("b", transition="dissolve", transition_seconds=1.0))
    dip = laid(FilmShot("a"), FilmShot("b", transition="dip white", transition_seconds=1.0))
    assert (plain.frames, over.frames, dip.frames) == (128, 112, 128)
    assert [len(seen) for _, _, seen in over.spans()] == [1, 2, 1]
    assert (dip.pieces[0].fall, dip.pieces[1].rise, dip.pieces[0].fall_white) == (8, 8, True)


def test_dissolves_never_eat_a_whole_shot() -> None:
    shots = [FilmShot("a", transition="dissolve", transition_seconds=4.0) for _ in range(5)]
    found = laid(*shots, length=20, opening=Card("x", 0.5))
    for piece in found.pieces:
        assert piece.over <= piece.length // 2 and piece.start >= 0
    assert max(len(seen) for _, _, seen in found.spans()) == 2


def test_takes_of_another_rate_keep_their_length() -> None:
    film = Film(shots=(FilmShot("a"),))
    assert timeline.lay(film, {0: Footage(Path("c.mp4"), 120, 24, 64, 64)}, 16, [1]).seconds == 5.0


def test_what_is_trimmed_away_is_not_in_the_film(tmp_path: Path) -> None:
    levels = (40 + 6 * np.arange(20)).astype(np.uint8)
    clip = tmp_path / "ramp.mp4"
    with media.ClipWriter(clip, 64, 64, 16) as writer:
        writer.write(np.broadcast_to(levels[:, None, None, None], (20, 64, 64, 3)).copy())
    film = Film(shots=(FilmShot("a", trim_start=0.25, trim_end=0.5), FilmShot("b", trim_start=60)))
    one = Footage(clip, 20, 16, 64, 64)
    found = timeline.lay(film, {0: one, 1: one}, 16, [20, 20])
    assert [(piece.skip, piece.length) for piece in found.pieces] == [(4, 8), (19, 1)], "something is always left"
    shown = np.concatenate(list(pictures.frames(found, pictures.Look((64, 64)))))
    assert np.abs(shown.mean(axis=(1, 2, 3)) - levels[[*range(4, 12), 19]]).max() < 3


def test_captions_are_read_and_written_alike() -> None:
    text = "1\n00:00:01,500 --> 00:00:04,000\n<i>Hello</i>\nthere\n\n2\n00:00:05.25 --> 00:00:06,000\nBye\n"
    read = captions.parse(text)
    assert [(one.start, one.end, one.text) for one in read] == [(1.5, 4.0, "Hello\nthere"), (5.25, 6.0, "Bye")]
    assert captions.parse(captions.write(read)) == read


@pytest.mark.parametrize("text", ["", "not captions", "1\n00:00:04,000 --> 00:00:01,000\nx", "1\n0:1 --> 2:3\nx"])
def test_what_is_no_srt_is_refused(text: str) -> None:
    with pytest.raises(FilmError):
        captions.parse(text)


@pytest.mark.parametrize("level", [0.01, 0.9])
def test_the_sound_is_as_loud_as_it_should_be_and_as_long_as_the_film(tmp_path: Path, level: float) -> None:
    music = Track(Sound(Given("m.wav"), at=0.5, fade_in=0.2, fade_out=0.5), tone(tmp_path / "m.wav", 6, level), "wav")
    assert sound.mix(music, None, 4.0, tmp_path / "mix.wav")
    measured, peak = sound.loudness(tmp_path / "mix.wav")
    assert abs(measured - sound.LOUDNESS) < 0.5 and peak < 0
    with wave.open(str(tmp_path / "mix.wav")) as file:
        assert file.getnframes() / file.getframerate() == pytest.approx(4.0, abs=0.01)
        data = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)
    assert np.abs(data[:40_000]).max() < 300, "it begins when it should"
    assert np.abs(data[-400:]).max() < 0.1 * np.abs(data).max(), "and fades away"


def test_music_steps_back_under_a_voice(tmp_path: Path) -> None:
    music = Track(Sound(Given("m.wav"), fade_in=0, fade_out=0), tone(tmp_path / "m.wav", 6), "wav")
    voice = Track(Sound(Given("v.wav"), at=2, fade_in=0, fade_out=0), tone(tmp_path / "v.wav", 2, 0.3), "wav")
    assert sound.mix(music, voice, 6.0, tmp_path / "mix.wav")
    assert abs(sound.loudness(tmp_path / "mix.wav")[0] - sound.LOUDNESS) < 0.5


def test_a_file_without_sound_is_refused(tmp_path: Path, picture: Path) -> None:
    (tmp_path / "cut.wav").write_bytes(b"RIFF\xff\xff\xff\xffWAVEfmt ")
    for path in (picture, tmp_path / "cut.wav", tmp_path / "gone.wav"):
        with pytest.raises(FilmError) as caught:
            sound.seconds_of(path)
        assert "\n" not in str(caught.value) and path.name in str(caught.value)


def test_the_crop_keeps_the_subject() -> None:
    frames = []
    for number in range(8):
        frame = np.full((90, 160, 3), (40, 60, 90), np.uint8)
        frame[45:] = (70, 90, 60)
        left = 110 + number  # right of the middle, moving a little
        frame[30:70, left : left + 30] = (230, 120, 30)
        frames.append(frame)
    inside = framing.window((160, 90), (9, 16))
    way = framing.follow(frames, (9, 16))
    for part in (0.0, 1.0):
        left = way.at(part)[0] * (160 - inside[0])
        assert left <= 122 and left + inside[0] >= 130, "the middle of the subject is in the picture"
    assert framing.follow(frames, (16, 9)) == framing.MIDDLE


def test_the_crop_goes_along_with_a_subject_that_crosses_the_picture() -> None:
    frames = []
    for number in range(8):
        frame = np.full((90, 160, 3), (40, 60, 90), np.uint8)
        frame[45:] = (70, 90, 60)
        frame[30:70, 10 + 16 * number : 34 + 16 * number] = (230, 120, 30)
        frames.append(frame)
    inside = framing.window((160, 90), (9, 16))
    way = framing.follow(frames, (9, 16))
    lefts = [way.at(part)[0] * (160 - inside[0]) for part in (0.0, 0.5, 1.0)]
    assert lefts[2] - lefts[0] > 50 and lefts[0] < lefts[1] < lefts[2]
    assert abs(lefts[1] + inside[0] / 2 - 78) < inside[0] / 2, "half-way it is in the picture"


def test_letters_stay_inside_the_picture() -> None:
    for size in ((576, 320), (320, 576), (128, 128)):
        drawn = lettering.card("Donaudampfschifffahrtsgesellschaft\nžluťoučký kůň", size).astype(int)
        edge = max(1, size[0] // 20)
        assert drawn.max() > 200
        assert (drawn[:, :edge] == drawn[0, 0]).all() and (drawn[:, -edge:] == drawn[0, 0]).all()
