// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl vmcs: the control structure of a vCPU's hardware, field by field.
 */
#include <errno.h>
#include <fnmatch.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "dev.h"
#include "names.h"
#include "num.h"
#include "out.h"
#include "uapi/axvm_x86_vmcs.h"
#include "vmctl.h"

#define ROOM 512u

static struct {
	uint64_t vcpu;
	bool json, bare;
} o;

static const struct opt opts[] = {
	{ "vcpu", 'v', OPT_U64, &o.vcpu, "N", "which vCPU (0)" },
	OPT_JSON(o.json),
	{ "noheadings", 'H', OPT_FLAG, &o.bare, NULL,
	  "no headings, tabs between fields" },
	{ 0 },
};

static const struct column columns[] = {
	{ "name", "FIELD", false, NULL, NULL },
	{ "encoding", "ENCODING", false, NULL, NULL },
	{ "kind", "KIND", false, NULL, NULL },
	{ "width", "BITS", true, NULL, NULL },
	{ "value", "VALUE", false, NULL, NULL },
	{ 0 },
};

#define KIND_CTL "control"
#define KIND_RO "read-only"
#define KIND_GUEST "guest"
#define KIND_HOST "host"
#define BITS_16 16
#define BITS_32 32
#define BITS_64 64
#define BITS_N 64 /* natural: of a 64-bit processor */
#define FIELD(kind, width, name, encoding) \
	{ encoding, BITS_##width, KIND_##kind, #name },

static const struct field {
	uint16_t encoding;
	uint16_t bits;
	const char *kind, *name;
} fields[] = { AXVM_X86_VMCS_FIELDS(FIELD) };

#define FIELDS (sizeof(fields) / sizeof(fields[0]))

/* By name (with * and ?), or by encoding. */
static bool matches(const struct field *f, const char *word)
{
	char low[64], name[64];
	uint64_t encoding;
	size_t i;

	if (*word >= '0' && *word <= '9')
		return !num_parse(word, &encoding) && encoding == f->encoding;
	for (i = 0; word[i] && i < sizeof(low) - 1; i++)
		low[i] = word[i] == '-'			  ? '_' :
			 word[i] >= 'A' && word[i] <= 'Z' ? word[i] + 32 :
							    word[i];
	low[i] = '\0';
	for (i = 0; f->name[i] && i < sizeof(name) - 1; i++)
		name[i] = f->name[i] >= 'A' && f->name[i] <= 'Z' ?
				  f->name[i] + 32 :
				  f->name[i];
	name[i] = '\0';
	return !fnmatch(low, name, 0);
}

static bool wanted(const struct field *f, int argc, char **words)
{
	for (int i = 0; i < argc; i++) {
		if (matches(f, words[i]))
			return true;
	}
	return !argc;
}

/* Every word must be a field's, of whatever processor. */
static int check_words(int argc, char **words)
{
	const char *names[FIELDS], *near;
	char up[64];

	for (int i = 0; i < argc; i++) {
		size_t k;

		for (k = 0; k < FIELDS && !matches(&fields[k], words[i]); k++)
			;
		if (k < FIELDS)
			continue;
		for (k = 0; k < FIELDS; k++)
			names[k] = fields[k].name;
		for (k = 0; words[i][k] && k < sizeof(up) - 1; k++)
			up[k] = words[i][k] >= 'a' && words[i][k] <= 'z' ?
					words[i][k] - 32 :
					words[i][k];
		up[k] = '\0';
		near = name_nearest(up, names, FIELDS);
		return err(VMCTL_USAGE, "vmcs: there is no field '%s'%s%s%s",
			   words[i], near ? "; did you mean '" : "",
			   near ? near : "", near ? "'?" : "");
	}
	return 0;
}

static const struct field *field_of(uint64_t encoding)
{
	for (size_t i = 0; i < FIELDS; i++) {
		if (fields[i].encoding == encoding)
			return &fields[i];
	}
	return NULL;
}

static void add(struct json_object *rows, const struct field *f, uint64_t value)
{
	struct json_object *row = out_object();

	out_str(row, "name", f->name);
	out_hex(row, "encoding", f->encoding);
	out_str(row, "kind", f->kind);
	out_num(row, "width", f->bits);
	out_hex(row, "value", value);
	out_push(rows, row);
}

static int show(const struct axvm_control *c, const struct axvm_reg *regs,
		int argc, char **words)
{
	struct json_object *rows = out_array(), *all;
	int ret;

	for (uint32_t i = 0; i < c->count && i < ROOM; i++) {
		const struct field *f = field_of(regs[i].id);

		if (f && wanted(f, argc, words))
			add(rows, f, regs[i].value);
	}
	if (o.json) {
		all = out_object();
		out_num(all, "vcpu", o.vcpu);
		out_str(all, "kind", "vmcs");
		out_bool(all, "partial", c->flags & AXVM_CONTROL_PARTIAL);
		out_add(all, "fields", rows);
		ret = out_json(all);
		json_object_put(all);
		return ret;
	}
	ret = o.bare ? out_tabs(columns, rows) : out_table(columns, rows);
	if (!ret && !json_object_array_length(rows))
		ret = err(
			VMCTL_FAILED, "vmcs: %s",
			c->flags & AXVM_CONTROL_PARTIAL ?
				"these fields are for administrators, or this processor has none of them" :
				"this processor has none of these fields");
	json_object_put(rows);
	return ret;
}

static int read_all(const struct vm *vm, int argc, char **words)
{
	struct axvm_reg *regs = must(calloc(ROOM, sizeof(*regs)));
	struct axvm_control c = { .count = ROOM, .fields = (uintptr_t)regs };
	int vcpu, ret = vmctl_vcpu(vm, (unsigned int)o.vcpu, &vcpu);

	if (ret)
		goto out;
	ret = DEV_CALL(vcpu, AXVM_VCPU_CONTROL, &c);
	close(vcpu);
	if (ret == -EBADFD)
		ret = err(
			VMCTL_STATE,
			"no CPU is in VMX operation now, so none can read the VMCS of VM '%s'",
			vm->name);
	else if (ret)
		ret = vmctl_failed(vm, "read the VMCS of", ret);
	else
		ret = show(&c, regs, argc, words);
out:
	free(regs);
	return ret;
}

static int run(int argc, char **argv)
{
	struct axvm_info info;
	struct vm vm;
	int ret;

	if (o.vcpu >= AXVM_MAX_VCPUS)
		return err(VMCTL_USAGE, "vmcs: vCPUs are 0 to %d",
			   AXVM_MAX_VCPUS - 1);
	ret = check_words(argc - 1, argv + 1);
	if (!ret)
		ret = vmctl_find(argv[0], &vm, &info);
	if (ret)
		return ret;
	if (info.caps & AXVM_CAP_CONTROL)
		ret = read_all(&vm, argc - 1, argv + 1);
	else
		ret = err(
			VMCTL_FAILED, "vmcs: %s",
			BACKEND_IS_ARM64(info.backend) ?
				"arm64 has no VMCS: what controls a guest there are EL2's registers; `vmctl regs --all` shows the guest's" :
				"this backend has no VMCS");
	close(vm.fd);
	return ret;
}

const struct command cmd_vmcs = {
	.name = "vmcs",
	.group = "Looking at a VM",
	.args = "VM [FIELD]...",
	.summary = "show the VMCS of a vCPU (VMX)",
	.text = "Shows the fields of a vCPU's VMCS, as the next VM entry will find them, or those\n"
		"that are named: by the manual's names as a list without arguments shows them\n"
		"(* and ? stand for letters), or by encoding (0x681e).  A running vCPU is taken\n"
		"out of the guest for the moment.  The host's state and the addresses of its\n"
		"structures are shown to administrators only.  arm64 has no such thing.",
	.min = 1,
	.max = -1,
	.opts = opts,
	.run = run,
};
