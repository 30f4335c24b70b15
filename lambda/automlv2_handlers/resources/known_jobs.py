"""The jobs that a resource has started, and which of them a request may go on with.

A job is found by the part of its name that stands for resource and settings, whatever the name
began with when it was started; what it was trained on, and for whom, is in its tags.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from automlv2_handlers.aws.paging import pages
from automlv2_handlers.domain import tags
from automlv2_handlers.domain.fingerprint import UNKNOWN, Fingerprint
from automlv2_handlers.domain.names import data_stem, digest, job_name, job_stem
from automlv2_handlers.events import LifecycleEvent
from automlv2_handlers.outcomes import Context

_LATEST_DELIVERY_SECONDS: Final = 24 * 3600
"""AWS Lambda may deliver a request again for six hours."""

_STACK_LENGTH: Final = 8


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a request wants to be trained.

    Attributes:
        request: The typed CreateAutoMLJobV2 request.
        training: The properties that decide what is trained.
        data: What the data are now.
    """

    request: Mapping[str, Any]
    training: Mapping[str, Any]
    data: Fingerprint

    def data_key(self, event: LifecycleEvent) -> str:
        """Return the text that stands for the data; data not known are those of one request."""
        unknown = self.data.value == UNKNOWN
        return f"{UNKNOWN} {event.request_id}" if unknown else self.data.value

    def name(self, event: LifecycleEvent, attempt: int) -> str:
        """Return the name of the ``attempt``-th job for it."""
        given = event.properties.get("AutoMLJobName")
        return str(given or job_name(event, self.training, attempt, self.data_key(event)))


@dataclass(frozen=True, slots=True)
class KnownJob:
    """A job that exists.

    Attributes:
        name: Its name.
        job: Its description.
        tags: Its tags.
    """

    name: str
    job: Mapping[str, Any]
    tags: Mapping[str, str]

    @property
    def status(self) -> str:
        """Its ``AutoMLJobStatus``."""
        return str(self.job["AutoMLJobStatus"])

    @property
    def arn(self) -> str:
        """Its ARN."""
        return str(self.job["AutoMLJobArn"])

    @property
    def since(self) -> float:
        """Epoch seconds at which the request came that last went forward to it."""
        return float(self.tags.get(tags.SINCE, "0").partition(" ")[0])

    def may_serve(self) -> bool:
        """Whether it has a result, or may still come to one."""
        if self.status == "Completed":
            only_definitions = self.job["AutoMLJobSecondaryStatus"] == _ONLY_DEFINITIONS
            return bool(self.job.get("BestCandidate")) or only_definitions
        return self.status == "InProgress"

    def is_of_stack(self, event: LifecycleEvent) -> bool:
        """Whether the stack of the event, and not one before it, went forward to it."""
        return self.tags.get(tags.SINCE, "").partition(" ")[2] == _stack(event)

    def is_of_later(self, event: LifecycleEvent, context: Context) -> bool:
        """Whether a request of the same stack that came after this one has made it its own.

        Then this one was given up: a stack sends no second request for a resource before.
        """
        others = self.tags.get(tags.REQUEST) != event.request_id and self.is_of_stack(event)
        return others and self.since > float(_arrival(context))


_ONLY_DEFINITIONS: Final = "CandidateDefinitionsGenerated"


def since(event: LifecycleEvent, context: Context) -> str:
    """Return the tag that says which stack goes forward to a job, and since when it has asked."""
    return f"{_arrival(context)} {_stack(event)}"


def _arrival(context: Context) -> str:
    return f"{context.now - context.age:.0f}"


def _stack(event: LifecycleEvent) -> str:
    return digest(event.stack_id, length=_STACK_LENGTH)


def training_digest(training: Mapping[str, Any]) -> str:
    """Return the tag of a job's settings, its data left aside."""
    return digest(training)


def look(name: str, context: Context) -> KnownJob | None:
    """Return the job of that name, if there is one."""
    job = context.gateway.find("describe_auto_ml_job_v2", AutoMLJobName=name)
    return None if job is None else KnownJob(name, job, tags.seen(job["AutoMLJobArn"], context))


def serves(event: LifecycleEvent, known: KnownJob, wanted: Wanted) -> bool:
    """Whether a job is what the request asks for, so that nothing is trained twice."""
    if not tags.is_ours(event, known.tags):
        return False
    if known.tags.get(tags.REQUEST) == event.request_id:
        return True
    same_data = known.tags.get(tags.FINGERPRINT) == wanted.data.value != UNKNOWN
    return same_data and known.may_serve()


def under_other_names(event: LifecycleEvent, wanted: Wanted, context: Context) -> KnownJob | None:
    """Return a job that serves, of names that the request itself does not arrive at.

    These began with another word then, or an earlier delivery of the request saw other data.
    """
    same_data = data_stem(event, wanted.training, wanted.data_key(event))
    for item in _listed(job_stem(event, wanted.training), context):
        if same_data in item["AutoMLJobName"] or _is_recent(item, context):
            known = look(item["AutoMLJobName"], context)
            if known is not None and serves(event, known, wanted):
                return known
    return None


def _is_recent(item: Mapping[str, Any], context: Context) -> bool:
    created = item.get("CreationTime")
    return created is None or context.now - created.timestamp() < _LATEST_DELIVERY_SECONDS


def of_training(
    event: LifecycleEvent, training: Mapping[str, Any], context: Context
) -> Iterator[KnownJob]:
    """Yield the resource's own jobs of these settings, whatever their data."""
    given = event.properties.get("AutoMLJobName")
    names = [given] if given else _names(job_stem(event, training), context)
    for name in names:
        known = look(name, context)
        if known is not None and _is_of_training(event, known, training):
            yield known


def _is_of_training(event: LifecycleEvent, known: KnownJob, training: Mapping[str, Any]) -> bool:
    same = known.tags.get(tags.TRAINING) == training_digest(training)
    return same and tags.is_ours(event, known.tags)


def running(stem: str, context: Context) -> list[str]:
    """Return what runs by names that hold ``stem``; whose it is, is asked where it is stopped."""
    return _names(stem, context, StatusEquals="InProgress")


def _names(stem: str, context: Context, **filters: str) -> list[str]:
    return [item["AutoMLJobName"] for item in _listed(stem, context, **filters)]


def _listed(stem: str, context: Context, **filters: str) -> list[dict[str, Any]]:
    request = {"NameContains": stem, **filters}
    return list(pages(context, "list_auto_ml_jobs", "AutoMLJobSummaries", **request))
