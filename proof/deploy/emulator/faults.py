"""Faults on demand: a file names the resources that fail, and is read again for each of them."""

from pathlib import Path

# Set once by __main__. Prefixes of logical ids, separated by white space; one that ends with "!"
# fails in a rollback, and the others on the way forward.
file: Path | None = None


class InjectedFault(Exception):
    """A resource failed because a test asked for it."""


def check(logical_id: str, rolling_back: bool) -> None:
    """Raise InjectedFault if the file names a prefix of `logical_id`."""
    if file is None or not file.exists():
        return
    for word in file.read_text().split():
        if logical_id.startswith(word.rstrip("!")) and word.endswith("!") == rolling_back:
            raise InjectedFault(f"{logical_id} fails because the proof asked for it")
