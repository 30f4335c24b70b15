"""Every row of the tables in docs/local-data.md is true."""

import json
import re
from pathlib import Path

import pytest

from cdk_automlv2.local.sagemaker.hosting import HostedModel
from cdk_automlv2.local.training.__main__ import main

from .data_cases import language, pictures, series, tables, texts
from .fake_s3 import FakeS3

DOC = Path(__file__).parents[2] / "docs" / "local-data.md"
LONGEST_REASON = 1024
KINDS = {
    "Tables": tables.CASES,
    "Texts": texts.CASES,
    "Pictures": pictures.CASES,
    "Time series": series.CASES,
    "Language": language.CASES,
}


def rows_of_document():
    """Yield kind, data and outcome of every row."""
    kind = ""
    for line in DOC.read_text().splitlines():
        if line.startswith("## "):
            kind = line[3:]
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and len(cells) == 2 and cells[0] != "Data":
            yield kind, *cells


ROWS = list(rows_of_document())


def trained(case, capsys):
    """Return the candidates, the failure or an empty text, and the objects afterwards."""
    s3 = FakeS3(case.objects)
    main(case.request, s3)
    reports = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    candidates = [report["Candidate"] for report in reports if "Candidate" in report]
    return candidates, reports[-1].get("Failure", ""), s3


def answer_of(candidate, s3, body, keys):
    containers = candidate.get("InferenceContainers")
    if containers is None:
        containers = candidate["InferenceContainerDefinitions"]["GPU"]
    if keys:
        containers[-1]["Environment"]["SAGEMAKER_INFERENCE_OUTPUT"] = keys
    kind = "application/json" if body.startswith("{") else "text/csv"
    return HostedModel.fetch(containers, s3).answer(body.encode(), kind)[0].decode()


@pytest.mark.parametrize(
    ("kind", "data", "outcome"), [pytest.param(*row, id=f"{row[0]}: {row[1]}") for row in ROWS]
)
def test_what_the_document_says_of_data_is_so(kind, data, outcome, capsys):
    case = KINDS[kind][data]()

    candidates, failure, s3 = trained(case, capsys)

    if outcome.startswith("trains"):
        assert failure == ""
        for body, expected in case.asks:
            assert answer_of(candidates[0], s3, body, case.keys).startswith(expected)
    else:
        [reason] = re.findall("`([^`]+)`", outcome)
        assert all(part in failure for part in reason.split("…")), failure
        assert len(failure) <= LONGEST_REASON
        assert not candidates


def test_every_case_is_in_the_document():
    told = {(kind, data) for kind, data, _ in ROWS}

    assert told == {(kind, data) for kind, cases in KINDS.items() for data in cases}
