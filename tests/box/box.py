# SPDX-License-Identifier: GPL-2.0
"""The emulated dev box: options, what goes in, and one run of it.

The command line is an interface that tests and benchmarks rely on. Exit
status: COMMAND's; 124 after --timeout; 125 when the box itself failed, which
a kernel log that is not clean counts as; 130/143 after a signal.
"""

import argparse
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import initramfs                                        # noqa: E402
import targets                                          # noqa: E402
from session import Session, say                        # noqa: E402
from targets import BoxError, EMULATORS, TARGETS        # noqa: E402

KERNELS = ('6.1', '6.12', 'newest')


class Env:
    """Where things lie, and how to have them made."""

    def __init__(self):
        self.root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        self.build = os.environ.get('AXVM_BUILD', os.path.join(self.root, 'build'))
        self.cache = os.path.join(self.root, 'build/cache')
        self.sysroot = os.path.join(self.root, 'build/sysroot-arm64')
        self.no_build = bool(os.environ.get('AXVM_NO_BUILD'))

    def setup(self, *part):
        run = subprocess.run([os.path.join(self.root, 'tests/box/setup'), *part],
                             stdin=subprocess.DEVNULL, stdout=2)
        if run.returncode:
            raise BoxError(f'tests/box/setup {" ".join(part)} failed')


class Kernel:
    """A kernel to boot: image, version, modules, headers."""

    def __init__(self, env, deb_arch, name):
        self.built_here = name not in KERNELS
        if not self.built_here:
            env.setup('kernel', name, deb_arch)
            self.from_cache(os.path.join(env.cache, f'kernels/{name}-{deb_arch}'))
            self.name = name
            return
        path = os.path.abspath(name)
        if os.path.exists(os.path.join(path, 'kver')):
            self.from_cache(path)
        elif os.path.isdir(path):
            self.from_tree(path)
        elif os.path.isfile(path):
            self.from_image(path)
        else:
            raise BoxError(f'--kernel {name}: no such file, and not one of {", ".join(KERNELS)}')

    def from_cache(self, folder):
        with open(os.path.join(folder, 'kver')) as f:
            self.kver = f.read().strip()
        self.image = os.path.join(folder, 'vmlinuz')
        self.modules = os.path.join(folder, 'modules')
        self.kdir = os.path.join(folder, 'kdir')

    def from_tree(self, folder):
        release = os.path.join(folder, 'include/config/kernel.release')
        images = ('arch/arm64/boot/Image', 'arch/x86/boot/bzImage')
        found = [i for i in images if os.path.exists(os.path.join(folder, i))]
        if not os.path.exists(release) or not found:
            raise BoxError(f'--kernel {folder}: not a built kernel tree')
        with open(release) as f:
            self.kver = f.read().strip()
        self.image = os.path.join(folder, found[0])
        self.modules = folder
        self.kdir = folder

    def from_image(self, path):
        folder = os.path.dirname(path)
        while folder != '/':
            if os.path.exists(os.path.join(folder, 'include/config/kernel.release')):
                self.from_tree(folder)
                break
            folder = os.path.dirname(folder)
        else:
            raise BoxError(f'--kernel {path}: it is not inside a built kernel tree, so '
                           'axvm.ko cannot be built for it; give the tree')
        self.image = path


def arguments(argv):
    p = argparse.ArgumentParser(
        prog='tests/box/box', allow_abbrev=False,
        description='Boot an emulated machine with axvm in it and run COMMAND there.',
        epilog="Exit status: COMMAND's; 124 timeout; 125 the box failed or its kernel log "
               'is not clean. See tests/box/README.md.')
    p.add_argument('--target', required=True, choices=list(TARGETS))
    p.add_argument('--cpus', type=int, default=2, metavar='N')
    p.add_argument('--cpu', metavar='MODEL')
    p.add_argument('--gic', type=int, choices=(2, 3))
    p.add_argument('--efi', metavar='FILE')
    p.add_argument('--mem', type=int, default=1024, metavar='MiB')
    p.add_argument('--kernel', default='6.1', metavar='6.1|6.12|newest|PATH')
    p.add_argument('--put', action='append', default=[], metavar='FILE[:DEST]')
    p.add_argument('--get', action='append', default=[], metavar='PATH:FILE')
    p.add_argument('--timeout', type=float, metavar='S')
    p.add_argument('--no-module', action='store_true')
    p.add_argument('--mitigations', action='store_true')
    p.add_argument('--icount', action='store_true')
    p.add_argument('--append', action='append', default=[], metavar='"KERNEL ARGS"')
    p.add_argument('--serial2', metavar='SOCKET')
    p.add_argument('--shell', action='store_true')
    p.add_argument('command', nargs='*', metavar='COMMAND')
    p.error = usage_error
    words = []
    if '--' in argv:
        at = argv.index('--')
        argv, words = argv[:at], argv[at + 1:]
    opt = p.parse_args(argv)
    opt.command += words
    opt.append = ' '.join(opt.append)
    return opt


def usage_error(message):
    raise BoxError(f'{message} (tests/box/box --help)')


def options_check(opt, target):
    """Refuse what the target cannot serve; fill in defaults."""
    for name in ('cpus', 'mem'):
        if getattr(opt, name) < 1:
            raise BoxError(f'--{name} must be positive')
    if opt.timeout is None:
        opt.timeout = float('inf') if opt.shell else 300
    elif opt.timeout <= 0:
        raise BoxError('--timeout must be positive')
    if opt.gic and not target.gic:
        raise BoxError(f'--gic: target {opt.target} has no GIC')
    opt.gic = opt.gic or 3
    if opt.efi and target.arch != 'arm64':
        raise BoxError(f'--efi: target {opt.target} is not served')
    if opt.efi and not os.path.isfile(opt.efi):
        raise BoxError(f'--efi {opt.efi}: no such file')
    if opt.icount and not target.icount:
        raise BoxError(f'--icount: target {opt.target} is not served by QEMU '
                       '(under Bochs the TSC always counts instructions)')
    if opt.mem < 128:
        raise BoxError('--mem: the kernel wants at least 128 MiB')
    if opt.mem > target.mem_limit:
        raise BoxError(f'--mem: target {opt.target} serves at most {target.mem_limit} MiB')
    if opt.cpu:
        opt.cpu = target.cpu_aliases.get(opt.cpu, opt.cpu)
    else:
        opt.cpu = target.cpu
    if not opt.command:
        if not opt.shell:
            raise BoxError('no COMMAND')
        opt.command = ['sh', '-l']
    if opt.serial2:
        opt.serial2 = os.path.abspath(opt.serial2)
        if os.path.exists(opt.serial2):
            raise BoxError(f'--serial2 {opt.serial2}: already there')


def gets_parse(opt):
    gets = []
    for word in opt.get:
        path, _, dest = word.rpartition(':')
        if not path or not dest:
            raise BoxError(f'--get {word}: want PATH:FILE')
        dest = os.path.abspath(dest)
        if not os.path.isdir(os.path.dirname(dest)):
            raise BoxError(f'--get {word}: {os.path.dirname(dest)} is not a folder')
        gets.append((path, dest))
    return gets


def put_add(cpio, libraries, word):
    source, dest = word, ''
    if not os.path.lexists(word) and ':' in word:
        source, _, dest = word.rpartition(':')
    if not os.path.exists(source):
        raise BoxError(f'--put {word}: {source} does not exist')
    name = os.path.basename(os.path.abspath(source))
    if not dest:
        dest = f'/root/{name}'
    elif dest.endswith('/'):
        dest += name
    if not dest.startswith('/'):
        dest = f'/root/{dest}'
    # What is named on the command line is followed, links inside are kept.
    for path in cpio.tree(os.path.realpath(source), dest.lstrip('/')):
        libraries.add(cpio, path)


def install_tree(env, target, kernel):
    """`make install`'s tree for this kernel, built now; and the build's lock."""
    folder = os.path.join(env.build, f'box/{target.arch}-{kernel.kver}')
    os.makedirs(os.path.dirname(folder), exist_ok=True)
    lock = open(folder + '.lock', 'w')
    if env.no_build and os.path.isdir(folder):
        fcntl.flock(lock, fcntl.LOCK_SH)
        return folder, lock
    fcntl.flock(lock, fcntl.LOCK_EX)
    if not os.path.isdir(folder):
        say(f'building the module for {kernel.kver}, vmctl and guests (about a minute)')
    run = subprocess.run(
        ['make', '-s', '-C', env.root, 'box-install', f'ARCH={target.arch}',
         f'KDIR={kernel.kdir}', f'O={env.build}', f'DESTDIR={folder}', 'PREFIX=/usr'],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={k: v for k, v in os.environ.items() if k not in ('MAKEFLAGS', 'MAKELEVEL', 'MFLAGS')})
    if run.returncode:
        say(run.stdout[-4000:])
        raise BoxError('the build failed')
    return folder, lock


def module_lines(opt, target, kernel, modules):
    """What init loads: first what the channel needs, then what the run wants."""
    base = f'/lib/modules/{kernel.kver}'
    lines = []
    if target.channel == 'virtio':
        for name in ('virtio_mmio', 'virtio_console'):
            for path in modules.closure(name):
                line = f'{base}/{modules.plain(path)}'
                if line not in lines:
                    lines.append(line)
    lines.append('-')
    if opt.no_module:
        for name in target.kvm_modules:
            lines += [f'!{base}/{modules.plain(p)}' for p in modules.closure(name)]
    else:
        # As modprobe reads them: axvm.NAME=VALUE on the kernel's command line.
        params = [w.split('.', 1)[1] for w in opt.append.split() if w.startswith('axvm.')]
        lines.append(' '.join([f'{base}/extra/axvm.ko'] + params))
    return '\n'.join(dict.fromkeys(lines)) + '\n'


def run_part(env, opt, target, kernel, gets, path):
    """Write the part of the initramfs that belongs to this run."""
    cpio = initramfs.Cpio()
    libraries = initramfs.Libraries(env, target.arch)
    lock = None
    try:
        if not opt.no_module or not kernel.built_here:
            folder, lock = install_tree(env, target, kernel)
            for file in cpio.tree(folder, ''):
                libraries.add(cpio, file)
        for word in opt.put:
            put_add(cpio, libraries, word)
    finally:
        if lock:
            lock.close()
    config = f'channel {target.channel}\nconsole {target.console}\n'
    if opt.shell:
        config += 'shell 1\nrows {}\ncols {}\n'.format(*targets.terminal_size())
    modules = initramfs.Modules(kernel.modules)
    cpio.file('box/config', config.encode())
    cpio.file('box/modules', module_lines(opt, target, kernel, modules).encode())
    cpio.file('box/argv', b''.join(os.fsencode(w) + b'\0' for w in opt.command))
    cpio.file('box/get', b''.join(os.fsencode(g[0]) + b'\0' for g in gets))
    cpio.write(path)


def kernel_args(opt, target):
    args = target.kernel_args + ' quiet loglevel=5 log_buf_len=1M printk.devkmsg=on'
    if not opt.mitigations:
        args += ' mitigations=off'
    if not opt.no_module and target.module_args:
        args += ' ' + target.module_args
    return f'{args} {opt.append}'.strip()


def stale_remove():
    """Remove folders of boxes that were killed hard."""
    base = tempfile.gettempdir()
    for name in os.listdir(base):
        if name.startswith('axvm-box.'):
            pid = name.split('.')[1]
            if pid.isdigit() and not os.path.exists(f'/proc/{pid}'):
                shutil.rmtree(os.path.join(base, name), ignore_errors=True)


def box(argv):
    opt = arguments(argv)
    target = TARGETS[opt.target]
    options_check(opt, target)
    gets = gets_parse(opt)
    env = Env()
    emulator = EMULATORS[target.emulator](env)
    emulator.check(opt)
    kernel = Kernel(env, target.deb_arch, opt.kernel)
    env.setup('userland', target.deb_arch)
    if target.arch == 'arm64':
        env.setup('sysroot')
    stale_remove()
    tmp = tempfile.mkdtemp(prefix=f'axvm-box.{os.getpid()}.')
    try:
        run_cpio = os.path.join(tmp, 'run.cpio')
        run_part(env, opt, target, kernel, gets, run_cpio)
        base = initramfs.base_cached(env, target, kernel)
        machine = emulator.start(opt, tmp, kernel.image, [base, run_cpio],
                                 kernel_args(opt, target))
        session = Session(opt, target, machine, gets)
        try:
            session.run()
            return session.verdict()
        finally:
            if folder := os.environ.get('AXVM_BOX_LOG'):
                session.logs_write(folder)
    finally:
        if os.environ.get('AXVM_BOX_KEEP'):
            say(f'kept: {tmp}')
        else:
            shutil.rmtree(tmp, ignore_errors=True)
        if opt.serial2 and os.path.exists(opt.serial2):
            os.unlink(opt.serial2)


def on_signal(number, _):
    raise SystemExit(128 + number)


def main():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, on_signal)
    try:
        return box(sys.argv[1:])
    except BoxError as e:
        say(f'error: {e}')
        return 125
    except KeyboardInterrupt:
        return 130
    except Exception:                                   # pylint: disable=W0718
        say('error: ' + traceback.format_exc())
        return 125


sys.exit(main())
