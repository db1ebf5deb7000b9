"""Plans: how a large model is kept in memory, from the quickest to the smallest, and what each needs. No torch.

What is estimated here is counted from the geometry; a machine that has shot with a plan knows better and says how far
off the count was (`corrections`, measured over counted), so that estimates become this machine's own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from model import headers, published
from model.catalog import CatalogEntry
from model.config import PRESETS, DiTConfig
from model.errors import RequestError, WeightsError

SPARE = 0.92  # of what is free, how much may be planned with: allocators leave holes
_WORK = 600_000_000  # bytes of kernels, contexts and small buffers
_HELD_BLOCKS = 2  # of a streamed transformer on the device: one that works, and one that comes
_TEXT_BYTES = 11_362_000_000  # UMT5-XXL, 5.681 B parameters in bfloat16
# Encoder in full and decoder in half precision; on a CPU both are in full. Parameters: 149.6 M and 555 M (2.2), 53.6 M
# and 73.3 M (2.1).
_VAE = {"wan2.2": (149_600_000, 555_000_000), "wan2.1": (53_600_000, 73_300_000)}
# Values for each pixel of a frame that decoding holds at its widest, mostly what every convolution looks back on:
# whole, and in strips; then what waits in the host's memory for them. Counted by the decoder itself, on no device.
_DECODED = {"wan2.2": (3120, 1960), "wan2.1": (3960, 2540)}
_WAITING = {"wan2.2": 2080, "wan2.1": 2500}
_TEXT_ROWS = 512  # of each prompt, of which every block keeps keys and values
_CONTROL_SHARE = 0.5  # VACE has a second stack with half as many blocks


@dataclass(frozen=True, slots=True)
class Plan:
    """One way to keep a model in memory.

    keep_text    the text encoder stays; else it is let go once a prompt was read
    text_on_host the text encoder reads on the CPU: slower, and only for words that are new
    strips       bands of rows that the decoder's fine stages are cut into
    streamed     the transformer's blocks stay in the host's memory and come to the device one by one
    one_by_one   what is guided away from is sampled after the prompt, not beside it
    """

    name: str
    title: str
    keep_text: bool = False
    text_on_host: bool = False
    strips: int = 1
    streamed: bool = False
    one_by_one: bool = False


PLANS: tuple[Plan, ...] = (
    Plan("whole", "everything stays in the GPU's memory", keep_text=True),
    Plan("lean", "the text encoder is let go after use"),
    Plan("split", "the text encoder reads on the CPU", text_on_host=True),
    Plan("strips", "the text encoder reads on the CPU, guidance comes one by one, the clip is developed in strips",
         text_on_host=True, one_by_one=True, strips=4),
    Plan("streamed", "besides, the transformer's blocks come from the computer's memory one by one",
         text_on_host=True, one_by_one=True, strips=4, streamed=True),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Weights:
    """Bytes of a model's parts where they are computed with: transformer, its largest block, autoencoder, text."""

    transformer: int
    block: int
    vae: int
    text: int


@dataclass(frozen=True, slots=True)
class Need:
    """The most bytes that a shot needs with a plan: on the device, and in the host's memory."""

    plan: Plan
    device: int
    host: int

    def fits(self, device: int, host: int) -> bool:
        """Whether it fits into what is free there."""
        return self.device <= device * SPARE and self.host <= host * SPARE


@dataclass(frozen=True, slots=True)
class Choice:
    """The plan that was chosen, what each needs, and whether the chosen one fits."""

    plan: Plan
    needs: tuple[Need, ...]
    fits: bool

    @property
    def need(self) -> Need:
        """What the chosen plan needs."""
        return next(need for need in self.needs if need.plan is self.plan)

    @property
    def smaller(self) -> Plan | None:
        """The next smaller plan; None for the smallest."""
        return below(self.plan.name)


def named(name: str) -> Plan:
    """A plan by name. Raises RequestError that names the nearest."""
    for plan in PLANS:
        if plan.name == name:
            return plan
    raise RequestError("plan", name, "auto", f"use auto, {', '.join(plan.name for plan in PLANS)}")


def below(name: str) -> Plan | None:
    """The next smaller plan than one; None for the smallest."""
    at = PLANS.index(named(name))
    return PLANS[at + 1] if at + 1 < len(PLANS) else None


def has_plans(entry: CatalogEntry) -> bool:
    """Whether there is anything to choose: small models are always whole."""
    return entry.family != "storybook"


def weigh(entry: CatalogEntry, *, half: bool = True) -> Weights:
    """What a published model's parts weigh. `half`: on an accelerator, in bfloat16; else in full precision.

    Raises ModelError for a model that nobody published.
    """
    shape, control = geometry(entry)
    size = 2 if half else 4
    block, rest = _block(shape), _rest(shape)
    blocks = shape.layers * block * (1 + (_CONTROL_SHARE if control else 0.0))
    counted = _values(entry, "transformer") or int(blocks + rest)
    vae = _values(entry, "vae") or sum(_VAE[entry.family[:6]])
    encoder = vae * _VAE[entry.family[:6]][0] // sum(_VAE[entry.family[:6]])
    return Weights(
        transformer=counted * size,
        block=block * size,
        vae=encoder * 4 + (vae - encoder) * size,
        text=2 * _values(entry, "text") or _TEXT_BYTES,
    )


def _values(entry: CatalogEntry, role: str) -> int:
    """How many numbers a part holds, as its files' headers say; 0 while it is not here, or cannot be read."""
    place = entry.parts.get(role)
    if place is None:
        return 0
    try:
        return sum(math.prod(shape) for shape in headers.read_all(headers.shards(place)).values())
    except WeightsError:
        return 0


def geometry(entry: CatalogEntry) -> tuple[DiTConfig, bool]:
    """The transformer's shape, and whether it has a second stack for control: as its files say where they are here.

    Raises ModelError for a model that nobody published.
    """
    place = entry.parts.get("transformer")
    if place is not None:
        found = _read(place)
        if found is not None:
            return found
    model = published.model(entry.name.split(":", 1)[0])
    if model.preset:
        return PRESETS[model.preset], False
    return PRESETS["wan2.1-t2v-14b" if model.name.endswith("14b") else "wan2.1-t2v-1.3b"], True


def _read(place: Path) -> tuple[DiTConfig, bool] | None:
    """The geometry that a transformer's files have; None when they cannot be read."""
    from model.detect import plain_names

    try:
        names = plain_names(headers.read_all(headers.shards(place)))
        dim, channels, p, q, r = names["patch_embedding.weight"]
        blocks = {key.split(".")[1] for key in names if key.startswith("blocks.")}
        ffn = names.get("blocks.0.ffn.0.weight") or names["blocks.0.ffn.net.0.proj.weight"]
        text = names.get("text_embedding.0.weight") or names["condition_embedder.text_embedder.linear_1.weight"]
        shape = DiTConfig(
            channels, channels, dim, max(1, dim // 128), len(blocks), ffn[0], text[1], patch=(p, q, r)
        )
    except (WeightsError, KeyError, ValueError, IndexError):
        return None
    return shape, any(key.startswith("vace_blocks.") for key in names)


def need_on_cpu(entry: CatalogEntry, width: int, height: int, frames: int, guidance: float = 1.0) -> int:
    """Bytes that a shot needs where there is no accelerator: everything in full precision in one memory."""
    weights, (shape, _) = weigh(entry, half=False), geometry(entry)
    still = weights.transformer + weights.vae + _WORK
    sampling = 2 * _sampling(entry, shape, width, height, frames, 1 if guidance == 1 else 2)
    developing = _DECODED[entry.family[:6]][0] * width * height * 4
    return still + max(weights.text, sampling, developing)


def need(
    entry: CatalogEntry, plan: Plan, width: int, height: int, frames: int, guidance: float = 1.0, *,
    cached: bool = False,
) -> Need:  # fmt: skip
    """What a shot needs with a plan on an accelerator: the most of reading the prompt, sampling and developing.

    `cached`: what blocks added is kept from step to step, for every prompt.
    """
    weights, (shape, _) = weigh(entry), geometry(entry)
    held = weights.transformer
    if plan.streamed:
        held = min(held, _rest(shape) * 2 + _HELD_BLOCKS * weights.block)
    still = held + weights.vae + (weights.text if plan.keep_text else 0) + _WORK
    reading = held + weights.vae + (0 if plan.text_on_host else weights.text) + _WORK
    prompts = 1 if guidance == 1 else 2
    sampling = still + _sampling(entry, shape, width, height, frames, 1 if plan.one_by_one else prompts)
    sampling += prompts * 2 * shape.layers * _TEXT_ROWS * shape.dim * 2
    if cached:
        sampling += prompts * 2 * _tokens(entry, shape, width, height, frames) * shape.dim * 2
    whole = plan.strips == 1
    developing = still + _DECODED[entry.family[:6]][0 if whole else 1] * width * height * 2
    host = (weights.transformer if plan.streamed else 0) + (weights.text if plan.text_on_host else 0)
    host += 0 if whole else _WAITING[entry.family[:6]] * width * height * 2
    return Need(plan, max(reading, sampling, developing), host + weights.block + _WORK)


def choose(
    entry: CatalogEntry,
    size: tuple[int, int, int],
    free: tuple[int, int],
    *,
    guidance: float = 1.0,
    asked: str = "auto",
    corrections: Mapping[str, float] | None = None,
    cached: bool = False,
) -> Choice:
    """The first plan that fits, or the one that was asked for.

    `size` is (width, height, frames), `free` (bytes on the device, bytes of the host), `corrections` plan name ->
    measured over counted on this machine, `cached` as for `need`. Where nothing fits the smallest is chosen, and the
    choice says so.
    """
    factors = corrections or {}
    counted = (need(entry, plan, *size, guidance, cached=cached) for plan in PLANS)
    needs = tuple(Need(n.plan, int(n.device * factors.get(n.plan.name, 1.0)), n.host) for n in counted)
    if asked != "auto":
        wanted = named(asked)
        return Choice(wanted, needs, next(n for n in needs if n.plan is wanted).fits(*free))
    for one in needs:
        if one.fits(*free):
            return Choice(one.plan, needs, True)
    return Choice(needs[-1].plan, needs, False)


def _sampling(entry: CatalogEntry, shape: DiTConfig, width: int, height: int, frames: int, batch: int) -> int:
    """Bytes of one forward beside the weights: the latents' tokens, at the widest moment of a block.

    Alive then are the tokens themselves and their copy in float32, queries, keys and values or the feed-forward's two
    hidden states, in two bytes a value.
    """
    tokens = _tokens(entry, shape, width, height, frames)
    widest = max(2 * 2 * shape.ffn_dim, 2 * 4 * shape.dim)
    return batch * tokens * (2 * shape.dim + 4 * shape.dim + 2 * 2 * shape.dim + widest)


def _tokens(entry: CatalogEntry, shape: DiTConfig, width: int, height: int, frames: int) -> int:
    _, rows, columns = shape.patch
    side = 16 if entry.family.startswith("wan2.2") else 8
    return min(1 + (frames - 1) // 4, entry.limits.window) * (height // side // rows) * (width // side // columns)


def _block(shape: DiTConfig) -> int:
    """Parameters of one block: two attentions of four matrices, the feed-forward, norms and modulation."""
    dim = shape.dim
    return 2 * (4 * dim * dim + 6 * dim) + 2 * dim * shape.ffn_dim + shape.ffn_dim + dim + 2 * dim + 6 * dim


def _rest(shape: DiTConfig) -> int:
    """Parameters outside the blocks: patches, text and time MLPs, head."""
    dim, volume = shape.dim, shape.patch[0] * shape.patch[1] * shape.patch[2]
    text = shape.text_dim * dim + dim * dim
    time = shape.freq_dim * dim + dim * dim + 6 * dim * dim
    ends = volume * (shape.in_channels + shape.out_channels) * dim
    return text + time + ends + 14 * dim
