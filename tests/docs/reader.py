"""A reader who does what a page says: saves its files, changes them, runs its commands."""

import json
import re
import subprocess

from sybil import Sybil
from sybil.parsers.myst import CodeBlockParser, SkipParser

_FILE = re.compile(r"`([\w.-]+)`:\s*$")
_NAMED_BEFORE = re.compile(r"`([\w.-]+\.\w+)`")
_ANYTHING = "…"
_SECONDS = 400


class Reader:
    """Follows a page from its first block to its last, in one folder.

    Blocks of `py` and `json` are saved under the name that stands before them, a `diff` changes
    the file that is named before it, `sh` is run, `text` is what the last `sh` ended with; `…`
    stands for anything.
    """

    def __init__(self, folder, environment):
        self.folder = folder
        self.environment = environment
        self.output = ""

    def follow(self, page):
        parsers = [
            CodeBlockParser("sh", self._run),
            CodeBlockParser("py", self._save),
            CodeBlockParser("json", self._save),
            CodeBlockParser("diff", self._change),
            CodeBlockParser("text", self._compare),
            SkipParser(),
        ]
        count = 0
        for example in Sybil(parsers).parse(page):
            example.evaluate()
            count += 1
        return count

    def _run(self, example):
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", example.parsed],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=_SECONDS,
        )
        self.output = done.stdout
        return f"{done.returncode}\n{done.stdout}" if done.returncode else None

    def _save(self, example):
        named = _FILE.search(_before(example))
        if named is None:
            return "the text before it does not say where it is to be saved"
        (self.folder / named[1]).write_text(example.parsed)
        return None

    def _change(self, example):
        *_, name = _NAMED_BEFORE.findall(_before(example))
        path = self.folder / name
        lines = example.parsed.splitlines(keepends=True)
        old, new = ("".join(line[1:] for line in lines if line[0] != sign) for sign in "+-")
        text = path.read_text()
        if text.count(old) != 1:
            return f"{name} has {text.count(old)} of {old!r}"
        path.write_text(text.replace(old, new))
        return None

    def _compare(self, example):
        expected = example.parsed.splitlines()
        shown = self.output.splitlines()[-len(expected) :]
        for line, pattern in zip(shown, expected, strict=True):
            if not re.fullmatch(re.escape(pattern).replace(_ANYTHING, ".*"), line):
                return f"{json.dumps(shown, indent=1)}\nis not\n{example.parsed}"
        return None


def _before(example):
    return example.document.text[: example.start].rstrip("\n")
