// SPDX-License-Identifier: GPL-2.0
/*
 * Registers by name, one at a time: setting those of the blocks, and every
 * register that has an id (MSRs, system registers), reading and setting.
 */
#include <ctype.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "dev.h"
#include "num.h"
#include "out.h"
#include "regs.h"
#include "vmctl.h"

#define BLOCK_MOST 1024
#define IDS_MOST 4096u
#define CLASS(id) ((id) >> 24 & 0xff)
#define INDEX(id) ((id)&0xffffff)

/* The register of a table, or NULL. */
static const struct reg_name *find(const struct reg_name *table,
				   const char *name)
{
	for (; table->name; table++) {
		if (!strcasecmp(table->name, name))
			return table;
	}
	return NULL;
}

static int set_in_block(int vcpu, const struct regs_block *b, uint32_t nr,
			const struct reg_name *reg, uint64_t value)
{
	unsigned char buf[BLOCK_MOST];
	int ret = vcpu_get_regs(vcpu, nr, buf, b->size);

	if (ret)
		return ret;
	memcpy(buf + reg->offset, &value, sizeof(value));
	return vcpu_set_regs(vcpu, nr, buf, b->size);
}

static int reg_call(int vcpu, unsigned long nr, uint64_t id, uint64_t *value)
{
	struct axvm_reg reg = { .id = id, .value = *value };
	struct axvm_reg_list list = { .regs = (uintptr_t)&reg, .count = 1 };
	int ret = DEV_CALL(vcpu, nr, &list);

	*value = reg.value;
	return ret;
}

/* "msr:0x10" and "s3_0_c1_c0_0" as ids. */
static bool parse_id(const char *name, bool arm64, uint64_t *id)
{
	unsigned int op0, op1, crn, crm, op2;
	uint64_t msr;
	int end = 0;

	if (arm64) {
		char low[32];
		size_t i;

		for (i = 0; name[i] && i < sizeof(low) - 1; i++)
			low[i] = (char)tolower((unsigned char)name[i]);
		low[i] = '\0';
		if (sscanf(low, "s%1u_%1u_c%2u_c%2u_%1u%n", &op0, &op1, &crn,
			   &crm, &op2, &end) != 5 ||
		    low[end] || op0 > 3 || op1 > 7 || crn > 15 || crm > 15 ||
		    op2 > 7)
			return false;
		*id = AXVM_ARM64_REG(AXVM_ARM64_CLASS_SYSREG,
				     AXVM_ARM64_SYSREG(op0, op1, crn, crm,
						       op2));
		return true;
	}
	if (strncasecmp(name, "msr:", 4) || num_parse(name + 4, &msr))
		return false;
	if (msr <= 0xffffff)
		*id = AXVM_X86_REG(AXVM_X86_CLASS_MSR_LOW, msr);
	else if (msr >> 24 == 0xc0)
		*id = AXVM_X86_REG(AXVM_X86_CLASS_MSR_HIGH, INDEX(msr));
	else
		return false;
	return true;
}

int regs_set(int vcpu, const struct regs_arch *arch, const char *name,
	     uint64_t value)
{
	const struct reg_name *reg = find(arch->general.regs, name);
	uint64_t id;

	if (reg)
		return set_in_block(vcpu, &arch->general, AXVM_REGS_GENERAL,
				    reg, value);
	reg = find(arch->system.regs, name);
	if (reg)
		return set_in_block(vcpu, &arch->system, AXVM_REGS_SYSTEM, reg,
				    value);
	if (!parse_id(name, arch == &regs_arm64, &id))
		return -ENOENT;
	return reg_call(vcpu, AXVM_VCPU_SET_REG, id, &value);
}

static int set_one(const struct vm *vm, int vcpu, const struct regs_arch *arch,
		   const char *what, char *text)
{
	char *value = strchr(text, '=');
	uint64_t v;
	int ret;

	if (value)
		*value++ = '\0';
	if (!value || num_parse(value, &v))
		return err(VMCTL_USAGE,
			   "%s takes REG=VALUE such as %s=0x1000, not '%s%s%s'",
			   what, arch == &regs_arm64 ? "x0" : "rax", text,
			   value ? "=" : "", value ? value : "");
	ret = regs_set(vcpu, arch, text, v);
	switch (-ret) {
	case 0:
		return 0;
	case ENOENT:
		return err(
			VMCTL_USAGE,
			"%s: there is no register '%s'; `vmctl regs --all` shows them",
			what, text);
	case EINVAL:
		return err(VMCTL_USAGE, "%s: %s cannot be %s", what, text,
			   value);
	case EBADFD:
		return err(
			VMCTL_STATE,
			"registers are changed while a VM is suspended or before its start: vmctl suspend %s",
			vm->name);
	}
	return vmctl_failed(vm, "set the registers of", ret);
}

int regs_set_list(const struct vm *vm, int vcpu, const struct regs_arch *arch,
		  const char *what, const char *list)
{
	char *copy = must(strdup(list)), *rest = copy, *one;
	int ret = 0;

	while (!ret && (one = strsep(&rest, ",")))
		ret = set_one(vm, vcpu, arch, what, one);
	free(copy);
	return ret;
}

/* Only what the blocks do not show: MSRs and system registers. */
static bool id_name(uint64_t id, bool arm64, char *buf, size_t size)
{
	unsigned int i = (unsigned int)INDEX(id);

	if (arm64) {
		snprintf(buf, size, "s%u_%u_c%u_c%u_%u", i >> 14 & 3,
			 i >> 11 & 7, i >> 7 & 15, i >> 3 & 15, i & 7);
		return CLASS(id) == AXVM_ARM64_CLASS_SYSREG;
	}
	snprintf(buf, size, "msr:0x%x",
		 CLASS(id) == AXVM_X86_CLASS_MSR_HIGH ? 0xc0000000u | i : i);
	return CLASS(id) == AXVM_X86_CLASS_MSR_LOW ||
	       CLASS(id) == AXVM_X86_CLASS_MSR_HIGH;
}

int regs_add_ids(int vcpu, const struct regs_arch *arch,
		 struct json_object *obj)
{
	struct axvm_reg *regs = must(calloc(IDS_MOST, sizeof(*regs)));
	struct axvm_reg_list list = { .regs = (uintptr_t)regs,
				      .count = IDS_MOST };
	struct json_object *group = out_object();
	int ret = DEV_CALL(vcpu, AXVM_VCPU_REG_IDS, &list);
	char name[32];

	for (uint32_t i = 0; !ret && i < list.count && i < IDS_MOST; i++) {
		uint64_t value = 0;

		if (!id_name(regs[i].id, arch == &regs_arm64, name,
			     sizeof(name)))
			continue;
		/* One that cannot be read now is left out. */
		if (!reg_call(vcpu, AXVM_VCPU_GET_REG, regs[i].id, &value))
			out_hex(group, name, value);
	}
	out_add(obj, arch == &regs_arm64 ? "sysregs" : "msrs", group);
	free(regs);
	return ret;
}
