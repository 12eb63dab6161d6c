// SPDX-License-Identifier: GPL-2.0
/*
 * USER regions: the caller's own pages, pinned for as long as the region is
 * there and charged to the user's locked memory, which outlives the process
 * that pinned them.  Mapping them is done elsewhere.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/user.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "module/mem_region.h"

/* Pages pinned or released between two chances to reschedule. */
#define PIN_BATCH 512ul

/* Add to the user's locked memory unless RLIMIT_MEMLOCK forbids it. */
static int locked_charge(struct user_struct *user, unsigned long pages)
{
	unsigned long limit = rlimit(RLIMIT_MEMLOCK) >> PAGE_SHIFT;
	unsigned long old, new;

	old = atomic_long_read(&user->locked_vm);
	do {
		if (check_add_overflow(old, pages, &new))
			return -ENOMEM;
		if (new > limit && !capable(CAP_IPC_LOCK))
			return -ENOMEM;
	} while (!atomic_long_try_cmpxchg(&user->locked_vm, &old, new));
	return 0;
}

/*
 * Is all of it mapped?  A cheap look before anything is charged or pinned;
 * what changes meanwhile is found by the pinning.
 */
static int pins_look(u64 start, u64 len)
{
	struct mm_struct *mm = current->mm;
	u64 at = start, end = start + len;
	struct vm_area_struct *vma;

	if (!access_ok((void __user *)(unsigned long)start, len))
		return -EFAULT;
	mmap_read_lock(mm);
	while (at < end) {
		vma = find_vma(mm, at);
		if (!vma || vma->vm_start > at)
			break;
		at = vma->vm_end;
	}
	mmap_read_unlock(mm);
	return at < end ? -EFAULT : 0;
}

static bool pins_writable(const struct axvm_region *r)
{
	return r->flags & AXVM_MEM_WRITE;
}

static void pins_release(struct axvm_region *r, unsigned long n)
{
	unsigned long done, some;

	for (done = 0; done < n; done += some) {
		some = min(n - done, PIN_BATCH);
		unpin_user_pages_dirty_lock(r->pins + done, some,
					    pins_writable(r));
		cond_resched();
	}
}

/* Pin all pages; on failure none is. */
static int pins_fill(struct axvm_region *r, unsigned long n)
{
	unsigned int flags = FOLL_LONGTERM;
	unsigned long done = 0;
	long got;

	if (pins_writable(r))
		flags |= FOLL_WRITE;
	while (done < n) {
		if (fatal_signal_pending(current)) {
			got = -EINTR;
			goto out_release;
		}
		got = pin_user_pages_fast(r->source + done * PAGE_SIZE,
					  min(n - done, PIN_BATCH), flags,
					  r->pins + done);
		if (got <= 0)
			goto out_release;
		done += got;
		cond_resched();
	}
	return 0;

out_release:
	pins_release(r, done);
	return got ? got : -EFAULT;
}

/*
 * Pin the caller's memory at r->source (takes mmap_lock).
 *
 * Return: 0; -EFAULT not mapped or not writable; -ENOMEM also when the user's
 * RLIMIT_MEMLOCK is used up; -EINTR.
 */
int axvm_pins_get(struct axvm_region *r)
{
	unsigned long n = r->len >> PAGE_SHIFT;
	int err;

	err = pins_look(r->source, r->len);
	if (err)
		return err;
	err = locked_charge(current_user(), n);
	if (err)
		return err;
	r->user = get_uid(current_user());
	r->pins = kvmalloc_array(n, sizeof(*r->pins),
				 GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	err = r->pins ? pins_fill(r, n) : -ENOMEM;
	if (err)
		goto out_uncharge;
	r->resident = r->len;
	return 0;

out_uncharge:
	kvfree(r->pins);
	r->pins = NULL;
	atomic_long_sub(n, &r->user->locked_vm);
	free_uid(r->user);
	r->user = NULL;
	return err;
}

/* Release them; no translation of them is left. */
void axvm_pins_put(struct axvm_region *r)
{
	unsigned long n = r->len >> PAGE_SHIFT;

	if (!r->pins)
		return;
	pins_release(r, n);
	kvfree(r->pins);
	r->pins = NULL;
	atomic_long_sub(n, &r->user->locked_vm);
	free_uid(r->user);
	r->user = NULL;
	r->resident = 0;
}

/* Are the pages of the 2 MiB around @gpa one aligned physical stretch? */
static bool pins_contiguous(struct axvm_region *r, gpa_t gpa)
{
	unsigned long first, i, pfn;

	if (!axvm_region_holds(r, gpa, AXVM_BLOCK_2M))
		return false;
	first = (ALIGN_DOWN(gpa, AXVM_BLOCK_2M) - r->gpa) >> PAGE_SHIFT;
	pfn = page_to_pfn(r->pins[first]);
	if (!IS_ALIGNED(pfn, BIT(AXVM_ORDER_2M)))
		return false;
	for (i = 1; i < BIT(AXVM_ORDER_2M); i++)
		if (page_to_pfn(r->pins[first + i]) != pfn + i)
			return false;
	return true;
}

struct page *axvm_pins_find(struct axvm_region *r, gpa_t gpa, u64 *block)
{
	*block = pins_contiguous(r, gpa) ? AXVM_BLOCK_2M : AXVM_BLOCK_4K;
	return r->pins[(gpa - r->gpa) >> PAGE_SHIFT];
}
