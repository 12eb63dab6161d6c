// SPDX-License-Identifier: GPL-2.0
/*
 * Runs tests/guest/arm64/timers.c and sums up what its vCPUs saw.
 */
#include "tests/selftest/arm64_wake.h"
#include "tests/selftest/latency.h"

#define COUNTS_PER_US 62.5 /* the emulators' counter: 62.5 MHz */

static uint64_t word(struct vm *vm, unsigned int cpu, unsigned int n)
{
	return tiny_out(vm, cpu * A64T_WORDS + n);
}

static uint64_t to_ns(uint64_t counts)
{
	return counts * 1000 / COUNTS_PER_US;
}

static bool spins(const struct wake *w, unsigned int cpu)
{
	return w->flags & WAKE_BUSY && cpu & 1;
}

static uint64_t ticks_of_all(struct vm *vm, const struct wake *w)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < w->vcpus; i++)
		sum += word(vm, i, A64T_TICKS);
	return sum;
}

/* As long as ticks come it goes on; a vCPU that is not woken stops them. */
static bool wait_halted(struct vm *vm, const struct wake *w)
{
	uint64_t seen = 0, since = now_ns();

	while (vm_state(vm->fd) == AXVM_VM_RUNNING) {
		uint64_t now = ticks_of_all(vm, w);

		if (now != seen)
			since = now_ns();
		seen = now;
		if (now_ns() - since > slow_ns(20000000000ull))
			return false;
		sleep_ms(20);
	}
	return true;
}

static void sum_up(struct vm *vm, struct wake *w)
{
	uint64_t sum = 0, ticks = 0, sgis = 0;
	unsigned int i;

	for (i = 0; i < w->vcpus; i++) {
		uint64_t worst = to_ns(word(vm, i, A64T_WORST));
		uint64_t sgi = to_ns(word(vm, i, A64T_SGI_WORST));

		if (spins(w, i))
			continue;
		CHECK_EQ(word(vm, i, A64T_TICKS), w->ticks);
		ticks += word(vm, i, A64T_TICKS);
		sum += word(vm, i, A64T_SUM);
		sgis += word(vm, i, A64T_SGIS);
		w->early += word(vm, i, A64T_EARLY);
		w->lost += word(vm, i, A64T_LOST);
		w->worst_ns = worst > w->worst_ns ? worst : w->worst_ns;
		w->sgi_ns = sgi > w->sgi_ns ? sgi : w->sgi_ns;
	}
	w->mean_ns = ticks ? to_ns(sum / ticks) : 0;
	note("%s: late by %llu us at worst, %llu us on average; %llu SGIs, at worst %llu us; the host's own %llu us",
	     w->what, (unsigned long long)w->worst_ns / 1000,
	     (unsigned long long)w->mean_ns / 1000, (unsigned long long)sgis,
	     (unsigned long long)w->sgi_ns / 1000,
	     (unsigned long long)w->host_ns / 1000);
	CHECK_EQ(w->early, 0);
}

void wake_run(struct wake *w)
{
	unsigned int i;
	struct vm vm;

	tiny_make_platform(&vm, "timers", 0);
	tiny_arg(&vm, 0, w->ticks);
	tiny_arg(&vm, 1, w->ahead_us * COUNTS_PER_US);
	tiny_arg(&vm, 2, w->flags);
	tiny_arg(&vm, 3, w->vcpus);
	for (i = 1; i < w->vcpus; i++) {
		REQUIRE_RET(vm_vcpu(&vm, i, 0), 0);
		tiny_entry(&vm, i);
	}
	latency_begin();
	REQUIRE_RET(vm_start(vm.fd), 0);
	if (!CHECK(wait_halted(&vm, w)))
		for (i = 0; i < w->vcpus; i++)
			note("vCPU %u: %llu of %llu ticks", i,
			     (unsigned long long)word(&vm, i, A64T_TICKS),
			     (unsigned long long)w->ticks);
	w->host_ns = latency_end();
	CHECK_EQ(tiny_word(&vm, GUEST_R_FAULTS), 0);
	sum_up(&vm, w);
	REQUIRE_RET(vm_destroy(vm.id, NULL), 0);
	vm_close(&vm);
}
