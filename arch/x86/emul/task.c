// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: hardware task switches between TSSs of 32 and 16 bits.
 *
 * What memory must hold is looked at before anything is changed; then the old
 * task is saved, and from there on faults are the new task's.
 *
 * Manual: "Task Switching", "Task-State Segment (TSS)", "Checks Done During
 * Loads" of its table about exceptions of task switches.
 */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "arch/x86/emul/task.h"

#define FAULT_TS 10
#define FAULT_NP 11
#define FAULT_SS 12
#define FAULT_GP 13

#define EFLAGS_FIXED BIT(1)
#define EFLAGS_NT BIT(14)
#define EFLAGS_VM BIT(17)
#define EFLAGS_KNOWN 0x003f7fd7u

/* Access rights. */
#define SEG_TYPE GENMASK(3, 0)
#define SEG_ACCESSED BIT(0)
#define SEG_WRITABLE BIT(1) /* data; code: readable */
#define SEG_DOWN BIT(2) /* data: expands down; code: conforming */
#define SEG_CODE BIT(3)
#define SEG_S BIT(4)
#define SEG_DPL_SHIFT 5
#define SEG_P BIT(7)
#define SEG_DB BIT(14)
#define SEG_G BIT(15)
#define SEG_UNUSABLE BIT(16)

#define TYPE_LDT 2u
#define TYPE_TSS16 1u
#define TYPE_TSS_BUSY BIT(1)
#define TYPE_TSS32 BIT(3)

#define SELECTOR_LDT BIT(2)
#define SELECTOR_RPL 3u
#define ACCESS_BYTE 5 /* of a descriptor: type, S, DPL, P */

/* A TSS of 32 bits; selectors have 16 more that are reserved. */
struct tss32 {
	u16 link, reserved;
	u32 stacks[6];
	u32 cr3;
	u32 eip, eflags;
	u32 gpr[8];
	u32 sel[6]; /* es cs ss ds fs gs */
	u32 ldt;
	u16 trap, map;
} __attribute__((packed));

struct tss16 {
	u16 link;
	u16 stacks[6];
	u16 ip, flags;
	u16 gpr[8];
	u16 sel[4]; /* es cs ss ds */
	u16 ldt;
} __attribute__((packed));

_Static_assert(sizeof(struct tss32) == 104, "as the manual has it");
_Static_assert(sizeof(struct tss16) == 44, "as the manual has it");

/* What is loaded, whatever its format. */
struct task_image {
	u32 cr3;
	u16 sel[6];
	u16 ldt;
};

static int task_fault(struct vtask *t, u8 vector, u32 error)
{
	t->fault = (struct vtask_fault){ .vector = vector,
					 .error = error | t->external };
	return -EFAULT;
}

static int fault_of(struct vtask *t, u8 vector, u16 selector)
{
	return task_fault(t, vector, selector & ~SELECTOR_RPL);
}

static int task_read(struct vtask *t, u32 at, void *buf, u32 bytes)
{
	return t->ops->access(t->opaque, VTASK_READ, at, buf, bytes, false,
			      &t->fault);
}

static int task_write(struct vtask *t, u32 at, void *buf, u32 bytes)
{
	return t->ops->access(t->opaque, VTASK_WRITE, at, buf, bytes, false,
			      &t->fault);
}

static int task_probe(struct vtask *t, u32 at, u32 bytes)
{
	return t->ops->access(t->opaque, VTASK_PROBE, at, NULL, bytes, false,
			      &t->fault);
}

/* ---- descriptors ---------------------------------------------------------- */

static bool is_null(u16 selector)
{
	return !(selector & ~SELECTOR_RPL);
}

/* A descriptor and where it is; @vector is what goes with a bad selector. */
static int descriptor_read(struct vtask *t, u16 selector, u8 vector,
			   struct vtask_seg *seg, u32 *at)
{
	const struct vtask_seg *ldt = &t->seg[VTASK_LDTR];
	u32 base = t->gdt_base, limit = t->gdt_limit;
	u64 d;
	int err;

	if (selector & SELECTOR_LDT) {
		if (ldt->access & SEG_UNUSABLE)
			return fault_of(t, vector, selector);
		base = ldt->base;
		limit = ldt->limit;
	}
	if ((selector | 7u) > limit)
		return fault_of(t, vector, selector);
	*at = base + (selector & ~7u);
	err = task_read(t, *at, &d, sizeof(d));
	if (err)
		return err;
	seg->selector = selector;
	seg->base = (d >> 16 & 0xffffff) | d >> 56 << 24;
	seg->limit = (d & 0xffff) | (d >> 48 & 0xf) << 16;
	seg->access = (d >> 40 & 0xff) | (d >> 52 & 0xf) << 12;
	if (seg->access & SEG_G)
		seg->limit = seg->limit << 12 | 0xfff;
	return 0;
}

static int access_byte(struct vtask *t, u32 descriptor, u8 clear, u8 set)
{
	u32 at = descriptor + ACCESS_BYTE;
	u8 byte;
	int err = task_read(t, at, &byte, 1);

	if (err)
		return err;
	byte = (byte & ~clear) | set;
	return task_write(t, at, &byte, 1);
}

static u32 seg_dpl(const struct vtask_seg *seg)
{
	return seg->access >> SEG_DPL_SHIFT & 3;
}

static bool is_code(const struct vtask_seg *seg)
{
	return seg->access & SEG_S && seg->access & SEG_CODE;
}

static bool is_conforming(const struct vtask_seg *seg)
{
	return is_code(seg) && seg->access & SEG_DOWN;
}

static bool is_writable(const struct vtask_seg *seg)
{
	return seg->access & SEG_S && !(seg->access & SEG_CODE) &&
	       seg->access & SEG_WRITABLE;
}

static bool is_readable(const struct vtask_seg *seg)
{
	return seg->access & SEG_S &&
	       (!(seg->access & SEG_CODE) || seg->access & SEG_WRITABLE);
}

/* ---- the new TSS ------------------------------------------------------------ */

static u32 tss_bytes(const struct vtask_seg *tss)
{
	return tss->access & TYPE_TSS32 ? sizeof(struct tss32) :
					  sizeof(struct tss16);
}

/* Of the old one, whose LDT and I/O map stay as they are. */
static u32 saved_bytes(const struct vtask_seg *tss)
{
	return tss->access & TYPE_TSS32 ? offsetof(struct tss32, ldt) :
					  offsetof(struct tss16, ldt);
}

/* An IRET goes back to a task that is busy, everything else to one that is not. */
static int tss_check(struct vtask *t, const struct vtask_seg *tss)
{
	u8 vector = t->how == VTASK_IRET ? FAULT_TS : FAULT_GP;
	u32 type = tss->access & (SEG_TYPE | SEG_S) &
		   ~(TYPE_TSS32 | TYPE_TSS_BUSY);
	bool busy = tss->access & TYPE_TSS_BUSY;

	if (type != TYPE_TSS16 || busy != (t->how == VTASK_IRET))
		return fault_of(t, vector, tss->selector);
	if (!(tss->access & SEG_P))
		return fault_of(t, FAULT_NP, tss->selector);
	if (tss->limit < tss_bytes(tss) - 1)
		return fault_of(t, FAULT_TS, tss->selector);
	return 0;
}

static int tss_find(struct vtask *t, struct vtask_seg *tss, u32 *at)
{
	u8 vector = t->how == VTASK_IRET ? FAULT_TS : FAULT_GP;
	int err;

	if (is_null(t->selector) || t->selector & SELECTOR_LDT)
		return fault_of(t, vector, t->selector);
	err = descriptor_read(t, t->selector, vector, tss, at);
	return err ? err : tss_check(t, tss);
}

/* The old task stays busy where the new one will come back to it. */
static bool nests(const struct vtask *t)
{
	return t->how == VTASK_CALL || t->how == VTASK_GATE;
}

/* Everything that will be written, before anything is. */
static int tss_probe(struct vtask *t, const struct vtask_seg *tss, u32 at)
{
	const struct vtask_seg *old = &t->seg[VTASK_TR];
	u8 buf[sizeof(struct tss32)];
	int err;

	if (old->limit < saved_bytes(old) - 1)
		return fault_of(t, FAULT_TS, old->selector);
	err = task_probe(t, old->base, saved_bytes(old));
	if (!err)
		err = task_read(t, tss->base, buf, tss_bytes(tss));
	if (!err && nests(t))
		err = task_probe(t, tss->base, 2);
	if (!err && t->how != VTASK_IRET)
		err = task_probe(t, at + ACCESS_BYTE, 1);
	if (!err && !nests(t))
		err = task_probe(
			t, t->gdt_base + (old->selector & ~7u) + ACCESS_BYTE,
			1);
	return err;
}

/* ---- saving and loading ------------------------------------------------------- */

static int save32(struct vtask *t, u32 base, u32 eflags)
{
	const u32 from = offsetof(struct tss32, eip);
	const u32 bytes = offsetof(struct tss32, ldt) - from;
	struct tss32 tss;
	unsigned int i;
	int err = task_read(t, base + from, (u8 *)&tss + from, bytes);

	if (err)
		return err;
	tss.eip = t->eip;
	tss.eflags = eflags;
	for (i = 0; i < 8; i++)
		tss.gpr[i] = t->gpr[i];
	for (i = 0; i < 6; i++)
		tss.sel[i] = (tss.sel[i] & 0xffff0000) | t->seg[i].selector;
	return task_write(t, base + from, (u8 *)&tss + from, bytes);
}

static int save16(struct vtask *t, u32 base, u32 eflags)
{
	const u32 from = offsetof(struct tss16, ip);
	const u32 bytes = offsetof(struct tss16, ldt) - from;
	struct tss16 tss;
	unsigned int i;

	tss.ip = t->eip;
	tss.flags = eflags;
	for (i = 0; i < 8; i++)
		tss.gpr[i] = t->gpr[i];
	for (i = 0; i < 4; i++)
		tss.sel[i] = t->seg[i].selector;
	return task_write(t, base + from, (u8 *)&tss + from, bytes);
}

static int task_save(struct vtask *t)
{
	const struct vtask_seg *old = &t->seg[VTASK_TR];
	u32 eflags = t->eflags;

	if (t->how == VTASK_IRET)
		eflags &= ~EFLAGS_NT;
	return old->access & TYPE_TSS32 ? save32(t, old->base, eflags) :
					  save16(t, old->base, eflags);
}

static int load32(struct vtask *t, u32 base, struct task_image *image)
{
	struct tss32 tss;
	unsigned int i;
	int err = task_read(t, base, &tss, sizeof(tss));

	if (err)
		return err;
	t->eip = tss.eip;
	t->eflags = tss.eflags;
	for (i = 0; i < 8; i++)
		t->gpr[i] = tss.gpr[i];
	for (i = 0; i < 6; i++)
		image->sel[i] = tss.sel[i];
	image->ldt = tss.ldt;
	image->cr3 = tss.cr3;
	t->trap = tss.trap & 1;
	return 0;
}

/* There is no CR3 in it, no FS and GS, and no trap bit. */
static int load16(struct vtask *t, u32 base, struct task_image *image)
{
	struct tss16 tss;
	unsigned int i;
	int err = task_read(t, base, &tss, sizeof(tss));

	if (err)
		return err;
	t->eip = tss.ip;
	t->eflags = tss.flags;
	for (i = 0; i < 8; i++)
		t->gpr[i] = tss.gpr[i];
	for (i = 0; i < 4; i++)
		image->sel[i] = tss.sel[i];
	image->ldt = tss.ldt;
	return 0;
}

/* ---- the new task's segments --------------------------------------------------- */

static u32 task_cpl(const struct vtask *t)
{
	if (t->eflags & EFLAGS_VM)
		return 3;
	return t->seg[VTASK_CS].selector & SELECTOR_RPL;
}

/*
 * What is in the registers until they are loaded, and after a fault: nothing but
 * selectors.  A processor cannot be without CS, so that is a flat one; the
 * privilege level is what it will be.
 */
static void segments_forget(struct vtask *t, const struct task_image *image)
{
	unsigned int i;
	u32 cpl;

	for (i = 0; i < 6; i++)
		t->seg[i] = (struct vtask_seg){ .access = SEG_UNUSABLE,
						.selector = image->sel[i] };
	t->seg[VTASK_LDTR] = (struct vtask_seg){ .access = SEG_UNUSABLE,
						 .selector = image->ldt };
	cpl = task_cpl(t);
	t->seg[VTASK_SS].access |= cpl << SEG_DPL_SHIFT;
	t->seg[VTASK_CS].limit = ~0u;
	t->seg[VTASK_CS].access = SEG_G | SEG_DB | SEG_P | SEG_S | SEG_CODE |
				  SEG_WRITABLE | SEG_ACCESSED |
				  cpl << SEG_DPL_SHIFT;
}

static void segments_of_v86(struct vtask *t)
{
	unsigned int i;

	for (i = 0; i < 6; i++) {
		t->seg[i].base = (u32)t->seg[i].selector << 4;
		t->seg[i].limit = 0xffff;
		t->seg[i].access = SEG_P | 3 << SEG_DPL_SHIFT | SEG_S |
				   SEG_WRITABLE | SEG_ACCESSED;
	}
}

static int load_ldt(struct vtask *t)
{
	u16 selector = t->seg[VTASK_LDTR].selector;
	struct vtask_seg seg;
	u32 at;
	int err;

	if (is_null(selector))
		return 0;
	if (selector & SELECTOR_LDT)
		return fault_of(t, FAULT_TS, selector);
	err = descriptor_read(t, selector, FAULT_TS, &seg, &at);
	if (err)
		return err;
	if ((seg.access & (SEG_TYPE | SEG_S)) != TYPE_LDT ||
	    !(seg.access & SEG_P))
		return fault_of(t, FAULT_TS, selector);
	t->seg[VTASK_LDTR] = seg;
	return 0;
}

static int check_code(struct vtask *t, const struct vtask_seg *seg)
{
	u32 rpl = seg->selector & SELECTOR_RPL, dpl = seg_dpl(seg);

	if (!is_code(seg) || (is_conforming(seg) ? dpl > rpl : dpl != rpl))
		return fault_of(t, FAULT_TS, seg->selector);
	if (!(seg->access & SEG_P))
		return fault_of(t, FAULT_NP, seg->selector);
	return 0;
}

static int check_stack(struct vtask *t, const struct vtask_seg *seg)
{
	u32 cpl = task_cpl(t);

	if (!is_writable(seg) || seg_dpl(seg) != cpl ||
	    (seg->selector & SELECTOR_RPL) != cpl)
		return fault_of(t, FAULT_TS, seg->selector);
	if (!(seg->access & SEG_P))
		return fault_of(t, FAULT_SS, seg->selector);
	return 0;
}

static int check_data(struct vtask *t, const struct vtask_seg *seg)
{
	u32 rpl = seg->selector & SELECTOR_RPL;

	if (!is_readable(seg) ||
	    (!is_conforming(seg) && seg_dpl(seg) < max(rpl, task_cpl(t))))
		return fault_of(t, FAULT_TS, seg->selector);
	if (!(seg->access & SEG_P))
		return fault_of(t, FAULT_NP, seg->selector);
	return 0;
}

static int load_segment(struct vtask *t, unsigned int n)
{
	u16 selector = t->seg[n].selector;
	struct vtask_seg seg;
	u32 at;
	int err;

	if (is_null(selector))
		return n == VTASK_CS || n == VTASK_SS ?
			       fault_of(t, FAULT_TS, selector) :
			       0;
	err = descriptor_read(t, selector, FAULT_TS, &seg, &at);
	if (err)
		return err;
	if (n == VTASK_CS)
		err = check_code(t, &seg);
	else if (n == VTASK_SS)
		err = check_stack(t, &seg);
	else
		err = check_data(t, &seg);
	if (!err && !(seg.access & SEG_ACCESSED))
		err = access_byte(t, at, 0, SEG_ACCESSED);
	if (err)
		return err;
	seg.access |= SEG_ACCESSED;
	t->seg[n] = seg;
	return 0;
}

static int load_segments(struct vtask *t)
{
	static const u8 order[] = { VTASK_CS, VTASK_SS, VTASK_DS,
				    VTASK_ES, VTASK_FS, VTASK_GS };
	unsigned int i;
	int err = load_ldt(t);

	if (err)
		return err;
	if (t->eflags & EFLAGS_VM) {
		segments_of_v86(t);
		return 0;
	}
	for (i = 0; i < ARRAY_SIZE(order); i++) {
		err = load_segment(t, order[i]);
		if (err)
			return err;
	}
	return 0;
}

/* ---- the error code -------------------------------------------------------------- */

static bool in_stack(const struct vtask_seg *ss, u32 at, u32 bytes)
{
	u32 last = at + bytes - 1;
	u32 top = ss->access & SEG_DB ? ~0u : 0xffff;

	if (last < at)
		return false;
	if (ss->access & SEG_DOWN)
		return at > ss->limit && last <= top;
	return last <= ss->limit;
}

static int push_error(struct vtask *t)
{
	u32 bytes = t->seg[VTASK_TR].access & TYPE_TSS32 ? 4 : 2;
	const struct vtask_seg *ss = &t->seg[VTASK_SS];
	u32 mask = ss->access & SEG_DB ? ~0u : 0xffff;
	u32 esp = (t->gpr[4] - bytes) & mask;
	int err;

	if (!in_stack(ss, esp, bytes))
		return task_fault(t, FAULT_SS, 0);
	err = t->ops->access(t->opaque, VTASK_WRITE, ss->base + esp, &t->error,
			     bytes, task_cpl(t) == 3, &t->fault);
	if (!err)
		t->gpr[4] = (t->gpr[4] & ~mask) | esp;
	return err;
}

/* ---- all of it --------------------------------------------------------------------- */

/* From here on it is the new task's. */
static int task_begin(struct vtask *t, const struct task_image *image)
{
	int err = 0;

	if (nests(t))
		t->eflags |= EFLAGS_NT;
	t->eflags = (t->eflags & EFLAGS_KNOWN) | EFLAGS_FIXED;
	t->seg[VTASK_CS].selector = image->sel[VTASK_CS];
	segments_forget(t, image);
	t->committed = true;
	if (t->paging && t->seg[VTASK_TR].access & TYPE_TSS32)
		err = t->ops->set_cr3(t->opaque, image->cr3);
	if (err == -EINVAL)
		return task_fault(t, FAULT_GP, 0);
	if (!err)
		err = load_segments(t);
	if (!err && t->has_error)
		err = push_error(t);
	if (!err && t->eip > t->seg[VTASK_CS].limit)
		err = task_fault(t, FAULT_GP, 0);
	return err;
}

/* Links and busy bits; then the registers. */
static int task_change(struct vtask *t, struct vtask_seg *tss, u32 at,
		       struct task_image *image)
{
	u16 old = t->seg[VTASK_TR].selector;
	int err = 0;

	if (!nests(t))
		err = access_byte(t, t->gdt_base + (old & ~7u), TYPE_TSS_BUSY,
				  0);
	if (!err)
		err = task_save(t);
	if (!err && nests(t))
		err = task_write(t, tss->base, &old, sizeof(old));
	if (!err && t->how != VTASK_IRET)
		err = access_byte(t, at, 0, TYPE_TSS_BUSY);
	if (err)
		return err;
	if (tss->access & TYPE_TSS32)
		err = load32(t, tss->base, image);
	else
		err = load16(t, tss->base, image);
	tss->access |= TYPE_TSS_BUSY;
	if (!err)
		t->seg[VTASK_TR] = *tss;
	return err;
}

int vtask_switch(struct vtask *t)
{
	struct task_image image = {};
	struct vtask_seg tss;
	u32 at;
	int err;

	t->committed = false;
	t->trap = false;
	err = tss_find(t, &tss, &at);
	if (!err)
		err = tss_probe(t, &tss, at);
	if (!err)
		err = task_change(t, &tss, at, &image);
	return err ? err : task_begin(t, &image);
}
