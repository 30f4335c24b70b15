"""Forty models, one file each: they fill in what was not measured, or say what will be found."""

from cdk_automlv2 import specs

app = specs.app("models")
app.synth()
