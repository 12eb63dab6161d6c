// SPDX-License-Identifier: GPL-2.0
/*
 * Userspace's side of exit records: the pages of ring and flight recorder,
 * claiming a ring, answering the parked exit, mmap and poll of a vCPU
 * descriptor.
 *
 * Each claim gets pages of its own, so that whoever held the ring before, and
 * still has it mapped, can neither watch nor disturb the new owner.  Mapped
 * pages are referenced by the mapping and outlive claim and VM.
 */
#include <linux/eventfd.h>
#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "module/compat.h"
#include "module/vm.h"

static void pages_free(struct axvm_exit_pages *p)
{
	unsigned int i;

	if (!p)
		return;
	if (p->addr)
		vunmap(p->addr);
	for (i = 0; i < p->nr; i++)
		put_page(p->page[i]);
	kfree(p);
}

static struct axvm_exit_pages *pages_alloc(size_t bytes)
{
	unsigned int nr = DIV_ROUND_UP(bytes, PAGE_SIZE);
	struct axvm_exit_pages *p;

	p = kzalloc(struct_size(p, page, nr), GFP_KERNEL_ACCOUNT);
	if (!p)
		return NULL;
	while (p->nr < nr) {
		struct page *page = alloc_page(GFP_KERNEL_ACCOUNT | __GFP_ZERO |
					       __GFP_NOWARN);

		if (!page)
			goto out_free;
		p->page[p->nr++] = page;
	}
	p->addr = vmap(p->page, nr, VM_MAP, PAGE_KERNEL);
	if (!p->addr)
		goto out_free;
	return p;

out_free:
	pages_free(p);
	return NULL;
}

void axvm_exit_init(struct axvm_vcpu *vcpu)
{
	struct axvm_exit_state *es = &vcpu->exits;

	spin_lock_init(&es->lock);
	init_waitqueue_head(&es->wq);
}

int axvm_exit_flight(struct axvm_vcpu *vcpu)
{
	struct axvm_exit_state *es = &vcpu->exits;
	struct axvm_exit_pages *p;

	/* Pairs with the release below. */
	if (smp_load_acquire(&es->flight_pages))
		return 0;
	p = pages_alloc(axvm_ring_bytes(AXVM_FLIGHT_SLOTS));
	if (!p)
		return -ENOMEM;
	spin_lock(&es->lock);
	if (!es->flight_pages) {
		axvm_flight_init(&es->flight, p->addr, AXVM_FLIGHT_SLOTS);
		/* release: who sees the pages sees their header */
		smp_store_release(&es->flight_pages, p);
		p = NULL;
	}
	spin_unlock(&es->lock);
	pages_free(p);
	return 0;
}

void axvm_exit_free(struct axvm_vcpu *vcpu)
{
	struct axvm_exit_state *es = &vcpu->exits;

	if (es->eventfd)
		eventfd_ctx_put(es->eventfd);
	pages_free(es->ring_pages);
	pages_free(es->flight_pages);
	memset(es, 0, sizeof(*es));
}

/*
 * Make @file the owner with @pages, or give it another @eventfd.  What is not
 * used any more, or not taken, comes back in the pointers for the caller to
 * drop outside the lock.
 */
static int claim_take(struct axvm_exit_state *es, const struct file *file,
		      struct axvm_exit_pages **pages,
		      struct eventfd_ctx **eventfd)
{
	int err = 0;
	u64 seq;

	spin_lock(&es->lock);
	if (es->owner && es->owner != file) {
		err = -EBUSY;
		goto out;
	}
	swap(es->eventfd, *eventfd);
	if (es->owner)
		goto out;
	swap(es->ring_pages, *pages);
	axvm_ring_init(&es->ring, es->ring_pages->addr, AXVM_RING_SLOTS);
	WRITE_ONCE(es->owner, file);
	smp_mb(); /* pairs with those of exit_publish() and exit_answer_now() */
	seq = READ_ONCE(es->parked_seq);
	if (!seq || es->answered)
		goto out;
	axvm_ring_park(&es->ring, axvm_exit_parked_record(es, seq));
	/* An exit already waits: an eventfd loop must hear of it. */
	if (es->eventfd)
		axvm_eventfd_signal(es->eventfd);
out:
	spin_unlock(&es->lock);
	return err;
}

static int exit_release(struct axvm_vcpu *vcpu, const struct file *file)
{
	struct axvm_exit_state *es = &vcpu->exits;
	struct axvm_exit_pages *pages = NULL;
	struct eventfd_ctx *eventfd = NULL;
	int err = 0;

	spin_lock(&es->lock);
	if (es->owner != file) {
		err = -EPERM;
	} else {
		/* release: after its answer; pairs with exit_answer_now() */
		smp_store_release(&es->owner, NULL);
		swap(es->ring_pages, pages);
		swap(es->eventfd, eventfd);
	}
	spin_unlock(&es->lock);
	if (eventfd)
		eventfd_ctx_put(eventfd);
	pages_free(pages);
	return err;
}

/**
 * axvm_exit_claim() - AXVM_VCPU_CLAIM
 * @vcpu: the vCPU
 * @file: the descriptor that owns the ring from now on
 * @arg: checked for size only
 *
 * Return: 0 or what the uapi says.
 */
int axvm_exit_claim(struct axvm_vcpu *vcpu, const struct file *file,
		    const struct axvm_vcpu_claim *arg)
{
	struct eventfd_ctx *eventfd = NULL;
	struct axvm_exit_pages *pages;
	int err;

	if ((arg->flags & ~AXVM_CLAIM_RELEASE) || arg->pad)
		return -EINVAL;
	if (arg->flags & AXVM_CLAIM_RELEASE)
		return arg->eventfd == -1 ? exit_release(vcpu, file) : -EINVAL;
	if (arg->eventfd != -1) {
		eventfd = eventfd_ctx_fdget(arg->eventfd);
		if (IS_ERR(eventfd))
			return -EBADF;
	}
	err = -ENOMEM;
	pages = pages_alloc(axvm_ring_bytes(AXVM_RING_SLOTS));
	if (pages)
		err = claim_take(&vcpu->exits, file, &pages, &eventfd);
	if (eventfd)
		eventfd_ctx_put(eventfd);
	pages_free(pages);
	return err;
}

void axvm_exit_unclaim(struct axvm_vcpu *vcpu, const struct file *file)
{
	if (READ_ONCE(vcpu->exits.owner) == file)
		exit_release(vcpu, file);
}

/* es->lock held; the exit is parked and has no answer yet. */
void axvm_exit_set_answer(struct axvm_exit_state *es, u64 data, bool fault)
{
	lockdep_assert_held(&es->lock);
	es->answer = data;
	es->answer_ns = ktime_get_ns() - es->parked_ns;
	es->answer_fault = fault;
	WRITE_ONCE(es->answered, true);
	if (es->ring_pages)
		axvm_ring_park(&es->ring, NULL);
}

/**
 * axvm_exit_complete() - AXVM_VCPU_COMPLETE
 * @vcpu: the vCPU
 * @file: the caller's descriptor, which must hold the claim
 * @arg: checked for size only
 *
 * Return: 0 or what the uapi says.
 */
int axvm_exit_complete(struct axvm_vcpu *vcpu, const struct file *file,
		       const struct axvm_vcpu_complete *arg)
{
	struct axvm_exit_state *es = &vcpu->exits;
	int err = 0;
	u64 seq;

	if (arg->flags & ~AXVM_COMPLETE_FAULT)
		return -EINVAL;
	spin_lock(&es->lock);
	/* Parked without the lock: pairs with exit_set_parked(). */
	seq = smp_load_acquire(&es->parked_seq);
	if (es->owner != file)
		err = -EPERM;
	else if (!seq || es->answered)
		err = -ENOENT;
	else if (seq != arg->seq)
		err = -ESTALE;
	else
		axvm_exit_set_answer(es, arg->data,
				     arg->flags & AXVM_COMPLETE_FAULT);
	spin_unlock(&es->lock);
	if (!err)
		axvm_vcpu_request(vcpu, AXVM_REQ_EVENT);
	return err;
}

/*
 * A mapping counts as a view.  It also holds its descriptor open, so the view
 * that goes here is never the last one.
 */
static void exit_vma_open(struct vm_area_struct *vma)
{
	struct axvm_vcpu *vcpu = vma->vm_private_data;

	axvm_vm_view_get(vcpu->vm);
}

static void exit_vma_close(struct vm_area_struct *vma)
{
	struct axvm_vcpu *vcpu = vma->vm_private_data;

	axvm_vm_view_put(vcpu->vm);
}

static const struct vm_operations_struct exit_vm_ops = {
	.open = exit_vma_open,
	.close = exit_vma_close,
};

static int exit_map_pages(struct axvm_vcpu *vcpu, struct vm_area_struct *vma,
			  struct page **pages, unsigned int nr)
{
	int err;

	if (vma_pages(vma) != nr || !(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	axvm_vma_flags_set(vma, VM_DONTEXPAND | VM_DONTDUMP);
	err = vm_map_pages_zero(vma, pages, nr);
	if (err)
		return err;
	axvm_vm_view_get(vcpu->vm);
	vma->vm_private_data = vcpu;
	vma->vm_ops = &exit_vm_ops;
	return 0;
}

static int exit_map_flight(struct axvm_vcpu *vcpu, struct vm_area_struct *vma)
{
	const struct axvm_exit_state *es = &vcpu->exits;
	int err;

	if (vma->vm_flags & VM_WRITE)
		return -EPERM;
	err = axvm_exit_flight(vcpu);
	if (err)
		return err;
	axvm_vma_flags_clear(vma, VM_MAYWRITE);
	return exit_map_pages(vcpu, vma, es->flight_pages->page,
			      es->flight_pages->nr);
}

#define RING_PAGES                                                       \
	DIV_ROUND_UP(AXVM_RING_HEADER +                                  \
			     AXVM_RING_SLOTS * sizeof(struct axvm_exit), \
		     PAGE_SIZE)

/*
 * Mapping sleeps, so the pages are pinned for its time: the claim may be
 * released meanwhile by another thread.
 */
static int exit_map_ring(struct axvm_vcpu *vcpu, const struct file *file,
			 struct vm_area_struct *vma)
{
	struct axvm_exit_state *es = &vcpu->exits;
	struct page *pages[RING_PAGES];
	unsigned int i;
	int err;

	spin_lock(&es->lock);
	if (es->owner != file) {
		spin_unlock(&es->lock);
		return -EPERM;
	}
	for (i = 0; i < RING_PAGES; i++) {
		pages[i] = es->ring_pages->page[i];
		get_page(pages[i]);
	}
	spin_unlock(&es->lock);
	err = exit_map_pages(vcpu, vma, pages, RING_PAGES);
	for (i = 0; i < RING_PAGES; i++)
		put_page(pages[i]);
	return err;
}

/**
 * axvm_exit_mmap() - mmap() of a vCPU descriptor
 * @vcpu: the vCPU
 * @file: the descriptor
 * @vma: AXVM_MMAP_RING or AXVM_MMAP_FLIGHT, shared, of exactly that size
 *
 * Return: 0; -EINVAL other offset, size or private; -EPERM the ring without
 * the claim, the recorder for writing; -ENOMEM.
 */
int axvm_exit_mmap(struct axvm_vcpu *vcpu, struct file *file,
		   struct vm_area_struct *vma)
{
	if (READ_ONCE(vcpu->vm->dead))
		return -ENODEV;
	switch ((u64)vma->vm_pgoff << PAGE_SHIFT) {
	case AXVM_MMAP_RING:
		return exit_map_ring(vcpu, file, vma);
	case AXVM_MMAP_FLIGHT:
		return exit_map_flight(vcpu, vma);
	default:
		return -EINVAL;
	}
}

/**
 * axvm_exit_poll() - poll() of a vCPU descriptor
 * @vcpu: the vCPU
 * @file: the descriptor
 * @pt: poll table
 *
 * Return: EPOLLIN for the claimant when the ring has a record or an exit
 * waits for an answer; EPOLLHUP after the VM was destroyed.
 */
__poll_t axvm_exit_poll(struct axvm_vcpu *vcpu, struct file *file,
			struct poll_table_struct *pt)
{
	struct axvm_exit_state *es = &vcpu->exits;
	__poll_t mask = 0;

	poll_wait(file, &es->wq, pt);
	smp_mb(); /* pairs with the one in exit_wake() */
	spin_lock(&es->lock);
	if (es->owner == file &&
	    (axvm_ring_pending(&es->ring) || (es->parked_seq && !es->answered)))
		mask = EPOLLIN | EPOLLRDNORM;
	spin_unlock(&es->lock);
	if (READ_ONCE(vcpu->vm->dead))
		mask |= EPOLLHUP | EPOLLERR;
	return mask;
}
