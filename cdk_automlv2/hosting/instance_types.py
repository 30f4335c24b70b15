"""What is known of instance types: processors and storage."""

from __future__ import annotations

import re

from cdk_automlv2._core.tokens import is_token

_GPU = re.compile(r"ml\.(g|p)\d")
_OWN_STORAGE = re.compile(r"ml\.([a-z]+\d*[a-z-]*d[a-z]*|(g5|g6|p5|trn1)[a-z]*)\.")
_UNSUPPORTED_ARCHITECTURES = re.compile(r"ml\.(a1|[a-z]\d+g[a-z]*|inf\d|trn\d)\.")


_SIZE = re.compile(r"ml\.([a-z0-9-]+)\.(\d*)(medium|large|xlarge)")
_ODD_CORES = {"ml.c4.8xlarge": 36, "ml.t2.medium": 2}
_GPUS_OF_P = {
    "p2": {1: 1, 8: 8, 16: 16},
    "p3": {2: 1, 8: 4, 16: 8},
    "p5": {4: 1, 48: 8},
}
_GPUS_OF_G = {12: 4, 24: 4, 48: 8}
_MOST_GPUS = 8


def cpu_cores(instance_type: str) -> int | None:
    """Return the virtual cores of a type, by its size; ``None`` if that is not known.

    Source: https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
    """
    found = _SIZE.fullmatch(instance_type)
    if found is None:
        return None
    if instance_type in _ODD_CORES:
        return _ODD_CORES[instance_type]
    sizes = {"medium": 1, "large": 2, "xlarge": 4}
    return sizes[found[3]] * int(found[2] or 1)


def gpus(instance_type: str) -> int | None:
    """Return the GPUs of a type; ``None`` if it has none, or they are not known.

    Source: https://docs.aws.amazon.com/ec2/latest/instancetypes/ac.html
    """
    found = _SIZE.fullmatch(instance_type)
    if found is None or processing_unit(instance_type) != "GPU":
        return None
    family, size = found[1], int(found[2] or 1)
    if family[0] == "g":
        return _GPUS_OF_G.get(size, 1)
    return _GPUS_OF_P.get(family, {24: _MOST_GPUS, 48: _MOST_GPUS}).get(size)


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
