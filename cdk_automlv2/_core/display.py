"""How constructs show themselves: their settings, never tokens, and the signature that they have.

jsii gives its classes a ``__call__`` of ``(*args, **kwargs)``, which hides what a constructor
takes from ``help()``, ``inspect.signature`` and notebooks.
"""

from __future__ import annotations

import html
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

from cdk_automlv2._core.tokens import is_resolvable, is_token

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
        given = [f"{name}={text}" for name, text in _shown(self)]
        return f"{type(self).__name__}({', '.join([repr(_path(self)), *given])})"

    def _repr_html_(self) -> str:
        """Return what a notebook shows: a table, without script, in the notebook's own colours."""
        title = html.escape(f"{type(self).__name__} {_path(self)}")
        rows = "".join(
            f'<tr><th scope="row" style="{_STYLE}">{html.escape(name)}</th>'
            f'<td style="{_STYLE}">{html.escape(text)}</td></tr>'
            for name, text in _shown(self)
        )
        caption = f'<caption style="text-align:left"><b>{title}</b></caption>'
        return f'<table style="background:none;color:inherit">{caption}{rows}</table>'


def remember(subject: object, options: Mapping[str, Any]) -> None:
    """Keep what a construct is made with; the outermost constructor counts."""
    if isinstance(subject, Displayed):
        vars(subject).setdefault(_SETTINGS, dict(options))


def _shown(subject: object) -> Iterator[tuple[str, str]]:
    """Yield names and texts of the settings that were given."""
    for name, value in vars(subject).get(_SETTINGS, {}).items():
        if name not in ("scope", "id") and value is not None:
            yield name, _text(value)


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
        return f"{type(value).__name__.removesuffix('Proxy').lstrip('_')} {_path(value)}"
    if isinstance(value, str | int | float | bool):
        text = repr(value)
        return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_text, value))}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_text(key)}: {_text(item)}' for key, item in value.items())}}}"
    if is_dataclass(value) and not isinstance(value, type):
        return f"{type(value).__name__}({', '.join(_of_fields(value))})"
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
