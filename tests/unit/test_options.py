"""Arguments checked by their annotations and by named rules, in one error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol

import pytest

from cdk_automlv2._core.options import checked, renamed
from cdk_automlv2.errors import OptionFault, OptionsError

TOKEN = "${Token[TOKEN.12]}"


class Speaks(Protocol):
    @property
    def name(self) -> str: ...


class Speaker:
    @property
    def name(self) -> str:
        raise AssertionError("a getter was run")


class Config:
    pass


def positive(count):
    if count is not None and count < 1:
        yield OptionFault("count", "must be 1 or more", count)


def no_more_than_names(count, names):
    if count is not None and count > len(names or []):
        yield OptionFault("count", "must not be more than there are names", count)


class Thing:
    @checked(positive, no_more_than_names)
    def __init__(
        self,
        scope: Any,
        id: str,
        *,
        count: int | None = None,
        share: float | None = None,
        wait: bool = True,
        names: Sequence[str] | None = None,
        tags: Mapping[str, str] | list[dict[str, str]] | None = None,
        kind: Literal["small", "large"] | str | None = None,
        config: Config | None = None,
        speaker: Speaks | str | None = None,
    ) -> None:
        self.given = (count, share, wait, names, tags, kind, config, speaker)


def told(**options):
    with pytest.raises(OptionsError) as caught:
        Thing(None, "Churn", **options)
    return [str(fault) for fault in caught.value.problems]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"wait": "no"}, "wait: must be a bool, got 'no'; use False"),
        ({"wait": "maybe"}, "wait: must be a bool, got 'maybe'"),
        ({"wait": 0}, "wait: must be a bool, got 0; use False"),
        ({"wait": None}, "wait: must be a bool, got None"),
        ({"count": True}, "count: must be an int, got True"),
        ({"count": 2.0}, "count: must be an int, got 2.0"),
        ({"share": float("nan")}, "share: must be a finite number, got nan"),
        ({"share": True}, "share: must be a finite number, got True"),
        ({"names": "abc"}, "names: must be a list, got 'abc'; write ['abc']"),
        ({"names": {"a"}}, "names: must be a list, got {'a'}"),
        ({"names": ["a", 1]}, "names[1]: must be a str, got 1; use '1'"),
        ({"tags": {"a": 1}}, "tags['a']: must be a str, got 1; use '1'"),
        ({"tags": [{"Key": 1}]}, "tags[0]['Key']: must be a str, got 1; use '1'"),
        ({"tags": "a"}, "tags: must be a dict or a list, got 'a'; write ['a']"),
        ({"kind": 1}, "kind: must be one of small, large or a str, got 1; use '1'"),
        ({"config": Config}, "config: must be a Config, got the class Config; call it: Config(…)"),
        ({"config": "x"}, "config: must be a Config, got 'x'"),
        ({"speaker": 1}, "speaker: must be a Speaks or a str, got 1; use '1'"),
        ({"count": 0}, "count: must be 1 or more, got 0"),
    ],
)
def test_what_is_wrong_is_told_by_the_name_that_was_typed(options, expected):
    assert told(**options) == [expected]


def test_every_fault_of_a_call_is_in_one_error():
    assert told(wait="no", share="x", count=0) == [
        "share: must be a finite number, got 'x'",
        "wait: must be a bool, got 'no'; use False",
        "count: must be 1 or more, got 0",
    ]


def test_a_rule_is_left_out_where_one_of_its_options_has_a_wrong_type():
    assert told(count=5, names="ab") == ["names: must be a list, got 'ab'; write ['ab']"]


def test_the_error_names_the_construct():
    with pytest.raises(OptionsError, match=r"^Thing 'Churn': invalid options:\n  - wait: "):
        Thing(None, "Churn", wait="no")


@pytest.mark.parametrize("options", [{"count": -1.8e289}, {"names": [TOKEN]}, {"kind": TOKEN}])
def test_tokens_stand_for_values_of_the_right_type(options):
    assert Thing(None, "Churn", **options).given != Thing(None, "Churn").given


def test_a_text_token_is_no_dict():
    assert told(tags=TOKEN) == [f"tags: must be a dict or a list, got {TOKEN!r}; write [{TOKEN!r}]"]


def test_a_protocol_is_matched_without_running_getters():
    speaker = Speaker()

    assert Thing(None, "Churn", speaker=speaker).given[-1] is speaker


@pytest.mark.parametrize("name", ["tags", "names"])
def test_empty_collections_stand_for_unset(name):
    assert Thing(None, "Churn", **{name: []}).given == Thing(None, "Churn").given


def test_an_unknown_argument_is_pythons_own_error():
    with pytest.raises(TypeError, match="speling"):
        Thing(None, "Churn", speling=1)


def test_a_long_value_is_cut_in_the_error():
    [fault] = told(wait="x" * 5000)

    assert len(fault) < 300
    assert fault.endswith("… (5,002 long)")


def test_a_rule_can_be_used_for_options_of_other_names():
    rule = renamed(positive, count="initial_count")

    [fault] = rule(initial_count=0)
    assert fault.path == "initial_count"
