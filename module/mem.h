/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Guest memory: regions, their pages, filling on demand, access from the
 * kernel and mmap() of the VM descriptor.
 */
#ifndef AXVM_MEM_H
#define AXVM_MEM_H

#include <linux/fs.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/uidgid.h>
#include "module/lib/types.h"
#include "module/lib/imap.h"

struct axvm_vm;
struct axvm_mem;
struct axvm_list;
struct axvm_mem_rw;
struct mem_cgroup;
struct vm_area_struct;

/*
 * Pages that the kernel looked at last: sets, 2 to the power of this, of so
 * many.  An instruction is behind four tables, which should find room.
 */
#define AXVM_MEM_NEAR_BITS 5
#define AXVM_MEM_NEAR_WAYS 2

/**
 * struct axvm_near - a page of the guest's that was found a moment ago
 * @gfn: gpa / 4 KiB
 * @at: where the kernel has it; NULL: none
 * @prot: AXVM_MEM_* that its region allows
 */
struct axvm_near {
	u64 gfn;
	u8 *at;
	u32 prot;
};

/**
 * struct axvm_mem_space - the guest-physical memory of a VM
 * @lock: guards everything here, and the nested tables; taken under
 *	mmap_lock, so user memory is never touched with it held
 * @regions: intervals -> struct axvm_region (mem_region.h)
 * @added: regions that ever were; see axvm_mem_added()
 * @near: by a hash of the page number, the latest first; emptied when a region
 *	goes
 * @memcg: (c) charged for pages; a reference, may be NULL
 * @inode: (c) its i_mapping is what every mmap() of the VM hangs on
 * @block_sizes: (c) axvm_info.block_sizes
 * @gpa_bits: (c) axvm_info.gpa_bits
 * @bytes: configured; read freely
 * @resident: has pages; read freely
 * @closed: axvm_mem_exit() ran: nothing can be mapped or found any more
 */
struct axvm_mem_space {
	struct mutex lock;
	struct axvm_imap regions;
	u64 added;
	struct axvm_near near[1 << AXVM_MEM_NEAR_BITS][AXVM_MEM_NEAR_WAYS];
	struct mem_cgroup *memcg;
	struct inode *inode;
	u64 block_sizes;
	u32 gpa_bits;
	u64 bytes;
	u64 resident;
	bool closed;
};

/* At insmod and rmmod: the file system that the inodes belong to. */
int axvm_mem_module_init(void);
void axvm_mem_module_exit(void);

/** The caller's memory cgroup is the one that pays.  0, -ENOMEM. */
int axvm_mem_init(struct axvm_vm *vm);
/**
 * axvm_mem_exit() - at destroy: revoke user mappings (SIGBUS), free all pages
 *
 * No vCPU enters the guest any more; the nested tables still exist, but are
 * not used.  Descriptors and mappings of the VM may still be open.
 */
void axvm_mem_exit(struct axvm_vm *vm);
/** After axvm_mem_exit(), with the last reference to the VM: the inode. */
void axvm_mem_free(struct axvm_vm *vm);

/*
 * AXVM_VM_MEM_MAP, UNMAP, LIST, RW; arguments are size/flag-checked only.
 * They touch the caller's memory, which may block for as long as the caller
 * likes (userfaultfd, FUSE): call them without vm->lock.
 */
int axvm_mem_map(struct axvm_vm *vm, const struct axvm_mem *arg);
int axvm_mem_unmap(struct axvm_vm *vm, const struct axvm_mem *arg);
int axvm_mem_list(struct axvm_vm *vm, struct axvm_list *arg);
int axvm_mem_rw(struct axvm_vm *vm, struct axvm_mem_rw *arg);
unsigned int axvm_mem_nr_regions(struct axvm_vm *vm);

/** mmap() of a VM descriptor; offset is the guest-physical address. */
int axvm_mem_mmap(struct axvm_vm *vm, struct vm_area_struct *vma);

/**
 * axvm_mem_added() - a number that changes when a region comes (any context)
 *
 * Read before axvm_mem_fault() said -ENOENT: as long as it is the same, that
 * answer still holds.  Regions come under @lock, which that call took.
 */
static inline u64 axvm_mem_added(const struct axvm_mem_space *mem)
{
	return READ_ONCE(mem->added);
}

/**
 * axvm_mem_fault() - make @gpa present in the nested tables
 * @prot: AXVM_MEM_READ, WRITE, EXEC that must be allowed
 * @block: out: bytes of the block entered (4 KiB, 2 MiB, 1 GiB); 0: it was
 *	there
 * @split: out: as axvm_arch_exec()
 *
 * Return: 0; -ENOENT no region there: a device or nothing; -EPERM the region
 * forbids it; -ENOMEM no page could be had.  Process context.
 */
int axvm_mem_fault(struct axvm_vm *vm, gpa_t gpa, u32 prot, u64 *block,
		   bool *split);

/**
 * axvm_mem_read() / axvm_mem_write() - copy from / to guest memory (process)
 *
 * On behalf of the guest: the region must allow it.  Crossing pages is fine;
 * 2, 4 or 8 aligned bytes are one access.
 * Return: 0; -ENOENT nothing there; -EPERM; -ENOMEM.
 */
int axvm_mem_read(struct axvm_vm *vm, gpa_t gpa, void *buf, size_t len);
int axvm_mem_write(struct axvm_vm *vm, gpa_t gpa, const void *buf, size_t len);

/**
 * axvm_mem_cmpxchg() - replace @old by @new if it still is there, in one
 * access that vCPUs and hardware walkers cannot get between (process)
 * @bytes: 4 or 8; @gpa is aligned to it
 *
 * Return: 0; -EAGAIN something else is there; -EINVAL; -ENOENT; -EPERM the
 * region forbids it, or is HOST memory; -ENOMEM.
 */
int axvm_mem_cmpxchg(struct axvm_vm *vm, gpa_t gpa, unsigned int bytes, u64 old,
		     u64 new);

/*
 * Guest memory where one may not sleep (own thread, preemption off): pages
 * that axvm_mem_read() and its like found lately, and nobody else's.
 *
 * axvm_mem_quick_begin() - Return: false: somebody changes the memory
 * axvm_mem_quick() - where the 4 KiB page of @gpa is, to be read; NULL: search
 *	for it elsewhere.  Valid until axvm_mem_quick_end().
 */
bool axvm_mem_quick_begin(struct axvm_vm *vm);
const void *axvm_mem_quick(struct axvm_vm *vm, gpa_t gpa);
void axvm_mem_quick_end(struct axvm_vm *vm);

/** Does any region meet [gpa, gpa + len)?  Takes the lock (process). */
bool axvm_mem_overlaps(struct axvm_vm *vm, gpa_t gpa, u64 len);

/* Module parameters: most guest memory per uid and in all, bytes; 0: any. */
extern unsigned long long axvm_max_mem_uid;
extern unsigned long long axvm_max_mem;

/** Charge @bytes of guest memory to @uid.  0, -ENOSPC, -ENOMEM. */
int axvm_limit_mem_charge(kuid_t uid, u64 bytes);
void axvm_limit_mem_uncharge(kuid_t uid, u64 bytes);

#endif /* AXVM_MEM_H */
