import signal
import time
from contextlib import suppress

import pytest
from automlv2_handlers import runtime
from automlv2_handlers.errors import OutOfTimeError


def test_a_step_that_takes_too_long_is_broken_off():
    with pytest.raises(OutOfTimeError, match="broken off"), runtime.time_limit(0.02):
        time.sleep(5)


def test_no_handler_of_exceptions_keeps_a_step_from_being_broken_off():
    with pytest.raises(OutOfTimeError), runtime.time_limit(0.02), suppress(Exception):
        time.sleep(5)


def test_a_step_within_its_time_is_left_alone_afterwards():
    with runtime.time_limit(0.02):
        pass

    time.sleep(0.04)
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_a_limit_that_is_over_already_breaks_off_at_once():
    with pytest.raises(OutOfTimeError), runtime.time_limit(-5):
        time.sleep(5)


def test_the_time_left_is_that_of_the_invocation():
    class Context:
        def get_remaining_time_in_millis(self):
            return 12_500

    assert runtime.seconds_left(Context()) == 12.5


@pytest.mark.parametrize("name", ["", "arn:aws:cloudformation:eu-west-1:1:stack/Shop/u"])
def test_the_stack_is_the_one_in_the_environment(monkeypatch, name):
    monkeypatch.setenv("STACK_ID", name)

    assert runtime.stack_id() == name
