"""One page, from a Dockerfile of one's own."""

import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MESSAGE = "Hello from a Dockerfile"


class Hello(BaseHTTPRequestHandler):
    def do_GET(self):
        body = f"{MESSAGE}\n".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
ThreadingHTTPServer(("", int(os.environ["PORT"])), Hello).serve_forever()
