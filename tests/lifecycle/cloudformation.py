"""A small CloudFormation: creates, updates, replaces, gives up, rolls back and cleans up.

Resources that do not depend on each other are under way at once. What has left the template is
deleted after the update, as is what was replaced; the function's policy is updated first.

What the documents leave open is a choice of the caller: the order of requests when a replaced
resource is rolled back, and what becomes of a deletion that was still to come when a deployment
without rollback failed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .fake_aws import FakeAws
from .naming import scope_of
from .requests import GivenUp, Live, Request, Requests, answer_of, replaced
from .stack import Stack

__all__ = ["CloudFormation", "GivenUp", "Live", "Outputs", "Resource"]

Outputs = Mapping[str, Mapping[str, str]]


@dataclass
class Resource:
    """A resource of a template: its properties may use the outputs of others.

    ``AWS::…`` types are made at once; of them ``AWS::SSM::Parameter`` (``Name``, ``Value``) has an
    effect that other stacks see.
    """

    logical_id: str
    type: str
    properties: Callable[[Outputs], dict[str, Any]]
    depends_on: tuple[str, ...] = ()


class _MissingError(Exception):
    """When properties refer to what is not there yet."""


class _Seen(dict[str, Mapping[str, str]]):
    """Outputs that take down which resources are referred to."""

    def __init__(self, known: Outputs) -> None:
        super().__init__(known)
        self.used: set[str] = set()

    def __getitem__(self, name: str) -> Mapping[str, str]:
        self.used.add(name)
        if name not in self:
            raise _MissingError(name)
        return super().__getitem__(name)


class CloudFormation:
    """One stack, deployed again and again.

    Attributes:
        live: Its resources, in the order of their creation.
        stable: Its resources after the last deployment that went well or was rolled back.
        replaced: Those whose Delete waits for a deployment that goes well.
        update_back: Whether a replaced resource is rolled back with an Update.
        forgets: Whether deletions to come are forgotten when a deployment without rollback fails.
        compares: Whether, after an update, a deletion to come is left out when its physical id
            has come back.
        before_rollback: Called when a deployment has failed and is about to be rolled back.
        deleted: Called with the physical id of what has been deleted.
    """

    def __init__(self, aws: FakeAws, stack_id: str, tags: Mapping[str, str] | None = None) -> None:
        self.aws = aws
        self.stack = Stack(aws, stack_id)
        self.stack.follows_requests = False
        self.live: dict[str, Live] = {}
        self.stable: dict[str, Live] = {}
        self.replaced: list[tuple[str, Live]] = []
        self.update_back = True
        self.forgets = False
        self.compares = True
        self.before_rollback: Callable[[], None] = lambda: None
        self.deleted: Callable[[str], None] = lambda _: None
        self._requests = Requests(aws, self.stack)
        self._parameters: Outputs = {}
        self._invented = 0
        aws.stack_tags[stack_id] = dict(tags or {})

    @property
    def outputs(self) -> dict[str, dict[str, str]]:
        """What other resources, and other stacks, may refer to."""
        return {name: {"Ref": live.physical_id, **live.data} for name, live in self.live.items()}

    def deploy(
        self,
        template: list[Resource],
        *,
        rollback: bool = True,
        given_up: GivenUp | None = None,
        parameters: Outputs | None = None,
    ) -> bool:
        """Bring the stack to the template; whether that went well.

        Args:
            template: Resources.
            rollback: Whether a failure is rolled back, else everything stays as it is and a
                failed resource is tried again by the next deployment.
            given_up: When the deployment is to be given up.
            parameters: What the stack gets from elsewhere, to be referred to as outputs are.
        """
        old = dict(self.live)
        self._requests.given_up = given_up
        self._parameters = parameters or {}
        verb = "UPDATE" if self.live else "CREATE"
        self._is(f"{verb}_IN_PROGRESS")
        self.stack.has(self._declared(template))
        went_well = self._bring(template)
        self._requests.given_up = None
        if not went_well:
            self._fail(old, verb, rollback)
            return False
        named = {resource.logical_id for resource in template}
        self.live = {name: live for name, live in self.live.items() if name in named}
        self.replaced += replaced(old, self.live)
        self._is("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
        self._clean_up(self.compares)
        self.stable = dict(self.live)
        self._is(f"{verb}_COMPLETE")
        return True

    def _declared(self, template: list[Resource]) -> dict[tuple[str, str], dict[str, Any]]:
        """Return what a template says before anything of it is made: enough for rights."""
        outputs = _Anything(self._parameters)
        scope = {"NameScope": scope_of(self.stack.stack_id)}
        return {
            (resource.type, resource.logical_id): scope | resource.properties(outputs)
            for resource in template
        }

    def delete(self) -> None:
        """Delete the stack."""
        self._is("DELETE_IN_PROGRESS")
        self._remove([*reversed(list(self.live.items())), *self.replaced])
        self.live, self.stable, self.replaced = {}, {}, []
        self._is("DELETE_COMPLETE")

    def _fail(self, old: dict[str, Live], verb: str, rollback: bool) -> None:
        self.before_rollback()
        self.replaced += replaced(old, self.live)
        if not rollback:
            self.replaced = [] if self.forgets else self.replaced
            self._is(f"{verb}_FAILED")
            return
        verb = "UPDATE_" if self.stable else ""
        self._is(f"{verb}ROLLBACK_IN_PROGRESS")
        self._roll_back()
        if self.stable:
            self._is("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")
        self._clean_up()
        self._is(f"{verb}ROLLBACK_COMPLETE")

    def _is(self, status: str) -> None:
        self.stack.status = status
        self.aws.set_status(self.stack.stack_id, status)

    def _bring(self, template: list[Resource]) -> bool:
        """Create and update; each resource as soon as what it refers to is done."""
        waiting = {resource.logical_id: resource for resource in template}
        done: set[str] = set()
        while waiting or self._requests.under_way:
            began = False
            for resource, wanted in self._ready(waiting, done):
                del waiting[resource.logical_id]
                began = True
                if not self._begin(resource.logical_id, wanted):
                    done.add(resource.logical_id)
            if began:
                continue
            assert self._requests.under_way, f"nothing can be done of {list(waiting)}"
            settled = self._requests.settled()
            went_well = [self._finish(request) for request in settled]
            if not all(went_well):
                for request in self._requests.cancel():
                    self._finish(request, cancelled=True)
                return False
            done |= {request.logical_id for request in settled}
        return True

    def _ready(
        self, waiting: dict[str, Resource], done: set[str]
    ) -> Iterator[tuple[Resource, Live]]:
        known = {name: item for name, item in self.outputs.items() if name in done}
        for resource in list(waiting.values()):
            if not done.issuperset(resource.depends_on):
                continue
            outputs = _Seen({**self._parameters, **known})
            try:
                properties = resource.properties(outputs)
            except _MissingError:
                continue
            uses = frozenset(outputs.used.union(resource.depends_on) & known.keys())
            yield resource, Live(resource.type, properties, "", uses=uses)

    def _begin(self, logical_id: str, wanted: Live) -> bool:
        """Send what a resource needs to become as wanted; whether there is anything to do."""
        live = self.live.get(logical_id)
        if live is not None and live.properties == wanted.properties and not live.failed:
            live.uses = wanted.uses
            return False
        wanted.physical_id = live.physical_id if live else ""
        if wanted.type.startswith("AWS::"):
            self._make_native(logical_id, wanted, live)
            return False
        kind = "Update" if live and live.created else "Create"
        self._shows(logical_id, f"{kind.upper()}_IN_PROGRESS", wanted if live else None)
        self._requests.send(kind, logical_id, wanted, live)
        return True

    def _finish(self, request: Request, cancelled: bool = False) -> bool:
        """Take the answer, or the lack of one; whether the request went well."""
        answer = None if cancelled else answer_of(request)
        wanted, logical_id = request.wanted, request.logical_id
        verb = request.kind.upper()
        self.live[logical_id] = wanted
        if request.kind == "Update" and (answer is None or answer["Status"] == "FAILED"):
            assert answer is None or answer["PhysicalResourceId"] == wanted.physical_id
            wanted.failed = True
            self._shows(logical_id, "UPDATE_FAILED", wanted)
            return False
        if answer is None:
            self._invented += 1
            name = f"Shop-{logical_id}-{self._invented}INVENTED"
            answer = {"Status": "FAILED", "PhysicalResourceId": name, "Data": {}}
        wanted.physical_id = answer["PhysicalResourceId"]
        wanted.data = answer["Data"]
        wanted.failed = answer["Status"] == "FAILED"
        wanted.created = not wanted.failed
        self._shows(logical_id, f"{verb}_{'FAILED' if wanted.failed else 'COMPLETE'}", wanted)
        return not wanted.failed

    def _shows(self, logical_id: str, status: str, live: Live | None) -> None:
        """Let DescribeStackResource show a resource so; without an id while it is created."""
        key = self.stack.stack_id, logical_id
        self.aws.resource_statuses[key] = status
        self.aws.physical_ids[key] = live.physical_id if live else ""

    def _roll_back(self) -> None:
        if self.stable:
            scope = {"NameScope": scope_of(self.stack.stack_id)}
            declared = {
                (live.type, name): scope | live.properties for name, live in self.stable.items()
            }
            self.stack.has(declared)
        failed, self.live = self.live, dict(self.stable)
        for logical_id, before in self.stable.items():
            after = failed[logical_id]
            if before.properties == after.properties and not after.failed:
                continue
            was_replaced = before.physical_id != after.physical_id
            if before.type.startswith("AWS::"):
                self._make_native(logical_id, before, after)
            elif not was_replaced or self.update_back:
                self._update_back(logical_id, before, after)
            self._shows(logical_id, "UPDATE_COMPLETE", before)
        self.replaced += replaced(failed, self.live)

    def _update_back(self, logical_id: str, before: Live, after: Live) -> None:
        wanted = Live(before.type, before.properties, after.physical_id)
        self._shows(logical_id, "UPDATE_IN_PROGRESS", after)
        self._requests.send("Update", logical_id, wanted, after)
        [request] = self._requests.settled()
        answer = answer_of(request)
        assert answer is not None
        assert answer["Status"] == "SUCCESS", f"rollback of {logical_id}: {answer['Reason']}"
        if answer["PhysicalResourceId"] != before.physical_id:
            assert self._is_as_good(before, answer["PhysicalResourceId"])
            before.physical_id = answer["PhysicalResourceId"]
        before.data = answer["Data"]

    def _is_as_good(self, before: Live, name: str) -> bool:
        """Whether a job is as good as the one that the stack had: of its settings, and completed.

        After failures without rollback no request says which of two such jobs the stack had.
        """
        if before.physical_id not in self.aws.jobs or name not in self.aws.jobs:
            return False
        jobs = [self.aws.jobs[one] for one in (before.physical_id, name)]
        marks = {self.aws.tags[job["AutoMLJobArn"]]["cdk-automlv2:training"] for job in jobs}
        return len(marks) == 1 and jobs[1]["End"]["AutoMLJobStatus"] == "Completed"

    def _clean_up(self, compares: bool = True) -> None:
        """Delete what was replaced and, if that is compared, is not in the stack again."""
        kept = {live.physical_id for live in self.live.values()} if compares else set()
        pending, self.replaced = self.replaced, []
        self._remove([item for item in pending if item[1].physical_id not in kept])

    def _remove(self, items: list[tuple[str, Live]]) -> None:
        """Delete resources, each when nothing is left that refers to it, others at once."""
        waiting = list(items)
        while waiting or self._requests.under_way:
            under_way = [(item.logical_id, item.wanted) for item in self._requests.under_way]
            for item in list(waiting):
                rest = [other for other in [*waiting, *under_way] if other is not item]
                if any(item[0] in live.uses for name, live in rest if name != item[0]):
                    continue
                waiting.remove(item)
                if not self._unmake_native(*item):
                    self._begin_removal(*item)
                    under_way.append(item)
            for request in self._requests.settled() if self._requests.under_way else ():
                answer = answer_of(request)
                assert answer is not None, f"no answer to the deletion of {request.logical_id}"
                assert answer["Status"] == "SUCCESS", answer["Reason"]
                self.deleted(request.wanted.physical_id)
                self._forget(request.logical_id)

    def _begin_removal(self, logical_id: str, live: Live) -> None:
        if logical_id not in self.live or self.live[logical_id] is live:
            self._shows(logical_id, "DELETE_IN_PROGRESS", live)
        self._requests.send("Delete", logical_id, live)

    def _forget(self, logical_id: str) -> None:
        """A resource that has gone is not shown any more, unless it is in the stack again."""
        if logical_id not in self.live or self.stack.status == "DELETE_IN_PROGRESS":
            self.aws.resource_statuses.pop((self.stack.stack_id, logical_id), None)
            self.aws.physical_ids.pop((self.stack.stack_id, logical_id), None)

    def _make_native(self, logical_id: str, wanted: Live, live: Live | None) -> None:
        if wanted.type == "AWS::SSM::Parameter":
            if live is not None and live.properties["Name"] != wanted.properties["Name"]:
                self.aws.parameters.pop(live.properties["Name"], None)
            self.aws.parameters[wanted.properties["Name"]] = wanted.properties["Value"]
        wanted.physical_id = str(wanted.properties.get("Name", logical_id))
        self.live[logical_id] = wanted

    def _unmake_native(self, logical_id: str, live: Live) -> bool:
        if not live.type.startswith("AWS::"):
            return False
        if logical_id not in self.live or self.stack.status == "DELETE_IN_PROGRESS":
            self.aws.parameters.pop(live.properties.get("Name", ""), None)
        return True


class _Anything(dict[str, Any]):
    """Outputs before there are any: whatever is referred to is some text."""

    def __missing__(self, name: str) -> Any:
        return "token" if self.get("Ref") else _Anything(Ref="token")
