"""The flags of the commands that work on a clip; what they do is in `verb`, so that `--help` loads nothing heavy."""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser
from collections.abc import Callable
from pathlib import Path

from studio.work import CURVES


def add(parser: ArgumentParser, tool: str) -> None:
    """Give a command its flags."""
    parser.set_defaults(tool=tool)
    of_pictures = " or a picture" if tool == "interpolate" else ""
    parser.add_argument("clip", metavar="CLIP", help=f"the id of a take, or an MP4{of_pictures}")
    if tool in ("blend", "interpolate"):
        parser.add_argument("other", metavar="OTHER", help=f"the clip{of_pictures} that it leads to")
    _FLAGS[tool](parser)
    parser.add_argument("--consent", action="store_true", help="the people in a clip from outside are you or agreed")
    if tool in ("upscale", "smooth", "vary"):
        parser.set_defaults(accept_rewrite=False)
    else:
        parser.add_argument("--prompt", help="what the new frames show, if not the same")
        parser.add_argument("--seed", type=int)
        parser.add_argument("--steps", type=int)
        parser.add_argument("--guidance", type=float)
        parser.add_argument("--accept-rewrite", action="store_true", help="use the policy's wording where it has one")
    parser.add_argument("--out", type=Path, metavar="clip.mp4", help="where a copy of the result goes")


def _extend(parser: ArgumentParser) -> None:
    parser.add_argument("--seconds", type=float, default=4.0, help="of new frames, up to 60")
    parser.add_argument("--backward", dest="direction", action="store_const", const="backward", default=SUPPRESS,
                        help="before the clip, not after it")  # fmt: skip
    parser.add_argument("--at", type=float, metavar="SECONDS", help="go on from (or lead up to) the frame seen there")


def _loop(parser: ArgumentParser) -> None:
    parser.add_argument("--seconds", type=float, help="of new frames that lead back to the start")


def _blend(parser: ArgumentParser) -> None:
    parser.add_argument("--seconds", type=float, default=1.0, help="in which the one becomes the other")
    parser.add_argument("--curve", choices=CURVES, default="smooth")
    _strength(parser)


def _interpolate(parser: ArgumentParser) -> None:
    parser.add_argument("--seconds", type=float, default=1.0, help="of new frames between the two")


def _strength(parser: ArgumentParser) -> None:
    parser.add_argument("--strength", default="medium", help="subtle, gentle, medium, bold, strong, or above 0 up to 1")


def _recut(parser: ArgumentParser) -> None:
    for name, about in (
        ("keep", "keep this span alone"),
        ("cut", "cut this span out"),
        ("replace", "draw this span anew, meeting both ends"),
    ):
        parser.add_argument(f"--{name}", type=float, nargs=2, metavar=("FROM", "TO"), help=f"{about}; in seconds")
    parser.add_argument("--seconds", type=float, help="how long what replaces it is (as long as it was)")


def _upscale(parser: ArgumentParser) -> None:
    parser.add_argument("--factor", type=float, default=2.0, help="how many times as large, up to 4")


def _smooth(parser: ArgumentParser) -> None:
    parser.add_argument("--fps", type=int, help="frames a second (twice as many)")


def _vary(parser: ArgumentParser) -> None:
    parser.add_argument("--count", type=int, default=4, help="2, 4 or 8")


_FLAGS: dict[str, Callable[[ArgumentParser], None]] = {
    "extend": _extend, "loop": _loop, "blend": _blend, "interpolate": _interpolate, "remix": _strength,
    "recut": _recut, "upscale": _upscale, "smooth": _smooth, "vary": _vary,
}  # fmt: skip
