// SPDX-License-Identifier: GPL-2.0
/*
 * Exceptions that the guest takes at EL1 although hardware raised none: the
 * guest's registers to and from emul/inject.c.
 */
#include "module/trace.h"
#include "arch/arm64/arm64.h"
#include "arch/arm64/inject.h"
#include "arch/arm64/emul/esr.h"
#include "arch/arm64/emul/inject.h"

#define INSN_BYTES 4 /* AArch64 */

static void inject_begin(struct axvm_vcpu *vcpu, struct inject_state *st)
{
	struct hyp_sysregs *s = arm64_sys_begin(vcpu);

	*st = (struct inject_state){
		.pc = vcpu->arch.hyp->pc,
		.pstate = vcpu->arch.hyp->pstate,
		.vbar = s->vbar_el1,
		.sctlr = s->sctlr_el1,
		.far = s->far_el1,
		.features = arm64_inject_features(),
	};
}

static void inject_end(struct axvm_vcpu *vcpu, const struct inject_state *st)
{
	struct hyp_sysregs *s = &vcpu->arch.hyp->sys;

	vcpu->arch.hyp->pc = st->pc;
	vcpu->arch.hyp->pstate = st->pstate;
	s->elr_el1 = st->elr;
	s->spsr_el1 = st->spsr;
	s->esr_el1 = st->esr;
	s->far_el1 = st->far;
	arm64_sys_end(vcpu);
	axvm_stat(vcpu, injected, 1);
	trace_axvm_inject(vcpu, syn_ec(st->esr), st->esr, st->far);
}

void arm64_inject_undefined(struct axvm_vcpu *vcpu)
{
	struct inject_state st;

	inject_begin(vcpu, &st);
	inject_undef(&st, INSN_BYTES);
	inject_end(vcpu, &st);
}

void arm64_inject_abort(struct axvm_vcpu *vcpu, gva_t gva, bool fetch,
			bool write)
{
	struct inject_state st;

	inject_begin(vcpu, &st);
	inject_abort(&st, fetch, gva, write, INSN_BYTES);
	inject_end(vcpu, &st);
}

void arm64_inject_alignment(struct axvm_vcpu *vcpu, gva_t gva, bool write)
{
	struct inject_state st;

	inject_begin(vcpu, &st);
	inject_alignment(&st, gva, write);
	inject_end(vcpu, &st);
}

void arm64_inject_reflect(struct axvm_vcpu *vcpu, u64 esr)
{
	struct inject_state st;

	inject_begin(vcpu, &st);
	inject_reflect(&st, esr, vcpu->arch.hyp->far);
	inject_end(vcpu, &st);
}
