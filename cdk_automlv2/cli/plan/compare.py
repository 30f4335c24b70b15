"""What becomes of each construct, by the rules that the function itself decides by."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from cdk_automlv2.cli.handlers import module
from cdk_automlv2.cli.plan.templates import Pair

_PREFIX: Final = "Custom::AutoML"
_JOB: Final = "Job."
_COUNT: Final = "InitialInstanceCount"
_VARIANTS: Final = "ProductionVariants"
_TEMPLATE_KEYS: Final = frozenset({"ServiceToken", "StateMachineArn"})


@dataclass(frozen=True)
class Change:
    """What becomes of one construct.

    Attributes:
        stack: Name of its stack.
        id: Its path below that.
        type: Such as ``AutoMLJobV2``.
        action: ``train``, ``judge``, ``create``, ``replace``, ``move``, ``update``, ``keep``,
            ``delete`` or ``retain``.
        why: In words.
        properties: Names of the properties that differ.
        resource: As it is synthesized, or as it was deployed if it goes.
    """

    stack: str
    id: str
    type: str
    action: str
    why: str
    properties: tuple[str, ...] = ()
    resource: Mapping[str, Any] = field(default_factory=dict, repr=False)


def changes(pair: Pair) -> list[Change]:
    """Return what becomes of the constructs of a stack."""
    return list(_Comparison(pair).changes())


class _Comparison:
    """Compares a stack; what refers to something that changes, changes too."""

    def __init__(self, pair: Pair) -> None:
        self._pair = pair
        self._known: dict[str, bool] = {}

    def changes(self) -> Iterator[Change]:
        for logical_id, resource in {**self._pair.before, **self._pair.after}.items():
            kind = resource["Type"].removeprefix("Custom::")
            if not resource["Type"].startswith(_PREFIX) or kind not in _JUDGES:
                continue
            if logical_id not in self._pair.after:
                yield self._gone(logical_id, kind)
                continue
            differing = self._differing(logical_id)
            is_new = logical_id not in self._pair.before
            action, why = _JUDGES[kind](is_new, differing, self._pair.after[logical_id])
            yield self._change(logical_id, kind, action, why, differing)

    def _gone(self, logical_id: str, kind: str) -> Change:
        resource = self._pair.before[logical_id]
        if resource.get("DeletionPolicy") == "Retain":
            return self._change(logical_id, kind, "retain", "it stays when its stack lets it go")
        words = _GONE[kind]
        if kind == "AutoMLRelease" and not self._keeps_records(resource):
            words = "endpoint and models are deleted, the job is stopped; the records go"
        return self._change(logical_id, kind, "delete", words)

    def _keeps_records(self, release: Mapping[str, Any]) -> bool:
        """Whether the table of a release stays: for others of the stack, or as it is retained."""
        table = (release["Properties"].get("TableName") or {}).get("Ref", "")
        retained = self._pair.before.get(table, {}).get("DeletionPolicy") == "Retain"
        return retained or table in self._pair.after

    def _change(
        self, logical_id: str, kind: str, action: str, why: str, differing: set[str] | None = None
    ) -> Change:
        resource = {**self._pair.before, **self._pair.after}[logical_id]
        path = str(resource.get("Metadata", {}).get("aws:cdk:path", logical_id))
        parts = path.removesuffix("/Resource").split("/")
        named = tuple(sorted(differing or ()))
        shown = "/".join(parts[1:]) or logical_id
        return Change(self._pair.stack, shown, kind, action, why, named, resource)

    def _differing(self, logical_id: str) -> set[str]:
        """Return the properties that differ, or refer to something that changes."""
        before = _flat(self._pair.before.get(logical_id, {}))
        after = _flat(self._pair.after[logical_id])
        names = {*before, *after} - _TEMPLATE_KEYS
        return {
            name
            for name in names
            if before.get(name) != after.get(name) or self._refers(after.get(name))
        }

    def _refers(self, value: Any) -> bool:
        """Whether a value refers to a resource whose names or attributes change."""
        match value:
            case {"Ref": str(name)}:
                return self._moves(name)
            case {"Fn::GetAtt": [str(name), *_]}:
                return self._moves(name)
            case Mapping():
                return any(map(self._refers, value.values()))
            case list():
                return any(map(self._refers, value))
        return False

    def _moves(self, logical_id: str) -> bool:
        """Whether what a resource is referred to by will be another."""
        if logical_id not in self._known:
            self._known[logical_id] = False  # A circle does not move by itself.
            self._known[logical_id] = self._is_another(logical_id)
        return self._known[logical_id]

    def _is_another(self, logical_id: str) -> bool:
        resource = self._pair.after.get(logical_id)
        if resource is None or not resource["Type"].startswith(_PREFIX):
            return False
        if logical_id not in self._pair.before:
            return True
        kind = resource["Type"].removeprefix("Custom::")
        return bool(self._differing(logical_id) & _naming(kind, resource))


def _flat(resource: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties of a resource; those of a release's job each by itself.

    Numbers of instances are apart from the rest of an endpoint's variants, as they change in place.
    """
    properties = dict(resource.get("Properties", {}))
    if resource.get("Type") == f"{_PREFIX}Endpoint" and properties.get(_VARIANTS):
        variants = properties[_VARIANTS]
        bare = [{key: one[key] for key in one if key != _COUNT} for one in variants]
        return properties | {_VARIANTS: bare, _COUNT: [one.get(_COUNT) for one in variants]}
    if resource.get("Type") != f"{_PREFIX}Release":
        return properties
    job = properties.pop("Job", {})
    return properties | {f"{_JOB}{name}": value for name, value in job.items()}


def _naming(kind: str, resource: Mapping[str, Any]) -> set[str]:
    """Return the properties that a resource's own name depends on."""
    rules = module("update_policy")
    match kind:
        case "AutoMLJobV2":
            return {name for name, change in rules.JOB.items() if change is rules.Change.TRAINS}
        case "AutoMLModel":
            return set(rules.MODEL_CONTENT)
        case "AutoMLEndpoint":
            return {rules.ENDPOINT_NAME}
        case "AutoMLInput":
            return {"S3Uri"}
    return set(resource.get("Properties", {}))


Verdict = tuple[str, str]
Judge = Callable[[bool, set[str], Mapping[str, Any]], Verdict]


def _job(is_new: bool, differing: set[str], resource: Mapping[str, Any]) -> Verdict:
    if is_new:
        return "train", "a new job is trained"
    trains = differing & _naming("AutoMLJobV2", resource)
    if trains:
        again = "unless a job of these settings and data is there already"
        return "train", f"{_listed(trains)}: a job is trained, {again}"
    if differing:
        return "update", f"{_listed(differing)}: the job stays as it is"
    return "keep", "the job stays"


def _model(is_new: bool, differing: set[str], resource: Mapping[str, Any]) -> Verdict:
    if is_new:
        return "create", "a model of the best candidate is made"
    if differing & _naming("AutoMLModel", resource):
        return "replace", "another model is made; the old one goes when the endpoint has moved"
    return ("update", f"{_listed(differing)}") if differing else ("keep", "the model stays")


def _endpoint(is_new: bool, differing: set[str], resource: Mapping[str, Any]) -> Verdict:
    rules = module("update_policy")
    if is_new:
        return "create", "an endpoint is made"
    if rules.ENDPOINT_NAME in differing:
        return "replace", "an endpoint of another name is made before the old one goes"
    if differing - rules.NOT_SERVED - {_COUNT}:
        return "move", "the endpoint is updated in place; its name stays"
    if _COUNT in differing:
        return "update", f"{_COUNT} differs: instances come or go, unless scaling decides it"
    if differing:
        return "update", f"{_listed(differing)}: the endpoint goes on as it is"
    return "keep", "the endpoint goes on as it is"


def _release(is_new: bool, differing: set[str], resource: Mapping[str, Any]) -> Verdict:
    if is_new:
        return "train", "a release is started: its job trains while the stack is done"
    of_job = {name.removeprefix(_JOB) for name in differing if name.startswith(_JOB)}
    trains = of_job & _naming("AutoMLJobV2", resource)
    if trains:
        words = f"{_listed(trains)}: a release is started, which trains"
        return "train", f"{words}; what serves goes on until it passes"
    if differing & {"Model", "Endpoint"} or "Tags" in of_job:
        once = " once its gates let it pass" if resource["Properties"].get("Gates") else ""
        return "move", f"a release is started, which keeps its job and moves the endpoint{once}"
    if "Gates" in differing:
        return "judge", "the newest candidate is judged by the new gates, without training"
    return "keep", "what serves goes on"


def _transform(is_new: bool, differing: set[str], resource: Mapping[str, Any]) -> Verdict:
    if resource.get("Properties", {}).get("Once") is False:
        return ("create", "it runs when it is triggered") if is_new else ("keep", "no run")
    if is_new:
        return "run", "a transform job is run"
    runs = differing - module("update_policy").NOT_RUN
    if runs:
        return "run", f"{_listed(runs)}: a transform job is run; what still runs is stopped"
    return ("update", f"{_listed(differing)}: no run") if differing else ("keep", "no run")


def _made(what: str, is_new: bool, differing: set[str], resource: Mapping[str, Any]) -> Verdict:
    if is_new:
        return "create", f"{what} made"
    return ("update", f"{what} made again") if differing else ("keep", f"{what} kept")


_JUDGES: Final[Mapping[str, Judge]] = {
    "AutoMLBatchTransform": _transform,
    "AutoMLCandidates": partial(_made, "the list of candidates is"),
    "AutoMLEndpoint": _endpoint,
    "AutoMLInput": partial(_made, "the upload of the folder is"),
    "AutoMLJobV2": _job,
    "AutoMLModel": _model,
    "AutoMLRelease": _release,
}
_GONE: Final[Mapping[str, str]] = {
    "AutoMLBatchTransform": "what runs is stopped; answers in S3 stay",
    "AutoMLCandidates": "the list goes; its object in S3 stays",
    "AutoMLEndpoint": "the endpoint and its configurations are deleted",
    "AutoMLInput": "the uploaded files are deleted",
    "AutoMLJobV2": "the job is stopped if it runs; its record and output stay",
    "AutoMLModel": "the model is deleted",
    "AutoMLRelease": "endpoint and models are deleted, the job is stopped; the records stay",
}


def _listed(names: set[str]) -> str:
    """Return names as a sentence begins that says that they differ."""
    return f"{', '.join(sorted(names))} {'differs' if len(names) == 1 else 'differ'}"
