"""What to do about a reason; the README's troubleshooting has the same rows."""

from __future__ import annotations

import re
from typing import Final

from cdk_automlv2.cli.explain.rare_remedies import RARE
from cdk_automlv2.cli.explain.remedy import CANDIDATES, DESCRIBE, DOCTOR, LOGS, Remedy

REMEDIES: Final = (
    Remedy(
        r"AccessDenied|not authorized to perform|is not authorized",
        "grant the right that is named; new policies were waited for",
    ),
    Remedy(
        r"ResourceLimitExceeded|LimitExceeded",
        "the quota named is too small, or was full for 50 minutes: raise it in Service Quotas, or "
        "let one construct depend on another",
        DOCTOR,
    ),
    Remedy(
        r"AutoML job '[^']*' failed",
        "mend the data or the setting that SageMaker names, and set another revision: a job that "
        "has failed is not tried again by a deployment that changes nothing",
    ),
    Remedy(r"AutoML job '[^']*' was stopped", "somebody has stopped it: set another revision"),
    Remedy(
        r"AutoML job name '[^']*' is taken",
        "AWS never releases a job's name: choose another job_name, or leave it out",
    ),
    Remedy(r"AutoML job '[^']*' was still", "raise timeout"),
    Remedy(
        r"without a candidate",
        "raise max_total_job_runtime_in_seconds, or look at the data",
        DESCRIBE,
    ),
    Remedy(r"SageMaker cannot change a model", "leave model_name out, or choose a new one"),
    Remedy(
        r"gate .* refuses candidate",
        "the candidate is not good enough, the former model serves: change data or settings, or "
        "the gate",
        CANDIDATES,
    ),
    Remedy(
        r"gate .* cannot judge candidate",
        "what the gate looks at was not there, such as a metric that the candidate lacks",
        CANDIDATES,
    ),
    Remedy(
        r"endpoint name '[^']*' is taken",
        "the endpoint belongs to another resource or person: choose another endpoint_name",
    ),
    Remedy(
        r"cannot become",
        "SageMaker does not turn instances, serverless and asynchronous into each other: leave "
        "endpoint_name out, or give another one",
    ),
    Remedy(
        r"is in ALARM",
        "wait until it is OK; if the update is the cure, set proceed_in_alarm=True on its "
        "Deployment",
    ),
    Remedy(r"alarm .* does not exist", "create the alarm, or leave it out of the Deployment"),
    Remedy(
        r"did not take the weights",
        "SageMaker went back to the former weights: see the endpoint's events, and deploy again",
    ),
    Remedy(
        r"did not take .* instances of variant",
        "SageMaker went back to the former number: see the endpoint's events and your quota, and "
        "deploy again",
    ),
    Remedy(r"inference_response_keys", "ask for keys that the candidate names"),
    Remedy(
        r"was rolled back to its former configuration, and stopped",
        "the update failed, and a schedule has stopped the endpoint since: see the endpoint's log",
        LOGS,
    ),
    Remedy(
        r"was rolled back to its former configuration",
        "the update failed and the old model still serves: see the endpoint's log",
        LOGS,
    ),
    Remedy(
        r"request abandoned",
        "the request came late and has made nothing: look at the events before it",
        LOGS,
    ),
    Remedy(
        r"no earlier job matches",
        "a rollback trains nothing, and finds no job to return to: deploy the settings you want",
    ),
    Remedy(
        r"no end in .* min",
        "what is named did not come or could not be seen in CloudFormation's hour: deploy again",
    ),
    Remedy(
        r"polling broke down|did not receive a response",
        "the function failed or was throttled until it was too late: its log, or the account's "
        "Lambda concurrency, shows why",
        LOGS,
    ),
    Remedy(r"the physical id has .* bytes", "shorten the name or prefix"),
    Remedy(r"belongs to another stack", "each stack has a function of its own: use its constructs"),
    Remedy(r"has too many files", "upload it yourself, and use AutoMLDataChannel"),
    Remedy(r"the handler failed", "a bug: the function's log has the trace", LOGS),
    Remedy(
        r"[Cc]ould not assume role|cannot assume role",
        "the role does not trust SageMaker yet, or is gone: deploy again in a minute",
    ),
    Remedy(
        r"already exists", "something of that name is there: choose another name, or leave it out"
    ),
    Remedy(r"[Rr]ate exceeded|[Tt]hrottling", "AWS was too busy: deploy again in a minute"),
)

_WHATEVER: Final = (
    Remedy(
        r"endpoint '[^']*' (is|was|ended|failed)|[Ff]ailed to (create|update) endpoint|ping health",
        "see the endpoint's log: the container did not come up or did not answer",
        LOGS,
    ),
)


def remedy_for(reason: str) -> Remedy:
    """Return what to do about a reason; for one that is not known, where to look."""
    for remedy in (*REMEDIES, *RARE, *_WHATEVER):
        if re.search(remedy.pattern, reason):
            return remedy
    return Remedy("", "the reason is not one of this library's: it says what AWS missed", LOGS)
