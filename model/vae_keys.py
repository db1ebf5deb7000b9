"""Key layouts, shapes and published statistics of the Wan video autoencoders.

The own layout is that of the original files (Wan2.1_VAE.pth, Wan2.2_VAE.pth). Diffusers groups blocks into stages; for
2.1 that means counting, for 2.2 the stages are there already. Source: diffusers scripts/convert_wan_to_diffusers.py.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from torch import Tensor

from model.errors import WeightsError

# Diffusers name -> original name, in this order; stages of the decoder and of 2.2 are counted below.
_RENAMES: tuple[tuple[str, str], ...] = (
    (r"^quant_conv\.", "conv1."),
    (r"^post_quant_conv\.", "conv2."),
    (r"^(encoder|decoder)\.conv_in\.", r"\1.conv1."),
    (r"^(encoder|decoder)\.norm_out\.", r"\1.head.0."),
    (r"^(encoder|decoder)\.conv_out\.", r"\1.head.2."),
    (r"\.mid_block\.resnets\.0\.", ".middle.0."),
    (r"\.mid_block\.attentions\.0\.", ".middle.1."),
    (r"\.mid_block\.resnets\.1\.", ".middle.2."),
    (r"\.conv_shortcut\.", ".shortcut."),
    (r"\.norm1\.gamma$", ".residual.0.gamma"),
    (r"\.conv1\.(weight|bias)$", r".residual.2.\1"),
    (r"\.norm2\.gamma$", ".residual.3.gamma"),
    (r"\.conv2\.(weight|bias)$", r".residual.6.\1"),
)
_STATISTICS: Mapping[int, tuple[str, str]] = MappingProxyType(
    {
        16: (
            "-0.7571 -0.7089 -0.9113 0.1075 -0.1745 0.9653 -0.1517 1.5508 0.4134 -0.0715 0.5517 -0.3632 -0.1922 "
            "-0.9497 0.2503 -0.2921",
            "2.8184 1.4541 2.3275 2.6558 1.2196 1.7708 2.6052 2.0743 3.2687 2.1526 2.8652 1.5579 1.6382 1.1253 2.8251 "
            "1.9160",
        ),
        48: (
            "-0.2289 -0.0052 -0.1323 -0.2339 -0.2799 0.0174 0.1838 0.1557 -0.1382 0.0542 0.2813 0.0891 0.1570 -0.0098 "
            "0.0375 -0.1825 -0.2246 -0.1207 -0.0698 0.5109 0.2665 -0.2108 -0.2158 0.2502 -0.2055 -0.0322 0.1109 "
            "0.1567 -0.0729 0.0899 -0.2799 -0.1230 -0.0313 -0.1649 0.0117 0.0723 -0.2839 -0.2083 -0.0520 0.3748 "
            "0.0152 0.1957 0.1433 -0.2944 0.3573 -0.0548 -0.1681 -0.0667",
            "0.4765 1.0364 0.4514 1.1677 0.5313 0.4990 0.4818 0.5013 0.8158 1.0344 0.5894 1.0901 0.6885 0.6165 0.8454 "
            "0.4978 0.5759 0.3523 0.7135 0.6804 0.5833 1.4146 0.8986 0.5659 0.7069 0.5338 0.4889 0.4917 0.4069 0.4999 "
            "0.6866 0.4093 0.5709 0.6065 0.6415 0.4944 0.5726 1.2042 0.5458 1.6887 0.3971 1.0600 0.3943 0.5537 0.5444 "
            "0.4089 0.7468 0.7744",
        ),
    }
)


def published(channels: int) -> tuple[list[float], list[float]]:
    """Mean and deviation of each latent channel as published for 16 (2.1) and 48 (2.2) channels; else 0 and 1."""
    if channels not in _STATISTICS:
        return [0.0] * channels, [1.0] * channels
    mean, std = ([float(number) for number in row.split()] for row in _STATISTICS[channels])
    return mean, std


def to_original_layout(sd: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Name the tensors as the original files do; keys that are already so, or unknown, stay as they are."""
    if not any(".mid_block." in key for key in sd):
        return dict(sd)
    blocks = 1 + max((int(m[1]) for key in sd if (m := re.search(r"up_blocks\.0\.resnets\.(\d+)\.", key))), default=2)
    return {original_name(key, blocks, _is_residual(sd)): value for key, value in sd.items()}


def original_name(key: str, blocks: int, residual: bool) -> str:
    """The original name of a tensor in the Diffusers layout; `blocks` are those of a stage of the decoder."""
    key = key if re.match(r"(encoder|decoder)\.conv\d", key) else _renamed(key)
    key = re.sub(r"\.down_blocks\.(\d+)\.resnets\.", r".downsamples.\1.downsamples.", key)
    key = re.sub(r"\.down_blocks\.(\d+)\.downsampler\.", rf".downsamples.\1.downsamples.{blocks - 1}.", key)
    key = re.sub(r"\.down_blocks\.(\d+)\.", r".downsamples.\1.", key)
    if residual:
        key = re.sub(r"\.up_blocks\.(\d+)\.resnets\.", r".upsamples.\1.upsamples.", key)
        return re.sub(r"\.up_blocks\.(\d+)\.upsampler\.", rf".upsamples.\1.upsamples.{blocks}.", key)

    def counted(found: re.Match[str]) -> str:
        inside = blocks if found[2] == "upsamplers" else int(found[3])
        return f".upsamples.{int(found[1]) * (blocks + 1) + inside}."

    return re.sub(r"\.up_blocks\.(\d+)\.(resnets|upsamplers)\.(\d+)\.", counted, key)


def _renamed(key: str) -> str:
    for pattern, replacement in _RENAMES:
        if re.search(pattern, key):
            key = re.sub(pattern, replacement, key)
            if pattern.startswith("^"):
                return key
    return key


def _is_residual(sd: Mapping[str, Tensor]) -> bool:
    return any(re.search(r"down_blocks\.\d+\.resnets\.|downsamples\.\d+\.downsamples\.", key) for key in sd)


def geometry(sd: Mapping[str, Tensor]) -> dict[str, Any]:
    """Fields of `WanVAEConfig` read from the tensors of the original layout. Raises WeightsError."""
    needed = ("encoder.conv1.weight", "decoder.conv1.weight", "decoder.head.2.weight", "conv2.weight")
    missing = [key for key in needed if key not in sd]
    if missing:
        raise WeightsError(f"these are not the weights of a Wan video autoencoder: no {', '.join(missing)}")
    residual, base = _is_residual(sd), int(sd["encoder.conv1.weight"].shape[0])
    stages = _residual_stages(sd) if residual else _plain_stages(sd)
    if not stages:
        raise WeightsError("these are not the weights of a Wan video autoencoder: no stages in the encoder")
    return {
        "base": base,
        "decoder_base": int(sd["decoder.head.2.weight"].shape[1]),
        "latent_channels": int(sd["conv2.weight"].shape[0]),
        "factors": tuple(width // base for width, _, _ in stages),
        "blocks": stages[0][1],
        "time": tuple(time for _, _, time in stages[:-1]),
        "residual": residual,
        "patch": math.isqrt(int(sd["encoder.conv1.weight"].shape[1]) // 3),
    }


def _plain_stages(sd: Mapping[str, Tensor]) -> list[tuple[int, int, bool]]:
    """(width, blocks, changes time) of each stage of an encoder whose parts stand in one row."""
    stages, blocks, width, index = list[tuple[int, int, bool]](), 0, 0, 0
    while True:
        name = f"encoder.downsamples.{index}"
        if f"{name}.residual.2.weight" in sd:
            blocks, width = blocks + 1, int(sd[f"{name}.residual.2.weight"].shape[0])
        elif f"{name}.resample.1.weight" in sd:
            stages.append((width, blocks, f"{name}.time_conv.weight" in sd))
            blocks = 0
        else:
            return [*stages, (width, blocks, False)] if blocks else stages
        index += 1


def _residual_stages(sd: Mapping[str, Tensor]) -> list[tuple[int, int, bool]]:
    """The same of an encoder whose stages are residual."""
    stages, index = list[tuple[int, int, bool]](), 0
    while f"encoder.downsamples.{index}.downsamples.0.residual.2.weight" in sd:
        name, blocks = f"encoder.downsamples.{index}.downsamples", 0
        while f"{name}.{blocks}.residual.2.weight" in sd:
            blocks += 1
        width = int(sd[f"{name}.0.residual.2.weight"].shape[0])
        stages.append((width, blocks, f"{name}.{blocks}.time_conv.weight" in sd))
        index += 1
    return stages
