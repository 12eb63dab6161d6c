// SPDX-License-Identifier: GPL-2.0
/*
 * What brought the guest back and what becomes of it: one handler per
 * exception class, each either finishes the instruction here or fills
 * vcpu->exit.  Runs after the exit with interrupts on and preemption off.
 */
#include <linux/string.h>

#include "module/trace.h"
#include "arch/arm64/arm64.h"
#include "arch/arm64/emul/esr.h"
#include "arch/arm64/emul/leave.h"
#include "arch/arm64/inject.h"
#include "arch/arm64/trap.h"

#define PSTATE_NRW BIT(4)

static_assert(HYP_EXIT_SYNC == LEAVE_SYNC && HYP_EXIT_IRQ == LEAVE_IRQ &&
	      HYP_EXIT_FIQ == LEAVE_FIQ && HYP_EXIT_SERROR == LEAVE_SERROR &&
	      HYP_EXIT_ILLEGAL == LEAVE_ILLEGAL && HYP_EXIT_BUG == LEAVE_BUG &&
	      HYP_EXIT_RETRY == LEAVE_RETRY);

typedef enum axvm_run (*exit_fn)(struct axvm_vcpu *vcpu, u64 esr);

struct axvm_exit *arm64_record(struct axvm_vcpu *vcpu, u32 reason)
{
	struct axvm_exit *e = &vcpu->exit;
	struct hyp_vcpu *h = vcpu->arch.hyp;

	axvm_exit_zero(e);
	e->reason = reason;
	e->pc = h->pc;
	e->qual = h->esr;
	e->hw_reason = syn_ec(h->esr);
	return e;
}

enum axvm_run arm64_internal(struct axvm_vcpu *vcpu, u64 hw_reason, u64 info)
{
	struct axvm_exit *e = arm64_record(vcpu, AXVM_EXIT_INTERNAL_ERROR);

	e->hw_reason = hw_reason;
	e->fail.hw_reason = hw_reason;
	e->fail.info = info;
	return AXVM_RUN_STOP;
}

static enum axvm_run exit_unknown(struct axvm_vcpu *vcpu, u64 esr)
{
	struct axvm_exit *e = arm64_record(vcpu, AXVM_EXIT_UNKNOWN);

	e->gva = vcpu->arch.hyp->far;
	e->raw[0] = vcpu->arch.hyp->pstate;
	return AXVM_RUN_STOP;
}

void arm64_trace_exit(struct axvm_vcpu *vcpu, u64 code)
{
	const struct hyp_vcpu *h = vcpu->arch.hyp;
	bool sync = code == HYP_EXIT_SYNC || code == HYP_EXIT_RETRY;

	trace_axvm_exit(vcpu,
			leave_hw_reason(sync ? HYP_EXIT_SYNC : code, h->esr),
			h->pc, sync ? h->esr : 0);
}

/* ---- waiting ---------------------------------------------------------------- */

static enum axvm_run exit_wfx(struct axvm_vcpu *vcpu, u64 esr)
{
	struct syn_wfx w;

	syn_wfx_decode(esr, &w);
	arm64_skip(vcpu);
	/*
	 * WFE, WFET: an event may be near; the loop lets others run if they
	 * want to.  A guest has no time-outs (FEAT_WFxT): trapped by mistake.
	 */
	if (w.what == SYN_WFE || w.what == SYN_WFET)
		return AXVM_RUN_RESUME;
	return AXVM_RUN_WAIT;
}

void arm64_record_wait(struct axvm_vcpu *vcpu)
{
	arm64_record(vcpu, AXVM_EXIT_HALT);
	vcpu->exit.pc -= 4;
}

/* ---- FP and what is hidden ---------------------------------------------------- */

static enum axvm_run exit_fp(struct axvm_vcpu *vcpu, u64 esr)
{
	arm64_fp_take(vcpu);
	return AXVM_RUN_RESUME;
}

static enum axvm_run exit_undefined(struct axvm_vcpu *vcpu, u64 esr)
{
	arm64_inject_undefined(vcpu);
	return AXVM_RUN_RESUME;
}

/* ---- aborts --------------------------------------------------------------------- */

/* What the guest tried, as the core's AXVM_MEM_* */
static u32 abort_prot(const struct syn_abort *a)
{
	/* A walk of the guest's tables reads; refused, it wanted to write. */
	if (a->s1ptw)
		return a->kind == SYN_FAULT_PERMISSION ? AXVM_MEM_WRITE :
							 AXVM_MEM_READ;
	if (a->insn)
		return AXVM_MEM_EXEC;
	/* Cache maintenance reports itself as a write and needs none. */
	return a->write && !a->cache_op ? AXVM_MEM_WRITE : AXVM_MEM_READ;
}

static enum axvm_run exit_abort(struct axvm_vcpu *vcpu, u64 esr)
{
	struct hyp_vcpu *h = vcpu->arch.hyp;
	struct syn_abort *a = &vcpu->arch.abort;
	struct axvm_exit *e;

	/* A driver's loop accesses its device in the same way every time. */
	if (vcpu->arch.abort_esr != esr) {
		syn_abort_decode(esr, a);
		vcpu->arch.abort_esr = esr;
	}
	switch (a->kind) {
	case SYN_FAULT_TRANSLATION:
	case SYN_FAULT_ACCESS_FLAG:
	case SYN_FAULT_PERMISSION:
		break;
	case SYN_FAULT_ALIGNMENT:
		/* Device memory by stage 2 alone: the guest's fault even so. */
		arm64_inject_alignment(vcpu, h->far, a->write);
		return AXVM_RUN_RESUME;
	case SYN_FAULT_EXCLUSIVE:
	case SYN_FAULT_LOCKDOWN:
		/* An exclusive or atomic access where none is served. */
		arm64_inject_abort(vcpu, h->far, a->insn, a->write);
		return AXVM_RUN_RESUME;
	default:
		/* External abort, parity, TLB conflict: hardware is at fault. */
		e = arm64_record(vcpu, AXVM_EXIT_HOST);
		e->gva = h->far;
		return AXVM_RUN_STOP;
	}
	vcpu->fault.gpa = syn_abort_ipa(a, h->hpfar, h->far);
	if (arm64_mmio_fast(vcpu))
		return AXVM_RUN_RESUME;
	vcpu->fault.gva = h->far;
	vcpu->fault.gva_valid = a->far_valid;
	vcpu->fault.prot = abort_prot(a);
	return arm64_mmio_user(vcpu);
}

/* ---- the table -------------------------------------------------------------------- */

static const exit_fn exit_table[SYN_NR_ECS] = {
	[SYN_EC_UNKNOWN] =
		exit_undefined, /* trapped, e.g. by TIDCP, without a class */
	[SYN_EC_WFX] = exit_wfx,
	[SYN_EC_FP_ASIMD] = exit_fp,
	[SYN_EC_PAUTH] = exit_undefined, /* pointer authentication: hidden */
	[SYN_EC_LS64] = exit_undefined, /* LS64 */
	[SYN_EC_HVC64] = arm64_exit_hvc,
	[SYN_EC_SMC64] = arm64_exit_smc,
	[SYN_EC_SYS64] = arm64_exit_sysreg,
	[SYN_EC_SVE] = exit_undefined, /* SVE: hidden */
	[SYN_EC_ERET] = exit_undefined, /* ERET of nested virtualization */
	[SYN_EC_FPAC] = exit_undefined, /* pointer authentication failure */
	[SYN_EC_SME] = exit_undefined, /* SME */
	[SYN_EC_IABT_LOW] = exit_abort,
	[SYN_EC_DABT_LOW] = exit_abort,
	[SYN_EC_MOPS] = exit_undefined, /* MOPS */
	[SYN_EC_BREAK_LOW] = arm64_exit_debug, /* breakpoint */
	[SYN_EC_STEP_LOW] = arm64_exit_debug, /* single step */
	[SYN_EC_WATCH_LOW] = arm64_exit_debug, /* watchpoint */
	[SYN_EC_BRK64] = arm64_exit_debug, /* BRK */
};

static enum axvm_run exit_sync(struct axvm_vcpu *vcpu)
{
	u64 esr = vcpu->arch.hyp->esr;
	exit_fn fn = exit_table[syn_ec(esr)];

	if (unlikely(vcpu->arch.hyp->pstate & PSTATE_NRW))
		return arm64_internal(vcpu, LEAVE_HW_AARCH32, esr);
	return fn ? fn(vcpu, esr) : exit_unknown(vcpu, esr);
}

static enum axvm_run exit_other(struct axvm_vcpu *vcpu, u64 code)
{
	const struct leave *l = leave_decode(code);
	struct hyp_vcpu *h = vcpu->arch.hyp;
	struct axvm_exit *e;

	/* Taken by the host the moment its interrupts were on again. */
	if (l->host_irq)
		axvm_stat(vcpu, host_irqs, 1);
	if (!l->reason)
		return AXVM_RUN_RESUME;
	e = arm64_record(vcpu, l->reason);
	e->hw_reason = l->hw_reason;
	if (l->reason == AXVM_EXIT_HOST) {
		/* Collected late: ESR_EL2 is of what the guest was left for. */
		e->qual = leave_serror(h->esr, h->disr);
		e->raw[0] = e->qual;
		h->disr = 0;
	} else {
		e->fail.hw_reason = l->hw_reason;
		e->fail.info = code == HYP_EXIT_ILLEGAL ? h->pstate : code;
	}
	return AXVM_RUN_STOP;
}

enum axvm_run arm64_exit(struct axvm_vcpu *vcpu, u64 code)
{
	if (likely(code == HYP_EXIT_SYNC))
		return exit_sync(vcpu);
	return exit_other(vcpu, code);
}
