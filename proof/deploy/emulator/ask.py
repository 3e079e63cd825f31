"""Answers of services for which the project installs no client for Node.js.

    python3 ask.py '[["wafv2", "list_web_acls", {"Scope": "REGIONAL"}]]'

Reads AWS_ENDPOINT_URL and the rest of the usual environment; prints the answers as one JSON list.
"""

import json
import sys

import boto3

print(
    json.dumps(
        [
            getattr(boto3.client(service), operation)(**parameters)
            for service, operation, parameters in json.loads(sys.argv[1])
        ],
        default=str,
    )
)
