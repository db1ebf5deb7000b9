"""A phone: what is asked, answered and compared fits on it, and nothing hides behind the bars."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.ui.servers import Server
from tests.ui.test_journeys import FOX, plays, shoot, steps, write

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.usefixtures("empty_strip")]

Visit = Callable[..., Page]
WIDTH, HEIGHT = 390, 844
# How far what is seen of the page reaches to the right.
REACHES = """Math.max(...[...document.querySelectorAll('#compare :is(figure, video, figcaption, button, input)')]
  .filter((node) => node.offsetParent && !node.classList.contains('wipe'))
  .map((node) => node.getBoundingClientRect().right))"""


@pytest.fixture
def phone(painted: Server, visit: Visit) -> Page:
    return visit(painted, width=WIDTH, height=HEIGHT, has_touch=True, is_mobile=True)


def test_what_is_wrong_stands_above_the_action(phone: Page) -> None:
    write(phone, FOX, seconds=0)
    phone.tap("#shoot")
    wrong = phone.locator("#error-size [role=alert]")
    expect(wrong).to_be_visible()
    phone.wait_for_timeout(600)  # what the words mean arrives, and moves what is below it
    action = phone.locator("#action").bounding_box()
    box = wrong.bounding_box()
    assert box and action
    assert box["y"] + box["height"] <= action["y"]
    phone.locator("#fine-switch").evaluate("(node) => node.scrollIntoView({ block: 'nearest' })")
    box = phone.locator("#fine-switch").bounding_box()
    assert box
    assert box["y"] + box["height"] <= action["y"], "the end of the form is above it too"


def test_the_queue_is_one_tap_away_and_its_signs_have_names(phone: Page) -> None:
    write(phone, FOX)
    steps(phone, 60)
    shoot(phone)
    phone.get_by_role("tab", name="Queue").tap()
    tools = phone.locator("#queue-waiting .row-tools button")
    expect(tools).to_have_text(["Pause", "Keep", "Once more", "Stop"])
    for index in range(4):
        box = tools.nth(index).bounding_box()
        assert box and box["height"] >= 44 and box["x"] + box["width"] <= WIDTH
    tools.last.tap()
    expect(phone.locator("#queue-waiting li")).to_have_count(0)


def test_two_takes_are_compared_within_the_screen(phone: Page) -> None:
    write(phone, FOX)
    steps(phone, 2)
    phone.click("#takes-count label:nth-of-type(2)")
    shoot(phone)
    plays(phone)
    phone.wait_for_function("window.auteur.jobs.length === 0")
    phone.click("#compare-toggle")
    phone.locator("#takes-list li[data-take] .tile:not([aria-current=true])").first.tap()
    expect(phone.locator("#compare")).to_be_visible()
    for mode in ("Side by side", "Wipe", "What changed"):
        phone.get_by_role("button", name=mode, exact=True).tap()
        assert phone.evaluate(REACHES) <= WIDTH, mode
        expect(phone.locator("#pair figcaption").first).to_contain_text("seed")
    rows = phone.locator("#compare .transport .quiet").evaluate_all("(all) => all.map((one) => one.offsetTop)")
    assert len(set(rows)) == 1, "the three ways to compare stand in one row"


def test_settings_and_the_bin_are_no_wider_than_the_screen(phone: Page) -> None:
    write(phone, "A red fox walks slowly through a snowy forest at dusk while snow falls all around")
    steps(phone, 2)
    shoot(phone)
    plays(phone)
    phone.tap("#bin-take")
    phone.locator(".overflow-menu > button").first.tap()
    phone.locator(".overflow-dropdown button", has_text="Settings").tap()
    restore = phone.locator(".bin-list button").first
    box = restore.bounding_box()
    assert box and box["x"] + box["width"] <= WIDTH, "what was deleted can be brought back by a finger"
    restore.tap()
    expect(phone.locator("#toasts .toast-stop")).to_have_count(0)
