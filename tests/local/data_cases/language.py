"""Inputs and outputs of a language model."""

from .case import Case, in_train, request, text_of

HEADER = ["input", "output"]
ROWS = [(f"how much is {number}", f"it is {number}") for number in range(20)]


def job(hyper_parameters=None, base="Mistral7B"):
    config = {"BaseModelName": base}
    if hyper_parameters:
        config["TextGenerationHyperParameters"] = hyper_parameters
    return request("TextGenerationJobConfig", config)


def of(text, *asks, **more):
    return Case(job(**more), in_train(text), list(asks))


def with_settings(**settings):
    return of(text_of(HEADER, ROWS), hyper_parameters=settings)


CASES = {
    "the columns input and output": lambda: of(
        text_of(HEADER, ROWS * 3),
        ('{"text_inputs": "how much is 3"}', '[{"generated_text": "it is 3'),
    ),
    "the words NA and None": lambda: of(
        text_of(HEADER, [("None", "NA")] * 4),
        ('{"text_inputs": "None"}', '[{"generated_text": "NA"}]'),
    ),
    "hyper-parameters in the ranges that SageMaker documents": (
        lambda: with_settings(
            epochCount="10", batchSize="64", learningRate="1e-5", learningRateWarmupSteps="0"
        )
    ),
    "a hyper-parameter out of range": lambda: with_settings(epochCount="999"),
    "a hyper-parameter that is no such number": lambda: with_settings(batchSize="1.5"),
    "another hyper-parameter": lambda: with_settings(temperature="1"),
    "other columns": lambda: of(text_of(["id", *HEADER], [(1, *row) for row in ROWS])),
    "a text with commas and no quotes": lambda: of("input,output\nhello, you,hello\n"),
    "two rows": lambda: of(text_of(HEADER, ROWS[:2])),
    "more rows than the base model takes": lambda: of(
        text_of(HEADER, ROWS * 51), base="Falcon7BInstruct"
    ),
}
