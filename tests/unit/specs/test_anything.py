"""Whatever a file holds: faults, each with a place, and no error of Python."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cdk_automlv2.specs.spec import check
from cdk_automlv2.specs.walk import schema
from tests.unit.specs.files import SERVED, write

DEFINITIONS = schema()["definitions"]
WORDS = [
    *(
        "no",
        "1",
        "-1",
        "s3://b/x/",
        "s3://",
        "alias/a",
        "ml.m5.large",
        "F1",
        "..",
        "~",
        "a b",
        "/x",
    ),
    *("tabular", "text_generation", "smoke_test", "30 minutes", "p10", "validation", "Gzip", ""),
]
NAMES = sorted({name for part in DEFINITIONS.values() for name in part.get("properties", ())})
scalars = (
    st.none() | st.booleans() | st.integers(-2, 4000) | st.floats(-1, 2) | st.sampled_from(WORDS)
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*NAMES, "MetricName", "Subnets", "Key"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)
PARTS = {
    "problem_config": ("tabular", "text_classification", "time_series_forecasting"),
    "inputs": ("AutoMLDataChannel", "LocalAutoMLDataChannel"),
    "model": ("model",),
    "endpoint": ("endpoint",),
    "release": ("release", "gate_smoke_test"),
}


def part(names):
    """Options of one of some parts, with any values."""
    return st.sampled_from(names).flatmap(
        lambda name: st.dictionaries(
            st.sampled_from([*DEFINITIONS[name]["properties"], "kind"]), values, max_size=5
        ).map(
            lambda options: (
                {"kind": name, **options} if name in PARTS["problem_config"] else options
            )
        )
    )


files = st.fixed_dictionaries(
    {},
    optional={
        name: part(PARTS[name]) | values if name in PARTS else values
        for name in schema()["properties"]
    },
)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(files)
def test_any_values_are_judged_and_crash_nothing(tmp_path, data):
    path = write(tmp_path, json.dumps(data), "deep/down/a.automlv2.json")

    _, faults = check(path, tmp_path)

    assert all(fault.line >= 1 and str(fault) for fault in faults)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.integers(0, len(SERVED)),
    st.integers(0, 12),
    st.text(st.sampled_from("&*<>!|-:?{}[]\"'%@`#\\\n\t \x00\x85\u2028aé"), max_size=6),
)
def test_any_damage_to_a_file_is_told(tmp_path, start, length, more):
    text = SERVED[:start] + more + SERVED[start + length :]
    path = write(tmp_path, text, "deep/down/a.automlv2.yaml")

    spec, faults = check(path, tmp_path)

    assert spec is not None or faults
