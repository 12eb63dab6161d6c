// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl regs: the registers of a vCPU.
 */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dev.h"
#include "num.h"
#include "out.h"
#include "regs.h"
#include "vmctl.h"

static struct {
	uint64_t vcpu;
	const char *set;
	bool json, all;
} o;

static const struct opt opts[] = {
	{ "vcpu", 'v', OPT_U64, &o.vcpu, "N", "which vCPU (0)" },
	{ "all", 'a', OPT_FLAG, &o.all, NULL,
	  "also all MSRs (x86) or system registers (arm64)" },
	{ "set", 's', OPT_STRING, &o.set, "REG=VALUE[,...]",
	  "change registers instead of showing them" },
	OPT_JSON(o.json),
	{ 0 },
};

void regs_group(struct json_object *obj, const char *group, const void *block,
		const struct reg_name *regs)
{
	struct json_object *list = out_object();
	uint64_t value;

	for (; regs->name; regs++) {
		memcpy(&value, (const char *)block + regs->offset,
		       sizeof(value));
		out_hex(list, regs->name, value);
	}
	out_add(obj, group, list);
}

/* Segments and tables: one line each. */
static void print_record(const char *name, struct json_object *record)
{
	printf("%-5s", name);
	json_object_object_foreach(record, key, v)
		printf(" %s %s", key, json_object_get_string(v));
	putchar('\n');
}

static void print_value(const char *name, struct json_object *v,
			unsigned int *column)
{
	uint64_t value = strtoull(json_object_get_string(v), NULL, 16);

	printf("%-14s %016llx%s", name, (unsigned long long)value,
	       *column ? "\n" : "   ");
	*column ^= 1;
}

static void print_group(struct json_object *group)
{
	unsigned int column = 0;

	json_object_object_foreach(group, key, v) {
		if (json_object_is_type(v, json_type_object))
			print_record(key, v);
		else
			print_value(key, v, &column);
	}
	if (column)
		putchar('\n');
}

static void print(struct json_object *obj)
{
	json_object_object_foreach(obj, key, v) {
		if (json_object_is_type(v, json_type_object))
			print_group(v);
		else
			printf("%-14s %s\n", key, json_object_get_string(v));
	}
}

static int show(const struct vm *vm, int vcpu, const struct regs_arch *arch)
{
	struct json_object *obj = out_object();
	int ret;

	out_num(obj, "vcpu", o.vcpu);
	ret = arch->read(vcpu, obj);
	if (!ret && o.all)
		ret = regs_add_ids(vcpu, arch, obj);
	if (ret)
		ret = vmctl_failed(vm, "read the registers of", ret);
	else if (o.json)
		out_json(obj);
	else
		print(obj);
	json_object_put(obj);
	return ret;
}

static int act(const struct vm *vm, uint32_t backend)
{
	const struct regs_arch *arch = BACKEND_IS_ARM64(backend) ? &regs_arm64 :
								   &regs_x86;
	int vcpu, ret = vmctl_vcpu(vm, (unsigned int)o.vcpu, &vcpu);

	if (ret)
		return ret;
	ret = o.set ? regs_set_list(vm, vcpu, arch, "regs: --set", o.set) :
		      show(vm, vcpu, arch);
	close(vcpu);
	return ret;
}

static int run(int argc, char **argv)
{
	struct axvm_info info;
	struct vm vm;
	int ret;

	if (o.vcpu >= AXVM_MAX_VCPUS)
		return err(VMCTL_USAGE, "regs: vCPUs are 0 to %d",
			   AXVM_MAX_VCPUS - 1);
	ret = vmctl_find(argv[0], &vm, &info);
	if (ret)
		return ret;
	ret = act(&vm, info.backend);
	close(vm.fd);
	return ret;
}

const struct command cmd_regs = {
	.name = "regs",
	.group = "Looking at a VM",
	.args = "VM",
	.summary = "show or set the registers of a vCPU",
	.text = "Shows general and system registers.  A running vCPU is taken out of the guest\n"
		"for the moment.  --set changes registers, of a VM that is suspended or was not\n"
		"started: by the names shown, and msr:0x10 (x86) or s3_0_c1_c0_0 (arm64).",
	.min = 1,
	.max = 1,
	.opts = opts,
	.run = run,
};
