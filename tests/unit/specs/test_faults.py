"""What is wrong in a spec, all at once: place, option, value and what to write instead."""

import pytest

from cdk_automlv2.specs import load
from cdk_automlv2.specs.spec import check
from tests.unit.specs.files import SERVED, SMALLEST, faults, write


def test_every_fault_of_a_file_is_told_in_the_order_of_its_lines(tmp_path):
    text = """\
x-tags: &tags {team: no, cost: 012}
problem_config:
  kind: tabular
  target_attribute_name: no
  mode: ENSEMBLIN
  max_candidates: 3_000
  problem_typ: Regression
inputs:
  - s3_uri: s3://in/train/
  - s3_uri: s3://in/validation/
    channel_type: validatio
job_objective: {MetricName: f1}
timeout: 90
encrypt_inter_container_traffic: yes
instance_type: ml.m5.large
tags: *tags
endpoint:
  instance_type: m5.large
  initial_instance_count: 0
  volume_size: 5 GB
"""

    found = faults(tmp_path, text)

    assert [line.partition(": ")[0] for line in found] == [
        *("5:9", "6:19", "7:3", "11:19", "12:29", "13:10", "14:34", "15:1", "18:18", "19:27"),
        "20:16",
    ]
    assert [line.rpartition("; ")[2] for line in found if "; " in line] == [
        "use 'ENSEMBLING'",
        "use 3000",
        "use 'problem_type'",
        "use 'validation'",
        "use 'F1'",
        "write 90 seconds",
        "use true",
        "it belongs below endpoint:",
        "use 'ml.m5.large'",
    ]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("revision", "no"),
        ("revision", "2026-11-26"),
        ("revision", "1.10"),
        ("revision", "0x1F"),
        ("revision", "12:30:45"),
        ("revision", "012"),
        ("revision", "true"),
        ("revision", "1e3"),
        ("base_job_name", "on"),
    ],
)
def test_a_word_is_a_word_where_a_text_is_expected(tmp_path, option, value):
    spec = load(write(tmp_path, f"{SMALLEST}{option}: {value}\n"))

    assert spec.job[option] == value


def test_names_of_columns_and_tags_are_words_too(tmp_path):
    text = """\
problem_config: {kind: tabular, target_attribute_name: yes}
inputs: s3://in/
tags: {on: off, 1: 2}
"""

    spec = load(write(tmp_path, text))

    assert spec.job["problem_config"].target_attribute_name == "yes"
    assert spec.job["tags"] == {"on": "off", "1": "2"}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("wait: no", "wait: must be true or false, got 'no'; use false"),
        ("wait: 'true'", "must be true or false, got 'true'; write true without quotes"),
        ("wait: [true]", "must be true or false, got 'a list'"),
        ("validation_fraction: a lot", "must be a number, got 'a lot'"),
        ("validation_fraction: .nan", "must be a number, got '.nan'"),
        ("validation_fraction: 1.5", "must be above 0 and below 1, got 1.5"),
        ("timeout: 2h", "got '2h'; write 2 hours"),
        ("timeout: 1 second", "must be 1 minute or more, got '1 second'"),
        ("timeout: 19 days", "must be 18 days or less"),
        ("revision:", "revision: must have a value; leave it out for the default"),
        ("revision: ~", "revision: must have a value; leave it out for the default"),
        ("revision: [a]", "revision: must be a text, got 'a list'"),
        ("tags: [a]", "must be a mapping"),
        ("tags: {aws:x: 1}", "must not begin with aws:"),
        ("job_objective: F1", "must be a mapping, got 'F1'"),
        ("job_objective: {MetricName: F1}", "must be given together with problem_config.problem"),
        ("output_path: s3://in/train/out/", "must not begin with inputs[0].s3_uri"),
        ("output_path: /tmp", "output_path: must match"),
        pytest.param(
            "output_path: '${Token[TOKEN.1]}'", "a file can hold no token of the CDK", id="token"
        ),
        ("output: {path: s3://a/, kms_key: what}", "output.kms_key: must be"),
        ("output: {kms_key: alias/a}", "output.path: must be set"),
        ("vpc_config: {Subnets: [sg-1], SecurityGroupIds: [sg-1]}", "must be an id such as subnet"),
        ("vpc_config: {Subnets: [subnet-1]}", "vpc_config.SecurityGroupIds: must be set"),
        ("role: a b", "role: must be an iam.IRole, the ARN of a role, or its name"),
        ("scope: 5", "scope: must be one of problem_config"),
        ("endpoint: {}", "endpoint.instance_type: must be set"),
        ("endpoint: ml.m5.large", "endpoint: must be a mapping"),
        ("endpoint: {instance_type: ml.m6g.large}", "must have x86_64 processors"),
        ("endpoint: {instance_type: ml.m5.large, removal_policy: keep}", "must be one of DESTROY"),
        ("endpoint: {instance_type: ml.m5.large, endpoint_name: A}", "must be in lower case"),
        ("model: {inference_response_keys: [label]}", "must be one of predicted_label"),
        ("model: {job: other}", "model.job: must be one of"),
    ],
)
def test_a_wrong_line_is_told_with_its_rule(tmp_path, line, words):
    found = faults(tmp_path, f"{SMALLEST}{line}\n")

    assert any(words in fault for fault in found), found
    assert all(fault.startswith(("1:", "5:")) for fault in found)


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        ("{}", "problem_config.kind: must be one of tabular, image_classification"),
        ("{kind: tabula, target_attribute_name: y}", "got 'tabula'; use 'tabular'"),
        ("tabular", "problem_config: must be a mapping, got 'tabular'"),
        ("{kind: tabular}", "problem_config.target_attribute_name: must be set"),
        ("{kind: text_classification, content_column: a}", "target_label_column: must be set"),
        ("{kind: text_generation, base_model_name: Llama27B}", "accept_eula: must be True"),
    ],
)
def test_a_wrong_problem_is_told_once(tmp_path, problem, words):
    [found] = faults(tmp_path, f"problem_config: {problem}\ninputs: s3://in/\n")

    assert words in found


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ("nowhere.csv", "inputs[0].path: must be a file or a folder"),
        ("[]", "inputs: must have 1 to 2 channels"),
        ("{channel_type: training}", "must be set"),
        ("{s3_uri: s3://in/, path: here}", "path: must be"),
        ("{s3_ur: s3://in/}", "s3_ur"),
        ("[s3://in/]", "inputs[0]: must be a mapping"),
        ("{s3_uri: s3://in/, s3_data_type: Prefix}", "must be one of"),
    ],
)
def test_wrong_inputs_are_told(tmp_path, inputs, words):
    found = faults(tmp_path, f"problem_config: {{kind: image_classification}}\ninputs: {inputs}\n")

    assert any(words in fault for fault in found), found


def test_faults_of_the_endpoint_are_told_beside_those_of_the_problem(tmp_path):
    text = SERVED.replace("tabular", "tabula").replace("ml.m5.large", "ml.m5.lage")

    found = faults(tmp_path, text)

    assert [fault.partition(": ")[2].partition(":")[0] for fault in found] == [
        "problem_config.kind",
        "endpoint.instance_type",
    ]


def test_a_job_that_is_not_waited_for_cannot_be_served(tmp_path):
    [found] = faults(tmp_path, f"{SERVED}wait: false\n")

    assert "wait: must be true, as endpoint needs what the job has found" in found


def test_a_language_model_needs_a_gpu(tmp_path):
    text = "problem_config: {kind: text_generation}\ninputs: s3://in/\n"

    [found] = faults(tmp_path, f"{text}endpoint: {{instance_type: ml.m5.large}}\n")

    assert "endpoint.instance_type: must have a GPU to serve a language model" in found


def test_paths_are_relative_to_the_file_not_to_the_working_directory(tmp_path):
    write(tmp_path, "a,b\n1,2\n", "data/train.csv")
    text = SMALLEST.replace("s3://in/train/", "../data/train.csv")

    spec = load(write(tmp_path, text, "models/churn.automlv2.yaml"))

    assert spec.job["inputs"][0].path == str(tmp_path / "models" / ".." / "data" / "train.csv")
    assert spec.name == "churn"


def test_role_network_and_tags_hold_for_the_model_and_its_endpoint(tmp_path):
    text = f"""{SERVED}  tags: {{own: tag}}
role: arn:aws:iam::111122223333:role/shop
tags: {{team: ml}}
"""

    spec = load(write(tmp_path, text))

    assert spec.model == {"role": "arn:aws:iam::111122223333:role/shop", "tags": {"team": "ml"}}
    assert spec.endpoint == {"instance_type": "ml.m5.large", "tags": {"own": "tag"}}


def test_what_is_read_of_a_faulty_file_is_no_model(tmp_path):
    spec, found = check(write(tmp_path, SMALLEST + "wat: 1\n"))

    assert spec is not None
    assert len(found) == 1


RELEASED = f"""{SERVED}release:
  gates:
    - kind: smoke_test
      rows: ["1,2", [3, no]]
      expected: [yes, 0]
    - {{kind: better_than_deployed, by: 0.01}}
"""


def test_a_release_with_gates_is_read(tmp_path):
    spec = load(write(tmp_path, RELEASED))

    smoke, better = spec.release["gates"]
    assert (smoke.rows, smoke.expected) == (["1,2", ["3", "no"]], ["yes", "0"])
    assert better.by == 0.01


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("timeout: 2 hours", "timeout: cannot be used with release"),
        ("job_name: churn", "job_name: cannot be used with release"),
        ("model: {model_name: churn}", "model.model_name: cannot be used with release"),
    ],
)
def test_what_changes_with_each_release_is_no_option_of_one(tmp_path, line, words):
    [found] = faults(tmp_path, f"{RELEASED}{line}\n")

    assert words in found


@pytest.mark.parametrize(
    ("gate", "words"),
    [
        ("{kind: objectiv}", "got 'objectiv'; use 'objective'"),
        ("{kind: objective}", "release.gates[0].minimum: must be given, or maximum"),
        ("{kind: objective, metric: F1, minimum: 2, maximum: 1}", "must be the maximum, 1, or"),
        ("{kind: smoke_test}", "release.gates[0].rows: must be set"),
        ("{kind: latency, rows: [a], milliseconds: 0}", "must be 1 to 60000, got 0"),
        ("{minimum: 1}", "release.gates[0].kind: must be one of objective"),
        ("objective", "release.gates[0]: must be a mapping"),
    ],
)
def test_a_wrong_gate_is_told_with_its_place(tmp_path, gate, words):
    [found] = faults(tmp_path, f"{SERVED}release: {{gates: [{gate}]}}\n")

    assert words in found
    assert found.startswith("7:")


def test_a_gate_whose_metric_the_problem_lacks_is_refused(tmp_path):
    text = SERVED.replace("churned\n", "churned\n  problem_type: Regression\n")
    gates = "release: {gates: [{kind: objective, metric: F1, minimum: 0.8}]}\n"

    [found] = faults(tmp_path, f"{text}job_objective: {{MetricName: R2}}\n{gates}")

    assert "release.gates[0].metric: must be one of MAE, MSE, R2, RMSE for Regression" in found


def test_a_release_without_an_endpoint_is_refused(tmp_path):
    [found] = faults(tmp_path, f"{SMALLEST}release: {{}}\n")

    assert "endpoint: must be set, as a release ends with one" in found


def test_gates_of_a_model_in_a_stack_are_read_and_judged(tmp_path):
    gates = "model: {gates: [{kind: objective, metric: F1, minimum: 0.8}]}\n"

    assert load(write(tmp_path, f"{SERVED}{gates}")).model["gates"][0].minimum == 0.8
    text = SERVED.replace("churned\n", "churned\n  problem_type: Regression\n")
    [found] = faults(tmp_path, f"{text}job_objective: {{MetricName: R2}}\n{gates}")
    assert "model.gates[0].metric: must be one of MAE, MSE, R2, RMSE for Regression" in found


def test_a_gate_that_asks_an_endpoint_belongs_to_a_release(tmp_path):
    gates = "model: {gates: [{kind: smoke_test, rows: [a]}]}\n"

    [found] = faults(tmp_path, f"{SERVED}{gates}")

    assert "model.gates[0]: must not ask an endpoint" in found


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (SMALLEST.replace("s3://in/train/", ""), "4:8: inputs: must have a value"),
        (
            f"{SMALLEST}tags: {{team: }}\n",
            "5:14: tags['team']: must have a value; write \"\" for an empty one",
        ),
    ],
)
def test_what_must_be_there_is_not_advised_to_be_left_out(tmp_path, text, fault):
    assert faults(tmp_path, text) == [fault]


@pytest.mark.parametrize(
    ("text", "got"), [("- a\n", "'a list'"), ("~\n", "'~'"), ("hello\n", "'hello'")]
)
def test_a_file_that_is_no_mapping_is_told_with_what_it_is(tmp_path, text, got):
    assert faults(tmp_path, text) == [f"1:1: file: must be a mapping of options, got {got}"]


def test_a_length_of_time_is_shown_as_it_was_typed(tmp_path):
    found = faults(tmp_path, f"{SERVED}release: {{}}\ntimeout: 1 hours\n")

    assert found == ["8:10: timeout: cannot be used with release, got '1 hours'; leave it out"]


def test_a_number_that_is_too_large_is_shown_as_it_was_typed(tmp_path):
    found = faults(tmp_path, f"{SMALLEST}limits: {{max_cost: 1e400}}\n")

    assert found == ["5:20: limits.max_cost: must be a number, got '1e400'"]


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_a_tab_that_indents_is_named(tmp_path, ends):
    text = SMALLEST.replace("  kind", "\tkind").replace("\n", ends)
    path = tmp_path / "churn.automlv2.yaml"
    path.write_bytes(text.encode())

    found = [str(fault).removeprefix(f"{path}:") for fault in check(path)[1]]

    assert found == ["2:1: file: must be YAML, which no tab indents, got '\\t'; indent with spaces"]


def test_two_places_are_answered_with_how_a_list_has_them(tmp_path):
    text = SMALLEST.replace("s3://in/train/", "[s3://in/train/, held_out.csv]")

    assert faults(tmp_path, text) == [
        "4:10: inputs[0]: must be a mapping, got 's3://in/train/'; write {s3_uri: s3://in/train/}",
        "4:26: inputs[1]: must be a mapping, got 'held_out.csv'; write {path: held_out.csv}",
    ]


@pytest.mark.parametrize("half", ["\\ud83d", "\\uDE00", "\\\\\\ud83d x"])
def test_half_a_character_in_json_is_said_where_it_stands(tmp_path, half):
    text = f'{{"problem_config": {{"kind": "tabular", "target_attribute_name": "{half}"}},'
    text = f'{text}\n"inputs": "s3://in/train/"}}'

    [fault] = faults(tmp_path, text, "churn.automlv2.json")

    assert fault.startswith(f"1:{text.index('ud83d' if 'd83d' in half else 'uDE00')}: file: must")
    assert "must hold no half of a character" in fault


def test_an_escaped_backslash_before_what_looks_like_half_a_character_is_text(tmp_path):
    text = '{"problem_config": {"kind": "tabular", "target_attribute_name": "\\\\ud83d"},'

    assert faults(tmp_path, f'{text} "inputs": "s3://in/"}}', "churn.automlv2.json") == []


@pytest.mark.parametrize(
    ("inputs", "fix"),
    [
        ("inputs: /data/train.csv", "; write "),
        ("inputs: ~/train.csv", "other machines have other folders"),
        ("inputs: {path: /data/train.csv}", "; write "),
        ("inputs: [{path: /data/train.csv}]", "; write "),
    ],
)
def test_a_path_that_only_one_machine_has_is_refused_with_its_line(tmp_path, inputs, fix):
    config = "problem_config: {kind: tabular, target_attribute_name: churned}\n"

    [fault] = faults(tmp_path, f"{config}{inputs}\n")

    assert fault.startswith("2:")
    assert "path: must be relative to the file" in fault
    assert fix in fault
