// SPDX-License-Identifier: GPL-2.0
/*
 * Access to guest-physical addresses that are no memory: the instruction is
 * decoded and executed here, its device accesses asked of in-kernel devices
 * or made into records.
 */
#include "module/arch.h"
#include "arch/x86/lapic.h"
#include "arch/x86/x86.h"

/* Accesses of one instruction (REP) between two looks at requests. */
#define MMIO_BATCH 512

static enum axvm_run mmio_loop(struct axvm_vcpu *vcpu, enum vinsn_next next);

/* What cannot be decoded is reported with its bytes. */
static enum axvm_run cannot_decode(struct axvm_vcpu *vcpu, const u8 *bytes,
				   unsigned int len)
{
	struct axvm_exit *e;

	e = vx86_exit_new(vcpu, AXVM_EXIT_NESTED_PAGE_FAULT);
	e->gpa = vcpu->fault.gpa;
	e->gva = vcpu->fault.gva_valid ? vcpu->fault.gva : 0;
	e->raw[0] = vcpu->fault.prot;
	e->raw[1] = len;
	memcpy(&e->raw[2], bytes, len);
	return AXVM_RUN_STOP;
}

static enum axvm_run access_failed(struct axvm_vcpu *vcpu, int err)
{
	struct axvm_exit *e;

	if (err == -EFAULT || err == -EAGAIN)
		return AXVM_RUN_RESUME;
	e = vx86_exit_new(vcpu, err == -ENOMEM ? AXVM_EXIT_MEMORY :
						 AXVM_EXIT_INTERNAL_ERROR);
	e->gpa = vcpu->fault.gpa;
	e->gva = vcpu->arch.irun.access.linear;
	e->raw[0] = -err;
	return err == -ENOMEM ? AXVM_RUN_EXIT : AXVM_RUN_STOP;
}

/* Up to 15 bytes, from a second page only if they are needed. */
static int decode(struct axvm_vcpu *vcpu, u8 *bytes, unsigned int *len)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	struct vinsn *insn = &a->irun.insn;
	u64 rip = a->state.rip;
	int n, err;

	n = vx86_fetch(vcpu, bytes, VINSN_MAX_BYTES);
	if (n < 0)
		return n;
	*len = n;
	err = vinsn_decode(insn, &a->icpu, bytes, n);
	if (err != -ENODATA || n == VINSN_MAX_BYTES)
		return err == -ENODATA ? -EOPNOTSUPP : err;
	a->state.rip = rip + n;
	err = vx86_fetch(vcpu, bytes + n, VINSN_MAX_BYTES - n);
	a->state.rip = rip;
	if (err < 0)
		return err;
	*len = n + err;
	err = vinsn_decode(insn, &a->icpu, bytes, *len);
	return err == -ENODATA ? -EOPNOTSUPP : err;
}

static enum axvm_run mmio_record(struct axvm_vcpu *vcpu, gpa_t gpa)
{
	const struct vinsn_access *m = &vcpu->arch.irun.access;
	const struct vinsn *insn = &vcpu->arch.irun.insn;
	struct axvm_exit *e;

	e = vx86_exit_new(vcpu, m->write ? AXVM_EXIT_MMIO_WRITE :
					   AXVM_EXIT_MMIO_READ);
	e->gpa = gpa;
	e->gva = m->linear;
	e->mmio.data = m->write ? m->data : 0;
	e->mmio.bytes = m->bytes;
	e->mmio.reg_bytes = insn->op_bytes;
	e->mmio.sign_extend = insn->sign;
	e->mmio.reg = insn->has_imm ? 0xff : insn->reg;
	return AXVM_RUN_EXIT;
}

/*
 * The access that the instruction waits for: guest memory (the other side of
 * MOVS, the write half on RAM), a device, or a record.
 * Return: true: done, *@value read; false: *@r is to be returned.
 */
static bool perform(struct axvm_vcpu *vcpu, u64 *value, enum axvm_run *r)
{
	const struct vinsn_access *m = &vcpu->arch.irun.access;
	u32 flags = m->write ? VX86_MEM_WRITE : 0;
	gpa_t gpa = 0;
	int err;

	*value = m->write ? m->data : 0;
	err = vx86_gva_rw(vcpu, m->linear, value, m->bytes, flags, &gpa);
	if (!err)
		return true;
	if (err != -ENXIO) {
		*r = access_failed(vcpu, err);
		return false;
	}
	if (vx86_lapic_mmio(vcpu, gpa, m->bytes, m->write, value) ||
	    axvm_device_access(vcpu, AXVM_BUS_MMIO, gpa, m->bytes, m->write,
			       value))
		return true;
	*r = mmio_record(vcpu, gpa);
	return false;
}

static void retire(struct axvm_vcpu *vcpu)
{
	vx86_icpu_store(vcpu);
	vx86_advance(vcpu, vcpu->arch.irun.insn.len);
}

static enum axvm_run mmio_loop(struct axvm_vcpu *vcpu, enum vinsn_next next)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	enum axvm_run r = AXVM_RUN_RESUME;
	unsigned int n = 0;
	u64 value;

	for (;;) {
		switch (next) {
		case VINSN_ACCESS:
			if (!perform(vcpu, &value, &r))
				return r;
			next = vinsn_finish(&a->irun, &a->icpu, value);
			break;
		case VINSN_REPEAT:
			vx86_icpu_store(vcpu);
			if (++n == MMIO_BATCH)
				return AXVM_RUN_RESUME;
			next = vinsn_begin(&a->irun, &a->icpu);
			break;
		case VINSN_DONE:
			retire(vcpu);
			return AXVM_RUN_RESUME;
		case VINSN_RAISE:
			vx86_raise(vcpu, a->irun.fault, true, 0);
			return AXVM_RUN_RESUME;
		}
	}
}

enum axvm_run axvm_arch_vcpu_mmio(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	u8 bytes[VINSN_MAX_BYTES];
	unsigned int len = 0;
	int err;

	/* Delivery of an event wrote to a device: nothing to decode. */
	if (a->event.valid || vcpu->fault.prot & AXVM_MEM_EXEC)
		return cannot_decode(vcpu, bytes, 0);
	vx86_icpu_load(vcpu);
	err = decode(vcpu, bytes, &len);
	if (err == -EOPNOTSUPP)
		return cannot_decode(vcpu, bytes, len);
	if (err)
		return access_failed(vcpu, err);
	return mmio_loop(vcpu, vinsn_begin(&a->irun, &a->icpu));
}

enum axvm_run vx86_complete_mmio(struct axvm_vcpu *vcpu, u64 data)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;

	return mmio_loop(vcpu, vinsn_finish(&a->irun, &a->icpu, data));
}
