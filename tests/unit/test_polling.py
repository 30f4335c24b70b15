import pytest
from automlv2_handlers import polling


@pytest.mark.parametrize(
    ("age", "seconds"),
    [(0, 15), (120, 15), (240, 30), (1200, 150), (2800, 300), (3200, 100), (3300, 15), (9999, 15)],
)
def test_the_wait_grows_with_age_between_its_bounds(age, seconds):
    assert polling.wait_seconds(age) == seconds


def test_a_link_of_fifty_five_minutes_polls_a_few_dozen_times():
    age, polls = 0, 0
    while age < 55 * 60:
        age += polling.wait_seconds(age)
        polls += 1

    assert polls < 40
    assert age < 55 * 60 + 15
