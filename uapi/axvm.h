/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * axvm userspace interface, ABI version 1: the ioctls of /dev/axvm and of the
 * VM, vCPU and console descriptors it hands out.  With it come axvm_exit.h (the
 * exit record, the exit ring, the flight recorder) and axvm_debug.h; register
 * blocks are in axvm_x86.h and axvm_arm64.h.
 *
 * Rules that hold for every structure handed to an ioctl:
 *  - it begins with @size (bytes, filled in by the caller) and @flags;
 *  - a shorter @size than the first version's is EINVAL; a longer one is
 *    accepted when everything past what the kernel knows is zero, else E2BIG;
 *  - an unknown flag or a non-zero reserved field is EINVAL;
 *  - the kernel writes back at most @size bytes;
 *  - pointers travel as __u64; an unknown ioctl number is ENOTTY.
 *
 * Errors that every VM and vCPU ioctl may return besides its own:
 *  EFAULT  the structure or a buffer it names cannot be read or written;
 *  EACCES  AXVM_VM_OPEN, AXVM_VM_DESTROY: the caller is not the VM's owner,
 *	    not in its group (by mode), and lacks CAP_SYS_ADMIN.  A descriptor
 *	    that is open needs no further right;
 *  ENODEV  the VM has been destroyed;
 *  EBADFD  the VM or vCPU is in a state that does not allow the operation.
 *
 * Units: sizes and addresses are bytes, times are nanoseconds unless a
 * field's name says otherwise.
 */
#ifndef _UAPI_AXVM_H
#define _UAPI_AXVM_H

#ifdef __KERNEL__
#include <linux/types.h>
#include <linux/ioctl.h>
#else
#include <linux/types.h>
#include <sys/ioctl.h>
#endif

#include "axvm_debug.h"
#include "axvm_exit.h"

#ifdef __cplusplus
#define AXVM_ASSERT(c, m) static_assert(c, m)
#else
#define AXVM_ASSERT(c, m) _Static_assert(c, m)
#endif

#define AXVM_ABI_VERSION 1u
#define AXVM_IOC 0xBD
#define AXVM_DEVICE "/dev/axvm"

/** Longest VM name with its NUL; names match [A-Za-z_][A-Za-z0-9_.-]{0,62}. */
#define AXVM_NAME_SIZE 64
/** Most vCPUs a VM can have. */
#define AXVM_MAX_VCPUS 64

/* ------------------------------------------------------------------ */
/* What runs guests here, and if nothing does, why			    */
/* ------------------------------------------------------------------ */

#define AXVM_BACKEND_NONE 0
#define AXVM_BACKEND_VMX 1
#define AXVM_BACKEND_SVM 2
#define AXVM_BACKEND_NVHE 3
#define AXVM_BACKEND_VHE 4

/*
 * Typed reasons why the CPU cannot be taken.  AXVM_VM_CREATE and AXVM_INFO
 * report them; the errno that goes with each stands behind it.
 */
#define AXVM_WHY_OK 0
#define AXVM_WHY_NO_EXTENSION 1 /* EOPNOTSUPP: no VMX, SVM or EL2 */
#define AXVM_WHY_FIRMWARE 2 /* EOPNOTSUPP: disabled and locked by firmware */
#define AXVM_WHY_BUSY 3 /* EBUSY: another hypervisor owns it */
#define AXVM_WHY_BAD_CR 4 /* EPROTO: CR0/CR4 against the fixed bits */
#define AXVM_WHY_BAD_BASIC 5 /* EOPNOTSUPP: region size, memory type, ... */
#define AXVM_WHY_ENTER_FAILED 6 /* EPROTO: VMXON or taking EL2 failed */
#define AXVM_WHY_NO_CONTROL 7 /* EOPNOTSUPP: a required control is missing */
#define AXVM_WHY_NO_NESTED_PAGING 8 /* EOPNOTSUPP: no EPT or NPT */
#define AXVM_WHY_KERNEL_SYMBOL 9 /* EOPNOTSUPP: this kernel lacks a symbol */
#define AXVM_WHY_KVM 10 /* EBUSY: KVM owns EL2 (kvm-arm.mode=none helps) */
#define AXVM_WHY_PROTECTED 11 /* EBUSY: protected KVM owns EL2 */
#define AXVM_WHY_NO_EL2 12 /* EOPNOTSUPP: kernel was entered at EL1 */
#define AXVM_WHY_INTERRUPT_CONTROLLER 13 /* EOPNOTSUPP: none that we can use */
#define AXVM_WHY_CPU_OFFLINE 14 /* EPROTO: a CPU failed where others work */

/* Capabilities, bits of axvm_info.caps. */
#define AXVM_CAP_SYNC_RUN (1ull << 0) /* AXVM_VCPU_RUN */
#define AXVM_CAP_EXIT_RING (1ull << 1) /* claim, mmap, poll, eventfd */
#define AXVM_CAP_FLIGHT (1ull << 2) /* flight recorder mapping */
#define AXVM_CAP_MEM_USER (1ull << 3) /* AXVM_MEM_USER regions */
#define AXVM_CAP_MEM_HOST (1ull << 4) /* AXVM_MEM_HOST regions */
#define AXVM_CAP_CONSOLE (1ull << 5) /* AXVM_VM_CONSOLE */
#define AXVM_CAP_IO_POLICY (1ull << 6) /* AXVM_VM_IO */
#define AXVM_CAP_TRANSLATE (1ull << 7) /* AXVM_VCPU_TRANSLATE */
#define AXVM_CAP_PIO (1ull << 8) /* port I/O space (x86) */
#define AXVM_CAP_UNRESTRICTED (1ull << 9) /* real-mode guests (x86) */
#define AXVM_CAP_PLATFORM (1ull << 10) /* AXVM_VM_PLATFORM */
#define AXVM_CAP_DEBUG (1ull << 11) /* AXVM_VCPU_DEBUG */
#define AXVM_CAP_GICV2 (1ull << 12) /* its GIC is a GICv2, 8 vCPUs (arm64) */
#define AXVM_CAP_PROFILE (1ull << 13) /* AXVM_VM_PROFILE */
#define AXVM_CAP_CONTROL (1ull << 14) /* AXVM_VCPU_CONTROL */
#define AXVM_CAP_CPUID (1ull << 15) /* AXVM_VM_CPUID (x86) */
#define AXVM_CAP_PTIMER (1ull << 16) /* AXVM_VM_PTIMER (arm64) */

/**
 * struct axvm_info - AXVM_INFO: what this module and host offer
 * @abi: AXVM_ABI_VERSION of the module
 * @backend: AXVM_BACKEND_*
 * @why: AXVM_WHY_*; AXVM_WHY_OK when guests can run
 * @max_vcpus: most vCPUs per VM
 * @caps: AXVM_CAP_*
 * @block_sizes: bit n set: nested translation maps blocks of 2^n bytes
 * @gpa_bits: width of a guest-physical address
 * @nr_vms: VMs alive
 * @cpus_taken: CPUs on which the extension is enabled now
 * @cpus_online: CPUs online
 * @max_vms: limit over all users
 * @max_vms_uid: limit per uid
 * @max_mem_uid: limit of guest memory per uid, bytes
 * @boot_symbol: EL2: 1 when VHE is in use; x86: 0
 * @nr_stats: entries that AXVM_VM_STATS returns
 * @version: the module's version, NUL-terminated
 * @why_text: one sentence on @why: what, and what to do; empty when OK
 */
struct axvm_info {
	__u32 size;
	__u32 flags;
	__u32 abi;
	__u32 backend;
	__u32 why;
	__u32 max_vcpus;
	__u64 caps;
	__u64 block_sizes;
	__u32 gpa_bits;
	__u32 nr_vms;
	__u32 cpus_taken;
	__u32 cpus_online;
	__u32 max_vms;
	__u32 max_vms_uid;
	__u64 max_mem_uid;
	__u32 boot_symbol;
	__u32 nr_stats;
	char version[32];
	char why_text[192];
};

/* ------------------------------------------------------------------ */
/* Virtual machines						    */
/* ------------------------------------------------------------------ */

/*
 * VM states.
 * CREATED: configured, never started or reset: registers may be written.
 * RUNNING: its vCPUs run or wait.  SUSPENDED: every vCPU is out of the guest
 * and stays out.  STOPPED: ended, for the reason in stop_reason; memory and
 * registers can be read; START boots it again from its boot registers.
 */
#define AXVM_VM_CREATED 0
#define AXVM_VM_RUNNING 1
#define AXVM_VM_SUSPENDED 2
#define AXVM_VM_STOPPED 3

/*
 * What happens when the last VM, vCPU or console descriptor and the last
 * mapping are gone.  The kernel's default is DESTROY, so that a client killed
 * half-way leaves nothing behind.
 */
#define AXVM_POLICY_DESTROY 0
#define AXVM_POLICY_KEEP 1
#define AXVM_POLICY_PAUSE 2

/*
 * CREATE: the VM has the platform an operating system expects, in the kernel.
 * x86: local APICs, I/O APIC, PIC, PIT, RTC, ACPI power management; arm64: a
 * GIC.  Without it there is the UART only, interrupts are vectors that go
 * straight into the vCPU (x86) or do not exist (arm64), and all other
 * addresses are the client's.
 */
#define AXVM_VM_PLATFORM (1u << 0)
/*
 * CREATE: a hypercall of a program (x86: CPL > 0) goes by the policy of
 * AXVM_SPACE_HYPERCALL like the kernel's own, and its record tells the level.
 * Without it such a call gets -EPERM.  arm64: HVC is undefined at EL0.
 */
#define AXVM_VM_USER_CALLS (1u << 1)
/*
 * CREATE: the guest has the CPU's own physical timer and counter (arm64; topic
 * "Generic Timer, CNTHCTL_EL2" of the Arm manual): CNTP_* and CNTPCT_EL0 do not
 * trap, and the timer's interrupt comes as the virtual one's does.  Without it
 * they are emulated, and the physical count is the virtual one.  With it the
 * physical count, and so CNTP_CVAL_EL0, is the host's: it does not begin at 0
 * and goes on while the VM is suspended, whatever AXVM_OP_TIME_RUNS says; a
 * deadline that passes meanwhile fires on RESUME.  Only with AXVM_VM_PLATFORM.
 */
#define AXVM_VM_PTIMER (1u << 2)

/**
 * struct axvm_vm_create - AXVM_VM_CREATE: make a VM (device descriptor)
 * @flags: AXVM_VM_PLATFORM, AXVM_VM_USER_CALLS, AXVM_VM_PTIMER
 * @name: unique name; empty: the kernel names it "vmID"
 * @policy: AXVM_POLICY_*
 * @mode: permission bits for owner and group (0600 when zero); only read
 *	and write bits of user and group are accepted
 * @fd: out: descriptor of the VM, O_CLOEXEC
 * @why: out: AXVM_WHY_* when the CPU could not be taken
 * @id: out: the VM's id; ids start at 1 and are never used again
 * @reserved: zero
 *
 * Errors: EINVAL bad name, policy or mode, or AXVM_VM_PTIMER without
 * AXVM_VM_PLATFORM; EEXIST name taken; ENOSPC a limit on VMs is reached;
 * EOPNOTSUPP, EBUSY, EPROTO with @why, EOPNOTSUPP without when there is no
 * AXVM_CAP_PLATFORM or AXVM_CAP_PTIMER and the flag asks for it; ENOMEM; EPERM
 * outside the initial user namespace.
 */
struct axvm_vm_create {
	__u32 size;
	__u32 flags;
	char name[AXVM_NAME_SIZE];
	__u32 policy;
	__u32 mode;
	__s32 fd;
	__u32 why;
	__u64 id;
	__u64 reserved[2];
};

/**
 * struct axvm_vm_ref - AXVM_VM_OPEN, AXVM_VM_DESTROY: find a VM (device fd)
 * @id: its id, or 0 to look it up by @name
 * @name: its name, NUL-terminated; ignored when @id is not 0
 * @fd: out, AXVM_VM_OPEN only: a descriptor of the VM, O_CLOEXEC
 * @pad: zero
 *
 * DESTROY ends the VM from every state; when it returns the name is free.
 * Errors: ENOENT no such VM; EACCES not yours.
 */
struct axvm_vm_ref {
	__u32 size;
	__u32 flags;
	__u64 id;
	char name[AXVM_NAME_SIZE];
	__s32 fd;
	__u32 pad;
};

/**
 * struct axvm_vm_info - one VM as AXVM_VM_LIST and AXVM_VM_INFO report it
 * @flags: zero; out: those of AXVM_VM_CREATE
 * @id: id
 * @name: name
 * @state: AXVM_VM_*
 * @stop_reason: AXVM_EXIT_* that ended it (STOPPED), or why it is suspended
 * @uid: owner
 * @gid: owner's group
 * @mode: permission bits
 * @policy: AXVM_POLICY_*
 * @nr_vcpus: vCPUs
 * @nr_regions: memory regions
 * @nr_views: open descriptors and mappings
 * @pad: zero
 * @mem_bytes: guest memory configured
 * @mem_resident: guest memory that has pages
 * @created_ns: CLOCK_REALTIME at creation
 * @started_ns: CLOCK_REALTIME of the last start; 0: never
 * @exits: exits of all vCPUs since creation
 * @stop_detail: qualifies @stop_reason (e.g. hardware exit reason)
 */
struct axvm_vm_info {
	__u32 size;
	__u32 flags;
	__u64 id;
	char name[AXVM_NAME_SIZE];
	__u32 state;
	__u32 stop_reason;
	__u32 uid;
	__u32 gid;
	__u32 mode;
	__u32 policy;
	__u32 nr_vcpus;
	__u32 nr_regions;
	__u32 nr_views;
	__u32 pad;
	__u64 mem_bytes;
	__u64 mem_resident;
	__u64 created_ns;
	__u64 started_ns;
	__u64 exits;
	__u64 stop_detail;
};

/**
 * struct axvm_list - AXVM_VM_LIST (device fd), AXVM_VM_MEM_LIST (VM fd)
 * @after: return entries whose key (VM id; region gpa + 1) is above this
 * @entries: user pointer to an array of axvm_vm_info / axvm_mem
 * @entry_size: bytes per entry of the caller
 * @capacity: entries that fit
 * @count: out: entries written; less than @capacity: that was the end
 * @pad: zero
 */
struct axvm_list {
	__u32 size;
	__u32 flags;
	__u64 after;
	__u64 entries;
	__u32 entry_size;
	__u32 capacity;
	__u32 count;
	__u32 pad;
};

/* AXVM_VM_SET: which fields are taken. */
#define AXVM_SET_POLICY (1u << 0)
#define AXVM_SET_MODE (1u << 1)
#define AXVM_SET_PROFILE (1u << 2) /* AXVM_VM_PROFILE counts, from zero */
#define AXVM_SET_NO_PROFILE (1u << 3) /* ... no more; what it has stays */

/**
 * struct axvm_vm_set - AXVM_VM_SET: change a VM's attributes (VM fd)
 * @flags: AXVM_SET_*
 * @policy: AXVM_POLICY_*
 * @mode: permission bits, as in axvm_vm_create
 *
 * Errors: EINVAL; PROFILE: ENOMEM, EINTR a fatal signal: then it may be on for
 * some vCPUs only until it is set again.
 */
struct axvm_vm_set {
	__u32 size;
	__u32 flags;
	__u32 policy;
	__u32 mode;
};

/* Flags of struct axvm_vm_op. */
#define AXVM_OP_PAUSED (1u << 0) /* START: go to SUSPENDED at the first insn */
#define AXVM_OP_FORCE (1u << 1) /* STOP: do not ask the guest */
#define AXVM_OP_START (1u << 2) /* RESET: start again at once */
#define AXVM_OP_TIME_RUNS (1u << 3) /* SUSPEND: guest time goes on meanwhile */

/**
 * struct axvm_vm_op - AXVM_VM_START, STOP, SUSPEND, RESUME, RESET (VM fd)
 * @flags: AXVM_OP_*
 * @timeout_ns: STOP: how long the guest may take before it is forced
 *
 * START: CREATED or STOPPED -> RUNNING.  STOP: RUNNING or SUSPENDED ->
 * STOPPED.  SUSPEND: RUNNING -> SUSPENDED, returns when every vCPU is out.
 * RESUME: SUSPENDED -> RUNNING.  RESET: any -> CREATED with boot registers,
 * or RUNNING with AXVM_OP_START; guest memory keeps its contents.
 * Errors: EBADFD wrong state; EINVAL START without a vCPU; EINTR; EBUSY a
 * vCPU is inside AXVM_VCPU_RUN and START would need its thread.
 */
struct axvm_vm_op {
	__u32 size;
	__u32 flags;
	__u64 timeout_ns;
};

/**
 * struct axvm_vm_wait - AXVM_VM_WAIT: wait for a state or an exit (VM fd)
 * @timeout_ns: relative; 0 only looks; ~0 waits for ever
 * @states: bit n: return when the VM is in state n
 * @pad: zero
 * @reasons: bit n: return when AXVM_EXIT_* n is the last exit of any vCPU
 *	since START, or happens while waiting
 * @state: out: state now
 * @stop_reason: out
 * @reason: out: the exit reason that ended the wait; 0 when a state did
 * @vcpu: out: the vCPU of @reason
 * @stop_detail: out
 *
 * Errors: ETIMEDOUT; EINTR; ENODEV the VM was destroyed meanwhile; EINVAL
 * neither @states nor @reasons.
 */
struct axvm_vm_wait {
	__u32 size;
	__u32 flags;
	__u64 timeout_ns;
	__u32 states;
	__u32 pad;
	__u64 reasons;
	__u32 state;
	__u32 stop_reason;
	__u32 reason;
	__u32 vcpu;
	__u64 stop_detail;
};

/** Most bytes AXVM_VM_BLOB_SET keeps. */
#define AXVM_BLOB_MAX (256u << 10)

/**
 * struct axvm_blob - AXVM_VM_BLOB_SET, AXVM_VM_BLOB_GET: a note kept with the
 * VM that the kernel does not interpret (vmctl keeps its configuration there)
 * @buf: user pointer
 * @len: SET: bytes at @buf (0 removes it); GET: room at @buf, out: its size
 *
 * Errors: E2BIG more than AXVM_BLOB_MAX; ENOSPC GET: too little room (@len
 * tells how much); ENOMEM.
 */
struct axvm_blob {
	__u32 size;
	__u32 flags;
	__u64 buf;
	__u64 len;
};

/* ------------------------------------------------------------------ */
/* Guest memory							    */
/* ------------------------------------------------------------------ */

#define AXVM_MEM_ALLOC 0 /* pages of the kernel, filled on demand */
#define AXVM_MEM_USER 1 /* the caller's own mapping, pinned */
#define AXVM_MEM_HOST 2 /* a host-physical range (CAP_SYS_RAWIO) */

/* Flags of struct axvm_mem (the bit values of AxVisor's map flags). */
#define AXVM_MEM_READ (1u << 0)
#define AXVM_MEM_WRITE (1u << 1)
#define AXVM_MEM_EXEC (1u << 2)
#define AXVM_MEM_DEVICE (1u << 4) /* HOST: device memory type */
#define AXVM_MEM_UNCACHED (1u << 5) /* HOST: normal, not cacheable */
#define AXVM_MEM_POPULATE (1u << 8) /* ALLOC: fill now, not on demand */

/**
 * struct axvm_mem - AXVM_VM_MEM_MAP, AXVM_VM_MEM_UNMAP, AXVM_VM_MEM_LIST
 * @flags: AXVM_MEM_READ...; READ is required
 * @gpa: first guest-physical address, page aligned
 * @len: bytes, page aligned, not 0
 * @source: USER: the caller's address; HOST: host-physical address; page
 *	aligned; ALLOC: 0
 * @kind: AXVM_MEM_ALLOC, USER or HOST
 * @pad: zero
 * @resident: LIST: bytes that have pages; else zero
 *
 * Regions may be mapped and unmapped at any time.  UNMAP takes @gpa and @len
 * of exactly one region (everything else zero).
 *
 * mmap() of the VM descriptor at offset GPA shows ALLOC and USER regions: any
 * part of the guest-physical space may be mapped, before or after the regions
 * are; where none is, was taken away, or cannot be filled, a touch raises
 * SIGBUS.  MAP_SHARED only (else EINVAL), never PROT_EXEC (EPERM); without
 * PROT_WRITE it stays read-only.  The owner may write what the guest may only
 * read, except USER memory without WRITE.  arm64: a guest that runs with its
 * caches off sees such writes if they came before START, or before it first
 * touched the page; else use AXVM_VM_MEM_RW, or clean the cache.
 *
 * Errors: EINVAL unaligned, empty, wraps, beyond gpa_bits, unknown kind or
 * flag, HOST range that is Linux' own RAM; EEXIST overlaps a region or an
 * in-kernel device; ENOENT UNMAP: no such region; ENOSPC limit per uid;
 * ENOMEM; EPERM HOST without CAP_SYS_RAWIO or under lockdown; EOPNOTSUPP;
 * EFAULT USER: not mapped, or not writable.
 */
struct axvm_mem {
	__u32 size;
	__u32 flags;
	__u64 gpa;
	__u64 len;
	__u64 source;
	__u32 kind;
	__u32 pad;
	__u64 resident;
};

#define AXVM_RW_WRITE (1u << 0)
#define AXVM_RW_GVA (1u << 1) /* @addr is a guest-virtual address of @vcpu */
#define AXVM_RW_PEEK (1u << 2) /* read: what has no page yet is not filled */

/**
 * struct axvm_mem_rw - AXVM_VM_MEM_RW: read or write guest memory (VM fd)
 * @flags: AXVM_RW_*
 * @addr: guest-physical (or -virtual) address, any alignment
 * @buf: user pointer
 * @len: bytes; out: bytes done, also on error
 * @vcpu: AXVM_RW_GVA: index of the vCPU whose tables are walked
 * @pad: zero
 *
 * Memory that nobody touched yet has no page, and is filled by this unless
 * AXVM_RW_PEEK says to read it as the zeros it would hold.
 * Errors: EINVAL PEEK with WRITE; ENOENT no memory region there, no such vCPU;
 * EPERM read-only USER
 * memory; ENXIO the guest does not map it;
 * ENOMEM a page could not be filled.
 */
struct axvm_mem_rw {
	__u32 size;
	__u32 flags;
	__u64 addr;
	__u64 buf;
	__u64 len;
	__u32 vcpu;
	__u32 pad;
};

/* ------------------------------------------------------------------ */
/* Interrupts							    */
/* ------------------------------------------------------------------ */

/**
 * struct axvm_irq - AXVM_VM_IRQ: inject an interrupt (VM fd)
 * @vcpus: mask of vCPU indices
 * @irq: x86: vector 16-255; arm64: INTID (16-31 PPI, 32-127 SPI; 0-15 SGI)
 * @level: AXVM_IRQ_EDGE pulses, AXVM_IRQ_LOW / HIGH set the line
 *
 * x86: without AXVM_VM_PLATFORM the vector goes in as soon as CR8 and IF let
 * it; with it, it is a fixed, edge-triggered message to the local APIC of each
 * vCPU in @vcpus, which drops it while it is disabled.
 *
 * AXVM_IRQ_GSI: @irq is an input of the interrupt controllers of a platform VM
 * on x86, for a device in userspace: 1, 3, 5-7, 10-23; others belong to
 * devices in the kernel.  @vcpus is 0, EDGE leaves the line high.
 *
 * arm64: an SPI goes where the guest has routed it, whatever @vcpus says; a
 * pulse makes a level-triggered interrupt pending once.
 *
 * Errors: EINVAL no or unknown vCPU in @vcpus, irq out of range, a line of an
 * SGI, a timer's PPI; EBADFD the VM is not RUNNING or SUSPENDED; EBUSY GSI: a
 * device in the kernel has it; EOPNOTSUPP GSI: the VM has no such controllers;
 * arm64: it has no interrupt controller.
 */
#define AXVM_IRQ_EDGE 0
#define AXVM_IRQ_LOW 1
#define AXVM_IRQ_HIGH 2
#define AXVM_IRQ_NMI (1u << 0) /* flag: an NMI (x86); @irq is 0 */
#define AXVM_IRQ_GSI (1u << 1) /* flag: @irq is a line (x86) */
struct axvm_irq {
	__u32 size;
	__u32 flags;
	__u64 vcpus;
	__u32 irq;
	__u32 level;
};

/* ------------------------------------------------------------------ */
/* vCPUs								    */
/* ------------------------------------------------------------------ */

/*
 * vCPU states: CREATED allocated; FREE set up, bound to nothing (VM not
 * started, or stopped); READY may run, waits for its CPU; RUNNING in its run
 * loop; BLOCKED waits: halted, parked on an exit, powered off or suspended
 * (axvm_vcpu_info.wait says which).
 */
#define AXVM_VCPU_CREATED 0
#define AXVM_VCPU_FREE 1
#define AXVM_VCPU_READY 2
#define AXVM_VCPU_RUNNING 3
#define AXVM_VCPU_BLOCKED 4

#define AXVM_WAIT_NONE 0
#define AXVM_WAIT_HALT 1
#define AXVM_WAIT_PARKED 2
#define AXVM_WAIT_OFF 3 /* not brought up by the guest yet, or CPU_OFF */
#define AXVM_WAIT_SUSPENDED 4
#define AXVM_WAIT_ENDED 5 /* its exit stopped it */

#define AXVM_VCPU_SYNC (1u << 0) /* CREATE: driven by AXVM_VCPU_RUN */
#define AXVM_VCPU_HW_ID (1u << 1) /* CREATE: @hw_id is given */

/**
 * struct axvm_vcpu_create - AXVM_VCPU_CREATE, AXVM_VCPU_OPEN (VM fd)
 * @flags: CREATE: AXVM_VCPU_SYNC, AXVM_VCPU_HW_ID
 * @index: 0 .. AXVM_MAX_VCPUS - 1; vCPU 0 is the boot processor
 * @fd: out: descriptor of the vCPU, O_CLOEXEC
 * @hw_id: x86: APIC id; arm64: MPIDR affinity; default from @index
 *
 * CREATE: while the VM is CREATED.  Errors: EINVAL index; EEXIST; ENOSPC
 * limit; ENOMEM; EBADFD.  OPEN: ENOENT.
 */
struct axvm_vcpu_create {
	__u32 size;
	__u32 flags;
	__u32 index;
	__s32 fd;
	__u64 hw_id;
};

/**
 * struct axvm_vcpu_info - AXVM_VCPU_INFO (vCPU fd)
 * @state: AXVM_VCPU_*
 * @wait: AXVM_WAIT_* of a BLOCKED vCPU
 * @index: index
 * @sync: 1: driven by AXVM_VCPU_RUN
 * @hw_id: APIC id or MPIDR affinity
 * @tid: thread id of its kernel thread, 0 when it has none
 * @cpu: host CPU it last ran on
 * @last_exit: AXVM_EXIT_* of its last exit
 * @claimed: 1: the exit ring has an owner
 * @exits: exits since creation
 * @run_ns: time in its run loop
 * @affinity: host CPUs 0-1023 it may run on, bit mask
 */
struct axvm_vcpu_info {
	__u32 size;
	__u32 flags;
	__u32 state;
	__u32 wait;
	__u32 index;
	__u32 sync;
	__u64 hw_id;
	__u32 tid;
	__u32 cpu;
	__u32 last_exit;
	__u32 claimed;
	__u64 exits;
	__u64 run_ns;
	__u64 affinity[16];
};

/**
 * struct axvm_vcpu_affinity - AXVM_VCPU_AFFINITY: where its thread may run
 * @mask: host CPUs 0-1023; cut to the caller's own allowed CPUs
 *
 * Errors: EINVAL nothing is left of the mask.
 */
struct axvm_vcpu_affinity {
	__u32 size;
	__u32 flags;
	__u64 mask[16];
};

/* Register blocks of AXVM_VCPU_GET_REGS and AXVM_VCPU_SET_REGS. */
#define AXVM_REGS_GENERAL 0 /* axvm_x86_regs, axvm_arm64_regs */
#define AXVM_REGS_SYSTEM 1 /* axvm_x86_sregs, axvm_arm64_sysregs */
#define AXVM_REGS_FPU 2 /* axvm_x86_fpu, axvm_arm64_fpsimd */

/**
 * struct axvm_regs - AXVM_VCPU_GET_REGS, AXVM_VCPU_SET_REGS (vCPU fd)
 * @block: AXVM_REGS_*
 * @len: bytes of the block at @buf; exactly the block's size
 * @buf: user pointer to the block
 *
 * GET works in every state: a running vCPU is taken out of the guest for the
 * moment.  SET needs the VM CREATED or SUSPENDED.  Values are checked as
 * the architecture would: EINVAL names nothing less than a whole block.
 */
struct axvm_regs {
	__u32 size;
	__u32 flags;
	__u32 block;
	__u32 len;
	__u64 buf;
};

/**
 * struct axvm_reg - one register by id (axvm_x86.h and axvm_arm64.h make ids)
 */
struct axvm_reg {
	__u64 id;
	__u64 value;
};

/**
 * struct axvm_reg_list - AXVM_VCPU_REG_IDS, AXVM_VCPU_GET_REG, SET_REG
 * @regs: user pointer to an array of struct axvm_reg
 * @count: entries; REG_IDS: room, out: how many exist; GET_REG and SET_REG:
 *	out: entries done
 * @pad: zero
 *
 * Errors: ENOENT an id is unknown (count tells which); EINVAL a value is not
 * allowed, or @count above 4096; EBADFD.
 */
struct axvm_reg_list {
	__u32 size;
	__u32 flags;
	__u64 regs;
	__u32 count;
	__u32 pad;
};

/**
 * struct axvm_vcpu_claim - AXVM_VCPU_CLAIM: own this vCPU's exit ring
 * @flags: AXVM_CLAIM_RELEASE gives it up
 * @eventfd: signalled at every record, or -1
 * @pad: zero
 *
 * The claim belongs to this descriptor and ends when it is closed (a mapping
 * keeps it open).  Only the claimant may map the ring and complete exits.  A
 * claim begins with an empty ring of its own; an exit that was parked before
 * waits in it.  Claiming again only changes the eventfd.
 * Errors: EBUSY somebody else owns it; EBADF bad eventfd; EPERM RELEASE
 * without the claim.
 */
#define AXVM_CLAIM_RELEASE (1u << 0)
struct axvm_vcpu_claim {
	__u32 size;
	__u32 flags;
	__s32 eventfd;
	__u32 pad;
};

/**
 * struct axvm_vcpu_complete - AXVM_VCPU_COMPLETE: answer the parked exit
 * @flags: AXVM_COMPLETE_FAULT: let the access fault in the guest instead of
 *	using @data, at the instruction and with nothing changed.  x86: #GP;
 *	arm64: an external abort, or for system registers and hypercalls an
 *	undefined instruction.  AXVM_EXIT_MEMORY: the VM stops
 * @seq: its axvm_exit.seq
 * @data: what a read returns, or a hypercall's result
 *
 * Errors: ENOENT nothing is parked; ESTALE another exit is; EPERM no claim.
 */
#define AXVM_COMPLETE_FAULT (1u << 0)
struct axvm_vcpu_complete {
	__u32 size;
	__u32 flags;
	__u64 seq;
	__u64 data;
};

/**
 * struct axvm_vcpu_run - AXVM_VCPU_RUN: run a sync vCPU in this thread
 * @flags: AXVM_VCPU_RUN_ANSWER: @answer completes the exit returned before;
 *	AXVM_VCPU_RUN_FAULT with it: as AXVM_COMPLETE_FAULT
 * @answer: see AXVM_VCPU_COMPLETE.data
 * @exit: out: the exit
 *
 * Returns 0 with @exit filled.  A record that has not been answered is
 * returned again.  The VM must have been started.
 * Errors: EINTR a signal is pending; EBADFD VM not RUNNING, or not a sync
 * vCPU; EBUSY another thread runs it; ENOENT AXVM_VCPU_RUN_ANSWER with nothing
 * to answer.
 */
#define AXVM_VCPU_RUN_ANSWER (1u << 0)
#define AXVM_VCPU_RUN_FAULT (1u << 1)
struct axvm_vcpu_run {
	__u32 size;
	__u32 flags;
	__u64 answer;
	struct axvm_exit exit;
};

/*
 * AXVM_VCPU_NEXT: AXVM_VCPU_RUN for a client that maps the flight recorder.
 * The argument itself is the answer for the exit that is parked, if one is (or
 * it is ignored); no memory of the caller's is read or written.  Returns 0: the
 * record is the last one in the flight recorder, number axvm_flight.produced
 * - 1; with AXVM_EXIT_WANTS_ANSWER, the next call's argument answers it.  A
 * call that was interrupted (EINTR) has delivered its answer.  Other errors as
 * AXVM_VCPU_RUN.  32-bit programs can give answers of 32 bits only.
 */
/* ------------------------------------------------------------------ */
/* Statistics and console						    */
/* ------------------------------------------------------------------ */

/*
 * Statistics: X(name, unit, description), in the order of the array that
 * AXVM_VM_STATS fills.  New ones go to the end.  After them the array goes on
 * with AXVM_NR_EXITS counters, one for each exit reason.
 */
#define AXVM_STATS(X)                                                          \
	X(exits, "count", "returns from the guest to the host")                \
	X(entries, "count", "entries into the guest")                          \
	X(user_exits, "count", "exits parked for an answer")                   \
	X(host_irqs, "count", "exits for the host's own interrupts")           \
	X(halts, "count", "times a vCPU went to sleep")                        \
	X(wakeups, "count", "times a sleeping vCPU was woken")                 \
	X(injected, "count", "interrupts and exceptions injected")             \
	X(kicks, "count", "times a vCPU was asked out of the guest")           \
	X(faults_4k, "count", "pages filled with 4 KiB")                       \
	X(faults_2m, "count", "blocks filled with 2 MiB")                      \
	X(faults_1g, "count", "blocks filled with 1 GiB")                      \
	X(mmio_kernel, "count", "MMIO accesses answered in the kernel")        \
	X(pio_kernel, "count", "port accesses answered in the kernel")         \
	X(preempted, "count", "times the run loop left to reschedule")         \
	X(ring_dropped, "count", "records a full exit ring did not take")      \
	X(moved, "count", "entries on another host CPU than before")           \
	X(run_ns, "ns", "time in the run loop")                                \
	X(halt_ns, "ns", "time asleep in HLT or WFI")                          \
	X(answer_ns, "ns", "time from parked exits to their answers")          \
	X(exec_splits, "count", "pages made executable inside a larger block")

enum {
#define AXVM_STAT_INDEX(n, u, d) AXVM_STAT_##n,
	AXVM_STATS(AXVM_STAT_INDEX)
#undef AXVM_STAT_INDEX
		AXVM_NR_STATS
};

#define AXVM_STATS_ALL 0xffffffffu

/**
 * struct axvm_stats - AXVM_VM_STATS (VM fd)
 * @vcpu: index, or AXVM_STATS_ALL for the sum
 * @count: room in @values; out: how many exist
 * @values: user pointer to __u64s; as many as there is room for are written
 *
 * Errors: ENOENT no such vCPU.
 */
struct axvm_stats {
	__u32 size;
	__u32 flags;
	__u32 vcpu;
	__u32 count;
	__u64 values;
};

#define AXVM_PROFILE_BUCKETS 32u

/**
 * struct axvm_profile_row - how long exits of a kind kept vCPUs out
 * @hw_reason: as in axvm_exit, without the entry-failure bit; ~0: all others
 * @pad: zero
 * @count: such exits that were followed by an entry
 * @ns: time from the exits to those entries, in all; of HLT and WFI it is
 *	the sleep, of a parked exit the wait for the answer too
 * @max_ns: the longest one
 * @bucket: n counts times of 2^n to 2^(n+1) - 1 ns, 0 also shorter ones, the
 *	last one longer ones too
 */
struct axvm_profile_row {
	__u32 hw_reason;
	__u32 pad;
	__u64 count;
	__u64 ns;
	__u64 max_ns;
	__u64 bucket[AXVM_PROFILE_BUCKETS];
};

/**
 * struct axvm_profile - AXVM_VM_PROFILE (VM fd): latency by exit reason
 * @vcpu: index, or AXVM_STATS_ALL for the sum
 * @count: room in @rows; out: how many there are
 * @rows: user pointer to an array of axvm_profile_row; as many as there is
 *	room for are written, in the order of their reasons
 * @on: zero; out: 1 while AXVM_SET_PROFILE is on
 * @pad: zero
 *
 * A VM counts only while AXVM_SET_PROFILE is on; that costs it two readings
 * of the clock for each exit.  Suspended time does not count.
 * Errors: ENOENT no such vCPU; ENOMEM.
 */
struct axvm_profile {
	__u32 size;
	__u32 flags;
	__u32 vcpu;
	__u32 count;
	__u64 rows;
	__u32 on;
	__u32 pad;
};

#define AXVM_CPUID_HIDE (1u << 0) /* @hide is given */
#define AXVM_CPUID_HIDES 32u /* most leaves of which bits are hidden */

/**
 * struct axvm_cpuid - AXVM_VM_CPUID (VM fd, x86): what the VM's CPUID tells
 * @leaf: EAX
 * @subleaf: ECX; zero where the leaf has none
 * @hide: with AXVM_CPUID_HIDE: bits of EAX, EBX, ECX and EDX that read as zero
 *	from now on; they replace what was hidden of the leaf before.
 *	Otherwise zero
 * @regs: zero; out: EAX, EBX, ECX, EDX, but for what depends on the vCPU that asks
 *
 * A hidden feature is not there: its bits of control registers are reserved and
 * its MSRs unknown.  What the VM does not have cannot be shown.
 * Errors: EBADFD the VM has been started; ENOSPC AXVM_CPUID_HIDES leaves have
 * hidden bits; EOPNOTSUPP there is no CPUID.
 */
struct axvm_cpuid {
	__u32 size;
	__u32 flags;
	__u32 leaf;
	__u32 subleaf;
	__u32 hide[4];
	__u32 regs[4];
};

#define AXVM_CONSOLE_TAIL (1u << 0) /* start after what is there now */
#define AXVM_CONSOLE_BYTES (64u << 10) /* scrollback that is kept */

/**
 * struct axvm_console - AXVM_VM_CONSOLE: a view of the console (VM fd)
 * @fd: out: descriptor, O_CLOEXEC.  read() gives what the guest printed,
 *	from the oldest byte kept, at this descriptor's own pace (a reader
 *	that falls behind by more than AXVM_CONSOLE_BYTES skips); at the end
 *	it blocks, or EAGAIN; 0 after the VM is destroyed.  write() is input
 *	for the guest; it takes what there is room for, else blocks.
 * @pad: zero
 */
struct axvm_console {
	__u32 size;
	__u32 flags;
	__s32 fd;
	__u32 pad;
};

/* ------------------------------------------------------------------ */
/* Numbers							    */
/* ------------------------------------------------------------------ */

/* Device descriptor. */
#define AXVM_INFO _IO(AXVM_IOC, 0x00)
#define AXVM_VM_CREATE _IO(AXVM_IOC, 0x01)
#define AXVM_VM_OPEN _IO(AXVM_IOC, 0x02)
#define AXVM_VM_LIST _IO(AXVM_IOC, 0x03)
#define AXVM_VM_DESTROY _IO(AXVM_IOC, 0x04)

/* VM descriptor. */
#define AXVM_VM_INFO _IO(AXVM_IOC, 0x20)
#define AXVM_VM_SET _IO(AXVM_IOC, 0x21)
#define AXVM_VM_START _IO(AXVM_IOC, 0x22)
#define AXVM_VM_STOP _IO(AXVM_IOC, 0x23)
#define AXVM_VM_SUSPEND _IO(AXVM_IOC, 0x24)
#define AXVM_VM_RESUME _IO(AXVM_IOC, 0x25)
#define AXVM_VM_RESET _IO(AXVM_IOC, 0x26)
#define AXVM_VM_WAIT _IO(AXVM_IOC, 0x27)
#define AXVM_VM_MEM_MAP _IO(AXVM_IOC, 0x28)
#define AXVM_VM_MEM_UNMAP _IO(AXVM_IOC, 0x29)
#define AXVM_VM_MEM_LIST _IO(AXVM_IOC, 0x2a)
#define AXVM_VM_MEM_RW _IO(AXVM_IOC, 0x2b)
#define AXVM_VCPU_CREATE _IO(AXVM_IOC, 0x2c)
#define AXVM_VCPU_OPEN _IO(AXVM_IOC, 0x2d)
#define AXVM_VM_IO _IO(AXVM_IOC, 0x2e)
#define AXVM_VM_IRQ _IO(AXVM_IOC, 0x2f)
#define AXVM_VM_STATS _IO(AXVM_IOC, 0x30)
#define AXVM_VM_CONSOLE _IO(AXVM_IOC, 0x31)
#define AXVM_VM_BLOB_SET _IO(AXVM_IOC, 0x32)
#define AXVM_VM_BLOB_GET _IO(AXVM_IOC, 0x33)
#define AXVM_VM_PROFILE _IO(AXVM_IOC, 0x34)
#define AXVM_VM_CPUID _IO(AXVM_IOC, 0x35)

/* vCPU descriptor. */
#define AXVM_VCPU_INFO _IO(AXVM_IOC, 0x40)
#define AXVM_VCPU_AFFINITY _IO(AXVM_IOC, 0x41)
#define AXVM_VCPU_GET_REGS _IO(AXVM_IOC, 0x42)
#define AXVM_VCPU_SET_REGS _IO(AXVM_IOC, 0x43)
#define AXVM_VCPU_REG_IDS _IO(AXVM_IOC, 0x44)
#define AXVM_VCPU_GET_REG _IO(AXVM_IOC, 0x45)
#define AXVM_VCPU_SET_REG _IO(AXVM_IOC, 0x46)
#define AXVM_VCPU_CLAIM _IO(AXVM_IOC, 0x47)
#define AXVM_VCPU_COMPLETE _IO(AXVM_IOC, 0x48)
#define AXVM_VCPU_RUN _IO(AXVM_IOC, 0x49)
#define AXVM_VCPU_TRANSLATE _IO(AXVM_IOC, 0x4a)
#define AXVM_VCPU_DEBUG _IO(AXVM_IOC, 0x4b)
#define AXVM_VCPU_CONTROL _IO(AXVM_IOC, 0x4c)
#define AXVM_VCPU_NEXT _IO(AXVM_IOC, 0x4d)

/* ------------------------------------------------------------------ */
/* Layout: any change here is a change of the ABI			    */
/* ------------------------------------------------------------------ */

#define AXVM_LAYOUT(s, bytes)                                                  \
	AXVM_ASSERT(sizeof(struct s) == (bytes), "size of struct " #s)
#define AXVM_OFFSET(s, f, at)                                                  \
	AXVM_ASSERT(__builtin_offsetof(struct s, f) == (at),                   \
		    "offset of " #s "." #f)

AXVM_LAYOUT(axvm_info, 304);
AXVM_OFFSET(axvm_info, caps, 24);
AXVM_OFFSET(axvm_info, max_mem_uid, 64);
AXVM_OFFSET(axvm_info, why_text, 112);
AXVM_LAYOUT(axvm_vm_create, 112);
AXVM_OFFSET(axvm_vm_create, id, 88);
AXVM_LAYOUT(axvm_vm_ref, 88);
AXVM_LAYOUT(axvm_vm_info, 168);
AXVM_OFFSET(axvm_vm_info, mem_bytes, 120);
AXVM_LAYOUT(axvm_list, 40);
AXVM_LAYOUT(axvm_vm_set, 16);
AXVM_LAYOUT(axvm_vm_op, 16);
AXVM_LAYOUT(axvm_vm_wait, 56);
AXVM_LAYOUT(axvm_blob, 24);
AXVM_LAYOUT(axvm_mem, 48);
AXVM_LAYOUT(axvm_cpuid, 48);
AXVM_LAYOUT(axvm_mem_rw, 40);
AXVM_LAYOUT(axvm_exit, 128);
AXVM_OFFSET(axvm_exit, pc, 32);
AXVM_OFFSET(axvm_exit, raw, 64);
AXVM_OFFSET(axvm_exit, answer.ns, 124);
AXVM_LAYOUT(axvm_ring, 256);
AXVM_OFFSET(axvm_ring, consumed, 64);
AXVM_OFFSET(axvm_ring, parked, 128);
AXVM_LAYOUT(axvm_flight, 16);
AXVM_LAYOUT(axvm_io, 48);
AXVM_LAYOUT(axvm_irq, 24);
AXVM_LAYOUT(axvm_vcpu_create, 24);
AXVM_LAYOUT(axvm_vcpu_info, 192);
AXVM_LAYOUT(axvm_vcpu_affinity, 136);
AXVM_LAYOUT(axvm_regs, 24);
AXVM_LAYOUT(axvm_reg, 16);
AXVM_LAYOUT(axvm_reg_list, 24);
AXVM_LAYOUT(axvm_vcpu_claim, 16);
AXVM_LAYOUT(axvm_vcpu_complete, 24);
AXVM_LAYOUT(axvm_vcpu_run, 144);
AXVM_LAYOUT(axvm_translate, 40);
AXVM_LAYOUT(axvm_debug_point, 16);
AXVM_LAYOUT(axvm_vcpu_debug, 280);
AXVM_LAYOUT(axvm_stats, 24);
AXVM_LAYOUT(axvm_profile_row, 288);
AXVM_LAYOUT(axvm_profile, 32);
AXVM_LAYOUT(axvm_control, 32);
AXVM_LAYOUT(axvm_console, 16);

#endif /* _UAPI_AXVM_H */
