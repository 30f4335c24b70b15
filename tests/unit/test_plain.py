import pytest
from automlv2_handlers.domain.plain import encodable, one_line, plain

LONE = "\ud800"


@pytest.mark.parametrize(
    ("text", "told"),
    [("a\nb\t c", "a b c"), ("a\x00b\x1bc", "a b c"), (f"x{LONE}", "x?"), ("ü € 😀", "ü € 😀")],
)
def test_a_reason_is_one_line_that_can_be_sent(text, told):
    assert one_line(text) == told


def test_text_that_utf_8_cannot_say_is_told_in_part():
    assert encodable(f"a{LONE}b").encode() == b"a?b"


def test_plain_values_stay_what_they_are():
    value = {"a": [1, 2.5, None, True, "line\nline"], "b": {"c": ()}}

    assert plain(value) == {"a": [1, 2.5, None, True, "line\nline"], "b": {"c": []}}


@pytest.mark.parametrize("value", [object(), {1, 2}, b"bytes", float("nan"), float("inf")])
def test_what_json_cannot_say_is_refused(value):
    with pytest.raises(TypeError, match="not a value of JSON"):
        plain({"a": [value]})
