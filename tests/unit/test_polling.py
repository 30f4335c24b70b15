import pytest
from automlv2_handlers import polling, stack_phase
from automlv2_handlers.deadlines import broken_seconds, deadlines, service_timeout
from automlv2_handlers.errors import BusyError
from automlv2_handlers.outcomes import Context

from tests.unit.events import event


@pytest.mark.parametrize(
    ("age", "seconds"),
    [
        *[(0, 15), (120, 15), (240, 30), (1200, 150), (2800, 300), (3200, 100), (3295, 5)],
        *[(3299, 1), (3300, 15), (9999, 15)],
    ],
)
def test_the_wait_grows_with_age_between_its_bounds(age, seconds):
    assert polling.wait_seconds(age, 3300) == seconds


def test_what_has_no_moment_to_answer_at_is_looked_at_every_five_minutes():
    assert [polling.wait_seconds(age) for age in (3200, 3300, 1e6)] == [300, 300, 300]


@pytest.mark.parametrize("until", [5, 100, 3300, 3360])
def test_no_wait_leads_past_the_moment_at_which_to_answer(until):
    age = 0
    while age < until:
        age += polling.wait_seconds(age, until)

    assert age == until


def test_a_link_of_fifty_five_minutes_polls_a_few_dozen_times():
    age, polls = 0, 0
    while age < 55 * 60:
        age += polling.wait_seconds(age, 55 * 60)
        polls += 1

    assert polls < 40


@pytest.mark.parametrize("given", [3600, 3540, 1200, 245, 60, 1])
@pytest.mark.parametrize("patience", [5, 600, 3300])
def test_every_deadline_leaves_time_for_the_answer(given, patience):
    limits = deadlines(event(ServiceTimeout=str(given)), patience)

    assert 0 < limits.patience <= limits.answer <= limits.undone
    assert limits.answer < given
    assert broken_seconds(event(ServiceTimeout=str(given))) < given
    if given > 60:
        assert limits.undone <= given - 120
        assert limits.poll <= given - 60


def test_a_link_answers_a_minute_after_its_own_time_at_the_latest():
    link = event(ServiceTimeout="3540")
    limits = deadlines(link, 3300)

    assert (limits.patience, limits.answer, broken_seconds(link)) == (3300, 3360, 3180)


@pytest.mark.parametrize(
    ("text", "seconds"), [("245", 245), (None, 3600), ("x", 3600), ("99999", 3600), ("-1", 1)]
)
def test_the_time_that_cloudformation_gives_is_read_from_the_resource(text, seconds):
    assert service_timeout(text) == seconds


@pytest.mark.parametrize("patience", [5, 600, 3300])
def test_cleaning_up_ends_half_a_minute_before_the_latest_answer(patience):
    limits = deadlines(event(ServiceTimeout="3600"), patience)

    assert limits.undone == max(limits.answer + 30, 3600 - 180 - 30)


def test_a_stack_s_resource_that_cannot_be_read_now_is_asked_for_again():
    class Throttled:
        def physical_id(self, *_):
            raise BusyError("Rate exceeded")

    context = Context(gateway=Throttled(), progress={}, age=0.0, now=0.0)

    with pytest.raises(BusyError, match="Rate exceeded"):
        stack_phase.is_current(event(), "churn-1", context, if_unknown=True)
