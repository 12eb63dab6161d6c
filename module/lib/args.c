// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: shape checks of the memory ioctls' arguments: alignment, wrap, limits
 * of the address space, flags against kinds.  Overlaps, rights and limits per
 * user need a VM and are checked where it is.
 */
#include <linux/errno.h>
#include <linux/kernel.h>

#include "module/lib/args.h"

#define PROT (AXVM_MEM_READ | AXVM_MEM_WRITE | AXVM_MEM_EXEC)

/* Which flags go with which kind; 0: no such kind. */
static u32 kind_flags(u32 kind)
{
	switch (kind) {
	case AXVM_MEM_ALLOC:
		return PROT | AXVM_MEM_POPULATE;
	case AXVM_MEM_USER:
		return PROT;
	case AXVM_MEM_HOST:
		return PROT | AXVM_MEM_DEVICE | AXVM_MEM_UNCACHED;
	default:
		return 0;
	}
}

int axvm_args_range(u64 start, u64 len, unsigned int bits)
{
	u64 last;

	if (!len || !IS_ALIGNED(start, AXVM_ARGS_PAGE) ||
	    !IS_ALIGNED(len, AXVM_ARGS_PAGE))
		return -EINVAL;
	last = start + (len - 1);
	if (last < start)
		return -EINVAL;
	if (bits < 64 && last >> bits)
		return -EINVAL;
	return 0;
}

int axvm_args_mem_map(const struct axvm_mem *m, unsigned int gpa_bits)
{
	if (m->pad || m->resident)
		return -EINVAL;
	if (!(m->flags & AXVM_MEM_READ) || m->flags & ~kind_flags(m->kind))
		return -EINVAL;
	if (m->flags & AXVM_MEM_DEVICE && m->flags & AXVM_MEM_UNCACHED)
		return -EINVAL;
	if (axvm_args_range(m->gpa, m->len, gpa_bits))
		return -EINVAL;
	switch (m->kind) {
	case AXVM_MEM_ALLOC:
		return m->source ? -EINVAL : 0;
	case AXVM_MEM_USER:
		return axvm_args_range(m->source, m->len, 64);
	default:
		return axvm_args_range(m->source, m->len, AXVM_ARGS_HPA_BITS);
	}
}

int axvm_args_mem_unmap(const struct axvm_mem *m, unsigned int gpa_bits)
{
	if (m->flags || m->source || m->kind || m->pad || m->resident)
		return -EINVAL;
	return axvm_args_range(m->gpa, m->len, gpa_bits);
}

int axvm_args_mem_list(const struct axvm_list *l)
{
	if (l->flags || l->pad || l->entry_size < sizeof(struct axvm_mem) ||
	    l->entry_size > AXVM_ARGS_PAGE || l->entry_size % 8)
		return -EINVAL;
	return 0;
}

int axvm_args_mem_rw(const struct axvm_mem_rw *rw)
{
	if (rw->flags & ~(AXVM_RW_WRITE | AXVM_RW_GVA | AXVM_RW_PEEK) ||
	    rw->pad)
		return -EINVAL;
	if (rw->flags & AXVM_RW_WRITE && rw->flags & AXVM_RW_PEEK)
		return -EINVAL;
	if (!(rw->flags & AXVM_RW_GVA) && rw->vcpu)
		return -EINVAL;
	if (rw->len && (rw->addr + (rw->len - 1) < rw->addr ||
			rw->buf + (rw->len - 1) < rw->buf))
		return -EINVAL;
	return 0;
}
