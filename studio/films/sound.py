"""The film's sound: music and voice at their place, faded, music lower under the voice, all levelled to -14 LUFS.

ffmpeg's own filters do the work as streams, so that memory does not grow with the length; what loudness there is is
measured after EBU R 128.
"""

from __future__ import annotations

import json
import math
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg

from studio.errors import FilmError, MediaError
from studio.films.script import Sound

LOUDNESS = -14.0  # LUFS, what streaming services level to
PEAK = -1.0  # dBFS, the highest a sample may go
MAX_BYTES = 500_000_000
WAIT = 600  # seconds
RATE = 48_000
_JSON = re.compile(r"\{[^{}]*\"input_i\"[^{}]*\}")


@dataclass(frozen=True)
class Track:
    """A sound file of the film, found and known to be one; `kind` is ffmpeg's name for what it is."""

    sound: Sound
    path: Path
    kind: str


def kind_of(path: Path) -> str:
    """ffmpeg's name for a sound file, from its content, never from its name. Raises FilmError when it is none."""
    try:
        with path.open("rb") as stream:
            head = stream.read(16)
        size = path.stat().st_size
    except OSError:
        raise FilmError("music", path.name, f"{path.name}: there is no such file, or it cannot be read") from None
    found = _sniffed(head)
    if found is None:
        raise FilmError("music", path.name, f"{path.name} is not a sound file: WAV, MP3, M4A, FLAC or Ogg can be given")
    if size > MAX_BYTES:
        raise FilmError("music", path.name, f"{path.name}: {size // 1_000_000} MB is too large a sound file")
    return found


def seconds_of(path: Path) -> float:
    """How long a sound file is; it is really decoded. Raises FilmError when there is no sound in it."""
    kind = kind_of(path)
    done = _ffmpeg(["-f", kind, "-i", str(path.absolute()), "-map", "0:a:0", "-f", "null", "-"], check=False)
    times = re.findall(r"time=(\d+):(\d\d):(\d\d\.\d+)", done.stderr)
    if done.returncode != 0 or not times:
        raise FilmError(
            "music", path.name, f"{path.name} holds no sound that can be read; save it again, as WAV or MP3"
        )
    hours, minutes, rest = times[-1]
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


def mix(music: Track | None, voice: Track | None, seconds: float, target: Path) -> bool:
    """Write the film's sound as WAV, `seconds` long; whether there is anything to hear. Raises MediaError."""
    tracks = [track for track in (music, voice) if track is not None and track.sound.at < seconds]
    if not tracks:
        return False
    raw = target.with_name(f".{target.stem}.mix.wav")
    inputs = [part for track in tracks for part in ("-f", track.kind, "-i", str(track.path.absolute()))]
    graph = [f"[{n}:a:0]{_placed(track, seconds)}[t{n}]" for n, track in enumerate(tracks)]
    if len(tracks) == 2:  # the music steps back while somebody speaks
        graph.append("[t1]asplit=2[v][key];[t0][key]sidechaincompress=threshold=0.02:ratio=6:attack=80:release=500[m]")
        graph.append("[m][v]amix=inputs=2:normalize=0[all]")
    else:
        graph.append("[t0]anull[all]")
    whole = ["-t", f"{seconds:.6f}", "-ar", str(RATE), "-ac", "2", "-c:a", "pcm_f32le", str(raw)]
    try:
        _ffmpeg([*inputs, "-filter_complex", ";".join(graph), "-map", "[all]", *whole])
        return _levelled(raw, target)
    finally:
        raw.unlink(missing_ok=True)


def loudness(path: Path) -> tuple[float, float]:
    """Integrated loudness (LUFS; -inf for silence) and true peak (dBTP) of a sound or video file of ours."""
    analysed = ["-i", str(path.absolute()), "-map", "0:a:0", "-af", "loudnorm=print_format=json", "-f", "null", "-"]
    done = _ffmpeg(analysed)
    found = _JSON.search(done.stderr)
    if found is None:
        raise MediaError(f"{path.name}: its loudness could not be measured")
    told = json.loads(found[0])
    return float(told["input_i"]), float(told["input_tp"])


def _placed(track: Track, seconds: float) -> str:
    """A track at its time, with its fades; its end is that of the film, or its own where that is earlier."""
    sound = track.sound
    length = min(seconds_of(track.path), seconds - sound.at)
    rise, fall = min(sound.fade_in, length / 2), min(sound.fade_out, length / 2)
    steps = [f"aresample={RATE}", "aformat=channel_layouts=stereo", f"atrim=0:{length:.6f}"]
    steps += [f"volume={sound.gain:g}dB"] if sound.gain else []
    steps += [f"afade=t=in:d={rise:.4f}"] if rise > 0 else []
    steps += [f"afade=t=out:st={length - fall:.4f}:d={fall:.4f}"] if fall > 0 else []
    steps += [f"adelay={round(sound.at * 1000)}:all=1"] if sound.at else []
    return ",".join([*steps, "apad"])


def _levelled(raw: Path, target: Path) -> bool:
    """As loud as it should be: one gain for all of it, and a limiter for what would be over the top."""
    gain, measured = 0.0, loudness(raw)[0]
    if not math.isfinite(measured) or measured < -69:
        return False
    for _ in range(3):  # what the limiter takes is given back, until both hold
        gain += LOUDNESS - measured
        limit = 10 ** (PEAK / 20)
        level = f"volume={gain:.3f}dB,alimiter=limit={limit:.4f}:level=false:attack=2:release=60:latency=true"
        _ffmpeg(["-i", str(raw), "-af", level, "-ar", str(RATE), "-c:a", "pcm_s16le", "-f", "wav", str(target)])
        measured = loudness(target)[0]
        if abs(measured - LOUDNESS) < 0.3:
            break
    return True


def _sniffed(head: bytes) -> str | None:
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "wav"
    if head[4:8] == b"ftyp":
        return "mov"
    if head[:3] == b"ID3" or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2):
        return "mp3"
    return {b"fLaC": "flac", b"OggS": "ogg"}.get(head[:4])


def _ffmpeg(arguments: list[str], *, check: bool = True) -> subprocess.CompletedProcess[str]:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-y", "-protocol_whitelist", "file,pipe"]
    try:
        done = subprocess.run(
            [*command, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
            timeout=WAIT, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise MediaError("the sound of the film took too long to mix; give a shorter track") from None
    if check and done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["ffmpeg failed"])[-1]
        raise MediaError(f"the sound of the film could not be mixed: {reason[:200]}")
    return done
