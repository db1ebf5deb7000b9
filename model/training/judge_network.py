"""The attribute judge: a small network that says what a clip shows, in the ids of the world's vocabulary.

Two readers, one answer. The look of single frames says who is where, at what hour, in what weather, framing and style;
the differences between nine frames of one second say how the subject and the camera move, and help with weather. Each
attribute's logits are the sum of what the two say, so that stills train the look alone. Who it is, of whom there are
many, a third reader says with them, that looks at three pictures of that second at twice the sides.

It is trained on rendered clips, raw and through the autoencoder, and never used to train a generator.

Axes: B clips; T frames; K frames that are looked at; H W pixels of a clip, h w of what is looked at.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from model.errors import WeightsError
from model.training.judge_parts import COLOURS, Block, Count, Cuts, Likeness, Who, down, maps, number_of_cuts, pooled

ATTRIBUTES = ("subject", "place", "time", "weather", "action", "camera", "framing", "style")
LABELS = (*ATTRIBUTES, "count", "cuts")
MOVING = ("action", "camera")
SPAN = 17
STRIDE = 2
LOOKS = 1 + (SPAN - 1) // STRIDE
AREA = 112 * 64
FPS = 16
SHARP = 2  # times the sides of what is looked at else: a scarf is a few pixels
MIDDLE = 7  # layers of the look up to 1/8
PICTURES = 5  # of a shot, to see who is in it
WEIGHTS = Path(__file__).resolve().parents[2] / "assets" / "storybook" / "judge.safetensors"


@dataclass(frozen=True)
class JudgeConfig:
    """classes: the ids it can answer, by label (count and cuts may be missing: it does not say them then); widths:
    channels at 1/2, 1/4, 1/8 and 1/16 of what is looked at; alike: the cosine from which on two pictures are of the
    same character, or None for a judge that does not compare them; who: the channels of what looks at sharp pictures
    for the subject, or None for a judge that does not."""

    classes: Mapping[str, tuple[str, ...]]
    widths: tuple[int, int, int, int] = (32, 64, 96, 128)
    motion: tuple[int, int, int] = (24, 48, 64)
    alike: float | None = None
    who: tuple[int, int, int, int, int] | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """What it says of a clip, in order."""
        return tuple(name for name in LABELS if name in self.classes)

    def __post_init__(self) -> None:
        if not set(ATTRIBUTES) <= set(self.classes) <= set(LABELS) or not all(self.classes.values()):
            raise ValueError(f"a judge has at least one class for each of {', '.join(ATTRIBUTES)}")


@dataclass(frozen=True)
class Answer:
    """What the judge reads for one attribute: an id of the vocabulary and how sure it is, 0..1."""

    id: str
    sure: float


class Judge(nn.Module):
    """Reads attributes of clips: `read` for one clip of any length and size, `forward` for training."""

    def __init__(self, config: JudgeConfig) -> None:
        super().__init__()
        self.config = config
        a, b, c, d = config.widths
        self.look = nn.Sequential(
            nn.PixelUnshuffle(2), nn.Conv2d(12, a, 3, padding=1), nn.SiLU(), down(a, b), Block(b), down(b, c),
            Block(c), down(c, d), Block(d), nn.GroupNorm(8, d), nn.SiLU(),
        )  # fmt: skip
        e, f, g = config.motion
        self.motion = nn.Sequential(
            nn.PixelUnshuffle(2), nn.Conv2d(4 * LOOKS, e, 3, padding=1), nn.SiLU(), down(e, f), Block(f), down(f, g),
        )  # fmt: skip
        self.flow = nn.Conv2d(2 * LOOKS - 1, g, 3, padding=1)
        self.both = nn.Sequential(Block(g), Block(g), nn.GroupNorm(8, g), nn.SiLU())
        sizes = {name: len(config.classes[name]) for name in ATTRIBUTES}
        self.from_look = nn.ModuleDict({name: nn.Linear(2 * d, size) for name, size in sizes.items()})
        self.from_motion = nn.ModuleDict({name: nn.Linear(2 * g, size) for name, size in sizes.items()})
        self.who = None if config.who is None else Who(config.who)
        self.from_sharp = nn.ModuleDict(
            {} if config.who is None else {"subject": nn.Linear(2 * config.who[-1], sizes["subject"])}
        )
        self.count = Count(c + d) if "count" in config.classes else None
        self.cuts = Cuts() if "cuts" in config.classes else None
        self.likeness = None if config.alike is None else Likeness(COLOURS + c + d)

    def forward(self, frames: Tensor, sharp: Tensor | None = None) -> dict[str, Tensor]:
        """Frames (B, K, 3, h, w) in 0..1, as `sight` gives them, to logits (B, classes) by attribute.

        K is 1 (a still: the attributes of motion are left out) or 9. sharp: pictures of the same, (B, P, 3, 2h, 2w),
        as `sharply` gives them, for a judge that looks at these for the subject.
        """
        length = frames.shape[1]
        chosen = frames[:, :: (length - 1) // 2] if length > 1 else frames
        if self.training and length > 1:  # one frame, any: cheaper, and no frame is special
            chosen = frames[:, int(torch.randint(length, ())) :][:, :1]
        fine = self.look[:MIDDLE](chosen.flatten(0, 1) * 2 - 1)
        coarse = self.look[MIDDLE:](fine)
        seen = pooled(coarse).unflatten(0, chosen.shape[:2]).mean(1)
        said = {name: head(seen) for name, head in self.from_look.items() if length > 1 or name not in MOVING}
        if self.count is not None:
            both = torch.cat([fine, F.interpolate(coarse, fine.shape[-2:], mode="nearest")], 1)
            said["count"] = self.count.chances(self.count(both.unflatten(0, chosen.shape[:2])))
        if length > 1:
            moved = self._moved(frames)
            said |= {name: said[name] + head(moved) for name, head in self.from_motion.items()}
            said |= {} if self.cuts is None else {"cuts": number_of_cuts(self.cuts(frames))}
        if sharp is not None and self.who is not None:
            closer = self.named(sharp.flatten(0, 1)).unflatten(0, sharp.shape[:2]).mean(1)
            said["subject"] = said["subject"].log_softmax(-1) + closer.log_softmax(-1)
        return said

    def named(self, pictures: Tensor) -> Tensor:
        """Logits of the subject of each picture alone, (N, 3, 2h, 2w) in 0..1 as `sight(..., SHARP)` gives them, to
        (N, classes)."""
        if self.who is None:
            raise WeightsError("this judge has no sharp eye; train one with: python -m model.training.judge --who")
        said: Tensor = self.from_sharp["subject"](self.who(pictures))
        return said

    def _moved(self, frames: Tensor) -> Tensor:
        """What is seen to move in frames (B, K, 3, h, w): (B, 2 g)."""
        grey = frames.mean(2)
        changes = self.motion(torch.cat([grey[:, :1] * 2 - 1, grey.diff(dim=1) * 4], 1))
        return pooled(self.both(changes + self.flow(optical_flow(grey))))

    def embed(self, pictures: Tensor) -> Tensor:
        """Pictures (N, 3, h, w) in 0..1, as `sight(..., SHARP)` gives them, to unit vectors (N, dim), near each other
        where the same character is seen."""
        if self.likeness is None:
            raise WeightsError("this judge does not compare characters; train one with: python -m model.training.judge")
        return self.likeness(self.maps(pictures))

    @torch.no_grad()
    def maps(self, pictures: Tensor) -> Tensor:
        """What is seen in pictures (N, 3, h, w), place by place; it is for attributes alone to teach."""
        return maps(pictures, self.look, MIDDLE)

    @torch.no_grad()
    def likeness_of(self, one: Tensor, other: Tensor) -> float:
        """How like each other those are who are seen in two shots, uint8 (T, 3, H, W) each: the cosine between the
        means of what is seen in PICTURES frames of each. They are the same from `config.alike` on."""
        means = []
        for shot in (one, other):
            picked = torch.linspace(0, len(shot) - 1, PICTURES).round().long()
            seen = sight(shot[picked][:, None].to(next(self.parameters()).device), SHARP)[:, 0]
            means.append(F.normalize(self.embed(seen).mean(0), dim=0))
        return float(means[0] @ means[1])

    def read(self, clip: Tensor, *, fps: int = FPS, spans: int = 4) -> dict[str, Answer]:
        """What a clip shows: uint8 (T, 3, H, W) to an answer for every label; see `chances`."""
        found = {
            name: max(each.items(), key=lambda pair: pair[1]) for name, each in self.chances(clip, fps, spans).items()
        }
        return {name: Answer(*best) for name, best in found.items()}

    @torch.no_grad()
    def chances(self, clip: Tensor, fps: int = FPS, spans: int = 4) -> dict[str, dict[str, float]]:
        """How likely each id is for a clip, uint8 (T, 3, H, W), by label; those of a label sum to 1.

        Up to `spans` seconds, spread over the clip, are read and their answers averaged. Fewer than 17 frames are
        filled up with the last, so a still stands still.
        """
        device = next(self.parameters()).device
        parts = [part.to(device)[None] for part in _spans(clip, fps, spans)]
        sharp = None if self.who is None else torch.cat([sharply(part) for part in parts])
        said = self(torch.cat([sight(part) for part in parts]), sharp)
        if self.cuts is not None:  # of the whole clip, which is not longer for having been looked at in parts
            said["cuts"] = number_of_cuts(self.cuts(sight(_seconds(clip, fps).to(device)[None])))
        shares = {name: logits.softmax(-1).mean(0).tolist() for name, logits in said.items()}
        return {name: dict(zip(self.config.classes[name], each, strict=True)) for name, each in shares.items()}

    def save(self, path: Path, notes: Mapping[str, object] | None = None) -> None:
        """Write half-precision weights with config and notes in the metadata; the write is atomic."""
        from safetensors.torch import save_file

        meta = {"kind": "judge", "config": asdict(self.config), "notes": dict(notes or {})}
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        tensors = {name: value.detach().half().cpu().contiguous() for name, value in self.state_dict().items()}
        save_file(tensors, part, metadata={"auteur": json.dumps(meta)})
        part.replace(path)

    @classmethod
    def load(cls, path: Path, *, device: torch.device | str = "cpu") -> Self:
        """Read a judge; WeightsError when the file is missing, broken or of another kind."""
        from model import weights

        if not path.is_file():
            raise WeightsError(
                f"{path} is missing; restore it from the repository or run: python -m model.training.judge"
            )
        tensors, meta = weights.read(path)
        if meta.get("kind") != "judge":
            raise WeightsError(f"{path} is not a judge (kind {meta.get('kind')!r}); give the file that the judge wrote")
        try:
            kept = meta["config"]
            classes = {name: tuple(ids) for name, ids in kept["classes"].items()}
            who = None if kept.get("who") is None else tuple(kept["who"])
            judge = cls(JudgeConfig(classes, tuple(kept["widths"]), tuple(kept["motion"]), kept.get("alike"), who))
            judge.load_state_dict({name: value.float() for name, value in tensors.items()}, strict=True)
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            raise WeightsError(f"{path} does not fit its own config ({' '.join(str(error).split())})") from error
        return judge.eval().to(device)


def optical_flow(grey: Tensor) -> Tensor:
    """How patches of 8 x 8 pixels move from frame to frame: (B, K, h, w) to (B, 2 (K - 1) + 1, h/8, w/8).

    Lucas and Kanade (1981) at half size: least squares of gradient times motion against change. The x of every step,
    then the y, in half pixels and within -3..3, then how much texture there is to go by.
    """
    small = F.avg_pool2d(grey, 2)
    middle, change = (small[:, 1:] + small[:, :-1]) / 2, small[:, 1:] - small[:, :-1]
    padded = F.pad(middle, (1, 1, 1, 1), mode="replicate")
    dx, dy = (padded[..., 1:-1, 2:] - padded[..., 1:-1, :-2]) / 2, (padded[..., 2:, 1:-1] - padded[..., :-2, 1:-1]) / 2

    def around(product: Tensor) -> Tensor:
        return F.avg_pool2d(F.avg_pool2d(product, 4), 3, 1, 1, count_include_pad=False)

    xx, yy, xy = around(dx * dx) + 1e-4, around(dy * dy) + 1e-4, around(dx * dy)
    xt, yt = around(dx * change), around(dy * change)
    area = xx * yy - xy * xy
    moves = [(xy * yt - yy * xt) / area, (xy * xt - xx * yt) / area]
    return torch.cat([*(move.clamp(-3, 3) for move in moves), (xx + yy).mean(1, keepdim=True).log() + 5], 1)


def sight(clips: Tensor, sharp: int = 1) -> Tensor:
    """What the judge looks at of clips, uint8 (B, T, 3, H, W) of 1 or 17 frames: (B, K, 3, h, w) in 0..1.

    Every second frame, scaled to the area of 112 x 64 pixels with sides that are multiples of 16; `sharp` times those.
    """
    height, width = clips.shape[-2:]
    h = 16 * max(1, round(math.sqrt(AREA * height / width) / 16))
    w = 16 * max(1, round(math.sqrt(AREA * width / height) / 16))
    frames = clips[:, ::STRIDE].flatten(0, 1).float() / 255
    size = (sharp * h, sharp * w)
    small = F.interpolate(frames, size=size, mode="bilinear", antialias=True, align_corners=False)
    return small.unflatten(0, (clips.shape[0], -1))


def sharply(clips: Tensor) -> Tensor:
    """What the judge looks at of clips (B, T, 3, H, W), of 1 or 17 frames, to see who it is: the first, the middle and
    the last of what `sight` gives, at twice the sides, (B, P, 3, 2h, 2w)."""
    return sight(clips[:, :: max(1, (clips.shape[1] - 1) // (2 * STRIDE))], SHARP)


def _seconds(clip: Tensor, fps: int) -> Tensor:
    """A clip (T, 3, H, W) at 16 frames a second, filled up with its last frame to 17."""
    length = max(1, round((len(clip) - 1) * FPS / fps) + 1)
    at = torch.arange(max(length, SPAN)).clamp(max=length - 1) * fps / FPS
    return clip[at.round().long().clamp(max=len(clip) - 1)]


def _spans(clip: Tensor, fps: int, most: int) -> list[Tensor]:
    """Seconds of a clip (T, 3, H, W) at 16 frames a second, 17 frames each, spread evenly from its start to its end."""
    whole = _seconds(clip, fps)
    length = max(1, round((len(clip) - 1) * FPS / fps) + 1)
    count = min(most, max(1, length // SPAN))
    starts = [round(i * (len(whole) - SPAN) / max(1, count - 1)) for i in range(count)]
    return [whole[start : start + SPAN] for start in starts]
