// SPDX-License-Identifier: GPL-2.0
/*
 * Start states: which architecture's, where to start, where memory lies when
 * only its size is told, and the order in which files are opened, placed and
 * loaded.  Knows no boot protocol.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "boot.h"
#include "config.h"
#include "config_schema.h"
#include "dev.h"
#include "image.h"
#include "vmctl.h"

const struct boot_arch *boot_for(uint32_t backend)
{
	if (BACKEND_IS_X86(backend))
		return &boot_x86;
	if (BACKEND_IS_ARM64(backend))
		return &boot_arm64;
	return NULL;
}

const struct boot_arch *boot_of(enum cfg_arch arch)
{
	static const struct boot_arch *const all[] = { &boot_x86, &boot_arm64 };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (all[i]->arch == arch)
			return all[i];
	}
	return NULL;
}

enum cfg_arch boot_host(void)
{
	struct utsname uts;

	if (uname(&uts))
		return 0;
	for (const struct cfg_word *w = cfg_arch_words; w->name; w++) {
		if (!strcmp(w->name, uts.machine) && boot_of(w->v))
			return w->v;
	}
	return 0;
}

uint64_t boot_entry(const struct config *c)
{
	return c->entry_point.set ? c->entry_point.v : c->kernel_load_addr.v;
}

bool boot_open(const struct config *c, struct boot *b, struct image_list *list,
	       struct diags *d)
{
	if (b->arch)
		config_check_arch(c, b->arch->arch, d);
	if (b->arch)
		b->arch->check(c, d);
	if (b->arch && b->arch->open)
		b->arch->open(c, b, d);
	config_served(c, b->owns, b->platform, d);
	if (b->dump_dtb && !(b->owns & BOOT_DTB))
		diag_add(d, DIAG_ERROR, c->file, DIAG_COMMAND_LINE,
			 "--dump-dtb: this guest gets no device tree");
	if (images_open(c, b->owns, list, d))
		images_check_overlap(c, list, d);
	if (!d->errors && b->arch && b->arch->place)
		b->arch->place(c, list, b, d);
	return !d->errors;
}

int boot_load(const struct vm *vm, const struct config *c, struct boot *b,
	      const struct image_list *list)
{
	int vcpu, ret;

	if (!b->arch)
		return err(
			VMCTL_CPU,
			"this module has no backend; `vmctl doctor` says why");
	ret = images_load(vm, list);
	if (!ret && b->arch->load)
		ret = b->arch->load(vm, c, b);
	if (!ret)
		ret = vmctl_vcpu(vm, 0, &vcpu);
	if (ret)
		return ret;
	ret = b->arch->setup(vm, vcpu, c, b);
	close(vcpu);
	return ret;
}

void boot_close(struct boot *b)
{
	if (b->arch && b->arch->close)
		b->arch->close(b);
	b->state = NULL;
}

void boot_place_memory(const struct boot_arch *boot, struct config *c)
{
	struct boot_range ranges[BOOT_RANGES];
	struct cfg_region *r;
	unsigned int n;

	if (!c->memory.set || c->memory_regions.n)
		return;
	n = boot->memory(c->memory.v, ranges);
	free(c->memory_regions.v);
	r = must(calloc(n + 1, sizeof(*r)));
	for (unsigned int i = 0; i < n; i++) {
		int line = c->memory.line;

		r[i].line = line;
		r[i].gpa = (struct cfg_num){ true, line, NULL, ranges[i].gpa };
		r[i].size =
			(struct cfg_num){ true, line, NULL, ranges[i].size };
	}
	c->memory_regions =
		(struct cfg_rows){ true, c->memory.line, c->memory.key, n, r };
	c->memory.set = false;
}
