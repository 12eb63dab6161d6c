// SPDX-License-Identifier: GPL-2.0
/*
 * Guest memory: the regions of a VM, mapping and unmapping them at any time,
 * and the life of the whole space.  Where pages come from, how one is found
 * and how it is copied is in the files that mem_region.h lists.
 *
 * mem->lock is never held while user memory is touched or pinned, because a
 * fault on a mapping of the VM takes it under mmap_lock.
 */
#include <linux/fs.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "module/arch.h"
#include "module/lib/args.h"
#include "module/mem_region.h"
#include "module/vm.h"

/* Regions a VM can have; their array grows by steps. */
#define REGIONS_MAX 1024
#define REGIONS_STEP 16

/* ---- one region -------------------------------------------------------- */

/* HOST ranges are nobody's memory. */
static bool region_counts(const struct axvm_region *r)
{
	return r->kind != AXVM_MEM_HOST;
}

/* Give back all it has; nothing translates to its pages any more. */
static void region_free(struct axvm_region *r)
{
	axvm_fill_free(r);
	axvm_pins_put(r);
	if (region_counts(r))
		axvm_limit_mem_uncharge(r->uid, r->len);
	kfree(r);
}

/* Get the memory that a region needs before it can be seen. */
static int region_back(struct axvm_mem_space *mem, struct axvm_region *r,
		       u32 flags)
{
	switch (r->kind) {
	case AXVM_MEM_USER:
		return axvm_pins_get(r);
	case AXVM_MEM_HOST:
		return axvm_host_check(r);
	default:
		return flags & AXVM_MEM_POPULATE ? axvm_fill_all(mem, r) : 0;
	}
}

static struct axvm_region *region_new(struct axvm_vm *vm,
				      const struct axvm_mem *arg)
{
	struct axvm_region *r = kzalloc(sizeof(*r), GFP_KERNEL_ACCOUNT);
	int err;

	if (!r)
		return ERR_PTR(-ENOMEM);
	r->gpa = arg->gpa;
	r->len = arg->len;
	r->source = arg->source;
	r->kind = arg->kind;
	r->flags = arg->flags & (AXVM_MEM_PROT | AXVM_MEM_TYPE);
	r->uid = vm->uid;
	axvm_fill_init(r);
	if (region_counts(r)) {
		err = axvm_limit_mem_charge(r->uid, r->len);
		if (err) {
			kfree(r);
			return ERR_PTR(err);
		}
	}
	err = region_back(&vm->mem, r, arg->flags);
	if (err) {
		region_free(r);
		return ERR_PTR(err);
	}
	return r;
}

/* ---- map and unmap ----------------------------------------------------- */

static int regions_grow(struct axvm_imap *m)
{
	unsigned int cap = m->cap + REGIONS_STEP;
	struct axvm_interval *v;

	if (m->n < m->cap)
		return 0;
	if (m->n >= REGIONS_MAX)
		return -ENOSPC;
	v = krealloc(m->v, cap * sizeof(*v), GFP_KERNEL_ACCOUNT);
	if (!v)
		return -ENOMEM;
	m->v = v;
	m->cap = cap;
	return 0;
}

/* A region becomes visible (@add), or goes. */
static void space_count(struct axvm_mem_space *mem, const struct axvm_region *r,
			bool add)
{
	lockdep_assert_held(&mem->lock);
	WRITE_ONCE(mem->bytes, add ? mem->bytes + r->len : mem->bytes - r->len);
	WRITE_ONCE(mem->resident, add ? mem->resident + r->resident :
					mem->resident - r->resident);
}

static int space_insert(struct axvm_mem_space *mem, struct axvm_region *r)
{
	int err;

	mutex_lock(&mem->lock);
	err = mem->closed ? -ENODEV : regions_grow(&mem->regions);
	if (!err)
		err = axvm_imap_insert(&mem->regions, r->gpa,
				       axvm_region_last(r), r);
	if (!err) {
		space_count(mem, r, true);
		/* Pairs with axvm_mem_added(): holes may be none any more. */
		WRITE_ONCE(mem->added, mem->added + 1);
	}
	mutex_unlock(&mem->lock);
	return err;
}

int axvm_mem_map(struct axvm_vm *vm, const struct axvm_mem *arg)
{
	struct axvm_region *r;
	int err;

	err = axvm_args_mem_map(arg, vm->mem.gpa_bits);
	if (err)
		return err;
	/* An early look: pinning and filling are expensive to undo. */
	if (axvm_mem_overlaps(vm, arg->gpa, arg->len) ||
	    axvm_arch_gpa_reserved(vm, arg->gpa, arg->len) ||
	    axvm_device_overlaps(vm, AXVM_BUS_MMIO, arg->gpa, arg->len))
		return -EEXIST;
	r = region_new(vm, arg);
	if (IS_ERR(r))
		return PTR_ERR(r);
	err = space_insert(&vm->mem, r);
	if (err)
		region_free(r);
	return err;
}

int axvm_mem_unmap(struct axvm_vm *vm, const struct axvm_mem *arg)
{
	struct axvm_mem_space *mem = &vm->mem;
	struct axvm_interval *v;
	struct axvm_region *r;
	int err;

	err = axvm_args_mem_unmap(arg, mem->gpa_bits);
	if (err)
		return err;
	mutex_lock(&mem->lock);
	if (mem->closed) {
		mutex_unlock(&mem->lock);
		return -ENODEV;
	}
	v = axvm_imap_find(&mem->regions, arg->gpa);
	r = v ? v->value : NULL;
	err = axvm_imap_remove(&mem->regions, arg->gpa,
			       arg->gpa + (arg->len - 1));
	if (!err) {
		memset(mem->near, 0, sizeof(mem->near));
		space_count(mem, r, false);
		axvm_arch_unmap(vm, r->gpa, r->len);
	}
	mutex_unlock(&mem->lock);
	if (err)
		return err;
	/* A fault that comes now finds no region: nothing is mapped anew. */
	unmap_mapping_range(mem->inode->i_mapping, r->gpa, r->len, 1);
	region_free(r);
	return 0;
}

/* ---- looking ----------------------------------------------------------- */

bool axvm_mem_overlaps(struct axvm_vm *vm, gpa_t gpa, u64 len)
{
	struct axvm_mem_space *mem = &vm->mem;
	bool hit;

	if (!len)
		return false;
	mutex_lock(&mem->lock);
	hit = axvm_imap_overlap(&mem->regions, gpa, gpa + (len - 1));
	mutex_unlock(&mem->lock);
	return hit;
}

unsigned int axvm_mem_nr_regions(struct axvm_vm *vm)
{
	return READ_ONCE(vm->mem.regions.n);
}

/* Snapshot of the first region at or after @at; false: there is none. */
static bool list_next(struct axvm_mem_space *mem, gpa_t at,
		      struct axvm_mem *out)
{
	const struct axvm_region *r = NULL;
	struct axvm_interval *v;

	mutex_lock(&mem->lock);
	v = axvm_imap_at_or_after(&mem->regions, at);
	if (v) {
		r = v->value;
		*out = (struct axvm_mem){
			.size = sizeof(*out),
			.flags = r->flags,
			.gpa = r->gpa,
			.len = r->len,
			.source = r->source,
			.kind = r->kind,
			.resident = r->resident,
		};
	}
	mutex_unlock(&mem->lock);
	return r;
}

/*
 * AXVM_VM_MEM_LIST; fills @arg->count.
 *
 * Each entry is consistent in itself; regions that come and go meanwhile may
 * or may not be seen.
 */
int axvm_mem_list(struct axvm_vm *vm, struct axvm_list *arg)
{
	u32 tail = arg->entry_size - sizeof(struct axvm_mem);
	u64 at = arg->after; /* keys are gpa + 1: key > after is gpa >= after */
	struct axvm_mem entry;
	u32 n;

	if (axvm_args_mem_list(arg))
		return -EINVAL;
	for (n = 0; n < arg->capacity && list_next(&vm->mem, at, &entry); n++) {
		u8 __user *to = u64_to_user_ptr(arg->entries) +
				(u64)n * arg->entry_size;

		if (copy_to_user(to, &entry, sizeof(entry)) ||
		    clear_user(to + sizeof(entry), tail))
			return -EFAULT;
		at = entry.gpa + 1;
		cond_resched();
	}
	arg->count = n;
	return 0;
}

/* ---- the space --------------------------------------------------------- */

int axvm_mem_init(struct axvm_vm *vm)
{
	struct axvm_mem_space *mem = &vm->mem;
	struct axvm_info info = {};
	int err;

	mutex_init(&mem->lock);
	err = axvm_mem_inode_get(&mem->inode);
	if (err)
		return err;
	axvm_arch_info(&info);
	mem->block_sizes = info.block_sizes;
	mem->gpa_bits = info.gpa_bits;
	mem->memcg = get_mem_cgroup_from_mm(current->mm);
	return 0;
}

void axvm_mem_exit(struct axvm_vm *vm)
{
	struct axvm_mem_space *mem = &vm->mem;
	struct axvm_imap gone;
	unsigned int i;

	mutex_lock(&mem->lock);
	mem->closed = true;
	gone = mem->regions;
	mem->regions = (struct axvm_imap){};
	memset(mem->near, 0, sizeof(mem->near));
	WRITE_ONCE(mem->bytes, 0);
	WRITE_ONCE(mem->resident, 0);
	mutex_unlock(&mem->lock);

	unmap_mapping_range(mem->inode->i_mapping, 0, 0, 1);
	for (i = 0; i < gone.n; i++)
		region_free(gone.v[i].value);
	kfree(gone.v);
}

void axvm_mem_free(struct axvm_vm *vm)
{
	struct axvm_mem_space *mem = &vm->mem;

	if (!mem->inode)
		return;
	mem_cgroup_put(mem->memcg);
	iput(mem->inode);
	mem->memcg = NULL;
	mem->inode = NULL;
}
