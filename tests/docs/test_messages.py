"""Whatever goes wrong has words about what to do; what has none is listed here, with the reason."""

import ast
import html
import re

import pytest

from cdk_automlv2 import AutoMLTabularConfig, OptionsError
from cdk_automlv2.cli.explain.rare_remedies import RARE
from cdk_automlv2.cli.explain.remedies import REMEDIES, remedy_for
from docs.builder import messages

from .conftest import ROOT

FOUND = messages.messages()
WITHOUT = {
    "AutoML job '…' …: …": "its status is in it: 'failed' and 'was stopped' have remedies",
    "… after … min; …": "what is before it is a message of its own, and what follows the remedy",
}
OF_THE_COMMAND = {
    "Failure": "has a second line with the next command",
    "NoStack": "is a Failure, whose second line is how stacks are listed",
    "WrongUsage": "is a UsageError with the next command",
    "UsageError": "click adds how the command is used",
    "BadParameter": "click adds the option and how the command is used",
    "ClickException": "its words name what to run: pip install, automlv2 local start, the rows",
}
OF_THE_LIBRARY = {
    "OptionsError": "its faults say what is required, what came, and the fix",
    "not_at_synth": "makes an OptionsError that names the counterpart",
    "NotReadableError": "file, line and column, and what is needed there",
    "SpecError": "file, line and column of each fault",
    "StackFileError": "names the file and the command that makes it",
    "AskingError": "is shown on the page of the report, under what it lacks",
    "ModuleNotFoundError": "names the extra to install",
    "PayloadTooLargeError": "names the limit and the way round",
    "EndpointKindError": "names the method to call",
    "InferenceFailedError": "has the words of the container",
    "TimeoutError": "names what was waited for, and where it will lie",
}
PYTHONS_OWN = {"AttributeError", "KeyError", "LookupError", "TypeError", "ValueError"}
"""Errors of calls that Python itself would refuse so."""


def example(message):
    return message.replace("…", "x")


def raised(folder, *leave_out):
    """Yield the name of each error that files raise, and where."""
    for path in sorted(folder.rglob("*.py")):
        if path.relative_to(folder).parts[0] in leave_out:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                name = ast.unparse(node.exc.func).rpartition(".")[2]
                yield name, f"{path.relative_to(ROOT)}:{node.lineno}"


def test_every_message_of_the_function_has_a_remedy_of_its_own():
    lacking = {message for message in FOUND if not remedy_for(example(message)).pattern}

    assert lacking == set(WITHOUT)


@pytest.mark.parametrize("remedy", [*RARE, *REMEDIES], ids=lambda remedy: remedy.pattern[:40])
def test_a_remedy_is_not_hidden_by_one_before_it(remedy):
    """A reason that only one remedy is for gets that one, whatever stands before it."""
    own = [message for message in FOUND if re.search(remedy.pattern, example(message))]

    assert not own or any(remedy_for(example(message)) is remedy for message in own)


def test_the_page_has_every_message_and_its_remedy(site):
    page = html.unescape((site / "troubleshooting.html").read_text())
    text = " ".join(re.sub(r"<[^>]+>", "", page).replace("’", "'").split())

    for message in set(FOUND) - set(WITHOUT):
        assert " ".join(message.split()) in text, message
        assert remedy_for(example(message)).words[:30] in text


def test_the_page_shows_an_error_of_synth_as_it_is():
    page = (ROOT / "docs" / "troubleshooting.md").read_text()

    with pytest.raises(OptionsError) as error:
        AutoMLTabularConfig("churned", max_candidates=900, mode="ENSEMBLE")

    assert str(error.value) in page


def texts_of(*folders):
    for folder in folders:
        for path in folder.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def test_what_the_page_says_of_the_command_is_what_the_command_says():
    page = (ROOT / "docs" / "troubleshooting.md").read_text().partition("## What the command")[2]
    rows = re.findall(r"^\| `(.*?)` \|", page, flags=re.MULTILINE)
    known = "\n".join(texts_of(ROOT / "cdk_automlv2" / "cli", ROOT / "cdk_automlv2" / "local"))

    assert len(rows) >= 10
    for row in rows:
        for part in re.split("…", row):
            assert part.strip(" :") in known, row


CODE = """
def fails(name, more):
    words = f"{name!r} has gone"
    if more:
        raise EndError(State.FAILED, words)
    raise LifecycleError(told(more) + "; again")

def told(more):
    return "all of it" if more else f"{more} of it"

def busy():
    raise BusyError("not shown to anybody")
    return RefusedError(f"somebody refused {busy}")
"""


def test_messages_are_found_in_names_calls_and_choices(tmp_path):
    (tmp_path / "code.py").write_text(CODE)

    assert messages.messages(tmp_path) == [
        "'…' has gone",
        "all of it; again",
        "somebody refused …",
        "… of it; again",
    ]


def test_every_error_of_the_command_says_what_to_do():
    names = {name for name, _ in raised(ROOT / "cdk_automlv2" / "cli")}
    ours = {name for name in names if not name.startswith("_") and name[0].isupper()}

    assert ours - set(OF_THE_COMMAND) <= {"SystemExit", "ValueError", "SignatureError"}


def test_every_error_of_the_library_says_what_to_do():
    found = dict(raised(ROOT / "cdk_automlv2", "cli", "local"))
    found = {name: where for name, where in found.items() if not name.startswith("_")}

    assert set(found) - set(OF_THE_LIBRARY) <= PYTHONS_OWN, found
