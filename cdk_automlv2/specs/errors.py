"""What is wrong in files of specs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cdk_automlv2.errors import OptionFault, OptionsError
from cdk_automlv2.specs.nodes import Mark, NotReadableError


@dataclass(frozen=True)
class SpecFault:
    """One broken rule, and where it stands.

    Attributes:
        file: The file, as it was named.
        line: Its line, from 1.
        column: Its column, from 1.
        fault: The option, the rule, the value and what to do.
    """

    file: str
    line: int
    column: int
    fault: OptionFault

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {_words(self.fault)}"


def _words(fault: OptionFault) -> str:
    """Return a fault in words; where there is no value, the rule says it all."""
    return str(fault).replace(", got None", "", 1) if fault.got is None else str(fault)


class SpecError(OptionsError):
    """When files cannot be models; raised once, with every fault of every file.

    Attributes:
        faults: The faults, in the order of the files and of their lines.
        problems: The same without their places.
    """

    def __init__(self, owner: str, faults: tuple[SpecFault, ...]) -> None:
        super().__init__(owner, tuple(item.fault for item in faults))
        self.faults = faults
        lines = "".join(f"\n  - {item}" for item in faults)
        self.args = (f"{owner}: invalid options:{lines}",)


def spec_fault(file: Path, mark: Mark, fault: OptionFault) -> SpecFault:
    """Return a fault at a place of a file."""
    return SpecFault(str(file), mark.line, mark.column, fault)


def not_json(file: Path, error: Exception) -> SpecFault:
    """Return what kept a JSON file beside the specs from being read, where it stands."""
    line, column = getattr(error, "lineno", 1), getattr(error, "colno", 1)
    words = getattr(error, "msg", error)
    return spec_fault(
        file, Mark(line, column), OptionFault("file", f"must be JSON ({words})", None)
    )


def unreadable(file: Path, error: NotReadableError) -> SpecFault:
    """Return what kept a file, or a part of it, from being read."""
    return spec_fault(file, error.mark, OptionFault("file", error.rule, error.got, error.fix))
