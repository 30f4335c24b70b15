"""The times of stack events."""

import datetime

from cdk_automlv2.local.cloud.repairs.stack_events import Clock

NOON = datetime.datetime(2026, 11, 1, 12, tzinfo=datetime.UTC)


def test_no_two_events_have_the_same_time_and_each_is_later_than_the_one_before():
    clock = Clock(lambda: NOON)

    times = [clock() for _ in range(1500)]

    assert times == sorted(set(times))
    assert times[0] == "2026-11-01T12:00:00.000Z"
    assert times[-1] == "2026-11-01T12:00:01.499Z"


def test_a_clock_that_is_set_back_does_not_turn_the_order_round():
    moments = iter([NOON, NOON - datetime.timedelta(hours=1), NOON + datetime.timedelta(hours=1)])
    clock = Clock(lambda: next(moments))

    assert [clock(), clock(), clock()] == [
        "2026-11-01T12:00:00.000Z",
        "2026-11-01T12:00:00.001Z",
        "2026-11-01T13:00:00.000Z",
    ]
