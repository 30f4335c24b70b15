"""Synthesizes app.py and every example, and puts what comes out before cfn-lint and cdk-nag.

cfn-lint also lints the state machine inside the template. A finding of cdk-nag passes only if
scripts/accepted_findings.toml names it, with a reason; a reason that no finding needs fails too.
"""

from __future__ import annotations

import fnmatch
import json
import os
import runpy
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
APPS = [ROOT / "app.py", *sorted(ROOT.glob("examples/*/app.py"))]
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
    from cdk_nag import AwsSolutionsChecks

    name = str(app.relative_to(ROOT))
    built: cdk.App = runpy.run_path(str(app))["app"]
    cdk.Validations.of(built).add_plugins(AwsSolutionsChecks())
    with _silent_stderr():  # The CDK prints every finding, also those that are accepted.
        try:
            directory = Path(built.synth(force=True).directory)
        except RuntimeError:  # cdk-nag found something; the report says what.
            directory = Path(built.outdir)
    report = json.loads((directory / "validation-report.json").read_text())
    faults = [f"{name}: {fault}" for fault in nag(report, accepted, used)]
    templates = [str(path) for path in directory.glob("*.template.json")]
    done = subprocess.run(
        [str(Path(sys.executable).parent / "cfn-lint"), "--format", "parseable", *templates],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        faults += [f"{name}: cfn-lint: {line}" for line in done.stdout.splitlines()]
    return faults


@contextmanager
def _silent_stderr() -> Iterator[None]:
    """Send what this process and its Node write to standard error nowhere."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def nag(report: Any, accepted: list[dict[str, str]], used: set[int]) -> list[str]:
    """Return the findings of cdk-nag that nothing accepts."""
    faults = []
    for rule, where in findings(report):
        matches = [
            index
            for index, entry in enumerate(accepted)
            if fnmatch.fnmatchcase(rule, entry["rule"])
            and fnmatch.fnmatchcase(where, entry["where"])
        ]
        used.update(matches)
        if not matches:
            faults.append(f"cdk-nag: {rule} at {where}")
    return faults


def findings(report: Any) -> list[tuple[str, str]]:
    """Return rule and construct path of every finding in a validation report."""
    found = []
    for plugin in report["pluginReports"]:
        for violation in plugin["violations"]:
            for construct in violation["violatingConstructs"]:
                found.append((violation["ruleName"], construct["constructPath"]))
    return found


if __name__ == "__main__":
    sys.exit(main())
