"""What a case is made of: a request, objects in S3, and what a model is asked."""

import csv
import gzip
import io
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

PARQUET = "x-application/vnd.amazon+parquet"


@dataclass(frozen=True)
class Case:
    """``asks`` are bodies of requests and the answers to them."""

    request: dict[str, Any]
    objects: dict[str, bytes]
    asks: list[tuple[str, str]] = field(default_factory=list)
    keys: str | None = None


def channel(uri="s3://in/train/", kind="training", data_type="S3Prefix", **more):
    source = {"S3DataType": data_type, "S3Uri": uri}
    return {"ChannelType": kind, "DataSource": {"S3DataSource": source}, **more}


def request(member, config, channels=(), output="s3://out", **more):
    return {
        "AutoMLJobName": "job-1",
        "Account": "000000000000",
        "Region": "us-east-1",
        "AutoMLJobInputDataConfig": list(channels) or [channel()],
        "OutputDataConfig": {"S3OutputPath": output},
        "AutoMLProblemTypeConfig": {member: config},
        **more,
    }


def two_channels():
    return [channel(), channel("s3://in/validation/", "validation")]


def text_of(header, rows):
    """Return a CSV, quoted where it must be."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue()


def in_train(text, name="a.csv"):
    """Return the objects of a training channel that has one."""
    return {f"in/train/{name}": text if isinstance(text, bytes) else text.encode()}


def in_validation(text):
    return {"in/validation/a.csv": text.encode()}


def parquet_of(columns):
    out = io.BytesIO()
    pd.DataFrame(columns).to_parquet(out)
    return out.getvalue()


def packed(text):
    return gzip.compress(text.encode())
