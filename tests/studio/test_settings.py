"""Settings come from the environment once, and a Space is always shared and strict."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.errors import SettingsError
from studio.settings import Settings


def test_a_studio_at_home_is_private_and_local(tmp_path: Path) -> None:
    settings = Settings.from_env({"AUTEUR_HOME": str(tmp_path)})
    assert (settings.home, settings.shared, settings.mode, settings.host) == (tmp_path, False, "local", "127.0.0.1")


def test_a_space_is_shared_and_strict_whatever_is_asked() -> None:
    settings = Settings.from_env({"SPACE_ID": "x/y", "AUTEUR_POLICY": "local"}, shared=False, mode="local")
    assert settings.shared and settings.mode == "strict" and settings.host == "0.0.0.0"


def test_sharing_makes_the_policy_strict_unless_it_is_chosen() -> None:
    assert Settings.from_env({}, shared=True).mode == "strict"
    assert Settings.from_env({"AUTEUR_POLICY": "local"}, shared=True).mode == "local"


def test_an_override_wins_and_none_is_left_to_the_environment(tmp_path: Path) -> None:
    settings = Settings.from_env({"AUTEUR_PORT": "8000"}, port=None, home=tmp_path, threads=2)
    assert (settings.port, settings.threads) == (8000, 2)


@pytest.mark.parametrize(
    ("env", "word"),
    [
        ({"AUTEUR_PORT": "many"}, "AUTEUR_PORT"),
        ({"AUTEUR_PORT": "70000"}, "70000"),
        ({"AUTEUR_POLICY": "off"}, "off"),
        ({"AUTEUR_THREADS": "0"}, "threads"),
    ],
)
def test_a_setting_that_makes_no_sense_is_one_clear_line(env: dict[str, str], word: str) -> None:
    with pytest.raises(SettingsError, match=word):
        Settings.from_env(env)


def test_a_setting_there_is_not_is_refused() -> None:
    with pytest.raises(SettingsError, match="colour"):
        Settings.from_env({}, colour="red")
