/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The contract between the core (module/) and an architecture (arch/).  The
 * core calls the functions declared here; the architecture may call what
 * vm.h, mem.h, exit.h, device.h and console.h declare.  Resolved at link
 * time.  Contexts: "process" may sleep; "atomic" may not; "irqs off" says so.
 */
#ifndef AXVM_ARCH_H
#define AXVM_ARCH_H

#include <linux/types.h>
#include "module/lib/types.h"

struct axvm_vm;
struct axvm_vcpu;
struct axvm_info;
struct axvm_exit;
struct axvm_translate;
struct axvm_vcpu_debug;
struct axvm_regs;
struct axvm_reg;
struct axvm_irq;
struct axvm_cpuid;

/**
 * struct axvm_why - a typed reason why the CPU cannot be taken
 * @code: AXVM_WHY_*
 * @err: the errno that goes with it, negative, 0 when @code is OK
 * @text: one sentence: what, where, what to do
 */
struct axvm_why {
	u32 code;
	int err;
	char text[192];
};

/* ---- module and CPUs ---------------------------------------------- */

/**
 * axvm_arch_init() - look at the host, take nothing (process, at insmod)
 * @why: filled when guests cannot run here; that is no error
 *
 * Return: 0 (also with @why set), or -ENOMEM.
 */
int axvm_arch_init(struct axvm_why *why);

/** axvm_arch_exit() - undo axvm_arch_init(); no CPU is taken any more */
void axvm_arch_exit(void);

/** axvm_arch_info() - fill in backend, gpa_bits, block_sizes, caps */
void axvm_arch_info(struct axvm_info *info);

/**
 * axvm_arch_mitigations() - what is done here against speculation and bugs
 * that guests could use against the host (process)
 * @buf: PAGE_SIZE bytes; words with blanks between
 *
 * Return: characters written.
 */
int axvm_arch_mitigations(char *buf);

/**
 * axvm_arch_prepare() - allocate what taking the CPUs needs (process)
 *
 * Called before the first CPU is taken, for all possible CPUs; undone by
 * axvm_arch_unprepare() after the last is given back.
 */
int axvm_arch_prepare(struct axvm_why *why);
void axvm_arch_unprepare(void);

/**
 * axvm_arch_cpu_enable() - take this CPU (irqs off, or migration disabled in
 * cpuhp context; allocates nothing)
 *
 * Return: 0 or @why->err with @why filled.
 */
int axvm_arch_cpu_enable(struct axvm_why *why);

/** axvm_arch_cpu_disable() - give this CPU back (as above; also at crash) */
void axvm_arch_cpu_disable(void);

/* ---- VMs ----------------------------------------------------------- */

/**
 * axvm_arch_vm_init() - nested tables, VMID, in-kernel devices, those of
 * vm->platform too (process)
 *
 * Return: 0; -ENOMEM; -EOPNOTSUPP vm->platform, and this host cannot.
 */
int axvm_arch_vm_init(struct axvm_vm *vm);

/** axvm_arch_vm_exit() - undo; no vCPU exists any more (process) */
void axvm_arch_vm_exit(struct axvm_vm *vm);

/**
 * axvm_arch_vm_start() - the VM is about to run from its boot registers
 * (process; vm->lock held, all vCPUs are out)
 *
 * What clients wrote to guest memory meanwhile is seen by a guest that begins
 * with its caches off.
 */
void axvm_arch_vm_start(struct axvm_vm *vm);

/** axvm_arch_vm_reset() - devices to their reset state; all vCPUs are out */
void axvm_arch_vm_reset(struct axvm_vm *vm);

/**
 * axvm_arch_vm_time() - guest time stops (@run false) or goes on (process;
 * vm->lock held and no run_lock, all vCPUs are out); nothing happens if it
 * already does
 */
void axvm_arch_vm_time(struct axvm_vm *vm, bool run);

/**
 * axvm_arch_map() - enter pages into the VM's nested tables
 * @vm: the VM; vm->mem.lock is held; process context
 * @gpa: guest-physical address, aligned to @size
 * @hpa: host-physical address, aligned to @size
 * @size: 4 KiB, 2 MiB or 1 GiB, one of axvm_info.block_sizes
 * @prot: AXVM_MEM_READ | WRITE | EXEC | DEVICE | UNCACHED
 *
 * An equal or larger existing mapping of the same page is no error; a table
 * below a new block is replaced (break-before-make where required).
 * Cache maintenance of the page is done here (arm64).
 * Return: 0 or -ENOMEM.
 */
int axvm_arch_map(struct axvm_vm *vm, gpa_t gpa, hpa_t hpa, u64 size,
		  u32 prot);

/**
 * axvm_arch_exec() - the guest fetches an instruction from memory that
 * axvm_arch_map() was told may be executed (process; vm->mem.lock held)
 * @gpa: the address
 * @split: out: it lay in a larger block, which was split for it
 *
 * Some hosts must not have executable blocks: there axvm_arch_map() leaves
 * EXEC out of them, and this gives it to the 4 KiB page.
 * Return: 0; -ENOENT nothing is mapped there yet; -ENOMEM.
 */
int axvm_arch_exec(struct axvm_vm *vm, gpa_t gpa, bool *split);

/**
 * axvm_arch_unmap() - take a range out of the nested tables, and flush it
 * from every CPU's TLBs before returning (process; vm->mem.lock held)
 */
void axvm_arch_unmap(struct axvm_vm *vm, gpa_t gpa, u64 size);

/**
 * axvm_arch_mem_sync() - make the kernel's cacheable view of guest memory and
 * the view of a guest (or device) that bypasses the caches agree
 * @kaddr: kernel address in the linear map
 * @len: bytes, any alignment
 *
 * Called after the host wrote guest memory and before it reads it (any
 * context).  x86: nothing.  arm64: data clean and invalidate to the point of
 * coherency, instruction side to the point of unification.
 */
void axvm_arch_mem_sync(void *kaddr, size_t len);

/**
 * axvm_arch_irq() - inject as AXVM_VM_IRQ says (process; fields validated
 * against the VM's vCPUs by the core, irq range by the architecture)
 */
int axvm_arch_irq(struct axvm_vm *vm, const struct axvm_irq *irq);

/**
 * axvm_arch_vm_cpuid() - AXVM_VM_CPUID (process; vm->lock held; with
 * AXVM_CPUID_HIDE the VM has not been started)
 */
int axvm_arch_vm_cpuid(struct axvm_vm *vm, struct axvm_cpuid *arg);

/**
 * axvm_arch_ask_poweroff() - ask the guest to power off (ACPI button, ...)
 *
 * Return: 0 when the guest was asked, -EOPNOTSUPP when there is no way.
 */
int axvm_arch_ask_poweroff(struct axvm_vm *vm);

/* ---- vCPUs ---------------------------------------------------------- */

/** axvm_arch_vcpu_init() - allocate and reset a vCPU (process) */
int axvm_arch_vcpu_init(struct axvm_vcpu *vcpu);

/** axvm_arch_vcpu_exit() - free it; it is out of the guest for ever */
void axvm_arch_vcpu_exit(struct axvm_vcpu *vcpu);

/**
 * axvm_arch_vcpu_start() - the VM starts: remember the registers as they are
 * now as the boot registers (process, vCPU out of the guest)
 */
void axvm_arch_vcpu_start(struct axvm_vcpu *vcpu);

/**
 * axvm_arch_vcpu_reset() - back to the boot registers; drop what is pending
 */
void axvm_arch_vcpu_reset(struct axvm_vcpu *vcpu);

/**
 * axvm_arch_vcpu_run() - one stay: run the guest until something must be
 * done where one may sleep, or axvm_vcpu_must_leave() says so
 *
 * Called in process context with preemption on; takes care of preemption,
 * FPU state, interrupts and speculation barriers itself.  Once preemption is
 * off it must ask axvm_cpu_ready() and return RESUME if that says no; a CPU
 * that is ready stays so while preemption is off.  WAIT comes with a HALT
 * record in vcpu->exit, OFF with a CPU_DOWN record, EXIT and STOP with theirs
 * (seq, time_ns, vcpu and flags are the core's; the rest is zeroed or set).
 */
enum axvm_run axvm_arch_vcpu_run(struct axvm_vcpu *vcpu);

/**
 * axvm_arch_vcpu_switched() - the thread of @vcpu makes room for another task
 * on this CPU, outside of a stay (irqs off; only if vcpu->watched)
 */
void axvm_arch_vcpu_switched(struct axvm_vcpu *vcpu);

/** axvm_arch_vcpu_slow() - finish an exit where it may sleep (process) */
enum axvm_run axvm_arch_vcpu_slow(struct axvm_vcpu *vcpu);

/**
 * axvm_arch_vcpu_mmio() - vcpu->fault hit no memory: decode the access
 *
 * Fills vcpu->exit with an MMIO_READ or MMIO_WRITE record after asking the
 * in-kernel devices, or with NESTED_PAGE_FAULT when it cannot be decoded.
 * Return: AXVM_RUN_RESUME a device answered; EXIT; STOP.
 */
enum axvm_run axvm_arch_vcpu_mmio(struct axvm_vcpu *vcpu);

/**
 * axvm_arch_vcpu_complete() - finish vcpu->exit with an answer (process,
 * vCPU's own thread)
 * @data: value of a read, result of a hypercall
 * @fault: raise the architecture's fault in the guest instead
 *
 * Return: RESUME, or EXIT when the same instruction has another record (next
 * element of a string operation).
 */
enum axvm_run axvm_arch_vcpu_complete(struct axvm_vcpu *vcpu, u64 data,
				      bool fault);

/**
 * axvm_arch_unclaimed_faults() - does an access of kind @reason that nobody
 * answers fault in the guest (arm64 MMIO, unknown system registers), or does
 * it read all-ones (x86 ports and MMIO)?
 * @reason: AXVM_EXIT_MMIO_*, IO_*, SYSREG_*, or NESTED_PAGE_FAULT: an access
 * that cannot be decoded, which stops the VM when this says false
 */
bool axvm_arch_unclaimed_faults(u32 reason);

/**
 * axvm_arch_vcpu_can_wake() - would the guest leave HLT or WFI now?
 * (any context; no side effect)
 */
bool axvm_arch_vcpu_can_wake(struct axvm_vcpu *vcpu);

/**
 * axvm_arch_vcpu_may_wake() - could anything but another vCPU or the user
 * ever wake it (interrupts enabled, or an NMI, or a timer armed)?  False for
 * HLT with IF=0: a VM whose vCPUs all say false is stopped as halted.
 */
bool axvm_arch_vcpu_may_wake(struct axvm_vcpu *vcpu);

/** axvm_arch_vcpu_woken() - the wait is over: leave the halted state */
void axvm_arch_vcpu_woken(struct axvm_vcpu *vcpu);

/**
 * axvm_arch_vcpu_is_off() - starts powered off (waits for SIPI, CPU_ON)?
 */
bool axvm_arch_vcpu_is_off(struct axvm_vcpu *vcpu);

/**
 * axvm_arch_vcpu_stays_off() - the vCPU, which ended with AXVM_RUN_OFF, is
 * marked off: did nobody turn it on before that was so?  (its own thread)
 */
bool axvm_arch_vcpu_stays_off(struct axvm_vcpu *vcpu);

/**
 * axvm_arch_get_regs() / axvm_arch_set_regs() - register blocks
 * @block: AXVM_REGS_*
 * @buf: kernel buffer of axvm_arch_regs_size(@block) bytes
 *
 * The vCPU is out of the guest and its run lock is held.
 * Return: 0, -EINVAL.
 */
size_t axvm_arch_regs_size(u32 block);
int axvm_arch_get_regs(struct axvm_vcpu *vcpu, u32 block, void *buf);
int axvm_arch_set_regs(struct axvm_vcpu *vcpu, u32 block, const void *buf);

/** One register by id.  Return: 0, -ENOENT unknown, -EINVAL bad value. */
int axvm_arch_get_reg(struct axvm_vcpu *vcpu, struct axvm_reg *reg);
int axvm_arch_set_reg(struct axvm_vcpu *vcpu, const struct axvm_reg *reg);

/** Id of the n-th register, or 0 past the last. */
u64 axvm_arch_reg_id(struct axvm_vcpu *vcpu, unsigned int n);

/**
 * axvm_arch_vcpu_debug() - what to watch for from now on (vCPU out)
 * @arg: checked by axvm_args_vcpu_debug(); @arg->nr_* are filled in
 *
 * A hit ends axvm_arch_vcpu_run(), _slow() or _complete() with BREAK and a
 * DEBUG record in vcpu->exit.
 * Return: 0; -EINVAL length or address that the CPU does not have; -ENOSPC;
 * -EBADFD nothing to reflect; -EOPNOTSUPP.
 */
int axvm_arch_vcpu_debug(struct axvm_vcpu *vcpu, struct axvm_vcpu_debug *arg);

/**
 * axvm_arch_translate() - walk the guest's tables (process; vCPU out)
 * Return: 0, -ENXIO not mapped or not allowed, -ENOENT a table is outside
 * of memory.
 */
int axvm_arch_translate(struct axvm_vcpu *vcpu, struct axvm_translate *t);

/** Most fields that axvm_arch_control() gives. */
#define AXVM_CONTROL_FIELDS 256u

/**
 * axvm_arch_control() - the hardware's own control structure (process; vCPU
 * out)
 * @all: also the host's state, and addresses of its memory
 * @fields: room for AXVM_CONTROL_FIELDS
 * @n: out: how many
 * @kind: out: AXVM_CONTROL_*
 *
 * Return: 0; -EOPNOTSUPP there is none; -EBADFD no CPU can load it now.
 */
int axvm_arch_control(struct axvm_vcpu *vcpu, bool all,
		      struct axvm_reg *fields, u32 *n, u32 *kind);

/** Default hardware id (APIC id, MPIDR affinity) of vCPU @index. */
u64 axvm_arch_hw_id(unsigned int index);

/** Is @id a hardware id that a vCPU can have? */
bool axvm_arch_hw_id_valid(u64 id);

/** Fixed bits of a "memory" hole: does [gpa, gpa+len) hit a device? */
bool axvm_arch_gpa_reserved(struct axvm_vm *vm, gpa_t gpa, u64 len);

#endif /* AXVM_ARCH_H */
