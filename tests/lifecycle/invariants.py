"""What holds at the end of every scenario, whatever it was about."""

from __future__ import annotations

from automlv2_handlers.releases.store import HEAD, Store

from .fake_aws import FakeAws
from .services.models import models_of
from .stack import Stack

CLOUDFORMATIONS_HOUR = 3600


def check(aws: FakeAws) -> None:
    """Let everything come to its end, and look at what is left."""
    aws.run()
    assert aws.misdeeds == []
    assert aws.denied == []
    assert aws.unlimited == []
    for stack in aws.stacks:
        assert stack.broken == []
        check_answers(stack)
    check_owners(aws)
    check_endpoints(aws)
    check_scaling(aws)
    check_trainings(aws)


def check_answers(stack: Stack) -> None:
    """Each request got one answer, and got it before CloudFormation gave up."""
    for request_id, (event, sent_at) in stack.sent.items():
        answers = stack.answers[request_id]
        what = f"{event['RequestType']} of {event['ResourceType']}"
        assert answers, f"no answer to {what}"
        assert all(answer == answers[0] for answer in answers), f"two answers to {what}"
        assert stack.answered_at[request_id] - sent_at <= CLOUDFORMATIONS_HOUR, f"late: {what}"


def check_owners(aws: FakeAws) -> None:
    """Whatever bears our mark is what some stack has been told of, and has not been deleted."""
    owned = {name for stack in aws.stacks for name in owned_by(stack)}
    for kind, store in (("model", aws.models), ("endpoint", aws.endpoints)):
        for name in store:
            assert name in owned or not is_ours(aws, kind, name), f"{kind} {name} is nobody's"
    for name in running_jobs(aws):
        assert name in owned or not is_ours(aws, "automl-job", name), f"{name} runs for nobody"
    for name in aws.running_transforms:
        assert is_wanted_run(aws, name), f"transform job {name} runs for nobody"
    served = {endpoint["EndpointConfigName"] for endpoint in aws.endpoints.values()}
    served |= {endpoint["Next"] for endpoint in aws.endpoints.values() if "Next" in endpoint}
    served |= {
        endpoint["LastUpdate"]["EndpointConfigName"]
        for endpoint in aws.endpoints.values()
        if endpoint["After"] == "UpdateRollbackFailed"
    }
    served |= {name for name in aws.configs if is_stopped(aws, name)}
    for name in aws.configs:
        assert name in served or not is_ours(aws, "endpoint-config", name), f"{name} is unused"


def check_endpoints(aws: FakeAws) -> None:
    """No endpoint is without its configuration, nor without the models that names."""
    for name in list(aws.endpoints):
        endpoint = aws.seen_endpoint(name)
        if endpoint is not None and endpoint["EndpointStatus"] == "InService":
            config = aws.configs[endpoint["EndpointConfigName"]]
            missing = set(models_of(config)) - aws.models.keys()
            assert not missing, f"models {missing} of {name} are gone"


def check_scaling(aws: FakeAws) -> None:
    """No target scales what is not there, and no alarm is left without its target."""
    for resource, _ in aws.targets:
        name = resource.split("/")[1]
        assert aws.seen_endpoint(name) is not None, f"{resource} is scaled, and is not there"
    rung = {action for alarm in aws.scaling_alarms.values() for action in alarm["AlarmActions"]}
    known = {
        f"arn:aws:autoscaling:::{target['ScalableTargetARN'].rpartition('/')[2]}:policyName/{name}"
        for key, target in aws.targets.items()
        for name in aws.policies[key]
    }
    assert rung <= known, f"alarms without a policy: {rung - known}"


def check_trainings(aws: FakeAws) -> None:
    """No job learnt what a good job of the same resource and fingerprint knew already."""
    good: dict[tuple[str, str], str] = {}
    for name, job in sorted(aws.jobs.items(), key=lambda item: item[1]["Created"]):
        tags = aws.tags[job["AutoMLJobArn"]]
        fingerprint = tags.get("cdk-automlv2:fingerprint", "unknown")
        mark = tags.get("cdk-automlv2:owner", ""), fingerprint
        known = fingerprint != "unknown" and mark in good
        assert not known, f"{name} trained again as {good.get(mark)}"
        ended_well = job["End"]["AutoMLJobStatus"] == "Completed" and job["BestCandidate"]
        if "Stopped" not in job and ended_well:
            good[mark] = name


def owned_by(stack: Stack) -> set[str]:
    """Return the physical ids that CloudFormation was told of and has not had deleted."""
    owned: set[str] = set()
    for request_id, (event, _) in stack.sent.items():
        for answer in stack.answers[request_id]:
            name = answer["PhysicalResourceId"]
            if event["RequestType"] != "Delete":
                owned.add(name)
            elif answer["Status"] == "SUCCESS":
                owned.discard(name)
    return owned | owned_by_releases(stack)


def owned_by_releases(stack: Stack) -> set[str]:
    """Return what the records say that serves, and what is under way."""
    owned: set[str] = set()
    for table, pk, sk in stack.aws.rows:
        if table != stack.table or sk != HEAD:
            continue
        store = Store(stack.aws, table, pk.removeprefix("M#"))
        head = store.head()
        assert head is not None
        for release in map(store.release, () if head.gone else (head.serving, head.active)):
            if release is not None:
                owned |= {release.settings.endpoint_name, release.model, release.job}
    return owned


def is_stopped(aws: FakeAws, config: str) -> bool:
    """Whether a configuration is of an endpoint of some stack that is missing on purpose."""
    marks = aws.tags.get(aws.arn("endpoint-config", config), {})
    owned = {name for stack in aws.stacks for name in owned_by(stack)}
    is_owned = marks.get("cdk-automlv2:endpoint") in owned
    return (
        "cdk-automlv2:stopped" in marks
        and is_owned
        and marks["cdk-automlv2:endpoint"] not in (aws.endpoints)
    )


def is_wanted_run(aws: FakeAws, name: str) -> bool:
    """Whether a transform job is nobody's of ours, or some stack has its construct."""
    mark = aws.tags.get(aws.arn("transform-job", name), {}).get("cdk-automlv2:resource")
    return mark is None or any(mark in constructs_of(stack) for stack in aws.stacks)


def constructs_of(stack: Stack) -> set[str]:
    """Return the resources that a stack has, as they are called in tags."""
    owned = owned_by(stack)
    return {
        f"{sent['StackId'].split('/')[1]}/{sent['LogicalResourceId']}"
        for request_id, (sent, _) in stack.sent.items()
        for answer in stack.answers[request_id]
        if answer["PhysicalResourceId"] in owned
    }


def running_jobs(aws: FakeAws) -> list[str]:
    """Return the names of the jobs that run now."""
    return [
        name
        for name, job in aws.jobs.items()
        if "Stopped" not in job and aws.now - job["Created"] < aws.job_seconds
    ]


def is_ours(aws: FakeAws, kind: str, name: str) -> bool:
    """Whether a thing bears the library's mark."""
    arn = next((arn for arn in aws.tags if arn.endswith(f":{kind}/{name}")), "")
    return "cdk-automlv2:owner" in aws.tags.get(arn, {})
