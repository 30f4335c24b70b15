"""Plain values of a file to the options of constructs: problems, channels, places."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any

from cdk_automlv2.errors import OptionFault, OptionsError
from cdk_automlv2.job.channels import AutoMLDataChannel, LocalAutoMLDataChannel
from cdk_automlv2.job.output import AutoMLOutput
from cdk_automlv2.specs.kinds import GATES, PROBLEMS

_REMOTE = ("s3://", "https://")
_SHARED = ("role", "vpc_config", "tags")
"""Options that hold for the whole model, as in ``AutoMLV2``."""


@dataclass
class Meaning:
    """What a file means.

    Attributes:
        job: Options of the job.
        model: Options of the model; ``None`` without one.
        endpoint: Options of the endpoint; ``None`` without one.
        release: Options of the release; ``None`` where the stack waits for the job itself.
        limits: Limits of the model; ``None`` without any.
        batch_transform: Options of the batch transform; ``None`` without one.
        faults: What the parts find wrong with themselves.
    """

    job: dict[str, Any]
    model: dict[str, Any] | None
    endpoint: dict[str, Any] | None
    release: dict[str, Any] | None = None
    limits: dict[str, Any] | None = None
    batch_transform: dict[str, Any] | None = None
    faults: list[OptionFault] = field(default_factory=list)


def meaning(values: Mapping[str, Any], folder: Path) -> Meaning:
    """Return what values mean.

    Args:
        values: Options by name, each of its type; those of faulty values are left out.
        folder: What paths are relative to.
    """
    job = dict(values)
    model, endpoint = job.pop("model", None), job.pop("endpoint", None)
    further = [job.pop(name, None) for name in ("release", "limits", "batch_transform")]
    found = Meaning(job, model, endpoint, *further)
    _place(found)
    for name, options in (("model", found.model), ("release", found.release)):
        if options is not None and "gates" in options:
            options["gates"] = _gates(f"{name}.gates", options["gates"], found.faults)
    parts: Mapping[str, Callable[[Any], Any]] = {
        "problem_config": _problem,
        "inputs": lambda inputs: _channels(inputs, folder, found.faults),
        "output": lambda output: _made(AutoMLOutput, output),
    }
    for name, make in parts.items():
        given = job.pop(name, None)
        part = None if given is None else _part(found.faults, name, make, given)
        if part is not None:
            job[name] = part
    return _share(found)


def _place(found: Meaning) -> None:
    """Make outputs of places that have a key beside the path."""
    options = found.batch_transform or {}
    for name in ("input_data", "output"):
        given = options.get(name)
        if isinstance(given, Mapping):
            path = f"batch_transform.{name}"
            options[name] = _part(found.faults, path, lambda one: _made(AutoMLOutput, one), given)


def _share(found: Meaning) -> Meaning:
    shared = {name: found.job[name] for name in _SHARED if name in found.job}
    tags = {name: value for name, value in shared.items() if name == "tags"}
    if found.endpoint is not None:
        found.model = found.model or {}
        found.endpoint = {**tags, **found.endpoint}
    if found.batch_transform is not None:
        found.model = found.model or {}
        found.batch_transform = {**tags, **found.batch_transform}
    if found.model is not None:
        found.model = {**shared, **found.model}
    return found


def _part(
    faults: list[OptionFault], path: str, make: Callable[[Any], Any], value: Any
) -> Any | None:
    """Return what is made of a value, or note what is wrong with it."""
    try:
        return make(value)
    except OptionsError as error:
        faults += [
            OptionFault(f"{path}.{item.path}", item.rule, item.got, item.fix)
            for item in error.problems
        ]
        return None


def _problem(options: Mapping[str, Any]) -> Any:
    return _made(PROBLEMS[options["kind"]], {k: v for k, v in options.items() if k != "kind"})


def _gates(path: str, listed: list[Mapping[str, Any]], faults: list[OptionFault]) -> list[Any]:
    made = [
        _part(faults, f"{path}[{index}]", _gate, options) for index, options in enumerate(listed)
    ]
    return [gate for gate in made if gate is not None]


def _gate(options: Mapping[str, Any]) -> Any:
    return _made(GATES[options["kind"]], {k: v for k, v in options.items() if k != "kind"})


def _made(kind: Any, options: Mapping[str, Any]) -> Any:
    """Return a dataclass of options; what is missing is unset, which it finds wrong itself."""
    missing = {item.name: None for item in fields(kind) if item.default is MISSING}
    return kind(**missing | dict(options))


def _channels(inputs: Any, folder: Path, faults: list[OptionFault]) -> list[Any] | None:
    """Return the channels that ``inputs`` name: a place, a channel, or a list of channels."""
    if isinstance(inputs, str):
        name = "s3_uri" if inputs.startswith(_REMOTE) else "path"
        inputs = {name: inputs}
    listed = inputs if isinstance(inputs, list) else [inputs]
    made = [
        _part(faults, f"inputs[{index}]", lambda item: _channel(item, folder), item)
        for index, item in enumerate(listed)
    ]
    return None if None in made else made


def _channel(options: Mapping[str, Any], folder: Path) -> Any:
    if "path" not in options:
        return _made(AutoMLDataChannel, {"s3_data_type": "S3Prefix", **options})
    if options["path"] is not None:
        _refuse_absolute(options["path"], folder)
        options = {**options, "path": str(folder / options["path"])}
    return _made(LocalAutoMLDataChannel, {"data_type": "S3Prefix", **options})


def _refuse_absolute(path: str, folder: Path) -> None:
    """Refuse what is elsewhere on the next machine: the pipeline's, or that of who reviews it."""
    if not path.startswith("~") and not Path(path).is_absolute():
        return
    rule = "must be relative to the file, as other machines have other folders"
    fix = None if path.startswith("~") else f"write {os.path.relpath(path, folder)}"
    raise OptionsError("inputs", (OptionFault("path", rule, path, fix),))
