"""Containers of a classifier's candidate."""

IN, OUT, SUPPORTED = (
    "SAGEMAKER_INFERENCE_INPUT",
    "SAGEMAKER_INFERENCE_OUTPUT",
    "SAGEMAKER_INFERENCE_SUPPORTED",
)
TRANSFORM = {"Image": "transform", "Environment": {"AUTOML_TRANSFORM_MODE": "feature-transform"}}
ALGORITHM = {
    "Image": "xgboost",
    "Environment": {OUT: "predicted_label", SUPPORTED: "predicted_label,probability,probabilities"},
}
LABELS = {
    "Image": "labels",
    "Environment": {
        IN: "predicted_label",
        OUT: "predicted_label",
        SUPPORTED: "predicted_label,probability,labels,probabilities",
    },
}
