// SPDX-License-Identifier: GPL-2.0
/*
 * Trapped MRS, MSR and system instructions: what emul/sysreg.c knows is
 * finished here, the rest is recorded for the policy of unknown registers.
 */
#include <linux/bitfield.h>
#include <asm/cpufeature.h>

#include "arch/arm64/arm64.h"
#include "arch/arm64/inject.h"
#include "arch/arm64/trap.h"
#include "arch/arm64/emul/esr.h"
#include "arch/arm64/emul/inject.h"
#include "arch/arm64/emul/sysreg.h"

#define ID_PFR1 AXVM_ARM64_SYSREG(3, 0, 0, 4, 1)
#define ID_MMFR1 AXVM_ARM64_SYSREG(3, 0, 0, 7, 1)
#define ID_MMFR2 AXVM_ARM64_SYSREG(3, 0, 0, 7, 2)
#define ID_PFR0 AXVM_ARM64_SYSREG(3, 0, 0, 4, 0)
#define PFR0_DIT GENMASK_ULL(51, 48)
#define PFR1_SSBS GENMASK_ULL(7, 4)
#define MMFR1_PAN GENMASK_ULL(23, 20)
#define MMFR2_UAO GENMASK_ULL(7, 4)

#define CNTPCT_EL0 AXVM_ARM64_SYSREG(3, 3, 14, 0, 1)
#define CNTPCTSS_EL0 AXVM_ARM64_SYSREG(3, 3, 14, 0, 5)
#define CNTVCTSS_EL0 AXVM_ARM64_SYSREG(3, 3, 14, 0, 6)
#define CNTP_TVAL_EL0 AXVM_ARM64_SYSREG(3, 3, 14, 2, 0)
#define CNTP_CTL_EL0 AXVM_ARM64_SYSREG(3, 3, 14, 2, 1)
#define CNTP_CVAL_EL0 AXVM_ARM64_SYSREG(3, 3, 14, 2, 2)

#define CTL_SETTABLE GENMASK_ULL(1, 0)
#define CTL_ENABLE BIT_ULL(0)
#define CTL_ISTATUS BIT_ULL(2)

/* ---- ID registers --------------------------------------------------------- */

/*
 * The host's values that views are made of.  Every kernel from 6.1 on
 * sanitises them; asking it for one that it does not know is a warning in its
 * log, so a guest's access never gets that far.
 */
static struct {
	u32 id;
	u32 kernel_id;
	u64 value;
} id_regs[] = {
#define ID_REG(name, op0, op1, crn, crm, op2)                                \
	{                                                                    \
		.id = AXVM_ARM64_SYSREG(op0, op1, crn, crm, op2),            \
		.kernel_id = sys_reg(op0, op1, crn, crm, op2),               \
	},
	VSYS_ID_REGS(ID_REG)
#undef ID_REG
};

void arm64_id_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(id_regs); i++)
		id_regs[i].value = read_sanitised_ftr_reg(id_regs[i].kernel_id);
}

static u64 host_id(void *opaque, u32 id)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(id_regs); i++)
		if (id_regs[i].id == id)
			return id_regs[i].value;
	return 0;
}

static void fill_env(struct vsys_env *env)
{
	env->id = host_id;
	env->opaque = NULL;
	env->offers = vgic_hw_present() ? VSYS_OFFER_GICV3 : 0;
	env->pa_bits = arm64_gpa_bits();
}

u64 arm64_id(u32 id)
{
	struct vsys_env env;

	fill_env(&env);
	return vsys_id_view(&env, id, host_id(NULL, id));
}

u32 arm64_inject_features(void)
{
	u64 pfr0 = arm64_id(ID_PFR0), mmfr2 = arm64_id(ID_MMFR2);

	return (FIELD_GET(MMFR1_PAN, arm64_id(ID_MMFR1)) ? INJECT_HAS_PAN : 0) |
	       (FIELD_GET(MMFR2_UAO, mmfr2) ? INJECT_HAS_UAO : 0) |
	       (FIELD_GET(PFR1_SSBS, arm64_id(ID_PFR1)) ? INJECT_HAS_SSBS :
							  0) |
	       (FIELD_GET(PFR0_DIT, pfr0) ? INJECT_HAS_DIT : 0);
}

/* ---- timers ----------------------------------------------------------------- */

/* The guest's physical timer: registers only, it raises no interrupt yet. */
static enum vsys_outcome timer_access(struct axvm_vcpu *vcpu, u32 id,
				      bool write, u64 *val)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	u64 now = vtimer_count(vcpu->vm);

	switch (id) {
	case CNTPCT_EL0:
	case CNTPCTSS_EL0:
	case CNTVCTSS_EL0:
		*val = now;
		return write ? VSYS_UNDEF : VSYS_DONE;
	case CNTP_TVAL_EL0:
		if (write)
			a->cntp_cval = now + (s32)*val;
		else
			*val = (u32)(a->cntp_cval - now);
		return VSYS_DONE;
	case CNTP_CVAL_EL0:
		if (write)
			a->cntp_cval = *val;
		else
			*val = a->cntp_cval;
		return VSYS_DONE;
	case CNTP_CTL_EL0:
		if (write)
			a->cntp_ctl = *val & CTL_SETTABLE;
		else
			*val = a->cntp_ctl |
			       ((a->cntp_ctl & CTL_ENABLE) &&
						now >= a->cntp_cval ?
					CTL_ISTATUS : 0);
		return VSYS_DONE;
	}
	return VSYS_UNKNOWN;
}

/* ---- the trap ------------------------------------------------------------------ */

static enum axvm_run record(struct axvm_vcpu *vcpu, const struct syn_sysreg *s,
			    u64 value)
{
	struct axvm_exit *e = arm64_record(vcpu,
					   s->read ? AXVM_EXIT_SYSREG_READ :
						     AXVM_EXIT_SYSREG_WRITE);

	e->sysreg.id = s->id;
	e->sysreg.value = value;
	e->sysreg.reg = s->reg;
	return AXVM_RUN_EXIT;
}

static enum axvm_run finish(struct axvm_vcpu *vcpu,
			    const struct syn_sysreg *s, u64 value)
{
	if (s->read)
		arm64_set_x(vcpu, s->reg, value);
	arm64_skip(vcpu);
	return AXVM_RUN_RESUME;
}

enum axvm_run arm64_exit_sysreg(struct axvm_vcpu *vcpu, u64 esr)
{
	enum vsys_outcome outcome;
	struct syn_sysreg s;
	struct vsys_env env;
	u64 value;

	syn_sysreg_decode(esr, &s);
	value = s.read ? 0 : arm64_get_x(vcpu, s.reg);
	fill_env(&env);
	outcome = vsys_access(&env, &vcpu->arch.sysreg, s.id, !s.read, &value);
	if (outcome == VSYS_TIMER)
		outcome = timer_access(vcpu, s.id, !s.read, &value);
	switch (outcome) {
	case VSYS_DONE:
		return finish(vcpu, &s, value);
	case VSYS_UNDEF:
		arm64_inject_undefined(vcpu);
		return AXVM_RUN_RESUME;
	case VSYS_SETWAY:
		arm64_skip(vcpu);
		return arm64_cache_setway(vcpu);
	case VSYS_VM:
		if (s.read)
			return record(vcpu, &s, value); /* TRVM is never set */
		arm64_skip(vcpu);
		return arm64_cache_control(vcpu, s.id, value);
	default:
		return record(vcpu, &s, value);
	}
}

void arm64_sysreg_complete(struct axvm_vcpu *vcpu, u64 data, bool fault)
{
	if (fault) {
		arm64_inject_undefined(vcpu);
		return;
	}
	if (vcpu->exit.reason == AXVM_EXIT_SYSREG_READ)
		arm64_set_x(vcpu, vcpu->exit.sysreg.reg, data);
	arm64_skip(vcpu);
}
