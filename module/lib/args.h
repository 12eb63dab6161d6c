/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: what can be said about the arguments of the memory ioctls without
 * looking at a VM or the host.
 */
#ifndef AXVM_LIB_ARGS_H
#define AXVM_LIB_ARGS_H

#include <linux/types.h>
#include "uapi/axvm.h"

/** Granularity of everything in guest-physical space. */
#define AXVM_ARGS_PAGE 4096ull
/** Width of the widest physical address that either architecture has. */
#define AXVM_ARGS_HPA_BITS 52

/**
 * axvm_args_range() - is [start, start + len) page aligned, not empty and
 * below 2^bits, without wrapping?
 * @bits: 12 to 64
 *
 * Return: 0, -EINVAL.
 */
int axvm_args_range(u64 start, u64 len, unsigned int bits);

/**
 * axvm_args_mem_map() - AXVM_VM_MEM_MAP: shape of the region
 * @gpa_bits: axvm_info.gpa_bits
 *
 * Return: 0, -EINVAL.
 */
int axvm_args_mem_map(const struct axvm_mem *m, unsigned int gpa_bits);

/** axvm_args_mem_unmap() - AXVM_VM_MEM_UNMAP: @gpa and @len only. */
int axvm_args_mem_unmap(const struct axvm_mem *m, unsigned int gpa_bits);

/**
 * axvm_args_mem_list() - AXVM_VM_MEM_LIST: entry size
 *
 * An entry larger than struct axvm_mem is a newer caller's: the rest of it is
 * zeroed, so it must stay small.
 */
int axvm_args_mem_list(const struct axvm_list *l);

/** axvm_args_mem_rw() - AXVM_VM_MEM_RW: flags, and no wrap of either range. */
int axvm_args_mem_rw(const struct axvm_mem_rw *rw);

#endif /* AXVM_LIB_ARGS_H */
