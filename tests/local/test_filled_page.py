"""The local cloud's page with rows in every table, in a real browser: phone and desktop."""

import struct
import zlib

import pytest

from . import browser, devtools, filled
from .devtools import AUDIT, AXE, OVERFLOW, SCREENS
from .fake_world import wait_for

pytestmark = [pytest.mark.browser, browser.NEEDED]

TABLES = ("jobs", "endpoints", "releases", "executions", "stacks")
CUT = """[...document.querySelectorAll('.cards')].filter(
  table => table.scrollWidth > table.parentElement.clientWidth).map(table => table.id)"""
SEEN = """[...document.querySelectorAll('.cards td')].filter(cell => cell.textContent &&
  getComputedStyle(cell).display === 'none').map(cell => cell.textContent)"""


@pytest.fixture(scope="module")
def tab(tmp_path_factory):
    with devtools.tab(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture
def account():
    return filled.Full()


@pytest.fixture
def opened(account, tab):
    """The page, with its tables filled."""
    tab.look_like(1280, 900, dark=False)
    tab.open("about:blank")
    with filled.served(account) as address:
        tab.open(address)
        wait_for(lambda: text(tab, "state") == "Live")
        yield tab
        tab.open("about:blank")


def text(tab, id):
    return tab.run(f"document.getElementById({id!r}).textContent")


def shown(tab, id):
    return tab.run(f"!document.getElementById({id!r}).hidden")


def click(tab, id):
    tab.run(f"document.getElementById({id!r}).click()")


def picture():
    """A picture in PNG, of one red pixel."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0\xff\0\0")
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", pixels), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_every_table_has_its_rows_and_each_state_a_sign_and_a_word(opened):
    rows = {
        name: opened.run(f"document.querySelectorAll('#table-{name} tbody tr').length")
        for name in TABLES
    }
    tones = opened.run(
        "[...document.querySelectorAll('#table-executions .tone')]"
        ".map(item => [item.textContent, item.classList[1]])"
    )

    assert rows == {"jobs": 4, "endpoints": 3, "releases": 1, "executions": 5, "stacks": 2}
    assert dict(tones) == {
        "RUNNING": "busy",
        "SUCCEEDED": "good",
        **dict.fromkeys(("FAILED", "TIMED_OUT", "ABORTED"), "bad"),
    }


def test_a_phone_shows_all_of_a_row_without_scrolling_sideways(opened):
    for width, dark in SCREENS:
        opened.look_like(width, 900, dark=dark)
        where = f"{width}, {'dark' if dark else 'light'}"
        assert opened.run(OVERFLOW) <= 0, where
        assert opened.run(CUT) == [], where
        assert opened.run(SEEN) == [], where
        if AXE.is_file():
            opened.run(f"{AXE.read_text()};0")
            assert opened.run(AUDIT) == [], where
    assert opened.messages == []


def test_a_picture_is_seen_before_it_is_sent_as_what_it_is_and_can_be_removed(
    opened, account, tmp_path
):
    file = tmp_path / "cat.png"
    file.write_bytes(picture())

    opened.set_file("#file", file)
    wait_for(lambda: shown(opened, "look"))
    click(opened, "send")
    wait_for(lambda: "sent as image/png" in text(opened, "answer-state"))

    [sent] = account.sent
    assert (sent["Body"], sent["ContentType"]) == (picture(), "image/png")
    assert "cat" in text(opened, "answer")
    assert opened.messages == []
    click(opened, "without")
    assert not shown(opened, "look")
    click(opened, "send")
    assert "give a row or a file" in text(opened, "answer-state")
    assert len(account.sent) == 1


def test_what_the_form_cannot_send_is_said_before_it_is_sent(opened, account, tmp_path):
    rows = tmp_path / "rows.csv"
    rows.write_text("1,2\n")
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.truncate(7 * 2**20)

    opened.set_file("#file", rows)
    opened.run("document.getElementById('rows').value = '3,4'")
    click(opened, "send")
    assert "either rows or a file" in text(opened, "answer-state")
    opened.run("document.getElementById('rows').value = ''")
    opened.set_file("#file", large)
    click(opened, "send")
    assert text(opened, "answer-state") == "That is larger than the 6 MB that an endpoint takes."
    assert account.sent == []
