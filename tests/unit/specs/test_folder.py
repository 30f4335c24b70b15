"""A folder of specs: what two files may not share, and what is no spec."""

from cdk_automlv2.specs.folder import check_folder
from tests.unit.specs.files import SERVED, SMALLEST, write


def test_specs_of_all_folders_below_are_found_by_name(tmp_path):
    write(tmp_path, SMALLEST, "b.automlv2.yaml")
    write(tmp_path, SMALLEST, "eu/a.automlv2.yml")
    write(
        tmp_path,
        '{"problem_config": {"kind": "text_generation"}, "inputs": "s3://i"}',
        "eu/c.automlv2.json",
    )
    write(tmp_path, "no spec", "eu/notes.yaml")
    write(tmp_path, "no spec", ".git/x.automlv2.yaml")

    specs, faults = check_folder(tmp_path)

    assert [spec.name for spec in specs] == ["a", "b", "c"]
    assert faults == []


def test_faults_of_all_files_are_told(tmp_path):
    for name in ("a", "b"):
        write(tmp_path, SMALLEST.replace("tabular", name), f"{name}.automlv2.yaml")

    _, faults = check_folder(tmp_path)

    assert [str(fault).partition(": ")[0] for fault in faults] == [
        f"{tmp_path}/a.automlv2.yaml:2:9",
        f"{tmp_path}/b.automlv2.yaml:2:9",
    ]


def test_two_files_of_one_name_are_refused(tmp_path):
    write(tmp_path, SMALLEST, "churn.automlv2.yaml")
    write(tmp_path, SMALLEST, "eu/Churn.automlv2.yaml")

    _, [fault] = check_folder(tmp_path)

    assert "name: must be another than that of" in str(fault)
    assert str(fault).endswith("rename one of the files")


def test_two_endpoints_of_one_name_are_refused(tmp_path):
    for name in ("a", "b"):
        write(tmp_path, f"{SERVED}  endpoint_name: shop\n", f"{name}.automlv2.yaml")

    _, [fault] = check_folder(tmp_path)

    assert str(fault).startswith(f"{tmp_path}/b.automlv2.yaml:1:1: endpoint.endpoint_name: must be")


def test_a_name_that_no_construct_can_have_is_refused(tmp_path):
    write(tmp_path, SMALLEST, "a b.automlv2.yaml")

    _, [fault] = check_folder(tmp_path)

    assert "got 'a b'; rename the file" in str(fault)


def test_a_folder_without_specs_is_refused(tmp_path):
    _, [fault] = check_folder(tmp_path)

    assert "must hold specs: files *.automlv2.yaml" in str(fault)


def test_links_to_folders_are_not_followed(tmp_path):
    write(tmp_path, SMALLEST, "models/a.automlv2.yaml")
    (tmp_path / "models" / "around").symlink_to(tmp_path)

    specs, faults = check_folder(tmp_path / "models")

    assert [spec.name for spec in specs] == ["a"]
    assert faults == []
