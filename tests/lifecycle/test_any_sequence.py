"""Whatever a user does and whatever goes wrong, in whatever order: the promises hold.

`make test` plays 100 sequences, `make test-deep` 2,000; a failure prints how to play it again.
"""

from __future__ import annotations

import json
import os
from typing import Any

from automlv2_handlers.errors import BusyError, DeniedError
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from . import invariants
from .cloudformation import CloudFormation, GivenUp, Outputs, Resource
from .fake_aws import Crash, FakeAws
from .stack import STACK_ID
from .test_job import JOB

SEQUENCES = int(os.environ.get("SEQUENCES", "100"))
CALLS = (
    "create_auto_ml_job_v2",
    "describe_auto_ml_job_v2",
    "create_model",
    "create_endpoint_config",
    "create_endpoint",
    "update_endpoint",
    "describe_endpoint",
    "delete_endpoint",
    "list_tags",
    "objects",
    "stack_status",
    "start_execution",
    "list_endpoint_configs",
)
GIVEN_UP = st.builds(
    GivenUp,
    st.sampled_from(["Job", "Wait", "Model", "Endpoint"]),
    st.sampled_from([0, 1, 10, 40, 70, 200, 1000]),
)


class Deployments(RuleBasedStateMachine):
    """A user with one stack of job, wait, model and endpoint, and a world that is not kind."""

    def __init__(self) -> None:
        super().__init__()
        self.aws = FakeAws()
        self.forgets, self.compares = False, True
        self.generation = 0
        self.cloudformation = self._new_stack()
        self.candidates, self.tag, self.revision, self.instances = 1, "a", "1", 1
        self.drifted: dict[str, Any] | None = None
        self.settled = True

    @rule(candidates=st.integers(1, 3), tag=st.sampled_from("ab"))
    def change(self, candidates: int, tag: str) -> None:
        self.candidates, self.tag = candidates, tag

    @rule(revision=st.sampled_from("12"), instances=st.integers(1, 2))
    def change_more(self, revision: str, instances: int) -> None:
        self.revision, self.instances = revision, instances

    @rule(etag=st.sampled_from(["e1", "e2", "e3"]))
    def change_data(self, etag: str) -> None:
        self.aws.buckets["in"] = [("train/a.csv", etag, 10)]

    @rule(seconds=st.sampled_from([60, 4000, 100_000]))
    def wait(self, seconds: int) -> None:
        self.aws.wait(seconds)

    @rule(call=st.sampled_from(CALLS), times=st.integers(1, 4))
    def throttle(self, call: str, times: int) -> None:
        self.aws.failures[call] = [BusyError("Rate exceeded")] * times

    @rule(call=st.sampled_from(CALLS[:6]))
    def rights_come_late(self, call: str) -> None:
        self.aws.failures[call] = [DeniedError("not authorized")] * 2

    @rule(number=st.integers(1, 25))
    def crash_later(self, number: int) -> None:
        self.aws.interrupt_at = self.aws.entered + number
        self.aws.interrupt = _die

    @rule(end=st.sampled_from(["Failed", "Completed"]))
    def jobs_will_end(self, end: str) -> None:
        self.aws.job_end = {"AutoMLJobStatus": end, "FailureReason": "bad data"}

    @rule(end=st.sampled_from(["InService", "RolledBack", "UpdateRollbackFailed"]))
    def updates_will_end(self, end: str) -> None:
        self.aws.update_end = end

    @rule(end=st.sampled_from(["InService", "Failed"]))
    def endpoints_will_end(self, end: str) -> None:
        self.aws.endpoint_end = end

    @rule()
    def somebody_deletes_the_endpoint(self) -> None:
        self.aws.endpoints.clear()
        self.aws.configs.clear()
        live = self.cloudformation.live
        self.drifted = live["Endpoint"].properties if "Endpoint" in live else None

    @initialize(forgets=st.booleans(), compares=st.booleans())
    def choose(self, forgets: bool, compares: bool) -> None:
        self.cloudformation.forgets = self.forgets = forgets
        self.cloudformation.compares = self.compares = compares

    @rule(
        update_back=st.booleans(),
        rollback=st.booleans(),
        given_up=st.none() | GIVEN_UP,
        at_once=st.booleans(),
    )
    def deploy(
        self, update_back: bool, rollback: bool, given_up: GivenUp | None, at_once: bool
    ) -> None:
        self.cloudformation.update_back = update_back
        self.settled = self.cloudformation.deploy(
            self._template(), rollback=rollback, given_up=given_up
        )
        if self.settled:
            self._check_what_is_deployed()
        self.settled = self.settled or rollback
        self._heal()
        if not at_once:
            self.aws.run()

    @rule(given_up=st.none() | GIVEN_UP)
    def deploy_and_delete(self, given_up: GivenUp | None) -> None:
        """The user deletes the stack while it is deployed, or right after."""
        self.cloudformation.deploy(self._template(), rollback=False, given_up=given_up)
        self.delete()

    @rule()
    def delete(self) -> None:
        self._heal()
        self.cloudformation.delete()
        self.aws.run()
        self.settled = True
        assert not self.aws.endpoints
        assert not self.aws.configs
        assert not self.aws.models
        assert not invariants.running_jobs(self.aws)
        self.cloudformation = self._new_stack()

    @invariant()
    def nothing_is_left_that_nobody_owns(self) -> None:
        if self.aws.is_busy:
            return
        stack = self.cloudformation
        owned = {item.physical_id for item in stack.live.values()}
        owned |= {item.physical_id for _, item in stack.replaced}
        # A creation that was given up may still have gone well: the next deployment or deletion
        # finds it, as it comes with the same names.
        given_up = {name for name, item in stack.live.items() if not item.created}
        assert set(self.aws.endpoints) <= owned or "Endpoint" in given_up
        assert len(self.aws.configs) <= (1 if self.settled else 2)
        if not self.forgets:
            assert set(self.aws.models) <= owned or "Model" in given_up
            assert set(invariants.running_jobs(self.aws)) <= owned or "Job" in given_up

    @invariant()
    def every_request_has_one_answer_in_time(self) -> None:
        if not self.aws.is_busy:
            for stack in self.aws.stacks:
                invariants.check_answers(stack)
            assert self.aws.misdeeds == []

    @invariant()
    def no_endpoint_is_without_its_configuration_and_model(self) -> None:
        if not self.aws.is_busy:
            invariants.check_endpoints(self.aws)

    @invariant()
    def nothing_is_trained_twice(self) -> None:
        invariants.check_trainings(self.aws)

    def _new_stack(self) -> CloudFormation:
        self.generation += 1
        made = CloudFormation(self.aws, f"{STACK_ID}{self.generation}")
        made.before_rollback = self._heal
        made.forgets, made.compares = self.forgets, self.compares
        return made

    def _heal(self) -> None:
        """Let what was to go wrong once go well from now on: a rollback must be able to succeed."""
        self.aws.job_end = {"AutoMLJobStatus": "Completed"}
        self.aws.update_end = self.aws.endpoint_end = "InService"

    def _check_what_is_deployed(self) -> None:
        live = self.cloudformation.live
        if live["Endpoint"].properties == self.drifted:
            return  # CloudFormation sends nothing for what has not changed.
        self.drifted = None
        endpoint = self.aws.seen_endpoint(live["Endpoint"].physical_id)
        assert endpoint is not None
        assert endpoint["EndpointStatus"] == "InService"
        config = self.aws.configs[endpoint["EndpointConfigName"]]
        [variant] = config["ProductionVariants"]
        assert variant["ModelName"] == live["Model"].physical_id
        assert variant["InitialInstanceCount"] == self.instances
        job = self.aws.jobs[live["Job"].physical_id]
        trained = job["Request"]["AutoMLProblemTypeConfig"]["TabularJobConfig"]
        assert trained["CompletionCriteria"]["MaxCandidates"] == self.candidates
        assert self.aws.tags[job["AutoMLJobArn"]]["team"] == self.tag

    def _template(self) -> list[Resource]:
        candidates, tag, revision = self.candidates, self.tag, self.revision
        instances = self.instances
        tags = [{"Key": "team", "Value": tag}]
        config = {
            "TabularJobConfig": {
                "TargetAttributeName": "churn",
                "CompletionCriteria": {"MaxCandidates": candidates},
            }
        }

        def job(_: Outputs) -> dict[str, Any]:
            return json.loads(json.dumps(JOB)) | {
                "AutoMLProblemTypeConfig": config,
                "Tags": tags,
                "Revision": revision,
            }

        def wait(outputs: Outputs) -> dict[str, Any]:
            return {
                "Target": "AutoMLJob",
                "AutoMLJobName": outputs["Job"]["Ref"],
                "LinkSeconds": 3300,
                "TimeoutSeconds": 3300,
                "Last": True,
            }

        def model(outputs: Outputs) -> dict[str, Any]:
            return {
                "AutoMLJobName": outputs["Wait"]["AutoMLJobName"],
                "ExecutionRoleArn": "arn:aws:iam::111122223333:role/host",
                "ProcessingUnit": "CPU",
                "Tags": tags,
            }

        def endpoint(outputs: Outputs) -> dict[str, Any]:
            variant = {
                "VariantName": "AllTraffic",
                "ModelName": outputs["Model"]["Ref"],
                "InitialInstanceCount": instances,
                "InstanceType": "ml.m5.large",
            }
            return {"ProductionVariants": [variant], "Tags": tags}

        return [
            Resource("Job", "AutoMLJobV2", job),
            Resource("Wait", "AutoMLWait", wait),
            Resource("Model", "AutoMLModel", model),
            Resource("Endpoint", "AutoMLEndpoint", endpoint),
        ]


def _die() -> None:
    raise Crash


Deployments.TestCase.settings = settings(
    max_examples=SEQUENCES,
    stateful_step_count=20,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
TestAnySequence = Deployments.TestCase
