// SPDX-License-Identifier: GPL-2.0
/*
 * A configuration's keys as options of the command line: they beat what a
 * file says.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "dev.h"
#include "num.h"
#include "vmctl.h"

#define FLAG_ERROR(...) \
	diag_add(d, DIAG_ERROR, c->file, CFG_LINE_FLAG, __VA_ARGS__)

static void set_num(struct cfg_num *num, uint64_t v)
{
	*num = (struct cfg_num){ true, CFG_LINE_FLAG, NULL, v };
}

static void set_text(struct cfg_text *t, const char *s)
{
	free(t->v);
	*t = (struct cfg_text){ true, CFG_LINE_FLAG, NULL, must(strdup(s)) };
}

/* Relative to where the user is; an empty one is left to the check. */
static void set_path(struct cfg_text *t, const char *s)
{
	char *here, *full;

	set_text(t, s);
	if (!*s || *s == '/')
		return;
	here = must(getcwd(NULL, 0));
	if (asprintf(&full, "%s/%s", here, s) < 0)
		full = NULL;
	free(here);
	free(t->v);
	t->v = must(full);
}

static void drop(struct cfg_nums *nums)
{
	free(nums->v);
	*nums = (struct cfg_nums){ 0 };
}

/* Ids and CPUs of the file go with the file's number of vCPUs. */
static void set_cpus(struct config *c, uint64_t n)
{
	set_num(&c->cpu_num, n);
	if (c->phys_cpu_ids.n != n)
		drop(&c->phys_cpu_ids);
	if (c->phys_cpu_sets.n != n)
		drop(&c->phys_cpu_sets);
}

/* One list for all vCPUs, or one for each with / in between. */
static void set_affinity(struct config *c, const char *text, struct diags *d)
{
	char *copy = must(strdup(text)), *rest = copy, *one;
	struct cfg_nums *sets = &c->phys_cpu_sets;
	uint64_t mask = 0;

	drop(sets);
	c->affinity.set = false;
	sets->v = must(calloc(AXVM_MAX_VCPUS, sizeof(*sets->v)));
	while ((one = strsep(&rest, "/"))) {
		if (num_parse_mask(one, &mask)) {
			FLAG_ERROR(
				"--affinity: \"%.60s\" is not a list of CPUs 0 to 63 such as 0,2-3",
				one);
			break;
		}
		if (sets->n == AXVM_MAX_VCPUS) {
			FLAG_ERROR("--affinity has more than %d lists",
				   AXVM_MAX_VCPUS);
			break;
		}
		sets->v[sets->n++] = mask;
	}
	free(copy);
	sets->set = true;
	sets->line = CFG_LINE_FLAG;
	if (sets->n == 1) {
		drop(sets);
		set_num(&c->affinity, mask);
	}
}

/* A size replaces all regions of the file. */
static void set_memory(struct config *c, uint64_t bytes)
{
	set_num(&c->memory, bytes);
	free(c->memory_regions.v);
	c->memory_regions = (struct cfg_rows){ 0 };
}

void config_override(struct config *c, const struct config_flags *f,
		     struct diags *d)
{
	if (f->name)
		set_text(&c->name, f->name);
	if (f->cpus.set)
		set_cpus(c, f->cpus.v);
	if (f->memory.set)
		set_memory(c, f->memory.v);
	if (f->kernel)
		set_path(&c->kernel_path, f->kernel);
	if (f->initrd)
		set_path(&c->ramdisk_path, f->initrd);
	if (f->dtb)
		set_path(&c->dtb_path, f->dtb);
	if (f->cmdline)
		set_text(&c->cmdline, f->cmdline);
	if (f->cpuid)
		set_text(&c->cpuid.features, f->cpuid);
	if (f->affinity)
		set_affinity(c, f->affinity, d);
}
