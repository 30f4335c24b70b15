"""Records what the pictures are drawn from: ``python -m docs.terminal.record FOLDER``.

FOLDER is one where docs/tutorial.md was followed up to "Deploy", with its local cloud still up. A
second stack, Broken, is deployed there, whose job fails.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from cdk_automlv2.local import CdkError, LocalCloud
from docs.terminal.draw import FOLDER, SCENES, typed
from docs.terminal.tape import Tape

_BROKEN = '"Tumours"', '"Broken"'
_WRONG_TARGET = '"diagnosis",', '"diagnose",'


def main() -> None:
    """Type each scene once, and keep the answers."""
    place = Path(sys.argv[1]).resolve()
    cloud = LocalCloud.attach(place / ".automlv2")
    _deploy_what_fails(cloud, place)
    os.chdir(place)
    for name, words in SCENES.items():
        tape = Tape()
        typed(words, tape.recording(cloud.client))
        tape.save(FOLDER / f"{name}.json")


def _deploy_what_fails(cloud: LocalCloud, place: Path) -> None:
    text = (place / "app.py").read_text()
    for right, wrong in (_BROKEN, _WRONG_TARGET):
        text = text.replace(right, wrong)
    (place / "broken.py").write_text(text)
    try:
        cloud.cdk(
            ["deploy", "--require-approval", "never", "--app", "python broken.py"], folder=place
        )
    except CdkError:
        return


if __name__ == "__main__":
    main()
