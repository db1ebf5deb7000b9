"""A clip that cannot be signed is not lost and not released: it waits in the studio, and a retry only signs it."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from studio import provenance
from studio.core import Studio
from studio.provenance import ProvenanceError
from tests.studio.conftest import SMALL
from tests.studio.doubles import FakeGenerator

Make = Callable[..., Studio]


def fails(*_: object) -> None:
    raise ProvenanceError("The clip could not be signed: the key cannot be read.")


@pytest.mark.parametrize("error", [fails, PermissionError(13, "Permission denied")])
def test_what_cannot_be_signed_stays_unsigned_and_a_retry_signs_it(
    make_studio: Make, monkeypatch: pytest.MonkeyPatch, error: object
) -> None:
    generator = FakeGenerator()
    rendered: list[object] = []
    shoot = generator.generate
    monkeypatch.setattr(generator, "generate", lambda *a, **k: rendered.append(a) or shoot(*a, **k))
    studio = make_studio(generator)
    sign = provenance.sign_clip

    def broken(*arguments: object) -> object:
        if callable(error):
            error()
        raise error

    monkeypatch.setattr(provenance, "sign_clip", broken)
    job = studio.wait(studio.submit(SMALL).id, 30)
    assert job.state == "failed" and job.error is not None
    assert "unsigned and not released" in job.error and "Retry" in job.error
    assert studio.takes() == [] and not list((studio.settings.home / "takes").iterdir())
    studio.library.recover()  # what a start of the studio sweeps away
    assert (studio.library.work / job.id / "draft.mp4").is_file()

    again = studio.wait(studio.retry(job.id).id, 30)
    assert again.state == "failed" and "not released" in (again.error or "")

    monkeypatch.setattr(provenance, "sign_clip", sign)
    done = studio.wait(studio.retry(job.id).id, 30)
    assert done.state == "done", done.error
    assert len(rendered) == 1, "it was signed, not shot again"
    take = studio.take(done.take_id or "")
    assert take.report["verdict"] == "local" and take.report["recipe_verified"]
    assert take.poster.is_file() and take.latents.is_file()
    end = time.monotonic() + 10  # the folder goes a moment after the take is known
    while list(studio.library.work.iterdir()):
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_clip_that_waits_for_its_signature_and_is_damaged_is_shot_again(
    make_studio: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = make_studio()
    sign = provenance.sign_clip
    monkeypatch.setattr(provenance, "sign_clip", fails)
    job = studio.wait(studio.submit(SMALL).id, 30)
    (studio.library.work / job.id / "unsigned.json").write_text("{")
    monkeypatch.setattr(provenance, "sign_clip", sign)
    assert studio.wait(studio.retry(job.id).id, 30).state == "done"
