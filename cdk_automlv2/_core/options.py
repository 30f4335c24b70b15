"""Arguments checked once, by their annotations and by named rules, before anything is made.

::

    @checked(objective_faults, split_faults)
    def __init__(self, scope: Construct, id: str, *, job_objective: dict[str, str] | None = None): …

A rule is a function whose parameters bear the names of options. It yields faults, and is left out
where one of its options is a token, which only the service can judge, or not of the right type:
every fault of a call is in one error.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar

from cdk_automlv2._core import service_model
from cdk_automlv2._core.annotations import (
    checks_of,
    encoded,
    field_checks,
    in_seconds,
    stands_for_unset,
)
from cdk_automlv2._core.display import remember
from cdk_automlv2._core.tokens import holds_token, is_resolvable, is_token
from cdk_automlv2.errors import OptionFault, OptionsError

Rule = Callable[..., Iterable[OptionFault]]

_P = ParamSpec("_P")
_R = TypeVar("_R")


def checked(
    *rules: Rule,
    also: Iterable[Rule] = (),
    context: Callable[[Any], Mapping[str, Any]] | None = None,
) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    """Check the arguments of a constructor or method before its body runs.

    Empty lists and dicts stand for unset where an option may be ``None``, as in the SDK.

    Args:
        rules: What must hold of and between options.
        also: Rules of what the call makes; those that ask for options it lacks are left out.
        context: More values for rules, from ``self``.

    Raises:
        OptionsError: By the decorated function, with every fault.
    """

    def decorate(function: Callable[_P, _R]) -> Callable[_P, _R]:
        signature = inspect.signature(function)
        own = next(iter(signature.parameters))

        @wraps(function)
        def check_first(*args: _P.args, **kwargs: _P.kwargs) -> _R:
            bound = signature.bind(*args, **kwargs)
            options = {key: value for key, value in bound.arguments.items() if key != own}
            subject = bound.arguments[own]
            if function.__name__ == "__init__":
                remember(subject, options)
            faults, replaced = type_faults(function, options)
            bound.arguments.update(replaced)
            bound.apply_defaults()
            values = {**bound.arguments, **(context(subject) if context else {})}
            known = [rule for rule in also if values.keys() >= set(_names(rule))]
            faulty = {_root(fault.path) for fault in faults}
            faults += _place_faults(function, subject, values, faulty)
            faults += rule_faults(dict.fromkeys((*rules, *known)), values, faulty)
            if faults:
                raise OptionsError(_owner(function, subject, values), tuple(faults))
            try:
                return function(*bound.args, **bound.kwargs)
            except RuntimeError as error:
                if _makes_construct(function) or not _is_taken(error, values.get("id")):
                    raise
                rule = "must be another one: there is such a child already"
                fault = OptionFault("id", rule, values["id"])
                raise OptionsError(_owner(function, subject, values), (fault,)) from error

        return check_first

    return decorate


@cache
def _makes_construct(function: Callable[..., Any]) -> bool:
    """Whether a function takes the parent and the id of a construct."""
    checks = checks_of(function)
    scope = getattr(checks.get("scope"), "wanted", None)
    return "id" in checks and getattr(scope, "__jsii_type__", "") == "constructs.Construct"


def _scope_rule(scope: Any) -> Iterator[OptionFault]:
    """In a stack, as all constructs of the library are."""
    from cdk_automlv2._core.identity import stack_of

    try:
        stack_of(scope)
    except RuntimeError:
        yield OptionFault("scope", "must be a stack, or below one", scope)


def _id_rule(id: str) -> Iterator[OptionFault]:
    """What the CDK would refuse in its own words."""
    if not id:
        yield OptionFault("id", "must have 1 character or more", id)
    if holds_token(id):
        yield OptionFault("id", "must be known at synth", "a token")


def _place_faults(
    function: Callable[..., Any], subject: Any, values: Mapping[str, Any], faulty: set[str]
) -> Iterator[OptionFault]:
    """Yield what is wrong with the place of a construct that is made: its parent and its id."""
    makes = _makes_construct(function)
    if makes and "scope" not in faulty:
        yield from _scope_rule(values["scope"])
    owner = subject if isinstance(subject, type) else type(subject)  # Its property asks Node.
    takes_id = makes or ("id" in checks_of(function) and hasattr(owner, "node"))
    if takes_id and "id" not in faulty:
        yield from _id_rule(values["id"])


def _is_taken(error: RuntimeError, child: Any) -> bool:
    """Whether an error of the CDK is that another child has an id already."""
    return f"already a Construct with name '{child}'" in str(error)


def type_faults(
    function: Callable[..., Any], options: Mapping[str, Any]
) -> tuple[list[OptionFault], dict[str, Any]]:
    """Return what is of a wrong type, and values to use for those given.

    An empty collection may stand for unset; an ``IResolvable`` becomes a text or a list of
    texts that stands for it.
    """
    checks = checks_of(function)
    faults: list[OptionFault] = []
    replaced: dict[str, Any] = {}
    for name, value in options.items():
        check = checks.get(name)
        if check is None:
            continue
        if stands_for_unset(check, value):
            replaced[name] = None
            continue
        seconds = in_seconds(check, value)
        if seconds is not value:
            replaced[name] = value = seconds
        found = list(check.faults(name, value))
        faults += found
        if not found and is_resolvable(value):
            replaced[name] = encoded(check, value)
    return faults, replaced


def settle(subject: Any) -> None:
    """Put seconds in the place of Durations, and texts in that of tokens, where either may be."""
    for name, check in field_checks(type(subject)).items():
        value = getattr(subject, name)
        settled = encoded(check, value) if is_resolvable(value) else in_seconds(check, value)
        if settled is not value:
            object.__setattr__(subject, name, settled)


def field_faults(
    subject: Any, limit: Callable[[str, Any], Iterable[OptionFault]]
) -> list[OptionFault]:
    """Return what is wrong with the fields of a dataclass: types, then limits."""
    settle(subject)
    faults: list[OptionFault] = []
    for name, check in field_checks(type(subject)).items():
        value = getattr(subject, name)
        if value is None and not check.optional:
            faults.append(OptionFault(name, "must be set", None))
            continue
        faults += list(check.faults(name, value)) or limit(name, value)
    return faults


def rule_faults(
    rules: Iterable[Rule], values: Mapping[str, Any], faulty: set[str]
) -> list[OptionFault]:
    """Return the faults by rules none of whose options is a token, or faulty already."""
    opaque = faulty | {name for name, value in values.items() if is_token(value)}
    return [
        fault
        for rule in rules
        if not opaque.intersection(_names(rule))
        for fault in rule(**{name: values[name] for name in _names(rule)})
    ]


def limits(operation: str, **paths: str) -> tuple[Rule, ...]:
    """Return rules by the service's model: ``limits("CreateModel", name="ModelName")``."""
    return tuple(_limit(operation, option, path) for option, path in paths.items())


def _limit(operation: str, option: str, path: str) -> Rule:
    def rule(**value: Any) -> Iterable[OptionFault]:
        shape = service_model.shape_at(operation, path)
        return service_model.problems(option, value[option], shape)

    _LIMITS[rule] = (option, operation, path)
    return taking(rule, [option])


_LIMITS: dict[Rule, tuple[str, str, str]] = {}


def limit_of(rule: Rule) -> tuple[str, str, str] | None:
    """Return the option, operation and path of a rule by the service's model; ``None`` if none."""
    return _LIMITS.get(rule)


def taking(rule: Callable[..., Any], names: Iterable[str]) -> Rule:
    """Let a rule of any keywords say which it takes."""
    parameters = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in names]
    rule.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return rule


def renamed(rule: Rule, **names: str) -> Rule:
    """Return the rule for options of other names: ``renamed(rule, model_name="name")``."""
    theirs = [names.get(name, name) for name in _names(rule)]
    ours = {new: old for old, new in names.items()}

    def apply(**values: Any) -> Iterator[OptionFault]:
        for fault in rule(**{ours.get(name, name): value for name, value in values.items()}):
            root = _root(fault.path)
            path = names.get(root, root) + fault.path[len(root) :]
            yield OptionFault(path, fault.rule, fault.got, fault.fix)

    return taking(apply, theirs)


@cache
def _names(rule: Rule) -> tuple[str, ...]:
    return tuple(inspect.signature(rule).parameters)


def _root(path: str) -> str:
    """Return the option that a fault's path begins with."""
    for index, character in enumerate(path):
        if character in ".[ ":
            return path[:index]
    return path


def _owner(function: Callable[..., Any], subject: Any, values: Mapping[str, Any]) -> str:
    """Return what the error is about: ``AutoMLJobV2 'Churn'``, or ``AutoMLV2 'Churn'.fit``."""
    kind = subject if isinstance(subject, type) else type(subject)
    if function.__name__ == "__init__":
        return f"{kind.__name__} {values['id']!r}" if "id" in values else kind.__name__
    node = None if isinstance(subject, type) else getattr(subject, "node", None)
    name = f"{kind.__name__} {node.id!r}" if node is not None else kind.__name__
    return f"{name}.{function.__name__}"
