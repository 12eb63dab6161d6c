// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl map, vmctl unmap: memory regions of a VM that is there already.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dev.h"
#include "num.h"
#include "vmctl.h"

static struct {
	const char *access;
	uint64_t host;
	bool host_given, populate;
} o;

static const struct opt map_opts[] = {
	{ "access", 'a', OPT_STRING, &o.access, "RWX",
	  "what the guest may do: letters r, w, x (rwx)" },
	{ "host", 0, OPT_U64, &o.host, "ADDRESS",
	  "host-physical memory there (administrators)", &o.host_given },
	{ "populate", 0, OPT_FLAG, &o.populate, NULL,
	  "take all pages now, not when they are touched" },
	{ 0 },
};

/* Letters into AXVM_MEM_*; VMCTL_USAGE. */
static int parse_access(const char *text, uint32_t *flags)
{
	static const char letters[] = "rwx";

	*flags = 0;
	for (const char *p = text ? text : letters; *p; p++) {
		const char *known = strchr(letters, *p);

		if (!known)
			return err(
				VMCTL_USAGE,
				"map: --access takes letters of rwx, not '%s'",
				text);
		*flags |= 1u << (known - letters);
	}
	return 0;
}

static int parse_range(const char *command, char **argv, struct axvm_mem *mem)
{
	uint64_t gpa, len = 0;

	if (num_parse(argv[1], &gpa))
		return err(VMCTL_USAGE,
			   "%s: '%s' is not an address; see `vmctl help %s`",
			   command, argv[1], command);
	if (argv[2] && (num_parse(argv[2], &len) || !len))
		return err(VMCTL_USAGE,
			   "%s: '%s' is not a size; see `vmctl help %s`",
			   command, argv[2], command);
	mem->gpa = gpa;
	mem->len = len;
	return 0;
}

static int map_failed(const struct vm *vm, const struct axvm_mem *mem, int ret)
{
	const char *why = vm_map_why(ret);
	int code = err_code(-ret);

	if (ret == -EINVAL) {
		code = VMCTL_USAGE;
		why = "address and size are multiples of 4096 within the guest's address space, reading must be allowed, and host memory must be kept from Linux";
	}
	return err(code,
		   "cannot map 0x%" PRIx64 " + 0x%" PRIx64 " into VM '%s': %s",
		   (uint64_t)mem->gpa, (uint64_t)mem->len, vm->name, why);
}

static int run_map(int argc, char **argv)
{
	struct axvm_mem mem = { 0 };
	struct vm vm;
	int ret = parse_range("map", argv, &mem);

	if (!ret)
		ret = parse_access(o.access, &mem.flags);
	if (!ret)
		ret = vmctl_open(argv[0], &vm);
	if (ret)
		return ret;
	if (o.populate)
		mem.flags |= AXVM_MEM_POPULATE;
	if (o.host_given) {
		mem.kind = AXVM_MEM_HOST;
		mem.source = o.host;
	}
	ret = DEV_CALL(vm.fd, AXVM_VM_MEM_MAP, &mem);
	if (ret)
		ret = map_failed(&vm, &mem, ret);
	close(vm.fd);
	return ret;
}

/* The size of the region that begins at @gpa; 0: there is none. */
static int region_size(const struct vm *vm, uint64_t gpa, uint64_t *len)
{
	struct axvm_mem *list;
	unsigned int n;
	int ret = vm_regions(vm->fd, &list, &n);

	if (ret)
		return vmctl_failed(vm, "list the memory of", ret);
	*len = 0;
	for (unsigned int i = 0; i < n; i++) {
		if (list[i].gpa == gpa)
			*len = list[i].len;
	}
	free(list);
	return 0;
}

static int run_unmap(int argc, char **argv)
{
	struct axvm_mem mem = { 0 };
	struct vm vm;
	int ret = parse_range("unmap", argv, &mem);

	if (!ret)
		ret = vmctl_open(argv[0], &vm);
	if (ret)
		return ret;
	if (!mem.len) {
		uint64_t len = 0;

		ret = region_size(&vm, mem.gpa, &len);
		mem.len = len;
	}
	if (!ret) {
		ret = mem.len ? DEV_CALL(vm.fd, AXVM_VM_MEM_UNMAP, &mem) :
				-ENOENT;
		if (ret == -ENOENT || ret == -EINVAL)
			ret = err(VMCTL_FAILED,
				  "VM '%s' has no such region at 0x%" PRIx64
				  "; `vmctl show %s` lists them",
				  vm.name, (uint64_t)mem.gpa, vm.name);
		else if (ret)
			ret = vmctl_failed(&vm, "unmap memory of", ret);
	}
	close(vm.fd);
	return ret;
}

const struct command cmd_map = {
	.name = "map",
	.group = "Looking at a VM",
	.args = "VM ADDRESS SIZE",
	.summary = "give a VM more memory",
	.text = "Adds a region of guest memory, also to a VM that runs.  The guest is not told:\n"
		"it finds memory there when it looks.  It is gone with the VM, and not in its\n"
		"configuration.",
	.min = 3,
	.max = 3,
	.opts = map_opts,
	.run = run_map,
};

const struct command cmd_unmap = {
	.name = "unmap",
	.group = "Looking at a VM",
	.args = "VM ADDRESS [SIZE]",
	.summary = "take a memory region away",
	.text = "Takes away the region that begins at ADDRESS, with its contents, also from a VM\n"
		"that runs.  SIZE, if given, must be the region's.",
	.min = 2,
	.max = 3,
	.run = run_unmap,
};
