"""Every command, by its place in the tree: how it ends when what was typed cannot be."""

import ast
import importlib
import shlex
import subprocess
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import cdk_automlv2
from cdk_automlv2.cli.commands import automlv2
from cdk_automlv2.local import LocalCloud

from .account import refusal
from .tree import found_at, groups, leaves, options_of

LEAVES = leaves()
NAMED = [leaf for leaf in LEAVES if leaf.takes_names]
STRICT = [leaf for leaf in LEAVES if leaf.words not in ("local deploy", "local destroy")]
"""Those that do not take the options of the CDK CLI."""

ATTACHING = [leaf for leaf in LEAVES if leaf.path[0] == "local" and leaf.path[1] != "start"]
OTHER_TOOLS = {"aws", "cdk", "chmod", "npm", "pip"}
PACKAGE = Path(cdk_automlv2.__file__).parent
DOCUMENTED = {0, 1, 2, 3, 4, 5, 6, 130}


def ids(leaf):
    return leaf.words


def next_of(done):
    """Return the next command as the shell has it."""
    *_, last = done.stderr.splitlines()
    assert last.startswith("next: "), done.stderr
    return shlex.split(last.removeprefix("next: ").partition(", or ")[0])


def assert_exists(command):
    """A command of ours has its place in the tree, and no option that is not there."""
    assert command[0] in {"automlv2", *OTHER_TOOLS}, command
    if command[0] != "automlv2":
        return
    words = command[1:]
    if words[:2] == ["local", "--folder"]:
        words = ["local", *words[3:]]
    length = next((n for n in (2, 1) if words[:n] and found_at(words[:n])), 0)
    assert length or words[0] == "--help", command
    given = {word for word in words[length:] if word.startswith("--")}
    assert given <= options_of(words[:length]), command


def assert_ends_well(done, typed, status):
    """One line says what is wrong, the last one what to type; nothing is on standard output."""
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert done.exit_code == status
    assert done.exit_code in DOCUMENTED
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert [line.startswith("Error: ") for line in lines].count(True) == 1, done.stderr
    assert lines[0].startswith("Error: ")
    following = next_of(done)
    assert sorted(following) != sorted(["automlv2", *map(str, typed)])
    assert_exists(following)
    if "--local" in typed:
        assert "--region" not in done.stderr
        assert "--profile" not in done.stderr
        assert following[:2] == ["automlv2", "local"] or {"--local", "--help"} & {*following}


def refusing(code):
    def refuse(service):
        raise refusal(code, "because \x1b[2J", "Describe")

    return refuse


@pytest.fixture(params=[(), ("--local",)], ids=["aws", "local"])
def where(request):
    return request.param


def calls_of(folder, *names):
    """Return the calls of functions, each with the file that it stands in."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            called = getattr(node, "func", None)
            if getattr(called, "id", getattr(called, "attr", "")) in names:
                yield path, node


def test_a_next_command_is_made_in_one_module_alone_so_that_no_words_stand_in_its_place():
    made = {path.name for path, _ in calls_of(PACKAGE / "cli", "Command")}

    assert made == {"following.py"}
    assert not [p for p in (PACKAGE / "cli").rglob("*.py") if "cast(Command" in p.read_text()]


def test_errors_of_the_local_cloud_name_a_command_of_a_program_that_is_known():
    found = list(calls_of(PACKAGE / "local", "LocalCloudError", "BrokenError", "ToolMissingError"))
    modules = [path for path, _ in found]

    for path, node in found:
        [_, given] = node.args
        if isinstance(given, ast.Name):
            module = importlib.import_module(
                ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
            )
            text = getattr(module, given.id)
        else:
            first = given.values[0] if isinstance(given, ast.JoinedStr) else given
            text = first.value
        assert text.split()[0] in {"automlv2", *OTHER_TOOLS}, f"{path}:{node.lineno}"
    assert modules


@pytest.mark.parametrize("leaf", STRICT, ids=ids)
def test_an_option_that_there_is_not_ends_with_the_help_of_the_command(call, leaf):
    typed = [*leaf.path, "--nope"]
    done = call(*typed)

    assert_ends_well(done, typed, 2)
    assert next_of(done) == ["automlv2", *leaf.path, "--help"]


@pytest.mark.parametrize("leaf", [leaf for leaf in LEAVES if leaf.has("--json")], ids=ids)
def test_an_option_that_is_mistyped_is_answered_with_the_nearest(call, leaf):
    done = call(*leaf.path, "--jsno")

    assert_ends_well(done, [*leaf.path, "--jsno"], 2)
    assert "Did you mean" in done.stderr
    assert "--json" in done.stderr


@pytest.mark.parametrize("path", groups(), ids=" ".join)
def test_a_command_that_there_is_not_is_answered_with_the_nearest(call, path):
    command = found_at(path)
    name = command.list_commands(click.Context(command))[-1]
    typed = [*path, f"{name}x"]

    done = call(*typed)

    assert_ends_well(done, typed, 2)
    assert f"did you mean {name!r}?" in done.stderr
    assert_ends_well(call(*path, "qqqq"), [*path, "qqqq"], 2)


@pytest.mark.parametrize(
    "leaf", [leaf for leaf in NAMED if leaf.command.params[0].required], ids=ids
)
def test_a_name_that_is_missing_ends_with_the_help_of_the_command(call, leaf):
    done = call(*leaf.path, input="")

    assert_ends_well(done, leaf.path, 2)
    assert next_of(done) == ["automlv2", *leaf.path, "--help"]


def rows_of(leaf):
    return ["1,2"] if leaf.words == "invoke" else []


@pytest.mark.parametrize("name", ["Nope", "Nope/Job"])
@pytest.mark.parametrize("leaf", NAMED, ids=ids)
def test_a_stack_that_there_is_not_ends_with_a_command_that_lists_what_is(call, leaf, name, where):
    typed = [*leaf.path, name, *rows_of(leaf), *leaf.required, *where]

    assert_ends_well(call(*typed), typed, 1)


@pytest.mark.parametrize("leaf", NAMED, ids=ids)
def test_a_stack_that_is_mistyped_is_answered_with_the_same_command_on_the_nearest(
    account, call, leaf, where
):
    account.clinic()
    typed = [*leaf.path, "clinc/Job", *rows_of(leaf), *leaf.required, *where]

    done = call(*typed)

    assert_ends_well(done, typed, 1)
    if leaf.words != "adopt":  # Knows no stacks.
        right = "Clinic/Job"
        assert next_of(done) == ["automlv2", *(right if w == "clinc/Job" else w for w in typed)]


@pytest.mark.parametrize("leaf", [leaf for leaf in NAMED if leaf.words != "explain"], ids=ids)
def test_a_construct_that_there_is_not_ends_with_one_that_is(account, call, leaf, where):
    account.clinic()
    typed = [*leaf.path, "Clinic/Nope", *rows_of(leaf), *leaf.required, *where]
    assert_ends_well(call(*typed), typed, 1)


@pytest.mark.parametrize("code", ["AccessDenied", "Odd"])
@pytest.mark.parametrize("leaf", NAMED, ids=ids)
def test_what_aws_refuses_ends_with_a_next_command(account, call, leaf, where, code):
    account.client = refusing(code)
    typed = [*leaf.path, "Clinic/Job", *rows_of(leaf), *leaf.required, *where]

    done = call(*typed)

    assert_ends_well(done, typed, 1)
    assert "\x1b" not in done.stderr


@pytest.mark.parametrize("leaf", NAMED, ids=ids)
def test_what_aws_throttles_is_the_same_again_in_a_minute(account, call, leaf, where):
    account.client = refusing("ThrottlingException")
    typed = [*leaf.path, "Clinic/Job", *rows_of(leaf), *leaf.required, *where]

    done = call(*typed)

    assert done.exit_code == 1
    assert done.stderr.splitlines()[-1] == f"next: {shlex.join(['automlv2', *typed])}, in a minute"


@pytest.mark.parametrize("leaf", [leaf for leaf in LEAVES if leaf.has("--local")], ids=ids)
def test_without_a_local_cloud_the_next_command_starts_one(tmp_path, monkeypatch, leaf):
    monkeypatch.chdir(tmp_path)
    names = ["Clinic", *rows_of(leaf)] if leaf.takes_names else []
    typed = [*leaf.path, *names, *leaf.required, "--local"]

    done = CliRunner().invoke(automlv2, typed)

    assert_ends_well(done, typed, 1)
    assert next_of(done) == ["automlv2", "local", "start", "--detach"]


@pytest.mark.parametrize("leaf", ATTACHING, ids=ids)
def test_a_command_on_a_local_cloud_that_does_not_run_starts_one_in_its_folder(tmp_path, leaf):
    arguments = {"invoke": ["flowers", "1,2"]}.get(leaf.path[1], [])
    typed = ["local", "--folder", str(tmp_path), leaf.path[1], *arguments]
    done = CliRunner().invoke(automlv2, typed)

    assert_ends_well(done, typed, 1)
    assert next_of(done) == ["automlv2", "local", "--folder", str(tmp_path), "start", "--detach"]


class Failing:
    """A local cloud where the CDK CLI fails."""

    def cdk(self, arguments):
        return subprocess.CompletedProcess(arguments, 1)


@pytest.mark.parametrize(
    ("folder", "arguments", "command"),
    [
        ([], ["Shop"], "automlv2 explain Shop --local"),
        ([], ["--tags", "a=b"], "automlv2 local status"),
        ([], ["Shop", "Churn"], "automlv2 local status"),
        ([], ["Prod/*"], "automlv2 local status"),
        (["--folder", "other"], ["Shop"], "automlv2 local --folder other status"),
    ],
)
@pytest.mark.parametrize("verb", ["deploy", "destroy"])
def test_a_cdk_cli_that_fails_on_the_local_cloud_ends_with_what_explains_it(
    call, monkeypatch, folder, arguments, command, verb
):
    monkeypatch.setattr(LocalCloud, "attach", lambda folder: Failing())

    done = call("local", *folder, verb, *arguments)

    assert (done.exit_code, done.stderr) == (1, f"next: {command}\n")
