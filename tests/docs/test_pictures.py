"""Pictures of the terminal show what the command prints today, and load nothing."""

import html
import re

import pytest

from docs.terminal import draw
from docs.terminal.tape import NotOnTapeError, Tape

from .loads import loaded


def words(picture):
    shown = re.sub(r"<style>.*?</style>", "", picture, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", " ", shown)).split()


@pytest.mark.parametrize("name", draw.SCENES)
def test_a_picture_shows_what_the_command_prints(name):
    """python -m docs.terminal.draw draws them again."""
    saved = (draw.FOLDER / f"{name}.svg").read_text()

    assert words(draw.drawing(name)) == words(saved)
    assert [address for address in loaded(saved) if "//" in address] == []


def test_what_was_not_recorded_is_not_answered():
    client = Tape({}).playing()("sagemaker")

    with pytest.raises(NotOnTapeError):
        client.list_endpoints()


def test_there_is_a_tape_and_a_picture_for_each_scene_and_no_others():
    for ending in ("json", "svg"):
        assert {path.stem for path in draw.FOLDER.glob(f"*.{ending}")} == set(draw.SCENES)
