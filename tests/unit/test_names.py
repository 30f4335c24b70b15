import re

import pytest
from automlv2_handlers.domain import names

from .events import event


@pytest.mark.parametrize(
    "base",
    ["churn", "a-very-long-name-for-a-model-of-churn", "Ümläut & spaces", "UPPER", "-", "x" * 200],
)
@pytest.mark.parametrize("attempt", [1, 10, 99])
def test_job_names_are_legal_and_in_lower_case(base, attempt):
    name = names.job_name(event(BaseName=base), {"a": 1}, attempt)

    assert re.fullmatch(r"[a-z0-9](-*[a-z0-9]){0,31}", name)
    assert len(name) <= 32
    assert names.is_generated(event(), name)


def test_job_names_tell_stack_resource_training_and_attempt_apart():
    made = {
        names.job_name(event(), {"a": 1}, 1),
        names.job_name(event(), {"a": 1}, 2),
        names.job_name(event(), {"a": 2}, 1),
        names.job_name(event(logical="Other"), {"a": 1}, 1),
        names.job_name(event(stack="Other"), {"a": 1}, 1),
    }

    assert len(made) == 5


def test_job_names_do_not_depend_on_the_request_or_the_order_of_keys():
    one = names.job_name(event(request="r1"), {"a": 1, "b": 2}, 1)
    two = names.job_name(event(request="r2"), {"b": 2, "a": 1}, 1)

    assert one == two


def test_an_id_invented_by_cloudformation_is_not_taken_for_a_name():
    assert not names.is_generated(event(), "Shop-Churn-1XYABCDEFGH")
    assert not names.is_generated(event(), "shop-churn-1xyabcdefgh")


def test_execution_names_are_legal_and_one_a_request():
    long = event(logical="L" * 200)

    assert re.fullmatch(r"[A-Za-z0-9-]{1,80}", names.execution_name(long))
    assert names.execution_name(event(request="r1")) != names.execution_name(event(request="r2"))


def test_the_event_shows_no_presigned_url():
    assert "secret" not in repr(event())
