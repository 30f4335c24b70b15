"""What the API takes of closed sets, for completion; a token or a newer value is text like others.

A contract test compares them with the service's model, by which values are checked.
"""

from __future__ import annotations

from typing import Literal

S3DataType = Literal["S3Prefix", "ManifestFile", "AugmentedManifestFile"] | str
ChannelType = Literal["training", "validation"] | str
CompressionType = Literal["None", "Gzip"] | str
ContentType = (
    Literal[
        "text/csv;header=present",
        "x-application/vnd.amazon+parquet",
        "image/*",
        "image/png",
        "image/jpeg",
    ]
    | str
)
Mode = Literal["AUTO", "ENSEMBLING", "HYPERPARAMETER_TUNING"] | str
ProblemType = Literal["BinaryClassification", "MulticlassClassification", "Regression"] | str
TabularAlgorithm = (
    Literal[
        "catboost",
        "extra-trees",
        "fastai",
        "lightgbm",
        "linear-learner",
        "mlp",
        "nn-torch",
        "randomforest",
        "xgboost",
    ]
    | str
)
ForecastingAlgorithm = Literal["cnn-qr", "deepar", "prophet", "npts", "arima", "ets"] | str
CandidateStatus = Literal["Completed", "InProgress", "Failed", "Stopped", "Stopping"] | str
SortOrder = Literal["Ascending", "Descending"] | str
CandidateSortBy = Literal["CreationTime", "Status", "FinalObjectiveMetricValue"] | str
ProcessingUnit = Literal["CPU", "GPU"] | str
ResponseKey = Literal["predicted_label", "probability", "probabilities", "labels"] | str
