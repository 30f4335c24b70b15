"""Whatever a user does and whatever goes wrong, in whatever order: the promises hold.

`make test` plays 100 sequences, always the same; `make test-deep` 5,000 others. A failure prints
how to play it again.
"""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from . import invariants
from .cloudformation import GivenUp
from .world import STACKS, World

SEQUENCES = int(os.environ.get("SEQUENCES", "100"))
MAKING = (
    "create_auto_ml_job_v2",
    "describe_auto_ml_job_v2",
    "create_model",
    "create_endpoint_config",
    "create_endpoint",
    "update_endpoint",
)
CALLS = (
    *MAKING,
    "describe_endpoint",
    "delete_endpoint",
    "list_tags",
    "objects",
    "stack_status",
    "start_execution",
    "list_endpoint_configs",
)
PASSING = ("ThrottlingException", "InternalFailure", "ServiceUnavailable")
STACK = st.sampled_from(STACKS)
CHANGE = st.one_of(
    *(
        st.tuples(st.just(option), st.sampled_from(values))
        for option, values in {
            "candidates": [1, 2, 3],
            "tag": ["a", "b"],
            "revision": ["1", "2"],
            "instances": [1, 2],
            "base": ["churn", "other"],
            "role": ["job", "b"],
            "job_name": ["", "first", "second"],
            "model_name": ["", "prod", "prod-2"],
            "endpoint_name": ["", "shop", "shop-2"],
            "has_endpoint": [True, False],
            "waits": [True, False],
            "uses": ["", STACKS[0]],
        }.items()
    )
)
"""A change of one option of a stack; only the second stack uses the first one's job."""

TROUBLE = st.one_of(
    st.tuples(st.just("fail"), st.sampled_from(CALLS), st.sampled_from(PASSING), st.integers(1, 4)),
    st.tuples(
        st.just("fail"), st.sampled_from(MAKING), st.just("AccessDeniedException"), st.just(2)
    ),
    st.tuples(st.just("crash"), st.integers(1, 25)),
    st.tuples(st.just("jobs_end"), st.sampled_from(["Failed", "Stopped"])),
    st.tuples(st.just("updates_end"), st.sampled_from(["RolledBack", "UpdateRollbackFailed"])),
    st.tuples(st.just("endpoints_end"), st.just("Failed")),
    st.tuples(st.just("data_change"), st.sampled_from(["e1", "e2", "e3"])),
    st.tuples(st.just("lag"), st.sampled_from([0, 5, 20]), st.sampled_from([0, 5, 20])),
    st.tuples(st.just("throttle"), st.sampled_from([0.1, 0.3, 1.0])),
    st.tuples(st.just("endpoints_break_down")),
    st.tuples(st.just("maintain")),
    st.tuples(st.just("pause"), st.sampled_from([60, 4000, 100_000])),
    st.tuples(st.just("somebody_deletes_the_endpoints")),
    st.tuples(st.just("somebody_adds_tags")),
)
"""What happens before or goes wrong in the next deployment."""

GIVEN_UP = st.builds(
    GivenUp,
    st.sampled_from(["Job", "Wait", "Model", "Endpoint"]),
    st.sampled_from([0, 1, 10, 40, 70, 200, 1000]),
)


class Deployments(RuleBasedStateMachine):
    """A user with two stacks, and a world that is not kind."""

    @initialize(forgets=st.booleans(), compares=st.booleans())
    def begin(self, forgets: bool, compares: bool) -> None:
        self.world = World(forgets=forgets, compares=compares)
        self.aws = self.world.aws

    @rule(
        name=STACK,
        changes=st.lists(CHANGE, min_size=1, max_size=4),
        troubles=st.lists(TROUBLE, min_size=1, max_size=3),
        update_back=st.booleans(),
        rollback=st.booleans(),
        given_up=st.none() | GIVEN_UP,
        at_once=st.booleans(),
    )
    def deploy(
        self,
        name: str,
        changes: list[tuple[str, Any]],
        troubles: list[tuple[Any, ...]],
        update_back: bool,
        rollback: bool,
        given_up: GivenUp | None,
        at_once: bool,
    ) -> None:
        self.world.change(name, changes)
        for kind, *details in troubles:
            getattr(self.world, kind)(*details)
        self.world.cloudformation[name].update_back = update_back
        self.world.deploy(name, rollback=rollback, given_up=given_up)
        self.world.heal()
        if at_once:
            self.aws.wait(2)  # No two requests for a resource come in the same second.
        else:
            self.aws.run()
            self.aws.rate = None

    @rule(name=STACK, changes=st.lists(CHANGE, min_size=1, max_size=4))
    def deploy_in_peace(self, name: str, changes: list[tuple[str, Any]]) -> None:
        self.world.change(name, changes)
        self.world.deploy(name)
        self.aws.run()

    @rule()
    def move_the_endpoint_to_the_other_stack(self) -> None:
        shop, serve = (self.world.wanted[name] for name in STACKS)
        shop.has_endpoint, serve.has_endpoint = not shop.has_endpoint, shop.has_endpoint
        shop.endpoint_name, serve.endpoint_name = serve.endpoint_name, shop.endpoint_name
        for name in STACKS if serve.has_endpoint else reversed(STACKS):
            self.world.deploy(name)

    @rule(name=STACK, before=st.none() | st.tuples(st.none() | GIVEN_UP))
    def delete(self, name: str, before: tuple[GivenUp | None] | None) -> None:
        """The user deletes the stack, be it while it is deployed or right after."""
        if before is not None:
            self.world.deploy(name, rollback=False, given_up=before[0])
        self.world.delete(name)

    @invariant()
    def nothing_is_left_that_nobody_owns(self) -> None:
        if not self.aws.is_busy:
            self.world.check_owners()

    @invariant()
    def every_request_has_one_answer_in_time(self) -> None:
        if not self.aws.is_busy:
            for stack in self.aws.stacks:
                invariants.check_answers(stack)
            assert self.aws.misdeeds == []
            assert self.aws.denied == []
            assert self.aws.unlimited == []

    @invariant()
    def no_endpoint_is_without_its_configuration_and_model(self) -> None:
        if not self.aws.is_busy:
            invariants.check_endpoints(self.aws)

    @invariant()
    def what_was_not_waited_for_is_served_in_the_end(self) -> None:
        if not self.aws.is_busy:
            self.world.check_what_has_moved()

    @invariant()
    def nothing_is_trained_twice(self) -> None:
        invariants.check_trainings(self.aws)

    @invariant()
    def tags_of_others_stay(self) -> None:
        self.world.check_tags_of_others()


Deployments.TestCase.settings = settings(
    max_examples=SEQUENCES,
    stateful_step_count=15,
    deadline=None,
    derandomize="SEQUENCES" not in os.environ,
    phases=[phase for phase in Phase if phase is not Phase.explain],
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
TestAnySequence = Deployments.TestCase
