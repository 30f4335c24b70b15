"""What existed before its stack, and was marked for it by ``automlv2 adopt``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

_COMPARED: Final = (
    "AutoMLJobInputDataConfig",
    "AutoMLJobObjective",
    "AutoMLProblemTypeConfig",
    "DataSplitConfig",
    "OutputDataConfig",
    "SecurityConfig",
)
"""What a job was trained by; the service fills in more than was asked for."""


def differences(described: Mapping[str, Any], request: Mapping[str, Any]) -> list[str]:
    """Return the settings in which a job is not what a request asks for, each as its path."""
    return [
        path
        for member in _COMPARED
        if member in request
        for path in _differing(member, described.get(member), request[member])
    ]


def _differing(path: str, has: Any, wanted: Any) -> Iterator[str]:
    match wanted:
        case Mapping():
            members = has if isinstance(has, Mapping) else {}
            for key, value in wanted.items():
                yield from _differing(f"{path}.{key}", members.get(key), value)
        case list():
            yield from _differing_items(path, has, wanted)
        case _ if _plain(has) != _plain(wanted):
            yield path


def _differing_items(path: str, has: Any, wanted: list[Any]) -> Iterator[str]:
    if not isinstance(has, list) or len(has) != len(wanted):
        yield path
        return
    for number, (one, other) in enumerate(zip(has, wanted, strict=True)):
        yield from _differing(f"{path}[{number}]", one, other)


def _plain(value: Any) -> Any:
    """Return a value as it is compared: a location with and without its last slash is one."""
    return value.rstrip("/") if isinstance(value, str) else value
