// SPDX-License-Identifier: GPL-2.0
/*
 * Task switches with whatever a guest may have in its descriptor tables and
 * TSSs: the state that comes out is one that a processor can be in, and a switch
 * that is refused has changed nothing.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arch/x86/emul/task.h"

#define RAM 4096u
#define UNUSABLE 0x10000u
#define VM 0x20000u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static u8 ram[RAM], before[RAM];
static u32 hole;

/* All of 4 GiB is the same page; one in some accesses is not there. */
static int access(void *opaque, enum vtask_access how, u32 at, void *buf,
		  u32 bytes, bool user, struct vtask_fault *fault)
{
	u32 i;

	(void)opaque;
	if (bytes > 104)
		abort();
	if (hole && at / 4096 == hole) {
		*fault = (struct vtask_fault){ .vector = 14, .cr2 = at };
		return -EFAULT;
	}
	for (i = 0; i < bytes && how != VTASK_PROBE; i++) {
		u8 *byte = &ram[(at + i) % RAM];

		if (how == VTASK_READ)
			((u8 *)buf)[i] = *byte;
		else
			*byte = ((u8 *)buf)[i];
	}
	return 0;
}

static int set_cr3(void *opaque, u32 cr3)
{
	(void)opaque;
	return cr3 & 1 ? -EINVAL : 0;
}

static const struct vtask_ops ops = { access, set_cr3 };

static void check(const struct vtask *t)
{
	unsigned int i;

	if (t->eflags & ~0x3f7fd7u || !(t->eflags & 2))
		abort();
	if (t->seg[VTASK_CS].access & UNUSABLE ||
	    t->seg[VTASK_TR].access & UNUSABLE)
		abort();
	if ((t->seg[VTASK_TR].access & 0x97) != 0x83)
		abort();
	if (!(t->eflags & VM) && (t->seg[VTASK_SS].access >> 5 & 3) !=
					 (t->seg[VTASK_CS].selector & 3))
		abort();
	for (i = VTASK_ES; i <= VTASK_GS; i++)
		if (!(t->seg[i].access & UNUSABLE) &&
		    (t->seg[i].access & 0x91) != 0x91)
			abort();
}

struct input {
	struct vtask_seg tr, ldtr;
	u32 gdt_base, hole;
	u16 gdt_limit, selector;
	u8 how, flags;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vtask t = { .ops = &ops };
	struct input in;
	int err;

	if (size < sizeof(in))
		return 0;
	memcpy(&in, data, sizeof(in));
	data += sizeof(in);
	size -= sizeof(in);
	memset(ram, 0, sizeof(ram));
	memcpy(ram, data, size < RAM ? size : RAM);
	memcpy(before, ram, sizeof(ram));
	hole = in.hole;
	t.how = in.how & 3;
	t.selector = in.selector;
	t.external = in.flags & 1;
	t.has_error = in.flags & 2;
	t.paging = in.flags & 4;
	t.gdt_base = in.gdt_base;
	t.gdt_limit = in.gdt_limit;
	t.seg[VTASK_TR] = in.tr;
	t.seg[VTASK_LDTR] = in.ldtr;
	err = vtask_switch(&t);
	if (err && err != -EFAULT)
		abort();
	if (!err && !t.committed)
		abort();
	if (t.committed)
		check(&t);
	/* A hole may open in the middle: writes before it stay. */
	else if (!hole && memcmp(ram, before, sizeof(ram)))
		abort();
	return 0;
}
