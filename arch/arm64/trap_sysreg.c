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
#include "arch/arm64/emul/sysreg.h"

#define CNTP_TVAL_EL0 AXVM_ARM64_SYSREG(3, 3, 14, 2, 0)
#define CNTP_CTL_EL0 AXVM_ARM64_SYSREG(3, 3, 14, 2, 1)
#define CNTP_CVAL_EL0 AXVM_ARM64_SYSREG(3, 3, 14, 2, 2)
#define CNTPCT_EL0 AXVM_ARM64_SYSREG(3, 3, 14, 0, 1)

#define CTL_SETTABLE GENMASK_ULL(1, 0)
#define CTL_ENABLE BIT_ULL(0)
#define CTL_ISTATUS BIT_ULL(2)

/*
 * ID registers that every kernel from 6.1 on sanitises; all others, and those
 * of AArch32, read as zero.  Asking the kernel for one that it does not know
 * is a warning in its log, so a guest's access never gets that far.
 */
#define ID_REGS(X)                                                           \
	X(0, 4, 0) /* ID_AA64PFR0_EL1 */                                     \
	X(0, 4, 1) /* ID_AA64PFR1_EL1 */                                     \
	X(0, 4, 4) /* ID_AA64ZFR0_EL1 */                                     \
	X(0, 5, 0) /* ID_AA64DFR0_EL1 */                                     \
	X(0, 5, 1) /* ID_AA64DFR1_EL1 */                                     \
	X(0, 6, 0) /* ID_AA64ISAR0_EL1 */                                    \
	X(0, 6, 1) /* ID_AA64ISAR1_EL1 */                                    \
	X(0, 6, 2) /* ID_AA64ISAR2_EL1 */                                    \
	X(0, 7, 0) /* ID_AA64MMFR0_EL1 */                                    \
	X(0, 7, 1) /* ID_AA64MMFR1_EL1 */                                    \
	X(0, 7, 2) /* ID_AA64MMFR2_EL1 */

struct id_reg {
	u32 id;
	u32 kernel_id;
	u64 value;
};

static struct id_reg id_regs[] = {
#define ID_REG(crn, crm, op2)                                                \
	{                                                                    \
		.id = AXVM_ARM64_SYSREG(3, 0, crn, crm, op2),                \
		.kernel_id = sys_reg(3, 0, crn, crm, op2),                   \
	},
	ID_REGS(ID_REG)
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

static void fill_env(struct sysreg_env *env)
{
	env->features = SYSREG_WITH_FP |
			(vgic_hw_present() ? SYSREG_WITH_GICV3 : 0);
	env->pa_range = arm64_gpa_range();
	env->host = host_id;
	env->opaque = NULL;
}

/* The guest's physical timer: registers only, it raises no interrupt yet. */
static void timer_access(struct axvm_vcpu *vcpu, u32 id, bool read, u64 *val)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	u64 now = vtimer_count(vcpu->vm);

	switch (id) {
	case CNTPCT_EL0:
		*val = now;
		break;
	case CNTP_TVAL_EL0:
		if (read)
			*val = (u32)(a->cntp_cval - now);
		else
			a->cntp_cval = now + (s32)*val;
		break;
	case CNTP_CVAL_EL0:
		if (read)
			*val = a->cntp_cval;
		else
			a->cntp_cval = *val;
		break;
	case CNTP_CTL_EL0:
		if (!read)
			a->cntp_ctl = *val & CTL_SETTABLE;
		else
			*val = a->cntp_ctl |
			       ((a->cntp_ctl & CTL_ENABLE) &&
						now >= a->cntp_cval ?
					CTL_ISTATUS : 0);
		break;
	}
}

static enum axvm_run record(struct axvm_vcpu *vcpu, const struct esr_sys *s,
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

enum axvm_run arm64_exit_sysreg(struct axvm_vcpu *vcpu, u64 esr)
{
	enum axvm_run r = AXVM_RUN_RESUME;
	struct sysreg_env env;
	struct esr_sys s;
	u64 value = 0;

	esr_sys_decode(esr, &s);
	if (!s.read)
		value = arm64_get_x(vcpu, s.reg);
	fill_env(&env);
	switch (sysreg_access(&env, &vcpu->arch.sysreg, s.id, s.read, &value)) {
	case SYSREG_DONE:
		break;
	case SYSREG_TIMER:
		timer_access(vcpu, s.id, s.read, &value);
		break;
	case SYSREG_FLUSH:
		r = AXVM_RUN_SLOW;
		break;
	case SYSREG_UNDEF:
		arm64_inject_undefined(vcpu);
		return AXVM_RUN_RESUME;
	case SYSREG_GIC:
	case SYSREG_UNKNOWN:
		return record(vcpu, &s, value);
	}
	if (s.read)
		arm64_set_x(vcpu, s.reg, value);
	arm64_skip(vcpu);
	return r;
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
