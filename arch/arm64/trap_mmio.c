// SPDX-License-Identifier: GPL-2.0
/*
 * A data abort that is no memory: what the guest tried to read or write, the
 * devices in the kernel, and records for everybody else.  What hardware does
 * not describe (ISV = 0) goes to mmio_insn.c.
 */
#include "module/exit_quick.h"
#include "arch/arm64/arm64.h"
#include "arch/arm64/inject.h"
#include "arch/arm64/mmio_insn.h"
#include "arch/arm64/trap.h"

static bool decodable(const struct syn_abort *a)
{
	return !a->insn && a->isv && !a->cache_op && !a->s1ptw;
}

static u64 write_value(struct axvm_vcpu *vcpu, const struct syn_abort *a)
{
	return syn_store_value(arm64_get_x(vcpu, a->reg), a->bytes);
}

static void read_finish(struct axvm_vcpu *vcpu, const struct syn_abort *a,
			u64 data)
{
	arm64_set_x(vcpu, a->reg,
		    syn_load_extend(data, a->bytes, a->sign_extend, a->wide));
}

/* The same access goes the same way until the buses change. */
static __always_inline bool is_user_again(struct axvm_vcpu *vcpu)
{
	const struct axvm_vcpu_arch *a = &vcpu->arch;
	const struct arm64_user_mmio *u = &a->user_mmio;

	return u->gpa == vcpu->fault.gpa && u->esr == a->abort_esr &&
	       axvm_exit_quick_user(vcpu, u->version);
}

static void note_user(struct axvm_vcpu *vcpu)
{
	vcpu->arch.user_mmio = (struct arm64_user_mmio){
		.esr = vcpu->arch.abort_esr,
		.gpa = vcpu->fault.gpa,
		.version = vcpu->to_user_version,
	};
}

/*
 * Ask the devices in the kernel.  True: one answered, the guest goes on.  Apart:
 * the stack protector guards it, and not what needs no device.
 */
static noinline bool mmio_device(struct axvm_vcpu *vcpu)
{
	const struct syn_abort *a = &vcpu->arch.abort;
	u64 data = 0;

	if (!decodable(a))
		return false;
	if (a->write)
		data = write_value(vcpu, a);
	if (!axvm_device_access(vcpu, AXVM_BUS_MMIO, vcpu->fault.gpa, a->bytes,
				a->write, &data)) {
		if (vcpu->to_user)
			note_user(vcpu);
		return false;
	}
	if (!a->write)
		read_finish(vcpu, a, data);
	arm64_skip(vcpu);
	return true;
}

bool arm64_mmio_fast(struct axvm_vcpu *vcpu)
{
	if (is_user_again(vcpu)) {
		vcpu->to_user = true;
		return false;
	}
	return mmio_device(vcpu);
}

/* What axvm_arch_vcpu_mmio() would record, where it is to stay. */
static void mmio_begin(struct axvm_vcpu *vcpu, struct axvm_exit *e)
{
	const struct syn_abort *a = &vcpu->arch.abort;
	const struct hyp_vcpu *h = vcpu->arch.hyp;

	e->reason = a->write ? AXVM_EXIT_MMIO_WRITE : AXVM_EXIT_MMIO_READ;
	e->hw_reason = syn_ec(h->esr);
	e->pc = h->pc;
	e->gpa = vcpu->fault.gpa;
	e->gva = vcpu->fault.gva;
	e->qual = h->esr;
	WRITE_ONCE(e->raw[0], a->write ? write_value(vcpu, a) : 0);
	WRITE_ONCE(e->raw[1], a->bytes | (a->wide ? 8 : 4) << 8 |
				      a->sign_extend << 16 | (u64)a->reg << 24);
	WRITE_ONCE(e->raw[2], 0);
	WRITE_ONCE(e->raw[3], 0);
	WRITE_ONCE(e->raw[4], 0);
	WRITE_ONCE(e->raw[5], 0);
	WRITE_ONCE(e->raw[6], 0);
	WRITE_ONCE(e->raw[7], 0);
}

enum axvm_run arm64_mmio_user(struct axvm_vcpu *vcpu)
{
	struct axvm_exit *e;

	/* Only of what is decodable the devices were asked. */
	if (!decodable(&vcpu->arch.abort) || !vcpu->to_user ||
	    !axvm_vcpu_in_hole(vcpu))
		return AXVM_RUN_FAULT;
	e = axvm_exit_quick_begin(vcpu);
	if (!e)
		return AXVM_RUN_FAULT;
	mmio_begin(vcpu, e);
	vcpu->arch.insn_busy = false;
	vcpu->exit.mmio.bytes = e->mmio.bytes;
	vcpu->exit.gva = e->gva;
	return axvm_exit_quick_park(vcpu, e);
}

static enum axvm_run mmio_undecoded(struct axvm_vcpu *vcpu)
{
	const struct syn_abort *a = &vcpu->arch.abort;
	enum axvm_run run;
	struct axvm_exit *e;

	if (!a->insn && !a->cache_op && !a->s1ptw &&
	    !arm64_mmio_insn(vcpu, &run))
		return run;
	e = arm64_record(vcpu, AXVM_EXIT_NESTED_PAGE_FAULT);
	e->gpa = vcpu->fault.gpa;
	e->gva = vcpu->fault.gva;
	if (!a->insn && !a->s1ptw)
		return AXVM_RUN_EXIT;
	/* An instruction, or a table: nobody answers that for a device. */
	axvm_exit_record(vcpu);
	arm64_inject_abort(vcpu, e->gva, a->insn, a->write);
	return AXVM_RUN_RESUME;
}

enum axvm_run axvm_arch_vcpu_mmio(struct axvm_vcpu *vcpu)
{
	const struct syn_abort *a = &vcpu->arch.abort;
	struct axvm_exit *e;

	/* arm64_mmio_fast() has asked the devices. */
	vcpu->arch.insn_busy = false;
	if (a->cache_op && !a->s1ptw) {
		/* There is no memory whose caches could be maintained. */
		arm64_skip(vcpu);
		return AXVM_RUN_RESUME;
	}
	if (!decodable(a))
		return mmio_undecoded(vcpu);
	e = arm64_record(vcpu,
			 a->write ? AXVM_EXIT_MMIO_WRITE : AXVM_EXIT_MMIO_READ);
	e->gpa = vcpu->fault.gpa;
	e->gva = vcpu->fault.gva;
	e->mmio.data = a->write ? write_value(vcpu, a) : 0;
	e->mmio.bytes = a->bytes;
	e->mmio.reg_bytes = a->wide ? 8 : 4;
	e->mmio.sign_extend = a->sign_extend;
	e->mmio.reg = a->reg;
	if (vcpu->to_user)
		e->flags = AXVM_EXIT_TO_USER;
	return AXVM_RUN_EXIT;
}

enum axvm_run arm64_mmio_complete(struct axvm_vcpu *vcpu, u64 data, bool fault)
{
	const struct syn_abort *a = &vcpu->arch.abort;

	if (fault) {
		arm64_inject_abort(vcpu, vcpu->exit.gva, a->insn, a->write);
		return AXVM_RUN_RESUME;
	}
	if (vcpu->arch.insn_busy)
		return arm64_mmio_insn_complete(vcpu, data);
	if (!a->write && decodable(a))
		read_finish(vcpu, a, data);
	if (!a->insn)
		arm64_skip(vcpu);
	return AXVM_RUN_RESUME;
}
