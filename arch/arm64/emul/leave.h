/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What brought a guest back when it was no exception of its own: interrupts,
 * SErrors, entries that were refused.  Says what becomes of the vCPU and what
 * userspace is told; does nothing itself.
 */
#ifndef AXVM_EMUL_LEAVE_H
#define AXVM_EMUL_LEAVE_H

#include <linux/types.h>

/* How a guest was left: hyp/bits.h HYP_EXIT_*. */
#define LEAVE_SYNC 0
#define LEAVE_IRQ 1
#define LEAVE_FIQ 2
#define LEAVE_SERROR 3
#define LEAVE_ILLEGAL 4
#define LEAVE_BUG 5
#define LEAVE_RETRY 6

/* axvm_exit.hw_reason of what has no exception class */
#define LEAVE_HW_IRQ 0x100
#define LEAVE_HW_FIQ 0x101
#define LEAVE_HW_SERROR 0x102
#define LEAVE_HW_ILLEGAL 0x103
#define LEAVE_HW_BUG 0x104
#define LEAVE_HW_RETRY 0x105
#define LEAVE_HW_AARCH32 0x106

/**
 * struct leave - what is to be done
 * @hw_reason: for tracing, profiles and records
 * @reason: AXVM_EXIT_* of the record with which the vCPU stops, or 0: it goes on
 * @host_irq: the host takes its own interrupt once its interrupts are on
 */
struct leave {
	u32 hw_reason;
	u32 reason;
	bool host_irq;
};

/** leave_decode() - of LEAVE_IRQ and above; what is unknown is LEAVE_BUG */
const struct leave *leave_decode(u64 code);

/**
 * leave_hw_reason() - axvm_exit.hw_reason of any exit
 * @code: LEAVE_*
 * @esr: ESR_EL2, which tells the class of LEAVE_SYNC
 */
u32 leave_hw_reason(u64 code, u64 esr);

/**
 * leave_serror() - the syndrome of a LEAVE_SERROR
 * @esr: ESR_EL2 when the guest was left: the SError's own if that was why
 * @late: what was collected on the way out (DISR_EL1, or ESR_EL2 once more);
 *	0: nothing
 */
u64 leave_serror(u64 esr, u64 late);

#endif /* AXVM_EMUL_LEAVE_H */
