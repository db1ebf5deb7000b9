"""A clean plate: the place in some frames, without those who are seen in them.

As on a film set: where anybody stood in one frame and not in another, the other shows what is behind them; what nobody
ever left is filled from around it, coarse to fine ("The pull-push algorithm revisited", Kraus 2009).
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

SPREAD = 1 / 15  # of the height: what is seen has a soft edge and a shadow
STEADY = 5.0  # grey levels by which the place may differ from frame to frame and the camera still count as still

Frames = NDArray[np.uint8]


def plate(frames: Frames, seen: NDArray[np.bool_]) -> tuple[Frames, NDArray[np.bool_]]:
    """The place (H, W, 3) as the last of some frames (t, H, W, 3) shows it, and where it is not seen in any, (H, W).
    seen: where somebody is in them, (t, H, W)."""
    pixels = torch.tensor(frames).permute(0, 3, 1, 2).float()  # (t, 3, H, W)
    reach = max(1, round(seen.shape[1] * SPREAD / 2))
    hidden = F.max_pool2d(torch.tensor(seen)[:, None].float(), 2 * reach + 1, 1, reach) > 0
    open_ = ~(hidden[0] | hidden[-1]).expand(3, -1, -1)
    if not open_.any() or (pixels[0] - pixels[-1]).abs()[open_].mean() > STEADY:
        pixels, hidden = pixels[-1:], hidden[-1:]
    shown = pixels.masked_fill(hidden, torch.nan).nanmedian(0).values  # (3, H, W): what falls is not there for long
    known = ~shown.isnan()[:1]
    filled = _filled(shown.nan_to_num(127.0), known.float())
    picture = np.ascontiguousarray(filled.round().clamp(0, 255).byte().permute(1, 2, 0).numpy())
    return picture, ~known[0].numpy()


def joined(picture: Frames, drawn: Frames, hidden: NDArray[np.bool_]) -> Frames:
    """A picture (H, W, 3) with what is hidden in it (H, W) as it is drawn, in the colours of what is around it."""
    known = torch.from_numpy(~hidden)[None].float()
    kept, made = (torch.tensor(each).permute(2, 0, 1).float() for each in (picture, drawn))
    off = _filled((kept - made) * known, known)
    found = torch.where(known > 0, kept, made + off)
    return np.ascontiguousarray(found.round().clamp(0, 255).byte().permute(1, 2, 0).numpy())


def _filled(picture: Tensor, weight: Tensor) -> Tensor:
    """A picture (3, H, W) with what has no weight (1, H, W) filled from around it."""
    if min(picture.shape[1:]) < 2 or bool((weight > 0).all()):
        return picture
    part = F.avg_pool2d(weight[None], 2, ceil_mode=True)[0]
    small = F.avg_pool2d((picture * weight)[None], 2, ceil_mode=True)[0] / part.clamp(min=1e-6)
    below = _filled(torch.where(part > 0, small, 127.0), (part > 0).float())
    wide = F.interpolate(below[None], picture.shape[1:], mode="bilinear", align_corners=False)[0]
    return torch.where(weight > 0, picture, wide)
