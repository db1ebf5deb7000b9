"""Time stamps: asked for where the owner named an authority, and never a reason to lose a clip."""

from __future__ import annotations

import http.server
import shutil
import socket
import subprocess
import threading
from dataclasses import replace

import pytest

from studio.provenance import sign_clip, verify

CONFIG = """
[tsa]
dir = .
serial = ./serial
default_policy = 1.2.3.4
digests = sha256, sha384, sha512
signer_digest = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[stamp]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """A time-stamp authority on this machine, made of `openssl ts`: its address, and its CA."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl to play the time-stamp authority")
    folder = tmp_path_factory.mktemp("tsa")
    (folder / "tsa.cnf").write_text(CONFIG)
    (folder / "serial").write_text("01")

    def run(*arguments):
        subprocess.run([openssl, *arguments], cwd=folder, check=True, capture_output=True, timeout=30)

    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    run("req", "-x509", *curve, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/O=Clock/CN=Clock CA", "-days", "30",
        "-extensions", "ca", "-config", _with_names(folder))  # fmt: skip
    run("req", *curve, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/O=Clock/CN=Clock", "-config", "names.cnf")
    run("x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "tsa.pem",
        "-days", "20", "-extfile", "tsa.cnf", "-extensions", "stamp")  # fmt: skip

    class Clock(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            (folder / "q").write_bytes(self.rfile.read(int(self.headers["content-length"])))
            run("ts", "-reply", "-config", "tsa.cnf", "-section", "tsa", "-queryfile", "q", "-signer", "tsa.pem",
                "-inkey", "tsa.key", "-chain", "ca.pem", "-out", "r")  # fmt: skip
            self.send_response(200)
            self.send_header("content-type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write((folder / "r").read_bytes())

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Clock)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", (folder / "ca.pem").read_text()
    server.shutdown()
    server.server_close()


def _with_names(folder):
    (folder / "names.cnf").write_text("[req]\ndistinguished_name = dn\nprompt = no\n[dn]\nCN = x\n" + CONFIG)
    return "names.cnf"


def test_a_stamp_is_asked_for_where_the_owner_named_an_authority(clip, claim, identity, authority, tmp_path):
    done = sign_clip(clip, tmp_path / "o.mp4", claim, replace(identity, timestamp=authority[0]))
    report = verify(done.path, identity)
    assert (report.verdict, report.stamped) == ("local", True)
    assert not verify(sign_clip(clip, tmp_path / "p.mp4", claim, identity).path, identity).stamped


def test_an_authority_that_does_not_answer_never_costs_the_clip(clip, claim, identity, tmp_path, caplog):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{probe.getsockname()[1]}/"
    done = sign_clip(clip, tmp_path / "o.mp4", claim, replace(identity, timestamp=closed))
    report = verify(done.path, identity)
    assert (report.verdict, report.stamped) == ("local", False)
    assert "without a time stamp" in caplog.text


def test_an_authority_that_talks_nonsense_never_costs_the_clip(clip, claim, identity, tmp_path, caplog):
    class Nonsense(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"what time is it?")

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Nonsense)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        stamped = replace(identity, timestamp=f"http://127.0.0.1:{server.server_port}/")
        report = verify(sign_clip(clip, tmp_path / "o.mp4", claim, stamped).path, identity)
    finally:
        server.shutdown()
        server.server_close()
    assert (report.verdict, report.stamped) == ("local", False)
    assert "signed without one" in caplog.text
