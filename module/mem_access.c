// SPDX-License-Identifier: GPL-2.0
/*
 * Copying from and to guest memory, for the kernel (on behalf of the guest,
 * so the region's rights count) and for AXVM_VM_MEM_RW (on behalf of the
 * owner, who may also write what the guest may only read).
 */
#include <linux/atomic.h>
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/nospec.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "module/arch.h"
#include "module/lib/args.h"
#include "module/mem_region.h"
#include "module/vm.h"

/**
 * struct axvm_piece - a physically contiguous stretch to copy
 * @page: holds a reference; NULL: HOST memory at @hpa
 * @at: kernel address when @page
 * @hpa: host-physical address
 * @flags: AXVM_MEM_TYPE of HOST memory
 * @len: bytes
 * @dirty: the page is somebody's own (USER): tell its owner it was written
 */
struct axvm_piece {
	struct page *page;
	void *at;
	hpa_t hpa;
	u32 flags;
	size_t len;
	bool dirty;
};

static struct axvm_near *near_set(struct axvm_mem_space *mem, gpa_t gpa)
{
	return mem->near[hash_64(gpa / PAGE_SIZE, AXVM_MEM_NEAR_BITS)];
}

/* mem->lock held.  NULL: it was not looked at lately, or is not allowed. */
static const struct axvm_near *near_find(struct axvm_mem_space *mem, gpa_t gpa,
					 u32 prot)
{
	const struct axvm_near *n = near_set(mem, gpa);
	unsigned int i;

	lockdep_assert_held(&mem->lock);
	for (i = 0; i < AXVM_MEM_NEAR_WAYS; i++, n++)
		if (n->gfn == gpa / PAGE_SIZE && n->at && !(prot & ~n->prot))
			return n;
	return NULL;
}

/* mem->lock held: the next look at this page need not search for it. */
static void near_note(struct axvm_mem_space *mem, gpa_t gpa,
		      const struct axvm_spot *s)
{
	struct axvm_near *n = near_set(mem, gpa);

	lockdep_assert_held(&mem->lock);
	if (!s->page || s->region->kind != AXVM_MEM_ALLOC)
		return;
	if (n->gfn != gpa / PAGE_SIZE)
		memmove(n + 1, n, (AXVM_MEM_NEAR_WAYS - 1) * sizeof(*n));
	*n = (struct axvm_near){
		.gfn = gpa / PAGE_SIZE,
		.at = page_address(s->page),
		.prot = s->region->flags & AXVM_MEM_PROT,
	};
}

/*
 * Find the piece at @gpa, at most @len long, and keep it: after this the
 * region may go, the memory stays until piece_put().
 */
static int piece_get(struct axvm_mem_space *mem, gpa_t gpa, u64 len, u32 prot,
		     bool write, struct axvm_piece *p)
{
	struct axvm_spot s;
	int err;

	err = axvm_mem_spot(mem, gpa, prot, &s);
	if (err)
		return err;
	/* Pages that were pinned for reading are nobody's to write. */
	if (write && s.region->kind == AXVM_MEM_USER &&
	    !(s.region->flags & AXVM_MEM_WRITE)) {
		mutex_unlock(&mem->lock);
		return -EPERM;
	}
	p->page = s.page;
	p->hpa = s.hpa;
	p->flags = s.region->flags & AXVM_MEM_TYPE;
	p->dirty = write && s.region->kind == AXVM_MEM_USER;
	near_note(mem, gpa, &s);
	if (p->page) {
		get_page(p->page);
		p->at = page_address(p->page) + offset_in_page(gpa);
		p->len = min(len, s.block - (gpa & (s.block - 1)));
	} else {
		p->len = min(len, PAGE_SIZE - offset_in_page(gpa));
	}
	mutex_unlock(&mem->lock);
	return 0;
}

static void piece_put(struct axvm_piece *p)
{
	if (!p->page)
		return;
	if (p->dirty)
		set_page_dirty_lock(p->page);
	put_page(p->page);
}

/*
 * What a CPU would do in one access is one access here: vCPUs look on, and
 * page-table entries must not be seen torn.
 */
static void copy_whole(void *to, const void *from, size_t len)
{
	bool aligned = IS_ALIGNED((uintptr_t)to | (uintptr_t)from, len);

	if (len == 8 && aligned)
		WRITE_ONCE(*(u64 *)to, READ_ONCE(*(const u64 *)from));
	else if (len == 4 && aligned)
		WRITE_ONCE(*(u32 *)to, READ_ONCE(*(const u32 *)from));
	else if (len == 2 && aligned)
		WRITE_ONCE(*(u16 *)to, READ_ONCE(*(const u16 *)from));
	else
		memcpy(to, from, len);
}

static void copy_synced(void *at, void *buf, size_t len, bool write)
{
	if (write) {
		copy_whole(at, buf, len);
		axvm_arch_mem_sync(at, len);
	} else {
		axvm_arch_mem_sync(at, len);
		copy_whole(buf, at, len);
	}
}

static int piece_copy(struct axvm_piece *p, void *buf, bool write)
{
	if (!p->page)
		return axvm_host_copy(p->hpa, p->flags, buf, p->len, write);
	copy_synced(p->at, buf, p->len, write);
	return 0;
}

/* ---- the kernel's own -------------------------------------------------- */

/*
 * Within a page that was looked at before: copied under the lock, so the page
 * needs no reference.  False: search for it.
 */
static bool near_copy(struct axvm_mem_space *mem, gpa_t gpa, void *buf,
		      size_t len, u32 prot)
{
	const struct axvm_near *n;

	if (len > PAGE_SIZE - offset_in_page(gpa))
		return false;
	mutex_lock(&mem->lock);
	n = near_find(mem, gpa, prot);
	if (n)
		copy_synced(n->at + offset_in_page(gpa), buf, len,
			    prot & AXVM_MEM_WRITE);
	mutex_unlock(&mem->lock);
	return n;
}

bool axvm_mem_quick_begin(struct axvm_vm *vm)
{
	return mutex_trylock(&vm->mem.lock);
}

const void *axvm_mem_quick(struct axvm_vm *vm, gpa_t gpa)
{
	const struct axvm_near *n = near_find(&vm->mem, gpa, AXVM_MEM_READ);

	return n ? n->at : NULL;
}

void axvm_mem_quick_end(struct axvm_vm *vm)
{
	mutex_unlock(&vm->mem.lock);
}

static int mem_copy(struct axvm_vm *vm, gpa_t gpa, void *buf, size_t len,
		    bool write)
{
	u32 prot = write ? AXVM_MEM_WRITE : AXVM_MEM_READ;
	struct axvm_piece p;
	int err;

	if (near_copy(&vm->mem, gpa, buf, len, prot))
		return 0;
	while (len) {
		err = piece_get(&vm->mem, gpa, len, prot, write, &p);
		if (err)
			return err;
		err = piece_copy(&p, buf, write);
		piece_put(&p);
		if (err)
			return err;
		gpa += p.len;
		buf += p.len;
		len -= p.len;
	}
	return 0;
}

int axvm_mem_read(struct axvm_vm *vm, gpa_t gpa, void *buf, size_t len)
{
	return mem_copy(vm, gpa, buf, len, false);
}

int axvm_mem_write(struct axvm_vm *vm, gpa_t gpa, const void *buf, size_t len)
{
	return mem_copy(vm, gpa, (void *)buf, len, true);
}

int axvm_mem_cmpxchg(struct axvm_vm *vm, gpa_t gpa, unsigned int bytes, u64 old,
		     u64 new)
{
	struct axvm_piece p;
	bool same;
	int err;

	if ((bytes != 4 && bytes != 8) || !IS_ALIGNED(gpa, bytes))
		return -EINVAL;
	err = piece_get(&vm->mem, gpa, bytes, AXVM_MEM_WRITE, true, &p);
	if (err)
		return err;
	if (!p.page) {
		err = -EPERM; /* HOST memory need not bear locked accesses */
	} else {
		axvm_arch_mem_sync(p.at, bytes);
		if (bytes == 8)
			same = cmpxchg((u64 *)p.at, old, new) == old;
		else
			same = cmpxchg((u32 *)p.at, lower_32_bits(old),
				       lower_32_bits(new)) ==
			       lower_32_bits(old);
		axvm_arch_mem_sync(p.at, bytes);
		err = same ? 0 : -EAGAIN;
	}
	piece_put(&p);
	return err;
}

/* ---- AXVM_VM_MEM_RW ---------------------------------------------------- */

/* HOST memory goes through a buffer: it may not bear partial accesses. */
static long host_copy_user(struct axvm_piece *p, void __user *user, bool write)
{
	void *buf = kmalloc(p->len, GFP_KERNEL_ACCOUNT);
	long ret;

	if (!buf)
		return -ENOMEM;
	ret = write && copy_from_user(buf, user, p->len) ? -EFAULT : 0;
	if (!ret)
		ret = piece_copy(p, buf, write);
	if (!ret && !write && copy_to_user(user, buf, p->len))
		ret = -EFAULT;
	kfree(buf);
	return ret ? ret : p->len;
}

/* Bytes done, or -errno when none is. */
static long piece_copy_user(struct axvm_piece *p, void __user *user, bool write)
{
	unsigned long left;

	if (!p->page)
		return host_copy_user(p, user, write);
	if (write) {
		left = copy_from_user(p->at, user, p->len);
		axvm_arch_mem_sync(p->at, p->len);
	} else {
		axvm_arch_mem_sync(p->at, p->len);
		left = copy_to_user(user, p->at, p->len);
	}
	return left < p->len ? p->len - left : -EFAULT;
}

/*
 * Where the next byte is: @gpa, and how many bytes from there on belong
 * together.  A debugger's view: the guest's own write protection and user bit
 * do not matter.
 */
static int rw_locate(struct axvm_vm *vm, const struct axvm_mem_rw *arg,
		     u64 addr, gpa_t *gpa, u64 *room)
{
	struct axvm_translate t = { .size = sizeof(t), .gva = addr };
	struct axvm_vcpu *vcpu;
	unsigned int index;
	int err;

	*gpa = addr;
	*room = ~0ull;
	if (!(arg->flags & AXVM_RW_GVA))
		return 0;
	if (arg->vcpu >= AXVM_MAX_VCPUS)
		return -EINVAL;
	index = array_index_nospec(arg->vcpu, AXVM_MAX_VCPUS);
	/* acquire: pairs with the release in vcpu_add() */
	vcpu = smp_load_acquire(&vm->vcpus[index]);
	if (!vcpu)
		return -ENOENT;
	err = axvm_vcpu_translate(vcpu, &t);
	if (err)
		return err;
	*gpa = t.gpa;
	*room = PAGE_SIZE - offset_in_page(addr);
	if (is_power_of_2(t.page_size) && t.page_size > PAGE_SIZE)
		*room = t.page_size - (addr & (t.page_size - 1));
	return 0;
}

/* A step of zeros is not longer than one of a large page. */
static long hole_to_user(void __user *user, u64 len)
{
	unsigned long left;

	len = min_t(u64, len, AXVM_BLOCK_2M);
	left = clear_user(user, len);
	return left < len ? len - left : -EFAULT;
}

static long rw_step(struct axvm_vm *vm, const struct axvm_mem_rw *arg, u64 done)
{
	void __user *user = u64_to_user_ptr(arg->buf + done);
	bool write = arg->flags & AXVM_RW_WRITE;
	struct axvm_piece p;
	u64 room, hole;
	gpa_t gpa;
	long ret;

	ret = rw_locate(vm, arg, arg->addr + done, &gpa, &room);
	if (ret)
		return ret;
	room = min(arg->len - done, room);
	if (arg->flags & AXVM_RW_PEEK) {
		hole = axvm_mem_hole(&vm->mem, gpa, room);
		if (hole)
			return hole_to_user(user, hole);
	}
	ret = piece_get(&vm->mem, gpa, room, 0, write, &p);
	if (ret)
		return ret;
	ret = piece_copy_user(&p, user, write);
	piece_put(&p);
	return ret;
}

int axvm_mem_rw(struct axvm_vm *vm, struct axvm_mem_rw *arg)
{
	u64 done = 0;
	long ret;

	ret = axvm_args_mem_rw(arg);
	if (ret)
		return ret;
	while (done < arg->len) {
		ret = -EINTR;
		if (fatal_signal_pending(current))
			break;
		ret = rw_step(vm, arg, done);
		if (ret < 0)
			break;
		done += ret;
		ret = 0;
		cond_resched();
	}
	arg->len = done;
	return ret;
}
