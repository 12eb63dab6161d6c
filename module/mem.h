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
#include "module/lib/types.h"
#include "module/lib/imap.h"

struct axvm_vm;
struct axvm_mem;
struct axvm_list;
struct axvm_mem_rw;
struct mem_cgroup;
struct user_struct;
struct vm_area_struct;

/**
 * struct axvm_mem_space - the guest-physical memory of a VM
 * @lock: guards everything here, and the nested tables
 * @regions: intervals -> struct axvm_region (mem.c)
 * @memcg: charged for pages; a reference
 * @inode: its i_mapping is what every mmap() of the VM hangs on
 * @bytes: configured
 * @resident: has pages
 */
struct axvm_mem_space {
	struct mutex lock;
	struct axvm_imap regions;
	struct mem_cgroup *memcg;
	struct inode *inode;
	u64 bytes;
	u64 resident;
	bool closed;
};

int axvm_mem_init(struct axvm_vm *vm);
/** Revoke mappings, free all pages; nested tables are already unused. */
void axvm_mem_exit(struct axvm_vm *vm);

/* AXVM_VM_MEM_MAP, UNMAP, LIST, RW; arguments are size/flag-checked only. */
int axvm_mem_map(struct axvm_vm *vm, const struct axvm_mem *arg);
int axvm_mem_unmap(struct axvm_vm *vm, const struct axvm_mem *arg);
int axvm_mem_list(struct axvm_vm *vm, struct axvm_list *arg);
int axvm_mem_rw(struct axvm_vm *vm, struct axvm_mem_rw *arg);
unsigned int axvm_mem_nr_regions(struct axvm_vm *vm);

/** mmap() of a VM descriptor; offset is the guest-physical address. */
int axvm_mem_mmap(struct axvm_vm *vm, struct vm_area_struct *vma);

/**
 * axvm_mem_fault() - make @gpa present in the nested tables
 * @prot: AXVM_MEM_READ, WRITE, EXEC that must be allowed
 * @block: out: bytes of the block entered (4 KiB, 2 MiB, 1 GiB)
 *
 * Return: 0; -ENOENT no region there: a device or nothing; -EPERM the region
 * forbids it; -ENOMEM no page could be had.  Process context.
 */
int axvm_mem_fault(struct axvm_vm *vm, gpa_t gpa, u32 prot, u64 *block);

/**
 * axvm_mem_read() / axvm_mem_write() - copy from / to guest memory (process)
 *
 * Return: 0; -ENOENT (nothing there); -ENOMEM.  Crossing pages is fine.
 */
int axvm_mem_read(struct axvm_vm *vm, gpa_t gpa, void *buf, size_t len);
int axvm_mem_write(struct axvm_vm *vm, gpa_t gpa, const void *buf, size_t len);

/** Does any region meet [gpa, gpa + len)?  Takes the lock (process). */
bool axvm_mem_overlaps(struct axvm_vm *vm, gpa_t gpa, u64 len);

#endif /* AXVM_MEM_H */
