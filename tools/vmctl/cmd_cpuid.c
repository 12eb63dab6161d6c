// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl cpuid: what CPUID tells the guest of a VM, by leaf and by name.
 */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <unistd.h>

#include "cpuid_words.h"
#include "dev.h"
#include "num.h"
#include "out.h"
#include "vmctl.h"

#define SUBLEAVES_MOST 64u
#define RANGE_MOST 64u

static struct {
	bool features, json, bare;
} o;

static const struct opt opts[] = {
	{ "features", 'f', OPT_FLAG, &o.features, NULL,
	  "features by name instead of leaves" },
	OPT_JSON(o.json),
	{ "noheadings", 'H', OPT_FLAG, &o.bare, NULL,
	  "no headings, tabs between fields" },
	{ 0 },
};

static const struct column leaf_columns[] = {
	{ "leaf", "LEAF", false, NULL, NULL },
	{ "subleaf", "SUBLEAF", true, NULL, NULL },
	{ "eax", "EAX", false, NULL, NULL },
	{ "ebx", "EBX", false, NULL, NULL },
	{ "ecx", "ECX", false, NULL, NULL },
	{ "edx", "EDX", false, NULL, NULL },
	{ 0 },
};

static const struct column word_columns[] = {
	{ "name", "FEATURE", false, NULL, NULL },
	{ "leaf", "LEAF", false, NULL, NULL },
	{ "subleaf", "SUBLEAF", true, NULL, NULL },
	{ "register", "REGISTER", false, NULL, NULL },
	{ "bit", "BIT", true, NULL, NULL },
	{ "needs", "NEEDS", false, NULL, NULL },
	{ 0 },
};

static int ask(const struct vm *vm, uint32_t leaf, uint32_t subleaf,
	       uint32_t regs[CPUID_REGS])
{
	struct axvm_cpuid arg = { .leaf = leaf, .subleaf = subleaf };
	int ret = DEV_CALL(vm->fd, AXVM_VM_CPUID, &arg);

	for (unsigned int i = 0; i < CPUID_REGS; i++)
		regs[i] = arg.regs[i];
	return ret ? vmctl_failed(vm, "ask for CPUID of", ret) : 0;
}

static void add_leaf(struct json_object *rows, uint32_t leaf, uint32_t subleaf,
		     const uint32_t regs[CPUID_REGS])
{
	struct json_object *row = out_object();
	char text[16];

	out_hex(row, "leaf", leaf);
	out_num(row, "subleaf", subleaf);
	for (unsigned int i = 0; i < CPUID_REGS; i++) {
		snprintf(text, sizeof(text), "0x%08x", regs[i]);
		out_str(row, cpuid_reg_names[i], text);
	}
	out_push(rows, row);
}

static void add_word(struct json_object *rows, const struct cpuid_word *w)
{
	struct json_object *row = out_object();

	out_str(row, "name", w->name);
	out_hex(row, "leaf", w->leaf);
	out_num(row, "subleaf", w->subleaf);
	out_str(row, "register", cpuid_reg_names[w->reg]);
	out_num(row, "bit", w->bit);
	out_str(row, "needs", w->needs);
	out_push(rows, row);
}

/* Features that this leaf tells of. */
static void add_words(struct json_object *rows, uint32_t leaf, uint32_t subleaf,
		      const uint32_t regs[CPUID_REGS])
{
	for (unsigned int i = 0; i < 32 * CPUID_REGS; i++) {
		const struct cpuid_word *w =
			cpuid_word_at(leaf, subleaf, i / 32, i % 32);

		if (w && regs[i / 32] >> i % 32 & 1)
			add_word(rows, w);
	}
}

static int add_subleaves(const struct vm *vm, uint32_t leaf,
			 struct json_object *leaves, struct json_object *words)
{
	uint32_t regs[CPUID_REGS];

	for (uint32_t i = 0; i < SUBLEAVES_MOST; i++) {
		int ret = ask(vm, leaf, i, regs);

		if (ret)
			return ret;
		/* Those without subleaves tell the same of each. */
		if (i && leaf != 4 && leaf != 7 && leaf != 0xb && leaf != 0xd &&
		    leaf != 0x1f)
			break;
		if (!(regs[0] | regs[1] | regs[2] | regs[3]))
			continue;
		add_leaf(leaves, leaf, i, regs);
		add_words(words, leaf, i, regs);
	}
	return 0;
}

/* From a leaf that tells the last one of its range. */
static int add_range(const struct vm *vm, uint32_t first,
		     struct json_object *leaves, struct json_object *words)
{
	uint32_t regs[CPUID_REGS], last;
	int ret = ask(vm, first, 0, regs);

	if (ret || regs[0] < first)
		return ret;
	last = regs[0] - first < RANGE_MOST ? regs[0] : first + RANGE_MOST;
	for (uint32_t leaf = first; leaf <= last && !ret; leaf++)
		ret = add_subleaves(vm, leaf, leaves, words);
	return ret;
}

static int print(const struct column *cols, struct json_object *rows)
{
	return o.json ? out_json(rows) :
	       o.bare ? out_tabs(cols, rows) :
			out_table(cols, rows);
}

static int show_all(const struct vm *vm)
{
	struct json_object *leaves = out_array(), *words = out_array(), *all;
	static const uint32_t ranges[] = { 0, 0x40000000, 0x40000100,
					   0x80000000 };
	int ret = 0;

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]) && !ret; i++)
		ret = add_range(vm, ranges[i], leaves, words);
	if (!ret && o.json) {
		all = out_object();
		out_add(all, "leaves", json_object_get(leaves));
		out_add(all, "features", json_object_get(words));
		ret = out_json(all);
		json_object_put(all);
	} else if (!ret) {
		ret = o.features ? print(word_columns, words) :
				   print(leaf_columns, leaves);
	}
	json_object_put(leaves);
	json_object_put(words);
	return ret;
}

static int show_one(const struct vm *vm, uint32_t leaf, uint32_t subleaf)
{
	struct json_object *rows = out_array();
	uint32_t regs[CPUID_REGS];
	int ret = ask(vm, leaf, subleaf, regs);

	if (!ret && o.features) {
		add_words(rows, leaf, subleaf, regs);
		ret = print(word_columns, rows);
	} else if (!ret) {
		add_leaf(rows, leaf, subleaf, regs);
		ret = print(leaf_columns, rows);
	}
	json_object_put(rows);
	return ret;
}

static int show_names(void)
{
	struct json_object *rows = out_array();
	int ret;

	for (unsigned int i = 0; i < cpuid_nr_words; i++) {
		if (cpuid_words[i].name)
			add_word(rows, &cpuid_words[i]);
	}
	ret = print(word_columns, rows);
	json_object_put(rows);
	return ret;
}

static int run(int argc, char **argv)
{
	uint64_t at[2] = { 0, 0 };
	struct axvm_info info;
	struct vm vm;
	int ret;

	for (int i = 1; i < argc; i++) {
		if (num_parse(argv[i], &at[i - 1]) || at[i - 1] > UINT32_MAX)
			return err(
				VMCTL_USAGE,
				"cpuid: '%s' is no leaf: a number of 32 bits such as 0x7",
				argv[i]);
	}
	if (!argc)
		return show_names();
	ret = vmctl_find(argv[0], &vm, &info);
	if (ret)
		return ret;
	if (BACKEND_IS_ARM64(info.backend))
		ret = err(VMCTL_FAILED,
			  "cpuid: CPUID is x86's, and this host runs arm64 guests");
	else if (!(info.caps & AXVM_CAP_CPUID))
		ret = err(
			VMCTL_FAILED,
			"cpuid: this module does not tell of CPUID; load the one that belongs to this vmctl");
	else if (argc > 1)
		ret = show_one(&vm, (uint32_t)at[0], (uint32_t)at[1]);
	else
		ret = show_all(&vm);
	close(vm.fd);
	return ret;
}

const struct command cmd_cpuid = {
	.name = "cpuid",
	.group = "Looking at a VM",
	.args = "[VM [LEAF [SUBLEAF]]]",
	.summary = "show what CPUID tells the guest (x86)",
	.text = "Shows what CPUID tells the guest of a VM, leaf by leaf or one leaf, or with\n"
		"--features which features that means; what depends on the vCPU that asks is not\n"
		"in it.  Without a VM: every feature that [cpuid] of a configuration and --cpuid\n"
		"know by name.  Hiding one hides what needs it.",
	.min = 0,
	.max = 3,
	.opts = opts,
	.run = run,
};
