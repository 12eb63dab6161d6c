// SPDX-License-Identifier: GPL-2.0
/*
 * Port I/O: single accesses are asked of in-kernel devices at once; what
 * nobody answers becomes a record.  String instructions go element by element
 * through guest memory, where one may sleep.
 */
#include "module/arch.h"
#include "arch/x86/x86.h"

/* Elements of one string instruction between two looks at requests. */
#define STRING_BATCH 512

static u64 mask_of(unsigned int bytes)
{
	return bytes >= 4 ? 0xffffffffull : (1ull << 8 * bytes) - 1;
}

/* This instruction ends the VM: why is in a->ends. */
static enum axvm_run vm_ends(struct axvm_vcpu *vcpu)
{
	struct axvm_exit *e = vx86_exit_new(vcpu, vcpu->arch.ends);

	vcpu->arch.ends = 0;
	e->raw[0] = vcpu->arch.pio.port;
	return AXVM_RUN_STOP;
}

/*
 * Without power management (a bare VM), OUT 0x604, 0x2000 is power-off
 * nevertheless.
 */
static bool bare_power_off(struct axvm_vcpu *vcpu, u64 data)
{
	const struct pio *pio = &vcpu->arch.pio;

	return !vcpu->vm->platform &&
	       pio_is_poweroff(pio->port, pio->bytes, !pio->in, data);
}

static enum axvm_run io_record(struct axvm_vcpu *vcpu, u64 data, u32 count)
{
	const struct pio *pio = &vcpu->arch.pio;
	struct axvm_exit *e;

	e = vx86_exit_new(vcpu,
			  pio->in ? AXVM_EXIT_IO_READ : AXVM_EXIT_IO_WRITE);
	e->io.data = data;
	e->io.count = count;
	e->io.port = pio->port;
	e->io.bytes = pio->bytes;
	e->io.string = pio->string;
	return AXVM_RUN_EXIT;
}

/* IN into AL and AX keeps the rest; into EAX it clears the upper half. */
static void set_result(struct axvm_vcpu *vcpu, u64 data)
{
	u64 *rax = &vcpu->arch.state.gpr[GPR_RAX];
	u64 mask = mask_of(vcpu->arch.pio.bytes);

	if (vcpu->arch.pio.bytes == 4)
		*rax = data & mask;
	else
		*rax = (*rax & ~mask) | (data & mask);
}

enum axvm_run vx86_exit_io(struct axvm_vcpu *vcpu, u32 len)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	const struct pio *pio = &a->pio;
	enum axvm_run r;
	u64 data = 0;

	a->insn_len = len;
	if (pio->string) {
		a->slow = VX86_SLOW_STRING_IO;
		return AXVM_RUN_SLOW;
	}
	if (!pio->in)
		data = a->state.gpr[GPR_RAX] & mask_of(pio->bytes);
	if (axvm_device_access(vcpu, AXVM_BUS_PIO, pio->port, pio->bytes,
			       !pio->in, &data)) {
		if (pio->in)
			set_result(vcpu, data);
		r = unlikely(a->ends) ? vm_ends(vcpu) : AXVM_RUN_RESUME;
		vx86_advance(vcpu, len);
		return r;
	}
	if (bare_power_off(vcpu, data)) {
		a->ends = AXVM_EXIT_SYSTEM_DOWN;
		r = vm_ends(vcpu);
		vx86_advance(vcpu, len);
		return r;
	}
	r = io_record(vcpu, data, 1);
	if (!vx86_exit_try(vcpu, &data, &r))
		return r;
	if (pio->in)
		set_result(vcpu, data);
	vx86_advance(vcpu, len);
	return r;
}

/* ---- string instructions -------------------------------------------------- */

/*
 * The element that a->icpu points to is done.  *@done: so is the instruction,
 * or the VM.
 */
static enum axvm_run string_next(struct axvm_vcpu *vcpu, bool *done)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	enum axvm_run r = AXVM_RUN_RESUME;
	bool last = pio_advance(&a->pio, &a->icpu);

	if (unlikely(a->ends))
		r = vm_ends(vcpu);
	*done = last || r != AXVM_RUN_RESUME;
	vx86_icpu_store(vcpu);
	if (last)
		vx86_advance(vcpu, a->insn_len);
	return r;
}

/*
 * Memory of an element could not be reached.  No exception: it is not RAM (a
 * string instruction from one device to another), or there is no memory.
 */
static enum axvm_run string_failed(struct axvm_vcpu *vcpu, int err)
{
	struct axvm_exit *e;

	if (err == -EFAULT || err == -EAGAIN)
		return AXVM_RUN_RESUME;
	e = vx86_exit_new(vcpu, err == -ENOMEM ? AXVM_EXIT_MEMORY :
						 AXVM_EXIT_INTERNAL_ERROR);
	e->gva = vcpu->arch.irun.access.linear;
	e->raw[0] = -err;
	return err == -ENOMEM ? AXVM_RUN_EXIT : AXVM_RUN_STOP;
}

/* Find the element's memory; 0, or -errno with the exception raised. */
static int string_element(struct axvm_vcpu *vcpu, struct vinsn_access *m)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	u8 fault = VINSN_NO_FAULT;

	if (!pio_element(&a->pio, &a->icpu, m, &fault))
		return 0;
	vx86_raise(vcpu, fault, true, 0);
	return -EFAULT;
}

/* Write what a port returned to where ES:DI points. */
static int string_store(struct axvm_vcpu *vcpu, u64 data)
{
	struct vinsn_access *m = &vcpu->arch.irun.access;
	gpa_t gpa;
	int err = string_element(vcpu, m);

	return err   ?:
		       vx86_gva_rw(vcpu, m->linear, &data, m->bytes,
				   VX86_MEM_WRITE, &gpa);
}

/*
 * One element.  *@done: the instruction is complete, or something is to be
 * returned.
 */
static enum axvm_run string_step(struct axvm_vcpu *vcpu, bool *done)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	struct vinsn_access *m = &a->irun.access;
	const struct pio *pio = &a->pio;
	u64 data = 0;
	gpa_t gpa;
	int err;

	*done = true;
	if (!pio_count(pio, &a->icpu)) {
		vx86_advance(vcpu, a->insn_len);
		return AXVM_RUN_RESUME;
	}
	err = string_element(vcpu, m);
	/* A port must not be read when its value has nowhere to go. */
	if (!err && pio->in)
		err = vx86_gva_to_gpa(vcpu, m->linear, VX86_MEM_WRITE, &gpa);
	else if (!err)
		err = vx86_gva_rw(vcpu, m->linear, &data, pio->bytes, 0, &gpa);
	if (err)
		return string_failed(vcpu, err);
	if (!axvm_device_access(vcpu, AXVM_BUS_PIO, pio->port, pio->bytes,
				!pio->in, &data))
		return io_record(vcpu, data, 1);
	if (pio->in) {
		err = string_store(vcpu, data);
		if (err)
			return string_failed(vcpu, err);
	}
	return string_next(vcpu, done);
}

/*
 * Elements that are left when this returns RESUME are for the instruction's
 * next execution: RIP still points to it.
 */
enum axvm_run vx86_slow_string(struct axvm_vcpu *vcpu)
{
	enum axvm_run r = AXVM_RUN_RESUME;
	bool done = false;
	unsigned int n;

	vx86_icpu_load(vcpu);
	for (n = 0; !done && n < STRING_BATCH; n++)
		r = string_step(vcpu, &done);
	return r;
}

enum axvm_run vx86_complete_io(struct axvm_vcpu *vcpu, u64 data)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	enum axvm_run r;
	bool done;
	int err;

	if (!a->pio.string) {
		if (a->pio.in)
			set_result(vcpu, data);
		vx86_advance(vcpu, a->insn_len);
		return AXVM_RUN_RESUME;
	}
	vx86_icpu_load(vcpu);
	if (a->pio.in) {
		err = string_store(vcpu, data);
		if (err)
			return string_failed(vcpu, err);
	}
	r = string_next(vcpu, &done);
	return done ? r : string_step(vcpu, &done);
}
