/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between VHE and nVHE, behind one table: taking and giving back
 * a CPU, sharing pages with EL2, entering, and TLB maintenance.  The run path
 * asks the CPU which of the two it is; everything else goes through the table.
 */
#ifndef AXVM_HYP_BACKEND_H
#define AXVM_HYP_BACKEND_H

#include "uapi/axvm.h"
#include "module/arch.h"
#include "arch/arm64/hyp/hyp.h"

/**
 * struct hyp_ops - a backend
 * @backend: AXVM_BACKEND_*
 * @prepare: allocate what taking CPUs needs (process); undone by @unprepare
 * @cpu_enable: take this CPU (irqs off or not preemptible, atomic)
 * @cpu_disable: give it back (as above; also at crash)
 * @share: let EL2 reach a page (process); undone by @unshare
 * @tlbi_vmid: forget all of the VMID in @vttbr, on every CPU (any context)
 * @tlbi_range: forget @pages 4 KiB pages from @ipa, stage 1 included
 * @tlbi_all: forget everything of every VMID, and instruction caches
 */
struct hyp_ops {
	u32 backend;
	int (*prepare)(struct axvm_why *why);
	void (*unprepare)(void);
	int (*cpu_enable)(struct axvm_why *why);
	void (*cpu_disable)(void);
	int (*share)(void *page);
	void (*unshare)(void *page);
	void (*tlbi_vmid)(u64 vttbr);
	void (*tlbi_range)(u64 vttbr, u64 ipa, u64 pages);
	void (*tlbi_all)(void);
};

extern const struct hyp_ops hyp_vhe_ops;
extern const struct hyp_ops hyp_nvhe_ops;
/** The one that fits this machine, once axvm_arch_init() has found it. */
extern const struct hyp_ops *hyp_ops;

/* The run path: preemption off; hyp_*_run() with irqs off. */
void hyp_vhe_load(struct hyp_vcpu *v);
void hyp_vhe_put(struct hyp_vcpu *v);
u64 hyp_vhe_run(struct hyp_vcpu *v);
/** Loaded: the EL1 context from the CPU to @v->sys, and back. */
void hyp_vhe_fetch(struct hyp_vcpu *v);
void hyp_vhe_store(struct hyp_vcpu *v);
void hyp_nvhe_put(struct hyp_vcpu *v);
u64 hyp_nvhe_run(struct hyp_vcpu *v);

/** Look the kernel's own EL2 vectors up (process).  False: not found. */
bool hyp_nvhe_find_stub(void);

/** A register of EL2, HYP_READ_* (taken, preemption off). */
u64 hyp_nvhe_read(u64 what);

/** axvm_why helpers: fill and return @err. */
int hyp_why(struct axvm_why *why, u32 code, int err, const char *fmt, ...)
	__printf(4, 5);

#endif /* AXVM_HYP_BACKEND_H */
