"""Answers `{"rows": [[…], …]}` with a label and a probability for each row.

Invoked directly it takes and returns the object itself; behind API Gateway the body of a request.
"""

import csv
import io
import json
import os
from typing import Any

import boto3
from botocore.exceptions import ClientError

ENDPOINT = boto3.client("sagemaker-runtime")


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Answer one event."""
    if "body" not in event:
        return {"scores": scores(event["rows"])}
    try:
        found = scores(json.loads(event["body"])["rows"])
    except (KeyError, TypeError, ValueError, csv.Error):
        return response(400, {"message": 'the body must be {"rows": [[...], ...]}'})
    except ClientError as error:
        if error.response["Error"]["Code"] != "ModelError":
            raise
        return response(400, {"message": "the model cannot read these rows"})
    return response(200, {"scores": found})


def scores(rows: list[list[Any]]) -> list[dict[str, Any]]:
    """Return the label and the probability of each row."""
    sent = io.StringIO()
    csv.writer(sent, lineterminator="\n").writerows(rows)
    answer = ENDPOINT.invoke_endpoint(
        EndpointName=os.environ["ENDPOINT_NAME"], ContentType="text/csv", Body=sent.getvalue()
    )
    lines = csv.reader(io.StringIO(answer["Body"].read().decode()))
    return [{"label": label, "probability": float(share)} for label, share in lines]


def response(status: int, body: dict[str, Any]) -> dict[str, Any]:
    """Return what API Gateway makes an HTTP response of."""
    headers = {"content-type": "application/json"}
    return {"statusCode": status, "headers": headers, "body": json.dumps(body)}
