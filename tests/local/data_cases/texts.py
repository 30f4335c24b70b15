"""Texts and the class of each."""

from .case import Case, in_train, in_validation, request, text_of, two_channels

HEADER = ["text", "label"]
ROWS = [("it is good", "praise"), ("it is bad", "blame")] * 8


def job(**more):
    config = {"ContentColumn": "text", "TargetLabelColumn": "label"}
    return request("TextClassificationJobConfig", config, **more)


def of(text, *asks):
    return Case(job(), in_train(text), list(asks))


def alternating(first, second):
    return text_of(HEADER, [(first, "x"), (second, "y")] * 6)


def validated(text):
    return Case(job(channels=two_channels()), in_train(text_of(HEADER, ROWS)) | in_validation(text))


CASES = {
    "quoted texts with commas and line ends": lambda: of(
        text_of(HEADER, [("good, very\ngood", "praise"), ("bad, very", "blame")] * 8),
        ('"good, good"\n', "praise\n"),
    ),
    "texts of emoji": lambda: of(alternating("😀", "😢"), ("😢\n", "y\n")),
    "texts of single letters": lambda: of(alternating("a", "b"), ("b\n", "y\n")),
    "texts of signs": lambda: of(alternating("!", "?"), ("?\n", "y\n")),
    "texts without spaces between words": lambda: of(
        alternating("好东西", "坏东西"), ("坏\n", "y\n")
    ),
    "labels NA and None": lambda: of(
        text_of(HEADER, [("good", "NA"), ("bad", "None")] * 6), ("bad\n", "None\n")
    ),
    "other columns beside the two": lambda: of(
        text_of(["id", *HEADER], [(i, *row) for i, row in enumerate(ROWS)]),
        ("good\n", "praise\n"),
    ),
    "rows without a text or a label": lambda: of(
        text_of(HEADER, [*ROWS, ("", "praise"), ("bad", ""), (" ", "blame")]), ("bad\n", "blame\n")
    ),
    "a class of one row": lambda: of(text_of(HEADER, [*ROWS, ("so so", "none")])),
    "a text with commas and no quotes": lambda: of("text,label\nit is good, really,praise\n"),
    "no such column": lambda: of(text_of(["message", "label"], ROWS)),
    "one label": lambda: of(text_of(HEADER, ROWS[::2])),
    "no text at all": lambda: of(text_of(HEADER, [("", "x"), ("", "y")])),
    "a text of more than 128 kB": lambda: of(text_of(HEADER, [*ROWS, ("x" * 131_073, "blame")])),
    "a validation channel with a new label": lambda: validated("text,label\nwell,neither\n"),
    "a validation channel without the column": lambda: validated("text\nwell\n"),
    "a validation channel without rows": lambda: validated("text,label\n"),
}
