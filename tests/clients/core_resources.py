"""Run by sagemaker-core's own Python: its resource classes over one tabular job and its endpoint.

Reads ``{"bucket": …, "role": …}`` and prints a JSON object.
"""

import contextlib
import io
import json
import sys

import boto3
from sagemaker.core.resources import AutoMLJobV2, Endpoint, EndpointConfig, Model
from sagemaker.core.shapes import (
    AutoMLDataSource,
    AutoMLJobChannel,
    AutoMLOutputDataConfig,
    AutoMLProblemTypeConfig,
    AutoMLS3DataSource,
    ContainerDefinition,
    ProductionVariant,
    TabularJobConfig,
)


def run(place):
    """Return what the resource classes see."""
    uri = f"s3://{place['bucket']}/tabular/"
    source = AutoMLS3DataSource(s3_data_type="S3Prefix", s3_uri=uri)
    job = AutoMLJobV2.create(
        auto_ml_job_name="core",
        auto_ml_job_input_data_config=[
            AutoMLJobChannel(data_source=AutoMLDataSource(s3_data_source=source))
        ],
        output_data_config=AutoMLOutputDataConfig(
            s3_output_path=f"s3://{place['bucket']}/out/core/"
        ),
        auto_ml_problem_type_config=AutoMLProblemTypeConfig(
            tabular_job_config=TabularJobConfig(
                target_attribute_name="diagnosis",
                mode="ENSEMBLING",
                completion_criteria={"max_candidates": 1},
            )
        ),
        role_arn=place["role"],
    )
    job.wait(poll=1, timeout=300)
    job.refresh()
    best = job.best_candidate
    containers = [
        ContainerDefinition(
            image=item.image, model_data_url=item.model_data_url, environment=item.environment
        )
        for item in best.inference_containers
    ]
    model = Model.create(model_name="core", execution_role_arn=place["role"], containers=containers)
    variant = ProductionVariant(
        variant_name="all",
        model_name="core",
        instance_type="ml.m5.large",
        initial_instance_count=1,
    )
    config = EndpointConfig.create(endpoint_config_name="core", production_variants=[variant])
    endpoint = Endpoint.create(endpoint_name="core", endpoint_config_name="core")
    endpoint.wait_for_status("InService", poll=1, timeout=60)
    body = boto3.client("s3").get_object(Bucket=place["bucket"], Key="ask/tabular")["Body"].read()
    answer = endpoint.invoke(body=body, content_type="text/csv", accept="text/csv")
    found = {
        "status": job.auto_ml_job_status,
        "answer": answer.body.read().decode(),
        "jobs": [AutoMLJobV2.get("core").auto_ml_job_name],
        "endpoints": [item.endpoint_name for item in Endpoint.get_all(name_contains="core")],
        "models": [item.model_name for item in Model.get_all(name_contains="core")],
    }
    endpoint.delete()
    endpoint.wait_for_delete(poll=1, timeout=60)
    config.delete()
    model.delete()
    return {**found, "left": [item.model_name for item in Model.get_all(name_contains="core")]}


def main():
    place = json.load(sys.stdin)
    with contextlib.redirect_stdout(io.StringIO()):
        found = run(place)
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
