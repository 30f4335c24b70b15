"""A user with two stacks of job, wait, model and endpoint, and what they want of them."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from . import invariants
from .cloudformation import CloudFormation, GivenUp, Outputs, Resource
from .events import JOB
from .fake_aws import Crash, FakeAws
from .naming import scope_of
from .services.account import Rate
from .services.models import models_of
from .stack import STACK_ID

STACKS = ("Shop", "Serve")
_BY_HAND = "cost-bot"
_GIVEN_NAMES = ("shop", "shop-2")


@dataclass
class Wanted:
    """What a user has written for one stack.

    Attributes:
        uses: Stack whose job is served, if it is not a job of its own.
    """

    candidates: int = 1
    tag: str = "a"
    revision: str = "1"
    instances: int = 1
    base: str = "churn"
    role: str = "job"
    job_name: str = ""
    model_name: str = ""
    endpoint_name: str = ""
    has_endpoint: bool = True
    waits: bool = True
    uses: str = ""

    def template(self) -> list[Resource]:
        """Return the resources."""
        made = [] if self.uses else [Resource("Job", "AutoMLJobV2", self._job)]
        made += [
            Resource("Wait", "AutoMLWait", self._wait),
            Resource("Model", "AutoMLModel", self._model),
        ]
        return made + (
            [Resource("Endpoint", "AutoMLEndpoint", self._endpoint)] if self.has_endpoint else []
        )

    @property
    def _tags(self) -> list[dict[str, str]]:
        return [{"Key": "team", "Value": self.tag}]

    def _job(self, _: Outputs) -> dict[str, Any]:
        config = {
            "TabularJobConfig": {
                "TargetAttributeName": "churn",
                "CompletionCriteria": {"MaxCandidates": self.candidates},
            }
        }
        return _without_empty(
            json.loads(json.dumps(JOB))
            | {
                "AutoMLProblemTypeConfig": config,
                "Tags": self._tags,
                "Revision": self.revision,
                "BaseName": self.base,
                "RoleArn": f"arn:aws:iam::111122223333:role/{self.role}",
                "AutoMLJobName": self.job_name,
            }
        )

    def _wait(self, outputs: Outputs) -> dict[str, Any]:
        job = outputs["Parameters"]["AutoMLJobName"] if self.uses else outputs["Job"]["Ref"]
        return {
            "Target": "AutoMLJob",
            "AutoMLJobName": job,
            "LinkSeconds": 3300,
            "TimeoutSeconds": 3300,
            "Last": True,
        }

    def _model(self, outputs: Outputs) -> dict[str, Any]:
        return _without_empty(
            {
                "AutoMLJobName": outputs["Wait"]["AutoMLJobName"],
                "ExecutionRoleArn": "arn:aws:iam::111122223333:role/host",
                "ProcessingUnit": "CPU",
                "Tags": self._tags,
                "ModelName": self.model_name,
            }
        )

    def _endpoint(self, outputs: Outputs) -> dict[str, Any]:
        variant = {
            "VariantName": "AllTraffic",
            "ModelName": outputs["Model"]["Ref"],
            "InitialInstanceCount": self.instances,
            "InstanceType": "ml.m5.large",
        }
        return _without_empty(
            {
                "ProductionVariants": [variant],
                "Tags": self._tags,
                "EndpointName": self.endpoint_name,
                "Wait": "" if self.waits else "false",
            }
        )


class World:
    """The account, the stacks in it, and how they are deployed.

    Attributes:
        cloudformation: The stacks by their names.
        wanted: What their user wants.
        settled: Names of the stacks whose last deployment went well or was rolled back.
        moving: What was deployed without waiting for the endpoint, by stack; checked later.
        kept: Models that an endpoint served when CloudFormation deleted them: SageMaker had rolled
            back an update that nobody waited for. They go with their stack.
        forgets, compares: See ``CloudFormation``; the same for all.
    """

    def __init__(self, *, forgets: bool, compares: bool) -> None:
        self.aws = FakeAws()
        self.aws.winners_differ = True
        self.forgets, self.compares = forgets, compares
        self.generation = 0
        self.cloudformation = {name: self._new_stack(name) for name in STACKS}
        self.wanted = {name: Wanted() for name in STACKS}
        self.settled = set(STACKS)
        self.moving: dict[str, Wanted] = {}
        self.kept: set[str] = set()
        self._drifted: dict[str, Any] = {}
        self._tagged: dict[str, float] = {}

    def deploy(self, name: str, *, rollback: bool = True, given_up: GivenUp | None = None) -> bool:
        """Deploy one stack; whether that went well."""
        stack, wanted = self.cloudformation[name], self.wanted[name]
        job = self.job_name(wanted.uses)
        if wanted.uses and not job:
            return False  # Its parameter is not there: CloudFormation does not even begin.
        self.moving.pop(name, None)
        went_well = stack.deploy(
            wanted.template(),
            rollback=rollback,
            given_up=given_up,
            parameters={"Parameters": {"AutoMLJobName": job}},
        )
        self.settled.discard(name)
        if went_well or rollback:
            self.settled.add(name)
        if not went_well:
            if rollback and not stack.stable:
                # A stack whose creation was rolled back can only be deleted and made anew.
                stack.delete()
                self.cloudformation[name] = self._new_stack(name)
            return False
        self.check_what_is_deployed(name, job)
        return True

    def delete(self, name: str) -> None:
        """Delete one stack, and look that nothing of it is left."""
        self.heal()
        self.moving.pop(name, None)
        self.cloudformation[name].delete()
        self.aws.run()
        self.settled.add(name)
        self._drifted.pop(name, None)
        scope = scope_of(self.cloudformation[name].stack.stack_id)
        self.kept -= {model for model in self.kept if self._is_of(model, scope)}
        self.cloudformation[name] = self._new_stack(name)
        if not any(stack.live for stack in self.cloudformation.values()):
            assert not self.aws.endpoints
            assert not self.aws.configs
            assert not self.aws.models
            assert not invariants.running_jobs(self.aws)

    def heal(self) -> None:
        """Let what was to go wrong once go well from now on: a rollback must be able to succeed."""
        self.aws.job_end = {"AutoMLJobStatus": "Completed"}
        self.aws.update_end = self.aws.endpoint_end = "InService"

    def somebody_deletes_the_endpoints(self) -> None:
        """Let endpoints and configurations go by hand.

        Those of names that the user gave stay: another stack could take the name meanwhile, and
        then nobody can give it back.
        """
        for name in list(self.aws.endpoints):
            if name not in _GIVEN_NAMES:
                for config in self.aws.configs_in_use(name):
                    self.aws.configs.pop(config, None)
                self.aws.drop_gone(name)
        self._endpoints_drift()

    def change(self, name: str, changes: list[tuple[str, Any]]) -> None:
        """Let the user edit a stack."""
        for option, value in changes:
            if option != "uses" or name == STACKS[1]:
                setattr(self.wanted[name], option, value)

    def fail(self, call: str, code: str, times: int) -> None:
        """Let calls fail for a while."""
        self.aws.failures[call] = []
        self.aws.fail(call, code, "Rate exceeded", times)

    def crash(self, number: int) -> None:
        """Let the function die some calls from now."""
        self.aws.interrupt_at = self.aws.entered + number
        self.aws.interrupt = _die

    def jobs_end(self, end: str) -> None:
        """Let jobs that are started from now on end so."""
        self.aws.job_end = {"AutoMLJobStatus": end, "FailureReason": "bad data"}

    def updates_end(self, end: str) -> None:
        """Let updates of endpoints end so."""
        self.aws.update_end = end

    def endpoints_end(self, end: str) -> None:
        """Let creations of endpoints end so."""
        self.aws.endpoint_end = end

    def data_change(self, etag: str) -> None:
        """Let other data lie under the same prefix."""
        self.aws.buckets["in"] = [("train/a.csv", etag, 10)]

    def pause(self, seconds: float) -> None:
        """Let time pass."""
        self.aws.wait(seconds)

    def lag(self, lists: float, tags: float) -> None:
        """Let lists and tags show late what has been done, from now on."""
        self.aws.lags.lists, self.aws.lags.tags = lists, tags

    def throttle(self, per_second: float) -> None:
        """Let the account bear but so many calls of each operation, a rollback's included."""
        self.aws.rate = Rate(per_second, burst=5)

    def endpoints_break_down(self) -> None:
        """Let endpoints go out of service."""
        for name in self.aws.endpoints:
            self.aws.take_out_of_service(name)
        self._endpoints_drift()

    def _endpoints_drift(self) -> None:
        """What CloudFormation knows of endpoints is not true any more, and it does not look."""
        self.moving.clear()
        for name, stack in self.cloudformation.items():
            if "Endpoint" in stack.live:
                self._drifted[name] = stack.live["Endpoint"].properties

    def maintain(self) -> None:
        """Let SageMaker patch the endpoints' hosts."""
        for name in list(self.aws.endpoints):
            self.aws.maintain(name)

    def somebody_adds_tags(self) -> None:
        """Let a bot of the enterprise tag what there is."""
        for kind, names in (("endpoint", self.aws.endpoints), ("model", self.aws.models)):
            for arn in (self.aws.arn(kind, name) for name in names):
                self.aws.tags[arn][_BY_HAND] = "42"
                self._tagged[arn] = self.aws.made_at[arn]

    def check_tags_of_others(self) -> None:
        """Look that the function has left alone what others have tagged with."""
        for arn, made_at in self._tagged.items():
            tags = self.aws.tags.get(arn, {})
            is_another = arn not in self.aws.tags or self.aws.made_at[arn] != made_at
            assert is_another or tags.get(_BY_HAND) == "42", f"{arn} has lost a tag"

    def job_name(self, name: str) -> str:
        """Return the job that a stack shares."""
        live = self.cloudformation[name].live.get("Wait") if name else None
        return live.data.get("AutoMLJobName", "") if live else ""

    def check_what_is_deployed(self, name: str, shared_job: str) -> None:
        """Compare what is served with what the user has written, and with the job's winner."""
        wanted, stack = self.wanted[name], self.cloudformation[name]
        job = self.aws.jobs[shared_job or stack.live["Job"].physical_id]
        if not wanted.uses:
            trained = job["Request"]["AutoMLProblemTypeConfig"]["TabularJobConfig"]
            assert trained["CompletionCriteria"]["MaxCandidates"] == wanted.candidates
            assert self.aws.tags[job["AutoMLJobArn"]]["team"] == wanted.tag
        model = self.aws.models[stack.live["Model"].physical_id]
        winner = job["BestCandidate"]["InferenceContainers"]
        assert model["Containers"] == winner, "the model is not of the job's winner"
        if wanted.has_endpoint:
            self._check_endpoint(name, wanted)

    def _check_endpoint(self, name: str, wanted: Wanted) -> None:
        live = self.cloudformation[name].live
        if live["Endpoint"].properties == self._drifted.get(name):
            return  # CloudFormation sends nothing for what has not changed.
        self._drifted.pop(name, None)
        ends_well = self.aws.update_end == self.aws.endpoint_end == "InService"
        if not wanted.waits and (self.aws.is_busy or not ends_well):
            if ends_well:
                self.moving[name] = replace(wanted)
            else:  # Nobody waits to hear of it.
                self._drifted[name] = live["Endpoint"].properties
            return
        endpoint = self.aws.seen_endpoint(live["Endpoint"].physical_id)
        assert endpoint is not None
        assert endpoint["EndpointStatus"] in ("InService", "SystemUpdating")
        config = self.aws.configs[endpoint["EndpointConfigName"]]
        [variant] = config["ProductionVariants"]
        assert variant["ModelName"] == live["Model"].physical_id
        [shown] = endpoint["ProductionVariants"]
        assert shown["DesiredInstanceCount"] == wanted.instances
        assert self.aws.tags[endpoint["EndpointArn"]]["team"] == wanted.tag

    def check_what_has_moved(self) -> None:
        """Compare what is served, now that endpoints that were not waited for have moved."""
        moved, self.moving = self.moving, {}
        for name, wanted in moved.items():
            self._check_endpoint(name, wanted)

    def check_owners(self) -> None:
        """Look that nothing is left which no stack has, nor will find again."""
        stacks = self.cloudformation.values()
        owned = {item.physical_id for stack in stacks for item in stack.live.values()}
        owned |= {item.physical_id for stack in stacks for _, item in stack.replaced}
        # A creation that was given up may still have gone well: the next deployment or deletion
        # finds it, as it comes with the same names.
        given_up = {
            name for stack in stacks for name, item in stack.live.items() if not item.created
        }
        assert set(self.aws.endpoints) <= owned or "Endpoint" in given_up
        if not self.forgets:
            stray = set(self.aws.models) - owned
            assert stray <= self.kept or "Model" in given_up
            assert set(invariants.running_jobs(self.aws)) <= owned or "Job" in given_up
        spare = 0 if len(self.settled) == len(STACKS) else 2
        # One that failed to move, for which nobody waited, keeps them until it is deployed again.
        spare += sum(
            item["EndpointStatus"] == "Failed"
            for item in map(self.aws.seen_endpoint, list(self.aws.endpoints))
            if item
        )
        # One that is left between two configurations needs both.
        between = [len(self.aws.configs_in_use(name)) - 1 for name in self.aws.endpoints]
        assert len(self.aws.configs) <= len(self.aws.endpoints) + sum(between) + spare

    def _is_of(self, model: str, scope: str) -> bool:
        """Whether a model is there and has an owner in a stack."""
        marks = self.aws.tags.get(self.aws.arn("model", model), {})
        owner = marks.get("cdk-automlv2:owner", "")
        return model in self.aws.models and owner.startswith(f"{scope}/")

    def _note_if_kept(self, name: str, scope: str) -> None:
        if self._is_of(name, scope) and name in self._served():
            self.kept.add(name)

    def _served(self) -> set[str]:
        """Return the models that endpoints serve, move to or are left between."""
        names = {one for name in self.aws.endpoints for one in self.aws.configs_in_use(name)}
        configs = [self.aws.configs[one] for one in names & self.aws.configs.keys()]
        return {model for config in configs for model in models_of(config)}

    def _new_stack(self, name: str) -> CloudFormation:
        self.generation += 1
        made = CloudFormation(self.aws, f"{STACK_ID.replace('Shop', name)}{self.generation}")
        made.before_rollback = self.heal
        scope = scope_of(made.stack.stack_id)
        made.deleted = lambda name: self._note_if_kept(name, scope)
        made.forgets, made.compares = self.forgets, self.compares
        return made


def _die() -> None:
    raise Crash


def _without_empty(properties: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in properties.items() if value != ""}
