// SPDX-License-Identifier: GPL-2.0
/*
 * Register blocks: the reset state, what userspace reads, and what it may
 * write.  Single registers by id are in reg_ids.c.
 *
 * A block is refused as a whole if VM entry would refuse it and one block is
 * enough to tell.  What only several blocks together make impossible (virtual
 * 8086 mode and the segments, say) shows as a FAIL_ENTRY exit.
 */
#include <linux/string.h>
#include <asm/cpufeature.h>
#include <asm/msr-index.h>

#include "module/arch.h"
#include "arch/x86/lapic.h"
#include "arch/x86/x86.h"

/* Access rights: VMX's "usable" bits. */
#define SEG_TYPE GENMASK(3, 0)
#define SEG_S BIT(4)
#define SEG_P BIT(7)
#define SEG_L BIT(13)
#define SEG_DB BIT(14)
#define SEG_G BIT(15)
#define SEG_UNUSABLE BIT(16)
#define SEG_RESERVED (GENMASK(11, 8) | GENMASK(31, 17))

#define RFLAGS_FIXED BIT(1)
#define RFLAGS_RESERVED (GENMASK_ULL(63, 22) | BIT(15) | BIT(5) | BIT(3))

#define CR0_RESERVED                                                           \
	(~(u64)(X86_CR0_PE | X86_CR0_MP | X86_CR0_EM | X86_CR0_TS |            \
		X86_CR0_ET | X86_CR0_NE | X86_CR0_WP | X86_CR0_AM |            \
		X86_CR0_NW | X86_CR0_CD | X86_CR0_PG))

#define DR6_FIXED 0xffff0ff0ull
#define DR6_VOLATILE 0xe00full
#define DR7_FIXED 0x400ull
#define DR7_WRITABLE 0xffff2bffull

/* Manual: "Processor State Following Power-up, Reset, or INIT". */
void vx86_reset_state(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	struct vx86_state *s = &a->state;
	u64 tsc = s->tsc_offset, adjust = s->msr.value[VMSR_TSC_ADJUST];
	struct vmsr_env env;
	unsigned int i;

	memset(s, 0, sizeof(*s));
	a->valid = VX86_ALL;
	a->dirty = VX86_ALL;
	s->tsc_offset = tsc;
	for (i = AXVM_X86_ES; i <= AXVM_X86_GS; i++)
		s->seg[i] = (struct vx86_segment){ .limit = 0xffff,
						   .access = 0x93 };
	s->seg[AXVM_X86_CS] = (struct vx86_segment){ .base = 0xffff0000,
						     .limit = 0xffff,
						     .access = 0x9b,
						     .selector = 0xf000 };
	s->seg[AXVM_X86_TR] = (struct vx86_segment){ .limit = 0xffff,
						     .access = 0x8b };
	s->seg[AXVM_X86_LDTR] = (struct vx86_segment){ .limit = 0xffff,
						       .access = 0x82 };
	s->gdt.limit = 0xffff;
	s->idt.limit = 0xffff;
	s->rip = 0xfff0;
	s->rflags = RFLAGS_FIXED;
	s->gpr[GPR_RDX] = vx86_signature(vcpu);
	s->cr0 = X86_CR0_CD | X86_CR0_NW | X86_CR0_ET;
	s->xcr0 = 1;
	s->dr6 = DR6_FIXED;
	s->dr7 = DR7_FIXED;
	vx86_msr_env(vcpu, &env);
	vmsr_reset(&env, &s->msr);
	/* As host_leaf() (sysreg.c) has it. */
	if (!boot_cpu_has(X86_FEATURE_REP_GOOD))
		s->msr.value[VMSR_MISC_ENABLE] &=
			~MSR_IA32_MISC_ENABLE_FAST_STRING;
	s->msr.value[VMSR_TSC_ADJUST] = adjust; /* goes with the TSC */
}

/* ---- AXVM_REGS_GENERAL ------------------------------------------------------ */

static void get_general(struct axvm_vcpu *vcpu, struct axvm_x86_regs *r)
{
	struct vx86_state *s = &vcpu->arch.state;

	memcpy(r->gpr, s->gpr, sizeof(r->gpr));
	r->rip = s->rip;
	r->rflags = s->rflags;
}

static int set_general(struct axvm_vcpu *vcpu, const struct axvm_x86_regs *r)
{
	struct vx86_state *s = &vcpu->arch.state;

	if (r->rflags & RFLAGS_RESERVED)
		return -EINVAL;
	memcpy(s->gpr, r->gpr, sizeof(s->gpr));
	s->rip = r->rip;
	s->rflags = r->rflags | RFLAGS_FIXED;
	vx86_dirty(vcpu, VX86_RIP | VX86_RSP | VX86_RFLAGS);
	return 0;
}

/* ---- AXVM_REGS_SYSTEM --------------------------------------------------------- */

static void get_segment(struct axvm_x86_segment *to,
			const struct vx86_segment *s)
{
	*to = (struct axvm_x86_segment){ .base = s->base,
					 .limit = s->limit,
					 .selector = s->selector,
					 .access = s->access };
}

static void get_system(struct axvm_vcpu *vcpu, struct axvm_x86_sregs *r)
{
	struct vx86_state *s = &vcpu->arch.state;
	unsigned int i;

	memset(r, 0, sizeof(*r));
	for (i = 0; i < ARRAY_SIZE(r->seg); i++)
		get_segment(&r->seg[i], &s->seg[i]);
	r->gdt.base = s->gdt.base;
	r->gdt.limit = s->gdt.limit;
	r->idt.base = s->idt.base;
	r->idt.limit = s->idt.limit;
	r->cr0 = s->cr0;
	r->cr2 = s->cr2;
	r->cr3 = s->cr3;
	r->cr4 = s->cr4;
	vx86_lapic_get_cr8(vcpu);
	r->cr8 = s->cr8;
	r->efer = s->msr.value[VMSR_EFER];
	r->apic_base = s->msr.value[VMSR_APIC_BASE];
	r->xcr0 = s->xcr0;
	for (i = 0; i < 4; i++)
		r->dr[i] = s->dr[i];
	r->dr[6] = s->dr6;
	r->dr[7] = s->dr7;
	r->mode = vx86_mode(vcpu);
}

/* Granularity must fit the limit. */
static bool limit_ok(u32 limit, u32 access)
{
	if ((limit & 0xfff) != 0xfff && access & SEG_G)
		return false;
	return !(limit >> 20) || access & SEG_G;
}

static bool canonical(struct axvm_vcpu *vcpu, u64 addr)
{
	bool la57 = vcpu->arch.cr4_allowed & X86_CR4_LA57;

	return vmsr_canonical(addr, la57 ? 57 : 48);
}

/* Manual: "Checks on Guest Segment Registers". */
static bool segment_ok(struct axvm_vcpu *vcpu, unsigned int n,
		       const struct axvm_x86_segment *s)
{
	bool flat = n == AXVM_X86_ES || n == AXVM_X86_SS || n == AXVM_X86_DS;
	u32 ar = s->access;

	if (s->pad || s->pad2 || ar & SEG_RESERVED)
		return false;
	if (n == AXVM_X86_CS ? s->base >> 32 != 0 : !flat && !canonical(vcpu,
									s->base))
		return false;
	if (ar & SEG_UNUSABLE)
		return n != AXVM_X86_CS && n != AXVM_X86_TR;
	if (flat && s->base >> 32)
		return false;
	return ar & SEG_P && limit_ok(s->limit, ar);
}

static bool segment_type_ok(unsigned int n, const struct axvm_x86_segment *s)
{
	u32 type = s->access & SEG_TYPE;
	bool code = s->access & SEG_S;

	if (s->access & SEG_UNUSABLE)
		return true;
	switch (n) {
	case AXVM_X86_TR:
		return !code && (type == 3 || type == 11);
	case AXVM_X86_LDTR:
		return !code && type == 2;
	case AXVM_X86_CS:
		return code && (type == 3 || (type & 9) == 9) &&
		       !(s->access & SEG_L && s->access & SEG_DB);
	case AXVM_X86_SS:
		return code && (type == 3 || type == 7);
	default:
		return code && type & 1 && (!(type & 8) || type & 2);
	}
}

/* CR0, CR4, EFER alone and together. */
static bool control_ok(struct axvm_vcpu *vcpu, const struct axvm_x86_sregs *r)
{
	const struct axvm_vcpu_arch *a = &vcpu->arch;
	bool pg = r->cr0 & X86_CR0_PG, lme = r->efer & EFER_LME;

	if (r->cr0 & CR0_RESERVED || r->cr4 & ~a->cr4_allowed ||
	    r->efer & ~a->efer_allowed)
		return false;
	if ((pg && !(r->cr0 & X86_CR0_PE)) ||
	    (r->cr0 & X86_CR0_NW && !(r->cr0 & X86_CR0_CD)))
		return false;
	if (!!(r->efer & EFER_LMA) != (pg && lme))
		return false;
	if (pg && lme && !(r->cr4 & X86_CR4_PAE))
		return false;
	if (r->cr4 & X86_CR4_PCIDE && !(pg && lme))
		return false;
	return true;
}

static bool system_ok(struct axvm_vcpu *vcpu, const struct axvm_x86_sregs *r)
{
	const struct axvm_vcpu_arch *a = &vcpu->arch;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(r->seg); i++)
		if (!segment_ok(vcpu, i, &r->seg[i]) ||
		    !segment_type_ok(i, &r->seg[i]))
			return false;
	for (i = 0; i < 3; i++)
		if (r->gdt.pad[i] || r->idt.pad[i])
			return false;
	if (!canonical(vcpu, r->gdt.base) || !canonical(vcpu, r->idt.base))
		return false;
	if (r->cr3 >> a->phys_bits || r->cr8 > 15)
		return false;
	if (r->xcr0 != 1 && !vcpuid_xcr0_valid(r->xcr0, a->xcr0_allowed))
		return false;
	return !(r->dr[4] | r->dr[5] | r->dr[6] >> 32 | r->dr[7] >> 32) &&
	       !r->pad && control_ok(vcpu, r);
}

static void set_segments(struct vx86_state *s, const struct axvm_x86_sregs *r)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(r->seg); i++)
		s->seg[i] = (struct vx86_segment){
			.base = r->seg[i].base,
			.limit = r->seg[i].limit,
			.access = r->seg[i].access,
			.selector = r->seg[i].selector,
		};
	s->gdt.base = r->gdt.base;
	s->gdt.limit = r->gdt.limit;
	s->idt.base = r->idt.base;
	s->idt.limit = r->idt.limit;
}

/* The lower half of TPR stays, unless this is news. */
static void set_cr8(struct axvm_vcpu *vcpu, u64 cr8)
{
	struct vx86_state *s = &vcpu->arch.state;

	vx86_lapic_get_cr8(vcpu);
	if (s->cr8 == cr8)
		return;
	s->cr8 = cr8;
	vx86_lapic_set_cr8(vcpu);
}

static int set_system(struct axvm_vcpu *vcpu, const struct axvm_x86_sregs *r)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	struct vx86_state *s = &a->state;
	struct vmsr_env env;
	unsigned int i;

	if (!system_ok(vcpu, r))
		return -EINVAL;
	vx86_msr_env(vcpu, &env);
	if (r->apic_base != s->msr.value[VMSR_APIC_BASE] &&
	    vmsr_set(&env, &s->msr, MSR_IA32_APICBASE, r->apic_base))
		return -EINVAL;
	vx86_lapic_base(vcpu);
	set_segments(s, r);
	s->cr0 = r->cr0 | X86_CR0_ET;
	s->cr2 = r->cr2;
	s->cr3 = r->cr3;
	s->cr4 = r->cr4;
	set_cr8(vcpu, r->cr8);
	s->msr.value[VMSR_EFER] = r->efer;
	s->xcr0 = r->xcr0;
	for (i = 0; i < 4; i++)
		s->dr[i] = r->dr[i];
	s->dr6 = (r->dr[6] & DR6_VOLATILE) | DR6_FIXED;
	s->dr7 = (r->dr[7] & DR7_WRITABLE) | DR7_FIXED;
	vx86_dirty(vcpu, VX86_SEGS | VX86_GDT | VX86_IDT | VX86_CR0 |
				 VX86_CR3 | VX86_CR4 | VX86_EFER | VX86_DR7);
	/* Guest memory may not be filled yet: read at the first entry. */
	a->pdpte_stale = gwalk_levels(s->cr0, s->cr4, r->efer) == 3;
	return 0;
}

/* ---- the contract ----------------------------------------------------------- */

size_t axvm_arch_regs_size(u32 block)
{
	switch (block) {
	case AXVM_REGS_GENERAL:
		return sizeof(struct axvm_x86_regs);
	case AXVM_REGS_SYSTEM:
		return sizeof(struct axvm_x86_sregs);
	case AXVM_REGS_FPU:
		return sizeof(struct axvm_x86_fpu);
	default:
		return 0;
	}
}

int axvm_arch_get_regs(struct axvm_vcpu *vcpu, u32 block, void *buf)
{
	vx86_need(vcpu, VX86_ALL);
	switch (block) {
	case AXVM_REGS_GENERAL:
		get_general(vcpu, buf);
		return 0;
	case AXVM_REGS_SYSTEM:
		get_system(vcpu, buf);
		return 0;
	case AXVM_REGS_FPU:
		vx86_fpu_get(vcpu, buf);
		return 0;
	default:
		return -EINVAL;
	}
}

static int set_block(struct axvm_vcpu *vcpu, u32 block, const void *buf)
{
	vx86_need(vcpu, VX86_ALL);
	switch (block) {
	case AXVM_REGS_GENERAL:
		return set_general(vcpu, buf);
	case AXVM_REGS_SYSTEM:
		return set_system(vcpu, buf);
	case AXVM_REGS_FPU:
		return vx86_fpu_set(vcpu, buf);
	default:
		return -EINVAL;
	}
}

int axvm_arch_control(struct axvm_vcpu *vcpu, bool all,
		      struct axvm_reg *fields, u32 *n, u32 *kind)
{
	return vx86_call(control)(vcpu, all, fields, n, kind);
}

int axvm_arch_set_regs(struct axvm_vcpu *vcpu, u32 block, const void *buf)
{
	int err = set_block(vcpu, block, buf);

	if (err)
		return err;
	vcpu->arch.regs_given = true;
	vx86_cpuid_forget(vcpu);
	return 0;
}
