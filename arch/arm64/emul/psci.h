/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: PSCI 1.1 and the SMC calling convention's own functions, as a guest
 * calls them by HVC or SMC.
 *
 * Manuals: Arm "Power State Coordination Interface"; "SMC Calling
 * Convention"; "True Random Number Generator Firmware Interface".
 */
#ifndef AXVM_ARM64_EMUL_PSCI_H
#define AXVM_ARM64_EMUL_PSCI_H

#include <linux/types.h>

#define PSCI_SUCCESS 0
#define PSCI_NOT_SUPPORTED (-1)
#define PSCI_INVALID_PARAMETERS (-2)
#define PSCI_DENIED (-3)
#define PSCI_ALREADY_ON (-4)
#define PSCI_ON_PENDING (-5)
#define PSCI_INTERNAL_FAILURE (-6)
#define PSCI_NOT_PRESENT (-7)
#define PSCI_DISABLED (-8)
#define PSCI_INVALID_ADDRESS (-9)

/**
 * enum psci_action - what the caller of psci_call() must do after it has put
 * the results into the guest's registers
 * @PSCI_NOT_MINE: no PSCI or SMCCC function: a hypercall of another kind
 * @PSCI_DONE: nothing more
 * @PSCI_WAIT: suspend until an interrupt (as WFI)
 * @PSCI_CPU_OFF_NOW: this vCPU powers off
 * @PSCI_SYSTEM_OFF_NOW: the VM powers off
 * @PSCI_SYSTEM_RESET_NOW: the VM wants a reset
 */
enum psci_action {
	PSCI_NOT_MINE,
	PSCI_DONE,
	PSCI_WAIT,
	PSCI_CPU_OFF_NOW,
	PSCI_SYSTEM_OFF_NOW,
	PSCI_SYSTEM_RESET_NOW,
};

/**
 * struct psci_ops - what the VM does
 * @cpu_on: power on the vCPU with MPIDR affinity @mpidr at @entry (a PC) with
 *	x0 = @context; PSCI_SUCCESS, ALREADY_ON, INVALID_PARAMETERS, ...
 * @cpu_state: 0 on, 1 off, 2 on its way; PSCI_INVALID_PARAMETERS
 * @entry_valid: may a guest start at @entry (a physical address)?
 * @random: fill @bits random bits into @out (low bits first); bool: worked
 */
struct psci_ops {
	int (*cpu_on)(void *vm, u64 mpidr, u64 entry, u64 context);
	int (*cpu_state)(void *vm, u64 mpidr);
	bool (*entry_valid)(void *vm, u64 entry);
	bool (*random)(void *vm, u64 out[3], unsigned int bits);
};

/**
 * struct psci_call - one call
 * @x: in: x0-x6; out: x0-x3 as far as @results says
 * @results: out: how many registers from x0 on are results
 */
struct psci_call {
	u64 x[7];
	unsigned int results;
};

/** psci_call() - carry it out; never anything that firmware would see */
enum psci_action psci_call(const struct psci_ops *ops, void *vm,
			   struct psci_call *call);

#endif /* AXVM_ARM64_EMUL_PSCI_H */
