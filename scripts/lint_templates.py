"""Synthesizes app.py and every example; cfn-lint, cdk-nag and checkov look at what comes out.

cfn-lint also lints the state machine inside the template. What cdk-nag finds the library has
acknowledged, or it is a fault. A finding of checkov passes only if scripts/accepted_findings.toml
names it, with a reason; a reason that no finding needs fails too.
"""

from __future__ import annotations

import fnmatch
import json
import os
import runpy
import subprocess
import sys
import tomllib
import traceback
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
APPS = [
    ROOT / "app.py",
    *sorted(ROOT.glob("examples/*/app.py")),
    ROOT / "examples" / "github_actions" / "roles.py",
]
CHECKOV = ROOT / ".checkov" / "bin" / "checkov"
ACCEPTED = ROOT / "scripts" / "accepted_findings.toml"


def main() -> int:
    """Lint every app; return the exit status."""
    accepted = tomllib.loads(ACCEPTED.read_text())["finding"]
    used: set[int] = set()
    faults: list[str] = []
    for app in APPS:
        os.chdir(app.parent if app.parent != ROOT else ROOT)
        faults += lint(app, accepted, used)
    for index, entry in enumerate(accepted):
        if index not in used:
            faults.append(f"{ACCEPTED.name}: no finding needs {entry['rule']} {entry['where']}")
    for fault in faults:
        print(fault)
    print(f"{len(APPS)} apps, {len(faults)} faults")
    return 1 if faults else 0


def lint(app: Path, accepted: list[dict[str, str]], used: set[int]) -> list[str]:
    """Return the faults of one app."""
    import aws_cdk as cdk
    from cdk_nag import AwsSolutionsChecks, ServerlessChecks

    name = str(app.relative_to(ROOT))
    built: cdk.App = runpy.run_path(str(app))["app"]
    cdk.Validations.of(built).add_plugins(AwsSolutionsChecks(), ServerlessChecks())
    try:
        directory = Path(built.synth(force=True).directory)
    except RuntimeError:  # cdk-nag found something; the report says what.
        directory = Path(built.outdir)
    report = json.loads((directory / "validation-report.json").read_text())
    templates = [str(path) for path in sorted(directory.rglob("*.template.json"))]
    found = [*nag(report), *checkov(templates), *cfn_lint(templates)]
    return [f"{name}: {fault}" for fault in not_accepted(found, accepted, used)]


Finding = tuple[str, str]
"""A rule, and where it is broken."""


def not_accepted(found: list[Finding], accepted: list[dict[str, str]], used: set[int]) -> list[str]:
    """Return the findings that nothing accepts; remember which acceptances are needed."""
    faults = []
    for rule, where in found:
        matches = [
            index
            for index, entry in enumerate(accepted)
            if fnmatch.fnmatchcase(rule, entry["rule"])
            and fnmatch.fnmatchcase(where, entry["where"])
        ]
        used.update(matches)
        if not matches:
            faults.append(f"{rule} at {where}")
    return faults


def nag(report: Any) -> list[Finding]:
    """Return the findings of cdk-nag in a validation report."""
    return [
        (violation["ruleName"], construct["constructPath"])
        for plugin in report["pluginReports"]
        for violation in plugin["violations"]
        for construct in violation["violatingConstructs"]
    ]


def checkov(templates: list[str]) -> list[Finding]:
    """Return the findings of checkov, which has an environment of its own: it pins boto3."""
    options = ["--framework", "cloudformation", "--quiet", "--compact", "--output", "json"]
    found: list[Finding] = []
    for template in templates:
        done = subprocess.run(
            [str(CHECKOV), "--file", template, *options],
            capture_output=True,
            text=True,
            check=False,
        )
        failed = json.loads(done.stdout)["results"]["failed_checks"]
        found += [(check["check_id"], check["resource"]) for check in failed]
    return found


def cfn_lint(templates: list[str]) -> list[Finding]:
    """Return the findings of cfn-lint, each at its template and with its words."""
    command = [str(Path(sys.executable).parent / "cfn-lint"), "--format", "json", *templates]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return [
        (match["Rule"]["Id"], f"{Path(match['Filename']).name}: {match['Message']}")
        for match in json.loads(done.stdout or "[]")
    ]


if __name__ == "__main__":
    # What Node prints comes to standard error, findings included that are accepted.
    with Path(os.devnull).open("w") as nowhere, redirect_stderr(nowhere):
        try:
            status = main()
        except Exception:
            traceback.print_exc(file=sys.stdout)
            status = 1
    sys.exit(status)
