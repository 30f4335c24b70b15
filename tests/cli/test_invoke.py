"""``automlv2 invoke``: what is sent, in which parts, and what comes back."""

import pytest

from cdk_automlv2.cli.jobs.batches import parts

from .account import ENDPOINT, refusal


def sent(account):
    return b"".join(account.runtime.bodies)


def test_rows_and_standard_input_are_sent_as_they_are(account, call):
    account.clinic()

    assert call("invoke", "Clinic", "1,2", "3,4").stdout == "2\n2\n"
    assert call("invoke", ENDPOINT, input="5,6\n").stdout == "2\n"
    assert account.runtime.bodies == [b"1,2\n3,4\n", b"5,6\n"]


def test_a_file_is_sent_without_its_header_and_its_target(account, call, tmp_path):
    account.clinic()
    file = tmp_path / "rows.csv"
    file.write_text('label,a,b\nyes,"1,5",2\nno,3,4\n')

    done = call("invoke", "Clinic", "--file", file, "--without", "label")

    assert done.exit_code == 0, done.stderr
    assert sent(account) == b'"1,5",2\n3,4\n'


def test_a_column_that_is_not_there_is_named_with_the_header(account, call, tmp_path):
    account.clinic()
    file = tmp_path / "rows.csv"
    file.write_text("label,a\nyes,1\n")

    done = call("invoke", "Clinic", "--file", file, "--without", "lable")

    assert done.exit_code == 1
    assert "no column 'lable'; its header is label, a" in done.stderr
    assert account.runtime.bodies == []


def test_a_long_file_is_sent_in_parts_and_answered_in_its_order(account, call, tmp_path):
    account.clinic()
    file, answers = tmp_path / "rows.csv", tmp_path / "answers.csv"
    file.write_text("a,b\n" + "1,2\n" * 300_000)

    done = call("invoke", "Clinic", "--file", file, "--header", "-o", answers)

    assert len(account.runtime.bodies) > 1
    assert sent(account) == b"1,2\n" * 300_000
    assert answers.read_text() == "2\n" * 300_000
    assert "300000 rows in" in done.stderr
    assert "rows/s" in done.stderr


def test_a_refused_part_names_its_rows_and_the_next_command(account, call, tmp_path):
    account.clinic()
    account.runtime.fault = refusal("ModelError", "row 1 has 2 values", "InvokeEndpoint")
    file = tmp_path / "rows.csv"
    file.write_text("1,2\n" * 300_000)

    done = call("invoke", "Clinic", "--file", file)

    assert done.exit_code == 1
    assert "rows 1 to 262144: row 1 has 2 values" in done.stderr
    assert done.stderr.splitlines()[-1] == f"next: automlv2 logs {ENDPOINT}"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "give a row of CSV"),
        (("1,2", "--header"), "go with --file"),
        (('{"inputs": "x"}', "--without", "a"), "are for CSV"),
    ],
)
def test_wrong_usage_ends_with_2(account, call, arguments, words):
    done = call("invoke", "Clinic", *arguments)

    assert done.exit_code == 2
    assert words in done.stderr


def test_a_record_with_line_ends_of_its_own_is_never_torn():
    body = b'1,"a\nb"\r\n2,c\n3,d'

    found = list(parts(body, most=6))

    assert [part.body for part in found] == [b'1,"a\nb"\r\n', b"2,c\n", b"3,d\n"]
    assert [(part.first, part.rows) for part in found] == [(1, 1), (2, 1), (3, 1)]


@pytest.mark.parametrize("row", ["-0.5,1", "-1,yo,-o", "-.5,1"])
def test_a_row_may_begin_with_a_number_below_zero(account, call, row):
    account.clinic()

    done = call("invoke", "Clinic", row, "--accept", "text/csv")

    assert done.exit_code == 0, done.stderr
    assert account.runtime.bodies == [f"{row}\n".encode()]
