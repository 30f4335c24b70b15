"""What a terminal gets: safe text, whole tables at any width, signs that it can show."""

import ast
import io
from pathlib import Path

import pytest
from rich.console import Console

from cdk_automlv2.cli import grid, safe, times
from cdk_automlv2.cli.glyphs import ASCII, RICH, glyphs_for
from cdk_automlv2.cli.grid import Column
from cdk_automlv2.cli.jobs import leaderboard

from .account import JOB, candidate

CLI = Path(grid.__file__).parent


def printed(width, show, encoding="utf-8"):
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding)
    show(Console(file=file, width=width, force_terminal=False, highlight=False))
    file.flush()
    return raw.getvalue().decode(encoding)


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_a_leaderboard_is_no_wider_than_the_terminal_and_loses_no_part_of_a_name(width):
    found = [
        candidate("extra-trees-with-a-long-name-1", 0.9, AUC=1.0, LogLoss=0.1),
        candidate("lightgbm", 0.8, AUC=0.9, LogLoss=0.2),
    ]

    text = printed(width, lambda console: leaderboard.show(console, found, f"{JOB}-lightgbm"))

    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    joined = "".join(text.split())
    assert "extra-trees-with-a-lon" in joined
    assert "0.9000" in text


def test_a_prefix_that_all_names_share_is_as_harmless_as_the_names():
    found = [candidate("\x1b[2J-a", 0.9), candidate("\x1b[2J-b", 0.8)]

    assert "\x1b" not in printed(80, lambda console: leaderboard.show(console, found, ""))


def test_columns_are_dropped_in_their_order_and_named():
    columns = [Column("name", folds=True), Column("b" * 20, drop=1), Column("c" * 20, drop=2)]

    text = printed(40, lambda console: grid.show(console, columns, [["n", "1", "2"]], more="--all"))

    assert " ".join(text.split()).endswith(f"no room for {'c' * 20}: --all")


@pytest.mark.parametrize("sign", ["\x1b", "\x07", "\x9b", "\r", "\u202e", "\u2066", "\x7f", "\x08"])
def test_no_sign_that_moves_or_hides_is_left(sign):
    assert sign not in safe.lines(f"a{sign}b")
    assert safe.line(f"a{sign}b\tc\nd").count("\\") == 3


def test_words_of_other_scripts_stay_as_they_are():
    text = "modèle 模型 نموذج 🙂"

    assert safe.line(text) == text


@pytest.mark.parametrize(
    ("encoding", "locale", "glyphs"),
    [
        ("utf-8", {"LANG": "de_DE.UTF-8"}, RICH),
        ("utf-8", {}, RICH),
        ("ascii", {"LANG": "de_DE.UTF-8"}, ASCII),
        ("utf-8", {"LANG": "C"}, ASCII),
        ("utf-8", {"LC_ALL": "POSIX", "LANG": "de_DE.UTF-8"}, ASCII),
        ("utf-8", {"LC_ALL": "C.UTF-8"}, RICH),
    ],
)
def test_signs_are_those_that_the_console_can_show(encoding, locale, glyphs):
    assert glyphs_for(encoding, locale) is glyphs


def test_a_sparkline_has_a_sign_a_value_and_bears_equals():
    assert RICH.sparkline([0.0, 0.5, 1.0]) == "▁▅█"
    assert ASCII.sparkline([3.0, 3.0]) == "##"
    assert RICH.sparkline([]) == ""


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(7, "0:07"), (725, "12:05"), (7200, "2:00:00"), (86400 * 3 + 3600 * 4, "3 d 4 h")],
)
def test_durations_are_read_at_a_glance(seconds, text):
    assert times.duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.04, "0.1 s"), (0.4, "0.4 s"), (0.94, "0.9 s"), (1, "0:01"), (0, "0:00")],
)
def test_what_took_less_than_a_second_is_not_said_to_have_taken_none(seconds, text):
    assert times.took(seconds) == text


def test_all_output_goes_through_one_module():
    """Whatever is printed elsewhere could hold control characters."""
    wrong = []
    for path in [path for path in CLI.rglob("*.py") if path.name != "out.py"]:
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Attribute(value=ast.Name(id="click"), attr="echo" | "secho"):
                    wrong.append(path.name)
                case ast.Call(func=ast.Name(id="print")):
                    wrong.append(path.name)
                case ast.Constant(value=str(text)) if text.lstrip().startswith("next: "):
                    if path.name != "following.py":  # It alone knows which AWS was meant.
                        wrong.append(path.name)

    assert wrong == []
