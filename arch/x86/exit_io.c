// SPDX-License-Identifier: GPL-2.0
/*
 * Port I/O: single accesses are asked of in-kernel devices at once; what
 * nobody answers becomes a record.  String instructions go element by element
 * through guest memory, where one may sleep.
 */
#include <linux/mm.h>

#include "module/arch.h"
#include "module/exit_quick.h"
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
	if (vcpu->to_user)
		e->flags = AXVM_EXIT_TO_USER;
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

/* The record of a single access, where it is to stay. */
static void io_begin(struct axvm_vcpu *vcpu, struct axvm_exit *e, u64 data)
{
	const struct pio *pio = &vcpu->arch.pio;
	const u64 words[8] = {
		data,
		1 | (u64)pio->port << 32 | (u64)pio->bytes << 48,
	};

	vx86_exit_begin(vcpu, e,
			pio->in ? AXVM_EXIT_IO_READ : AXVM_EXIT_IO_WRITE,
			words);
}

/* Nobody is asked, the access is only recorded.  True: return *@r. */
static bool io_only_recorded(struct axvm_vcpu *vcpu, u64 data, enum axvm_run *r)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	struct axvm_exit *e;

	if (!axvm_exit_only_recorded(vcpu, AXVM_SPACE_PIO))
		return false;
	e = axvm_exit_quick_begin(vcpu);
	if (!e)
		return false;
	io_begin(vcpu, e, data);
	*r = vx86_exit_put(vcpu, e);
	if (a->pio.in)
		set_result(vcpu, ~0ull);
	vx86_advance(vcpu, a->insn_len);
	return true;
}

/*
 * The same instruction goes the same way until the buses change; but with what
 * it writes it may power a bare VM off.
 */
static void note_user(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;

	if (!a->pio.in && !vcpu->vm->platform)
		return;
	a->user_io.key = ~a->qual;
	a->user_io.version = vcpu->to_user_version;
	a->user_io.pio = a->pio;
}

/* No device in the kernel has the port. */
static noinline enum axvm_run io_unanswered(struct axvm_vcpu *vcpu, u64 data)
{
	enum axvm_run r;

	if (bare_power_off(vcpu, data)) {
		vcpu->arch.ends = AXVM_EXIT_SYSTEM_DOWN;
		r = vm_ends(vcpu);
		vx86_advance(vcpu, vcpu->arch.insn_len);
		return r;
	}
	if (vcpu->to_user)
		note_user(vcpu);
	else if (io_only_recorded(vcpu, data, &r))
		return r;
	return io_record(vcpu, data, 1);
}

enum axvm_run vx86_exit_io(struct axvm_vcpu *vcpu, u32 len)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	const struct pio *pio = &a->pio;
	enum axvm_run r;
	u64 data = 0;

	a->insn_len = len;
	if (unlikely(pio->string)) {
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
	return io_unanswered(vcpu, data);
}

enum axvm_run vx86_exit_io_again(struct axvm_vcpu *vcpu, u32 len)
{
	struct axvm_exit *e = axvm_exit_quick_begin(vcpu);
	struct axvm_vcpu_arch *a = &vcpu->arch;
	const struct pio *pio = &a->pio;
	u64 data = 0;

	a->pio = a->user_io.pio;
	if (unlikely(!e))
		return vx86_exit_io(vcpu, len);
	a->insn_len = len;
	if (!pio->in)
		data = a->state.gpr[GPR_RAX] & mask_of(pio->bytes);
	io_begin(vcpu, e, data);
	vcpu->exit.io.bytes = pio->bytes;
	return axvm_exit_quick_park(vcpu, e);
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

/* Where the element's memory is.  False: return *@r. */
static bool string_element(struct axvm_vcpu *vcpu, enum axvm_run *r)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	u8 fault = VINSN_NO_FAULT;

	*r = AXVM_RUN_RESUME;
	if (!pio_element(&a->pio, &a->icpu, &a->irun.access, &fault))
		return true;
	vx86_raise(vcpu, fault, true, 0);
	return false;
}

/*
 * Each of these is the rest of one element.  *@done: the instruction is
 * complete, or something is to be returned.
 */

/* OUTS: its memory was read. */
static enum axvm_run string_out(struct axvm_vcpu *vcpu, u64 data, bool *done)
{
	const struct pio *pio = &vcpu->arch.pio;

	*done = true;
	if (!axvm_device_access(vcpu, AXVM_BUS_PIO, pio->port, pio->bytes, true,
				&data))
		return io_record(vcpu, data, 1);
	return string_next(vcpu, done);
}

/* INS: its port was read. */
static enum axvm_run string_store(struct axvm_vcpu *vcpu, u64 data, bool *done)
{
	enum axvm_run r;

	*done = true;
	if (!string_element(vcpu, &r))
		return r;
	vcpu->arch.irun.access.data = data;
	if (!vx86_access(vcpu, &data, &r))
		return r;
	return string_next(vcpu, done);
}

/* A port must not be read when its value has nowhere to go. */
static enum axvm_run string_in(struct axvm_vcpu *vcpu, bool *done)
{
	const struct vinsn_access *m = &vcpu->arch.irun.access;
	const struct pio *pio = &vcpu->arch.pio;
	u64 data = 0;
	gpa_t gpa;
	int err;

	err = vx86_gva_to_gpa(vcpu, m->linear, VX86_MEM_WRITE, &gpa);
	if (!err && offset_in_page(m->linear) + m->bytes > PAGE_SIZE)
		err = vx86_gva_to_gpa(vcpu, m->linear + m->bytes - 1,
				      VX86_MEM_WRITE, &gpa);
	if (err)
		return vx86_access_failed(vcpu, err);
	if (!axvm_device_access(vcpu, AXVM_BUS_PIO, pio->port, pio->bytes,
				false, &data))
		return io_record(vcpu, 0, 1);
	return string_store(vcpu, data, done);
}

static enum axvm_run string_step(struct axvm_vcpu *vcpu, bool *done)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	enum axvm_run r;
	u64 data;

	*done = true;
	if (!pio_count(&a->pio, &a->icpu)) {
		vx86_advance(vcpu, a->insn_len);
		return AXVM_RUN_RESUME;
	}
	if (!string_element(vcpu, &r))
		return r;
	if (a->pio.in)
		return string_in(vcpu, done);
	if (!vx86_access(vcpu, &data, &r))
		return r;
	return string_out(vcpu, data, done);
}

/*
 * Elements that are left when this returns RESUME are for the instruction's
 * next execution: RIP still points to it.
 */
enum axvm_run vx86_slow_string(struct axvm_vcpu *vcpu)
{
	struct vinsn *insn = &vcpu->arch.irun.insn;
	enum axvm_run r = AXVM_RUN_RESUME;
	bool done = false;
	unsigned int n;

	vx86_icpu_load(vcpu, true);
	/* For records of memory: no register is the other operand. */
	*insn = (struct vinsn){ .op_bytes = vcpu->arch.pio.bytes,
				.has_imm = true };
	for (n = 0; !done && n < STRING_BATCH; n++)
		r = string_step(vcpu, &done);
	return r;
}

enum axvm_run vx86_string_answered(struct axvm_vcpu *vcpu, u64 data)
{
	enum axvm_run r;
	bool done;
	u64 value;

	if (!vx86_access_answered(vcpu, data, &value, &r))
		return r;
	r = vcpu->arch.pio.in ? string_next(vcpu, &done) :
				string_out(vcpu, value, &done);
	return done ? r : string_step(vcpu, &done);
}

static noinline enum axvm_run complete_string(struct axvm_vcpu *vcpu, u64 data)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	enum axvm_run r;
	bool done;

	vx86_icpu_load(vcpu, true);
	r = a->pio.in ? string_store(vcpu, data, &done) :
			string_next(vcpu, &done);
	return done ? r : string_step(vcpu, &done);
}

enum axvm_run vx86_complete_io(struct axvm_vcpu *vcpu, u64 data)
{
	if (vcpu->arch.pio.string)
		return complete_string(vcpu, data);
	if (vcpu->arch.pio.in)
		set_result(vcpu, data);
	vx86_advance(vcpu, vcpu->arch.insn_len);
	return AXVM_RUN_RESUME;
}
