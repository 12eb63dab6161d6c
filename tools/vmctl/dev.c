// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/axvm and its descriptors: opening, finding VMs by name or id, and the
 * ioctls.  What commands do with them is not decided here.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dev.h"
#include "names.h"
#include "num.h"
#include "vmctl.h"

int dev_call(int fd, unsigned long nr, void *arg, size_t size)
{
	uint32_t *head = arg;

	*head = (uint32_t)size;
	return ioctl(fd, nr, arg) < 0 ? -errno : 0;
}

int dev_open(void)
{
	int fd = open(AXVM_DEVICE, O_RDWR | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int vmctl_device_error(int error)
{
	switch (error) {
	case EACCES:
	case EPERM:
		return err(
			VMCTL_DENIED,
			"no permission to open %s: run as root, or join the group of the device (ls -l %s)",
			AXVM_DEVICE, AXVM_DEVICE);
	case ENOENT:
	case ENXIO:
	case ENODEV:
		return err(
			VMCTL_MODULE,
			"%s is not there: load the module (modprobe axvm), or ask `vmctl doctor`",
			AXVM_DEVICE);
	}
	return err(VMCTL_MODULE,
		   "cannot open %s: %s; `vmctl doctor` may know why",
		   AXVM_DEVICE, err_text(error));
}

int vmctl_device(int *dev, struct axvm_info *info)
{
	int fd = dev_open(), ret;

	if (fd < 0)
		return vmctl_device_error(-fd);
	*info = (struct axvm_info){ 0 };
	ret = DEV_CALL(fd, AXVM_INFO, info);
	if (ret || info->abi != AXVM_ABI_VERSION) {
		close(fd);
		if (ret)
			return err(
				VMCTL_MODULE,
				"%s does not answer as axvm does (%s): another driver, or a module of another version; reinstall axvm and vmctl together",
				AXVM_DEVICE, err_text(-ret));
		return err(
			VMCTL_MODULE,
			"the loaded module speaks ABI %u, this vmctl %u: install both from the same version and reload the module",
			info->abi, AXVM_ABI_VERSION);
	}
	*dev = fd;
	return 0;
}

int name_valid(const char *name)
{
	size_t len = strlen(name);

	if (!len || len >= AXVM_NAME_SIZE)
		return 0;
	if (!isascii(name[0]) ||
	    !(isalpha((unsigned char)name[0]) || name[0] == '_'))
		return 0;
	for (size_t i = 1; i < len; i++) {
		if (!isascii(name[i]) || !(isalnum((unsigned char)name[i]) ||
					   strchr("_.-", name[i])))
			return 0;
	}
	return 1;
}

int id_parse(const char *ref, uint64_t *id)
{
	return isdigit((unsigned char)ref[0]) && !num_parse(ref, id) && *id;
}

int vmctl_ref(const char *arg, struct axvm_vm_ref *ref)
{
	uint64_t id;

	*ref = (struct axvm_vm_ref){ 0 };
	if (id_parse(arg, &id)) {
		ref->id = id;
		return 0;
	}
	if (!name_valid(arg))
		return err(
			VMCTL_USAGE,
			"'%s' cannot be a VM: names match [A-Za-z_][A-Za-z0-9_.-]{0,62}, ids are numbers from 1",
			arg);
	strcpy(ref->name, arg);
	return 0;
}

static int open_ref(int dev, const char *arg, struct vm *vm)
{
	struct axvm_vm_info info = { 0 };
	struct axvm_vm_ref ref;
	int ret = vmctl_ref(arg, &ref);

	if (ret)
		return ret;
	ret = DEV_CALL(dev, AXVM_VM_OPEN, &ref);
	if (ret == -ENOENT)
		return err(VMCTL_NO_VM,
			   "there is no VM '%s'; `vmctl list` shows them", arg);
	if (ret == -EACCES || ret == -EPERM)
		return err(
			VMCTL_DENIED,
			"VM '%s' belongs to somebody else; ask its owner (vmctl list), or run as root",
			arg);
	if (ret)
		return err(err_code(-ret), "cannot open VM '%s': %s", arg,
			   err_text(-ret));
	vm->fd = ref.fd;
	ret = vm_info(vm->fd, &info);
	if (ret) {
		close(vm->fd);
		return err(err_code(-ret), "VM '%s': cannot ask what it is: %s",
			   arg, err_text(-ret));
	}
	vm->id = info.id;
	memcpy(vm->name, info.name, sizeof(vm->name));
	return 0;
}

int vmctl_find(const char *arg, struct vm *vm, struct axvm_info *info)
{
	struct axvm_info local;
	int dev, ret = vmctl_device(&dev, info ? info : &local);

	if (ret)
		return ret;
	ret = open_ref(dev, arg, vm);
	close(dev);
	return ret;
}

int vmctl_open(const char *arg, struct vm *vm)
{
	return vmctl_find(arg, vm, NULL);
}

const char *vm_map_why(int ret)
{
	switch (-ret) {
	case EPERM:
		return "memory at a host-physical address is for administrators (CAP_SYS_RAWIO) without lockdown";
	case ENOSPC:
		return "the limit of guest memory for this user is reached; `vmctl version` shows it";
	case ENOMEM:
		return "the host has not enough memory";
	case EEXIST:
		return "it overlaps a region or a device that the kernel provides";
	default:
		return err_text(-ret);
	}
}

int vmctl_failed(const struct vm *vm, const char *what, int ret)
{
	struct axvm_vm_info info = { 0 };

	switch (-ret) {
	case ENODEV:
		return err(VMCTL_DESTROYED,
			   "cannot %s VM '%s': it has been destroyed", what,
			   vm->name);
	case EBADFD:
		if (vm_info(vm->fd, &info))
			break;
		return err(VMCTL_STATE, "cannot %s VM '%s' while it is %s",
			   what, vm->name, name_vm_state(info.state));
	case EINTR:
		return err(VMCTL_FAILED, "cannot %s VM '%s': interrupted", what,
			   vm->name);
	}
	return err(err_code(-ret), "cannot %s VM '%s': %s", what, vm->name,
		   err_text(-ret));
}

int vmctl_vcpu(const struct vm *vm, unsigned int index, int *fd)
{
	int ret = vcpu_open(vm->fd, index);

	if (ret >= 0) {
		*fd = ret;
		return 0;
	}
	if (ret == -ENOENT || ret == -EINVAL)
		return err(VMCTL_USAGE,
			   "VM '%s' has no vCPU %u; `vmctl show %s` lists them",
			   vm->name, index, vm->name);
	return vmctl_failed(vm, "open a vCPU of", ret);
}

int vm_info(int fd, struct axvm_vm_info *info)
{
	*info = (struct axvm_vm_info){ 0 };
	return DEV_CALL(fd, AXVM_VM_INFO, info);
}

/* Entries of an axvm_list ioctl, page by page. */
static int list_all(int fd, unsigned long nr, size_t entry,
		    uint64_t (*key)(const void *), void **list, unsigned int *n)
{
	unsigned int room = 0, used = 0;
	char *all = NULL;
	uint64_t after = 0;

	for (;;) {
		struct axvm_list arg = { .after = after,
					 .entry_size = (uint32_t)entry,
					 .capacity = 64 };
		int ret;

		if (room - used < arg.capacity) {
			room = used + arg.capacity;
			all = must(realloc(all, room * entry));
		}
		memset(all + used * entry, 0, arg.capacity * entry);
		arg.entries = (uintptr_t)(all + used * entry);
		ret = DEV_CALL(fd, nr, &arg);
		if (ret) {
			free(all);
			return ret;
		}
		used += arg.count;
		if (arg.count < arg.capacity)
			break;
		after = key(all + (used - 1) * entry);
	}
	*list = all;
	*n = used;
	return 0;
}

static uint64_t key_vm(const void *entry)
{
	return ((const struct axvm_vm_info *)entry)->id;
}

static uint64_t key_region(const void *entry)
{
	return ((const struct axvm_mem *)entry)->gpa + 1;
}

int vm_list(int dev, struct axvm_vm_info **list, unsigned int *n)
{
	return list_all(dev, AXVM_VM_LIST, sizeof(**list), key_vm,
			(void **)list, n);
}

int vm_regions(int fd, struct axvm_mem **list, unsigned int *n)
{
	return list_all(fd, AXVM_VM_MEM_LIST, sizeof(**list), key_region,
			(void **)list, n);
}

int vm_op(int fd, unsigned long nr, uint32_t flags, uint64_t timeout_ns)
{
	struct axvm_vm_op op = { .flags = flags, .timeout_ns = timeout_ns };

	return DEV_CALL(fd, nr, &op);
}

int vm_mem_rw(int fd, uint32_t flags, unsigned int vcpu, uint64_t addr,
	      void *buf, size_t len, uint64_t *done)
{
	uint64_t at = 0;
	int ret = 0;

	while (at < len && !ret) {
		struct axvm_mem_rw rw = { .flags = flags,
					  .addr = addr + at,
					  .buf = (uintptr_t)buf + at,
					  .len = len - at,
					  .vcpu = vcpu };

		ret = DEV_CALL(fd, AXVM_VM_MEM_RW, &rw);
		if (!ret && !rw.len)
			ret = -EIO;
		/* An error that left the structure alone has done nothing. */
		if (!ret || rw.len < len - at)
			at += rw.len;
		if (ret == -EINTR)
			ret = 0;
	}
	if (done)
		*done = at;
	return ret;
}

int vm_mem_write(int fd, uint64_t gpa, const void *buf, size_t len,
		 uint64_t *done)
{
	return vm_mem_rw(fd, AXVM_RW_WRITE, 0, gpa, (void *)buf, len, done);
}

int vcpu_open(int fd, unsigned int index)
{
	struct axvm_vcpu_create arg = { .index = index };
	int ret = DEV_CALL(fd, AXVM_VCPU_OPEN, &arg);

	return ret ? ret : arg.fd;
}

int vcpu_info(int vcpu, struct axvm_vcpu_info *info)
{
	*info = (struct axvm_vcpu_info){ 0 };
	return DEV_CALL(vcpu, AXVM_VCPU_INFO, info);
}

static int regs_call(int vcpu, unsigned long nr, uint32_t block, void *buf,
		     uint32_t len)
{
	struct axvm_regs regs = { .block = block,
				  .len = len,
				  .buf = (uintptr_t)buf };

	return DEV_CALL(vcpu, nr, &regs);
}

int vcpu_get_regs(int vcpu, uint32_t block, void *buf, uint32_t len)
{
	return regs_call(vcpu, AXVM_VCPU_GET_REGS, block, buf, len);
}

int vcpu_set_regs(int vcpu, uint32_t block, void *buf, uint32_t len)
{
	return regs_call(vcpu, AXVM_VCPU_SET_REGS, block, buf, len);
}

int console_open(int fd, uint32_t flags)
{
	struct axvm_console arg = { .flags = flags };
	int ret = DEV_CALL(fd, AXVM_VM_CONSOLE, &arg);

	return ret ? ret : arg.fd;
}

int vm_blob_get(int fd, char **text, size_t *len)
{
	struct axvm_blob blob = { .len = 64 << 10 };
	char *buf = NULL;
	int ret;

	for (;;) {
		uint64_t room = blob.len;

		buf = must(realloc(buf, room + 1));
		blob = (struct axvm_blob){ .buf = (uintptr_t)buf, .len = room };
		ret = DEV_CALL(fd, AXVM_VM_BLOB_GET, &blob);
		if (ret != -ENOSPC || blob.len <= room ||
		    blob.len > AXVM_BLOB_MAX)
			break;
	}
	if (ret) {
		free(buf);
		return ret;
	}
	buf[blob.len] = '\0';
	*text = buf;
	*len = blob.len;
	return 0;
}

int vm_blob_set(int fd, const char *text, size_t len)
{
	struct axvm_blob blob = { .buf = (uintptr_t)text, .len = len };

	return DEV_CALL(fd, AXVM_VM_BLOB_SET, &blob);
}
