"""moto's server with a CloudFormation that a real `cdk deploy` can use.

    python3 -m emulator --port 5610 --faults FILE [--signal FILE] [--watch FILE] [--without TYPE]

It listens on 127.0.0.1, and lives as long as its standard input is open: it ends with the process that
started it, however that one ends.
Pinned to one version of moto, for it replaces functions inside it. It shows that a deployment
flows as it should; it cannot show that AWS accepts the value of a property.
"""

import argparse
import os
import sys
import threading
from pathlib import Path

# moto reads it when imported: certificates are issued at once instead of after a minute
os.environ.setdefault("MOTO_ACM_VALIDATION_WAIT", "0")

from moto.server import main  # noqa: E402

from . import api, changesets, drift, faults, gaps, watch  # noqa: E402
from .handlers import HANDLERS, waiting  # noqa: E402

parser = argparse.ArgumentParser(prog="emulator")
parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1")
parser.add_argument("--faults", type=Path, help="file that names resources that shall fail")
parser.add_argument("--signal", type=Path, help="file with the reason for which instances signal a failure")
parser.add_argument("--watch", type=Path, help="file for the healthy targets at each step of an update")
parser.add_argument("--without", action="append", default=[], help="forget a resource type, to test the proof")
arguments = parser.parse_args()

api.endpoint = f"http://127.0.0.1:{arguments.port}"
faults.file = arguments.faults
waiting.file = arguments.signal
watch.file = arguments.watch
for forgotten in arguments.without:
    HANDLERS.pop(forgotten)


def end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


threading.Thread(target=end_with_parent, daemon=True).start()
changesets.install()
drift.install()
gaps.install()
main(["-H", "127.0.0.1", "-p", str(arguments.port)])
