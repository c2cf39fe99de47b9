"""What nginx lets through, before a stub in place of the app."""

from __future__ import annotations

import http.server
import os
import shutil
import subprocess
import threading
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.servers import ROOT, Server, await_answer, free_port, stop

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")

pytestmark = pytest.mark.skipif(
    NGINX is None, reason="nginx is not installed (apt-get install nginx); CI installs it"
)


class Stub(http.server.BaseHTTPRequestHandler):
    """Answers everything."""

    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def do_PUT(self):
        self.do_GET()

    def log_message(self, *_):
        pass


@pytest.fixture
def front(tmp_path):
    """The address of nginx with deploy/nginx.conf."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stub) as stub:
        threading.Thread(target=stub.serve_forever, daemon=True).start()
        port = free_port()
        conf = (ROOT / "deploy" / "nginx.conf").read_text()
        conf = conf.replace("listen 8080;", f"listen 127.0.0.1:{port};")
        conf = conf.replace("/run/lrviz/", f"{tmp_path}/")
        conf = conf.replace("worker_processes auto;", "worker_processes 1;")
        (tmp_path / "nginx.conf").write_text(conf)
        upstream = f"upstream lrviz {{ server 127.0.0.1:{stub.server_port}; }}"
        (tmp_path / "replicas.conf").write_text(upstream)
        as_root = "user root; " if os.geteuid() == 0 else ""
        line = [NGINX, "-p", str(tmp_path), "-c", "nginx.conf", "-g", f"{as_root}daemon off;"]
        log = tmp_path / "log"
        with log.open("w") as out:
            nginx = subprocess.Popen(line, stdout=out, stderr=subprocess.STDOUT)
        try:
            server = Server(f"http://127.0.0.1:{port}", nginx)
            await_answer(server, log)
            yield server.url
        finally:
            stop(nginx)
            stub.shutdown()


def status(url, method="GET"):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=30) as one:
            return one.status
    except urllib.error.HTTPError as error:
        return error.code


def test_metrics_are_closed_and_the_rest_is_open(front):
    for path in ("/_stcore/metrics", "/lrviz/_stcore/metrics", "/_stcore/metrics/"):
        assert status(front + path) == 404
        assert status(f"{front}{path}?families=x") == 404
    for path in ("/", "/training?lr=1", "/_stcore/health", "/lrviz/_stcore/stream"):
        assert status(front + path) == 200


def test_uploads_have_a_rate_and_a_class_opens_its_pages_at_once(front):
    with ThreadPoolExecutor(8) as pool:
        uploads = [f"{front}/_stcore/upload_file/s/{n}" for n in range(120)]
        given = list(pool.map(lambda url: status(url, "PUT"), uploads))
        pages = list(pool.map(status, [f"{front}/?n={n}" for n in range(400)]))
    assert set(given) == {200, 429}
    assert given.count(200) >= 60
    assert set(pages) == {200}
