// SPDX-License-Identifier: GPL-2.0
/*
 * Access to guest-physical addresses that are no memory: the instruction is
 * decoded and executed here, its device accesses asked of in-kernel devices
 * or made into records.
 */
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "module/arch.h"
#include "arch/x86/lapic.h"
#include "arch/x86/x86.h"

/* Accesses of one instruction (REP) between two looks at requests. */
#define MMIO_BATCH 512

/* How often an instruction is looked at that is none of those emulated. */
#define UNDECODED_TIMES 16

enum axvm_run vx86_access_failed(struct axvm_vcpu *vcpu, int err)
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

/* In 64-bit mode no other segment has a base. */
static void late_segments(struct axvm_vcpu *vcpu)
{
	struct vinsn_cpu *c = &vcpu->arch.icpu;
	unsigned int seg = vcpu->arch.irun.insn.seg;

	if (c->mode != AXVM_X86_MODE_64 ||
	    (seg != AXVM_X86_FS && seg != AXVM_X86_GS))
		return;
	vx86_need(vcpu, VX86_SEG(seg));
	c->seg[seg].base = vcpu->arch.state.seg[seg].base;
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

/* @value is that of a write. */
static enum axvm_run mmio_record(struct axvm_vcpu *vcpu, gpa_t gpa, gva_t gva,
				 unsigned int bytes, u64 value)
{
	const struct vinsn_access *m = &vcpu->arch.irun.access;
	const struct vinsn *insn = &vcpu->arch.irun.insn;
	struct axvm_exit *e;

	e = vx86_exit_new(vcpu, m->write ? AXVM_EXIT_MMIO_WRITE :
					   AXVM_EXIT_MMIO_READ);
	e->gpa = gpa;
	e->gva = gva;
	e->mmio.data = value;
	e->mmio.bytes = bytes;
	e->mmio.reg_bytes = insn->op_bytes;
	e->mmio.sign_extend = insn->sign;
	e->mmio.reg = insn->has_imm || insn->sreg ? 0xff : insn->reg;
	if (vcpu->to_user)
		e->flags = AXVM_EXIT_TO_USER;
	vcpu->arch.user_mov.len = 0;
	return AXVM_RUN_EXIT;
}

/* ---- accesses, which may lie on several pages ------------------------------ */

/*
 * The processor has walked the guest's tables for the access that faulted, and
 * found the rights that it needs.  (Strings of ports come without a fault.)
 */
static bool is_walked(const struct axvm_vcpu *vcpu, gva_t at)
{
	const struct vinsn_access *m = &vcpu->arch.irun.access;
	const struct axvm_fault *f = &vcpu->fault;
	u32 prot = m->write ? AXVM_MEM_WRITE : AXVM_MEM_READ;

	if (m->update)
		prot |= AXVM_MEM_WRITE;
	return f->gva_final && f->hole && at == f->gva && !(prot & ~f->prot) &&
	       !vcpu->arch.pio.string;
}

static bool crosses(const struct vinsn_access *m)
{
	return offset_in_page(m->linear) + m->bytes > PAGE_SIZE;
}

/*
 * How much of an access is done at once: all of it, but where it crosses a
 * page in the sizes that devices know.
 */
static unsigned int piece(const struct vinsn_access *m, unsigned int done)
{
	unsigned int at = offset_in_page(m->linear + done);
	unsigned int left = m->bytes - done;

	if (!crosses(m))
		return left;
	left = min_t(unsigned int, left, PAGE_SIZE - at);
	return min_t(unsigned int, rounddown_pow_of_two(left),
		     1u << __ffs(at | 8));
}

static u64 cut(u64 value, unsigned int bytes)
{
	return bytes >= 8 ? value : value & ((1ull << 8 * bytes) - 1);
}

/* By the guest's tables.  0: it was RAM; -ENXIO: not; -errno. */
static int access_walk(struct axvm_vcpu *vcpu, gva_t at, unsigned int bytes,
		       u64 *value, gpa_t *gpa)
{
	const struct vinsn_access *m = &vcpu->arch.irun.access;
	int err;

	/* What it will write back must be writable now. */
	if (m->update) {
		err = vx86_gva_to_gpa(vcpu, at, VX86_MEM_WRITE, gpa);
		if (err)
			return err;
	}
	return vx86_gva_rw(vcpu, at, value, bytes,
			   m->write ? VX86_MEM_WRITE : 0, gpa);
}

/*
 * RAM, a device in the kernel, or a record.
 * Return: 0; -EINPROGRESS there is a record; -errno.
 */
static int access_piece(struct axvm_vcpu *vcpu, gva_t at, unsigned int bytes,
			u64 *value)
{
	bool write = vcpu->arch.irun.access.write;
	gpa_t gpa = vcpu->fault.gpa;
	int err = -ENXIO;

	if (!is_walked(vcpu, at))
		err = access_walk(vcpu, at, bytes, value, &gpa);
	if (err != -ENXIO)
		return err;
	if (vx86_lapic_mmio(vcpu, gpa, bytes, write, value) ||
	    axvm_device_access(vcpu, AXVM_BUS_MMIO, gpa, bytes, write, value))
		return 0;
	mmio_record(vcpu, gpa, at, bytes, *value);
	return -EINPROGRESS;
}

static void piece_done(struct axvm_vcpu *vcpu, unsigned int bytes, u64 value)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;

	a->part_value |= cut(value, bytes) << 8 * a->part;
	a->part += bytes;
}

/* Linear addresses end at 4 GiB outside of 64-bit mode. */
static gva_t part_address(struct axvm_vcpu *vcpu)
{
	gva_t at = vcpu->arch.irun.access.linear + vcpu->arch.part;

	return vcpu->arch.icpu.mode == AXVM_X86_MODE_64 ? at : (u32)at;
}

/* A write that faults on its second page writes nothing. */
static int look_ahead(struct axvm_vcpu *vcpu)
{
	const struct vinsn_access *m = &vcpu->arch.irun.access;
	gva_t second = (m->linear | (PAGE_SIZE - 1)) + 1;
	gpa_t gpa;

	if (!(m->write || m->update) || !crosses(m))
		return 0;
	if (vcpu->arch.icpu.mode != AXVM_X86_MODE_64)
		second = (u32)second;
	return vx86_gva_to_gpa(vcpu, second, VX86_MEM_WRITE, &gpa);
}

/* What is left of the access. */
static int access_rest(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	const struct vinsn_access *m = &a->irun.access;
	int err = 0;

	while (!err && a->part < m->bytes) {
		unsigned int bytes = piece(m, a->part);
		u64 value = 0;

		if (m->write)
			value = cut(m->data >> 8 * a->part, bytes);
		err = access_piece(vcpu, part_address(vcpu), bytes, &value);
		if (!err)
			piece_done(vcpu, bytes, value);
	}
	return err;
}

static bool access_result(struct axvm_vcpu *vcpu, int err, u64 *value,
			  enum axvm_run *r)
{
	*value = vcpu->arch.part_value;
	if (err)
		*r = err == -EINPROGRESS ? AXVM_RUN_EXIT :
					   vx86_access_failed(vcpu, err);
	return !err;
}

bool vx86_access(struct axvm_vcpu *vcpu, u64 *value, enum axvm_run *r)
{
	int err;

	vcpu->arch.part = 0;
	vcpu->arch.part_value = 0;
	err = look_ahead(vcpu);
	if (!err)
		err = access_rest(vcpu);
	return access_result(vcpu, err, value, r);
}

bool vx86_access_answered(struct axvm_vcpu *vcpu, u64 data, u64 *value,
			  enum axvm_run *r)
{
	piece_done(vcpu, vcpu->exit.mmio.bytes, data);
	return access_result(vcpu, access_rest(vcpu), value, r);
}

/* ---- instructions ------------------------------------------------------------ */

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
			if (!vx86_access(vcpu, &value, &r))
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

/* ---- what cannot be decoded ---------------------------------------------------- */

/* Reported with its bytes. */
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

/*
 * The processor read or wrote a table of the guest's that is not in memory,
 * for an instruction that we do not know, or to deliver an event: then the
 * walk ends in a fault.
 */
static bool walk_faults(struct axvm_vcpu *vcpu)
{
	gpa_t gpa;

	return vcpu->fault.gva_valid && vcpu->arch.walk_fault &&
	       vx86_gva_to_gpa(vcpu, vcpu->fault.gva, 0, &gpa) == -EFAULT;
}

/*
 * Another processor may have changed the instruction since it exited: it is
 * hopeless when the same one exits again and again.
 */
static bool hopeless(struct axvm_vcpu *vcpu, const u8 *bytes, unsigned int len)
{
	struct vx86_undecoded *u = &vcpu->arch.undecoded;

	if (u->len == len && u->rip == vcpu->arch.state.rip &&
	    u->gpa == vcpu->fault.gpa && !memcmp(u->bytes, bytes, len))
		return ++u->times >= UNDECODED_TIMES;
	u->rip = vcpu->arch.state.rip;
	u->gpa = vcpu->fault.gpa;
	u->times = 1;
	u->len = len;
	memcpy(u->bytes, bytes, len);
	return false;
}

static enum axvm_run undecoded(struct axvm_vcpu *vcpu, const u8 *bytes,
			       unsigned int len)
{
	if (walk_faults(vcpu) || !hopeless(vcpu, bytes, len))
		return AXVM_RUN_RESUME;
	return cannot_decode(vcpu, bytes, len);
}

enum axvm_run axvm_arch_vcpu_mmio(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	u8 bytes[VINSN_MAX_BYTES];
	unsigned int len = 0;
	int err;

	/* Delivery of an event wrote to a device: nothing to decode. */
	if (a->event.valid || vcpu->fault.prot & AXVM_MEM_EXEC) {
		if (walk_faults(vcpu))
			return AXVM_RUN_RESUME;
		return cannot_decode(vcpu, bytes, 0);
	}
	a->pio.string = false;
	/* At once: each look at the control structure has its price. */
	vx86_need(vcpu, VX86_WALK | VX86_RIP | VX86_RSP);
	vx86_icpu_load(vcpu, false);
	err = decode(vcpu, bytes, &len);
	if (err == -EOPNOTSUPP)
		return undecoded(vcpu, bytes, len);
	if (err)
		return vx86_access_failed(vcpu, err);
	a->undecoded.len = 0;
	late_segments(vcpu);
	return mmio_loop(vcpu, vinsn_begin(&a->irun, &a->icpu));
}

/* What the inner loop decoded and parked. */
static enum axvm_run complete_mov(struct axvm_vcpu *vcpu, u64 data)
{
	const struct vx86_user_mov *m = &vcpu->arch.user_mov;

	if (!m->write) {
		vcpu->arch.state.gpr[m->reg] = m->bytes == 4 ? (u32)data : data;
		if (m->reg == GPR_RSP)
			vx86_dirty(vcpu, VX86_RSP);
	}
	vx86_advance(vcpu, m->len);
	return AXVM_RUN_RESUME;
}

enum axvm_run vx86_complete_mmio(struct axvm_vcpu *vcpu, u64 data)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	enum axvm_run r;
	u64 value;

	if (a->user_mov.len)
		return complete_mov(vcpu, data);
	if (a->pio.string)
		return vx86_string_answered(vcpu, data);
	if (!vx86_access_answered(vcpu, data, &value, &r))
		return r;
	return mmio_loop(vcpu, vinsn_finish(&a->irun, &a->icpu, value));
}
