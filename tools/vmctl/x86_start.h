/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Register values of x86 start states: real mode, flat 32-bit protected mode,
 * 64-bit mode over an identity map of the first 4 GiB.
 */
#ifndef VMCTL_X86_START_H
#define VMCTL_X86_START_H

#include <stdint.h>

#include "dev.h"

/* Page tables of 64-bit mode: one PML4, one PDPT, four directories. */
#define X86_TABLE_BYTES (6u * 4096u)

#define X86_RFLAGS_FIXED 2u

/** x86_start_real() - code segment such that @entry is reached */
void x86_start_real(struct axvm_x86_sregs *s, uint64_t entry);

/**
 * x86_start_flat() - 32-bit protected mode, flat segments, paging off
 * @code, @data: selectors
 */
void x86_start_flat(struct axvm_x86_sregs *s, uint16_t code, uint16_t data);

/** x86_start_long() - 64-bit mode with page tables at @tables */
void x86_start_long(struct axvm_x86_sregs *s, uint16_t code, uint16_t data,
		    uint64_t tables);

/**
 * x86_start_tables() - write an identity map of 4 GiB to @at
 * Return: as vm_mem_write().
 */
int x86_start_tables(const struct vm *vm, uint64_t at);

#endif /* VMCTL_X86_START_H */
