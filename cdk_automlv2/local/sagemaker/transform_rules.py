"""Rules between members of CreateTransformJob, in the service's words."""

from __future__ import annotations

from typing import Any

from cdk_automlv2.local.sagemaker.errors import validation
from cdk_automlv2.local.sagemaker.state import Record
from cdk_automlv2.local.sagemaker.transform_data import Columns

_MOST_AT_ONCE_MB = 100
_JOINABLE = ("text/csv", "application/json", "application/jsonlines")
_OWN_STORAGE = ("g4dn", "g5", "g6", "g6e", "trn1")


def check(request: Record) -> None:
    """Refuse a transform whose members do not go together.

    Raises:
        ServiceError: ``ValidationException``.
    """
    source, output = request["TransformInput"], request["TransformOutput"]
    split = source.get("SplitType", "None")
    if request.get("BatchStrategy") and split == "None":
        raise validation("BatchStrategy can be used only when SplitType is not None.")
    payload = request.get("MaxPayloadInMB", 6) * request.get("MaxConcurrentTransforms", 1)
    if payload > _MOST_AT_ONCE_MB:
        raise validation("MaxConcurrentTransforms * MaxPayloadInMB must not exceed 100 MB.")
    resources = request["TransformResources"]
    if resources.get("VolumeKmsKeyId") and resources["InstanceType"].split(".")[1] in _OWN_STORAGE:
        words = "VolumeKmsKeyId cannot be used with an instance type that has local storage: "
        raise validation(words + resources["InstanceType"])
    processing = request.get("DataProcessing", {})
    if processing.get("JoinSource", "None") != "None":
        _check_join(source, output)
    for name in ("InputFilter", "OutputFilter"):
        _check_filter(name, processing.get(name, "$"), source)


def _check_join(source: dict[str, Any], output: dict[str, Any]) -> None:
    sent, wanted = source.get("ContentType", ""), output.get("Accept", "")
    if sent not in _JOINABLE or sent != wanted:
        words = "To join input and output, ContentType and Accept must be of the same format, CSV "
        raise validation(f"{words}or JSON: {sent or 'none'} and {wanted or 'none'}.")
    split, assemble = source.get("SplitType", "None"), output.get("AssembleWith", "None")
    if (split, assemble) != ("Line", "Line"):
        words = "To join input and output, SplitType and AssembleWith must both be Line: "
        raise validation(f"{words}{split} and {assemble}.")


def _check_filter(name: str, path: str, source: dict[str, Any]) -> None:
    if source.get("ContentType") == "text/csv" and Columns.of(path) is None:
        raise validation(f"{name} {path!r} is not supported for CSV: use indices, as in $[1:].")
