// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl load: a file into guest memory.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "build.h"
#include "dev.h"
#include "image.h"
#include "vmctl.h"

static struct {
	uint64_t at;
	bool at_given;
} o;

static const struct opt opts[] = {
	{ "at", 0, OPT_U64, &o.at, "GPA", "guest-physical address (required)",
	  &o.at_given },
	{ 0 },
};

static int load(const struct vm *vm, struct image *img)
{
	struct axvm_vm_info info;
	int ret = image_load(vm, img);

	if (ret)
		return ret;
	ret = vm_info(vm->fd, &info);
	if (ret)
		return vmctl_failed(vm, "look at", ret);
	/* Part of the VM's make-up only while it is being put together. */
	return info.state == AXVM_VM_CREATED ? build_remember(vm, img) : 0;
}

static int run(int argc, char **argv)
{
	struct image img = {
		.key = "FILE", .path = argv[1], .at = o.at, .fd = -1
	};
	char *full = realpath(argv[1], NULL);
	struct vm vm;
	int ret;

	if (!o.at_given) {
		free(full);
		return err(
			VMCTL_USAGE,
			"load: it needs --at GPA, the address; see `vmctl help load`");
	}
	img.path = full ? full : argv[1];
	ret = image_open(&img);
	if (ret) {
		ret = err(VMCTL_CONFIG, "cannot open %s: %s", argv[1],
			  err_text(-ret));
	} else {
		ret = vmctl_open(argv[0], &vm);
		if (!ret) {
			ret = load(&vm, &img);
			close(vm.fd);
		}
		close(img.fd);
	}
	free(full);
	return ret;
}

const struct command cmd_load = {
	.name = "load",
	.group = "Life of a VM",
	.args = "VM FILE",
	.summary = "put a file into guest memory",
	.text = "Copies FILE, a flat binary, to a guest-physical address.  What is loaded\n"
		"before the first start is loaded again by `vmctl reset`.",
	.min = 2,
	.max = 2,
	.opts = opts,
	.run = run,
};
