"""Options of a spec as Python that makes the same constructs, with the same ids."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from cdk_automlv2.specs.kinds import PROBLEMS, VARIANTS

_OF_FIT: Final = ("inputs", "job_name")
_TOPICS: Final = ("success_topic", "error_topic")


def as_code(options: Mapping[str, Any], id: str, title: str) -> str:
    """Return Python that declares the options, with the ids that a spec's constructs have."""
    problem = dict(options["problem_config"])
    config = PROBLEMS[problem.pop("kind")].__name__
    served = "endpoint" in options
    names = {"AutoMLDataChannel", "AutoMLV2", config, *_classes(options.get("endpoint"))}
    topics = (options.get("endpoint") or {}).get("async_inference", {}).keys() & set(_TOPICS)
    of_automl = {
        key: value
        for key, value in options.items()
        if key not in (*_OF_FIT, "problem_config", "model", "endpoint")
    }
    lines = [
        f'"""{title}"""',
        "",
        "import aws_cdk as cdk",
        *(["from aws_cdk import aws_sns as sns"] if topics else []),
        "",
        "from cdk_automlv2 import (",
        *(f"    {name}," for name in sorted(names)),
        ")",
        "",
        "",
        "def declare(stack: cdk.Stack) -> AutoMLV2:",
        '    """Declare what was found."""',
        "    automl = AutoMLV2(",
        "        stack,",
        f"        {json.dumps(id)},",
        f"        problem_config={config}({_arguments(problem)}),",
        *_lines(of_automl),
        "    )",
        f"    {'job = ' if served else ''}automl.fit(",
        "        [",
        *(f"            AutoMLDataChannel({_arguments(item)})," for item in options["inputs"]),
        "        ],",
        "        # Leave the name out when the training is to change: AWS frees no name of a job.",
        f"        job_name={json.dumps(options['job_name'])},",
        "    )",
        *(_serving(options) if served else []),
        "    return automl",
    ]
    return "\n".join(lines) + "\n"


def _classes(endpoint: Mapping[str, Any] | None) -> Iterator[str]:
    """Yield the classes that the code of an endpoint names."""
    if endpoint is None:
        return
    yield from ("AutoMLEndpoint", "AutoMLModel")
    yield from (VARIANTS[item["kind"]].__name__ for item in endpoint.get("variants", ()))
    if "async_inference" in endpoint:
        yield "AsyncInference"


def _serving(options: Mapping[str, Any]) -> list[str]:
    endpoint = dict(options["endpoint"])
    variants, queue = endpoint.pop("variants", []), endpoint.pop("async_inference", {})
    names = dict.fromkeys(item["model_name"] for item in variants if "model_name" in item)
    others = {name: f"model_{number}" for number, name in enumerate(names, 2)}
    arns = dict.fromkeys(queue[name] for name in _TOPICS if name in queue)
    topics = {arn: f"topic_{number}" for number, arn in enumerate(arns, 1)}
    return [
        "    model = AutoMLModel(",
        "        automl,",
        '        "EndpointModel",',
        "        job=job,",
        *_lines(options["model"]),
        "    )",
        *(_imported(variable, name) for name, variable in others.items()),
        *(_topic(variable, arn) for arn, variable in topics.items()),
        "    automl.endpoint = AutoMLEndpoint(",
        "        automl,",
        '        "Endpoint",',
        *(_variants(variants, others) if variants else ["        model=model,"]),
        *_queue(queue, topics),
        *_lines(endpoint),
        "    )",
    ]


def _imported(variable: str, name: str) -> str:
    made = f"AutoMLModel.from_model_name(automl, {json.dumps(f'Model{name}')}, {json.dumps(name)})"
    return f"    {variable} = {made}"


def _variants(variants: Sequence[Mapping[str, Any]], others: Mapping[str, str]) -> Iterator[str]:
    yield "        variants=["
    for item in variants:
        given = {key: value for key, value in item.items() if key not in ("kind", "model_name")}
        model = others[item["model_name"]] if "model_name" in item else "model"
        arguments = ", ".join(filter(None, (f"model={model}", _arguments(given))))
        yield f"            {VARIANTS[item['kind']].__name__}({arguments}),"
    yield "        ],"


def _queue(queue: Mapping[str, Any], topics: Mapping[str, str]) -> Iterator[str]:
    if not queue:
        return
    yield "        async_inference=AsyncInference("
    for key, value in queue.items():
        yield f"            {key}={topics[value] if key in _TOPICS else repr(value)},"
    yield "        ),"


def _topic(variable: str, arn: str) -> str:
    id_ = json.dumps(f"Topic{arn.rpartition(':')[2]}")
    return f"    {variable} = sns.Topic.from_topic_arn(automl, {id_}, {json.dumps(arn)})"


def _lines(options: Mapping[str, Any]) -> list[str]:
    return [f"        {key}={value!r}," for key, value in options.items()]


def _arguments(options: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}={value!r}" for key, value in options.items())
