// SPDX-License-Identifier: GPL-2.0
/*
 * Trapped MRS, MSR and system instructions: what emul/sysreg.c knows is
 * finished here, the rest is recorded for the policy of unknown registers.
 */
#include <linux/bitfield.h>
#include <linux/nospec.h>
#include <asm/cpufeature.h>

#include "arch/arm64/arm64.h"
#include "arch/arm64/inject.h"
#include "arch/arm64/trap.h"
#include "arch/arm64/vgic.h"
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

#define ICC_ASGI1R_EL1 AXVM_ARM64_SYSREG(3, 0, 12, 11, 6)
#define ICC_DIR_EL1 AXVM_ARM64_SYSREG(3, 0, 12, 11, 1)
#define ICC_SGI0R_EL1 AXVM_ARM64_SYSREG(3, 0, 12, 11, 7)
#define ICC_SGI1R_EL1 AXVM_ARM64_SYSREG(3, 0, 12, 11, 5)
#define ICC_SRE_EL1 AXVM_ARM64_SYSREG(3, 0, 12, 12, 5)

#define ICC_SRE_FIXED 7ull /* SRE, DFB, DIB: nothing else to choose */

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
#define ID_REG(name, op0, op1, crn, crm, op2)                     \
	{                                                         \
		.id = AXVM_ARM64_SYSREG(op0, op1, crn, crm, op2), \
		.kernel_id = sys_reg(op0, op1, crn, crm, op2),    \
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

static void fill_env(struct vsys_env *env, bool gic)
{
	env->id = host_id;
	env->opaque = NULL;
	env->offers = gic && !vgic_hw_is_v2() ? VSYS_OFFER_GICV3 : 0;
	env->pa_bits = arm64_gpa_bits();
}

/*
 * What guests read in the space of the ID registers (op0 3, op1 0, CRn 0),
 * made once: [0] without a GICv3 of their own, [1] with it.  Index and bit of
 * @known: CRm << 3 | op2.  Others are the table's.
 */
#define ID_SPACE AXVM_ARM64_SYSREG(3, 0, 0, 0, 0)
#define ID_SPACE_SIZE 64

static struct {
	u64 known;
	u64 value[ID_SPACE_SIZE];
} id_views[2];

void arm64_id_views_init(void)
{
	unsigned int gic, i;
	struct vsys_env env;

	for (gic = 0; gic < 2; gic++) {
		fill_env(&env, gic);
		for (i = 0; i < ID_SPACE_SIZE; i++) {
			if (!vsys_is_id(ID_SPACE + i))
				continue;
			id_views[gic].known |= BIT_ULL(i);
			vsys_access(&env, NULL, ID_SPACE + i, false,
				    &id_views[gic].value[i]);
		}
	}
}

/* True: done.  A kernel reads many of them, above all while it boots. */
static bool id_quick(struct axvm_vcpu *vcpu, const struct syn_sysreg *s)
{
	unsigned int gic = !!vcpu->vm->arch.vgic;
	u32 i = s->id - ID_SPACE;

	if (i >= ID_SPACE_SIZE || !s->read ||
	    !(id_views[gic].known & BIT_ULL(i)))
		return false;
	i = array_index_nospec(i, ID_SPACE_SIZE);
	arm64_set_x(vcpu, s->reg, id_views[gic].value[i]);
	arm64_skip(vcpu);
	return true;
}

u64 arm64_id(u32 id)
{
	struct vsys_env env;

	fill_env(&env, false);
	return vsys_id_view(&env, id, host_id(NULL, id));
}

u32 arm64_inject_features(void)
{
	u64 pfr0 = arm64_id(ID_PFR0), mmfr2 = arm64_id(ID_MMFR2);

	return (FIELD_GET(MMFR1_PAN, arm64_id(ID_MMFR1)) ? INJECT_HAS_PAN : 0) |
	       (FIELD_GET(MMFR2_UAO, mmfr2) ? INJECT_HAS_UAO : 0) |
	       (FIELD_GET(PFR1_SSBS, arm64_id(ID_PFR1)) ? INJECT_HAS_SSBS : 0) |
	       (FIELD_GET(PFR0_DIT, pfr0) ? INJECT_HAS_DIT : 0);
}

/* ---- the interrupt controller's interface --------------------------------- */

/*
 * What traps in spite of list registers; all of it in a VM that has no
 * controller, where it does not exist.
 */
static enum vsys_outcome gic_access(struct axvm_vcpu *vcpu, u32 id, u64 *val)
{
	if (!vcpu->vm->arch.vgic)
		return VSYS_UNDEF;
	switch (id) {
	case ICC_SGI1R_EL1:
		arm64_vgic_sgi(vcpu, *val, true);
		return VSYS_DONE;
	case ICC_SGI0R_EL1:
	case ICC_ASGI1R_EL1: /* with one security state no more than that */
		arm64_vgic_sgi(vcpu, *val, false);
		return VSYS_DONE;
	case ICC_DIR_EL1:
		arm64_vgic_dir(vcpu, *val);
		return VSYS_DONE;
	case ICC_SRE_EL1:
		*val = ICC_SRE_FIXED;
		return VSYS_DONE;
	}
	return VSYS_UNDEF;
}

/* ---- the trap ------------------------------------------------------------------ */

static enum axvm_run record(struct axvm_vcpu *vcpu, const struct syn_sysreg *s,
			    u64 value)
{
	struct axvm_exit *e = arm64_record(
		vcpu, s->read ? AXVM_EXIT_SYSREG_READ : AXVM_EXIT_SYSREG_WRITE);

	e->sysreg.id = s->id;
	e->sysreg.value = value;
	e->sysreg.reg = s->reg;
	return AXVM_RUN_EXIT;
}

static enum axvm_run finish(struct axvm_vcpu *vcpu, const struct syn_sysreg *s,
			    u64 value)
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

	/* Not through the table: SGIs are what a guest traps for most. */
	if (syn_sysreg_writes(esr, 3, 0, 12, 11, 5) && vcpu->vm->arch.vgic) {
		value = arm64_get_x(vcpu, syn_sysreg_reg(esr));
		arm64_vgic_sgi(vcpu, value, true);
		arm64_skip(vcpu);
		return AXVM_RUN_RESUME;
	}
	syn_sysreg_decode(esr, &s);
	if (id_quick(vcpu, &s))
		return AXVM_RUN_RESUME;
	value = s.read ? 0 : arm64_get_x(vcpu, s.reg);
	fill_env(&env, vcpu->vm->arch.vgic);
	outcome = vsys_access(&env, &vcpu->arch.sysreg, s.id, !s.read, &value);
	if (outcome == VSYS_TIMER)
		outcome = ptimer_access(vcpu, s.id, !s.read, &value);
	else if (outcome == VSYS_GIC)
		outcome = gic_access(vcpu, s.id, &value);
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
