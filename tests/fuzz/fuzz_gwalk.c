// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: any bytes as a guest's page tables and paging state.  A walk
 * must end, read only whole entries, and what it allows without setting flags
 * it must allow with it.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arch/x86/emul/gwalk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct head {
	u64 cr0, cr3, cr4, efer, gva;
	u64 pdpte[4];
	u32 pkru;
	u8 phys_bits;
	u8 flags;
};

static u8 ram[8 * 4096];
static unsigned int reads;

/* The few pages of ram are everywhere. */
static int mem_read(void *opaque, gpa_t gpa, unsigned int bytes, u64 *value)
{
	if ((bytes != 4 && bytes != 8) || gpa % bytes || reads++ > 64)
		abort();
	if (gpa >> 52)
		abort();
	*value = 0;
	memcpy(value, ram + gpa % sizeof(ram), bytes);
	return 0;
}

static int mem_update(void *opaque, gpa_t gpa, unsigned int bytes, u64 old,
		      u64 new)
{
	u64 now = 0;

	memcpy(&now, ram + gpa % sizeof(ram), bytes);
	if (now != old)
		return -EAGAIN;
	if ((old ^ new) & ~0x60ull)
		abort();
	memcpy(ram + gpa % sizeof(ram), &new, bytes);
	return 0;
}

static void fill(const uint8_t *data, size_t size)
{
	size_t at;

	for (at = 0; at < sizeof(ram) && size; at += size)
		memcpy(ram + at, data,
		       size < sizeof(ram) - at ? size : sizeof(ram) - at);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gwalk_mem mem = { .read = mem_read };
	struct gwalk_result peek, use;
	struct gwalk_info info;
	struct head head;
	int ret;

	if (size < sizeof(head))
		return 0;
	memcpy(&head, data, sizeof(head));
	memset(ram, 0, sizeof(ram));
	fill(data + sizeof(head), size - sizeof(head));
	gwalk_init(&info, head.cr0, head.cr3, head.cr4, head.efer,
		   32 + head.phys_bits % 21);
	memcpy(info.pdpte, head.pdpte, sizeof(info.pdpte));
	info.pkru = head.pkru;
	info.cpl3 = head.flags & 1;
	info.implicit = head.flags & 2;
	info.write = head.flags & 4;
	info.fetch = !info.write && (head.flags & 8);
	info.ac = head.flags & 16;
	info.page1g = head.flags & 32;
	info.pse36 = head.flags & 64;
	reads = 0;
	ret = gwalk(&info, &mem, head.gva, &peek);
	if (ret && ret != -EFAULT && ret != -EINVAL)
		abort();
	if (!ret && (!peek.page_size || peek.gpa >> 52))
		abort();
	if (!ret && info.write && info.cpl3 && !info.implicit && info.levels &&
	    !(peek.writable && peek.user))
		abort();
	mem.update = mem_update;
	reads = 0;
	/* tables that map themselves may change under their own flags */
	if (gwalk(&info, &mem, head.gva, &use) == -EINVAL && ret != -EINVAL)
		abort();
	return 0;
}
