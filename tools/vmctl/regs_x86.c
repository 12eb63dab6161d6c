// SPDX-License-Identifier: GPL-2.0
/*
 * x86 registers by name.
 */
#include <json-c/json.h>
#include <stddef.h>

#include "dev.h"
#include "out.h"
#include "regs.h"

#define GPR(n, i) { n, 8 * (i) }
#define SYSTEM(r) { #r, offsetof(struct axvm_x86_sregs, r) }
#define DR(n) { "dr" #n, offsetof(struct axvm_x86_sregs, dr) + 8 * (n) }

static const struct reg_name general[] = {
	GPR("rax", 0), GPR("rbx", 3), GPR("rcx", 1), GPR("rdx", 2),
	GPR("rsi", 6), GPR("rdi", 7), GPR("rbp", 5), GPR("rsp", 4),
	GPR("r8", 8), GPR("r9", 9), GPR("r10", 10), GPR("r11", 11),
	GPR("r12", 12), GPR("r13", 13), GPR("r14", 14), GPR("r15", 15),
	{ "rip", offsetof(struct axvm_x86_regs, rip) },
	{ "rflags", offsetof(struct axvm_x86_regs, rflags) },
	{ 0 },
};

static const struct reg_name system_regs[] = {
	SYSTEM(cr0), SYSTEM(cr2), SYSTEM(cr3), SYSTEM(cr4), SYSTEM(cr8), SYSTEM(efer),
	SYSTEM(apic_base), SYSTEM(xcr0), DR(0), DR(1), DR(2), DR(3), DR(6), DR(7),
	{ 0 },
};

static const struct {
	const char *name;
	unsigned int index;
} segments[] = {
	{ "cs", AXVM_X86_CS }, { "ss", AXVM_X86_SS }, { "ds", AXVM_X86_DS },
	{ "es", AXVM_X86_ES }, { "fs", AXVM_X86_FS }, { "gs", AXVM_X86_GS },
	{ "tr", AXVM_X86_TR }, { "ldtr", AXVM_X86_LDTR },
};

static void add_segments(struct json_object *obj,
			 const struct axvm_x86_sregs *s)
{
	struct json_object *list = out_object();

	for (size_t i = 0; i < sizeof(segments) / sizeof(segments[0]); i++) {
		const struct axvm_x86_segment *seg = &s->seg[segments[i].index];
		struct json_object *one = out_object();

		out_hex(one, "selector", seg->selector);
		out_hex(one, "base", seg->base);
		out_hex(one, "limit", seg->limit);
		out_hex(one, "access", seg->access);
		out_add(list, segments[i].name, one);
	}
	out_add(obj, "segments", list);
}

static void add_table(struct json_object *list, const char *name,
		      const struct axvm_x86_dtable *t)
{
	struct json_object *one = out_object();

	out_hex(one, "base", t->base);
	out_hex(one, "limit", t->limit);
	out_add(list, name, one);
}

static int read_all(int vcpu, struct json_object *obj)
{
	static const char *const modes[] = { "real", "protected", "compatibility", "64-bit" };
	struct json_object *tables = out_object();
	struct axvm_x86_sregs sys;
	struct axvm_x86_regs regs;
	int ret = vcpu_get_regs(vcpu, AXVM_REGS_GENERAL, &regs, sizeof(regs));

	if (!ret)
		ret = vcpu_get_regs(vcpu, AXVM_REGS_SYSTEM, &sys, sizeof(sys));
	if (ret) {
		json_object_put(tables);
		return ret;
	}
	out_str(obj, "mode", sys.mode < 4 ? modes[sys.mode] : "?");
	regs_group(obj, "general", &regs, general);
	add_segments(obj, &sys);
	add_table(tables, "gdt", &sys.gdt);
	add_table(tables, "idt", &sys.idt);
	out_add(obj, "tables", tables);
	regs_group(obj, "system", &sys, system_regs);
	return 0;
}

const struct regs_arch regs_x86 = {
	.read = read_all,
	.general = { general, sizeof(struct axvm_x86_regs) },
	.system = { system_regs, sizeof(struct axvm_x86_sregs) },
};
