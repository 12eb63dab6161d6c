# SPDX-License-Identifier: GPL-2.0
"""What is measured: each operation's words, where it runs, and its target.

A row's numbers are per round trip (or per object), as the median of its
batches. `ratio` is axvm / KVM; `goal` the ratio to reach, by target.
"""

from dataclasses import dataclass, field

ALL = ('vmx', 'nvhe', 'vhe')
ARM = ('nvhe', 'vhe')
X86 = ('vmx',)


@dataclass(frozen=True)
class Row:
    name: str                   # as tests/bench/bench knows it
    title: str
    what: str
    group: str = 'one'          # which box: see GROUPS
    targets: tuple = ALL
    goal: dict = field(default_factory=dict)
    quick: bool = False


# Boxes: options for tests/box/box. One CPU where one is enough: nothing else runs then.
GROUPS = {
    'one': ('--cpus', '1'),
    'two': ('--cpus', '2'),
    'memory': ('--cpus', '1', '--mem', '2560'),
}


def all_of(value):
    return {t: value for t in ALL}


ROWS = (
    Row('null', 'empty loop', 'what the measuring loop itself costs in each round'),
    Row('cpuid', 'CPUID', 'CPUID leaf 0', targets=X86, goal={'vmx': 0.30}, quick=True),
    Row('call', 'VMCALL / HVC', 'handled in the kernel: VMCALL 1 (axvm records it in the '
        'flight recorder); HVC PSCI_VERSION', goal={'vmx': 0.20, 'vhe': 0.35, 'nvhe': 0.50},
        quick=True),
    Row('reg-read', 'register read', 'RDMSR MISC_ENABLE; MRS ID_AA64MMFR0_EL1, trapped', quick=True),
    Row('reg-write', 'register write', 'WRMSR to the microcode revision; MSR OSDLR_EL1, trapped'),
    Row('pio-kernel', 'port, in-kernel', 'read of the PIC\'s interrupt mask', targets=X86,
        goal={'vmx': 0.35}, quick=True),
    Row('mmio-kernel', 'MMIO, in-kernel', 'read of the local APIC\'s ID; of GICD_TYPER (axvm without '
        'a GIC: of the UART\'s flags)', goal={'vhe': 0.40, 'nvhe': 0.50}, quick=True),
    Row('ioapic', 'IOAPIC read', 'its index register, through the instruction decoder', targets=X86,
        quick=True),
    Row('pio-user', 'port, userspace', 'AXVM_VCPU_NEXT against KVM_RUN: the answer is given in the '
        'thread that runs the vCPU', targets=X86, goal={'vmx': 0.50}, quick=True),
    Row('mmio-user', 'MMIO, userspace', 'the same for an MMIO read', goal={'vhe': 0.50, 'nvhe': 0.50},
        quick=True),
    Row('user-process', 'answered by a process', 'port (x86) or MMIO read, answered by another process '
        'through the exit ring; KVM: its thread hands it on with eventfds'),
    Row('self-ipi', 'self-IPI', 'until the handler has ended it', goal={'nvhe': 0.50}),
    Row('icr-self', 'self-IPI by ICR', 'the same, by the x2APIC\'s ICR', targets=X86),
    Row('timer', 'timer, running', 'programming it, and from its deadline until the handler has '
        'run; the guest spins', goal={'vhe': 0.50, 'nvhe': 0.50}),
    Row('timer-halted', 'timer, halted', 'the same; the guest sleeps in HLT or WFI'),
    Row('ipi', 'IPI, running', 'vCPU to vCPU, until the sender sees that the handler ran; QEMU: '
        'instructions of both CPUs', 'two', goal={'vhe': 0.50, 'nvhe': 0.50}),
    Row('ipi-halted', 'IPI, halted', 'the same, the target sleeps in HLT or WFI', 'two'),
    Row('irq-running', 'interrupt, running', 'from a client\'s call until the handler\'s count is seen',
        'two'),
    Row('irq-halted', 'interrupt, halted', 'the same, the vCPU sleeps in HLT or WFI', 'two'),
    Row('pause-resume', 'pause + resume', 'of a running vCPU; KVM: a signal takes its thread out of '
        'KVM_RUN', 'two'),
    Row('fault-4k', 'demand fault, 4 KiB', 'first write to a page that is nowhere yet, zeroing included',
        quick=True),
    Row('fault-2m', 'demand fault, 2 MiB', 'the same for a block', 'memory'),
    Row('map-1g', 'map 1 GiB', 'a region, untouched; KVM: mmap and its memory slot'),
    Row('unmap-1g', 'unmap 1 GiB', 'the reverse'),
    Row('vm-create-destroy', 'VM create + destroy', 'with the in-kernel interrupt controller, no vCPU, '
        'while another VM lives', goal=all_of(0.30), quick=True),
    Row('vm-only', 'the only VM', 'the same with no other VM: the CPUs are taken and given back'),
    Row('vcpu-create', 'vCPU create', 'until its registers can be set', goal=all_of(0.30)),
    Row('first-instruction', 'first instruction', 'VM, memory, image, vCPU, start, until the guest\'s '
        'first access reaches its client'),
    Row('destroy-1g', 'destroy, 1 GiB touched', 'all descriptors closed; KVM: and munmap', 'memory'),
    Row('idle-memory', 'idle VM, bytes', 'memory of the kernel for a VM with one halted vCPU and its '
        'interrupt controller, a few guest pages included', 'memory', goal=all_of(1.0)),
)

@dataclass(frozen=True)
class Scale:
    """Cost against size: what grows (@x), what is plotted."""
    name: str
    x: str
    title: str
    group: str = 'one'
    targets: tuple = ALL


SCALES = (
    Scale('scale-vcpus', 'vCPUs', 'create and destroy a VM with so many vCPUs'),
    Scale('scale-vms', 'VMs', 'one VM with a vCPU more, where there are so many', 'memory'),
    Scale('scale-memory', 'MiB', 'map and unmap a region'),
)

BY_NAME = {r.name: r for r in ROWS}

# What --counts shows, of which operations: those of tests/bench/profile that cost on silicon.
COUNTED = ('cpuid', 'call', 'reg-read', 'reg-write', 'pio-kernel', 'mmio-kernel', 'pio-user',
           'mmio-user', 'self-ipi', 'timer')
ARM_KINDS = ('mrs', 'msr', 'isb', 'barrier', 'tlbi', 'atomic', 'eret')
KINDS = {
    'vmx': ('vmread', 'vmwrite', 'rdmsr', 'wrmsr', 'mov-cr', 'xsave', 'xrstor', 'xsetbv', 'vmptrld',
            'tlb', 'locked', 'fence', 'rdtsc', 'vmentry'),
    'nvhe': ARM_KINDS,
    'vhe': ARM_KINDS,
}
