"""A folder of specs, checked whole: each file, and what two of them may not share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from cdk_automlv2.errors import OptionFault
from cdk_automlv2.limits import Limits
from cdk_automlv2.specs.errors import SpecError, SpecFault, spec_fault
from cdk_automlv2.specs.files import SUFFIXES, misplaced, spec_files
from cdk_automlv2.specs.limit_file import FILE as LIMIT_FILE
from cdk_automlv2.specs.limit_file import over_limits, read_limits
from cdk_automlv2.specs.nodes import Mark
from cdk_automlv2.specs.spec import Spec, check
from cdk_automlv2.specs.stack_file import FILE as STACK_FILE
from cdk_automlv2.specs.stack_file import StackFileError, read_stack_file

MOST_FILES = 10_000
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,98}[A-Za-z0-9])?")
_START = Mark(1, 1)


def load_folder(folder: str | Path) -> list[Spec]:
    """Return the specs of a folder and of those below it, by name.

    Raises:
        SpecError: With everything that is wrong in any of them.
    """
    specs, faults = check_folder(Path(folder))
    if faults:
        raise SpecError(str(folder), tuple(faults))
    return specs


def check_folder(folder: Path) -> tuple[list[Spec], list[SpecFault]]:
    """Return the specs of a folder, as far as they can be read, and everything wrong."""
    try:
        files = spec_files(folder)
    except OSError as error:
        return [], [_of_folder(folder, f"must be a folder ({error.strerror})")]
    if not files:
        words = ", ".join(f"*{suffix}" for suffix in SUFFIXES)
        return [], [_of_folder(folder, f"must hold specs: files {words}")]
    if len(files) > MOST_FILES:
        return [], [_of_folder(folder, f"must hold {MOST_FILES:,} specs at most")]
    checked = [check(path, folder) for path in files]
    specs = [spec for spec, _ in checked if spec is not None]
    faults = [fault for _, found in checked for fault in found]
    limits, of_limits = read_limits(folder)
    of_limits += [_not_read(path, folder) for path in misplaced(folder, LIMIT_FILE)]
    over = [] if faults else over_limits(folder, limits, specs)
    found = [*faults, *_names(specs), *_shared(specs), *of_limits, *over]
    return [_priced(spec, limits) for spec in specs], found


def _priced(spec: Spec, limits: Limits) -> Spec:
    """Return a spec whose own limits have the folder's prices."""
    if spec.limits is None or limits.prices is None:
        return spec
    return replace(spec, limits={**spec.limits, "prices": limits.prices})


def check_all(folder: Path) -> list[SpecFault]:
    """Return what is wrong in a folder: its specs, and how they spread over stacks."""
    faults = check_folder(folder)[1]
    if (folder / STACK_FILE).exists():
        try:
            read_stack_file(folder)
        except StackFileError as error:
            faults += [error.fault] if error.fault else []
    return faults


def _not_read(path: Path, folder: Path) -> SpecFault:
    rule = f"must be in {folder}, as limits of a folder below hold for no model"
    return spec_fault(path, _START, OptionFault("file", rule, None, "move it there"))


def _of_folder(folder: Path, rule: str) -> SpecFault:
    return spec_fault(folder, _START, OptionFault("folder", rule, str(folder)))


def _names(specs: Sequence[Spec]) -> Iterator[SpecFault]:
    for spec in specs:
        if not _NAME.fullmatch(spec.name):
            rule = "must be 1 to 100 letters, digits, hyphens, dots and underscores"
            fix = "rename the file"
            yield spec_fault(spec.path, _START, OptionFault("name", rule, spec.name, fix))
    yield from _twice(specs, "name", lambda spec: spec.name.lower(), "rename one of the files")


def _shared(specs: Sequence[Spec]) -> Iterator[SpecFault]:
    """Yield names in AWS that two models ask for; SageMaker compares some without case."""
    for part, option in (
        ("endpoint", "endpoint_name"),
        ("model", "model_name"),
        ("job", "job_name"),
    ):
        path = option if part == "job" else f"{part}.{option}"
        yield from _twice(specs, path, partial(_lower, part, option), None)


def _lower(part: str, option: str, spec: Spec) -> str | None:
    options: Any = getattr(spec, part) or {}
    value = options.get(option)
    return None if value is None else str(value).lower()


def _twice(
    specs: Sequence[Spec], path: str, key: Callable[[Spec], str | None], fix: str | None
) -> Iterator[SpecFault]:
    first: dict[str, Spec] = {}
    for spec in specs:
        value = key(spec)
        if value is None:
            continue
        earlier = first.setdefault(value, spec)
        if earlier is not spec:
            rule = f"must be another than that of {earlier.path}"
            yield spec_fault(spec.path, _START, OptionFault(path, rule, value, fix))
