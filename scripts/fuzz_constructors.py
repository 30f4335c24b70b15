"""Plays random constructor calls: nothing but the library's own errors, and nothing in silence.

    python scripts/fuzz_constructors.py [CALLS] [SEED]

Each call begins right and has one to three options replaced by values of all sorts. A call that is
taken though a value cannot be right, or that ends in another error than ``OptionsError``, is a
fault. Unknown arguments are Python's business, and ids that are taken the CDK's.
"""

from __future__ import annotations

import itertools
import random
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

import cdk_automlv2 as lib

CALLS_OF_A_STACK = 60
SHARE_OF_LIKELY = 0.6
"""Of values that are of the right type at least."""

_NUMBER = itertools.count()


@dataclass(frozen=True)
class Kind:
    """What may be called, with what is right for it.

    Attributes:
        call: Takes a ``Place`` and the options.
        right: Options of a call that is taken.
        types: What each option may be, as a test of a value; ``None`` is right where it is named.
    """

    call: Callable[..., object]
    right: Callable[[Place], dict[str, Any]]
    types: Mapping[str, tuple[Any, ...]]


class Place:
    """A stack with a job and a model to refer to."""

    def __init__(self) -> None:
        self.stack = cdk.Stack(cdk.App(), f"Fuzz{next(_NUMBER)}")
        self.job = lib.AutoMLJobV2(
            self.stack, "Job", problem_config=lib.AutoMLTabularConfig("y"), inputs=CHANNEL
        )
        self.model = lib.AutoMLModel(self.stack, "Model", job=self.job)
        self.role = iam.Role.from_role_arn(self.stack, "Role", "arn:aws:iam::111122223333:role/r")
        self.key = kms.Key.from_key_arn(
            self.stack, "Key", "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-0000-0000-0a1b"
        )
        self.bucket = s3.Bucket.from_bucket_name(self.stack, "Bucket", "some-bucket")

    def values(self) -> list[Any]:
        """Return values of all sorts; some are right for some options."""
        token = cdk.Fn.ref("AWS::Region")
        return [
            *(None, True, False, 0, 1, 2, -1, 2.5, float("nan"), float("inf"), 10**30),
            *("", "x", "yes", "RETAIN", "ml.m5.large", "m5.large", "s3://b/p/", "a" * 5000, "\x00"),
            *("😀", "arn:aws:iam::111122223333:role/r", "alias/k", "${x}", "*", token),
            *([], [1], ["a"], [None], ["predicted_label"], {}, {"a": "b"}, {"a": 1}, {1: "a"}),
            *({"MetricName": "F1"}, {"Key": "a", "Value": "b"}, [{"Key": "a", "Value": "b"}]),
            *({"a"}, (1, 2), b"x", object(), int, len, lib.AutoMLTabularConfig),
            *(lib.AutoMLTabularConfig("y"), CHANNEL, [CHANNEL], [CHANNEL] * 3),
            *(cdk.Duration.hours(1), cdk.Duration.seconds(0), cdk.RemovalPolicy.RETAIN),
            *(cdk.RemovalPolicy.SNAPSHOT, cdk.Lazy.any(_Nothing()), self.stack),
            *(self.job, self.model, self.role, self.key, self.bucket),
        ]


CHANNEL = lib.AutoMLDataChannel("S3Prefix", "s3://in/train/")
TEXT, FLAG, COUNT, LIST, DICT = (str,), (bool,), (int,), (list, tuple), (dict,)
NUMBER = (int, float)
SECONDS = (int, cdk.Duration)


@jsii.implements(cdk.IAnyProducer)
class _Nothing:
    def produce(self, _context: Any) -> None:
        return None


def _construct(name: str) -> Callable[..., object]:
    made = getattr(lib, name)
    return lambda place, **options: made(place.stack, f"C{next(_NUMBER)}", **options)


def _imported(name: str, way: str) -> Callable[..., object]:
    made = getattr(getattr(lib, name), way)
    return lambda place, **options: made(place.stack, f"C{next(_NUMBER)}", **options)


def _plain(name: str) -> Callable[..., object]:
    made = getattr(lib, name)
    return lambda _place, **options: made(**options)


def _auto_ml(place: Place, **options: Any) -> object:
    return lib.AutoMLV2(place.stack, f"C{next(_NUMBER)}", **options)


def _fit(place: Place, **options: Any) -> object:
    return _auto_ml(place, problem_config=lib.AutoMLTabularConfig("y")).fit(**options)  # type: ignore[attr-defined]


def _deploy(place: Place, **options: Any) -> object:
    auto_ml = lib.AutoMLV2(place.stack, f"C{next(_NUMBER)}", lib.AutoMLTabularConfig("y"))
    auto_ml.fit("s3://in/train/", wait=True)
    return auto_ml.deploy(**options)


JOB: dict[str, tuple[Any, ...]] = {
    "output_path": TEXT,
    "role": (str, "role"),
    "job_objective": DICT,
    "validation_fraction": NUMBER,
    "output_kms_key": (str, "key"),
    "volume_kms_key": (str, "key"),
    "encrypt_inter_container_traffic": FLAG,
    "vpc_config": DICT,
    "tags": (dict, list, tuple),
    "base_job_name": TEXT,
}
CALL: dict[str, tuple[Any, ...]] = {
    "job_name": TEXT,
    "revision": TEXT,
    "timeout": (cdk.Duration,),
    "wait": FLAG,
}
ENDPOINT: dict[str, tuple[Any, ...]] = {
    "instance_type": TEXT,
    "initial_instance_count": COUNT,
    "endpoint_name": TEXT,
    "volume_size": COUNT,
    "model_data_download_timeout": SECONDS,
    "container_startup_health_check_timeout": SECONDS,
    "timeout": (cdk.Duration,),
    "wait": FLAG,
    "tags": (dict, list, tuple),
}
CHANNELS = (lib.AutoMLDataChannel, lib.LocalAutoMLDataChannel, list, tuple)
LIMITS: dict[str, tuple[Any, ...]] = {
    "max_candidates": COUNT,
    "max_runtime_per_training_job_in_seconds": SECONDS,
    "max_total_job_runtime_in_seconds": SECONDS,
}
KINDS: dict[str, Kind] = {
    "AutoMLJobV2": Kind(
        _construct("AutoMLJobV2"),
        lambda _: {"problem_config": lib.AutoMLTabularConfig("y"), "inputs": CHANNEL},
        {**JOB, **CALL, "problem_config": (lib.ProblemConfig,), "inputs": CHANNELS},
    ),
    "AutoMLModel": Kind(
        _construct("AutoMLModel"),
        lambda place: {"job": place.job},
        {
            "job": (lib.AutoMLJobV2,),
            "candidate_name": TEXT,
            "inference_response_keys": LIST,
            "role": (str, "role"),
            "vpc_config": DICT,
            "enable_network_isolation": FLAG,
            "processing_unit": TEXT,
            "model_name": TEXT,
            "tags": (dict, list, tuple),
            "removal_policy": (cdk.RemovalPolicy,),
        },
    ),
    "AutoMLEndpoint": Kind(
        _construct("AutoMLEndpoint"),
        lambda place: {"model": place.model, "instance_type": "ml.m5.large"},
        {
            **ENDPOINT,
            "model": (lib.AutoMLModel,),
            "volume_kms_key": (str, "key"),
            "retain_all_variant_properties": FLAG,
            "removal_policy": (cdk.RemovalPolicy,),
        },
    ),
    "AutoMLJobV2.from_auto_ml_job_attributes": Kind(
        _imported("AutoMLJobV2", "from_auto_ml_job_attributes"),
        lambda _: {"auto_ml_job_name": "old"},
        {
            "auto_ml_job_name": TEXT,
            "auto_ml_job_arn": TEXT,
            "output_path": TEXT,
            "output_kms_key": (str, "key"),
            "problem_config": (lib.ProblemConfig,),
            "role": ("role",),
            "timeout": (cdk.Duration,),
        },
    ),
    "AutoMLModel.from_model_attributes": Kind(
        _imported("AutoMLModel", "from_model_attributes"),
        lambda _: {"model_name": "old"},
        {
            "model_name": TEXT,
            "model_arn": TEXT,
            "role": ("role",),
            "problem_config": (lib.ProblemConfig,),
            "processing_unit": TEXT,
        },
    ),
    "AutoMLEndpoint.from_endpoint_attributes": Kind(
        _imported("AutoMLEndpoint", "from_endpoint_attributes"),
        lambda _: {"endpoint_name": "old"},
        {"endpoint_name": TEXT, "endpoint_arn": TEXT, "variant_name": TEXT},
    ),
    "AutoMLCandidates": Kind(
        _construct("AutoMLCandidates"),
        lambda place: {"job": place.job},
        {
            "job": (lib.AutoMLJobV2,),
            "status_equals": TEXT,
            "candidate_name": TEXT,
            "sort_order": TEXT,
            "sort_by": TEXT,
            "max_results": COUNT,
        },
    ),
    "AutoMLV2": Kind(
        _auto_ml,
        lambda _: {"problem_config": lib.AutoMLTabularConfig("y")},
        {
            **JOB,
            "problem_config": (lib.ProblemConfig,),
            "auto_generate_endpoint_name": FLAG,
            "endpoint_name": TEXT,
        },
    ),
    "AutoMLV2.fit": Kind(
        _fit, lambda _: {"inputs": "s3://in/train/"}, {**CALL, "inputs": (str, *CHANNELS)}
    ),
    "AutoMLV2.deploy": Kind(
        _deploy,
        lambda _: {"initial_instance_count": 1, "instance_type": "ml.m5.large"},
        {
            **ENDPOINT,
            "inference_response_keys": LIST,
            "candidate": (str, dict, lib.Candidate),
            "vpc_config": DICT,
            "enable_network_isolation": FLAG,
        },
    ),
    "AutoMLDataChannel": Kind(
        _plain("AutoMLDataChannel"),
        lambda _: {"s3_data_type": "S3Prefix", "s3_uri": "s3://b/p/"},
        dict.fromkeys(
            ("s3_data_type", "s3_uri", "channel_type", "compression_type", "content_type"), TEXT
        ),
    ),
    "LocalAutoMLDataChannel": Kind(
        _plain("LocalAutoMLDataChannel"),
        lambda _: {"data_type": "S3Prefix", "path": "data/diagnosis_train.csv"},
        dict.fromkeys(
            ("data_type", "path", "channel_type", "compression_type", "content_type"), TEXT
        ),
    ),
    "AutoMLTabularConfig": Kind(
        _plain("AutoMLTabularConfig"),
        lambda _: {"target_attribute_name": "y"},
        {
            **LIMITS,
            "target_attribute_name": TEXT,
            "algorithms_config": LIST,
            "feature_specification_s3_uri": TEXT,
            "generate_candidate_definitions_only": FLAG,
            "mode": TEXT,
            "problem_type": TEXT,
            "sample_weight_attribute_name": TEXT,
        },
    ),
    "AutoMLImageClassificationConfig": Kind(
        _plain("AutoMLImageClassificationConfig"), lambda _: {}, LIMITS
    ),
    "AutoMLTextClassificationConfig": Kind(
        _plain("AutoMLTextClassificationConfig"),
        lambda _: {"content_column": "a", "target_label_column": "b"},
        {**LIMITS, "content_column": TEXT, "target_label_column": TEXT},
    ),
    "AutoMLTextGenerationConfig": Kind(
        _plain("AutoMLTextGenerationConfig"),
        lambda _: {},
        {
            **LIMITS,
            "base_model_name": TEXT,
            "accept_eula": FLAG,
            "text_generation_hyper_params": DICT,
        },
    ),
    "AutoMLTimeSeriesForecastingConfig": Kind(
        _plain("AutoMLTimeSeriesForecastingConfig"),
        lambda _: {
            "forecast_frequency": "1D",
            "forecast_horizon": 7,
            "item_identifier_attribute_name": "i",
            "target_attribute_name": "y",
            "timestamp_attribute_name": "t",
        },
        {
            **LIMITS,
            "forecast_frequency": TEXT,
            "forecast_horizon": COUNT,
            "item_identifier_attribute_name": TEXT,
            "target_attribute_name": TEXT,
            "timestamp_attribute_name": TEXT,
            "grouping_attribute_names": LIST,
            "forecast_quantiles": LIST,
            "holiday_config": LIST,
            "aggregation": DICT,
            "filling": DICT,
            "algorithms_config": LIST,
        },
    ),
}


def may_be(value: Any, types: tuple[Any, ...], place: Place) -> bool:
    """Whether a value is of one of the types; an unset one and a token may be anything."""
    if value is None or hasattr(value, "resolve"):
        return True
    if isinstance(value, str) and cdk.Token.is_unresolved(value):
        return bool({str, int, float} & set(types))
    if isinstance(value, list | tuple | dict) and not value:
        return bool({list, dict} & set(types))  # Stands for unset.
    if isinstance(value, bool):
        return bool in types
    if isinstance(value, float) and value != value:
        return False
    named = {"role": place.role, "key": place.key}
    if any(isinstance(item, str) and named[item] is value for item in types):
        return True
    return any(isinstance(item, type) and isinstance(value, item) for item in types)


def play(random_: random.Random, place: Place) -> tuple[str, str]:
    """Play one call; return how it ended, and of what call."""
    name = random_.choice(list(KINDS))
    kind = KINDS[name]
    options = kind.right(place)
    chosen = random_.sample(list(kind.types), min(len(kind.types), random_.randint(1, 3)))
    for option in chosen:
        sorts = place.values()
        if random_.random() < SHARE_OF_LIKELY:
            sorts = [item for item in sorts if may_be(item, kind.types[option], place)]
        options[option] = random_.choice(sorts)
    shown = ", ".join(f"{option}={options[option]!r:.60}" for option in chosen)
    wrong = [item for item in chosen if not may_be(options[item], kind.types[item], place)]
    try:
        kind.call(place, **options)
    except lib.OptionsError as error:
        named = {fault.path.partition(".")[0].partition("[")[0] for fault in error.problems}
        missed = [item for item in wrong if item not in {path.split()[0] for path in named}]
        return ("not told of: " + ", ".join(missed) if missed else "refused"), f"{name}({shown})"
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:150]}", f"{name}({shown})"
    return (f"in silence: {', '.join(wrong)}" if wrong else "taken"), f"{name}({shown})"


def main(calls: int, seed: int) -> int:
    """Play ``calls`` calls; return how many were at fault."""
    warnings.simplefilter("ignore")
    random_ = random.Random(seed)
    ends: Counter[str] = Counter()
    faults = 0
    place = Place()
    for number in range(calls):
        if number % CALLS_OF_A_STACK == 0:
            place = Place()
        end, call = play(random_, place)
        ends[end if end in ("refused", "taken") else "fault"] += 1
        if end not in ("refused", "taken"):
            faults += 1
            print(f"{call}\n    {end}")
    print(f"{calls} calls, seed {seed}: {dict(ends)}")
    return faults


if __name__ == "__main__":
    arguments = [int(item) for item in sys.argv[1:]]
    sys.exit(1 if main(*(arguments or [10_000, 1])[:2]) else 0)
