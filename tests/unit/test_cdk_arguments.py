"""The stacks that a command line names."""

import pytest

from cdk_automlv2.cli.cdk_arguments import all_unless_named, unasked


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--outputs-file", "out.json"),
        ("-c", "stage=dev", "--concurrency", "2"),
        ("--progress=events", "--no-rollback", "--parameters", "Train:N=1"),
    ],
)
def test_the_value_of_an_option_is_taken_for_a_stack_so_that_cdk_asks_for_all(arguments):
    assert all_unless_named(arguments) == ["--all", *arguments]


@pytest.mark.parametrize(
    "arguments",
    [("Train",), ("--all",), ("-c", "stage=dev", "Train"), ("--exclusively", "Train")],
)
def test_all_stacks_are_deployed_where_one_is_named(arguments):
    assert all_unless_named(arguments) == list(arguments)


@pytest.mark.parametrize(
    "arguments",
    [("--require-approval", "never"), ("--require-approval=broadening", "Train")],
)
def test_require_approval_as_pipelines_say_it_fails_local_deploy_as_given_twice(arguments):
    assert unasked(arguments) == list(arguments)


def test_local_deploy_waits_for_an_answer():
    assert unasked(["--all"]) == ["--require-approval", "never", "--all"]
