// SPDX-License-Identifier: GPL-2.0
/*
 * Looking at all VMs for `vmctl top`: asking the module and the host's
 * scheduler.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "dev.h"
#include "stats.h"
#include "top.h"
#include "vmctl.h"

#define MOST 4096u /* VMs that are told apart */

/* How long a thread was on a CPU; the module's counters lag behind a stay. */
static uint64_t thread_ns(uint32_t tid)
{
	unsigned long long ns = 0;
	char path[48];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%u/schedstat", tid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	if (fscanf(f, "%llu", &ns) != 1)
		ns = 0;
	fclose(f);
	return ns;
}

static bool look_vcpu(int vm, unsigned int index, struct top_vcpu *v)
{
	int fd = vcpu_open(vm, index);
	bool good;

	if (fd < 0)
		return false;
	good = !vcpu_info(fd, &v->info);
	close(fd);
	if (good)
		v->rate.busy_ns = v->info.tid ? thread_ns(v->info.tid) :
						v->info.run_ns;
	return good;
}

/* A VM that vanishes meanwhile has no vCPUs. */
static void look_vm(int dev, struct top_vm *vm)
{
	struct axvm_vm_ref ref = { .id = vm->info.id };
	unsigned int left = vm->info.nr_vcpus;

	vm->vcpus = must(calloc(left + 1, sizeof(*vm->vcpus)));
	if (DEV_CALL(dev, AXVM_VM_OPEN, &ref))
		return;
	for (unsigned int i = 0; i < AXVM_MAX_VCPUS && left; i++) {
		struct top_vcpu *v = &vm->vcpus[vm->n_vcpus];

		if (!look_vcpu(ref.fd, i, v))
			continue;
		left--;
		vm->n_vcpus++;
		vm->rate.busy_ns += v->rate.busy_ns;
	}
	close(ref.fd);
}

int top_look(int dev, const struct top_look *before, struct top_look *now)
{
	struct axvm_vm_info *list;
	unsigned int n;
	int ret = vm_list(dev, &list, &n);

	*now = (struct top_look){ .when_ns = stats_now() };
	if (ret)
		return err(err_code(-ret), "cannot list the VMs: %s",
			   err_text(-ret));
	now->n = n < MOST ? n : MOST;
	now->vms = must(calloc(now->n + 1, sizeof(*now->vms)));
	for (unsigned int i = 0; i < now->n; i++) {
		now->vms[i].info = list[i];
		look_vm(dev, &now->vms[i]);
	}
	free(list);
	top_rates(before, now);
	return 0;
}

void top_look_free(struct top_look *l)
{
	for (unsigned int i = 0; i < l->n; i++)
		free(l->vms[i].vcpus);
	free(l->vms);
	*l = (struct top_look){ 0 };
}
