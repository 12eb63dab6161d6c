/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of guest memory share: the region, and the one way to a
 * page of it.  Nobody outside module/mem*.c includes this.
 *
 * mem.c		regions: map, unmap, list, life of the space
 * mem_fill.c		pages of ALLOC regions, filled on demand
 * mem_user.c		pinned pages of USER regions
 * mem_host.c		HOST ranges: who may, what for, and access to them
 * mem_fault.c		one gpa -> one page; nested page faults
 * mem_access.c		copying to and from guest memory
 * mem_mmap.c		mmap() of the VM descriptor, and its inode
 * mem_limit.c		memory per uid
 */
#ifndef AXVM_MEM_REGION_H
#define AXVM_MEM_REGION_H

#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/xarray.h>

#include "uapi/axvm.h"
#include "module/mem.h"

struct user_struct;

/* The nested tables and the uapi count in these; the host must, too. */
#define AXVM_BLOCK_4K SZ_4K
#define AXVM_BLOCK_2M SZ_2M
#define AXVM_BLOCK_1G SZ_1G
#define AXVM_ORDER_2M 9

#define AXVM_MEM_PROT (AXVM_MEM_READ | AXVM_MEM_WRITE | AXVM_MEM_EXEC)
#define AXVM_MEM_TYPE (AXVM_MEM_DEVICE | AXVM_MEM_UNCACHED)

/**
 * struct axvm_region - a stretch of guest-physical memory
 * @gpa: (c) first address
 * @len: (c) bytes
 * @source: (c) user or host-physical address
 * @kind: (c) AXVM_MEM_ALLOC, USER, HOST
 * @flags: (c) AXVM_MEM_READ ...
 * @uid: (c) whose limit is charged
 * @resident: (m) bytes that have pages
 * @blocks: (m) ALLOC: gpa >> 21 -> first page of a 2 MiB folio
 * @pages: (m) ALLOC: gpa >> 12 -> a page of its own
 * @pins: (c) USER: its pages in order
 * @user: (c) USER: whose locked_vm is charged
 *
 * (c) constant while the region is in the map; (m) mem.lock.
 */
struct axvm_region {
	gpa_t gpa;
	u64 len;
	u64 source;
	u32 kind;
	u32 flags;
	kuid_t uid;
	u64 resident;
	struct xarray blocks;
	struct xarray pages;
	struct page **pins;
	struct user_struct *user;
};

/**
 * struct axvm_spot - where a guest-physical address is
 * @region: its region; valid while mem.lock is held
 * @page: the page that holds it; NULL: HOST memory
 * @hpa: its host-physical address
 * @block: the largest block, of the sizes that nested tables have, that is
 *	contiguous around it and within the region
 */
struct axvm_spot {
	struct axvm_region *region;
	struct page *page;
	hpa_t hpa;
	u64 block;
};

static inline gpa_t axvm_region_last(const struct axvm_region *r)
{
	return r->gpa + (r->len - 1);
}

/* Does the naturally aligned block of @size around @gpa fit the region? */
static inline bool axvm_region_holds(const struct axvm_region *r, gpa_t gpa,
				     u64 size)
{
	gpa_t start = ALIGN_DOWN(gpa, size);

	return start >= r->gpa && start + (size - 1) <= axvm_region_last(r);
}

/**
 * axvm_mem_spot() - lock the space and find the page behind @gpa, filling it
 * @prot: AXVM_MEM_* that the region must allow; 0: the host looks
 *
 * Return: 0 with mem->lock held; without it: -ENOENT, -EPERM, -ENOMEM.
 */
int axvm_mem_spot(struct axvm_mem_space *mem, gpa_t gpa, u32 prot,
		  struct axvm_spot *s);

/**
 * axvm_mem_hole() - how much from @gpa on has no page yet (takes the lock)
 * @len: as far as to look
 *
 * Return: bytes up to the next page or the end of the region; 0: there is
 * something at @gpa, or no region.
 */
u64 axvm_mem_hole(struct axvm_mem_space *mem, gpa_t gpa, u64 len);

/* mem_fill.c; lock held unless said otherwise */
void axvm_fill_init(struct axvm_region *r);
/** Page behind @gpa, or NULL; @block: 4 KiB or 2 MiB. */
struct page *axvm_fill_find(struct axvm_region *r, gpa_t gpa, u64 *block);
/** Bytes from @gpa on, at most to @last, before the next page of @r. */
u64 axvm_fill_hole(struct axvm_region *r, gpa_t gpa, gpa_t last);
/** Order to try for the hole at @gpa. */
unsigned int axvm_fill_order(struct axvm_region *r, gpa_t gpa);
/** Zeroed page of @order or, failing that, of order 0 (no lock). */
struct page *axvm_fill_alloc(struct axvm_mem_space *mem, unsigned int order);
/** Takes over @page.  -EAGAIN: it does not fit any more; -ENOMEM. */
int axvm_fill_insert(struct axvm_mem_space *mem, struct axvm_region *r,
		     gpa_t gpa, struct page *page);
int axvm_fill_all(struct axvm_mem_space *mem, struct axvm_region *r);
/** Free what axvm_fill_alloc() gave and nobody took. */
void axvm_fill_drop(struct page *page);
/** Free all pages; the region is in no map any more (no lock). */
void axvm_fill_free(struct axvm_region *r);

/* mem_user.c */
int axvm_pins_get(struct axvm_region *r);
void axvm_pins_put(struct axvm_region *r);
struct page *axvm_pins_find(struct axvm_region *r, gpa_t gpa, u64 *block);

/* mem_host.c */
int axvm_host_check(const struct axvm_region *r);
/** Copy @len bytes within one page at @hpa from or to kernel memory. */
int axvm_host_copy(hpa_t hpa, u32 flags, void *buf, size_t len, bool write);

/* mem_mmap.c */
int axvm_mem_inode_get(struct inode **inode);

#endif /* AXVM_MEM_REGION_H */
