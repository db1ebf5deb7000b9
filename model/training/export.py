"""Bring trained weights into the program: `python -m model.training.export`.

Copies the autoencoder and the transformer to assets/storybook, refuses a pair that does not fit, and writes
SHA256SUMS, which `python -m studio doctor` checks. Text and judge files that are there are listed too."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from model.errors import ModelError
from model.tiny_vae import TinyVAE
from model.weights import load_dit, sha256

ASSETS = Path(__file__).resolve().parents[2] / "assets" / "storybook"


def export(vae: Path, dit: Path, out: Path) -> list[str]:
    """Copy both files and write the sums; returns the lines of SHA256SUMS. ModelError when they do not fit together."""
    channels, made = TinyVAE.load(vae).config.latent_channels, load_dit(dit)[0].config.out_channels
    if channels != made:
        raise ModelError(f"{vae} has {channels} latent channels, {dit} makes {made}: they are of different runs")
    out.mkdir(parents=True, exist_ok=True)
    for source, name in ((vae, "vae.safetensors"), (dit, "dit.safetensors")):
        shutil.copyfile(source, out / name)
        (out / name).chmod(0o644)
    files = sorted(p for p in out.rglob("*") if p.is_file() and p.name != "SHA256SUMS")
    lines = [f"{sha256(path)}  {path.relative_to(out).as_posix()}" for path in files]
    (out / "SHA256SUMS").write_text("\n".join(lines) + "\n")
    return lines


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; 2 when the files are missing or do not fit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--vae", type=Path, default=Path(".cache/train/vae.safetensors"))
    parser.add_argument("--dit", type=Path, default=Path(".cache/train/dit.safetensors"))
    parser.add_argument("--out", type=Path, default=ASSETS)
    args = parser.parse_args(argv)
    try:
        sys.stdout.write("\n".join(export(args.vae, args.dit, args.out)) + "\n")
    except ModelError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
