// SPDX-License-Identifier: GPL-2.0
/*
 * A guest's hardware task switch: the pure emulator with the vCPU's registers
 * and memory around it, and the event or fault that goes with it (process).
 */
#include <linux/bitfield.h>
#include <linux/mm.h>
#include <asm/debugreg.h>

#include "module/arch.h"
#include "arch/x86/emul/task.h"
#include "arch/x86/x86.h"

/* L0-L3 and LE of DR7: breakpoints of one task. */
#define DR7_LOCAL 0x155ull
#define DR6_TASK BIT(15)

/* Manual: "Exit Qualification for Task Switches". */
#define QUAL_SELECTOR GENMASK(15, 0)
#define QUAL_HOW GENMASK(31, 30)

#define GENERAL 8 /* registers that a TSS knows */

/* ---- its memory ------------------------------------------------------------ */

static int page_access(struct axvm_vcpu *vcpu, enum vtask_access how, u32 at,
		       void *buf, u32 bytes, u32 flags,
		       struct vtask_fault *fault)
{
	gpa_t gpa;
	u32 error;
	int err;

	if (how != VTASK_READ)
		flags |= VX86_MEM_WRITE;
	err = vx86_gva_look_up(vcpu, at, flags, &gpa, &error);
	if (err == -EFAULT)
		*fault = (struct vtask_fault){ .vector = VX86_PF,
					       .error = error,
					       .cr2 = at };
	if (err || how == VTASK_PROBE)
		return err;
	if (how == VTASK_WRITE)
		return axvm_mem_write(vcpu->vm, gpa, buf, bytes);
	return axvm_mem_read(vcpu->vm, gpa, buf, bytes);
}

static int task_access(void *opaque, enum vtask_access how, u32 at, void *buf,
		       u32 bytes, bool user, struct vtask_fault *fault)
{
	u32 flags = user ? VX86_MEM_USER : VX86_MEM_SYSTEM, done = 0;
	int err = 0;

	while (!err && done < bytes) {
		u32 left = PAGE_SIZE - offset_in_page(at + done);
		u32 n = min(bytes - done, left);

		err = page_access(opaque, how, at + done,
				  buf ? buf + done : NULL, n, flags, fault);
		done += n;
	}
	return err;
}

static int task_set_cr3(void *opaque, u32 cr3)
{
	struct axvm_vcpu *vcpu = opaque;
	struct vx86_state *s = &vcpu->arch.state;
	u64 old = s->cr3;
	int err;

	s->cr3 = cr3;
	vx86_dirty(vcpu, VX86_CR3);
	if (!(s->cr4 & X86_CR4_PAE))
		return 0;
	err = vx86_load_pdptes(vcpu);
	if (err)
		s->cr3 = old;
	/* Where no memory is, all-ones are read. */
	return err == -ENOENT ? -EINVAL : err;
}

static const struct vtask_ops task_ops = {
	.access = task_access,
	.set_cr3 = task_set_cr3,
};

/* ---- registers ---------------------------------------------------------------- */

static void task_load(struct axvm_vcpu *vcpu, struct vtask *t)
{
	struct vx86_state *s = &vcpu->arch.state;
	unsigned int i;

	t->paging = s->cr0 & X86_CR0_PG;
	t->gdt_base = s->gdt.base;
	t->gdt_limit = s->gdt.limit;
	t->eip = s->rip;
	t->eflags = s->rflags;
	for (i = 0; i < GENERAL; i++)
		t->gpr[i] = s->gpr[i];
	for (i = 0; i < VTASK_NR_SEGS; i++)
		t->seg[i] =
			(struct vtask_seg){ .base = s->seg[i].base,
					    .limit = s->seg[i].limit,
					    .access = s->seg[i].access,
					    .selector = s->seg[i].selector };
}

static void task_store(struct axvm_vcpu *vcpu, const struct vtask *t)
{
	struct vx86_state *s = &vcpu->arch.state;
	unsigned int i;

	s->rip = t->eip;
	s->rflags = t->eflags;
	s->cr0 |= X86_CR0_TS;
	s->dr7 &= ~DR7_LOCAL;
	s->intr_shadow &= ~(VX86_SHADOW_STI | VX86_SHADOW_MOV_SS);
	for (i = 0; i < GENERAL; i++)
		s->gpr[i] = t->gpr[i];
	for (i = 0; i < VTASK_NR_SEGS; i++)
		s->seg[i] =
			(struct vx86_segment){ .base = t->seg[i].base,
					       .limit = t->seg[i].limit,
					       .access = t->seg[i].access,
					       .selector = t->seg[i].selector };
	vx86_dirty(vcpu, VX86_SEGS | VX86_RIP | VX86_RSP | VX86_RFLAGS |
				 VX86_CR0 | VX86_DR7 | VX86_SHADOW);
}

/* ---- what asked for it ----------------------------------------------------------- */

/*
 * An event's delivery through a task gate: software interrupts return behind
 * their instruction; what is no instruction sets EXT.
 */
static void task_event(struct axvm_vcpu *vcpu, struct vtask *t)
{
	const struct vx86_event *e = &vcpu->arch.event;

	if (t->how != VTASK_GATE || !e->valid) {
		t->eip += vcpu->arch.insn_len;
		return;
	}
	t->external = e->type < VX86_EVENT_SOFT_INTR ||
		      e->type == VX86_EVENT_PRIV_SOFT;
	if (e->type >= VX86_EVENT_SOFT_INTR)
		t->eip += e->insn_len;
	t->has_error = e->has_error;
	t->error = e->error;
}

/* It has reached the new task; an exception only if that is without a fault. */
static void task_arrived(struct axvm_vcpu *vcpu, const struct vtask *t,
			 bool faulted)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;

	if (t->how == VTASK_IRET)
		a->state.intr_shadow &= ~VX86_SHADOW_NMI;
	a->stepped = a->debug.step;
	if (t->how != VTASK_GATE || !a->event.valid)
		return;
	if (a->event.type == VX86_EVENT_NMI)
		a->state.intr_shadow |= VX86_SHADOW_NMI;
	if (faulted && a->event.type == VX86_EVENT_EXCEPTION)
		return; /* decides whether the fault is a double one */
	a->event.valid = false;
	clear_bit(VX86_PENDING_EVENT, &a->pending);
}

static void task_fault(struct axvm_vcpu *vcpu, const struct vtask_fault *f)
{
	if (f->vector == VX86_PF)
		vx86_raise_pf(vcpu, f->cr2, f->error);
	else
		vx86_raise(vcpu, f->vector, true, f->error);
}

/* Its tables are no memory, or change all the time. */
static enum axvm_run task_stuck(struct axvm_vcpu *vcpu, const struct vtask *t,
				int err)
{
	struct axvm_exit *e;

	if (!t->committed && (err == -ENOMEM || err == -EAGAIN))
		return vx86_access_failed(vcpu, err);
	e = vx86_exit_new(vcpu, AXVM_EXIT_UNKNOWN);
	e->raw[0] = -err;
	return AXVM_RUN_STOP;
}

enum axvm_run vx86_task_switch(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	struct vtask t = {
		.ops = &task_ops,
		.opaque = vcpu,
		.how = FIELD_GET(QUAL_HOW, a->qual),
		.selector = FIELD_GET(QUAL_SELECTOR, a->qual),
	};
	int err;

	vx86_need(vcpu, VX86_TASK);
	task_load(vcpu, &t);
	task_event(vcpu, &t);
	err = vtask_switch(&t);
	if (t.committed) {
		task_store(vcpu, &t);
		task_arrived(vcpu, &t, err);
	}
	if (err == -EFAULT)
		task_fault(vcpu, &t.fault);
	else if (err)
		return task_stuck(vcpu, &t, err);
	else if (t.trap) {
		a->state.dr6 |= DR6_TASK;
		vx86_raise(vcpu, VX86_DB, false, 0);
	}
	return AXVM_RUN_RESUME;
}
