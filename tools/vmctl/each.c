// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that take several VMs: one after the other, going on after an
 * error; the first error is the exit code.
 */
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
