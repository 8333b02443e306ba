"""`qq` as a process: arguments, standard streams, exit status. Nothing of it is imported here."""

import array
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Any, Dict, List, Optional, Sequence

from kit.outcome import NotBuilt
from kit.recorder import RECORDER
from kit.target import Target

TIMEOUT_SECONDS = 60


class Finished:
    """A run of qq that has ended."""

    def __init__(self, argv: Sequence[str], code: int, out: bytes, err: bytes) -> None:
        self.argv = argv
        self.code = code
        self.raw = out
        self.out = out.decode('utf-8', 'replace')
        self.err = err.decode('utf-8', 'replace')

    def json(self) -> Any:
        return json.loads(self.out)

    def __repr__(self) -> str:
        return f'qq {" ".join(self.argv)} -> {self.code}\n--- stdout\n{self.out}--- stderr\n{self.err}'


class Running:
    """A run of qq whose stdin is still open: fs_notify takes the end of stdin as its stop signal."""

    def __init__(
        self, argv: Sequence[str], pid: int, stdin: IO[bytes], out: IO[bytes], err: IO[bytes], status: 'Status'
    ) -> None:
        self.argv = argv
        self.pid = pid
        self.stdin = stdin
        self._out = out
        self._status = status
        self._err: List[bytes] = []
        self._err_grew = threading.Condition()
        self._err_reader = threading.Thread(target=self._read_err, args=(err,), daemon=True)
        self._err_reader.start()

    def _read_err(self, err: IO[bytes]) -> None:
        for line in err:
            with self._err_grew:
                self._err.append(line)
                self._err_grew.notify_all()

    def wait_for_stderr(self, text: str) -> None:
        """Returns once a line of stderr has this in it."""
        with self._err_grew:
            found = self._err_grew.wait_for(lambda: any(text.encode() in line for line in self._err), TIMEOUT_SECONDS)
        assert found, f'{text!r} was not on stderr: {self._err}'

    def line(self) -> str:
        """The next line of stdout; empty at its end."""
        return self._out.readline().decode('utf-8', 'replace')

    def finish(self, stdin: bytes = b'') -> Finished:
        """Feeds and closes stdin, reads the rest of stdout, waits for the end."""
        killer = threading.Timer(TIMEOUT_SECONDS, lambda: os.kill(self.pid, signal.SIGKILL))
        killer.start()
        try:
            feeder = threading.Thread(target=self._feed, args=(stdin,), daemon=True)
            feeder.start()
            rest = self._out.read()
            self._err_reader.join()
            feeder.join()
            return Finished(self.argv, self._status.wait(), rest, b''.join(self._err))
        finally:
            killer.cancel()

    def _feed(self, data: bytes) -> None:
        try:
            if data:
                self.stdin.write(data)
            self.stdin.close()
        except BrokenPipeError:
            return  # it ended without reading all of its input


class Status:
    def wait(self) -> int:
        raise NotImplementedError


class PopenStatus(Status):
    def __init__(self, process: 'subprocess.Popen[bytes]') -> None:
        self._process = process

    def wait(self) -> int:
        return self._process.wait()


class PipeStatus(Status):
    def __init__(self, fd: int) -> None:
        self._fd = fd

    def wait(self) -> int:
        with os.fdopen(self._fd, 'rb') as status:
            said = status.read()
        return int(said) if said else -signal.SIGKILL


class Zygote:
    """One per pytest worker; see kit.qq_zygote."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket = ours
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name('qq_zygote.py')), str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,  # block-buffered, as the script's is when its output is captured
        )
        theirs.close()

    def start(self, argv: Sequence[str], env: Dict[str, str]) -> Running:
        stdin_r, stdin_w = os.pipe()
        out_r, out_w = os.pipe()
        err_r, err_w = os.pipe()
        status_r, status_w = os.pipe()
        fds = array.array('i', [stdin_r, out_w, err_w, status_w])
        with self._lock:
            message = json.dumps({'argv': list(argv), 'env': env}).encode()
            self._socket.sendmsg([message], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)])
            pid = int(self._socket.recv(32))
        for fd in fds:
            os.close(fd)
        return Running(
            argv, pid, os.fdopen(stdin_w, 'wb'), os.fdopen(out_r, 'rb'), os.fdopen(err_r, 'rb'), PipeStatus(status_r)
        )

    def close(self) -> None:
        self._socket.close()
        self._process.wait(TIMEOUT_SECONDS)


def start_script(argv: Sequence[str], env: Dict[str, str]) -> Running:
    """The installed `qq` script."""
    process = subprocess.Popen(
        [str(Path(sys.executable).with_name('qq')), *argv],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=env,
    )
    assert process.stdin and process.stdout and process.stderr
    return Running(argv, process.pid, process.stdin, process.stdout, process.stderr, PopenStatus(process))


class Qq:
    """qq for one cluster and one home of credentials: a user of it."""

    def __init__(self, cluster: Target, config_home: Path, zygote: Optional[Zygote]) -> None:
        self.cluster = cluster
        self.config_home = config_home
        self._zygote = zygote

    @property
    def env(self) -> Dict[str, str]:
        return {
            'PATH': os.environ.get('PATH', ''),
            'HOME': str(self.config_home),  # and so no ~/.qfsd_cred of the person who runs this
            'XDG_CONFIG_HOME': str(self.config_home / 'xdg'),
            'LC_ALL': 'C.UTF-8',
            'PYTHONIOENCODING': 'utf-8',
        }

    @property
    def credentials_file(self) -> Path:
        return self.config_home / 'xdg' / 'qumulo' / 'credentials' / f'{self.cluster.host.lower()}_{self.cluster.port}'

    def start(self, command: str, *args: object, script: bool = False, before: Sequence[str] = ()) -> Running:
        argv = ['--host', self.cluster.host, '--port', str(self.cluster.port), *before, command, *map(str, args)]
        if script or self._zygote is None:
            return start_script(argv, self.env)
        return self._zygote.start(argv, self.env)

    def run(
        self, command: str, *args: object, stdin: bytes = b'', script: bool = False, before: Sequence[str] = ()
    ) -> Finished:
        """Whatever the exit status is."""
        done = self.start(command, *args, script=script, before=before).finish(stdin)
        if done.code == 1 and 'Error 501:' in done.err:
            raise NotBuilt(repr(done))
        return done

    def __call__(
        self, command: str, *args: object, stdin: bytes = b'', script: bool = False, before: Sequence[str] = ()
    ) -> Finished:
        """A run that must succeed."""
        done = self.run(command, *args, stdin=stdin, script=script, before=before)
        assert done.code == 0, repr(done)
        assert 'Traceback' not in done.err, repr(done)
        RECORDER.answer('qq', command)
        return done

    def refused(self, command: str, *args: object, status: int, error_class: str = '', stdin: bytes = b'') -> Finished:
        """A run that the cluster must refuse: exit status 1 and one line `Error <status>: <class>: <text>`."""
        done = self.run(command, *args, stdin=stdin)
        assert done.code == 1, repr(done)
        assert f'Error {status}: {error_class}' in done.err, repr(done)
        assert 'Traceback' not in done.err, repr(done)
        return done
