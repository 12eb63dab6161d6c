// SPDX-License-Identifier: GPL-2.0
/*
 * Reading flight recorders: the lock-free protocol of struct axvm_flight, and
 * the records of several vCPUs merged by time.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dev.h"
#include "flight.h"
#include "vmctl.h"

static uint64_t produced_now(const struct flight *f)
{
	/* acquire: pairs with the kernel's release after it wrote a slot */
	return __atomic_load_n(&f->head->produced, __ATOMIC_ACQUIRE);
}

/* The oldest record that the kernel is surely not overwriting. */
static uint64_t oldest_good(const struct flight *f, uint64_t produced)
{
	return produced >= f->slots ? produced - f->slots + 1 : 0;
}

size_t flight_read(struct flight *f, struct axvm_exit *out)
{
	const struct axvm_exit *slot =
		(const void *)((const char *)f->head + AXVM_RING_HEADER);
	uint64_t end = produced_now(f), oldest = oldest_good(f, end), first;
	size_t n = 0, lost;

	if (f->next < oldest) {
		f->missed += oldest - f->next;
		f->next = oldest;
	}
	first = f->next;
	while (f->next < end)
		memcpy(&out[n++], &slot[f->next++ % f->slots], sizeof(*out));
	/* pairs with the kernel's write barrier before it touches a slot */
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	oldest = oldest_good(f, produced_now(f));
	if (oldest <= first)
		return n;
	lost = oldest - first < n ? (size_t)(oldest - first) : n;
	memmove(out, out + lost, (n - lost) * sizeof(*out));
	f->missed += lost;
	return n - lost;
}

static int flight_open(const struct vm *vm, unsigned int index,
		       struct flight *f)
{
	size_t bytes =
		AXVM_RING_HEADER + AXVM_FLIGHT_SLOTS * sizeof(struct axvm_exit);
	int vcpu, ret = vmctl_vcpu(vm, index, &vcpu);
	void *map;

	if (ret)
		return ret;
	map = mmap(NULL, bytes, PROT_READ, MAP_SHARED, vcpu, AXVM_MMAP_FLIGHT);
	ret = map == MAP_FAILED ? -errno : 0;
	close(vcpu);
	if (ret)
		return vmctl_failed(vm, "map the flight recorder of", ret);
	*f = (struct flight){ .head = map,
			      .bytes = bytes,
			      .slots = AXVM_FLIGHT_SLOTS };
	if (f->head->magic == AXVM_FLIGHT_MAGIC &&
	    f->head->slots == AXVM_FLIGHT_SLOTS)
		return 0;
	munmap(map, bytes);
	return err(
		VMCTL_MODULE,
		"the flight recorder of VM '%s' has an unknown form; install axvm and vmctl from the same version",
		vm->name);
}

int flights_open(const struct vm *vm, int vcpu, uint32_t backend,
		 struct flights *f)
{
	struct axvm_vm_info info;
	unsigned int found = 0;
	int ret = vm_info(vm->fd, &info);

	*f = (struct flights){ .backend = backend };
	if (ret)
		return vmctl_failed(vm, "look at", ret);
	f->v = must(calloc(info.nr_vcpus + 1, sizeof(*f->v)));
	if (vcpu >= 0) {
		f->n = 1;
		ret = flight_open(vm, (unsigned int)vcpu, &f->v[0]);
		f->n = !ret;
		return ret;
	}
	/* Indices need not be without gaps. */
	for (unsigned int i = 0; i < AXVM_MAX_VCPUS && found < info.nr_vcpus;
	     i++) {
		int fd = vcpu_open(vm->fd, i);

		if (fd == -ENOENT)
			continue;
		if (fd >= 0)
			close(fd);
		ret = flight_open(vm, i, &f->v[f->n]);
		if (ret)
			return ret;
		f->n++;
		found++;
	}
	return 0;
}

void flights_close(struct flights *f)
{
	for (size_t i = 0; i < f->n; i++)
		munmap((void *)f->v[i].head, f->v[i].bytes);
	free(f->v);
	*f = (struct flights){ 0 };
}

static int by_time(const void *a, const void *b)
{
	const struct axvm_exit *x = a, *y = b;

	if (x->time_ns != y->time_ns)
		return x->time_ns < y->time_ns ? -1 : 1;
	if (x->vcpu != y->vcpu)
		return x->vcpu < y->vcpu ? -1 : 1;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

size_t flights_read(struct flights *f, struct axvm_exit **out)
{
	struct axvm_exit *all =
		must(calloc(f->n * AXVM_FLIGHT_SLOTS + 1, sizeof(*all)));
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++)
		n += flight_read(&f->v[i], all + n);
	qsort(all, n, sizeof(*all), by_time);
	*out = all;
	return n;
}
