"""What an annotation says of a value, asked of values: without getters, without calls into Node.

Tokens come first: they stand for a value of the right type. CDK's interfaces go by what jsii
declares of a class; isinstance on them would run every getter.
"""

from __future__ import annotations

import builtins
import inspect
import math
import sys
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import (
    Annotated,
    Any,
    ClassVar,
    Final,
    Literal,
    Protocol,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from cdk_automlv2._core.hints import hint, name_of
from cdk_automlv2._core.tokens import is_resolvable, is_token
from cdk_automlv2.errors import OptionFault

KNOWN_AT_SYNTH: Final = "known at synth"
"""In ``Annotated[…, KNOWN_AT_SYNTH]``: an option that cannot be a token."""


class Check(Protocol):
    """What a value must be."""

    @property
    def words(self) -> str:
        """It, for an error."""

    @property
    def optional(self) -> bool:
        """Whether ``None`` is taken."""

    def faults(self, path: str, value: Any) -> Iterator[OptionFault]:
        """Yield what is wrong with ``value``, which is at ``path``."""


@dataclass(frozen=True)
class _Anything:
    words: ClassVar[str] = "a value"
    optional: ClassVar[bool] = True

    def faults(self, path: str, value: Any) -> Iterator[OptionFault]:
        yield from ()


@dataclass(frozen=True)
class _Is:
    """A value of one type."""

    wanted: Any
    words: str
    test: Callable[[Any], bool]
    tokens: bool = False
    optional: ClassVar[bool] = False

    def faults(self, path: str, value: Any) -> Iterator[OptionFault]:
        if (self.tokens and is_token(value)) or self.test(value):
            return
        yield OptionFault(path, f"must be {self.words}", value, hint(value, self.wanted))


@dataclass(frozen=True)
class _Listed:
    """A list whose items are checked each."""

    item: Check
    optional: ClassVar[bool] = False

    @property
    def words(self) -> str:
        return "a list"

    def faults(self, path: str, value: Any) -> Iterator[OptionFault]:
        if is_token(value) and not isinstance(value, str) and _may_be_token(self.item):
            return
        if not isinstance(value, list | tuple):
            yield OptionFault(path, "must be a list", value, hint(value, list))
            return
        for index, item in enumerate(value):
            yield from self.item.faults(f"{path}[{index}]", item)


def _may_be_token(check: Check) -> bool:
    """Whether CloudFormation may know what synth does not; never an object of Python."""
    if isinstance(check, _OneOf):
        return any(map(_may_be_token, check.checks))
    return not isinstance(check, _Is) or check.tokens


@dataclass(frozen=True)
class _Mapped:
    """A dict whose keys and values are checked each."""

    key: Check
    value: Check
    optional: ClassVar[bool] = False

    @property
    def words(self) -> str:
        return "a dict"

    def faults(self, path: str, value: Any) -> Iterator[OptionFault]:
        if is_resolvable(value):
            return
        if not isinstance(value, Mapping):
            yield OptionFault(path, "must be a dict", value)
            return
        for key, item in value.items():
            yield from self.key.faults(f"{path} key", key)
            yield from self.value.faults(f"{path}[{key!r}]", item)


@dataclass(frozen=True)
class _OneOf:
    """Any of several checks; ``optional`` where ``None`` is among them."""

    checks: tuple[Check, ...]
    optional: bool

    @property
    def words(self) -> str:
        return " or ".join(dict.fromkeys(check.words for check in self.checks))

    def faults(self, path: str, value: Any) -> Iterator[OptionFault]:
        if value is None and self.optional:
            return
        found = [list(check.faults(path, value)) for check in self.checks]
        if not all(found):
            return
        inside = [faults for faults in found if faults[0].path != path]
        if inside:
            yield from inside[0]
            return
        fixes = [faults[0].fix for faults in found if faults[0].fix]
        yield OptionFault(path, f"must be {self.words}", value, fixes[0] if fixes else None)


def stands_for_unset(check: Check, value: Any) -> bool:
    """Whether a value is an empty list or dict where one may be given, or nothing."""
    if not isinstance(value, list | tuple | dict) or value:
        return False
    parts = check.checks if isinstance(check, _OneOf) else ()
    inner = [part.check if isinstance(part, _KnownAtSynth) else part for part in parts]
    return check.optional and any(_holds_items(part) for part in inner)


def in_seconds(check: Check, value: Any) -> Any:
    """Return the seconds of a Duration where either may be given; else the value."""
    parts = check.checks if isinstance(check, _OneOf) else ()
    kinds = [getattr(part, "wanted", None) for part in parts]
    duration = getattr(sys.modules.get("aws_cdk"), "Duration", None)
    if duration is None or not {int, duration} <= set(kinds) or not isinstance(value, duration):
        return value
    if value.is_unresolved():
        return value.to_seconds()
    seconds = value.to_milliseconds() / 1000
    return int(seconds) if seconds.is_integer() else seconds


def encoded(check: Check, value: Any) -> Any:
    """Return the text, or the list of texts, that stands for an ``IResolvable``; else itself."""
    from aws_cdk import Token

    inner = check.check if isinstance(check, _KnownAtSynth) else check
    parts = inner.checks if isinstance(inner, _OneOf) else (inner,)
    if any(map(_is_text, parts)):
        return Token.as_string(value)
    if any(isinstance(part, _Listed) and _is_text(part.item) for part in parts):
        return Token.as_list(value)
    return value


def _is_text(check: Check) -> bool:
    return isinstance(check, _Is) and check.wanted is str


def _holds_items(check: Check) -> bool:
    parts = check.checks if isinstance(check, _OneOf) else (check,)
    return any(isinstance(part, _Listed | _Mapped) for part in parts)


@dataclass(frozen=True)
class _KnownAtSynth:
    """No token, as what is rendered depends on the value."""

    check: Check

    @property
    def words(self) -> str:
        return self.check.words

    @property
    def optional(self) -> bool:
        return self.check.optional

    def faults(self, path: str, value: Any) -> Iterator[OptionFault]:
        if is_token(value):
            yield OptionFault(path, "must be known at synth", "a token")
        else:
            yield from self.check.faults(path, value)


def checks_of(function: Callable[..., Any]) -> Mapping[str, Check]:
    """Return a check for each annotated parameter of a function."""
    return _checks_of(inspect.unwrap(function))


@cache
def _checks_of(function: Callable[..., Any]) -> Mapping[str, Check]:
    hints = get_type_hints(function, localns=deferred(function), include_extras=True)
    return {name: check_of(kind) for name, kind in hints.items() if name != "return"}


def field_checks(kind: Any) -> Mapping[str, Check]:
    """Return a check for each field of a dataclass."""
    found = _FIELD_CHECKS.get(kind)
    if found is None:
        names = deferred(kind)
        hints = get_type_hints(kind, localns=names, include_extras=True)
        found = {item.name: check_of(hints[item.name]) for item in fields(kind)}
        if not names.unloaded:
            _FIELD_CHECKS[kind] = found
    return found


_FIELD_CHECKS: dict[Any, Mapping[str, Check]] = {}


class _Deferred(dict[str, Any]):
    """Names that a module imports for type checkers alone: modules of the CDK, loaded or not."""

    unloaded = False

    def __missing__(self, name: str) -> Any:
        if hasattr(builtins, name):
            raise KeyError(name)
        if name in _OURS.__all__:
            return getattr(_OURS, name)
        module = sys.modules.get(f"aws_cdk.aws_{name}") or sys.modules.get(_MODULES.get(name, ""))
        if module is None:
            self.unloaded = True
            return _Unloaded()
        return module


class _Unloaded:
    """A module that is not loaded, so that there is no object of its classes yet."""

    def __getattr__(self, name: str) -> type:
        return type(name, (), {})


_OURS = sys.modules["cdk_automlv2"]
_MODULES = {"cdk": "aws_cdk", "lambda_": "aws_cdk.aws_lambda"}


def deferred(item: Any) -> _Deferred:
    """Return the names that annotations of a class or function may use, imported when asked for."""
    # A module of the CDK shows less than its functions see.
    return _Deferred(getattr(item, "__globals__", None) or vars(sys.modules[item.__module__]))


def check_of(kind: Any) -> Check:
    """Return the check that an annotation stands for."""
    origin, parts = get_origin(kind), get_args(kind)
    if kind in (Any, object, type(None)):  # A rule says what is wrong with what must be None.
        return _Anything()
    if origin is Annotated:
        inner = check_of(parts[0])
        return _KnownAtSynth(inner) if KNOWN_AT_SYNTH in parts else inner
    if origin in (Union, types.UnionType):
        checks = tuple(check_of(part) for part in parts if part is not type(None))
        return _OneOf(checks, type(None) in parts)
    if origin is Literal:
        words = f"one of {', '.join(map(str, parts))}"
        return _Is(str, words, lambda value: value in parts, tokens=True)
    if origin in (list, Sequence):
        return _Listed(check_of(parts[0]))
    if origin in (dict, Mapping):
        return _Mapped(check_of(parts[0]), check_of(parts[1]))
    return _simple(kind if origin is None else origin)


def _simple(kind: Any) -> Check:
    if kind in _SCALARS:
        words, test = _SCALARS[kind]
        # A bool decides at synth; where a token will do, the annotation names cdk.IResolvable.
        return _Is(kind, words, test, tokens=kind is not bool)
    words = name_of(kind)
    if not getattr(kind, "_is_protocol", False):
        return _Is(kind, words, lambda value: isinstance(value, kind))
    if hasattr(kind, "__jsii_type__"):
        return _Is(kind, words, lambda value: implements(value, kind))
    return _Is(kind, words, lambda value: has_members(value, kind))


def _is_number(value: Any) -> bool:
    numeric = isinstance(value, int | float) and not isinstance(value, bool)
    return numeric and math.isfinite(value)


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_SCALARS: Mapping[Any, tuple[str, Callable[[Any], bool]]] = {
    bool: ("a bool", lambda value: isinstance(value, bool)),
    float: ("a finite number", _is_number),
    int: ("an int", _is_int),
    str: ("a str", lambda value: isinstance(value, str)),
}


def implements(value: Any, interface: type) -> bool:
    """Whether an object's class declares an interface of the CDK, directly or by another."""
    delegates = getattr_static(value, "_delegates")
    if delegates is not None:
        return any(implements(item, interface) for item in value._delegates)
    declared = [
        kind for base in type(value).__mro__ for kind in vars(base).get("__jsii_ifaces__", ())
    ]
    if any(interface in kind.__mro__ for kind in declared):
        return True
    # A proxy stands for the interface that it is named after, and for those above it.
    names = {vars(base).get("__jsii_type__") for base in type(value).__mro__}
    return vars(interface)["__jsii_type__"] in names


def has_members(value: Any, protocol: type) -> bool:
    """Whether an object has what a protocol of ours asks for; no getter runs."""
    if isinstance(value, type):
        return False
    wanted = {name for base in protocol.__mro__ for name in _members(base)} - _NOT_ASKED_FOR
    return all(inspect.getattr_static(value, name, _ABSENT) is not _ABSENT for name in wanted)


_ABSENT = object()
_NOT_ASKED_FOR = {"connections"}
"""Members that an object of another library may lack: those of what is in no VPC."""


def _members(base: type) -> set[str]:
    if not getattr(base, "_is_protocol", False):
        return set()
    return {
        name for name in (*vars(base), *vars(base).get("__annotations__", {})) if name[0] != "_"
    }


def getattr_static(value: Any, name: str) -> Any:
    """Return an attribute without running anything; ``None`` if there is none."""
    return inspect.getattr_static(value, name, None)
