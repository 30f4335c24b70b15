"""How constructs show themselves: their settings, never tokens, and the signature that they have.

jsii gives its classes a ``__call__`` of ``(*args, **kwargs)``, which hides what a constructor
takes from ``help()``, ``inspect.signature`` and notebooks.
"""

from __future__ import annotations

import html
import inspect
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from typing import Any, TypeVar

from cdk_automlv2._core.tokens import is_resolvable, is_token

_Class = TypeVar("_Class")
_Protocol = TypeVar("_Protocol")
_SETTINGS = "_settings_given"
_AT_DEPLOYMENT = "<known at deployment>"
_LONGEST = 80
_STYLE = "text-align:left;vertical-align:top;padding:0.15em 1em 0.15em 0"


class _Signature:
    """The signature of the class that is asked, by its own constructor."""

    def __get__(self, instance: object, owner: type) -> inspect.Signature:
        whole = inspect.signature(owner.__init__)  # type: ignore[misc]
        return whole.replace(parameters=list(whole.parameters.values())[1:])


class Displayed:
    """A construct that shows what it was made with.

    It comes before the CDK's class among the bases.
    """

    __signature__ = _Signature()

    def __repr__(self) -> str:
        return _as_call(self, repr(_path(self)), _shown(self))

    def _repr_html_(self) -> str:
        """Return what a notebook shows: a table, without script, in the notebook's own colours."""
        return _as_table(f"{type(self).__name__} {_path(self)}", _shown(self))


class Configured:
    """What is no construct and shows what it was set to."""

    def _to_show(self) -> tuple[object, Mapping[str, Any]]:
        """Return what it belongs to, and what was set."""
        raise NotImplementedError

    def __repr__(self) -> str:
        subject, settings = self._to_show()
        return _as_call(self, _text(subject), _texts(settings))

    def _repr_html_(self) -> str:
        """Return what a notebook shows: a table, as of a construct."""
        subject, settings = self._to_show()
        return _as_table(f"{type(self).__name__} {_text(subject)}", _texts(settings))


def interface(cls: type[_Protocol]) -> type[_Protocol]:
    """Let an interface show that it takes nothing, instead of what ``Protocol`` lets it take."""

    def init(self: object, *args: object, **kwargs: object) -> None:
        if type(self) is cls:
            raise TypeError(f"{cls.__name__} is an interface: it has no instances of its own")
        super(cls, self).__init__(*args, **kwargs)  # type: ignore[misc]

    alone = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    init.__name__, vars(init)["__signature__"] = "__init__", inspect.Signature([alone])
    for name, value in {"__init__": init, "__signature__": inspect.Signature()}.items():
        setattr(cls, name, value)
    return cls


def shown(cls: type[_Class]) -> type[_Class]:
    """Let options show what was given, with constructs by their paths and without tokens."""

    def text(self: _Class) -> str:
        return _text(self)

    text.__name__ = "__repr__"
    cls.__repr__ = text  # type: ignore[assignment]
    return cls


def remember(subject: object, options: Mapping[str, Any]) -> None:
    """Keep what a construct is made with; the outermost constructor counts."""
    if isinstance(subject, Displayed):
        vars(subject).setdefault(_SETTINGS, dict(options))


def _shown(subject: object) -> Iterator[tuple[str, str]]:
    """Yield names and texts of the settings that were given."""
    given = vars(subject).get(_SETTINGS, {})
    yield from _texts({name: given[name] for name in given if name not in ("scope", "id")})


def _texts(settings: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield names and texts of what is set."""
    for name, value in settings.items():
        if value is not None:
            yield name, _text(value)


def _as_call(subject: object, first: str, shown: Iterable[tuple[str, str]]) -> str:
    given = [f"{name}={text}" for name, text in shown]
    return f"{type(subject).__name__}({', '.join([first, *given])})"


def _as_table(title: str, shown: Iterable[tuple[str, str]]) -> str:
    rows = "".join(
        f'<tr><th scope="row" style="{_STYLE}">{html.escape(name)}</th>'
        f'<td style="{_STYLE}">{html.escape(text)}</td></tr>'
        for name, text in shown
    )
    caption = f'<caption style="text-align:left"><b>{html.escape(title)}</b></caption>'
    return f'<table style="background:none;color:inherit">{caption}{rows}</table>'


def _path(subject: Any) -> str:
    """Return the path of a construct; its id while it is being made."""
    try:
        return str(subject.node.path)
    except Exception:
        return str(vars(subject).get(_SETTINGS, {}).get("id", ""))


def _text(value: Any) -> str:
    """Return a value as its settings show it."""
    if is_token(value) or is_resolvable(value):
        return _AT_DEPLOYMENT
    if _is_construct(value):
        kind = type(value).__name__.removesuffix("Proxy").lstrip("_")
        return f"{kind} {_path(value)}".rstrip()  # An app has no path.
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    if isinstance(value, str | int | float | bool):
        text = repr(value)
        return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_text, value))}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_text(key)}: {_text(item)}' for key, item in value.items())}}}"
    if is_dataclass(value) and not isinstance(value, type):
        return f"{type(value).__name__}({', '.join(_of_fields(value))})"
    return _of_cdk(value)


def _of_cdk(value: Any) -> str:
    """Return a value of the CDK: a time as it is said, of others what they are."""
    # Imported here: files of models are judged without jsii.
    from aws_cdk import Duration

    if isinstance(value, Duration) and not value.is_unresolved():
        return str(value.to_human_string())
    return type(value).__name__


def _is_construct(value: Any) -> bool:
    # Imported here: files of models are judged without jsii.
    from constructs import Construct

    return isinstance(value, Construct)


def _of_fields(value: Any) -> Iterator[str]:
    for field in fields(value):
        found = getattr(value, field.name)
        default = field.default if field.default is not MISSING else None
        if field.repr and found is not None and not (found is default or found == default):
            yield f"{field.name}={_text(found)}"
