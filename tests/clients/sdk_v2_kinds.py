"""Run by the SageMaker SDK's own Python: fit, best candidate, deploy, predict, delete; all kinds.

Reads ``{"bucket": …, "role": …}`` and prints a JSON object, a member for each kind.
"""

import contextlib
import io
import json
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor

import boto3
import sagemaker
from sagemaker.automl.automlv2 import (
    AutoMLDataChannel,
    AutoMLImageClassificationConfig,
    AutoMLTabularConfig,
    AutoMLTextClassificationConfig,
    AutoMLTextGenerationConfig,
    AutoMLTimeSeriesForecastingConfig,
    AutoMLV2,
)
from sagemaker.deserializers import BytesDeserializer
from sagemaker.predictor import Predictor
from sagemaker.serializers import IdentitySerializer

SERIES = AutoMLTimeSeriesForecastingConfig(
    forecast_frequency="1D",
    forecast_horizon=14,
    item_identifier_attribute_name="shop",
    timestamp_attribute_name="day",
    target_attribute_name="demand",
    forecast_quantiles=["p10", "p50", "p90"],
)
KINDS = {
    "tabular": (AutoMLTabularConfig("diagnosis", mode="ENSEMBLING", max_candidates=1), "text/csv"),
    "text_classification": (AutoMLTextClassificationConfig("message", "department"), "text/csv"),
    "image_classification": (AutoMLImageClassificationConfig(), "image/png"),
    "time_series_forecasting": (SERIES, "text/csv"),
    "text_generation": (AutoMLTextGenerationConfig("Falcon7BInstruct"), "application/json"),
}


def run(kind, place):
    """Return what the SDK gets back for one kind."""
    config, content_type = KINDS[kind]
    # Named, since the SDK asks STS at AWS's own address for what its default is called by.
    session = sagemaker.Session(boto3.Session(), default_bucket=place["bucket"])
    name = kind.replace("_", "-")[:20]
    # One of them as people do: the session's bucket, and the role by its name.
    is_short = kind == "text_classification"
    auto_ml = AutoMLV2(
        problem_config=config,
        base_job_name=name[:12],
        output_path=None if is_short else f"s3://{place['bucket']}/out/{name}/",
        role=place["role"].rpartition("/")[2] if is_short else place["role"],
        sagemaker_session=session,
    )
    channel = AutoMLDataChannel("S3Prefix", f"s3://{place['bucket']}/{kind}/")
    auto_ml.fit(inputs=[channel], job_name=name, wait=True, logs=True)
    best = auto_ml.best_candidate()
    listed = auto_ml.list_candidates(sort_by="FinalObjectiveMetricValue", sort_order="Descending")
    keys = ["predicted_label", "probability"] if kind == "tabular" else None
    if "InferenceContainers" in best:
        predictor = auto_ml.deploy(
            initial_instance_count=1,
            instance_type="ml.m5.large",
            endpoint_name=name,
            predictor_cls=Predictor,
            inference_response_keys=keys,
            serializer=IdentitySerializer(content_type=content_type),
            deserializer=BytesDeserializer(),
        )
    else:
        predictor = by_hand(session, name, best, place["role"], content_type)
    body = s3(place).get_object(Bucket=place["bucket"], Key=f"ask/{kind}")["Body"].read()
    answer = predictor.predict(body)
    attached = AutoMLV2.attach(name, sagemaker_session=session)
    predictor.delete_endpoint()
    return {
        "answer": answer.decode(),
        "candidates": [item["CandidateName"] for item in listed],
        "best": best["CandidateName"],
        "attached": attached.best_candidate()["CandidateName"],
        "status": auto_ml.describe_auto_ml_job()["AutoMLJobStatus"],
    }


def by_hand(session, name, best, role, content_type):
    """Deploy what the SDK's class cannot: candidates that tell containers by processing unit."""
    by_unit = best["InferenceContainerDefinitions"]
    containers = by_unit.get("CPU") or by_unit["GPU"]
    session.create_model(name, role, container_defs=containers)
    variant = sagemaker.production_variant(name, "ml.g5.2xlarge", 1)
    session.endpoint_from_production_variants(name, [variant], wait=True)
    serializer = IdentitySerializer(content_type=content_type)
    return Predictor(name, session, serializer=serializer, deserializer=BytesDeserializer())


def s3(_place):
    return boto3.client("s3")


def outcome(kind, place):
    try:
        return run(kind, place)
    except Exception:
        return {"error": traceback.format_exc()}


def main():
    place = json.load(sys.stdin)
    with contextlib.redirect_stdout(io.StringIO()), ThreadPoolExecutor(len(KINDS)) as pool:
        found = dict(zip(KINDS, pool.map(lambda kind: outcome(kind, place), KINDS), strict=True))
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
