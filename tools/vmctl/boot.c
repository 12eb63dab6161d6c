// SPDX-License-Identifier: GPL-2.0
/*
 * Start states: which architecture's, where to start, and the order in which
 * files are opened, placed and loaded.  Knows no boot protocol.
 */
#include <unistd.h>

#include "boot.h"
#include "config.h"
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

uint64_t boot_entry(const struct config *c)
{
	return c->entry_point.set ? c->entry_point.v : c->kernel_load_addr.v;
}

bool boot_open(const struct config *c, struct boot *b, struct image_list *list,
	       struct diags *d)
{
	if (b->arch)
		b->arch->check(c, d);
	if (b->arch && b->arch->open)
		b->arch->open(c, b, d);
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
