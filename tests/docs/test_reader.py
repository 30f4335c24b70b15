"""A page that does not work is noticed by its reader."""

import os

import pytest
from sybil.example import SybilFailure

from .reader import Reader

GOOD = """
Save this as `a.py`:

```py
print("one")
print("two")
```

```sh
python a.py
```

```text
o…e
two
```

Change `a.py`.

```diff
 print("one")
-print("two")
+print("three")
```

<!--- skip: next -->

```sh
exit 7
```

```sh
python a.py
```

```text
three
```
"""


@pytest.fixture
def read(tmp_path):
    def read(text):
        page = tmp_path / "page.md"
        page.write_text(text)
        return Reader(tmp_path, dict(os.environ)).follow(page)

    return read


def test_a_page_that_works_is_followed_to_its_end(read, tmp_path):
    assert read(GOOD) == 8
    assert "three" in (tmp_path / "a.py").read_text()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("o…e", "o…x"),
        ("python a.py", "python b.py"),
        ("python a.py", "false | true"),
        ('-print("two")', '-print("2")'),
        ("Save this as `a.py`:", "Save this."),
        ("```text\nthree", "```text\ntwo"),
    ],
)
def test_what_does_not_work_is_noticed(read, right, wrong):
    assert right in GOOD
    with pytest.raises(SybilFailure):
        read(GOOD.replace(right, wrong))
