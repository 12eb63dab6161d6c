// SPDX-License-Identifier: GPL-2.0
/*
 * A vCPU's registers as userspace sees them: reset values, the blocks, single
 * registers by id, and the boot registers that RESET goes back to.  A single
 * register is one word of its block, so both ways share their checks.
 */
#include <linux/errno.h>
#include <linux/nospec.h>
#include <linux/slab.h>
#include <linux/stddef.h>
#include <linux/string.h>

#include "arch/arm64/arm64.h"
#include "arch/arm64/vgic.h"

#define PSTATE_MODE GENMASK(4, 0)
#define PSTATE_EL0T 0x0
#define PSTATE_EL1T 0x4
#define PSTATE_EL1H 0x5
#define PSTATE_DAIF GENMASK(9, 6)
/* Condition flags, DIT, UAO, PAN, SSBS, BTYPE, DAIF, mode */
#define PSTATE_SETTABLE                                                      \
	(GENMASK(31, 28) | GENMASK(24, 22) | GENMASK(12, 10) | PSTATE_DAIF | \
	 PSTATE_MODE)

/* SCTLR_EL1 at reset: MMU, caches and alignment checks off; RES1 bits */
#define SCTLR_EL1_RESET 0x30d00800ull

#define CNTV_CTL_SETTABLE GENMASK(1, 0)

/* What RESET brings back: everything of struct hyp_vcpu before @hcr. */
#define BOOT_BYTES offsetof(struct hyp_vcpu, hcr)

struct arm64_boot {
	u8 regs[BOOT_BYTES];
	struct hyp_fpsimd fp;
	struct vsys_state sysreg;
};

int arm64_regs_init(struct axvm_vcpu *vcpu)
{
	vcpu->arch.boot = kzalloc(sizeof(*vcpu->arch.boot),
				  GFP_KERNEL_ACCOUNT);
	if (!vcpu->arch.boot)
		return -ENOMEM;
	arm64_regs_reset(vcpu);
	axvm_arch_vcpu_start(vcpu);
	return 0;
}

void arm64_regs_exit(struct axvm_vcpu *vcpu)
{
	kfree(vcpu->arch.boot);
	vcpu->arch.boot = NULL;
}

static void timers_reset(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	unsigned int t;

	vtimer_wait_end(vcpu);
	for (t = 0; t < ARM64_NR_TIMERS; t++) {
		a->timer[t].ctl = 0;
		a->timer[t].cval = 0;
	}
	a->timer_lines = VTIMER_LOW;
	arm64_vgic_line(vcpu, ARM64_VTIMER_INTID, false);
	arm64_vgic_line(vcpu, ARM64_PTIMER_INTID, false);
	ptimer_update(vcpu);
}

void arm64_regs_reset(struct axvm_vcpu *vcpu)
{
	struct hyp_vcpu *h = vcpu->arch.hyp;

	memset(h, 0, BOOT_BYTES);
	memset(&h->fp, 0, sizeof(h->fp));
	h->pstate = PSTATE_EL1H | PSTATE_DAIF;
	h->sys.sctlr_el1 = SCTLR_EL1_RESET;
	vsys_reset(&vcpu->arch.sysreg);
	timers_reset(vcpu);
}

void arm64_regs_power_on(struct axvm_vcpu *vcpu, u64 entry, u64 context)
{
	arm64_regs_reset(vcpu);
	vgic_hw_reset(vcpu);
	vcpu->arch.hyp->pc = entry;
	vcpu->arch.hyp->x[0] = context;
}

void axvm_arch_vcpu_start(struct axvm_vcpu *vcpu)
{
	struct arm64_boot *b = vcpu->arch.boot;

	memcpy(b->regs, vcpu->arch.hyp, BOOT_BYTES);
	b->fp = vcpu->arch.hyp->fp;
	b->sysreg = vcpu->arch.sysreg;
}

void axvm_arch_vcpu_reset(struct axvm_vcpu *vcpu)
{
	struct arm64_boot *b = vcpu->arch.boot;

	memcpy(vcpu->arch.hyp, b->regs, BOOT_BYTES);
	vcpu->arch.hyp->fp = b->fp;
	vcpu->arch.sysreg = b->sysreg;
	timers_reset(vcpu);
	vgic_hw_reset(vcpu);
	atomic_set(&vcpu->arch.on.state, ARM64_ON_NONE);
	arm64_debug_reset(vcpu);
}

bool axvm_arch_vcpu_is_off(struct axvm_vcpu *vcpu)
{
	return vcpu->index && !vcpu->arch.written;
}

/* CPU_ON works on those that are marked off, only. */
bool axvm_arch_vcpu_stays_off(struct axvm_vcpu *vcpu)
{
	return true;
}

/* ---- blocks ------------------------------------------------------------- */

size_t axvm_arch_regs_size(u32 block)
{
	switch (block) {
	case AXVM_REGS_GENERAL:
		return sizeof(struct axvm_arm64_regs);
	case AXVM_REGS_SYSTEM:
		return sizeof(struct axvm_arm64_sysregs);
	case AXVM_REGS_FPU:
		return sizeof(struct axvm_arm64_fpsimd);
	}
	return 0;
}

static void get_general(struct axvm_vcpu *vcpu, struct axvm_arm64_regs *r)
{
	struct hyp_vcpu *h = vcpu->arch.hyp;

	memcpy(r->x, h->x, sizeof(r->x));
	r->pc = h->pc;
	r->pstate = h->pstate;
	r->sp_el0 = h->sp_el0;
	r->sp_el1 = h->sys.sp_el1;
	r->elr_el1 = h->sys.elr_el1;
	r->spsr_el1 = h->sys.spsr_el1;
}

static bool pstate_valid(u64 pstate)
{
	u64 mode = pstate & PSTATE_MODE;

	return !(pstate & ~(u64)PSTATE_SETTABLE) &&
	       (mode == PSTATE_EL0T || mode == PSTATE_EL1T ||
		mode == PSTATE_EL1H);
}

static int set_general(struct axvm_vcpu *vcpu, const struct axvm_arm64_regs *r)
{
	struct hyp_vcpu *h = vcpu->arch.hyp;

	if (!pstate_valid(r->pstate))
		return -EINVAL;
	memcpy(h->x, r->x, sizeof(r->x));
	h->pc = r->pc;
	h->pstate = r->pstate;
	h->sp_el0 = r->sp_el0;
	h->sys.sp_el1 = r->sp_el1;
	h->sys.elr_el1 = r->elr_el1;
	h->sys.spsr_el1 = r->spsr_el1;
	vcpu->arch.written = true;
	return 0;
}

/* Registers of the system block that are switched as they are. */
#define SYSTEM_PLAIN(X)                                                      \
	X(sctlr_el1) X(cpacr_el1) X(ttbr0_el1) X(ttbr1_el1) X(tcr_el1)       \
	X(esr_el1) X(far_el1) X(afsr0_el1) X(afsr1_el1) X(par_el1)           \
	X(mair_el1) X(amair_el1) X(vbar_el1) X(contextidr_el1) X(tpidr_el0)  \
	X(tpidrro_el0) X(tpidr_el1) X(csselr_el1) X(cntkctl_el1)

static void get_system(struct axvm_vcpu *vcpu, struct axvm_arm64_sysregs *r)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	struct hyp_sysregs *s = &a->hyp->sys;

#define GET(name) r->name = s->name;
	SYSTEM_PLAIN(GET)
#undef GET
	r->actlr_el1 = a->sysreg.value[VSYS_ACTLR_EL1];
	r->mdscr_el1 = a->sysreg.value[VSYS_MDSCR_EL1];
	r->cntv_ctl_el0 = vtimer_ctl(vcpu, ARM64_VTIMER);
	r->cntv_cval_el0 = a->timer[ARM64_VTIMER].cval;
	r->cntp_ctl_el0 = vtimer_ctl(vcpu, ARM64_PTIMER);
	r->cntp_cval_el0 = a->timer[ARM64_PTIMER].cval;
	r->cntvoff_el2 = vcpu->vm->arch.counter_off;
	r->midr_el1 = sr_read(midr_el1);
	r->mpidr_el1 = a->hyp->vmpidr;
}

/* Identity and the VM's time base are not a vCPU's to change. */
static int set_system(struct axvm_vcpu *vcpu,
		      const struct axvm_arm64_sysregs *r)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	struct hyp_sysregs *s = &a->hyp->sys;

	if (r->midr_el1 != sr_read(midr_el1) ||
	    r->mpidr_el1 != a->hyp->vmpidr ||
	    r->cntvoff_el2 != vcpu->vm->arch.counter_off)
		return -EINVAL;
#define SET(name) s->name = r->name;
	SYSTEM_PLAIN(SET)
#undef SET
	a->sysreg.value[VSYS_ACTLR_EL1] = r->actlr_el1;
	a->sysreg.value[VSYS_MDSCR_EL1] = r->mdscr_el1;
	a->timer[ARM64_VTIMER].ctl = r->cntv_ctl_el0 & CNTV_CTL_SETTABLE;
	a->timer[ARM64_VTIMER].cval = r->cntv_cval_el0;
	a->timer[ARM64_PTIMER].ctl = r->cntp_ctl_el0 & CNTV_CTL_SETTABLE;
	a->timer[ARM64_PTIMER].cval = r->cntp_cval_el0;
	ptimer_update(vcpu);
	a->written = true;
	return 0;
}

static void get_fpsimd(struct axvm_vcpu *vcpu, struct axvm_arm64_fpsimd *r)
{
	struct hyp_fpsimd *fp = &vcpu->arch.hyp->fp;

	memcpy(r->v, fp->v, sizeof(r->v));
	r->fpsr = fp->fpsr;
	r->fpcr = fp->fpcr;
	r->pad = 0;
}

static int set_fpsimd(struct axvm_vcpu *vcpu,
		      const struct axvm_arm64_fpsimd *r)
{
	struct hyp_fpsimd *fp = &vcpu->arch.hyp->fp;

	if (r->pad)
		return -EINVAL;
	memcpy(fp->v, r->v, sizeof(r->v));
	fp->fpsr = r->fpsr;
	fp->fpcr = r->fpcr;
	vcpu->arch.written = true;
	return 0;
}

int axvm_arch_get_regs(struct axvm_vcpu *vcpu, u32 block, void *buf)
{
	switch (block) {
	case AXVM_REGS_GENERAL:
		get_general(vcpu, buf);
		return 0;
	case AXVM_REGS_SYSTEM:
		get_system(vcpu, buf);
		return 0;
	case AXVM_REGS_FPU:
		get_fpsimd(vcpu, buf);
		return 0;
	}
	return -EINVAL;
}

int axvm_arch_set_regs(struct axvm_vcpu *vcpu, u32 block, const void *buf)
{
	switch (block) {
	case AXVM_REGS_GENERAL:
		return set_general(vcpu, buf);
	case AXVM_REGS_SYSTEM:
		return set_system(vcpu, buf);
	case AXVM_REGS_FPU:
		return set_fpsimd(vcpu, buf);
	}
	return -EINVAL;
}

/* ---- single registers ------------------------------------------------------ */

#define GENERAL_WORDS (sizeof(struct axvm_arm64_regs) / sizeof(u64))
#define FPSIMD_WORDS 66 /* v0-v31 in halves, fpsr, fpcr */

struct sysreg_word {
	u16 encoding;
	u16 offset; /* in struct axvm_arm64_sysregs */
};

#define WORD(name, op0, op1, crn, crm, op2)                                  \
	{                                                                    \
		.encoding = AXVM_ARM64_SYSREG(op0, op1, crn, crm, op2),      \
		.offset = offsetof(struct axvm_arm64_sysregs, name),         \
	}

static const struct sysreg_word sysreg_words[] = {
	WORD(sctlr_el1, 3, 0, 1, 0, 0),
	WORD(actlr_el1, 3, 0, 1, 0, 1),
	WORD(cpacr_el1, 3, 0, 1, 0, 2),
	WORD(ttbr0_el1, 3, 0, 2, 0, 0),
	WORD(ttbr1_el1, 3, 0, 2, 0, 1),
	WORD(tcr_el1, 3, 0, 2, 0, 2),
	WORD(esr_el1, 3, 0, 5, 2, 0),
	WORD(far_el1, 3, 0, 6, 0, 0),
	WORD(afsr0_el1, 3, 0, 5, 1, 0),
	WORD(afsr1_el1, 3, 0, 5, 1, 1),
	WORD(par_el1, 3, 0, 7, 4, 0),
	WORD(mair_el1, 3, 0, 10, 2, 0),
	WORD(amair_el1, 3, 0, 10, 3, 0),
	WORD(vbar_el1, 3, 0, 12, 0, 0),
	WORD(contextidr_el1, 3, 0, 13, 0, 1),
	WORD(tpidr_el0, 3, 3, 13, 0, 2),
	WORD(tpidrro_el0, 3, 3, 13, 0, 3),
	WORD(tpidr_el1, 3, 0, 13, 0, 4),
	WORD(mdscr_el1, 2, 0, 0, 2, 2),
	WORD(csselr_el1, 3, 2, 0, 0, 0),
	WORD(cntkctl_el1, 3, 0, 14, 1, 0),
	WORD(cntv_ctl_el0, 3, 3, 14, 3, 1),
	WORD(cntv_cval_el0, 3, 3, 14, 3, 2),
	WORD(cntp_ctl_el0, 3, 3, 14, 2, 1),
	WORD(cntp_cval_el0, 3, 3, 14, 2, 2),
	WORD(cntvoff_el2, 3, 4, 14, 0, 3),
	WORD(midr_el1, 3, 0, 0, 0, 0),
	WORD(mpidr_el1, 3, 0, 0, 0, 5),
};

union reg_block {
	struct axvm_arm64_regs general;
	struct axvm_arm64_sysregs system;
	struct axvm_arm64_fpsimd fpsimd;
	u8 bytes[sizeof(struct axvm_arm64_fpsimd)];
};

/* Where the register of an id lives: a word of @bytes in @block. */
struct reg_place {
	u32 block;
	u32 offset;
	u32 bytes;
};

static int place_sysreg(u32 encoding, struct reg_place *p)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sysreg_words); i++)
		if (sysreg_words[i].encoding == encoding) {
			p->block = AXVM_REGS_SYSTEM;
			p->offset = sysreg_words[i].offset;
			p->bytes = sizeof(u64);
			return 0;
		}
	return -ENOENT;
}

static int reg_place(u64 id, struct reg_place *p)
{
	u32 index = id & GENMASK(23, 0);

	if (id == AXVM_ARM64_REG(AXVM_ARM64_CLASS_SYSREG, (u64)index))
		return place_sysreg(index, p);
	p->bytes = sizeof(u64);
	if (id == AXVM_ARM64_REG(AXVM_ARM64_CLASS_GENERAL, (u64)index) &&
	    index < GENERAL_WORDS) {
		p->block = AXVM_REGS_GENERAL;
		p->offset = array_index_nospec(index, GENERAL_WORDS) * 8;
		return 0;
	}
	if (id == AXVM_ARM64_REG(AXVM_ARM64_CLASS_FPSIMD, (u64)index) &&
	    index < FPSIMD_WORDS) {
		index = array_index_nospec(index, FPSIMD_WORDS);
		p->block = AXVM_REGS_FPU;
		p->bytes = index < 64 ? sizeof(u64) : sizeof(u32);
		p->offset = index < 64 ? index * 8 : 512 + (index - 64) * 4;
		return 0;
	}
	return -ENOENT;
}

int axvm_arch_get_reg(struct axvm_vcpu *vcpu, struct axvm_reg *reg)
{
	union reg_block b;
	struct reg_place p;
	int err = reg_place(reg->id, &p);

	if (err)
		return err;
	axvm_arch_get_regs(vcpu, p.block, &b);
	reg->value = 0;
	memcpy(&reg->value, b.bytes + p.offset, p.bytes);
	return 0;
}

int axvm_arch_set_reg(struct axvm_vcpu *vcpu, const struct axvm_reg *reg)
{
	union reg_block b;
	struct reg_place p;
	int err = reg_place(reg->id, &p);

	if (err)
		return err;
	if (p.bytes < sizeof(u64) && reg->value >> 32)
		return -EINVAL;
	axvm_arch_get_regs(vcpu, p.block, &b);
	memcpy(b.bytes + p.offset, &reg->value, p.bytes);
	return axvm_arch_set_regs(vcpu, p.block, &b);
}

u64 axvm_arch_reg_id(struct axvm_vcpu *vcpu, unsigned int n)
{
	if (n < GENERAL_WORDS)
		return AXVM_ARM64_REG(AXVM_ARM64_CLASS_GENERAL, (u64)n);
	n -= GENERAL_WORDS;
	if (n < ARRAY_SIZE(sysreg_words))
		return AXVM_ARM64_REG(AXVM_ARM64_CLASS_SYSREG,
				      (u64)sysreg_words[n].encoding);
	n -= ARRAY_SIZE(sysreg_words);
	if (n < FPSIMD_WORDS)
		return AXVM_ARM64_REG(AXVM_ARM64_CLASS_FPSIMD, (u64)n);
	return 0;
}

/* EL2's registers are no structure in memory. */
int axvm_arch_control(struct axvm_vcpu *vcpu, bool all,
		      struct axvm_reg *fields, u32 *n, u32 *kind)
{
	return -EOPNOTSUPP;
}

u64 axvm_arch_hw_id(unsigned int index)
{
	/* Affinity 0 holds 16: what one SGI can name (GICv3 target lists). */
	return (index & 15) | (u64)(index >> 4) << 8;
}

bool axvm_arch_hw_id_valid(u64 id)
{
	/* Aff3 is in 39:32, Aff2-0 in 23:0; no range selector for Aff0 */
	return !(id & ~(GENMASK_ULL(39, 32) | GENMASK_ULL(23, 0))) &&
	       (id & 0xff) < 16;
}
