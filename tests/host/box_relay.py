#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The box's second serial port: clients that come, go and stall at bad moments."""

import os
import pty
import select
import socket
import sys
import tempfile
import tty

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(ROOT, 'tests/box'))
import relay                                            # noqa: E402
from relay import Relay                                 # noqa: E402


class Rig:
    """A relay between a pseudo terminal, as emulators have it, and a socket."""

    def __init__(self, folder):
        self.path = os.path.join(folder, 'socket')
        if os.path.exists(self.path):
            os.unlink(self.path)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(self.path)
        listener.listen(1)
        listener.setblocking(False)
        self.port, self.guest = pty.openpty()
        tty.setraw(self.guest)
        self.poll = select.poll()
        self.relay = Relay(self.poll, self.port, listener)

    def connect(self):
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(30)
        client.connect(self.path)
        self.serve()
        return client

    def ready(self):
        return [fd for fd, _ in self.poll.poll(0)]

    def serve(self):
        """Until nothing is left to do."""
        while ready := self.ready():
            for fd in ready:
                self.relay.ready(fd)


def both_ways(rig):
    client = rig.connect()
    os.write(rig.guest, b'from the guest')
    client.sendall(b'to the guest')
    rig.serve()
    return client.recv(100) == b'from the guest' and os.read(rig.guest, 100) == b'to the guest'


def gone_in_the_same_round(rig):
    """The guest writes and the client is gone: poll() tells both at once."""
    client = rig.connect()
    os.write(rig.guest, b'late')
    client.close()
    ready = sorted(rig.ready(), key=lambda fd: fd != rig.port)
    if len(ready) != 2 or ready[0] != rig.port:
        return False
    served = [rig.relay.ready(fd) for fd in ready]
    return served == [True, False] and rig.relay.client is None and both_ways(rig)


def gone_with_bytes_unread(rig):
    """Then reading from it is an error, not its end."""
    client = rig.connect()
    os.write(rig.guest, b'never read')
    rig.serve()
    client.close()
    rig.serve()
    return rig.relay.client is None and both_ways(rig)


def replaced_in_the_same_round(rig):
    """A client's number may be the next one's: what was said of it is void."""
    first = rig.connect()
    first.sendall(b'x')
    second = socket.socket(socket.AF_UNIX)
    second.settimeout(30)
    second.connect(rig.path)
    for fd in sorted(rig.ready(), key=lambda fd: fd != rig.relay.listener.fileno()):
        rig.relay.ready(fd)
    os.write(rig.guest, b'for the second')
    rig.serve()
    return second.recv(100) == b'for the second'


def stalled(rig):
    """A client that takes nothing costs the box a moment, not its life."""
    relay.STALLED = 0.2
    client = rig.connect()
    for _ in range(1000):
        os.write(rig.guest, b'.' * 1024)
        rig.serve()
        if not rig.relay.client:
            break
    relay.STALLED = 5
    gone = rig.relay.client is None
    client.close()
    return gone and both_ways(rig)


def port_ends(rig):
    """The emulator ended: its side is an error from then on."""
    rig.connect()
    os.close(rig.guest)
    rig.serve()
    return rig.port not in rig.ready()


def main():
    tests = (both_ways, gone_in_the_same_round, gone_with_bytes_unread,
             replaced_in_the_same_round, stalled, port_ends)
    bad = 0
    print('KTAP version 1')
    with tempfile.TemporaryDirectory() as folder:
        for n, test in enumerate(tests, 1):
            why = ''
            try:
                good = test(Rig(folder))
            except Exception as e:                      # pylint: disable=W0718
                good, why = False, f'{type(e).__name__}: {e}'
            print(f'{"ok" if good else "not ok"} {n} {test.__name__.replace("_", " ")}', flush=True)
            if why:
                print(f'# {why}')
            bad += not good
    print(f'1..{len(tests)}')
    return 1 if bad else 0


sys.exit(main())
