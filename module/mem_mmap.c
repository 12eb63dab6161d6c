// SPDX-License-Identifier: GPL-2.0
/*
 * mmap() of a VM descriptor: the guest-physical address space, page by page
 * on demand, SIGBUS where no ALLOC or USER region is.  All mappings of a VM,
 * through whatever descriptor, hang on one inode's address space, so that
 * they can be revoked together; the inode belongs to a file system of our own
 * that nobody can mount.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/pseudo_fs.h>

#include "module/compat.h"
#include "module/mem_region.h"
#include "module/vm.h"

/* Entered around a faulting page when it lies in a larger block. */
#define FAULT_AROUND SZ_64K

/* ---- inode ------------------------------------------------------------- */

#define AXVM_FS_MAGIC 0x6178766d /* "axvm" */

static int fs_init_context(struct fs_context *fc)
{
	return init_pseudo(fc, AXVM_FS_MAGIC) ? 0 : -ENOMEM;
}

/* No owner: the mount below would keep the module from ever being unloaded. */
static struct file_system_type fs_type = {
	.name = "axvm",
	.init_fs_context = fs_init_context,
	.kill_sb = kill_anon_super,
};

static struct vfsmount *fs_mnt;

int axvm_mem_module_init(void)
{
	fs_mnt = kern_mount(&fs_type);
	return PTR_ERR_OR_ZERO(fs_mnt);
}

void axvm_mem_module_exit(void)
{
	kern_unmount(fs_mnt);
}

/* A new inode; iput() ends it.  Return: 0, -ENOMEM. */
int axvm_mem_inode_get(struct inode **inode)
{
	struct inode *new = alloc_anon_inode(fs_mnt->mnt_sb);

	if (IS_ERR(new))
		return PTR_ERR(new);
	*inode = new;
	return 0;
}

/* ---- mappings ---------------------------------------------------------- */

static gpa_t vma_gpa(const struct vm_area_struct *vma, unsigned long addr)
{
	return ((u64)vma->vm_pgoff << PAGE_SHIFT) + (addr - vma->vm_start);
}

/*
 * Enter the faulting page and what lies next to it in the same block.  All of
 * it is one physical stretch; pages that are there already are left alone.
 */
static vm_fault_t enter_around(struct vm_fault *vmf, const struct axvm_spot *s,
			       gpa_t gpa)
{
	struct vm_area_struct *vma = vmf->vma;
	unsigned long addr = vmf->address & PAGE_MASK;
	u64 size = min_t(u64, s->block, FAULT_AROUND);
	gpa_t first = ALIGN_DOWN(gpa, size);
	unsigned long pfn = page_to_pfn(s->page);
	vm_fault_t ret;
	long i, back, ahead;

	ret = vmf_insert_pfn(vma, addr, pfn);
	if (ret != VM_FAULT_NOPAGE)
		return ret;
	back = min_t(u64, gpa - first, addr - vma->vm_start) >> PAGE_SHIFT;
	ahead = min_t(u64, size - (gpa - first), vma->vm_end - addr) >>
		PAGE_SHIFT;
	for (i = -back; i < ahead; i++)
		if (i && vmf_insert_pfn(vma, addr + i * (long)PAGE_SIZE,
					pfn + i) != VM_FAULT_NOPAGE)
			break;
	return VM_FAULT_NOPAGE;
}

/* HOST memory has other ways, and read-only pins must not become writable. */
static bool may_enter(const struct axvm_region *r, vm_flags_t flags)
{
	if (r->kind == AXVM_MEM_HOST)
		return false;
	return r->kind == AXVM_MEM_ALLOC || r->flags & AXVM_MEM_WRITE ||
	       !(flags & VM_MAYWRITE);
}

static vm_fault_t mem_vma_fault(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	struct axvm_vm *vm = vma->vm_private_data;
	vm_fault_t ret = VM_FAULT_SIGBUS;
	gpa_t gpa = vma_gpa(vma, vmf->address & PAGE_MASK);
	struct axvm_spot s;

	/*
	 * mmap_lock is held, mem.lock comes inside.  The page is entered under
	 * it: whoever takes the region away zaps afterwards.  Out of memory is
	 * SIGBUS as well: VM_FAULT_OOM would only try again.
	 */
	if (axvm_mem_spot(&vm->mem, gpa, 0, &s))
		return ret;
	if (may_enter(s.region, vma->vm_flags))
		ret = enter_around(vmf, &s, gpa);
	mutex_unlock(&vm->mem.lock);
	return ret;
}

/* For debuggers (ptrace): these pages cannot be had by reference. */
static int mem_vma_access(struct vm_area_struct *vma, unsigned long addr,
			  void *buf, int len, int write)
{
	struct axvm_vm *vm = vma->vm_private_data;
	gpa_t gpa = vma_gpa(vma, addr);
	int err;

	err = write ? axvm_mem_write(vm, gpa, buf, len) :
		      axvm_mem_read(vm, gpa, buf, len);
	return err ? -EIO : len;
}

static void mem_vma_open(struct vm_area_struct *vma)
{
	axvm_vm_view_get(vma->vm_private_data);
}

static void mem_vma_close(struct vm_area_struct *vma)
{
	axvm_vm_view_put(vma->vm_private_data);
}

static const struct vm_operations_struct mem_vm_ops = {
	.open = mem_vma_open,
	.close = mem_vma_close,
	.fault = mem_vma_fault,
	.access = mem_vma_access,
};

/*
 * mmap() of a VM descriptor (mmap_lock held).
 *
 * Any part of the guest-physical address space may be mapped, with regions
 * there or not yet; a touch where none is raises SIGBUS.  A mapping made
 * without PROT_WRITE stays so.  The descriptor keeps the VM's struct; its
 * f_mapping is the VM's.
 * Return: 0; -EINVAL private, or beyond the guest's address space; -EPERM
 * executable; -ENODEV destroyed.
 */
int axvm_mem_mmap(struct axvm_vm *vm, struct vm_area_struct *vma)
{
	u64 last_page = vma->vm_pgoff + (vma_pages(vma) - 1);

	if (!(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	if (vma->vm_flags & VM_EXEC)
		return -EPERM;
	if (last_page < vma->vm_pgoff ||
	    last_page >> (vm->mem.gpa_bits - PAGE_SHIFT))
		return -EINVAL;
	if (READ_ONCE(vm->mem.closed))
		return -ENODEV;
	axvm_vma_flags_set(vma, VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP);
	axvm_vma_flags_clear(vma, VM_MAYEXEC);
	if (!(vma->vm_flags & VM_WRITE))
		axvm_vma_flags_clear(vma, VM_MAYWRITE);
	vma->vm_private_data = vm;
	vma->vm_ops = &mem_vm_ops;
	axvm_vm_view_get(vm);
	return 0;
}
