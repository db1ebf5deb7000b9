"""`python -m studio`: the commands and their flags. What they do is in `verbs`, `orders`, `bench` and `doctor`.

Exit codes: 0 done, 1 the answer is no, 2 the input is wrong (one line says how to mend it), 3 it failed.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import studio
from studio.console import Console
from studio.direction import KINDS
from studio.errors import NotFound, SettingsError, ShotError, StudioError
from studio.settings import Settings
from studio.tools import flags

TOOLS = {
    "extend": "make a clip longer, forward or backward",
    "loop": "lead the end of a clip back to its start",
    "blend": "let one clip become another",
    "interpolate": "make new frames from the end of one clip to the start of another",
    "remix": "draw a clip again, from near to far",
    "recut": "keep a span of a clip, cut one out, or draw one anew",
    "upscale": "make the picture larger",
    "smooth": "more frames a second",
    "vary": "the same shot or work with other seeds",
}
Verb = Callable[[argparse.Namespace, Console], int]


class _Usage(Exception):
    """The command line itself is wrong."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise _Usage(f"{message} (see {self.prog} --help)")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    console = Console("--json" in given)
    try:
        options = _parser().parse_args(given)
        verb: Verb = options.verb
        with _log_file():
            return verb(options, console)
    except _Usage as error:
        console.refuse(str(error))
        return 2
    except ShotError as error:
        console.refuse(str(error), field=error.field, suggestion=error.suggestion)
        return 2
    except (SettingsError, NotFound) as error:
        console.refuse(str(error))
        return 2
    except StudioError as error:
        console.refuse(str(error))
        return 3
    except KeyboardInterrupt:
        console.say("Stopped.")
        return 3


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m studio", description="Auteur without a browser.")
    parser.add_argument("--version", action="version", version=f"Auteur {studio.__version__}")
    verbs = parser.add_subparsers(title="commands", required=True, metavar="COMMAND", parser_class=_Parser)
    _add_shoot(verbs)
    _add_film(verbs)
    _add_tools(verbs)
    _add_checks(verbs)
    _add_queue(verbs)
    _add_machine(verbs)
    return parser


def _add(verbs: argparse._SubParsersAction[_Parser], name: str, about: str) -> argparse.ArgumentParser:
    parser = verbs.add_parser(name, help=about, description=about, allow_abbrev=False)
    parser.add_argument("--json", action="store_true", help="the answer as one JSON object on the last line")
    parser.set_defaults(verb=_late(name))
    return parser


def _late(name: str) -> Verb:
    """The function behind a command, imported when it runs: `--help` needs no ffmpeg and no c2pa."""

    def run(options: argparse.Namespace, console: Console) -> int:
        if name == "bench":
            from studio import bench

            return bench.run(options, console)
        if name == "doctor":
            from studio import doctor

            return doctor.run(options, console)
        if name == "identity":
            from studio import identities

            return identities.identity(options, console)
        if name == "policy":
            from studio import policy_verb

            return policy_verb.policy(options, console)
        if name == "models":
            from studio import models_cli

            return models_cli.models(options, console)
        if name in TOOLS:
            from studio.tools.verb import work

            return work(options, console)
        if name == "film":
            from studio.films.verb import film

            return film(options, console)
        from studio import orders, verbs

        verb: Verb = getattr(orders if name in ("queue", "mend") else verbs, name)
        return verb(options, console)

    return run


def _add_shoot(verbs: argparse._SubParsersAction[_Parser]) -> None:
    shoot = _add(verbs, "shoot", "render one shot and sign it")
    shoot.add_argument("prompt", metavar="PROMPT")
    shoot.add_argument("--out", type=Path, metavar="clip.mp4", help="where a copy of the clip goes")
    shoot.add_argument("--model", default="storybook")
    shoot.add_argument("--size", default="landscape", help="landscape, portrait, square or WxH")
    shoot.add_argument("--seconds", type=float, default=4.0)
    shoot.add_argument("--seed", type=int, help="the same seed gives the same clip on the same machine")
    shoot.add_argument("--steps", type=int)
    shoot.add_argument("--guidance", type=float)
    shoot.add_argument("--negative", default="", metavar="TEXT", help="what should not be seen")
    shoot.add_argument("--image", type=Path, metavar="first.png", help="the first frame")
    shoot.add_argument("--last", type=Path, metavar="last.png", help="the last frame")
    shoot.add_argument("--frames", type=Path, nargs="+", metavar="FILE", help="pictures over the shot, or one clip")
    shoot.add_argument("--cast", type=Path, nargs="+", default=(), metavar="FILE", help="pictures of who is in it")
    about = "a clip or picture that the whole shot is made after (VACE models)"
    shoot.add_argument("--control", type=Path, metavar="FILE", help=about)
    about = "white where the control is drawn anew, black where it is kept: a picture or a clip"
    shoot.add_argument("--mask", type=Path, metavar="FILE", help=about)
    shoot.add_argument("--outpaint", action="store_true", help="show the control whole, and draw what is around it")
    for kind in KINDS:
        shoot.add_argument(f"--{kind}", help=f"{kind}, in the model's words")
    _add_ways(shoot)
    about = "approximate: leave blocks out while the first one changes by less than X (0.05 to 0.2; 0 is off)"
    shoot.add_argument("--block-cache", type=float, default=0.0, metavar="X", help=about)
    about = "approximate: the part of the steps, from the first, that is guided (0.1 to 1; 1 is all)"
    shoot.add_argument("--guided", type=float, default=1.0, metavar="PART", help=about)
    shoot.add_argument("--consent", action="store_true", help="the people in the given pictures are you or agreed")
    shoot.add_argument("--accept-rewrite", action="store_true", help="shoot the policy's wording where it has one")


def _add_ways(order: argparse.ArgumentParser) -> None:
    """How a large model makes it, for this order alone; what is left out is as in the settings."""
    order.add_argument("--plan", default="auto", help="how a large model is kept in memory: auto, or whole to streamed")
    about = "develop the clip in full, or fast by a small autoencoder: approximate, a little softer"
    order.add_argument("--develop", default="auto", metavar="full|fast", help=about)
    about = "compile a large model's blocks: slow at first, quicker after some clips of one size"
    order.add_argument("--compile", action=argparse.BooleanOptionalAction, default=None, help=about)


def _add_film(verbs: argparse._SubParsersAction[_Parser]) -> None:
    film = _add(verbs, "film", "render a film from its film.yaml, cut it together and sign it")
    film.add_argument("file", type=Path, metavar="film.yaml", help="or the zip of a film")
    film.add_argument("--out", type=Path, metavar="film.mp4", help="where the film goes")
    film.add_argument("--shape", metavar="16:9|9:16|1:1", help="another shape; the crop follows the subject")
    film.add_argument("--preset", metavar="NAME", help="youtube, shorts, square, post, gif or webp")
    film.add_argument("--fit", choices=("subject", "middle", "whole"), default="subject", help="how a crop is placed")
    film.add_argument("--otio", type=Path, metavar="film.otio", help="also for an editor's program (OpenTimelineIO)")
    film.add_argument("--zip", type=Path, metavar="film.zip", help="also as one file that moves with its takes")
    about = "also shoot every prompt on its own, and say how well each of the two films keeps its characters"
    film.add_argument("--compare-independent", action="store_true", help=about)
    _add_ways(film)
    film.add_argument("--accept-rewrite", action="store_true", help="shoot the policy's wording where it has one")


def _add_tools(verbs: argparse._SubParsersAction[_Parser]) -> None:
    for name, about in TOOLS.items():
        flags.add(_add(verbs, name, about), name)


def _add_checks(verbs: argparse._SubParsersAction[_Parser]) -> None:
    verify = _add(verbs, "verify", "say who made a file, and whether it was changed since")
    verify.add_argument("file", type=Path, metavar="FILE")
    identity = _add(verbs, "identity", "who this studio signs as; change it, or take it to another machine")
    identity.add_argument("what", nargs="?", choices=("show", "rotate", "use", "export"), default="show")
    identity.add_argument("--authority", action="store_true", help="rotate: a new authority too, not the key alone")
    identity.add_argument("--chain", type=Path, metavar="chain.pem", help="use: your certificate, then its authorities")
    identity.add_argument("--key", type=Path, metavar="key.pem", help="use: its private key")
    policy = _add(verbs, "policy", "say what the policy thinks of a prompt")
    policy.add_argument("text", nargs="?", metavar="TEXT")
    policy.add_argument("--file", type=Path, metavar="prompts.jsonl", help="one prompt a line")
    policy.add_argument("--mode", choices=("strict", "local"))
    policy.add_argument("--check-log", action="store_true", help="whether the audit log was changed since")
    policy.add_argument("--table", action="store_true", help="--file: count answers by each line's label and category")
    policy.add_argument("--report", metavar="REMARK", help="write down, on this machine, that this answer is a mistake")


def _add_machine(verbs: argparse._SubParsersAction[_Parser]) -> None:
    models = _add(verbs, "models", "the models one can choose: fetch them, point to them, check and remove them")
    choices = ("list", "info", "download", "point", "lora", "check", "remove")
    models.add_argument("what", nargs="?", choices=choices, default="list")
    models.add_argument("name", nargs="?", metavar="NAME", help="a model; for point and lora the file or folder")
    models.add_argument("--yes", action="store_true", help="download: agree to the size and the licence")
    models.add_argument("--as", dest="as_name", metavar="NAME", help="point: which model it is; lora: over which model")
    models.add_argument("--strength", type=float, default=1.0, help="lora: 1 is as it was trained, 0 is nothing")
    bench = _add(verbs, "bench", "measure the whole path and the model on this machine")
    bench.add_argument("--quick", action="store_true", help="without the one-minute clip")
    _add(verbs, "doctor", "what this machine can do, and what to mend")


def _add_queue(verbs: argparse._SubParsersAction[_Parser]) -> None:
    queue = _add(verbs, "queue", "what waits and what is being shot in this data folder; change it")
    choices = ("list", "stop", "keep", "pause", "resume", "first", "last", "retry", "clear", "undo")
    queue.add_argument("what", nargs="?", choices=choices, default="list")
    queue.add_argument("job", nargs="?", metavar="JOB", help="pause and resume without one mean the whole queue")
    _add(verbs, "mend", "make a damaged library whole, and find takes again that it does not know")


@contextmanager
def _log_file() -> Iterator[None]:
    """Tracebacks belong in a file of the home folder: the terminal gets one line that can be acted on."""
    handler: logging.Handler = logging.NullHandler()
    home = Settings.from_env().home
    if home.is_dir():
        handler = logging.FileHandler(home / "auteur.log", encoding="utf-8", delay=True)
    handler.setLevel(logging.WARNING)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()
