// SPDX-License-Identifier: GPL-2.0
/*
 * The pages of ALLOC regions: which there are, allocating them on demand and
 * freeing them.  A naturally aligned 2 MiB chunk of guest-physical space is
 * either one folio of order 9 or single pages, decided when it is first
 * touched.  Charging is done here, mapping is not.
 */
#include <linux/build_bug.h>
#include <linux/gfp.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>

#include "module/mem_region.h"

#define CHUNK_PAGES BIT(AXVM_ORDER_2M)

/*
 * Failing is fine, killing is not: an empty memory cgroup or host becomes an
 * error of the caller or a "memory" exit of the guest.
 */
#define FILL_GFP                                                               \
	(GFP_KERNEL | __GFP_ACCOUNT | __GFP_ZERO | __GFP_RETRY_MAYFAIL |       \
	 __GFP_NOWARN)
#define FILL_GFP_2M                                                            \
	(GFP_KERNEL | __GFP_ACCOUNT | __GFP_ZERO | __GFP_NORETRY |             \
	 __GFP_NOWARN | __GFP_COMP)

static unsigned long chunk_of(gpa_t gpa)
{
	return gpa / AXVM_BLOCK_2M;
}

static unsigned long gfn_of(gpa_t gpa)
{
	return gpa / AXVM_BLOCK_4K;
}

void axvm_fill_init(struct axvm_region *r)
{
	BUILD_BUG_ON(PAGE_SIZE != AXVM_BLOCK_4K);
	xa_init_flags(&r->blocks, XA_FLAGS_ACCOUNT);
	xa_init_flags(&r->pages, XA_FLAGS_ACCOUNT);
}

struct page *axvm_fill_find(struct axvm_region *r, gpa_t gpa, u64 *block)
{
	struct page *page = xa_load(&r->blocks, chunk_of(gpa));

	if (page) {
		*block = AXVM_BLOCK_2M;
		return page + gfn_of(gpa) % CHUNK_PAGES;
	}
	*block = AXVM_BLOCK_4K;
	return xa_load(&r->pages, gfn_of(gpa));
}

u64 axvm_fill_hole(struct axvm_region *r, gpa_t gpa, gpa_t last)
{
	unsigned long chunk = chunk_of(gpa), gfn = gfn_of(gpa);
	gpa_t end = last + 1; /* regions end far below 2^64 */

	if (xa_find(&r->blocks, &chunk, chunk_of(last), XA_PRESENT))
		end = min(end, (gpa_t)chunk * AXVM_BLOCK_2M);
	if (xa_find(&r->pages, &gfn, gfn_of(last), XA_PRESENT))
		end = min(end, (gpa_t)gfn * AXVM_BLOCK_4K);
	return end > gpa ? end - gpa : 0;
}

/* Is any single page of the chunk around @gpa there? */
static bool chunk_started(struct axvm_region *r, gpa_t gpa)
{
	unsigned long gfn = round_down(gfn_of(gpa), CHUNK_PAGES);

	return xa_find(&r->pages, &gfn, gfn + CHUNK_PAGES - 1, XA_PRESENT);
}

unsigned int axvm_fill_order(struct axvm_region *r, gpa_t gpa)
{
	if (axvm_region_holds(r, gpa, AXVM_BLOCK_2M) && !chunk_started(r, gpa))
		return AXVM_ORDER_2M;
	return 0;
}

struct page *axvm_fill_alloc(struct axvm_mem_space *mem, unsigned int order)
{
	struct mem_cgroup *old = set_active_memcg(mem->memcg);
	struct page *page = NULL;

	if (order)
		page = alloc_pages(FILL_GFP_2M, order);
	if (!page)
		page = alloc_page(FILL_GFP);
	set_active_memcg(old);
	return page;
}

int axvm_fill_insert(struct axvm_mem_space *mem, struct axvm_region *r,
		     gpa_t gpa, struct page *page)
{
	gfp_t gfp = GFP_KERNEL | __GFP_NOWARN | __GFP_RETRY_MAYFAIL;
	unsigned int order = compound_order(page);
	struct mem_cgroup *old;
	u64 block;
	int err;

	/* Somebody else may have filled it while the lock was not held. */
	if (axvm_fill_find(r, gpa, &block) ||
	    (order && axvm_fill_order(r, gpa) != order)) {
		axvm_fill_drop(page);
		return -EAGAIN;
	}
	old = set_active_memcg(mem->memcg);
	if (order)
		err = xa_err(xa_store(&r->blocks, chunk_of(gpa), page, gfp));
	else
		err = xa_err(xa_store(&r->pages, gfn_of(gpa), page, gfp));
	set_active_memcg(old);
	if (err) {
		axvm_fill_drop(page);
		return -ENOMEM;
	}
	r->resident += PAGE_SIZE << order;
	return 0;
}

/*
 * Fill a region that is not in the map yet (no lock).  Return: 0, -ENOMEM,
 * -EINTR a fatal signal.
 */
int axvm_fill_all(struct axvm_mem_space *mem, struct axvm_region *r)
{
	gpa_t gpa = r->gpa, end = r->gpa + r->len;
	struct page *page;
	u64 got;
	int err;

	/* Hopeless: do not eat the host's memory to find out. */
	if (r->len >> PAGE_SHIFT > totalram_pages())
		return -ENOMEM;
	while (gpa < end) {
		if (fatal_signal_pending(current))
			return -EINTR;
		page = axvm_fill_alloc(mem, axvm_fill_order(r, gpa));
		if (!page)
			return -ENOMEM;
		got = PAGE_SIZE << compound_order(page);
		err = axvm_fill_insert(mem, r, gpa, page);
		if (err)
			return err;
		gpa += got;
		cond_resched();
	}
	return 0;
}

/* The reference may not be the last: a copy in flight can hold another. */
void axvm_fill_drop(struct page *page)
{
	put_page(page);
}

static void fill_free_array(struct xarray *xa)
{
	struct page *page;
	unsigned long i;

	xa_for_each(xa, i, page) {
		axvm_fill_drop(page);
		cond_resched();
	}
	xa_destroy(xa);
}

void axvm_fill_free(struct axvm_region *r)
{
	fill_free_array(&r->blocks);
	fill_free_array(&r->pages);
	r->resident = 0;
}
