"""
A process that has the SDK imported and becomes `qq` once per request, by fork.

Each run is a process of its own with its own arguments, environment, standard streams and exit status, and runs the
entry point that the installed `qq` script runs; only what qq does before it looks at its arguments is shared: 0.2 s
of imports and 0.1 s of making its argument parser. QWARDEN_CONFORMANCE_QQ=exec makes kit.qq start the installed
script instead.

Protocol, one datagram-like message per run on the Unix socket given as the only argument: JSON {"argv", "env"} with
four descriptors (stdin, stdout, stderr, status). The child writes "<exit code>" to status when it is through; a
status pipe that closes without it was a kill. The answer on the socket is the child's process id.
"""

import array
import gc
import json
import os
import signal
import socket
import sys
import traceback
from typing import Dict, List, NoReturn

MESSAGE_BYTES = 1 << 20


def become_qq(argv: List[str], env: Dict[str, str], fds: List[int]) -> NoReturn:
    code = 70
    stdin, stdout, stderr, status = fds
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for fd, number in ((stdin, 0), (stdout, 1), (stderr, 2)):
            os.dup2(fd, number)
        os.environ.clear()
        os.environ.update(env)
        sys.argv = ['qq', *argv]
        from qumulo.lib.qq import qq_main_PYTHON_ARGCOMPLETE_OK

        try:
            sys.exit(qq_main_PYTHON_ARGCOMPLETE_OK())
        except SystemExit as end:
            if isinstance(end.code, str):
                print(end.code, file=sys.stderr)
            code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        except BaseException:
            traceback.print_exc()
            code = 1
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os.write(status, str(code).encode())
        os._exit(code)


def main() -> None:
    import qumulo.lib.opts
    import qumulo.lib.qq

    sys.argv = ['qq', *sys.argv[1:]]
    parser = qumulo.lib.qq.make_parser()
    qumulo.lib.opts.add_subcommands(parser)
    qumulo.lib.qq.make_parser = lambda: parser
    qumulo.lib.opts.add_subcommands = lambda _parser: None
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for pytest
    requests = socket.socket(fileno=int(sys.argv[1]))
    while True:
        fds = array.array('i')
        message, ancillary, _flags, _address = requests.recvmsg(MESSAGE_BYTES, socket.CMSG_SPACE(4 * fds.itemsize))
        if not message:
            return
        for _level, _type, data in ancillary:
            fds.frombytes(data)
        request = json.loads(message)
        pid = os.fork()
        if pid == 0:
            requests.close()
            become_qq(request['argv'], request['env'], list(fds))
        for fd in fds:
            os.close(fd)
        requests.send(str(pid).encode())


if __name__ == '__main__':
    main()
