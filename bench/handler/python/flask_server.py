"""Flask's development server, kept connections and no log of requests, as the servers it is compared with."""

import os

from flask_app import app
from werkzeug.serving import WSGIRequestHandler, run_simple


class Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, *arguments):
        pass


run_simple("127.0.0.1", int(os.environ["PORT"]), app, threaded=True, request_handler=Handler)
