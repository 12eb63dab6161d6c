# SPDX-License-Identifier: GPL-2.0
"""What each target of the box is: its CPU, emulator and boot parameters.

A target is one Target entry; an emulator is a class with check() for options
it cannot serve and start() returning a running Machine. Nothing here knows
what is inside the initramfs or how frames look.
"""

import fcntl
import os
import pty
import shlex
import shutil
import socket
import subprocess
import termios
import tty
from dataclasses import dataclass, field


class BoxError(Exception):
    """The box itself failed; the text says what, where and what to do."""


@dataclass(frozen=True)
class Target:
    arch: str                   # as in ARCH= and build folders
    deb_arch: str
    emulator: str
    cpu: str
    boot_limit: int             # seconds until COMMAND must have started
    kernel_args: str
    channel: str                # how init reaches us: debugcon, ioperm, virtio
    console: str
    cpu_aliases: dict = field(default_factory=dict)
    gic: bool = False
    icount: bool = False
    mem_limit: int = 16384
    module_args: str = ''       # kernel arguments that leave the CPU to axvm
    kvm_modules: tuple = ()


X86_ARGS = 'console=ttyS0,115200 no_timer_check cryptomgr.notests'
ARM64_ARGS = 'console=ttyAMA0 cryptomgr.notests'

TARGETS = {
    'vmx': Target(
        'x86', 'amd64', 'bochs', 'corei7_haswell_4770', 300,
        X86_ARGS + ' nokaslr tsc=reliable lpj=1000000 reboot=pci', 'debugcon', 'ttyS0',
        cpu_aliases={
            'haswell': 'corei7_haswell_4770', 'broadwell': 'broadwell_ult',
            'skylake': 'corei7_skylake_x', 'ivybridge': 'corei7_ivy_bridge_3770k',
            'sandybridge': 'corei7_sandy_bridge_2600k',
        },
        mem_limit=8192, kvm_modules=('irqbypass', 'kvm', 'kvm-intel')),
    'svm': Target(
        'x86', 'amd64', 'qemu-x86', 'max', 120, X86_ARGS, 'ioperm', 'ttyS0',
        icount=True, kvm_modules=('irqbypass', 'ccp', 'kvm', 'kvm-amd')),
    'nvhe': Target(
        'arm64', 'arm64', 'qemu-arm64', 'cortex-a57', 120, ARM64_ARGS,
        'virtio', 'ttyAMA0', gic=True, icount=True,
        module_args='kvm-arm.mode=none'),
    'vhe': Target(
        'arm64', 'arm64', 'qemu-arm64', 'neoverse-n1', 120, ARM64_ARGS,
        'virtio', 'ttyAMA0', gic=True, icount=True,
        module_args='kvm-arm.mode=none'),
}

# QEMU's arm64 models without the Virtualization Host Extensions.
NO_VHE = ('cortex-a35', 'cortex-a53', 'cortex-a57', 'cortex-a72')


@dataclass
class Machine:
    """A running emulator: its process and the two streams out of it."""
    process: subprocess.Popen
    channel: int                # fd: frames (and emulator noise) come here
    console: int                # fd: the first serial port, both ways
    keep: list                  # what must stay open as long as it runs
    relay: tuple = ()           # (fd, listening socket) for --serial2


def die_with_parent():
    import ctypes
    import signal
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def spawn(argv, tmp, stdin, stdout, fds=()):
    log = open(os.path.join(tmp, 'emulator.log'), 'ab')
    return subprocess.Popen(argv, stdin=stdin, stdout=stdout, stderr=log,
                            pass_fds=fds, cwd=tmp, start_new_session=True,
                            preexec_fn=die_with_parent)


def pty_make():
    """A raw pseudo terminal; both ends, and the name of the far one."""
    near, far = pty.openpty()
    tty.setraw(far)
    return near, far, os.ttyname(far)


def socket_listen(path):
    sock = socket.socket(socket.AF_UNIX)
    try:
        sock.bind(path)
    except OSError as e:
        raise BoxError(f'--serial2 {path}: {e.strerror}') from None
    sock.listen(1)
    sock.setblocking(False)
    return sock


class Bochs:
    """x86 with VMX. No virtio: frames leave through port 0xe9 at full speed."""

    HOST_MEM = 2048     # Bochs keeps what the guest touches beyond it in a file
    GRUB_MODULES = 'linux normal iso9660 biosdisk configfile'

    def __init__(self, env):
        self.dir = os.path.join(env.cache, 'bochs')
        env.setup('bochs')
        self.built = os.path.exists(os.path.join(self.dir, 'built'))

    def check(self, opt):
        if not self.built and opt.cpus != 1:
            raise BoxError("Debian's Bochs 2.7 keeps wrong time with several "
                           'CPUs: use --cpus 1, or let Bochs 3 be built')
        if opt.cpus > 8:
            raise BoxError('--cpus: Bochs serves at most 8')

    def iso_make(self, tmp, kernel, initrds, args):
        tree = os.path.join(tmp, 'iso')
        os.makedirs(os.path.join(tree, 'boot/grub'))
        shutil.copyfile(kernel, os.path.join(tree, 'boot/k'))
        names = []
        for i, path in enumerate(initrds):
            shutil.copyfile(path, os.path.join(tree, f'boot/i{i}'))
            names.append(f'/boot/i{i}')
        with open(os.path.join(tree, 'boot/grub/grub.cfg'), 'w') as f:
            f.write('set timeout=0\n'
                    f'linux /boot/k {args}\ninitrd {" ".join(names)}\nboot\n')
        iso = os.path.join(tmp, 'box.iso')
        run = subprocess.run(
            ['grub-mkrescue', '-d', '/usr/lib/grub/i386-pc', '-o', iso,
             f'--install-modules={self.GRUB_MODULES}', '--locales=', '--fonts=',
             '--themes=', tree],
            stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if run.returncode:
            raise BoxError('grub-mkrescue failed: ' + run.stderr.strip()[-500:])
        return iso

    def start(self, opt, tmp, kernel, initrds, args):
        iso = self.iso_make(tmp, kernel, initrds, args)
        near, far, name = pty_make()
        keep, relay, serial2 = [far], (), ''
        if opt.serial2:
            near2, far2, name2 = pty_make()
            keep.append(far2)
            relay = (near2, socket_listen(opt.serial2))
            serial2 = f'com2: enabled=1, mode=term, dev={name2}\n'
        rom = os.path.join(self.dir, 'rom/usr/share')
        program = os.environ.get('AXVM_BOX_BOCHS') or os.path.join(
            self.dir, 'bochs' if self.built else 'deb/usr/bin/bochs')
        display = ('nogui' if self.built else 'rfb, options="timeout=0"')
        rc = os.path.join(tmp, 'bochsrc')
        with open(rc, 'w') as f:
            f.write(f'''\
cpu: model={opt.cpu}, count={opt.cpus}, ips=50000000, reset_on_triple_fault=0
memory: guest={opt.mem}, host={min(opt.mem, self.HOST_MEM)}
romimage: file={rom}/bochs/BIOS-bochs-latest
vgaromimage: file={rom}/vgabios/vgabios.bin
display_library: {display}
ata0-master: type=cdrom, path={iso}, status=inserted
boot: cdrom
com1: enabled=1, mode=term, dev={name}
{serial2}port_e9_hack: enabled=1, all_rings=1
clock: sync=none, time0=local
log: {tmp}/bochs.log
panic: action=fatal
error: action=ignore
info: action=ignore
debug: action=ignore
''')
        # Debian's build stops in its debugger first: "c" continues.
        stdin, feed = os.pipe()
        os.write(feed, b'c\n')
        keep.append(feed)
        process = spawn([program, '-q', '-f', rc], tmp, stdin, subprocess.PIPE)
        os.close(stdin)
        channel = process.stdout.fileno()
        fcntl.fcntl(channel, fcntl.F_SETPIPE_SZ, 1 << 20)
        return Machine(process, channel, near, keep, relay)


class Qemu:
    """What both QEMU machines share: streams, memory, CPUs, instruction count."""

    def __init__(self, env):
        self.env = env

    def check(self, opt):
        if opt.cpus > 64:
            raise BoxError('--cpus: more than 64 is not served')

    def common(self, opt, kernel, initrds, args, tmp):
        initrd = os.path.join(tmp, 'initrd')
        with open(initrd, 'wb') as out:
            for path in initrds:
                with open(path, 'rb') as f:
                    out.write(f.read())
        argv = ['-nodefaults', '-display', 'none', '-no-user-config',
                '-smp', str(opt.cpus), '-m', str(opt.mem),
                '-kernel', kernel, '-initrd', initrd, '-append', args,
                '-chardev', 'stdio,id=con,signal=off', '-serial', 'chardev:con']
        if opt.icount:
            argv += ['-icount', 'shift=0,sleep=off']
        else:
            argv += ['-accel', 'tcg,thread=multi']
        return argv + shlex.split(os.environ.get('AXVM_BOX_QEMU', ''))

    def launch(self, program, argv, tmp, build):
        near, far = socket.socketpair()
        con_near, con_far = socket.socketpair()
        argv += ['-chardev', f'socket,id=chan,fd={far.fileno()}'] + build
        process = spawn([program] + argv, tmp, con_far.fileno(),
                        con_far.fileno(), (far.fileno(),))
        far.close()
        con_far.close()
        return Machine(process, near.fileno(), con_near.fileno(), [near, con_near])


class QemuArm64(Qemu):
    def check(self, opt):
        super().check(opt)
        if opt.gic == 2 and opt.cpus > 8:
            raise BoxError('--gic 2 serves at most 8 CPUs')
        if opt.target == 'vhe' and opt.cpu.split(',')[0] in NO_VHE:
            raise BoxError(f'--cpu {opt.cpu} has no VHE: take neoverse-n1, '
                           'cortex-a76 or max, or --target nvhe')

    def start(self, opt, tmp, kernel, initrds, args):
        if opt.target == 'nvhe' and opt.cpu.split(',')[0] not in NO_VHE:
            args += ' id_aa64mmfr1.vh=0'
        if opt.efi:
            args += ' acpi=force'
        argv = self.common(opt, kernel, initrds, args, tmp)
        if opt.efi:
            argv += ['-bios', os.path.abspath(opt.efi)]
        # Without an ITS: its tables in memory make a kernel started by kexec hang.
        # But QEMU's ACPI tables name an ITS even then: a kernel dies of it.
        its = ',its=off' if opt.gic == 3 and not opt.efi else ''
        argv += ['-M', f'virt,virtualization=on,gic-version={opt.gic}{its}',
                 '-cpu', opt.cpu]
        build = ['-device', 'virtio-serial-device',
                 '-device', 'virtserialport,chardev=chan,name=axvm.box']
        if opt.serial2:
            build += ['-chardev', f'socket,id=ser2,path={opt.serial2},server=on,wait=off',
                      '-device', 'pci-serial,chardev=ser2']
        return self.launch('qemu-system-aarch64', argv, tmp, build)


class QemuX86(Qemu):
    def start(self, opt, tmp, kernel, initrds, args):
        argv = self.common(opt, kernel, initrds, args, tmp)
        argv += ['-M', 'q35', '-cpu', opt.cpu]
        build = ['-device', 'isa-debugcon,iobase=0xe9,chardev=chan']
        if opt.serial2:
            build += ['-chardev', f'socket,id=ser2,path={opt.serial2},server=on,wait=off',
                      '-serial', 'chardev:ser2']
        return self.launch('qemu-system-x86_64', argv, tmp, build)


EMULATORS = {'bochs': Bochs, 'qemu-arm64': QemuArm64, 'qemu-x86': QemuX86}


def terminal_size():
    try:
        size = fcntl.ioctl(0, termios.TIOCGWINSZ, b'\0' * 8)
        return int.from_bytes(size[0:2], 'little'), int.from_bytes(size[2:4], 'little')
    except OSError:
        return 0, 0
