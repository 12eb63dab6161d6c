// SPDX-License-Identifier: GPL-2.0
/*
 * Ways out of a guest that are no synchronous exception: one table.
 */
#include <linux/kernel.h>

#include "uapi/axvm.h"
#include "arch/arm64/emul/esr.h"
#include "arch/arm64/emul/leave.h"

static const struct leave leaves[] = {
	[LEAVE_IRQ] = { .hw_reason = LEAVE_HW_IRQ, .host_irq = true },
	/* A host that uses FIQs takes it as it takes an IRQ. */
	[LEAVE_FIQ] = { .hw_reason = LEAVE_HW_FIQ, .host_irq = true },
	/*
	 * Memory or a bus failed under the guest.  What it did last may be
	 * lost: it cannot go on, and the host is none the worse.
	 */
	[LEAVE_SERROR] = { .hw_reason = LEAVE_HW_SERROR,
			   .reason = AXVM_EXIT_HOST },
	[LEAVE_ILLEGAL] = { .hw_reason = LEAVE_HW_ILLEGAL,
			    .reason = AXVM_EXIT_FAIL_ENTRY },
	[LEAVE_BUG] = { .hw_reason = LEAVE_HW_BUG,
			.reason = AXVM_EXIT_INTERNAL_ERROR },
	[LEAVE_RETRY] = { .hw_reason = LEAVE_HW_RETRY },
};

const struct leave *leave_decode(u64 code)
{
	if (code < LEAVE_IRQ || code >= ARRAY_SIZE(leaves))
		code = LEAVE_BUG;
	return &leaves[code];
}

u32 leave_hw_reason(u64 code, u64 esr)
{
	return code == LEAVE_SYNC ? syn_ec(esr) : leave_decode(code)->hw_reason;
}

u64 leave_serror(u64 esr, u64 late)
{
	return late ?: esr;
}
