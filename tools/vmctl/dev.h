/* SPDX-License-Identifier: GPL-2.0 */
/*
 * /dev/axvm and the descriptors it hands out: opening them, and one thin
 * call per ioctl that fills in size fields.  Calls return 0 or -errno and say
 * nothing; vmctl_*() ones say what is wrong and return an exit code.
 */
#ifndef VMCTL_DEV_H
#define VMCTL_DEV_H

#include <stddef.h>
#include <stdint.h>

#include "uapi/axvm.h"
#include "uapi/axvm_arm64.h"
#include "uapi/axvm_x86.h"

/** struct vm - a VM that this process has open; fd is -1 when it has not */
struct vm {
	int fd;
	uint64_t id;
	char name[AXVM_NAME_SIZE];
};

/** dev_call() - ioctl with size filled in; @arg begins with size and flags */
int dev_call(int fd, unsigned long nr, void *arg, size_t size);
#define DEV_CALL(fd, nr, arg) dev_call(fd, nr, arg, sizeof(*(arg)))

/** Open the device; -errno. */
int dev_open(void);
/** Open the device, and check that module and vmctl speak the same ABI. */
int vmctl_device(int *dev, struct axvm_info *info);
/** Say why /dev/axvm cannot be opened; the exit code. */
int vmctl_device_error(int error);

/** Is it a valid VM name (or, with digits only, an id)? */
int name_valid(const char *name);
int id_parse(const char *ref, uint64_t *id);

/** Fill @ref from a name or id as typed; VMCTL_USAGE for nonsense. */
int vmctl_ref(const char *arg, struct axvm_vm_ref *ref);
/** Find and open a VM by name or id. */
int vmctl_open(const char *arg, struct vm *vm);
/** vmctl_device() and vmctl_open() in one; leaves the device open nowhere. */
int vmctl_find(const char *arg, struct vm *vm, struct axvm_info *info);
/** Say that @what on @vm failed with -errno @ret, and give the exit code. */
int vmctl_failed(const struct vm *vm, const char *what, int ret);
/** Why AXVM_VM_MEM_MAP gave -errno @ret; what EINVAL means the caller knows. */
const char *vm_map_why(int ret);
/** Open vCPU @index of @vm. */
int vmctl_vcpu(const struct vm *vm, unsigned int index, int *fd);

int vm_info(int fd, struct axvm_vm_info *info);
/** All VMs (device fd), or regions (VM fd), in a malloc()ed array. */
int vm_list(int dev, struct axvm_vm_info **list, unsigned int *n);
int vm_regions(int fd, struct axvm_mem **list, unsigned int *n);
int vm_op(int fd, unsigned long nr, uint32_t flags, uint64_t timeout_ns);
/**
 * vm_mem_rw() - read or write guest memory completely
 * @flags: AXVM_RW_*
 * @vcpu: whose tables are walked, with AXVM_RW_GVA
 * @done: if not NULL: how far it got, also on error
 */
int vm_mem_rw(int fd, uint32_t flags, unsigned int vcpu, uint64_t addr,
	      void *buf, size_t len, uint64_t *done);
/** Write to guest-physical memory. */
int vm_mem_write(int fd, uint64_t gpa, const void *buf, size_t len,
		 uint64_t *done);
int vcpu_open(int fd, unsigned int index);
int vcpu_info(int vcpu, struct axvm_vcpu_info *info);
int vcpu_get_regs(int vcpu, uint32_t block, void *buf, uint32_t len);
int vcpu_set_regs(int vcpu, uint32_t block, void *buf, uint32_t len);
int console_open(int fd, uint32_t flags);
/** Read the note that the VM carries; malloc()ed, NUL-terminated. */
int vm_blob_get(int fd, char **text, size_t *len);
int vm_blob_set(int fd, const char *text, size_t len);

#define BACKEND_IS_X86(b) ((b) == AXVM_BACKEND_VMX || (b) == AXVM_BACKEND_SVM)
#define BACKEND_IS_ARM64(b) \
	((b) == AXVM_BACKEND_NVHE || (b) == AXVM_BACKEND_VHE)

#endif /* VMCTL_DEV_H */
