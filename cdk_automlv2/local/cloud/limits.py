"""How many connections a server can hold: as many as the system lets it, not the usual 1,024."""

from __future__ import annotations

import resource

_MOST = 65_536


def raise_open_files() -> None:
    """Raise this process's limit of open files as far as it may without help."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST if hard == resource.RLIM_INFINITY else min(hard, _MOST)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
