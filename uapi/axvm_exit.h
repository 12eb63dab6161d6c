/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * axvm userspace interface: exits.  Their records, the ring of a claimant, the
 * flight recorder, and who answers which accesses.  Part of axvm.h.
 */
#ifndef _UAPI_AXVM_EXIT_H
#define _UAPI_AXVM_EXIT_H

#include <linux/types.h>

#define AXVM_EXIT_NONE 0
#define AXVM_EXIT_HYPERCALL 1
#define AXVM_EXIT_MMIO_READ 2
#define AXVM_EXIT_MMIO_WRITE 3
#define AXVM_EXIT_SYSREG_READ 4
#define AXVM_EXIT_SYSREG_WRITE 5
#define AXVM_EXIT_IO_READ 6
#define AXVM_EXIT_IO_WRITE 7
#define AXVM_EXIT_EXTERNAL_INTERRUPT 8
#define AXVM_EXIT_NESTED_PAGE_FAULT 9
#define AXVM_EXIT_HALT 10
#define AXVM_EXIT_CPU_UP 11
#define AXVM_EXIT_CPU_DOWN 12
#define AXVM_EXIT_SYSTEM_DOWN 13
#define AXVM_EXIT_NOTHING 14
#define AXVM_EXIT_FAIL_ENTRY 15
#define AXVM_EXIT_SEND_IPI 16
#define AXVM_EXIT_IDLE 17
#define AXVM_EXIT_PREEMPTION_TIMER 18
#define AXVM_EXIT_INTERRUPT_END 19
#define AXVM_EXIT_TRIPLE_FAULT 20
#define AXVM_EXIT_INTERNAL_ERROR 21
#define AXVM_EXIT_PAUSED 22
#define AXVM_EXIT_DEBUG 23
#define AXVM_EXIT_RESET 24
#define AXVM_EXIT_MEMORY 25 /* a page could not be filled */
#define AXVM_EXIT_EXCEPTION 26 /* guest exception that we do not handle */
#define AXVM_EXIT_UNKNOWN 27 /* hardware reason without a handler */
#define AXVM_EXIT_STOPPED 28 /* stop_reason only: by AXVM_VM_STOP */
#define AXVM_EXIT_HALTED 29 /* stop_reason: nothing can wake any vCPU */
#define AXVM_EXIT_HOST 30 /* a #MC, NMI or SError of the host's own */
#define AXVM_EXIT_CR 31 /* control-register access (x86) */
#define AXVM_EXIT_CPUID 32 /* CPUID (x86) */
#define AXVM_NR_EXITS 33

/* Flags of struct axvm_exit. */
#define AXVM_EXIT_WANTS_ANSWER (1u << 0) /* the vCPU is parked on it */
#define AXVM_EXIT_IN_KERNEL (1u << 1) /* already handled, for information */
#define AXVM_EXIT_STOPS (1u << 2) /* the vCPU or VM stopped with it */
#define AXVM_EXIT_ANSWERED (1u << 3) /* recorder: @answer_ns is valid */

/**
 * struct axvm_exit - one exit of a vCPU, 128 bytes
 * @seq: number of this record on its vCPU, from 1, without gaps
 * @time_ns: CLOCK_MONOTONIC
 * @reason: AXVM_EXIT_*
 * @flags: AXVM_EXIT_WANTS_ANSWER ...
 * @vcpu: index
 * @hw_reason: x86: basic exit reason with the entry-failure bit 31; arm64:
 *	exception class, or 0x100 IRQ, 0x101 FIQ, 0x102 SError, 0x103 illegal
 *	state, 0x104 an exception at EL2, 0x106 AArch32
 * @pc: guest RIP or PC of the instruction
 * @gpa: guest-physical address, where the reason has one
 * @gva: guest-linear / faulting virtual address, where there is one
 * @qual: x86: exit qualification; arm64: ESR_EL2
 * @io: IO_READ, IO_WRITE: @io.port; @io.bytes 1, 2, 4; @io.count elements of
 *	a string operation at @io.data (else 1); @io.data value or, for
 *	IO_READ, ignored: the answer is the value
 * @mmio: MMIO_READ, MMIO_WRITE: @mmio.data value written; @mmio.bytes
 *	1..8; @mmio.reg_bytes width of the destination register;
 *	@mmio.sign_extend; @mmio.reg its index (GPR), or 0xff
 * @hypercall: number, arguments (x86: rdi rsi rdx rcx r8 r9; arm64: x1-x6),
 *	and guest privilege (CPL or EL)
 * @sysreg: @sysreg.id: MSR index, or op0:op1:CRn:CRm:op2 packed as in
 *	axvm_arm64.h; @sysreg.value of a write; @sysreg.reg
 * @fail: FAIL_ENTRY: @fail.hw_reason, @fail.insn_error VM-instruction error
 *	or 0, @fail.info free detail
 * @cpu: CPU_UP: target hardware id, entry point, argument
 * @irq: EXTERNAL_INTERRUPT, SEND_IPI, INTERRUPT_END: vector or INTID
 * @debug: DEBUG: AXVM_DEBUG_HIT_*
 * @raw: the same 64 bytes
 * @answer: in the flight recorder, once the record has been answered and has
 *	AXVM_EXIT_ANSWERED: @answer.ns from the record to its answer, ~0 for
 *	anything longer than that can hold
 */
struct axvm_exit {
	__u64 seq;
	__u64 time_ns;
	__u32 reason;
	__u32 flags;
	__u32 vcpu;
	__u32 hw_reason;
	__u64 pc;
	__u64 gpa;
	__u64 gva;
	__u64 qual;
	union {
		struct {
			__u64 data;
			__u32 count;
			__u16 port;
			__u8 bytes;
			__u8 string;
		} io;
		struct {
			__u64 data;
			__u8 bytes;
			__u8 reg_bytes;
			__u8 sign_extend;
			__u8 reg;
		} mmio;
		struct {
			__u64 nr;
			__u64 args[6];
			__u32 level;
			__u32 pad; /* @answer.ns */
		} hypercall;
		struct {
			__u64 id;
			__u64 value;
			__u64 reg;
		} sysreg;
		struct {
			__u64 hw_reason;
			__u64 insn_error;
			__u64 info;
		} fail;
		struct {
			__u64 target;
			__u64 entry;
			__u64 arg;
		} cpu;
		struct {
			__u64 vector;
			__u64 info;
		} irq;
		struct {
			__u32 what;
			__u32 pad;
		} debug;
		__u64 raw[8];
		struct {
			__u64 pad[7];
			__u32 pad1;
			__u32 ns;
		} answer;
	};
};

/* mmap() offsets of a vCPU descriptor, in bytes. */
#define AXVM_MMAP_RING 0ull /* read/write, the claimant only */
#define AXVM_MMAP_FLIGHT (1ull << 32) /* read-only, anyone who can open */

#define AXVM_RING_MAGIC 0x52787641u /* "AvxR" */
#define AXVM_RING_SLOTS 128u
#define AXVM_FLIGHT_MAGIC 0x46787641u
#define AXVM_FLIGHT_SLOTS 256u
#define AXVM_RING_HEADER 4096u

/**
 * struct axvm_ring - header page of the exit ring; slots follow at
 * AXVM_RING_HEADER, record i at slot i % @slots
 * @magic: AXVM_RING_MAGIC
 * @slots: number of slots, a power of two
 * @produced: records ever put in; written by the kernel with release order
 * @dropped: records not put in because the ring was full (never one that
 *	wants an answer: that one waits in @parked)
 * @consumed: records ever taken out; written by the owner.  The kernel
 *	reads it once per record and ignores a value out of range, as if
 *	the ring were full
 * @parked_seq: @parked.seq while a vCPU is parked, else 0
 * @parked: the record that wants an answer; it is not in the ring's slots
 */
struct axvm_ring {
	__u32 magic;
	__u32 slots;
	__u64 produced;
	__u64 dropped;
	__u64 parked_seq;
	__u64 pad0[4];
	__u64 consumed;
	__u64 pad1[7];
	struct axvm_exit parked;
};

/**
 * struct axvm_flight - header page of the flight recorder; slots follow at
 * AXVM_RING_HEADER and are overwritten, record i at slot i % @slots
 * @magic: AXVM_FLIGHT_MAGIC
 * @slots: number of slots, a power of two
 * @produced: records ever written, updated after the slot (release order)
 *
 * A reader copies the slot of record i (i < @produced, from 0), then, after a
 * load barrier, reads @produced again: the copy is good when i + @slots is
 * still above it.  Record i has axvm_exit.seq i + 1.  A record that is there
 * changes once: when it is answered, @answer, then AXVM_EXIT_ANSWERED.
 */
struct axvm_flight {
	__u32 magic;
	__u32 slots;
	__u64 produced;
};

/* I/O spaces and policies. */
#define AXVM_SPACE_PIO 0
#define AXVM_SPACE_MMIO 1
#define AXVM_SPACE_HYPERCALL 2 /* ranges of numbers; len 0: the default */
#define AXVM_SPACE_SYSREG 3 /* unknown MSRs and system registers */

#define AXVM_IO_UNCLAIMED 0 /* reads all-ones, writes dropped, recorded */
#define AXVM_IO_USER 1 /* parks the vCPU until it is answered */
#define AXVM_IO_STOP 2 /* stops the VM with this exit as its reason */
#define AXVM_IO_EVENTFD 3 /* writes signal an eventfd, guest goes on */

#define AXVM_IO_DEFAULT (1u << 0) /* flag: the space's default policy */
#define AXVM_IO_REMOVE (1u << 1) /* flag: take the range away */
#define AXVM_IO_DATAMATCH (1u << 2) /* flag: EVENTFD only if data matches */

/**
 * struct axvm_io - AXVM_VM_IO: who answers a range of ports or addresses
 * @flags: AXVM_IO_DEFAULT, AXVM_IO_REMOVE, AXVM_IO_DATAMATCH
 * @space: AXVM_SPACE_*
 * @policy: AXVM_IO_UNCLAIMED ... AXVM_IO_EVENTFD
 * @base: first port or guest-physical address
 * @len: length; not 0 unless AXVM_IO_DEFAULT
 * @datamatch: value that signals the eventfd
 * @fd: EVENTFD: the eventfd; else 0
 * @pad: zero
 *
 * The default of every space is UNCLAIMED (arm64 MMIO: an external abort in
 * the guest; hypercalls: all-ones as result; system registers: #GP or UNDEF).
 * An access belongs to a range if all its bytes do.  EVENTFD is for PIO and
 * MMIO; reads, and writes that do not match, follow the default.
 * Errors: EINVAL; EEXIST overlaps a range or an in-kernel device; ENOENT
 * REMOVE: no such range; ENOSPC more than 256 ranges; EBADF bad eventfd;
 * EOPNOTSUPP PIO on an architecture without ports.
 */
#define AXVM_IO_MAX 256u
struct axvm_io {
	__u32 size;
	__u32 flags;
	__u32 space;
	__u32 policy;
	__u64 base;
	__u64 len;
	__u64 datamatch;
	__s32 fd;
	__u32 pad;
};

#endif /* _UAPI_AXVM_EXIT_H */
