// SPDX-License-Identifier: GPL-2.0
/*
 * Accesses to devices that hardware does not describe (ISV = 0): pairs,
 * writeback forms, SIMD registers.  The instruction is fetched from the
 * guest's memory and decoded; its accesses go to the devices in the kernel, or
 * become records one after the other.  Where data lie in the page that
 * faulted follows from the instruction's own address, not from FAR_EL2, which
 * may name any byte of it.
 */
#include "arch/arm64/arm64.h"
#include "arch/arm64/mmio_insn.h"
#include "arch/arm64/emul/ldst_run.h"

#define PSTATE_MODE GENMASK(4, 0)
#define PSTATE_AARCH32 BIT(4)
#define PSTATE_EL0 0x0
#define PSTATE_EL1H 0x5

#define PAGE_OFFSET_BITS GENMASK_ULL(11, 0)
#define VA_PAGE_BITS GENMASK_ULL(55, 12) /* without a tag */

/* As an access without a general register in records. */
#define RECORD_NO_REG 0xff

static u64 *stack_pointer(struct axvm_vcpu *vcpu)
{
	struct hyp_vcpu *h = vcpu->arch.hyp;

	return (h->pstate & PSTATE_MODE) == PSTATE_EL1H ? &h->sys.sp_el1 :
							  &h->sp_el0;
}

/* A64 is little-endian whatever the data are. */
static int fetch(struct axvm_vcpu *vcpu, u32 *insn)
{
	struct hyp_vcpu *h = vcpu->arch.hyp;
	struct axvm_translate t = {
		.gva = h->pc,
		.flags = AXVM_XLATE_EXEC |
			 ((h->pstate & PSTATE_MODE) == PSTATE_EL0 ?
				  AXVM_XLATE_USER :
				  0),
	};
	int err = axvm_arch_translate(vcpu, &t);

	return err ?: axvm_mem_read(vcpu->vm, t.gpa, insn, sizeof(*insn));
}

static void fill_stores(struct axvm_vcpu *vcpu, const struct ldst *d,
			struct ldst_run *r)
{
	struct hyp_vcpu *h = vcpu->arch.hyp;
	unsigned int i;

	for (i = 0; i < d->nr_regs; i++) {
		unsigned int n = d->reg[i] & 31;

		r->value[i][0] = d->fp ? h->fp.v[n][0] : arm64_get_x(vcpu, n);
		r->value[i][1] = d->fp ? h->fp.v[n][1] : 0;
	}
}

static int begin(struct axvm_vcpu *vcpu)
{
	struct ldst_run *r = &vcpu->arch.insn;
	struct hyp_vcpu *h = vcpu->arch.hyp;
	struct ldst d;
	u32 insn;
	u64 va;
	int err;

	if (h->pstate & PSTATE_AARCH32)
		return -EOPNOTSUPP;
	err = fetch(vcpu, &insn) ?: ldst_decode(insn, &d);
	if (err)
		return err;
	va = ldst_address(&d, h->x, *stack_pointer(vcpu), h->pc);
	/*
	 * The page that faulted holds no first byte (data in two pages), or
	 * the instruction is not the one that faulted any more.
	 */
	if ((va ^ vcpu->fault.gva) & VA_PAGE_BITS ||
	    d.load == vcpu->arch.abort.write)
		return -EOPNOTSUPP;
	fill_stores(vcpu, &d, r);
	return ldst_begin(r, &d,
			  (vcpu->fault.gpa & ~PAGE_OFFSET_BITS) |
				  (va & PAGE_OFFSET_BITS));
}

static void finish(struct axvm_vcpu *vcpu)
{
	struct ldst_run *r = &vcpu->arch.insn;
	struct hyp_vcpu *h = vcpu->arch.hyp;
	unsigned int i;

	vcpu->arch.insn_busy = false;
	for (i = 0; r->d.load && !r->d.prefetch && i < r->d.nr_regs; i++) {
		unsigned int n = r->d.reg[i] & 31;
		u64 high, low = ldst_result(r, i, &high);

		if (r->d.fp) {
			h->fp.v[n][0] = low;
			h->fp.v[n][1] = high;
		} else {
			arm64_set_x(vcpu, n, low);
		}
	}
	ldst_writeback(&r->d, h->x, stack_pointer(vcpu));
	arm64_skip(vcpu);
}

static void record(struct axvm_vcpu *vcpu, const struct ldst_access *a)
{
	const struct ldst *d = &vcpu->arch.insn.d;
	struct axvm_exit *e = arm64_record(
		vcpu, a->write ? AXVM_EXIT_MMIO_WRITE : AXVM_EXIT_MMIO_READ);

	e->gpa = a->gpa;
	/* FAR_EL2 may name any byte of the first access. */
	e->gva = (vcpu->fault.gva & ~PAGE_OFFSET_BITS) |
		 (a->gpa & PAGE_OFFSET_BITS);
	e->mmio.data = a->data;
	e->mmio.bytes = a->bytes;
	e->mmio.reg_bytes = d->fp ? d->bytes : d->wide ? 8 : 4;
	e->mmio.sign_extend = d->sign_extend;
	e->mmio.reg = RECORD_NO_REG;
}

/* Go on until an access wants an answer, or all are done. */
static enum axvm_run go_on(struct axvm_vcpu *vcpu)
{
	struct ldst_run *r = &vcpu->arch.insn;
	struct ldst_access a;

	while (ldst_next(r, &a)) {
		u64 data = a.data;

		if (!axvm_device_access(vcpu, AXVM_BUS_MMIO, a.gpa, a.bytes,
					a.write, &data)) {
			record(vcpu, &a);
			return AXVM_RUN_EXIT;
		}
		ldst_done(r, data);
	}
	finish(vcpu);
	return AXVM_RUN_RESUME;
}

int arm64_mmio_insn(struct axvm_vcpu *vcpu, enum axvm_run *run)
{
	int err = begin(vcpu);

	if (err)
		return err;
	vcpu->arch.insn_busy = true;
	*run = go_on(vcpu);
	return 0;
}

enum axvm_run arm64_mmio_insn_complete(struct axvm_vcpu *vcpu, u64 data)
{
	ldst_done(&vcpu->arch.insn, data);
	return go_on(vcpu);
}
