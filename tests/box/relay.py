# SPDX-License-Identifier: GPL-2.0
"""The box's second serial port on a socket of this machine.

One client at a time is served; the next one takes its place. A client may
vanish at any moment, with bytes unread on either side, and may stop reading:
neither disturbs the box.
"""

import os
import select
import socket

STALLED = 5         # seconds without a byte taken: that client is gone


class Relay:
    """Moves bytes between @port, a file descriptor, and who connects to @listener."""

    def __init__(self, poll, port, listener):
        self.poll, self.port, self.listener = poll, port, listener
        self.client = None
        poll.register(port, select.POLLIN)
        poll.register(listener.fileno(), select.POLLIN)

    def ready(self, fd):
        """
        @fd, of which poll() said something, is served.
        @return False for one that is not of the relay, or is not any more:
        what came before it in the same round may have closed it.
        """
        if fd == self.listener.fileno():
            self.accept()
        elif fd == self.port:
            self.from_port()
        elif self.client and fd == self.client.fileno():
            self.from_client()
        else:
            return False
        return True

    def accept(self):
        try:
            client = self.listener.accept()[0]
        except OSError:
            return
        self.drop()
        client.settimeout(STALLED)
        self.client = client
        self.poll.register(client.fileno(), select.POLLIN)

    def from_port(self):
        try:
            data = os.read(self.port, 4096)
        except OSError:
            data = b''
        if not data:
            self.poll.unregister(self.port)
        elif self.client:
            try:
                self.client.sendall(data)
            except OSError:
                self.drop()

    def from_client(self):
        try:
            data = self.client.recv(4096, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        except OSError:
            data = b''
        if not data:
            self.drop()
            return
        try:
            while data:
                data = data[os.write(self.port, data):]
        except OSError:
            self.drop()

    def drop(self):
        """Part with the client, if there is one."""
        if self.client:
            self.poll.unregister(self.client.fileno())
            self.client.close()
            self.client = None
