/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The front of an ELF core file of a VM: ELF header, program headers, notes.
 */
#ifndef VMCTL_ELFCORE_H
#define VMCTL_ELFCORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "unpack.h"

/* Where memory begins in the file is a multiple of this. */
#define ELFCORE_ALIGN 4096u

/**
 * Owner of notes with a register block as they are in uapi.  Their type has
 * AXVM_REGS_* in its low half and is nobody else's: crash looks at types only.
 */
#define ELFCORE_NOTE_AXVM "AXVM"
#define ELFCORE_AXVM_TYPE(block) (0x41580000u | (block))

/** struct core_span - memory; in the file at @off from where memory begins */
struct core_span {
	uint64_t gpa, len, off;
};

/** struct core_run - the guest maps [@gva, @gva + @len) to @gpa */
struct core_run {
	uint64_t gva, gpa, len;
};

/**
 * struct elfcore - what the core is about
 * @arm64: else x86-64
 * @cpus: general registers of the vCPUs (struct axvm_x86_regs or
 *	axvm_arm64_regs), @nr_cpus of them; @system likewise: blocks
 *	AXVM_REGS_SYSTEM
 * @kernel_gs: x86: the base that SWAPGS would give each of them; or NULL
 * @memory: guest memory, @nr_memory spans, sorted
 * @runs: the guest's mappings, @nr_runs, none across the end of a span; NULL:
 *	the core shows physical addresses
 * @vmcoreinfo: a Linux guest's note on itself (its contents), or empty
 */
struct elfcore {
	bool arm64;
	const void *cpus, *system;
	const uint64_t *kernel_gs;
	unsigned int nr_cpus;
	const struct core_span *memory;
	size_t nr_memory;
	const struct core_run *runs;
	size_t nr_runs;
	const char *vmcoreinfo;
	size_t vmcoreinfo_len;
};

/** elfcore_room() - most bytes that the front takes, aligned */
uint64_t elfcore_room(const struct elfcore *c, size_t vmcoreinfo_max);

/**
 * elfcore_front() - make it
 * @start: where memory begins in the file: elfcore_room()
 * @out: filled with @start bytes; free(@out->v)
 *
 * NT_PRSTATUS notes come in the order of the CPUs, pid is index + 1.  x86: so
 * do notes as QEMU writes them, from which crash takes control registers and
 * where each CPU is.
 * "System V ABI", chapters "ELF Header" and "Program Header"; "core(5)".
 */
void elfcore_front(const struct elfcore *c, uint64_t start, struct bytes *out);

/**
 * elfcore_vmcoreinfo() - is this page a Linux guest's VMCOREINFO note?
 * @page: 4096 bytes
 * @len: out: length of its contents
 * Return: the contents, within @page, or NULL.
 */
const char *elfcore_vmcoreinfo(const uint8_t *page, size_t *len);

#endif /* VMCTL_ELFCORE_H */
