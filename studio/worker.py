"""Rendering one job: frames from the generator, written as they come, checked, signed, and only then a take.

Everything is made in the job's own private folder. The take's folder appears in one rename when its clip is signed, so
there is no moment at which an unsigned or half-written clip could be found.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import studio
from model.errors import Cancelled, ModelError
from studio import media, provenance, sealing, unsigned
from studio.asked import given_file, request_of
from studio.errors import DiskFull, LibraryError, StudioError
from studio.estimate import Estimator
from studio.film import Job, Take, Wish
from studio.finishing import KEY, Finish, prompt_hash
from studio.leaving import Kept, OutputCheck, save_latents, shortened, whole_clip
from studio.library import Library
from studio.measure import Stopwatch, machine
from studio.memory import Peak, ran_out
from studio.pictures import Frames
from studio.plain import plain_error
from studio.preferences import of_owner
from studio.previews import Previews
from studio.provenance import Claim, Identity, Ingredient, ProvenanceError, mark
from studio.recipe import GivenFrames, Recipe
from studio.settings import Settings
from studio.tools import credit
from studio.tools.filming import Cutting
from studio.tools.seams import Seam

if TYPE_CHECKING:
    from torch import Tensor

    from model.pipeline import Generation, GenerationRequest, Generator, StepInfo

log = logging.getLogger(__name__)

STATE = "state.safetensors"
SAVE_SECONDS = 5.0  # how much of a render may be lost when the process dies


class Rendering:
    """One job on its way to a take. `asked` says before every forward what its owner wishes by now ("": go on)."""

    def __init__(
        self,
        job: Job,
        library: Library,
        settings: Settings,
        identity: Identity,
        watch: Stopwatch,
        *,
        asked: Callable[[], Wish],
        plan: str = "",
        check: OutputCheck = whole_clip,
    ) -> None:
        self._job, self._library, self._settings, self._identity = job, library, settings, identity
        self._watch, self._asked, self._check, self._plan = watch, asked, check, plan
        self._estimator, self._memory = Estimator(library, settings.threads), Peak()
        self._wishes = of_owner(library, job.owner, settings.shared)
        self._privacy = self._wishes.privacy
        self._finish_with = Finish()
        self._folder = library.work / job.id
        veiled = settings.mode == "strict"
        self._previews = Previews(self._folder, self._preview_written, job.preview_version, veiled=veiled)
        self._fps = library.recipe(job.id).fps
        self._last_step = self._saved = time.perf_counter()
        self._step_seconds: list[float] = []
        self._kept: Tensor | None = None  # latents of the finished windows of a render that was stopped to keep them
        self._seams: tuple[Seam, ...] = ()

    def run(self, generator: Generator | None) -> Take:
        """Render, check, sign and keep. Raises Cancelled, or whatever went wrong; the job's folder goes either way.

        `generator` is None for work in which no model has a part.
        """
        keep = False
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            recipe = replace(self._library.recipe(self._job.id), machine=machine(self._settings.threads, self._plan))
            if generator is not None:
                recipe = replace(recipe, model_sha256=generator.sha256)
            held = unsigned.held(self._folder)
            if held is None:
                media.require_space(self._folder, recipe.width * recipe.height * recipe.frames // 4)
                self._stage("Reading the script" if recipe.work is None else "Looking at the clips")
                held = self._film(generator, recipe)
            return self._finish(*held, generator)
        except unsigned.Unsigned:
            keep = True  # the clip is whole: only its seal is missing
            raise
        except Cancelled:
            keep = self._asked() == "pause"  # paused or closed, not stopped: it goes on another time
            raise
        except Exception as error:
            if not isinstance(error, (DiskFull, LibraryError)) and not ran_out(error):
                raise
            # No fault of the shot's: it can be tried again from there.
            keep = (self._folder / STATE).exists() or unsigned.is_held(self._folder)
            self._clear_all_but_state()
            raise
        finally:
            self._previews.close()
            if not keep:
                shutil.rmtree(self._folder, ignore_errors=True)

    def _clear_all_but_state(self) -> None:
        for path in self._folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            elif path.name not in (STATE, *unsigned.FILES):
                path.unlink(missing_ok=True)

    def _film(self, generator: Generator | None, recipe: Recipe) -> tuple[Path, Recipe]:
        """The unsigned clip, with its latents and poster beside it, and the recipe of what is in it."""
        draft = self._folder / "draft.mp4"
        cutting: Cutting | None = None
        generation: Generation | None = None
        frames: Iterator[Frames]
        if recipe.work is not None:
            cutting = Cutting(recipe, self._library, self._job.owner, generator)
            recipe, frames = cutting.recipe, cutting.frames(partial(self._generation, generator))
        else:
            assert generator is not None
            generation = self._generation(generator, request_of(recipe, generator, self._library))
            frames = generation
        poster_at = recipe.frames // 2
        self._finish_with = Finish.chosen(self._wishes, self._settings, self._job.id)
        self._finish_with.save(self._folder)
        pictures = self._finish_with.pictures(recipe.width, recipe.height, recipe.fps, self._settings.home)
        with media.ClipWriter(draft, recipe.width, recipe.height, recipe.fps, metadata=self._notes(recipe)) as writer:
            for chunk in self._chunks(frames):
                self._give_up_if_asked()
                with self._watch.part("mark"):
                    chunk = pictures.apply(chunk)
                if writer.frames <= poster_at < writer.frames + len(chunk):
                    media.save_poster(chunk[poster_at - writer.frames], self._folder / "poster.jpg")
                with self._watch.part("encode"):
                    writer.write(chunk)
                self._memory.look()
                if generator is None:
                    self._library.progress(self._job.id, stage="Cutting", step=writer.frames, steps=recipe.frames)
            self._library.progress(self._job.id, state="finishing", stage="Developing", eta=None)
            closing = time.perf_counter()
        self._watch.seconds["encode"] += time.perf_counter() - closing
        seconds = cutting.seconds if cutting is not None else generation.seconds if generation is not None else {}
        for name in ("text", "denoise", "decode"):
            self._watch.seconds[name] = float(seconds.get(name, 0.0))
        latents = self._kept
        if cutting is not None:
            latents, self._seams = cutting.latents(self._kept), cutting.seams
        elif generation is not None and latents is None:
            latents = generation.latents
        save_latents(latents, self._folder / "latents.safetensors")
        if self._kept is not None:
            recipe = shortened(recipe, writer.frames)
            media.retag(draft, self._notes(recipe))
            media.save_poster(media.frame_at(draft, recipe.frames // 2), self._folder / "poster.jpg")
        return draft, recipe

    def _notes(self, recipe: Recipe) -> dict[str, str]:
        """What stands in the container itself, for programs that read no credential."""
        notes = {"title": self._title(recipe), "comment": self._disclosed(recipe)}
        notes |= self._finish_with.tags(self._identity.name, self._job.id)
        return {name: text for name, text in notes.items() if text}

    def _disclosed(self, recipe: Recipe) -> str:
        key = mark.load_key(self._settings.home / KEY) if self._privacy == "no-prompt" else b""
        return recipe.disclosed(self._privacy, prompt_hash(recipe.prompt, key, self._job.id) if key else "")

    def _title(self, recipe: Recipe) -> str:
        return recipe.prompt[:120] if self._privacy == "full" else "A shot"

    def _chunks(self, generation: Iterator[Frames]) -> Iterator[Frames]:
        """The clip's frames; those of the finished windows where the owner wished to keep what is there."""
        try:
            yield from generation
        except Kept as kept:
            self._kept = kept.latents

    def _generation(self, generator: Generator | None, request: GenerationRequest) -> Generation:
        """A new render, or the one that was put down when the studio stopped."""
        assert generator is not None
        state = self._folder / STATE
        if state.exists():
            from model.pipeline import SamplerState

            try:
                return generator.generate(request, self._on_step, SamplerState.from_bytes(state.read_bytes()))
            except ModelError as error:
                log.warning("job %s starts again: %s", self._job.id, error)
        return generator.generate(request, self._on_step)

    def _name(self, given: GivenFrames) -> str:
        return (given.name if self._privacy == "full" else "") or "given picture"

    def _finish(self, draft: Path, recipe: Recipe, generator: Generator | None) -> Take:
        with self._watch.part("check"):
            self._stage("Checking")
            self._check(draft, recipe)
            self._give_up_if_asked()
        unsigned.hold(self._folder, recipe)
        finish = Finish.load(self._folder)
        take_id = f"t{self._job.id[1:]}"
        made = self._folder / "take"
        shutil.rmtree(made, ignore_errors=True)  # of an attempt that died before it was done
        made.mkdir(mode=0o700)
        with self._watch.part("sign"):
            self._stage("Signing")
            clip = made / "clip.mp4"
            try:
                with media.room(made):
                    signed = sealing.seal(
                        self._library, draft, clip, finish.told(self._claim(recipe, generator)), self._identity,
                        owner=self._job.owner, take=take_id, mark=finish.number,
                    )  # fmt: skip
                report = provenance.verify(clip, self._identity)
            except (ProvenanceError, OSError) as error:
                raise unsigned.Unsigned(error) from error
        for name in ("poster.jpg", "latents.safetensors"):
            (self._folder / name).replace(made / name)
        media.save_bytes(made / "recipe.json", recipe.to_json().encode())
        self._watch.seconds["total"] = self._watch.elapsed()
        take = self._take(take_id, self._library.take_folder(take_id), recipe, report.to_dict(), signed.sha256)
        self._library.add_take(take, made)
        self._learn(recipe, take.seconds, generator)
        return take

    def _learn(self, recipe: Recipe, seconds: dict[str, float], generator: Generator | None) -> None:
        """Remember what it took. The take is safe by now: a busy database is no reason to call it failed."""
        if generator is None:
            return
        try:
            self._estimator.learn(recipe, seconds, self._memory.bytes, generator.entry)
        except StudioError as error:
            log.warning("what job %s took could not be kept: %s", self._job.id, error)

    def _take(self, take_id: str, folder: Path, recipe: Recipe, report: dict[str, Any], sha256: str) -> Take:
        return Take(
            id=take_id,
            job_id=self._job.id,
            owner=self._job.owner,
            clip=folder / "clip.mp4",
            poster=folder / "poster.jpg",
            latents=folder / "latents.safetensors",
            recipe=recipe,
            report=report,
            sha256=sha256,
            width=recipe.width,
            height=recipe.height,
            frames=recipe.frames,
            fps=recipe.fps,
            seconds=self._watch.rounded(),
            kept=self._kept is not None,
            seams=self._seams,
        )

    def _claim(self, recipe: Recipe, generator: Generator | None) -> Claim:
        given = (Ingredient(given_file(anchor, self._library), self._name(anchor)) for anchor in recipe.anchors)
        poster = np.asarray(media.open_picture(self._folder / "poster.jpg"))
        claim = Claim(
            title=self._title(recipe),
            model_name="" if generator is None else generator.entry.title,
            model_version=studio.__version__,
            model_sha256="" if generator is None else generator.sha256,
            prompt_guided=True,
            recipe_json=self._disclosed(recipe),
            thumbnail=media.jpeg(poster, quality=80, longest=320),
            ingredients=tuple({ingredient.path: ingredient for ingredient in given}.values()),
            when=datetime.now(UTC),
        )
        return claim if recipe.work is None else credit.claim(claim, recipe.work, self._library, self._privacy)

    def _on_step(self, info: StepInfo) -> None:
        wish = self._asked()
        if wish == "keep":
            finished = info.state().finished
            raise Cancelled if finished is None else Kept(finished)
        if wish == "pause" or time.perf_counter() - self._saved > SAVE_SECONDS:
            self._save(info)
        if wish:
            raise Cancelled
        self._memory.look()
        now = time.perf_counter()
        self._step_seconds.append(now - self._last_step)
        self._preview(info)
        done = min(info.index + 1, info.total)
        eta = self._eta(info.total - done)
        self._library.progress(self._job.id, stage="Shooting", step=done, steps=info.total, eta=eta)
        self._last_step = now

    def _save(self, info: StepInfo) -> None:
        """Keep the sampler's state. What cannot be kept is only missed after a crash: the render goes on."""
        self._saved = time.perf_counter()
        try:
            media.save_bytes(self._folder / STATE, info.state().to_bytes())
            self._library.saved(self._job.id, info.index + 1)
        except (OSError, StudioError) as error:
            log.warning("the state of job %s could not be kept: %s", self._job.id, plain_error(error))

    def _eta(self, left: int) -> float | None:
        """Seconds to go: the last steps' pace, and what finishing took before. The first step also warms up."""
        recent = self._step_seconds[1:][-8:]
        if not recent:
            return self._estimator.total(self._library.recipe(self._job.id))
        finish = self._estimator.finish(self._library.recipe(self._job.id)) or 0.0
        return left * sum(recent) / len(recent) + finish

    def _preview(self, info: StepInfo) -> None:
        pictures: Frames = info.preview()
        of_latents = pictures.shape[0] <= info.denoised.shape[1]
        self._previews.add(pictures, round(1000 * (4 if of_latents else 1) / self._fps))

    def _preview_written(self, version: int) -> None:
        self._library.progress(self._job.id, preview_version=version)
        if not self._watch.seconds["first_preview"]:
            self._watch.seconds["first_preview"] = self._watch.elapsed()

    def _stage(self, words: str) -> None:
        self._library.progress(self._job.id, stage=words)

    def _give_up_if_asked(self) -> None:
        if self._asked() in ("stop", "pause"):
            raise Cancelled
