/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The only file that looks at the kernel's version: one name for what
 * kernels from 6.1 on do in different ways.
 */
#ifndef AXVM_COMPAT_H
#define AXVM_COMPAT_H

#include <linux/eventfd.h>
#include <linux/mm.h>
#include <linux/version.h>

/* ---- eventfd -------------------------------------------------------- */

/** Add one to an eventfd's counter (any context). */
static inline void axvm_eventfd_signal(struct eventfd_ctx *ctx)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
	eventfd_signal(ctx);
#else
	eventfd_signal(ctx, 1);
#endif
}

/* ---- VMA flags (mmap_lock held for writing) ------------------------- */

static inline void axvm_vma_flags_set(struct vm_area_struct *vma,
				      unsigned long flags)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
	vm_flags_set(vma, flags);
#else
	vma->vm_flags |= flags;
#endif
}

static inline void axvm_vma_flags_clear(struct vm_area_struct *vma,
					unsigned long flags)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
	vm_flags_clear(vma, flags);
#else
	vma->vm_flags &= ~flags;
#endif
}

#endif /* AXVM_COMPAT_H */
