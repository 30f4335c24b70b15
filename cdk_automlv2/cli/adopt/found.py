"""What runs already: a job, and the endpoint that serves one of its candidates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cdk_automlv2.cli import targets
from cdk_automlv2.cli.adopt import hosted
from cdk_automlv2.cli.aws import Client
from cdk_automlv2.cli.constructs import ENDPOINT, JOB
from cdk_automlv2.cli.failures import Failure
from cdk_automlv2.cli.following import again, here, run

_OUTPUT: Final = "SAGEMAKER_INFERENCE_OUTPUT"
_CHOSEN: Final = frozenset({_OUTPUT, "SAGEMAKER_INFERENCE_INPUT"})
_OF_CONFIG: Final = frozenset(
    {
        *("EndpointConfigName", "EndpointConfigArn", "ProductionVariants", "CreationTime"),
        *("KmsKeyId", "AsyncInferenceConfig", "ResponseMetadata"),
    }
)
Described = Mapping[str, Any]


@dataclass(frozen=True)
class Served:
    """An endpoint and what it serves.

    Attributes:
        endpoint: As SageMaker describes it.
        config: Its configuration.
        model: The model that becomes the stack's: the first whose candidate is known.
        candidate: Name of the candidate, if it is not the best one.
        keys: Keys of the inference response, if they were chosen.
    """

    endpoint: Described
    config: Described
    model: Described
    candidate: str | None
    keys: list[str]

    @property
    def variants(self) -> Sequence[Described]:
        """Its variants, with the counts and weights that they have now."""
        return hosted.live(self.config, self.endpoint)

    @property
    def others(self) -> list[str]:
        """Models that are served by their names still."""
        names = {str(one["ModelName"]) for one in self.variants}
        return sorted(names - {str(self.model["ModelName"])})


@dataclass(frozen=True)
class Found:
    """What is to be declared.

    Attributes:
        job: The job, as SageMaker describes it.
        served: The endpoint; ``None`` where the job alone is.
    """

    job: Described
    served: Served | None = None


def find(client: Client, name: str, job_name: str | None) -> Found:
    """Return what a name stands for: an endpoint and its job, or a job.

    Args:
        client: Of the account.
        name: Name of an endpoint or a job.
        job_name: The job of an endpoint, if it is known.

    Raises:
        Failure: If there is none, or something that no construct could declare.
    """
    endpoint = targets.describe(client, ENDPOINT, name)
    if endpoint is None:
        return Found(_job(client, name))
    if endpoint["EndpointStatus"] != "InService":
        raise Failure(
            f"endpoint {name} is {endpoint['EndpointStatus']}, not InService", run("watch", name)
        )
    sagemaker = client("sagemaker")
    config = sagemaker.describe_endpoint_config(EndpointConfigName=endpoint["EndpointConfigName"])
    _refuse_more(name, config)
    names = list(dict.fromkeys(one["ModelName"] for one in config["ProductionVariants"]))
    for model_name in names:
        model = sagemaker.describe_model(ModelName=model_name)
        found = _of_model(client, endpoint, config, model, job_name)
        if found is not None:
            return found
    of = f"model {names[0]}" if len(names) == 1 else f"models {', '.join(names)}"
    words = f"no candidate of an AutoML job has the artifacts of {of}"
    raise Failure(words, (again("", "", "--job", "JOB"), "if you know the job"))


def _of_model(
    client: Client, endpoint: Described, config: Described, model: Described, job_name: str | None
) -> Found | None:
    """Return what serves a model, with the job and the candidate that it was made of."""
    containers = _containers(model)
    for known in _jobs(client, containers, job_name):
        for candidate, is_best in _candidates(client, known):
            if _uris(candidate) == _uris({"InferenceContainers": containers}):
                keys = _keys(str(endpoint["EndpointName"]), candidate, containers)
                name_of = None if is_best else str(candidate["CandidateName"])
                return Found(known, Served(endpoint, config, model, name_of, keys))
    return None


def _job(client: Client, name: str) -> Described:
    job = targets.describe(client, JOB, name)
    if job is None:
        raise Failure(f"there is no endpoint and no AutoML job {name} {here()}", run("describe"))
    if job["AutoMLJobStatus"] not in ("Completed", "InProgress"):
        raise Failure(
            f"AutoML job {name} has no result: {job['AutoMLJobStatus']}", run("describe", name)
        )
    return job


def _refuse_more(name: str, config: Described) -> None:
    """Refuse a configuration that has more than is written down here.

    Raises:
        Failure: With what it has.
    """
    more = [key for key, value in config.items() if value and key not in _OF_CONFIG]
    more += hosted.unknown(config)
    if more:
        raise _by_hand(name, f"the endpoint has {', '.join(sorted(set(more)))}")


def _by_hand(endpoint: str, words: str) -> Failure:
    """Return the fault of what no code is written for, but could be."""
    hand = "declare it by hand, with AutoMLEndpoint and AutoMLModel.from_model_name"
    return Failure(f"{words}; {hand}", run("describe", endpoint))


def _containers(model: Described) -> list[Described]:
    return list(model.get("Containers") or [model.get("PrimaryContainer") or {}])


def _jobs(
    client: Client, containers: Sequence[Described], job_name: str | None
) -> Iterator[Described]:
    """Yield jobs that may have made the containers, those named in their artifacts' paths first."""
    if job_name is not None:
        yield _job(client, job_name)
        return
    parts = {part for item in containers for part in str(item.get("ModelDataUrl")).split("/")}
    pages = client("sagemaker").get_paginator("list_auto_ml_jobs").paginate(SortBy="CreationTime")
    names = [item["AutoMLJobName"] for page in pages for item in page["AutoMLJobSummaries"]]
    for name in sorted(names, key=lambda item: item not in parts):
        job = targets.describe(client, JOB, name)
        if job is not None and job["AutoMLJobStatus"] == "Completed":
            yield job


def _candidates(client: Client, job: Described) -> Iterator[tuple[Described, bool]]:
    """Yield the candidates of a job, each with whether it is the best one; that one first."""
    best = job.get("BestCandidate") or {}
    if best:
        yield best, True
    listing = client("sagemaker").get_paginator("list_candidates_for_auto_ml_job")
    for page in listing.paginate(AutoMLJobName=job["AutoMLJobName"]):
        for candidate in page["Candidates"]:
            if candidate["CandidateName"] != best.get("CandidateName"):
                yield candidate, False


def _of_candidate(candidate: Described) -> list[Described]:
    by_unit = candidate.get("InferenceContainerDefinitions") or {}
    first: list[Described] = next(iter(by_unit.values()), [])
    return list(candidate.get("InferenceContainers") or first)


def _uris(candidate: Described) -> list[str]:
    return [str(item.get("ModelDataUrl")) for item in _of_candidate(candidate)]


def _keys(endpoint: str, candidate: Described, containers: Sequence[Described]) -> list[str]:
    """Return the response keys that the containers were set to.

    Raises:
        Failure: If they differ from the candidate's in anything else.
    """
    last = ""
    for has, given in zip(containers, _of_candidate(candidate), strict=True):
        own, made = has.get("Environment") or {}, given.get("Environment") or {}
        changed = {key for key in own.keys() | made.keys() if own.get(key) != made.get(key)}
        if has["Image"] != given["Image"]:
            changed.add("Image")
        if changed - _CHOSEN:
            words = f"the model differs from its candidate in {', '.join(sorted(changed))}"
            raise _by_hand(endpoint, words)
        last = str(own.get(_OUTPUT, "")) if changed else ""
    return [key.strip() for key in last.split(",") if key.strip()]
