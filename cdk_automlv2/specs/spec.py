"""``load``: one file, checked whole, as the options of the constructs that it describes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cdk_automlv2.errors import OptionFault
from cdk_automlv2.specs import nodes
from cdk_automlv2.specs.errors import SpecError, SpecFault, spec_fault, unreadable
from cdk_automlv2.specs.files import spec_name, text_of
from cdk_automlv2.specs.meaning import meaning
from cdk_automlv2.specs.nodes import Mark, NotReadableError
from cdk_automlv2.specs.places import mark_of
from cdk_automlv2.specs.rules import faults_of
from cdk_automlv2.specs.walk import Walk, schema

_START = Mark(1, 1)


@dataclass(frozen=True)
class Spec:
    """A model as a file describes it.

    Attributes:
        name: Its name: that of the file, without the suffix.
        path: The file.
        job: Options of ``AutoMLJobV2``.
        model: Options of ``AutoMLModel``; ``None`` if there is no model.
        endpoint: Options of ``AutoMLEndpoint``; ``None`` if there is no endpoint.
        release: Options of ``AutoMLRelease`` alone; ``None`` where the stack waits for the job.
        batch_transform: Options of ``AutoMLBatchTransform``; ``None`` if there is none.
        limits: Options of ``AutoMLLimits.configure``; ``None`` without limits of its own.
        place: Where the file says what the job may train.
    """

    name: str
    path: Path
    job: Mapping[str, Any]
    model: Mapping[str, Any] | None
    endpoint: Mapping[str, Any] | None
    release: Mapping[str, Any] | None = None
    limits: Mapping[str, Any] | None = None
    place: Mark = _START
    batch_transform: Mapping[str, Any] | None = None


def load(path: str | Path, *, root: str | Path | None = None) -> Spec:
    """Return what a file describes.

    Args:
        path: The file.
        root: The folder that a link must not lead out of. Default: links lead where they lead.

    Raises:
        SpecError: With everything that is wrong in it.
    """
    spec, faults = check(Path(path), None if root is None else Path(root))
    if spec is None or faults:
        raise SpecError(str(path), tuple(faults))
    return spec


def check(path: Path, root: Path | None = None) -> tuple[Spec | None, list[SpecFault]]:
    """Return what a file describes, as far as it can be read, and everything wrong in it."""
    try:
        document = nodes.read(text_of(path, root))
    except NotReadableError as error:
        return None, [unreadable(path, error)]
    reading = _Reading(path, document)
    spec = reading.spec()
    return spec, sorted(reading.faults, key=lambda fault: (fault.line, fault.column))


@dataclass
class _Reading:
    path: Path
    document: nodes.Document
    faults: list[SpecFault] = field(default_factory=list)

    def spec(self) -> Spec | None:
        self.faults += [unreadable(self.path, error) for error in self.document.faults]
        root = self.document.root
        if not isinstance(root, nodes.Mapped):
            rule = "must be a mapping of options"
            self._note(root.mark, OptionFault("file", rule, nodes.kind(root)))
            return None
        walk = Walk()
        values = walk.options("", root, schema())
        values.pop("$schema", None)
        for mark, fault in walk.faults:
            self._note(mark, fault)
        found = meaning(values, self.path.parent)
        known = {fault.fault.path for fault in self.faults}
        for fault in [*found.faults, *faults_of(found, known)]:
            if fault.path not in known:
                self._note(mark_of(root, fault), fault)
        parts = (found.job, found.model, found.endpoint, found.release, found.limits)
        config = root.get("problem_config")
        place = root.mark if config is None else config.mark
        name, batch = spec_name(self.path), found.batch_transform
        return Spec(name, self.path, *parts, place, batch_transform=batch)

    def _note(self, mark: Mark, fault: OptionFault) -> None:
        self.faults.append(spec_fault(self.path, mark, fault))
