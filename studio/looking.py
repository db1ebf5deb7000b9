"""Files of strangers are read in a process of their own first, which may be killed: it has little memory and time.

    looker = Looker()
    looker.vet(path)            # raises MediaError when reading it crashes, hangs or needs too much

What survives there is then read here, by the same code: a picture bomb, an endless clip or a file that trips a native
parser costs one child process. The child ends by itself when it is not needed, or when the studio ends.
"""

from __future__ import annotations

import json
import os
import queue
import select
import signal
import subprocess
import sys
import tempfile
import threading
import weakref
from contextlib import suppress
from pathlib import Path

from studio.errors import MediaError, StudioError

SECONDS = 20.0  # for one file
MEMORY = 4_000_000_000  # bytes of address space; the largest picture that is opened takes a third of it
FILE_SIZE = 300_000_000  # bytes of a file that the child may write: what it unpacks of a zip is gone again at once
MOST_TEXT = 400_000  # bytes of a film.yaml
IDLE = 60.0  # seconds after which a child that nobody asks goes home
CHILDREN = 2


class Looker:
    """Children that read files before anybody else does. Safe to call from several threads."""

    def __init__(self, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        self._seconds, self._memory = seconds, memory
        self._free: queue.SimpleQueue[subprocess.Popen[bytes] | None] = queue.SimpleQueue()
        for _ in range(CHILDREN):
            self._free.put(None)
        weakref.finalize(self, _end, self._free)  # when nobody has it any more, and when the program ends

    def vet(self, path: Path) -> None:
        """Read a file in a child. Raises MediaError when that ends badly; what is merely no picture is let through."""
        child = self._free.get()
        answer: str | None = None
        try:
            child, answer = self._asked(child, path)
        finally:
            if answer is None and child is not None:
                _kill(child)
                child = None
            self._free.put(child)
        if answer is None:
            raise MediaError(f"{path.name}: reading it took too long or too much memory; it was not opened")
        if answer != "ok":
            raise MediaError(f"{path.name}: it cannot be read ({answer})")

    def close(self) -> None:
        """End the children that wait."""
        _end(self._free)

    def _asked(
        self, child: subprocess.Popen[bytes] | None, path: Path
    ) -> tuple[subprocess.Popen[bytes] | None, str | None]:
        line = json.dumps(str(path.absolute())).encode() + b"\n"
        for _ in range(2):  # a child that was idle may go home in this very moment
            if child is None or child.poll() is not None:
                child = self._started()
            answer = self._talk(child, line)
            if answer != "":
                return child, answer
            _kill(child)
            child = None
        return child, None

    def _talk(self, child: subprocess.Popen[bytes], line: bytes) -> str | None:
        """The child's word; None when it was killed for its time, "" when it was gone."""
        assert child.stdin is not None and child.stdout is not None
        late = threading.Event()

        def end() -> None:
            late.set()
            _kill(child)

        watch = threading.Timer(self._seconds, end)
        watch.daemon = True
        watch.start()
        try:
            child.stdin.write(line)
            child.stdin.flush()
            said = child.stdout.readline().decode(errors="replace").strip()
        except (OSError, ValueError):
            said = ""
        finally:
            watch.cancel()
        return None if late.is_set() else said

    def _started(self) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        command = [sys.executable, "-m", "studio.looking", str(self._memory)]
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment,
            cwd=Path(__file__).resolve().parents[1], start_new_session=True,
        )  # fmt: skip


def _end(free: queue.SimpleQueue[subprocess.Popen[bytes] | None]) -> None:
    for _ in range(CHILDREN):
        with suppress(queue.Empty):
            child = free.get_nowait()
            if child is not None:
                _kill(child)
            free.put(None)


def _kill(child: subprocess.Popen[bytes]) -> None:
    """The child and what it has started."""
    with suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(child.pid, signal.SIGKILL)
    with suppress(OSError):
        child.kill()
    child.wait()
    for stream in (child.stdin, child.stdout):
        with suppress(OSError):
            if stream is not None:
                stream.close()


def _limit(memory: int) -> None:
    """Bounds of the system, where it has them (not on Windows: there the time alone is bounded)."""
    try:
        import resource
    except ImportError:
        return
    for what, most in (("RLIMIT_AS", memory), ("RLIMIT_FSIZE", FILE_SIZE), ("RLIMIT_CORE", 0)):
        with suppress(ValueError, OSError, AttributeError):
            kind = getattr(resource, what)
            hard = resource.getrlimit(kind)[1]
            resource.setrlimit(kind, (most if hard < 0 else min(most, hard), hard))


def _read(path: Path) -> str:
    """Everything that the studio reads of a file; "ok", or what went wrong that should not have."""
    from studio import checking, media

    def credential() -> None:
        checking.check(path, None, path.parent)

    def pictures() -> None:
        if not media.is_clip(path):
            media.open_picture(path)
            return
        media.probe(path)
        media.decode_clip(path, limit=2, size=(64, 64))

    def film() -> None:
        from studio.films import packing, reading

        if packing.is_packed(path):
            with tempfile.TemporaryDirectory(prefix="auteur-") as folder:
                packing.unpack(path, Path(folder))
        elif path.stat().st_size <= MOST_TEXT:
            with suppress(UnicodeDecodeError):
                reading.parse(path.read_text(encoding="utf-8-sig"), lambda named: None)

    for look in (credential, pictures, film):
        try:
            look()
        except (StudioError, OSError):
            continue  # no picture, no clip, or a damaged one: whoever asked says so in plain words
        except MemoryError:
            return "it needs too much memory"
        except Exception as error:
            return type(error).__name__
    return "ok"


def _serve(memory: int) -> None:
    _limit(memory)
    while _asked_again():
        line = sys.stdin.readline()
        if not line:
            return
        sys.stdout.write(_read(Path(json.loads(line))).replace("\n", " ") + "\n")
        sys.stdout.flush()


def _asked_again() -> bool:
    try:
        return bool(select.select([sys.stdin], [], [], IDLE)[0])
    except (OSError, ValueError):
        return True  # Windows knows no select on pipes: there the child waits


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
