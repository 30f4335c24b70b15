"""Arguments that both the SageMaker SDK and this library take, made by chance."""

import random

KINDS = (
    "AutoMLTabularConfig",
    "AutoMLImageClassificationConfig",
    "AutoMLTextClassificationConfig",
    "AutoMLTextGenerationConfig",
    "AutoMLTimeSeriesForecastingConfig",
)
METRICS = {
    "Regression": ("MAE", "MSE", "R2", "RMSE"),
    "BinaryClassification": ("Accuracy", "AUC", "F1"),
    "MulticlassClassification": ("Accuracy", "F1macro"),
}
ALGORITHMS = {
    "ENSEMBLING": ["catboost", "xgboost", "lightgbm", "nn-torch"],
    "HYPERPARAMETER_TUNING": ["linear-learner", "mlp", "xgboost"],
}
ROLE = "arn:aws:iam::111122223333:role/given"
KEY = "arn:aws:kms:us-east-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef"


class Chance:
    """Seeded choices."""

    def __init__(self, seed):
        self._random = random.Random(seed)

    def one(self, *choices):
        return self._random.choice(choices)

    def some(self, **options):
        """Return some of the options; each is a list of choices."""
        return {
            name: self._random.choice(choices)
            for name, choices in options.items()
            if self._random.random() < 0.5
        }

    def part(self, items):
        return self._random.sample(items, self._random.randint(1, len(items)))


def case(seed):
    """Return the arguments of one job."""
    chance = Chance(seed)
    kind = KINDS[seed % len(KINDS)]
    config, objective = {
        "AutoMLTabularConfig": tabular,
        "AutoMLImageClassificationConfig": lambda _: ({}, "Accuracy"),
        "AutoMLTextClassificationConfig": texts,
        "AutoMLTextGenerationConfig": language,
        "AutoMLTimeSeriesForecastingConfig": series,
    }[kind](chance)
    config |= chance.some(
        max_runtime_per_training_job_in_seconds=[60, 3600],
        max_total_job_runtime_in_seconds=[600, 86400],
        max_candidates=[1, 1 if kind != "AutoMLTabularConfig" else 7],
    )
    if config.get("max_total_job_runtime_in_seconds") == 600:
        # A training job cannot run longer than the whole job; of both, only this library says so.
        config.pop("max_runtime_per_training_job_in_seconds", None)
    channels, split = data(chance, kind)
    options = {"role": ROLE, "output_path": chance.one("s3://out/", "s3://out/models/new")}
    options |= split
    if objective and (kind == "AutoMLTabularConfig" or chance.one(True, False)):
        options["job_objective"] = {"MetricName": objective}
    options |= chance.some(
        base_job_name=["churn", "a-b"],
        output_kms_key=[KEY],
        volume_kms_key=[KEY],
        encrypt_inter_container_traffic=[True, False],
        vpc_config=[{"SecurityGroupIds": ["sg-1", "sg-2"], "Subnets": ["subnet-1"]}],
        tags=[[{"Key": "team", "Value": "ml"}], [{"Key": "a b", "Value": ""}]],
    )
    return {"kind": kind, "config": config, "channels": channels, "options": options}


def tabular(chance):
    config = {"target_attribute_name": chance.one("y", "größe", "a column")}
    mode = chance.one(None, "AUTO", "ENSEMBLING", "HYPERPARAMETER_TUNING")
    if mode:
        config["mode"] = mode
    if mode in ALGORITHMS:
        config |= chance.some(algorithms_config=[chance.part(ALGORITHMS[mode])])
    if mode == "ENSEMBLING":
        config |= chance.some(sample_weight_attribute_name=["weight"])
    config |= chance.some(
        feature_specification_s3_uri=["s3://in/features.json"],
        generate_candidate_definitions_only=[True, False],
    )
    problem = chance.one(None, *METRICS)
    if problem is None:
        return config, None
    return {**config, "problem_type": problem}, chance.one(*METRICS[problem])


def texts(chance):
    columns = {"content_column": chance.one("text", "Text 1"), "target_label_column": "label"}
    return columns, "Accuracy"


def language(chance):
    config = chance.some(
        base_model_name=["Falcon7BInstruct", "Mistral7B"],
        accept_eula=[True, False],
        text_generation_hyper_params=[{"epochCount": "3"}, {"learningRate": "0.1"}],
    )
    return config, None


def series(chance):
    config = {
        "forecast_frequency": chance.one("1D", "15min", "W"),
        "forecast_horizon": chance.one(1, 14, 500),
        "item_identifier_attribute_name": "item",
        "target_attribute_name": "demand",
        "timestamp_attribute_name": "day",
    }
    filling = {"demand": {"middlefill": "zero", "backfill": "value", "backfill_value": "2"}}
    config |= chance.some(
        grouping_attribute_names=[["shop"], ["shop", "city"]],
        feature_specification_s3_uri=["s3://in/features.json"],
        forecast_quantiles=[["p50"], ["p10", "p50", "p90"]],
        holiday_config=[["DE"]],
        aggregation=[{"demand": "avg"}],
        filling=[filling, {"price": {"futurefill": "mean"}}],
    )
    return config, "WAPE"


def data(chance, kind):
    """Return the channels, and the part for validation."""
    images = kind == "AutoMLImageClassificationConfig"
    types = ["image/png", "image/*"] if images else ["text/csv;header=present"]
    common = chance.some(content_type=types)
    if kind == "AutoMLTabularConfig":
        common |= chance.some(compression_type=["Gzip", "None"])
    training = {"s3_data_type": "S3Prefix", "s3_uri": "s3://in/train/", **common}
    training |= chance.some(channel_type=["training"])
    if kind == "AutoMLTimeSeriesForecastingConfig" or chance.one(True, False):
        return [training], {}
    if chance.one(True, False):
        return [training], {"validation_fraction": chance.one(0.1, 0.25)}
    held_out = {"s3_data_type": "S3Prefix", "s3_uri": "s3://in/held-out/", **common}
    return [training, {**held_out, "channel_type": "validation"}], {}
