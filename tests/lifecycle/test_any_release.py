"""Whatever happens to releases, in whatever order: what serves is what passed, and none is lost.

`make test` plays 40 sequences, always the same; `make test-deep` more and others.
"""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from . import invariants
from .fake_aws import Crash, FakeAws
from .releases import ENDPOINT_NAME, KEY, TYPE, User, endpoint, looking, minimum
from .stack import Stack

SEQUENCES = int(os.environ.get("RELEASE_SEQUENCES", "40"))
CALLS = (
    *("create_auto_ml_job_v2", "describe_auto_ml_job_v2", "create_model", "create_endpoint"),
    *("create_endpoint_config", "update_endpoint", "describe_endpoint", "delete_endpoint"),
    *("put_item", "transact_write_items", "get_item", "put_events", "list_tags", "list_models"),
)
PASSING = ("ThrottlingException", "InternalFailure")
SETTINGS = st.fixed_dictionaries(
    {
        "revision": st.sampled_from(["1", "2", "3"]),
        "instances": st.sampled_from([1, 2]),
        "gate": st.sampled_from([None, 0.9, 0.99]),
        "trial": st.booleans(),
        "registered": st.sampled_from(
            [None, "Approved", "PendingManualApproval", "PendingManualApproval"]
        ),
    }
)
TASK = st.one_of(
    st.tuples(st.just("Retrain"), st.sampled_from(["command", "schedule", "new-data", "alarm"])),
    st.tuples(st.just("Rollback"), st.just("command")),
    st.tuples(st.just("Abort"), st.just("command")),
    st.tuples(st.just("Promote"), st.just("command")),
)
DECISION = st.sampled_from(["Approved", "Approved", "Rejected", "PendingManualApproval"])
REGISTRATION = {
    "ModelPackageGroupName": "churn",
    "ContentTypes": ["text/csv"],
    "ResponseTypes": ["text/csv"],
    "Retain": "true",
}
PAUSE = st.sampled_from([0, 1, 20, 120, 620, 700, 900, 1300, 100_000])


class Releases(RuleBasedStateMachine):
    """A user with one release, triggers that ring at any moment, and a world that is not kind."""

    @initialize()
    def begin(self) -> None:
        self.aws = FakeAws()
        self.aws.winners_differ = True
        self.user = User(Stack(self.aws))
        self.approved: set[str] = set()
        self.changed: dict[str, int] = {}

    @rule(wanted=SETTINGS, pause=PAUSE)
    def deploy(self, wanted: dict[str, Any], pause: float) -> None:
        """Deploy, while whatever was asked for before may be under way still."""
        gates: list[dict[str, Any]] = [] if wanted["gate"] is None else [minimum(wanted["gate"])]
        gates += [{"Type": "SmokeTest", "Rows": ["1,2"]}] if wanted["trial"] else []
        properties = self.user.properties(
            Job={"Revision": wanted["revision"]},
            Endpoint=endpoint(InitialInstanceCount=wanted["instances"]),
            Gates=gates,
        )
        if wanted["registered"]:
            status = {"ModelApprovalStatus": wanted["registered"]}
            properties["Registration"] = {**REGISTRATION, **status}
        first = self.user.deployed is None
        event = self.user.stack.event("Create" if first else "Update", TYPE, properties)
        if not first:
            event |= {"PhysicalResourceId": self.user.physical_id}
            event |= {"OldResourceProperties": event["ResourceProperties"]}
        self.user.stack.invoke(event)
        self.aws.run(lambda: bool(self.user.stack.answers[event["RequestId"]]))
        answer = self.user.stack.answers[event["RequestId"]][0]
        assert answer["Status"] == "SUCCESS", answer["Reason"]
        self.user.deployed, self.user.physical_id = properties, answer["PhysicalResourceId"]
        self.aws.wait(pause)

    @rule(task=TASK, pause=PAUSE, twice=st.booleans())
    def ask(self, task: tuple[str, str], pause: float, twice: bool) -> None:
        """Let a trigger ring, perhaps twice."""
        self.user.triggers += 1
        trigger = {"Kind": task[1], "Id": str(self.user.triggers)}
        event = {"Task": task[0], "Key": KEY, "Trigger": trigger}
        for _ in range(1 + twice):
            self.user.stack.invoke(event)
        self.aws.wait(pause)

    @rule(
        which=st.sampled_from([0, 0, 0, 1, 2]),
        status=DECISION,
        changed=st.booleans(),
        told=st.sampled_from([1, 2, 0]),
        pause=PAUSE,
    )
    def decide(self, which: int, status: str, changed: bool, told: int, pause: float) -> None:
        """Let somebody decide on a version, which others have changed before, or for ever.

        Its event comes once, twice, or not at all; also once the version has gone.
        """
        packages = list(reversed(self.aws.packages))
        if not packages:
            return
        arn = packages[which % len(packages)]
        if changed:
            self.change(arn)
        self.aws.approve(arn, status)
        if status == "Approved":
            self.approved.add(arn)
            self.hear(arn, told)
        self.aws.wait(pause)

    def change(self, arn: str) -> None:
        """Let somebody put other containers into a version."""
        specification = self.aws.packages[arn]["InferenceSpecification"]
        other = [{**one, "ModelDataUrl": "s3://bad/x"} for one in specification["Containers"]]
        self.aws.change_package(arn, InferenceSpecification={**specification, "Containers": other})
        with looking(self.aws):
            head = self.user.store.head()
            self.changed.setdefault(arn, head.generation if head else 0)

    @rule(which=st.integers(0, 2), told=st.booleans())
    def forget(self, which: int, told: bool) -> None:
        """Let somebody delete a version, whose approval may still be on its way."""
        packages = list(self.aws.packages)
        if packages:
            arn = packages[which % len(packages)]
            del self.aws.packages[arn]
            self.hear(arn, int(told))

    def hear(self, arn: str, times: int) -> None:
        """Let the rule for approvals ring."""
        for _ in range(times):
            self.user.triggers += 1
            trigger = {"Kind": "approval", "Id": str(self.user.triggers)}
            event = {"Task": "Approval", "Key": KEY, "Trigger": trigger, "Package": arn}
            self.user.stack.invoke(event)

    @rule(etag=st.sampled_from(["e1", "e2", "e3"]))
    def data_change(self, etag: str) -> None:
        self.aws.buckets["in"] = [("train/a.csv", etag, 10)]

    @rule(call=st.sampled_from(CALLS), code=st.sampled_from(PASSING), times=st.integers(1, 4))
    def fail(self, call: str, code: str, times: int) -> None:
        self.aws.fail(call, code, times=times)

    @rule(number=st.integers(1, 40))
    def die(self, number: int) -> None:
        """Let the function die some calls from now."""

        def die() -> None:
            raise Crash

        self.aws.interrupt_at, self.aws.interrupt = self.aws.entered + number, die

    @rule(
        job=st.sampled_from(["Completed", "Completed", "Failed"]),
        update=st.sampled_from(["InService", "RolledBack", "UpdateRollbackFailed", "Failed"]),
        creation=st.sampled_from(["InService", "Failed"]),
    )
    def ends(self, job: str, update: str, creation: str) -> None:
        """Let jobs and endpoints end so from now on."""
        self.aws.job_end = {"AutoMLJobStatus": job, "FailureReason": "bad data"}
        self.aws.update_end, self.aws.endpoint_end = update, creation

    @rule()
    def rest(self) -> None:
        """Let the world be kind again, and everything come to its end."""
        self.aws.job_end = {"AutoMLJobStatus": "Completed"}
        self.aws.update_end = self.aws.endpoint_end = "InService"
        self.aws.run()

    @rule(pause=PAUSE)
    def delete(self, pause: float) -> None:
        if self.user.deployed is None:
            return
        self.rest_of_the_world()
        answer = self.user.delete()
        assert answer["Status"] == "SUCCESS", answer["Reason"]
        self.user.deployed = None
        self.aws.wait(pause)
        self.aws.run()
        assert not self.aws.endpoints
        assert not self.aws.configs
        assert not self.aws.models
        assert not invariants.running_jobs(self.aws)

    def rest_of_the_world(self) -> None:
        self.aws.update_end = self.aws.endpoint_end = "InService"
        for one in self.aws.endpoints.values():
            if one["After"] in ("Failed", "UpdateRollbackFailed"):
                one["After"] = "InService"

    @invariant()
    def what_serves_passed_and_none_is_lost(self) -> None:
        if not self.aws.is_busy and self.user.deployed is not None:
            with looking(self.aws):
                self.user.check_at_rest()

    @invariant()
    def what_waits_for_an_approval_serves_after_one_alone(self) -> None:
        """Or as somebody asked for it by a rollback, which asks nobody else."""
        if self.user.deployed is None:
            return
        with looking(self.aws):
            for release in self.user.store.releases():
                registration = release.settings.registration
                waits = registration.get("ModelApprovalStatus") == "PendingManualApproval"
                if release.state.value == "in-service" and waits and not release.source:
                    assert release.package in self.approved | self.approved_at_once()

    def approved_at_once(self) -> set[str]:
        """Versions that were registered as approved."""
        return {
            arn
            for arn, package in self.aws.packages.items()
            if package["_request"].get("ModelApprovalStatus") == "Approved"
        }

    @invariant()
    def no_approval_serves_what_was_changed_before_it(self) -> None:
        if self.user.deployed is None:
            return
        with looking(self.aws):
            for release in self.user.store.releases():
                since = self.changed.get(release.package, release.number)
                by_approval = release.trigger.kind == "approval" and release.number > since
                assert not (by_approval and release.state.value == "in-service")

    @invariant()
    def nothing_is_left_that_nobody_owns(self) -> None:
        if not self.aws.is_busy:
            with looking(self.aws):
                invariants.check_owners(self.aws)
                invariants.check_endpoints(self.aws)
            assert self.aws.misdeeds == []

    @invariant()
    def nothing_is_trained_twice(self) -> None:
        invariants.check_trainings(self.aws)

    @invariant()
    def every_state_is_told_in_the_end(self) -> None:
        if self.aws.is_busy or self.user.deployed is None:
            return
        with looking(self.aws):
            for release in self.user.store.releases():
                assert release.told == release.sequence, f"release {release.number} is not told"

    def teardown(self) -> None:
        self.aws.run()
        assert ENDPOINT_NAME in self.aws.endpoints or not self.aws.models


class Registered(Releases):
    """The same user, once there is a version that waits for an approval."""

    @initialize()
    def begin(self) -> None:
        super().begin()
        wanted = {"revision": "1", "instances": 1, "gate": None, "trial": False}
        self.deploy({**wanted, "registered": "PendingManualApproval"}, 100_000)
        self.rest()


TestReleases = Releases.TestCase
TestRegistered = Registered.TestCase
TestReleases.settings = TestRegistered.settings = settings(
    max_examples=SEQUENCES // 2,
    stateful_step_count=12,
    deadline=None,
    derandomize="RELEASE_SEQUENCES" not in os.environ,
    database=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
