"""Names that any delivery of the same request arrives at again.

Form: ``<base>-<scope><owner><content>`` and, for jobs, ``-<attempt>``; lower case, as ARNs are.
``scope`` is fixed per stack at synth and is what the function's policies are limited to;
``owner`` stands for the resource, so that a list by name finds whatever it has made, whatever its
base was at that time. The content of a job is its settings, then its data.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable
from typing import Any

from automlv2_handlers.events import LifecycleEvent

JOB_NAME_LENGTH = 32
NAME_LENGTH = 63
MAX_ATTEMPTS = 99
_OWNER_LENGTH = 3
# A job has 32 characters for everything, its base included. Names that are equal by chance do no
# harm: what a job was trained on is in its tags, and the next attempt has another name.
_TRAINING_LENGTH = 4
_DATA_LENGTH = 4
_ENDPOINT_LENGTH = 6
_MODEL_LENGTH = 8
_CONTENT_LENGTH = 10
_MOST_MODELS = 2
MORE_MODELS = "m0"
"""Stands for more models than a name has room for; a digest has no 0."""


def canonical(value: Any) -> str:
    """Return the same text for the same value, whatever the order of its keys."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)


def digest(*parts: Any, length: int = 32) -> str:
    """Return ``length`` characters of [a-z2-7] that stand for ``parts``."""
    raw = hashlib.sha256(canonical(parts).encode()).digest()
    return base64.b32encode(raw).decode().lower()[:length]


def owner_stem(event: LifecycleEvent) -> str:
    """Return the part of a name that all names of one resource have in common."""
    return f"{event.properties.get('NameScope', '')}{digest(event.owner, length=_OWNER_LENGTH)}"


def job_stem(event: LifecycleEvent, training: Any) -> str:
    """Return the part of a name that all jobs of one resource and of equal settings have."""
    return f"{owner_stem(event)}{digest(event.owner, training, length=_TRAINING_LENGTH)}"


def data_stem(event: LifecycleEvent, training: Any, data: str) -> str:
    """Return the part of a name that all jobs of equal settings and data have."""
    return f"{job_stem(event, training)}{digest(data, length=_DATA_LENGTH)}"


def job_name(event: LifecycleEvent, training: Any, attempt: int, data: str = "") -> str:
    """Return the name of the ``attempt``-th job (from 1) for these settings and data."""
    return _join(_base(event), f"{data_stem(event, training, data)}-{attempt}", JOB_NAME_LENGTH)


def name_for(event: LifecycleEvent, content: Any = "") -> str:
    """Return the name of a model or endpoint with that content."""
    hashed = digest(event.owner, content, length=_CONTENT_LENGTH)
    return _join(_base(event), f"{owner_stem(event)}{hashed}", NAME_LENGTH)


def config_stem(event: LifecycleEvent, endpoint_name: str) -> str:
    """Return the part of a name that all configurations of one endpoint have in common."""
    hashed = digest(event.owner, endpoint_name, length=_ENDPOINT_LENGTH)
    return f"{owner_stem(event)}{hashed}"


def model_stem(model_name: str) -> str:
    """Return the part of a name that all configurations that serve a model have in common.

    It identifies models in any stack, so that whoever deletes one finds what serves it.
    """
    return f"m{digest(model_name.lower(), length=_MODEL_LENGTH)}"


def endpoint_arn(stack_id: str, name: str) -> str:
    """Return the ARN of an endpoint in the account and Region of a stack."""
    partition, _, region, account = stack_id.split(":")[1:5]
    return f"arn:{partition}:sagemaker:{region}:{account}:endpoint/{name.lower()}"


def config_name(
    event: LifecycleEvent, endpoint_name: str, content: Any, models: Iterable[str] = ()
) -> str:
    """Return the name of an endpoint's configuration with that content, serving those models."""
    stems = [model_stem(name) for name in sorted(set(models))]
    served = "".join(
        f"-{stem}" for stem in (stems if len(stems) <= _MOST_MODELS else [MORE_MODELS])
    )
    own = f"{config_stem(event, endpoint_name)}-{digest(content, length=_CONTENT_LENGTH)}"
    return _join(_base(event), f"{own}{served}", NAME_LENGTH)


def execution_name(event: LifecycleEvent) -> str:
    """Return the name of the execution that waits for this request; 80 characters at most."""
    logical = re.sub(r"[^A-Za-z0-9]", "", event.logical_id)[:40]
    return f"{logical}-{event.request_type}-{digest(event.stack_id, event.request_id, length=26)}"


def is_generated(event: LifecycleEvent, name: str) -> bool:
    """Whether ``name`` has the form of this module, and is not one that CloudFormation invented."""
    scope = re.escape(str(event.properties.get("NameScope", "")))
    return re.fullmatch(rf"[a-z0-9][a-z0-9-]*-{scope}[a-z2-7]{{9,13}}(-\d+)?", name) is not None


_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9])*")


def was_answered(event: LifecycleEvent, given: str | None) -> bool:
    """Whether the physical id is a name of ours, be it ``given`` by the user or generated."""
    return event.physical_id == given or is_generated(event, event.physical_id)


def may_be_name(text: str, most: int = 63) -> bool:
    """Whether SageMaker may have something by that name, so that it can be asked.

    A physical id is a name, or what CloudFormation has invented where there was no answer.

    Args:
        text: A physical id.
        most: Characters of the longest name.
    """
    return len(text) <= most and _NAME.fullmatch(text) is not None


def _base(event: LifecycleEvent) -> str:
    text = str(event.properties.get("BaseName") or event.logical_id).lower()
    return re.sub(r"[^a-z0-9]+", "-", text).strip("-") or "automl"


def _join(base: str, stem: str, length: int) -> str:
    return f"{base[: length - len(stem) - 1].rstrip('-')}-{stem}"
