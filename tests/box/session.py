# SPDX-License-Identifier: GPL-2.0
"""One run of the box: takes frames apart, watches clocks and the kernel's log.

Owns the protocol with init.c (its other half) and the verdict; knows nothing
of emulators beyond the Machine it is given.
"""

import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
import tty
import zlib

from relay import Relay

HEAD = struct.Struct('<IIIBBH')
MAGIC = struct.pack('<I', 0x46425841)
FRAME_MAX = 32768

# Kernel messages after which the box does not count as healthy. They are
# matched at the start of a message unless they begin with ".*".
DIRTY = re.compile('|'.join((
    r'WARNING: ', r'BUG: ', r'Oops', r'INFO: task .* blocked', r'INFO: trying',
    r'INFO: possible', r'-+\[ cut here', r'Kernel panic', r'Internal error',
    r'Unable to handle kernel', r'general protection fault', r'int3:',
    r'invalid opcode', r'divide error', r'double fault', r'stack segment',
    r'.*rcu.*(detected|self-detected).*stall', r'.*\bRCU.*stall',
    r'.*(KASAN|KCSAN|KMSAN|KFENCE|UBSAN): ', r'.*soft lockup', r'.*hard LOCKUP',
    r'.*unchecked MSR access', r'kmemleak: \d+ new', r'.*list_(add|del) corruption',
    r'refcount_t: ', r'.*Bad page (state|map)', r'.*scheduling while atomic',
    r'.*suspicious RCU usage', r'.*possible (circular|recursive) locking',
    r'.*bad unlock balance', r'.*stack guard page', r'.*kernel stack overflow',
    r'PANIC:', r'.*nobody cared', r'.*still has .* locks held', r'traps: PANIC',
    r'sched: RT throttling', r'Bad mode in', r'SError Interrupt', r'.*kernel BUG at')))
PANIC = re.compile(rb'Kernel panic - not syncing|Attempted to kill init')
STAMP = re.compile(r'^(<\d+>)?\[ *\d+\.\d+\](\[ *[TC]\d+\])? ')
REPORT_LINES = 80


def say(text):
    sys.stderr.write(''.join(f'box: {line}\n' for line in text.splitlines() or ['']))
    sys.stderr.flush()


class KernelLog:
    """The kernel's own messages; userspace's lines in it are not judged."""

    def __init__(self):
        self.lines = []
        self.first_dirty = None

    def add_records(self, data):
        for line in data.decode('utf-8', 'replace').split('\n'):
            if line.startswith(' ') or not line:
                continue
            head, _, text = line.partition(';')
            fields = head.split(',')
            if len(fields) < 3 or not fields[0].isdigit() or not fields[2].isdigit():
                continue
            kernel = int(fields[0]) >> 3 == 0
            who = '' if kernel else '(user) '
            self.add(f'[{int(fields[2]) / 1e6:12.6f}] {who}{text}', text if kernel else '')

    def add(self, line, text):
        if self.first_dirty is None and text and DIRTY.match(text):
            self.first_dirty = len(self.lines)
        self.lines.append(line)

    def report(self):
        return '\n'.join(self.lines[self.first_dirty:][:REPORT_LINES])


class Session:
    def __init__(self, opt, target, machine, gets):
        self.opt, self.target, self.machine, self.gets = opt, target, machine, gets
        self.log = KernelLog()
        self.console = bytearray()
        self.console_calm = 0       # what comes before is a wanted crash
        self.buffer = bytearray()
        self.seq = None
        self.corrupt = 0
        self.status = None
        self.fail = None
        self.started = None
        self.timed_out = False
        self.done = False
        self.rebooted = False
        self.boots = 0
        self.armed = False
        self.crashing = False       # from a wanted crash to the next kernel
        self.panic_at = None
        self.get_file = None
        self.got = {}
        self.relay = None
        self.begin = time.monotonic()
        self.end_by = self.begin + target.boot_limit
        self.shell = opt.shell
        self.escape = False

    # ---- frames ---------------------------------------------------------

    def feed(self, data):
        buf = self.buffer
        buf += data
        at = 0
        while True:
            start = buf.find(MAGIC, at)
            if start < 0:
                at = max(at, len(buf) - 3)
                break
            if len(buf) - start < HEAD.size:
                at = start
                break
            _, size, crc, kind, seq, _ = HEAD.unpack_from(buf, start)
            if size > FRAME_MAX:
                at = start + 1
                continue
            if len(buf) - start < HEAD.size + size:
                at = start
                break
            payload = bytes(buf[start + HEAD.size:start + HEAD.size + size])
            if zlib.crc32(payload) != crc:
                self.corrupt += 1
                at = start + 1
                continue
            at = start + HEAD.size + size
            if chr(kind) != 'B' and self.seq is not None and seq != (self.seq + 1) & 255:
                self.corrupt += 1
            self.seq = seq
            getattr(self, f'frame_{chr(kind)}', self.frame_unknown)(payload)
        del buf[:at]

    def frame_unknown(self, _):
        self.corrupt += 1

    def frame_B(self, how):
        if self.armed:
            self.rebooted = self.done = True
        elif self.boots and how != b'kexec':
            self.fail = 'the box rebooted unasked'
        self.boots += 1
        self.crashing = False

    def frame_S(self, _):
        if self.started is None:
            self.started = time.monotonic()
            say(f'{self.opt.target}: COMMAND starts after {self.started - self.begin:.1f} s')
            if self.shell:
                self.poll.register(0, select.POLLIN)
        self.end_by = self.started + self.opt.timeout

    def frame_O(self, data):
        self.emit(1, data)

    def frame_E(self, data):
        self.emit(2, data)

    def frame_K(self, data):
        self.log.add_records(data)

    def frame_G(self, data):
        words = data.decode().split()
        index = int(words[0])
        name = self.gets[index][1] + ('.box-tar' if words[1] == 'd' else '')
        try:
            self.get_file = open(name, 'wb')
            if words[1] == 'f':
                os.fchmod(self.get_file.fileno(), int(words[2], 8) & 0o777 | 0o600)
        except OSError as e:
            self.fail = f'--get: {name}: {e.strerror}'

    def frame_D(self, data):
        if self.get_file:
            self.get_file.write(data)

    def frame_H(self, data):
        index, err = (int(w) for w in data.split())
        if self.get_file:
            name = self.get_file.name
            self.get_file.close()
            self.get_file = None
            if name.endswith('.box-tar'):
                self.untar(name, name[:-len('.box-tar')])
        self.got[index] = err

    def untar(self, name, dest):
        try:
            os.makedirs(dest, exist_ok=True)
            run = subprocess.run(['tar', '-x', '-f', name, '-C', dest, '--no-same-owner'],
                                 capture_output=True, text=True)
            if run.returncode:
                self.fail = f'--get: {dest}: {run.stderr.strip()}'
        except OSError as e:
            self.fail = f'--get: {dest}: {e.strerror}'
        os.unlink(name)

    def frame_X(self, data):
        self.status = int(data)

    def frame_F(self, data):
        self.fail = data.decode('utf-8', 'replace')

    def frame_R(self, _):
        self.armed = True

    def frame_C(self, _):
        self.crashing = True

    def frame_Z(self, _):
        self.done = True
        self.end_by = time.monotonic() + 20
        self.panic_at = None
        self.console_done = len(self.console)

    @staticmethod
    def emit(fd, data):
        while data:
            try:
                data = data[os.write(fd, data):]
            except BlockingIOError:
                select.select([], [fd], [])
            except BrokenPipeError:
                return

    # ---- the console -----------------------------------------------------

    def console_input(self, data):
        self.console += data
        if self.shell:
            self.emit(1, data)
        if self.crashing:
            self.console_calm = len(self.console)
            return
        seen = max(self.console_calm, len(self.console) - len(data) - 64)
        if self.panic_at is None and PANIC.search(self.console, seen):
            self.panic_at = time.monotonic() + 2

    def keyboard_input(self):
        data = os.read(0, 1024)
        if not data:
            self.poll.unregister(0)
            os.write(self.machine.console, b'\x04')
            return
        if os.isatty(0):
            for i, c in enumerate(data):
                if self.escape and c in b'xX':
                    raise KeyboardInterrupt
                self.escape = c == 1 and not self.escape
            if self.escape:
                return
        os.write(self.machine.console, data)

    # ---- the loop --------------------------------------------------------

    def tick(self):
        """Act on the clock; False when it is time to end."""
        now = time.monotonic()
        if self.panic_at is not None and now >= self.panic_at:
            self.fail = self.fail or 'the kernel panicked'
            return False
        if now < self.end_by:
            return True
        if self.done:
            self.fail = self.fail or 'the box did not power off within 20 s'
            return False
        if self.started is None:
            self.fail = f'COMMAND did not start within {self.target.boot_limit} s'
            return False
        if self.timed_out:
            return False
        self.timed_out = True
        self.end_by = now + (15 if self.gets else 5)
        if not self.shell:
            os.write(self.machine.console, b'T')
        return True

    def run(self):
        m = self.machine
        self.poll = select.poll()
        if m.relay:
            self.relay = Relay(self.poll, *m.relay)
        saved = None
        if self.shell:
            if os.isatty(0):
                saved = termios.tcgetattr(0)
                tty.setraw(0)
                say('the serial console; Ctrl-A x ends the box\r')
        for fd in (m.channel, m.console):
            self.poll.register(fd, select.POLLIN)
        try:
            self.loop()
        finally:
            if saved:
                termios.tcsetattr(0, termios.TCSADRAIN, saved)
            self.stop()

    def loop(self):
        m = self.machine
        running = True
        while running and self.tick() and not self.rebooted and not self.fail:
            for fd, _ in self.poll.poll(200):
                if fd not in (m.channel, m.console):
                    if fd == 0 and self.shell:
                        self.keyboard_input()
                    elif self.relay:
                        self.relay.ready(fd)
                    continue
                try:
                    data = os.read(fd, 1 << 20)
                except OSError:
                    data = b''
                if not data:
                    self.poll.unregister(fd)
                    running = running and fd != m.channel
                elif fd == m.channel:
                    self.feed(data)
                else:
                    self.console_input(data)

    def stop(self):
        process = self.machine.process
        if process.poll() is None:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        process.wait()
        if self.get_file:
            self.get_file.close()

    # ---- the verdict -----------------------------------------------------

    def console_scan(self):
        """What the console said when frames could no longer say it."""
        start = self.console_done if self.done and not self.rebooted else self.console_calm
        if self.shell:
            return
        for raw in self.console[start:].decode('utf-8', 'replace').splitlines():
            if STAMP.match(raw):
                self.log.add(raw, STAMP.sub('', raw))

    def verdict(self):
        """The exit status; says why if it is not COMMAND's own."""
        if not self.done or not self.rebooted:
            self.console_scan()
        if self.log.first_dirty is not None:
            say('the kernel log is not clean:')
            say(self.log.report())
            return 125
        if self.fail:
            say(f'error: {self.fail}')
            self.console_tail()
            return 125
        if self.corrupt:
            say(f'error: {self.corrupt} damaged frames; what came out is not complete')
            return 125
        if self.timed_out:
            say(f'COMMAND ran longer than {self.opt.timeout} s (--timeout)')
            self.gets_check(False)
            return 124
        if self.rebooted:
            return 0
        if not self.done or self.status is None:
            say('error: the box ended before COMMAND did')
            self.console_tail()
            return 125
        return 125 if not self.gets_check(True) and self.status == 0 else self.status

    def logs_write(self, folder):
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, 'kernel.log'), 'w') as f:
            f.write('\n'.join(self.log.lines) + '\n')
        with open(os.path.join(folder, 'console.log'), 'wb') as f:
            f.write(self.console)

    def gets_check(self, complete):
        good = True
        for i, (path, _) in enumerate(self.gets):
            err = self.got.get(i)
            if err != 0 and (err is not None or complete):
                good = False
                say(f'--get {path}: ' + (os.strerror(err) if err else 'nothing came'))
        return good

    def console_tail(self):
        text = self.console.decode('utf-8', 'replace').splitlines()[-15:]
        if text:
            say('the last lines of its console:\n' + '\n'.join(text))
