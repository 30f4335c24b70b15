"""What shops will sell in two weeks: time series forecasting."""

import aws_cdk as cdk

from cdk_automlv2 import AutoMLTimeSeriesForecastingConfig, AutoMLV2

app = cdk.App()
stack = cdk.Stack(app, "Demand")

automl = AutoMLV2(
    stack,
    "AutoML",
    AutoMLTimeSeriesForecastingConfig(
        forecast_frequency="1D",
        forecast_horizon=14,
        item_identifier_attribute_name="shop",
        target_attribute_name="demand",
        timestamp_attribute_name="day",
        forecast_quantiles=["p10", "p50", "p90"],
        max_total_job_runtime_in_seconds=7200,
    ),
)
job = automl.fit("data/train.csv")
endpoint = automl.deploy(1, "ml.m5.12xlarge")

cdk.CfnOutput(stack, "JobName", value=job.auto_ml_job_name)
cdk.CfnOutput(stack, "EndpointName", value=endpoint.endpoint_name)
app.synth()
