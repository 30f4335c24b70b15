"""What to do about reasons that come seldom; the README's table has those that come often."""

from __future__ import annotations

from typing import Final

from cdk_automlv2.cli.explain.remedy import (
    CANDIDATES,
    DESCRIBE,
    DESTROY,
    DOCTOR,
    LOGS,
    STATUS,
    Remedy,
)

_JOBS: Final = (
    Remedy(
        r"AutoML job '[^']*' existed before this stack",
        "an adopted job is never trained again: declare it with the settings that are named, or "
        "leave job_name out to train another",
    ),
    Remedy(
        r"which was marked for this stack, has no result",
        "only a job that has ended well can be adopted: leave job_name out to train another",
    ),
    Remedy(
        r"AutoML job '[^']*' has no (best )?candidate",
        "the candidate has gone, or another name was given: leave candidate_name out for the best",
        CANDIDATES,
    ),
    Remedy(
        r"AutoML job '[^']*' does not exist",
        "the name is wrong, or the job is of another account or Region",
    ),
    Remedy(
        r"AutoML job '[^']*' is still stopping",
        "SageMaker has not ended it within the hour: delete the stack again",
        DESTROY,
    ),
    Remedy(
        r"AutoML jobs of these settings and data have failed",
        "the same job would fail again: change the data or a setting, as the failed jobs say why",
        DESCRIBE,
    ),
    Remedy(
        r"the candidates take more than",
        "the list is too long for CloudFormation: lower max_results, or give the job's output_path",
    ),
    Remedy(
        r"stack has gone back already",
        "the stack was rolled back while this request was under way: look at the events before it",
        LOGS,
    ),
    Remedy(r"not a location in S3", "write s3://bucket/prefix/, in the option that has this value"),
    Remedy(
        r": must be .*, got |not known to the function's boto3",
        "a value that was known only at deployment is not what SageMaker takes: correct the option "
        "that is named",
    ),
)

_MODELS: Final = (
    Remedy(
        r"candidate '[^']*' has containers for",
        "CPU and GPU have containers of their own: choose an instance_type of the kind that is "
        "named",
    ),
    Remedy(
        r"candidate '[^']*' has no inference containers",
        "the job made candidate definitions only, or is of a kind that is not served: choose "
        "another candidate",
        CANDIDATES,
    ),
    Remedy(
        r"model name '[^']*' is taken",
        "the model belongs to another resource or person: choose another model_name",
    ),
    Remedy(
        r"is not what was locked",
        "somebody has changed the artifact since: lock again, and review the file",
    ),
    Remedy(
        r"of the lock file does not exist any more",
        "bucket or object have gone before they were copied: lock a candidate that is there",
    ),
    Remedy(
        r"the function may not read .* of the lock file",
        "let the account that trained grant_promotion to this one, and deploy its stack first",
    ),
    Remedy(
        r"has more than .* GB; copy it yourself",
        "S3 copies 5 GB at most in one call: copy it, and set artifacts to where it lies",
    ),
    Remedy(r"image .* is of Region", "name the image of this Region in images of from_lock"),
    Remedy(r"lies in Region", "give from_lock a place in this Region: artifacts"),
    Remedy(
        r"model package .* is of Region",
        "SageMaker wants artifacts in the Region of the model: register it there, or use from_lock",
    ),
    Remedy(
        r"model package .* (does not exist|has gone)",
        "the version was deleted, or the ARN is of another group: name a version that is there",
    ),
    Remedy(
        r"containers of model package|model package .* was not registered by this library",
        "look at what its containers are now, then register it again or set containers_digest",
    ),
    Remedy(r"model package .* has no containers", "register a version that has containers"),
    Remedy(
        r"model package .* is ",
        "approve the version in the model registry, or name one that is approved",
    ),
    Remedy(
        r"the group of another account needs a policy",
        "run the command that is named in the account of the group",
    ),
)

_ENDPOINTS: Final = (
    Remedy(
        r"variant '[^']*' of endpoint '[^']*' is scaled by",
        "remove that scalable target, or leave auto_scale_… out",
    ),
    Remedy(
        r"endpoint '[^']*' was deleted",
        "somebody has deleted it: deploy again, and let others leave it alone",
    ),
    Remedy(
        r"endpoint configuration '[^']*' has other content|configuration name '[^']*' is taken",
        "somebody else has made a configuration of that name: delete it, or rename the endpoint",
    ),
    Remedy(
        r"cannot be deleted yet",
        "SageMaker refuses to delete an endpoint that moves: delete the stack again later",
        DESTROY,
    ),
    Remedy(r"endpoint '[^']*' was still .* raise its timeout", "raise the endpoint's timeout"),
)

_TRANSFORMS: Final = (
    Remedy(
        r"no candidate of release .* serves yet",
        "the release has not come to its end: run the transform again once it serves",
        STATUS,
    ),
    Remedy(r"transform job '[^']*' was still", "raise timeout, or set wait=False"),
    Remedy(
        r"transform job '[^']*' was stopped",
        "somebody has stopped it: deploy again, or run it again",
    ),
    Remedy(
        r"transform job '[^']*' does not exist",
        "somebody has deleted its record, or the stack went on without it: run it again",
    ),
    Remedy(
        r"transform job '[^']*':? \w+: ",
        "SageMaker names what is wrong with an input or a setting: correct it, and run it again",
        LOGS,
    ),
)

_RELEASES: Final = (
    Remedy(
        r"cannot promote",
        "only the newest undecided release can be promoted; automlv2 rollback serves any other",
        STATUS,
    ),
    Remedy(r"cannot roll back", "only a release with a candidate can be served again", STATUS),
    Remedy(r"no release is under way", "it has ended by itself", STATUS),
    Remedy(r"there is no release of", "the construct has gone, or has another id", STATUS),
    Remedy(
        r"the endpoint has not moved",
        "SageMaker did not end the update in time: see the endpoint, then release again",
        STATUS,
    ),
    Remedy(r"\bInvoke \S+: ", "the function of the gate has failed: see its own log", LOGS),
    Remedy(
        r"there are no rows to send", "give the gate rows: SmokeTest(rows), LatencyGate(…, rows)"
    ),
    Remedy(r"a release trains more than one job", "leave job_name out, or use base_job_name"),
    Remedy(
        r"this function does not know the",
        "the function is older than what was asked of it: deploy the stack again with this version "
        "of the library",
    ),
)

_FOLDERS: Final = (
    Remedy(
        r"the folder's archive does not fit|the folder's archive has .* MB",
        "the folder is larger than the function's disk: upload it yourself, and use "
        "AutoMLDataChannel",
    ),
    Remedy(r"the folder's archive has a file of the name", "rename that file"),
    Remedy(
        r"the folder's archive is damaged",
        "the asset's upload was cut off: delete it from the CDK's asset bucket, and deploy again",
    ),
    Remedy(r"is a whole bucket", "name a folder of the bucket: a bucket is never emptied"),
)

_LIMITS: Final = (
    Remedy(
        r"attributes are .* bytes too long",
        "CloudFormation takes 4,096 bytes from a resource: shorten names, or list fewer candidates",
    ),
    Remedy(
        r"the physical id is no text|the resource has no physical id|the list of .* never ends",
        "a bug: report it with the function's log",
        LOGS,
    ),
    Remedy(
        r"\(queued for .* min\)",
        "the quota was full for 50 minutes: raise it in Service Quotas, or let one construct "
        "depend on another",
        DOCTOR,
    ),
)

RARE: Final = (
    *_JOBS,
    *_MODELS,
    *_ENDPOINTS,
    *_TRANSFORMS,
    *_RELEASES,
    *_FOLDERS,
    *_LIMITS,
)
