"""Every public call joins the random ones: what is right for it is known, and is taken."""

import random
import warnings

import aws_cdk as cdk
import pytest

from scripts.fuzz.place import Place
from scripts.fuzz.play import play, play_nonsense, play_tokens
from scripts.fuzz.surface import ANSWERS, NOT_MADE, WIRING, entries

ENTRIES = list(entries())


@pytest.fixture(scope="module")
def place():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield Place()


@pytest.mark.parametrize("entry", ENTRIES, ids=[entry.name for entry in ENTRIES])
def test_a_public_call_is_taken_with_what_the_random_calls_begin_with(entry, place):
    end = play(entry, place, random.Random(1), most=0)

    assert end.how == "taken"


class Nonsense:
    """Right for no option."""


@pytest.mark.parametrize(
    "nonsense", [Nonsense(), [Nonsense()], {"a": Nonsense()}], ids=["object", "list", "dict"]
)
@pytest.mark.parametrize("entry", ENTRIES, ids=[entry.name for entry in ENTRIES])
def test_each_argument_of_a_wrong_type_is_named_in_one_error(entry, nonsense, place):
    end = play_nonsense(entry, place, nonsense)

    assert end.how == "refused", end.call


@pytest.mark.parametrize("entry", ENTRIES, ids=[entry.name for entry in ENTRIES])
def test_a_token_for_an_argument_is_taken_or_named(entry, place):
    ends = play_tokens(entry, place, cdk.Fn.get_att("Other", "Value"))

    assert [end for end in ends if end.is_fault] == []


def test_what_is_left_out_of_the_random_calls_exists():
    import cdk_automlv2 as lib

    owners = [getattr(lib, name) for name in lib.__all__]
    for name in (*WIRING, *ANSWERS):
        assert any(hasattr(owner, name) for owner in owners), name
    assert set(lib.__all__) >= set(NOT_MADE)
