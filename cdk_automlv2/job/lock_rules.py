"""What the containers of a lock file must be: the function gets rights to what they name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cdk_automlv2._core.key_forms import key_faults

_OBJECT = re.compile(r"s3://[a-zA-Z0-9][a-zA-Z0-9._-]{0,254}/[^*?$\x00-\x1f]+")
"""An object by its name: in a policy ``*`` and ``?`` would be patterns, and ``$`` a variable."""

_DIGEST = re.compile(r"[0-9a-f]{64}")


def check_containers(units: Mapping[str, Any]) -> None:
    """Refuse what ``automlv2 lock`` does not write.

    Raises:
        KeyError: Naming a member that is missing.
        ValueError: Naming a member that is wrong.
    """
    if not units:
        raise ValueError("there are no containers")
    for unit, containers in units.items():
        if not isinstance(containers, list) or not containers:
            raise ValueError(f"containers[{unit!r}] is no list of containers")
        for index, container in enumerate(containers):
            _check_container(f"containers[{unit!r}][{index}]", container)


def _check_container(path: str, container: Mapping[str, Any]) -> None:
    image, environment = container["image"], container["environment"]
    if not isinstance(image, str) or not image:
        raise ValueError(f"{path}.image is no image: {image!r}")
    values = environment.values() if isinstance(environment, Mapping) else [None]
    if not all(isinstance(value, str) for value in values):
        raise ValueError(f"{path}.environment holds no texts by name: {environment!r}")
    if container["artifact"] is not None:
        _check_artifact(f"{path}.artifact", container["artifact"])


def _check_artifact(path: str, artifact: Mapping[str, Any]) -> None:
    uri, digest, key = artifact["uri"], artifact["sha256"], artifact.get("kms-key")
    if not isinstance(uri, str) or not _OBJECT.fullmatch(uri):
        raise ValueError(f"{path}.uri is no object of S3: {uri!r}")
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        raise ValueError(f"{path}.sha256 is no SHA-256 in lower case: {digest!r}")
    if key is not None and (not isinstance(key, str) or list(key_faults("", key))):
        raise ValueError(f"{path}.kms-key is no key: {key!r}")
