// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that take several VMs, or all: one after the other, going on after
 * an error; the first error is the exit code.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dev.h"
#include "vmctl.h"

int each_vm(int argc, char **argv, int (*fn)(struct vm *vm))
{
	int result = 0;

	for (int i = 0; i < argc; i++) {
		struct vm vm;
		int ret = vmctl_open(argv[i], &vm);

		if (!ret) {
			ret = fn(&vm);
			close(vm.fd);
		}
		if (!result)
			result = ret;
		if (ret == VMCTL_MODULE)
			break; /* it is not about this VM */
	}
	return result;
}

static bool wanted(const struct axvm_vm_info *info, uint32_t states)
{
	return states >> info->state & 1;
}

/* One VM of a list that is seconds old by now. */
static int one_of_all(int dev, const struct axvm_vm_info *info,
		      int (*fn)(struct vm *vm), unsigned int *others)
{
	struct axvm_vm_ref ref = { .id = info->id };
	struct vm vm = { .id = info->id };
	int ret = DEV_CALL(dev, AXVM_VM_OPEN, &ref);

	*others += ret == -EACCES;
	if (ret == -EACCES || ret == -ENOENT)
		return 0;
	memcpy(vm.name, info->name, sizeof(vm.name));
	if (ret)
		return vmctl_failed(&vm, "open", ret);
	vm.fd = ref.fd;
	ret = fn(&vm);
	close(vm.fd);
	return ret;
}

static int every_vm(uint32_t states, int (*fn)(struct vm *vm))
{
	unsigned int n, others = 0;
	struct axvm_vm_info *list;
	struct axvm_info info;
	int dev, ret, result;

	result = vmctl_device(&dev, &info);
	if (result)
		return result;
	ret = vm_list(dev, &list, &n);
	if (ret) {
		close(dev);
		return err(err_code(-ret), "cannot list the VMs: %s",
			   err_text(-ret));
	}
	for (unsigned int i = 0; i < n; i++) {
		if (!wanted(&list[i], states))
			continue;
		ret = one_of_all(dev, &list[i], fn, &others);
		if (!result)
			result = ret;
	}
	if (others)
		note("%u VM%s of other users left alone", others,
		     others == 1 ? "" : "s");
	free(list);
	close(dev);
	return result;
}

int each_or_all(const char *command, bool all, uint32_t states, int argc,
		char **argv, int (*fn)(struct vm *vm))
{
	if (all == (argc > 0))
		return err(
			VMCTL_USAGE,
			"%s: it takes either VMs or --all; see `vmctl help %s`",
			command, command);
	return all ? every_vm(states, fn) : each_vm(argc, argv, fn);
}
