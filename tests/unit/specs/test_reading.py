"""Files that are no specs, by mistake or on purpose: refused in bounded time, with their place."""

import os
import time

import pytest
import yaml

from cdk_automlv2.specs import load
from cdk_automlv2.specs.errors import SpecError
from cdk_automlv2.specs.files import LARGEST
from cdk_automlv2.specs.nodes import DEEPEST, NotReadableError, read
from cdk_automlv2.specs.spec import check
from tests.unit.specs.files import SMALLEST, faults, write


def test_a_key_that_is_there_twice_is_refused_with_the_line_of_the_first(tmp_path):
    text = SMALLEST + "wait: true\nwait: false\n"

    found = faults(tmp_path, text)

    assert found == ["6:1: file: must have each key once, got 'wait'; it stands in line 5 already"]


def test_a_key_that_is_there_twice_in_json_is_refused_too(tmp_path):
    text = '{"problem_config": {"kind": "image_classification", "kind": "tabular"}, "inputs": "s3://i"}'

    assert "must have each key once" in faults(tmp_path, text, "a.automlv2.json")[0]


def test_own_keys_win_over_merged_ones_and_the_first_merged_over_the_next():
    text = "a: &a {x: 1, y: 1}\nb: &b {x: 2, y: 2, z: 2}\nc:\n  <<: [*a, *b]\n  x: 3\n"

    merged = read(text).root.get("c")

    assert {key.text: value.text for key, value in merged.entries} == {"x": "3", "y": "1", "z": "2"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: !!python/object/apply:os.system [id]\n", "must have no YAML tags"),
        ("a: !!str 5\n", "must have no YAML tags"),
        ("!<tag:yaml.org,2002:python/name:os.system> a\n", "must have no YAML tags"),
        ("a: 1\n---\nb: 1\n", "must be one document"),
        ("", "must describe a model"),
        ("# nothing but words\n", "must describe a model"),
        ("just words\n", "must be a mapping of options"),
        ("- a\n- list\n", "must be a mapping of options"),
        ("[a]: 1\n", "must have texts as keys"),
        ("? {a: 1}\n: 1\n", "must have texts as keys"),
        ("a: &a [*a]\n", "must not refer to what it stands in"),
        ("a: *nowhere\n", "undefined alias|must refer to an anchor"),
        ("a: {<<: 5}\n", "must be a mapping, or a list of mappings"),
        ("a: [1\n", "must be YAML"),
        ("a: b: c\n", "must be YAML"),
        ("\ta: 1\n", "must be YAML"),
        ("%YAML 9.9\n---\na: 1\n", "must be YAML"),
        ('a: "\\0"\n', "must hold no control characters"),
        ('a: "\\ud800"\n', "must hold no control characters|must be YAML"),
    ],
)
def test_what_is_no_spec_is_refused_in_words(tmp_path, text, words):
    path = write(tmp_path, text)

    with pytest.raises(SpecError, match=words):
        load(path)


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_deep_nesting_is_refused_without_recursion(tmp_path, opening):
    text = "a: " + opening * 100_000 if opening != "- " else opening * 100_000

    found = faults(tmp_path, text)

    # The parser in C has a limit of its own, and may meet it first.
    assert f"nested {DEEPEST} deep" in found[0] or "nesting depth" in found[0]


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "- " * 100_000,
        "\n".join(["a: &a0 [x, x]", *(f"b{n}: &a{n + 1} [*a{n}, *a{n}]" for n in range(40))]),
        "a: !!python/object/apply:os.system [id]\n---\nb: 1\n",
    ],
)
def test_the_parser_in_python_is_bounded_as_that_in_c(text):
    with pytest.raises(NotReadableError):
        read(text, yaml.SafeLoader)


def test_deep_json_is_refused(tmp_path):
    assert "nested" in faults(tmp_path, "[" * 200_000, "a.automlv2.json")[0]


def test_aliases_that_multiply_are_refused_before_they_are_expanded(tmp_path):
    lines = ["x-a: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"x-{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    started = time.perf_counter()

    found = faults(tmp_path, "\n".join(lines))

    assert "with what aliases repeat" in found[0]
    assert time.perf_counter() - started < 5


def test_merges_that_multiply_are_refused(tmp_path):
    lines = ["x-a: &a0 {a: 1, b: 2}"]
    lines += [f"x-{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 10)}]}}" for n in range(1, 8)]

    assert "with what aliases repeat" in faults(tmp_path, "\n".join(lines))[0]


def test_twenty_thousand_keys_are_read_in_a_second(tmp_path):
    text = SMALLEST + "x-a: {" + ", ".join(f"k{n}: 1" for n in range(9_000)) + "}\n"
    started = time.perf_counter()

    assert faults(tmp_path, text) == []
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize("size", [LARGEST + 1, 100 << 20])
def test_a_large_file_is_refused_unread(tmp_path, size):
    path = write(tmp_path, SMALLEST)
    os.truncate(path, size)

    [found] = check(path)[1]

    assert "must have 1 MB or less" in str(found)
    assert f"{size:,} bytes" in str(found)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (SMALLEST.encode("utf-16"), "1:1: file: must be UTF-8, got 'UTF-16'; save it as UTF-8"),
        (b"a: 1\nb: \xff\n", "2:4: file: must be UTF-8"),
        (b"a: 1\nb: 1\x00\n", "2:5: file: must hold no control characters"),
        (b"\x7fELF\x02", "1:1: file: must hold no control characters"),
    ],
)
def test_bytes_that_are_no_text_are_refused_with_their_place(tmp_path, data, words):
    path = tmp_path / "a.automlv2.yaml"
    path.write_bytes(data)

    [found] = check(path)[1]

    assert str(found).startswith(f"{path}:{words}")


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_byte_order_marks_and_line_ends_of_windows_are_read(tmp_path, mark, end):
    path = tmp_path / "a.automlv2.yaml"
    path.write_bytes((mark + SMALLEST.replace("\n", end)).encode())

    assert load(path).job["problem_config"].target_attribute_name == "churned"


def test_json_with_tabs_and_pairs_of_escapes_is_read(tmp_path):
    text = (
        '{\n\t"problem_config":\t{"kind": "tabular", "target_attribute_name": "\\ud83d\\ude00"},\n'
        '\t"inputs":\t"s3:\\/\\/in\\/train/"}'
    )
    path = write(tmp_path, text, "a.automlv2.json")

    spec = load(path)

    assert spec.job["problem_config"].target_attribute_name == "😀"
    assert spec.job["inputs"][0].s3_uri == "s3://in/train/"


@pytest.mark.parametrize("text", ['{"a": 1,}', '{"a": NaN}', "{a: 1}", "a: 1", '{"a": 1} {'])
def test_yaml_in_a_file_of_json_is_refused(tmp_path, text):
    assert "must be JSON" in faults(tmp_path, text, "a.automlv2.json")[0]


def test_a_link_out_of_the_folder_is_refused(tmp_path):
    secret = write(tmp_path, SMALLEST, "outside/secret.automlv2.yaml")
    inside = tmp_path / "models"
    inside.mkdir()
    link = inside / "a.automlv2.yaml"
    link.symlink_to(secret)

    [found] = check(link, inside)[1]

    assert "must be no link that leads out of the folder" in str(found)
    assert "churned" not in str(found)


@pytest.mark.parametrize("target", ["a.automlv2.yaml", "nowhere"])
def test_a_link_to_itself_or_to_nothing_is_refused(tmp_path, target):
    link = tmp_path / "a.automlv2.yaml"
    link.symlink_to(target)

    [found] = check(link)[1]

    assert "must be readable" in str(found)


def test_a_path_that_the_system_takes_for_none_is_refused(tmp_path):
    [found] = check(tmp_path / "a\0b.automlv2.yaml")[1]

    assert "must be the path of a file" in str(found)


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path):
    path = tmp_path / "a.automlv2.yaml"
    os.mkfifo(path)

    [found] = check(path)[1]

    assert "must be a file" in str(found)
