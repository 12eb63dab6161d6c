// SPDX-License-Identifier: GPL-2.0
/*
 * What a guest is told about its machine, whatever the form: its memory, as
 * the configuration has it, and the hardware ids of its CPUs, which are the
 * kernel's to say.
 */
#include <stdlib.h>
#include <unistd.h>

#include "boot.h"
#include "config.h"
#include "dev.h"
#include "vmctl.h"

/* Memory as an operating system understands it. */
static bool is_ram(const struct cfg_region *r)
{
	const uint64_t need = AXVM_MEM_READ | AXVM_MEM_WRITE;

	return !r->flags.set || (r->flags.v & (need | AXVM_MEM_DEVICE |
					       AXVM_MEM_UNCACHED)) == need;
}

static int by_address(const void *a, const void *b)
{
	const struct boot_range *x = a, *y = b;

	return x->gpa < y->gpa ? -1 : x->gpa > y->gpa;
}

size_t boot_ram(const struct config *c, struct boot_range **ram)
{
	const struct cfg_region *r = c->memory_regions.v;
	size_t n = 0;

	*ram = must(calloc(c->memory_regions.n + 1, sizeof(**ram)));
	for (size_t i = 0; i < c->memory_regions.n; i++) {
		if (is_ram(&r[i]))
			(*ram)[n++] =
				(struct boot_range){ r[i].gpa.v, r[i].size.v };
	}
	qsort(*ram, n, sizeof(**ram), by_address);
	return n;
}

int boot_cpus(const struct vm *vm, uint64_t *hw_id, unsigned int *n)
{
	struct axvm_vm_info vi;
	int ret = vm_info(vm->fd, &vi);

	*n = 0;
	for (unsigned int i = 0; !ret && i < vi.nr_vcpus; i++) {
		struct axvm_vcpu_info info;
		int vcpu = vcpu_open(vm->fd, i);

		ret = vcpu < 0 ? vcpu : vcpu_info(vcpu, &info);
		if (vcpu >= 0)
			close(vcpu);
		hw_id[i] = ret ? 0 : info.hw_id;
		*n = i + 1;
	}
	return ret ? vmctl_failed(vm, "ask for the vCPUs of", ret) : 0;
}
