/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Address-space types and the few results that core, architecture and pure
 * code share.  Includes nothing but <linux/types.h>.
 */
#ifndef AXVM_LIB_TYPES_H
#define AXVM_LIB_TYPES_H

#include <linux/types.h>

typedef u64 gpa_t; /* guest-physical */
typedef u64 gva_t; /* guest-virtual (linear) */
typedef u64 hpa_t; /* host-physical */

/**
 * enum axvm_run - what a stay in the guest ended with (never an errno)
 * @AXVM_RUN_RESUME: handled; look at requests, then go on
 * @AXVM_RUN_WAIT: the guest executed HLT or WFI: sleep until it can wake
 * @AXVM_RUN_FAULT: vcpu->fault wants a page, or is MMIO
 * @AXVM_RUN_SLOW: axvm_arch_vcpu_slow() must go on where it may sleep
 * @AXVM_RUN_EXIT: vcpu->exit is filled; policy decides
 * @AXVM_RUN_PARKED: axvm_exit_quick_park() has done it all
 * @AXVM_RUN_STOP: vcpu->exit is filled; the VM stops with it
 * @AXVM_RUN_OFF: the vCPU powers itself off (CPU_OFF); others go on
 * @AXVM_RUN_BREAK: vcpu->exit is a DEBUG record; the vCPU holds still
 */
enum axvm_run {
	AXVM_RUN_RESUME,
	AXVM_RUN_WAIT,
	AXVM_RUN_FAULT,
	AXVM_RUN_SLOW,
	AXVM_RUN_EXIT,
	AXVM_RUN_PARKED,
	AXVM_RUN_STOP,
	AXVM_RUN_OFF,
	AXVM_RUN_BREAK,
};

/*
 * For a large local variable that is written before anybody reads it, on
 * kernels that zero every local first.
 */
#if __has_attribute(__uninitialized__)
#define AXVM_UNINIT __attribute__((__uninitialized__))
#else
#define AXVM_UNINIT
#endif

#endif /* AXVM_LIB_TYPES_H */
