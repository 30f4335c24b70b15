"""Everything public has a form in a file, or a reason why it has none."""

import inspect

import pytest
from constructs import Construct

import cdk_automlv2
from cdk_automlv2.specs.generate import JOB, SECTIONS, schema
from cdk_automlv2.specs.kinds import (
    GATES,
    PROBLEMS,
    RETRAINING,
    RUNNING,
    SCALING,
    STOPPING,
    VARIANTS,
)
from cdk_automlv2.specs.parts import PARTS

FORMS = {
    *(kind.__name__ for kinds in (PROBLEMS, GATES, VARIANTS, PARTS) for kind in kinds.values()),
    *(section.construct.__name__ for section in (JOB, *SECTIONS)),
    *("AutoMLDataChannel", "LocalAutoMLDataChannel", "AutoMLOutput", "AutoMLLimits", "AutoMLV2"),
    *("ModelRegistration", "ScalableInstanceCount", "ScalableProvisionedConcurrency"),
}
"""Classes whose options stand in files."""

NO_FORM = {
    "AutoMLCandidates": "a table of candidates is read by code, or by a person",
    "AutoMLDashboard": "a page of what code has declared, of several files",
    "AutoMLSettings": "settings of an app, which the code around a folder makes",
    "Candidate": "what a job finds; a file is written before",
    "FunctionGate": "the function is code of the app",
    "IAutoMLEndpoint": "a type for annotations",
    "IAutoMLJob": "a type for annotations",
    "IAutoMLModel": "a type for annotations",
    "OptionFault": "an error",
    "OptionsError": "an error",
    "Prices": "prices are of a folder: automlv2.limits.json",
    "ProblemConfig": "a type for annotations",
    "Serving": "a type for annotations",
    "VpcConfig": "a network of the app; vpc_config takes ids in a file",
}

METHODS = {
    "add_alarms": "alarms",
    "apply_removal_policy": "removal_policy",
    "register_in": "register_in",
    **dict.fromkeys(RETRAINING.values(), "retraining"),
    **{name: name for name in (*RUNNING, *SCALING, *STOPPING)},
}
"""Methods that declare something → the option of files that stands for them."""

NO_METHOD = {
    "grant_": "whom to grant is code of the app: from_spec returns the constructs",
    "add_dependency": "dependencies follow from a file by themselves",
    "on_completed": "where events go is code of the app",
    "on_run_end": "where events go is code of the app",
    "on_failed": "where events go is code of the app; notify is for people",
    "on_refused": "where events go is code of the app; notify is for people",
    "on_released": "where events go is code of the app; notify is for people",
    "on_state_change": "where events go is code of the app; notify is for people",
}
"""What methods without a form begin with, each with the reason."""

DECLARING = (
    *("add_", "apply_", "auto_scale", "grant_", "on_", "register", "retrain_", "run_"),
    *("start_", "stop_", "transform"),
)


def test_every_public_class_has_a_form_in_files_or_a_reason():
    assert set(cdk_automlv2.__all__) == FORMS | NO_FORM.keys(), "say it in one of the two"
    assert not FORMS & NO_FORM.keys()


@pytest.mark.parametrize("construct", [section.construct for section in (JOB, *SECTIONS)])
def test_every_method_that_declares_something_has_a_form_or_a_reason(construct):
    found = {
        name
        for kind in construct.__mro__
        if kind.__module__.startswith("cdk_automlv2")
        for name, member in vars(kind).items()
        if name.startswith(DECLARING) and inspect.isfunction(member)
        if not name.startswith(tuple(NO_METHOD))
    }

    assert issubclass(construct, Construct)
    assert found <= METHODS.keys(), "say it in METHODS or NO_METHOD"


@pytest.mark.parametrize("option", sorted(set(METHODS.values())))
def test_the_form_of_a_method_is_there(option):
    sections = [schema()["definitions"][section.name] for section in SECTIONS]

    assert any(option in section["properties"] for section in sections)


@pytest.mark.parametrize("section", [JOB, *SECTIONS], ids=lambda section: section.name or "job")
def test_an_option_without_a_form_has_a_reason(section):
    assert all(reason.strip() for reason in section.code.values())
