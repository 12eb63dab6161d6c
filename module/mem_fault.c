// SPDX-License-Identifier: GPL-2.0
/*
 * From a guest-physical address to the page behind it, and nested page
 * faults: entering that page into the VM's nested tables with the largest
 * block that fits.
 */
#include <linux/io.h>

#include "module/arch.h"
#include "module/mem_region.h"
#include "module/vm.h"

/* How often a fill may lose its race before it gives up. */
#define FILL_TRIES 16

/* HOST memory is one stretch: only alignment and bounds limit a block. */
static u64 host_block(const struct axvm_mem_space *mem,
		      const struct axvm_region *r, gpa_t gpa)
{
	static const u64 sizes[] = { AXVM_BLOCK_1G, AXVM_BLOCK_2M };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		if (mem->block_sizes & sizes[i] &&
		    IS_ALIGNED(r->gpa - r->source, sizes[i]) &&
		    axvm_region_holds(r, gpa, sizes[i]))
			return sizes[i];
	return AXVM_BLOCK_4K;
}

/* Fill in @s; -EAGAIN: an ALLOC region that has no page there yet. */
static int spot_look(struct axvm_mem_space *mem, gpa_t gpa, u32 prot,
		     struct axvm_spot *s)
{
	struct axvm_interval *v = axvm_imap_find(&mem->regions, gpa);
	struct axvm_region *r;

	if (!v)
		return -ENOENT;
	r = v->value;
	if (prot & AXVM_MEM_PROT & ~r->flags)
		return -EPERM;
	s->region = r;
	switch (r->kind) {
	case AXVM_MEM_ALLOC:
		s->page = axvm_fill_find(r, gpa, &s->block);
		if (!s->page)
			return -EAGAIN;
		break;
	case AXVM_MEM_USER:
		s->page = axvm_pins_find(r, gpa, &s->block);
		break;
	default:
		s->page = NULL;
		s->hpa = r->source + (gpa - r->gpa);
		s->block = host_block(mem, r, gpa);
		return 0;
	}
	s->hpa = page_to_phys(s->page) + offset_in_page(gpa);
	if (!(mem->block_sizes & s->block))
		s->block = AXVM_BLOCK_4K;
	return 0;
}

u64 axvm_mem_hole(struct axvm_mem_space *mem, gpa_t gpa, u64 len)
{
	struct axvm_interval *v;
	struct axvm_region *r;
	u64 hole = 0;

	if (!len)
		return 0;
	mutex_lock(&mem->lock);
	v = axvm_imap_find(&mem->regions, gpa);
	r = v ? v->value : NULL;
	if (r && r->kind == AXVM_MEM_ALLOC)
		hole = axvm_fill_hole(r, gpa,
				      min(gpa + (len - 1),
					  axvm_region_last(r)));
	mutex_unlock(&mem->lock);
	return hole;
}

/* Enter @page, which is used up in any case, and look again. */
static int spot_fill(struct axvm_mem_space *mem, gpa_t gpa, u32 prot,
		     struct axvm_spot *s, struct page *page)
{
	u64 before = s->region->resident;
	int err;

	err = axvm_fill_insert(mem, s->region, gpa, page);
	if (err)
		return err;
	WRITE_ONCE(mem->resident,
		   mem->resident + (s->region->resident - before));
	return spot_look(mem, gpa, prot, s);
}

int axvm_mem_spot(struct axvm_mem_space *mem, gpa_t gpa, u32 prot,
		  struct axvm_spot *s)
{
	struct page *spare = NULL;
	unsigned int tries, order;
	int err;

	/*
	 * Pages are allocated and zeroed without the lock, so that vCPUs fill
	 * side by side; whoever comes second gives its page back.
	 */
	for (tries = 0; tries < FILL_TRIES; tries++) {
		mutex_lock(&mem->lock);
		err = spot_look(mem, gpa, prot, s);
		if (err == -EAGAIN && spare) {
			err = spot_fill(mem, gpa, prot, s, spare);
			spare = NULL;
		}
		if (err != -EAGAIN)
			break;
		order = axvm_fill_order(s->region, gpa);
		mutex_unlock(&mem->lock);
		spare = axvm_fill_alloc(mem, order);
		if (!spare)
			return -ENOMEM;
	}
	if (spare)
		axvm_fill_drop(spare);
	if (err == -EAGAIN)
		return -ENOMEM;
	if (err)
		mutex_unlock(&mem->lock);
	return err;
}

/* mem->lock held. */
static int fault_map(struct axvm_vm *vm, gpa_t gpa, const struct axvm_spot *s)
{
	u64 in = gpa & (s->block - 1);

	return axvm_arch_map(vm, gpa - in, s->hpa - in, s->block,
			     s->region->flags &
				     (AXVM_MEM_PROT | AXVM_MEM_TYPE));
}

int axvm_mem_fault(struct axvm_vm *vm, gpa_t gpa, u32 prot, u64 *block,
		   bool *split)
{
	struct axvm_mem_space *mem = &vm->mem;
	bool exec = prot & AXVM_MEM_EXEC;
	struct axvm_spot s;
	int err;

	*block = 0;
	*split = false;
	err = axvm_mem_spot(mem, gpa, prot, &s);
	if (err)
		return err;
	/* What is mapped already must not become one block again. */
	err = exec ? axvm_arch_exec(vm, gpa, split) : -ENOENT;
	if (err == -ENOENT) {
		err = fault_map(vm, gpa, &s);
		if (!err)
			*block = s.block;
		if (!err && exec)
			err = axvm_arch_exec(vm, gpa, split);
	}
	mutex_unlock(&mem->lock);
	return err;
}
