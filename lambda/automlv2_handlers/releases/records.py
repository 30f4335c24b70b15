"""What is recorded of releases: a head for each key, and one record for each release."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Final, Self

from automlv2_handlers.domain.names import digest
from automlv2_handlers.domain.plain import one_line
from automlv2_handlers.domain.release_states import SCHEMA, ReleaseState, is_end
from automlv2_handlers.domain.update_policy import JOB, Change
from automlv2_handlers.events import LifecycleEvent

MOST_REASON: Final = 2000
APPROVAL: Final = "approval"
"""Kind of a trigger: an approval in the model registry."""

_GATES: Final = "Gates"
_PARTS: Final = ("Job", "Model", "Endpoint")
_NEXT_JOB: Final = frozenset(key for key, change in JOB.items() if change is Change.NEXT_JOB)
"""Properties of a job that a release is not started for."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """What has asked for a release.

    Attributes:
        kind: ``stack``, ``schedule``, ``new-data``, ``alarm``, ``command`` or ``approval``.
        id: Tells it from all others of its kind; the same for each delivery of it.
        by: Who that was, where it is known.
        why: What that person has given as the reason.
    """

    kind: str
    id: str
    by: str = ""
    why: str = ""

    @classmethod
    def from_raw(cls, raw: Mapping[str, Any]) -> Self:
        """Read what an event or the command has sent."""
        why = one_line(str(raw.get("Why", "")))[:MOST_REASON]
        return cls(str(raw["Kind"]), str(raw["Id"]), str(raw.get("By", "")), why)


@dataclass(frozen=True, slots=True)
class Settings:
    """What is to be released: the properties of ``Custom::AutoMLRelease``, and whose they are.

    Attributes:
        properties: As CloudFormation has sent them.
        stack_id: The stack's id.
        logical_id: The resource's id there.
    """

    properties: Mapping[str, Any]
    stack_id: str
    logical_id: str

    @classmethod
    def of(cls, event: LifecycleEvent) -> Self:
        """Return what a request of CloudFormation asks for."""
        return cls(dict(event.properties), event.stack_id, event.logical_id)

    @property
    def desired(self) -> str:
        """Return a digest of what a release is started for."""
        job = {key: value for key, value in self.part("Job").items() if key not in _NEXT_JOB}
        return digest(job, self.part("Model"), self.part("Endpoint"))

    @property
    def judged_by(self) -> str:
        """Return a digest of the gates, and of where the candidate is registered."""
        return digest(self.gates, *([self.registration] if self.registration else []))

    @property
    def gates(self) -> list[Mapping[str, Any]]:
        """Return the gates, in their order."""
        return list(self.properties.get(_GATES) or [])

    @property
    def registration(self) -> Mapping[str, Any]:
        """Return how the candidate is registered; empty if it is not."""
        found = self.properties.get("Registration")
        return found if isinstance(found, Mapping) else {}

    @property
    def endpoint_name(self) -> str:
        """Return the endpoint's name."""
        return str(self.part("Endpoint")["EndpointName"])

    @property
    def machine(self) -> str:
        """Return the ARN of the state machine that carries releases."""
        return str(self.properties["ReleaseMachineArn"])

    def part(self, name: str) -> Mapping[str, Any]:
        """Return the properties of the job, the model or the endpoint."""
        found = self.properties.get(name)
        return found if isinstance(found, Mapping) else {}

    def request(
        self, kind: str, request_type: str, request_id: str, /, **more: Any
    ) -> LifecycleEvent:
        """Return a request of the release's own, for the step of a kind of resource.

        Args:
            kind: ``Job``, ``Model`` or ``Endpoint``.
            request_type: ``Create``, ``Update`` or ``Delete``.
            request_id: Tells the requests of a release from those of others.
            more: Attributes of the request that differ, and ``properties`` that are merged in.
        """
        shared = ("NameScope", "BaseName", "StateMachineArn")
        properties = {
            **{name: self.properties[name] for name in shared if name in self.properties},
            **self.part(kind),
            **more.pop("properties", {}),
        }
        types = {"Job": "AutoMLJobV2", "Model": "AutoMLModel", "Endpoint": "AutoMLEndpoint"}
        event = LifecycleEvent(
            request_type=request_type,
            request_id=request_id,
            stack_id=self.stack_id,
            logical_id=self.logical_id,
            resource_type=f"Custom::{types[kind]}",
            physical_id="",
            properties=properties,
            old_properties={},
            response_url="",
        )
        return replace(event, **more)


@dataclass(frozen=True, slots=True)
class Head:
    """What holds for all releases of a key.

    Attributes:
        key: The construct's path below its stack.
        settings: What was asked for last.
        generation: Number of the newest release.
        active: Number of the one that is under way; 0 if there is none.
        serving: Number of the one whose candidate is to serve; 0 if there is none.
        previous: Number of the one that served before.
        mover: Number of the release that may move the endpoint.
        mover_until: Epoch seconds until which another must wait for it.
        next: Trigger of the release that follows the one under way, if there is to be one.
        approved: Model package that was approved while a release was under way.
        not_before: Epoch seconds before which no alarm starts a release.
        gone: Whether the construct has been deleted.
        version: Version that it was read at.
    """

    key: str
    settings: Settings
    generation: int = 0
    active: int = 0
    serving: int = 0
    previous: int = 0
    mover: int = 0
    mover_until: float = 0.0
    next: Trigger | None = None
    approved: str = ""
    not_before: float = 0.0
    gone: bool = False
    version: int = 0

    def to_record(self) -> dict[str, Any]:
        """Return it as it is stored."""
        record = {**asdict(self), "schema": SCHEMA}
        del record["version"]
        return record

    @classmethod
    def from_record(cls, record: Mapping[str, Any], version: int) -> Self:
        """Read it as it was stored."""
        known = _known(cls, record)
        following = known.get("next")
        known["settings"] = Settings(**known["settings"])
        known["next"] = Trigger(**following) if following else None
        return cls(**known, version=version)


@dataclass(frozen=True, slots=True)
class Release:
    """One release; it ends in exactly one state.

    Attributes:
        key: Whose it is.
        number: From 1.
        trigger: What has asked for it.
        settings: What is released.
        state: How far it is.
        since: Epoch seconds since when it is in that state.
        began: Epoch seconds at which it was recorded.
        source: Number of the release whose candidate it serves again; 0 if it trains.
        job: Name of its job, once there is one.
        candidate: Name of the best candidate, once there is one.
        metric: ``{"MetricName": …, "Value": …}`` of the candidate.
        containers: Digests of the candidate's containers.
        package: ARN of the model package of the candidate, once it is registered.
        package_containers: Digest of the containers that were registered.
        gates: What each gate has said: ``{"Gate", "Verdict", "Reason", …figures}``.
        model: Name of the model that serves the candidate.
        config: Name of the endpoint configuration that serves the model.
        reason: Why it has ended, or what it waits for; one line.
        sequence: How often its state has changed.
        told: The sequence that has been told.
        settled: Whether nothing is left to do after its end.
        progress: Facts of steps under way.
        version: Version that it was read at.
    """

    key: str
    number: int
    trigger: Trigger
    settings: Settings
    state: ReleaseState = ReleaseState.STARTED
    since: float = 0.0
    began: float = 0.0
    source: int = 0
    job: str = ""
    candidate: str = ""
    metric: Mapping[str, Any] = field(default_factory=dict)
    containers: tuple[str, ...] = ()
    package: str = ""
    package_containers: str = ""
    gates: tuple[Mapping[str, Any], ...] = ()
    model: str = ""
    config: str = ""
    reason: str = ""
    sequence: int = 1
    told: int = 0
    settled: bool = False
    progress: Mapping[str, Any] = field(default_factory=dict)
    version: int = 0

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return is_end(self.state)

    @property
    def request_id(self) -> str:
        """Return what its requests for job, model and endpoint are known by."""
        return f"release-{self.number}-{digest(self.settings.stack_id, self.key, length=20)}"

    def becomes(self, state: ReleaseState, now: float, reason: str = "", **more: Any) -> Release:
        """Return the release in another state."""
        return replace(
            self,
            state=state,
            since=now,
            reason=one_line(reason)[:MOST_REASON],
            sequence=self.sequence + 1,
            **more,
        )

    def to_record(self) -> dict[str, Any]:
        """Return it as it is stored."""
        record = {**asdict(self), "state": self.state.value, "schema": SCHEMA}
        del record["version"]
        return record

    @classmethod
    def from_record(cls, record: Mapping[str, Any], version: int) -> Self:
        """Read it as it was stored."""
        known = _known(cls, record)
        known["trigger"] = Trigger(**known["trigger"])
        known["settings"] = Settings(**known["settings"])
        known["state"] = ReleaseState(known["state"])
        known["containers"], known["gates"] = tuple(known["containers"]), tuple(known["gates"])
        return cls(**known, version=version)


def _known(cls: type[Head] | type[Release], record: Mapping[str, Any]) -> dict[str, Any]:
    """Return what this version of the code knows; a newer minor version may have added more.

    Raises:
        ValueError: If the record is of a newer major version.
    """
    schema = str(record.get("schema", SCHEMA))
    if schema.partition(".")[0] != SCHEMA.partition(".")[0]:
        raise ValueError(f"the record is of schema {schema}, this function knows {SCHEMA}")
    names = {item.name for item in fields(cls)} - {"version"}
    return {key: value for key, value in record.items() if key in names}
