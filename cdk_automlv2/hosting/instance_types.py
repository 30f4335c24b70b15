"""What is known of instance types: processors and storage."""

from __future__ import annotations

import re

from cdk_automlv2._core.tokens import is_token

_GPU = re.compile(r"ml\.(g|p)\d")
_OWN_STORAGE = re.compile(r"ml\.([a-z]+\d*[a-z-]*d[a-z]*|(g5|g6|p5|trn1)[a-z]*)\.")
_UNSUPPORTED_ARCHITECTURES = re.compile(r"ml\.(a1|[a-z]\d+g[a-z]*|inf\d|trn\d)\.")


def processing_unit(instance_type: str | None) -> str:
    """Return ``GPU`` for the families g and p, else ``CPU``."""
    if instance_type is None or is_token(instance_type):
        return "CPU"
    return (
        "GPU"
        if _GPU.match(instance_type) and not is_unsupported_architecture(instance_type)
        else "CPU"
    )


def is_unsupported_architecture(instance_type: str) -> bool:
    """Whether the processors are not x86_64 (Graviton, Inferentia, Trainium)."""
    return _UNSUPPORTED_ARCHITECTURES.match(instance_type) is not None


def has_own_storage(instance_type: str) -> bool:
    """Whether instances have fast local disks instead of a volume, such as ml.g5 or ml.m5d.

    Source: ``volume_size_supported`` of the SageMaker SDK.
    """
    return _OWN_STORAGE.match(instance_type) is not None
