"""Two roles for all models of a stack, where their folder says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_automlv2._core.made_role import MadeRole
from cdk_automlv2.specs.spec import Spec

_STAYING = ("RETAIN", "RETAIN_ON_UPDATE_OR_DELETE")
_PLACES = {"output", "output_path"}


class SharedRoles:
    """The role of all jobs of a stack, and that of all its models.

    Each is granted what all of its users need. Their names follow from the stack alone, so that no
    file changes what another one runs as.

    Args:
        stack: The stack.
    """

    def __init__(self, stack: cdk.Stack) -> None:
        self._stack = stack
        self._made: dict[str, iam.IRole] = {}

    def given(self, spec: Spec) -> Spec:
        """Return a spec with the roles, for what it gives no role to.

        A model that outlives the stack has one of its own, which outlives it too; and one whose
        artifacts lie where only its job knows, as all models would wait for that job.
        """
        job = spec.job if "role" in spec.job else {**spec.job, "role": self._of("Job")}
        model = spec.model
        if model is not None and "role" not in model:
            model = {**model, "role": None if _has_own(spec) else self._of("Model")}
        return replace(spec, job=job, model=model)

    def _of(self, kind: str) -> iam.IRole:
        if kind not in self._made:
            scope = Construct(self._stack, f"AutoMLV2{kind}s")
            self._made[kind] = MadeRole.shared(scope, "Role", passes_itself=kind == "Job")
        return self._made[kind]


def _has_own(spec: Spec) -> bool:
    """Whether the model's role cannot be that of others."""
    parts: tuple[Mapping[str, Any], ...] = (spec.model or {}, spec.endpoint or {})
    stays = any(part.get("removal_policy") in _STAYING for part in parts)
    return stays or (spec.release is None and not _PLACES & spec.job.keys())
