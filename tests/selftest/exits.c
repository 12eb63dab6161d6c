// SPDX-License-Identifier: GPL-2.0
/*
 * Steps through the exits of a guest, for the tests of exits.
 */
#include <string.h>

#include "tests/selftest/exits.h"

uint64_t load(const __u64 *p)
{
	return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}

bool flight_read(const struct axvm_flight *f, uint64_t index,
		 struct axvm_exit *out)
{
	*out = *ring_slot(f, index);
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return index + f->slots > load(&f->produced);
}

void device_step(struct vm *vm, struct axvm_ring *ring, uint32_t reason,
			uint64_t offset, unsigned int bytes, uint64_t data,
			uint64_t answer)
{
	uint64_t seq = ring_wait_parked(ring);
	struct axvm_exit *e = &ring->parked;
	struct axvm_vcpu_info info;

	REQUIRE(seq != 0);
	CHECK_EQ(e->seq, seq);
	CHECK_EQ(e->reason, reason);
	CHECK(e->flags & AXVM_EXIT_WANTS_ANSWER);
	CHECK_EQ(arch_exit_address(e), arch.device + offset);
	CHECK_EQ(arch_exit_bytes(e), bytes);
	if (reason == arch.device_write)
		CHECK_EQ(arch_exit_data(e), data);
	CHECK_RET(vcpu_wait_blocked(vm->vcpu[0], AXVM_WAIT_PARKED), 0);
	REQUIRE_RET(vcpu_info(vm->vcpu[0], &info), 0);
	CHECK_EQ(info.last_exit, reason);
	CHECK(readable(vm->vcpu[0], 0));
	CHECK_RET(vcpu_complete(vm->vcpu[0], seq + 1, answer, 0), -ESTALE);
	CHECK_RET(vcpu_complete(vm->vcpu[0], 0, answer, 0), -ESTALE);
	CHECK_RET(vcpu_complete(vm->vcpu[0], seq, answer, 0), 0);
}
