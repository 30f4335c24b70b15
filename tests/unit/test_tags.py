"""Whose a resource is, and what a request may take away."""

from dataclasses import replace

import pytest
from automlv2_handlers.domain import tags
from automlv2_handlers.outcomes import FAILURE, Context

from .events import event


def context(**progress):
    return Context(None, dict(progress), 0.0, 0.0)


def made_by(request_id):
    return {tags.OWNER: tags.owner(event()), tags.REQUEST: request_id}


def test_a_request_removes_what_is_of_its_resource():
    assert tags.may_remove(event(), made_by("another"), context())
    assert not tags.may_remove(event(logical="Other"), made_by("r1"), context())


def test_a_request_that_has_failed_removes_only_what_it_has_made_itself():
    failed = context(**{FAILURE: "no"})

    assert tags.may_remove(event(request="r1"), made_by("r1"), failed)
    assert not tags.may_remove(event(request="r1"), made_by("r2"), failed)


def test_the_owner_is_known_though_a_delete_tells_no_scope():
    without = replace(event(), properties={})

    assert tags.is_ours(without, made_by("r1"))
    assert not tags.is_ours(replace(without, logical_id="Other"), made_by("r1"))


@pytest.mark.parametrize("present", [{}, {"team": "ml"}])
def test_what_has_no_owner_is_nobody_s(present):
    assert not tags.is_ours(event(), present)
    assert tags.whose(present) == "someone else"


def test_a_tag_of_another_scope_is_not_of_a_resource_that_tells_its_own():
    theirs = {tags.OWNER: tags.owner(event(NameScope="vwxyz"))}

    assert not tags.is_ours(event(), theirs)
