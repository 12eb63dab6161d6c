# SPDX-License-Identifier: GPL-2.0
"""The box's file tree: a newc cpio writer, and the three parts it is made of.

The base (userland, kernel modules, init) is cached per kernel, the installed
tree and what one run puts in are written anew. The kernel unpacks them one
after the other, so a later part may replace files of an earlier one.
"""

import hashlib
import lzma
import os
import re
import stat
import subprocess

from targets import BoxError

USRMERGE = ('bin', 'sbin', 'lib', 'lib64')
TRIPLET = {'x86': 'x86_64-linux-gnu', 'arm64': 'aarch64-linux-gnu'}
ELF_MACHINE = {'x86': 62, 'arm64': 183}
LOADER = {'x86': 'usr/lib64/ld-linux-x86-64.so.2',
          'arm64': 'usr/lib/ld-linux-aarch64.so.1'}
AXVM_GID = 990

ETC = {
    'passwd': 'root:x:0:0:root:/root:/bin/sh\n'
              'alice:x:1000:1000:Alice:/home/alice:/bin/sh\n'
              'bob:x:1001:1001:Bob:/home/bob:/bin/sh\n'
              'carol:x:1002:1002:Carol:/home/carol:/bin/sh\n'
              'nobody:x:65534:65534:nobody:/:/bin/false\n',
    'group': f'root:x:0:\ntty:x:5:\nkvm:x:105:\naxvm:x:{AXVM_GID}:alice,bob\n'
             'alice:x:1000:\nbob:x:1001:\ncarol:x:1002:\nnogroup:x:65534:\n',
    'shadow': 'root::1::::::\nalice::1::::::\nbob::1::::::\ncarol::1::::::\n',
    'hosts': '127.0.0.1 localhost box\n',
    'hostname': 'box\n',
    'profile': "PS1='box# '\n",
    'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files\n',
}

# Kernel modules that COMMANDs may want, besides what the target itself loads.
TERMINALS = ('dumb', 'linux', 'vt100', 'vt220', 'xterm', 'xterm-256color')
MODULES = ('kvm', 'kvm-intel', 'kvm-amd', 'irqbypass', 'ccp', 'virtio_mmio',
           'virtio_console', 'msr', 'cpuid')


class Cpio:
    """Collects entries; a path is given from the root without leading slash."""

    def __init__(self):
        self.out = []
        self.ino = 1
        self.dirs = {''}

    @staticmethod
    def place(path):
        path = os.path.normpath('/' + path).lstrip('/')
        head, _, tail = path.partition('/')
        return f'usr/{head}/{tail}' if head in USRMERGE and tail else path

    def entry(self, path, mode, data=b'', rdev=(0, 0), uid=0, gid=0):
        name = path.encode() + b'\0'
        self.ino += 1
        head = b'070701' + b''.join(b'%08X' % v for v in (
            self.ino, mode, uid, gid, 1, 0, len(data), 0, 0,
            rdev[0], rdev[1], len(name), 0))
        self.out.append(head + name)
        self.pad(len(head) + len(name))
        self.out.append(data)
        self.pad(len(data))

    def pad(self, n):
        if n % 4:
            self.out.append(b'\0' * (4 - n % 4))

    def parents(self, path):
        done = ''
        for part in path.split('/')[:-1]:
            done = f'{done}/{part}' if done else part
            if done not in self.dirs:
                self.dirs.add(done)
                self.entry(done, stat.S_IFDIR | 0o755)

    def dir(self, path, mode=0o755, uid=0, gid=0):
        path = self.place(path)
        self.parents(path)
        self.dirs.add(path)
        self.entry(path, stat.S_IFDIR | mode, uid=uid, gid=gid)

    def file(self, path, data, mode=0o644):
        path = self.place(path)
        self.parents(path)
        self.entry(path, stat.S_IFREG | mode, data)

    def link(self, path, to):
        path = self.place(path)
        self.parents(path)
        self.entry(path, stat.S_IFLNK | 0o777, to.encode())

    def node(self, path, mode, major, minor):
        self.parents(path)
        self.entry(path, mode, rdev=(major, minor))

    def tree(self, source, dest):
        """Copy a file, link or folder; returns the regular files copied."""
        try:
            st = os.lstat(source)
        except OSError as e:
            raise BoxError(f'{source}: {e.strerror}') from None
        mode = stat.S_IMODE(st.st_mode)
        if stat.S_ISLNK(st.st_mode):
            self.link(dest, os.readlink(source))
        elif stat.S_ISREG(st.st_mode):
            try:
                with open(source, 'rb') as f:
                    self.file(dest, f.read(), mode)
            except OSError as e:
                raise BoxError(f'{source}: {e.strerror}') from None
            return [source]
        elif stat.S_ISDIR(st.st_mode):
            if self.place(dest) not in self.dirs and self.place(dest) not in USRMERGE:
                self.dir(dest, mode)
            files = []
            for name in sorted(os.listdir(source)):
                files += self.tree(os.path.join(source, name), f'{dest}/{name}')
            return files
        return []

    def write(self, path):
        self.ino = 0
        self.entry('TRAILER!!!', 0)
        size = sum(len(b) for b in self.out)
        self.out.append(b'\0' * (-size % 512))
        tmp = f'{path}.{os.getpid()}'
        with open(tmp, 'wb') as f:
            f.write(b''.join(self.out))
        os.rename(tmp, path)


class Libraries:
    """Finds the shared libraries that an ELF file of the target needs."""

    def __init__(self, env, arch):
        self.arch = arch
        self.machine = ELF_MACHINE[arch]
        triplet = TRIPLET[arch]
        deb = {'x86': 'amd64', 'arm64': 'arm64'}[arch]
        userland = os.path.join(env.cache, f'userland-{deb}')
        roots = ['/'] if arch == 'x86' else [env.sysroot]
        roots.append(userland)
        self.dirs = [os.path.join(r, d) for r in roots
                     for d in (f'lib/{triplet}', f'usr/lib/{triplet}', 'lib', 'usr/lib', 'lib64')]
        if arch == 'arm64':
            self.dirs.append('/usr/aarch64-linux-gnu/lib')
        self.done = set()

    def is_elf(self, path):
        with open(path, 'rb') as f:
            head = f.read(20)
        return (head[:4] == b'\x7fELF' and len(head) == 20
                and head[16] in (2, 3) and head[18] + 256 * head[19] == self.machine)

    def needed(self, path):
        text = subprocess.run(['readelf', '-d', '-l', path], capture_output=True,
                              text=True, errors='replace').stdout
        interp = re.findall(r'program interpreter: (\S+?)\]', text)
        libs = re.findall(r'\(NEEDED\).*\[(.*)\]', text)
        runpath = re.findall(r'\(R(?:UN)?PATH\).*\[(.*)\]', text)
        return interp, libs, runpath[0].split(':') if runpath else []

    def add(self, cpio, path):
        """Put what @path needs, and what that needs, into @cpio."""
        if not self.is_elf(path):
            return
        interp, libs, runpath = self.needed(path)
        origin = os.path.dirname(os.path.abspath(path))
        dirs = [d.replace('$ORIGIN', origin) for d in runpath] + [origin] + self.dirs
        for name in libs + [os.path.basename(i) for i in interp]:
            if name in self.done:
                continue
            self.done.add(name)
            found = next((p for p in (os.path.join(d, name) for d in dirs)
                          if os.path.exists(p) and self.is_elf(p)), None)
            if not found:
                raise BoxError(f'{path} needs {name}, which is not on this machine')
            dest = (LOADER[self.arch] if name.startswith('ld-linux')
                    else f'usr/lib/{TRIPLET[self.arch]}/{name}')
            with open(found, 'rb') as f:
                cpio.file(dest, f.read(), 0o755)
            self.add(cpio, found)


class Modules:
    """Kernel modules of one kernel, with their dependencies."""

    def __init__(self, folder):
        self.folder = folder
        self.deps = {}
        self.names = {}
        dep = os.path.join(folder, 'modules.dep')
        if os.path.exists(dep):
            with open(dep) as f:
                for line in f:
                    path, _, rest = line.partition(':')
                    self.deps[path] = rest.split()
                    self.names[self.name(path)] = path
        self.builtin = set()
        builtin = os.path.join(folder, 'modules.builtin')
        if os.path.exists(builtin):
            with open(builtin) as f:
                self.builtin = {self.name(line.strip()) for line in f}

    @staticmethod
    def name(path):
        return os.path.basename(path).split('.ko')[0].replace('-', '_')

    def closure(self, name):
        """Paths to load, in order, for @name; empty if built in or not there."""
        path = self.names.get(name.replace('-', '_'))
        return self.deps[path][::-1] + [path] if path else []

    def content(self, path):
        with open(os.path.join(self.folder, path), 'rb') as f:
            data = f.read()
        if path.endswith('.xz'):
            return lzma.decompress(data)
        if path.endswith('.zst'):
            return subprocess.run(['zstd', '-dcq'], input=data, check=True,
                                  stdout=subprocess.PIPE).stdout
        return data

    @staticmethod
    def plain(path):
        return path.split('.ko')[0] + '.ko'


def init_build(env, arch):
    """Compile init.c, statically, if there is none of this source yet."""
    source = os.path.join(env.root, 'tests/box/init.c')
    with open(source, 'rb') as f:
        tag = hashlib.sha1(f.read()).hexdigest()[:12]
    out = os.path.join(env.cache, 'box', f'init-{arch}-{tag}')
    if os.path.exists(out):
        return out
    os.makedirs(os.path.dirname(out), exist_ok=True)
    cc = 'gcc' if arch == os.uname().machine.replace('x86_64', 'x86') else f'{TRIPLET[arch]}-gcc'
    tmp = f'{out}.{os.getpid()}'
    run = subprocess.run([cc, '-O2', '-Wall', '-Wextra', '-static', '-s', '-o', tmp, source],
                         capture_output=True, text=True)
    if run.returncode:
        raise BoxError('compiling init.c: ' + run.stderr)
    os.rename(tmp, out)
    return out


def base_add(cpio, env, target, kernel, init):
    userland = os.path.join(env.cache, f'userland-{target.deb_arch}')
    libraries = Libraries(env, target.arch)
    for d in USRMERGE:
        cpio.dirs.add(f'usr/{d}')
    cpio.entry('usr', stat.S_IFDIR | 0o755)
    cpio.dirs.add('usr')
    for d in USRMERGE:
        cpio.entry(f'usr/{d}', stat.S_IFDIR | 0o755)
        cpio.entry(d, stat.S_IFLNK | 0o777, f'usr/{d}'.encode())
    for d in ('box', 'dev', 'proc', 'run', 'sys', 'mnt', 'var/log', 'etc', 'root', 'boot'):
        cpio.dir(d)
    cpio.dir('tmp', 0o1777)
    for name, uid in (('alice', 1000), ('bob', 1001), ('carol', 1002)):
        cpio.dir(f'home/{name}', 0o755, uid, uid)
    cpio.node('dev/console', stat.S_IFCHR | 0o600, 5, 1)
    cpio.node('dev/null', stat.S_IFCHR | 0o666, 1, 3)
    for name, text in ETC.items():
        cpio.file(f'etc/{name}', text.encode(), 0o600 if name == 'shadow' else 0o644)
    with open(init, 'rb') as f:
        cpio.file('init', f.read(), 0o755)
    cpio.tree(os.path.join(userland, 'bin/busybox'), 'bin/busybox')
    for name in applets(env):
        cpio.link(f'bin/{name}', 'busybox')
    for name in ('modprobe', 'insmod', 'rmmod', 'lsmod', 'reboot', 'poweroff', 'halt'):
        cpio.link(f'sbin/{name}', '../bin/busybox')
    kexec = next(p for p in (os.path.join(userland, d, 'kexec') for d in ('sbin', 'usr/sbin'))
                 if os.path.exists(p))
    cpio.tree(kexec, 'usr/sbin/kexec')
    libraries.add(cpio, kexec)
    helpers = os.path.join(env.root, 'tests/box/guest')
    for name in sorted(os.listdir(helpers)):
        cpio.tree(os.path.join(helpers, name), f'usr/sbin/{name}')
    for name in TERMINALS:
        terminfo_add(cpio, name)
    modules = Modules(kernel.modules)
    deps, order = [], []
    for name in MODULES:
        order += [p for p in modules.closure(name) if p not in order]
    for path in order:
        plain = modules.plain(path)
        cpio.file(f'lib/modules/{kernel.kver}/{plain}', modules.content(path))
        deps.append(f'{plain}: {" ".join(modules.plain(p) for p in modules.deps[path])}\n')
    deps.append('extra/axvm.ko:\n')
    cpio.file(f'lib/modules/{kernel.kver}/modules.dep', ''.join(deps).encode())


def terminfo_add(cpio, name):
    """What ncurses knows of a terminal; this machine's, the same everywhere."""
    path = f'terminfo/{name[0]}/{name}'
    for top in ('lib', 'usr/share', 'usr/lib'):
        if os.path.exists(f'/{top}/{path}'):
            cpio.tree(os.path.realpath(f'/{top}/{path}'), f'usr/share/{path}')
            return


def applets(env):
    """Names that busybox answers to, from the one that this machine can run."""
    host = {'x86_64': 'amd64', 'aarch64': 'arm64'}[os.uname().machine]
    env.setup('userland', host)
    names = subprocess.run(
        [os.path.join(env.cache, f'userland-{host}/bin/busybox'), '--list'],
        capture_output=True, text=True, check=True).stdout.split()
    return [n for n in names if n not in ('busybox', 'init', 'linuxrc')]


def base_cached(env, target, kernel):
    """The path of the base part for this kernel, made if inputs changed."""
    init = init_build(env, target.arch)
    userland = os.path.join(env.cache, f'userland-{target.deb_arch}')
    inputs = [init, __file__, userland, kernel.modules, os.path.join(env.root, 'tests/box/guest')]
    inputs += [e.path for e in os.scandir(inputs[-1])]
    key = hashlib.sha1(repr([(p, os.stat(p).st_mtime_ns) for p in inputs]).encode())
    path = os.path.join(env.cache, 'box', f'base-{kernel.kver}-{key.hexdigest()[:12]}.cpio')
    if not os.path.exists(path):
        cpio = Cpio()
        base_add(cpio, env, target, kernel, init)
        cpio.write(path)
    return path
