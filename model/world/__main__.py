"""The command line of the world: `python -m model.world vocabulary | art | preview | sheet | caption | lexicon`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from model.world.vocabulary import VOCABULARY


def _sheet(out: Path, first: int, columns: int, rows: int) -> None:
    """A contact sheet of stills of scenes first, first + 1, ..."""
    import torch
    from PIL import Image

    from model.world.art import Art
    from model.world.render import Renderer
    from model.world.scene import sample_scene

    renderer = Renderer(Art(), 448, 256)
    frames = [renderer.clips([sample_scene(first + i)], 1)[0, 0] for i in range(columns * rows)]
    lines = [torch.cat(frames[r * columns : (r + 1) * columns], 2) for r in range(rows)]
    Image.fromarray(torch.cat(lines, 1).permute(1, 2, 0).numpy()).save(out)


def _packed(done: int, of: int) -> None:
    """A line now and then."""
    if done % 25 == 0 or done == of:
        print(f"{done} of {of} packed", flush=True)


def _preview(args: argparse.Namespace) -> int:
    """Write a preview; 2 when the size is not one, 3 when the art is missing."""
    from model.world.art import Art, ArtError
    from model.world.preview import Preview, preview

    width, _, height = args.size.partition("x")
    if not (width.isdigit() and height.isdigit() and 16 <= int(width) <= 4096 and 16 <= int(height) <= 4096):
        sys.stderr.write(f"a size is WIDTHxHEIGHT in pixels, from 16 to 4096, like 448x256; got {args.size!r}\n")
        return 2
    if args.count < 1 or not 0 < args.seconds <= 60:
        sys.stderr.write("a preview has at least 1 clip, of more than 0 and at most 60 seconds\n")
        return 2
    wanted = Preview(args.count, int(width), int(height), args.seconds, args.kind, args.first)
    try:
        written = preview(wanted, args.out, Art(args.art), lambda line: print(line, flush=True))
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"cannot write to {args.out} ({error.strerror}); give a folder that can be written to\n")
        return 2
    except ArtError as error:
        sys.stderr.write(f"{error}\n")
        return 3
    print(f"{len(written)} files in {args.out}")
    return 0


def _lexicon(folder: Path) -> int:
    """Make the lexicon; 2 when the folder does not hold WordNet."""
    from model.world.lexicon import FILE
    from model.world.lexicon_make import write

    try:
        count = write(folder)
    except OSError as error:
        sys.stderr.write(f"{folder} is not WordNet's folder `dict`: {error.filename}: {error.strerror}\n")
        return 2
    except ValueError as error:
        sys.stderr.write(f"{folder}: {error}\n")
        return 2
    sys.stdout.write(f"{count} words in {FILE}\n")
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 2 the input is wrong."""
    parser = argparse.ArgumentParser(prog="python -m model.world", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("vocabulary", help="print what can be asked for, as JSON")
    art = commands.add_parser("art", help="fetch the art that rendering needs, once")
    art.add_argument("--cast", action="store_true", help="also write the picture of each subject that comes along")
    look = commands.add_parser("preview", help="contact sheet and MP4s of what the world shows")
    look.add_argument("out", type=Path, help="a folder")
    look.add_argument("--count", type=int, default=24, help="how many clips at most")
    look.add_argument("--size", default="448x256", help="WIDTHxHEIGHT")
    look.add_argument("--seconds", type=float, default=2.0)
    look.add_argument("--kind", help="place, subject, style, weather, camera, action, story or outside; by lot if none")
    look.add_argument("--first", type=int, default=0, help="the first seed")
    look.add_argument(
        "--art", type=Path, help="a folder of pictures; what was fetched, or the committed few, otherwise"
    )
    sheet = commands.add_parser("sheet", help="a contact sheet of scenes")
    sheet.add_argument("out", type=Path)
    sheet.add_argument("--first", type=int, default=0)
    sheet.add_argument("--grid", default="4x6", help="columns x rows")
    words = commands.add_parser("caption", help="captions of scenes")
    words.add_argument("first", type=int)
    words.add_argument("--count", type=int, default=10)
    lexicon = commands.add_parser("lexicon", help="make the lexicon of further words from WordNet's files")
    lexicon.add_argument("wordnet", type=Path, help="WordNet's folder `dict`, with data.noun in it")
    args = parser.parse_args(argv)
    if args.command == "vocabulary":
        sys.stdout.write(
            json.dumps({kind: [asdict(t) for t in terms] for kind, terms in VOCABULARY.items()}, indent=1) + "\n"
        )
    elif args.command == "art":
        from model.world.art import CACHE, PICTURES, ArtError, fetch, pack, pack_cast

        try:
            count = pack(fetch(), CACHE / "art", workers=os.cpu_count() or 1, on_each=_packed)
            if args.cast:
                pack_cast(CACHE / "art", PICTURES)
        except ArtError as error:
            sys.stderr.write(f"{error}\n")
            return 3
        sys.stdout.write(f"{count} subjects and props in {CACHE / 'art'}\n")
    elif args.command == "preview":
        return _preview(args)
    elif args.command == "sheet":
        _sheet(args.out, args.first, *(int(n) for n in args.grid.split("x")))
    elif args.command == "lexicon":
        return _lexicon(args.wordnet)
    else:
        from model.world.captions import caption
        from model.world.scene import sample_scene

        for seed in range(args.first, args.first + args.count):
            sys.stdout.write(caption(sample_scene(seed), seed) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
