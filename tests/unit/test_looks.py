"""What several looks in a row show."""

from automlv2_handlers.outcomes import Context
from automlv2_handlers.resources import looks


def test_two_bad_looks_are_an_end_only_in_a_row():
    context = Context(gateway=None, progress={}, age=0.0, now=0.0)
    shown = [True, False, True, False, True, True]

    ended = [bool(looks.has_ended(context, badly=badly)) for badly in shown]

    assert ended == [False, False, False, False, False, True]
