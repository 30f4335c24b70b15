"""Tables; ``size`` decides ``kind``: above 4 it is large."""

import datetime
from decimal import Decimal

from .case import (
    PARQUET,
    Case,
    channel,
    in_train,
    in_validation,
    packed,
    parquet_of,
    request,
    text_of,
    two_channels,
)

SIZES = [number % 10 for number in range(40)]
KINDS = ["large" if size > 4 else "small" for size in SIZES]
COLOURS = ["red", "green"] * 20
HEADER = ["size", "colour", "kind"]
ROWS = list(zip(SIZES, COLOURS, KINDS, strict=True))
PLAIN = text_of(HEADER, ROWS)
ASK = ("9,red\n", "large\n")
REGRESSION = {
    "config": {"ProblemType": "Regression"},
    "AutoMLJobObjective": {"MetricName": "MSE"},
}


def job(target="kind", config=None, **more):
    settings = {"TargetAttributeName": target, "CompletionCriteria": {"MaxCandidates": 1}}
    return request("TabularJobConfig", settings | (config or {}), **more)


def with_column(values, name="extra"):
    """Return the table with a column more, before the target."""
    rows = [(*row[:2], value, row[2]) for row, value in zip(ROWS, values, strict=True)]
    return text_of([*HEADER[:2], name, HEADER[2]], rows)


def with_cell(column, value, row=0):
    """Return the table with one cell changed."""
    rows = [list(cells) for cells in ROWS]
    rows[row][HEADER.index(column)] = value
    return text_of(HEADER, rows)


def repeated(values):
    return (list(values) * 40)[:40]


def of(text, *asks, **more):
    return Case(job(**more), in_train(text), list(asks))


def zipped(body):
    return Case(job(channels=[channel(CompressionType="Gzip")]), in_train(body, "a.csv.gz"), [ASK])


def from_parquet(asks=(ASK,), **columns):
    table = {"size": SIZES, "colour": COLOURS, **columns, "kind": KINDS}
    return Case(
        job(channels=[channel(ContentType=PARQUET)]),
        in_train(parquet_of(table), "a.parquet"),
        list(asks),
    )


def weighed(values):
    config = {"Mode": "ENSEMBLING", "SampleWeightAttributeName": "weight"}
    return of(with_column(values, "weight"), ASK, config=config)


def validated(text):
    return Case(job(channels=two_channels()), in_train(PLAIN) | in_validation(text), [ASK])


def written_below(name, uri, output):
    return Case(
        job(channels=[channel(uri)], output=output),
        in_train(PLAIN) | {name: b"\x80\x04 a model"},
        [ASK],
    )


def specified(content):
    config = {"FeatureSpecificationS3Uri": "s3://in/features.json"}
    return Case(
        job(config=config), in_train(PLAIN) | {"in/features.json": content}, [("9\n", "large\n")]
    )


def named(content):
    manifest = channel("s3://in/a.manifest", data_type="ManifestFile")
    return Case(
        job(channels=[manifest]), in_train(PLAIN) | {"in/a.manifest": content.encode()}, [ASK]
    )


LABELS = "predicted_label,labels"
CASES = {
    "a header, commas, UTF-8": lambda: of(PLAIN, ASK),
    "a byte order mark (BOM) before the header": lambda: of(b"\xef\xbb\xbf" + PLAIN.encode(), ASK),
    "Windows line ends, blank lines": lambda: of(PLAIN.replace("\n", "\r\n\r\n"), ASK),
    "commas, quotes and line ends in quoted values": lambda: of(
        with_column(repeated(['a, "b"\nc', "d"])), ('9,red,"a, ""b""\nc"\n', "large\n")
    ),
    "a comma after the last name, with or without one after each row": lambda: of(
        PLAIN.replace("kind\n", "kind,\n"), ASK, ("9,red,\n", "large\n")
    ),
    "several files, columns in another order": lambda: Case(
        job(),
        in_train(text_of(HEADER, ROWS[:20]))
        | in_train(text_of(HEADER[::-1], [row[::-1] for row in ROWS[20:]]), "b.csv"),
        [ASK],
    ),
    "empty objects, `_SUCCESS`, names that begin with a dot": lambda: Case(
        job(),
        in_train(PLAIN)
        | in_train("", "_SUCCESS")
        | in_train(b"\x00\x01", ".DS_Store")
        | in_train("", "b.csv"),
        [ASK],
    ),
    "gzip with `CompressionType` Gzip": lambda: zipped(packed(PLAIN)),
    "a manifest": lambda: named('[{"prefix": "s3://in/train/"}, "a.csv"]'),
    "an `https://` URI of S3": lambda: Case(
        job(channels=[channel("https://in.s3.us-east-1.amazonaws.com/train/")]),
        in_train(PLAIN),
        [ASK],
    ),
    "the job's own output below the input prefix": lambda: written_below(
        "in/train_output/job-0/sagemaker-automl-candidates/a/model.tar.gz",
        "s3://in/train",
        "s3://in/train_output/",
    ),
    "earlier jobs' output in the input's own folder": lambda: written_below(
        "in/train/job-0/sagemaker-automl-candidates/a/model.tar.gz",
        "s3://in/train/",
        "s3://in/train/",
    ),
    "the words NA, None, null, N/A": lambda: of(
        with_column(repeated(["NA", "None", "null", "N/A"])), ("9,red,NA\n", "large\n")
    ),
    "the word NA among numbers": lambda: of(
        with_column(repeated([1, 2, 3, "NA"])), ("9,red,NA\n9,red,5\n9,red,\n", "large\n" * 3)
    ),
    "true and false, in any case, with empty cells": lambda: of(
        with_column(repeated(["True", "FALSE", "true", ""])),
        ("9,red,false\n9,red,1\n9,red,\n", "large\n" * 3),
    ),
    "a column of empty cells": lambda: of(with_column([""] * 40), ("9,red,\n", "large\n")),
    "days in ISO 8601": lambda: of(
        with_column([f"2025-01-{day % 28 + 1:02}" for day in range(40)]),
        ("9,red,2026-02-03\n", "large\n"),
    ),
    "integers beyond 64 bits": lambda: of(
        with_column([10**30 + number for number in range(40)]), (f"9,red,{10**30}\n", "large\n")
    ),
    "two columns of one name": lambda: of(PLAIN.replace("colour", "size", 1), ASK),
    "columns without a name": lambda: of(PLAIN.replace("colour", "", 1), ASK),
    "labels NA and None": lambda: of(
        text_of(HEADER, [(*row[:2], {"large": "NA"}.get(row[2], "None")) for row in ROWS]),
        ("9,red\n0,red\n", "NA\nNone\n"),
    ),
    "labels 1 and 1.0, True and true": lambda: Case(
        job(),
        in_train(
            text_of(
                HEADER, [(row[0], row[1], ["0", "1", "1.0"][i % 3]) for i, row in enumerate(ROWS)]
            )
        ),
        [("9,red\n", "1,\"['0', '1']\"\n")],
        LABELS,
    ),
    "a class of one row": lambda: Case(
        job(),
        in_train(text_of(HEADER, [*ROWS, (99, "red", "huge")])),
        [("9,red\n", "large,\"['huge', 'large', 'small']\"\n")],
        LABELS,
    ),
    "rows without a target": lambda: of(with_cell("kind", ""), ASK),
    "three rows of two classes": lambda: of(text_of(HEADER, ROWS[:2] + ROWS[9:10])),
    "Parquet with booleans, dates, decimals, categories and nulls": lambda: from_parquet(
        asks=[("9,red,True,2025-01-01,1.50,a,\n", "large\n")],
        truth=repeated([True, False, None]),
        day=[datetime.date(2025, 1, 1)] * 40,
        price=[Decimal("1.50")] * 40,
        letter=repeated("ab"),
        count=repeated([None, 1, 2]),
    ),
    "Latin-1": lambda: of(with_cell("colour", "grün").encode("latin-1")),
    "UTF-16": lambda: of(PLAIN.encode("utf-16")),
    "semicolons, tabs or vertical bars": lambda: of(PLAIN.replace(",", ";")),
    "gzip without `CompressionType`": lambda: of(packed(PLAIN)),
    "a plain file with `CompressionType` Gzip": lambda: zipped(PLAIN.encode()),
    "gzip that is cut off": lambda: zipped(packed(PLAIN)[:-12]),
    "Parquet with the content type of CSV": lambda: of(parquet_of({"a": [1], "kind": [2]})),
    "nested Parquet": lambda: from_parquet(tags=[["a"]] * 40),
    "a row with too many values": lambda: of(f"{PLAIN}1,red, dark,small\n"),
    "a row with too few values": lambda: of(f"{PLAIN}1,red\n"),
    "the header again, further below": lambda: of(PLAIN + PLAIN),
    "a quote that is never closed": lambda: of(f'{PLAIN}1,"red,small\n'),
    "a value of more than 128 kB": lambda: of(with_cell("colour", "x" * 131_073)),
    "files with other columns": lambda: Case(
        job(), in_train(PLAIN) | in_train("size,kind\n1,small\n", "b.csv")
    ),
    "a header alone": lambda: of(text_of(HEADER, [])),
    "no such target": lambda: of(PLAIN, target="sort"),
    "names with spaces around them": lambda: of(PLAIN.replace(",", ", ")),
    "the target twice": lambda: of(PLAIN.replace("colour", "kind", 1)),
    "one column": lambda: of(text_of(["kind"], [[kind] for kind in KINDS])),
    "features that are all empty": lambda: of(
        text_of(["a", "kind"], [["", kind] for kind in KINDS])
    ),
    "infinities": lambda: of(with_cell("size", "inf")),
    "two rows": lambda: of(text_of(HEADER, [ROWS[0], ROWS[9]])),
    "one class": lambda: of(text_of(HEADER, [row for row in ROWS if row[2] == "large"])),
    "a class a row": lambda: of(
        text_of(HEADER, [(*row[:2], f"k{i}") for i, row in enumerate(ROWS)])
    ),
    "1,234 as the target of a regression": lambda: of(
        text_of(["size", "price"], [(size, f"1,{size}00") for size in SIZES]),
        target="price",
        **REGRESSION,
    ),
    "words among many numbers as the target": lambda: of(
        text_of(["size", "price"], [(i, i if i else "unknown") for i in range(60)]), target="price"
    ),
    "weights that are no numbers, empty or below 0": lambda: weighed([*[1] * 39, "heavy"]),
    "a validation channel without a column": lambda: validated("size,kind\n1,small\n"),
    "a validation channel with a new class": lambda: validated(
        f"{text_of(HEADER, [])}1,red,tiny\n"
    ),
    "a validation channel with a word among numbers": lambda: validated(
        f"{text_of(HEADER, [])}one,red,small\n"
    ),
    "a validation channel without rows": lambda: validated(text_of(HEADER, [])),
    "a feature specification": lambda: specified(b'{"FeatureAttributeNames": ["size"]}'),
    "a feature specification with another column": lambda: specified(
        b'{"FeatureAttributeNames": ["length"]}'
    ),
    "a manifest with a BOM": lambda: named('\ufeff[{"prefix": "s3://in/train/"}, "a.csv"]'),
    "a manifest with a blank name": lambda: named('[{"prefix": "s3://in/train/"}, ""]'),
    "a manifest of another form": lambda: named('["s3://in/train/a.csv"]'),
}
