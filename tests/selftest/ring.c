// SPDX-License-Identifier: GPL-2.0
/*
 * Exits: claiming, the ring and the flight recorder, parked exits and their
 * answers, poll and eventfd, a full ring, a hostile owner.
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/selftest/exits.h"

#define HYPERCALL_NR 0x1234

/* Everything consumed up to now. */
static void consume_all(struct axvm_ring *ring)
{
	__atomic_store_n(&ring->consumed, load(&ring->produced),
			 __ATOMIC_RELEASE);
}

/* ---- claim ------------------------------------------------------------------ */

static void claim_child(void *opaque)
{
	const struct vm *vm = opaque;
	int fd = vm_open(vm->id, NULL), vcpu;

	REQUIRE(fd >= 0);
	vcpu = vm_vcpu_open(fd, 0);
	REQUIRE(vcpu >= 0);
	CHECK_RET(vcpu_claim(vcpu, -1), -EBUSY);
	CHECK_RET(vcpu_release(vcpu), -EPERM);
	CHECK(!vcpu_ring(vcpu) && errno == EPERM);
	CHECK(vcpu_flight(vcpu) != NULL);
}

static void claims(void)
{
	struct axvm_vcpu_info info;
	struct vm vm;
	int other;

	vm_guest(&vm, &guest_halt, 0, 0);
	other = vm_vcpu_open(vm.fd, 0);
	REQUIRE(other >= 0);
	CHECK(!vcpu_ring(vm.vcpu[0]) && errno == EPERM);
	REQUIRE_RET(vcpu_claim(vm.vcpu[0], -1), 0);
	REQUIRE_RET(vcpu_info(other, &info), 0);
	CHECK_EQ(info.claimed, 1);
	CHECK_RET(vcpu_claim(other, -1), -EBUSY);
	CHECK_RET(vcpu_release(other), -EPERM);
	CHECK(!vcpu_ring(other) && errno == EPERM);
	CHECK(reap(spawn(claim_child, &vm), false));
	/* again by the owner, released, taken by another, lost at close */
	CHECK_RET(vcpu_claim(vm.vcpu[0], -1), 0);
	CHECK_RET(vcpu_release(vm.vcpu[0]), 0);
	CHECK_RET(vcpu_release(vm.vcpu[0]), -EPERM);
	CHECK_RET(vcpu_claim(other, -1), 0);
	CHECK_RET(vcpu_claim(vm.vcpu[0], -1), -EBUSY);
	close(other);
	CHECK_RET(vcpu_claim(vm.vcpu[0], -1), 0);
}

static void *try_map(int fd, size_t len, int prot, int flags, uint64_t at)
{
	void *p = mmap(NULL, len, prot, flags, fd, at);

	return p == MAP_FAILED ? NULL : p;
}

static void mappings(void)
{
	const int rw = PROT_READ | PROT_WRITE;
	struct axvm_flight *flight;
	struct axvm_ring *ring;
	struct vm vm;
	int fd;

	vm_guest(&vm, &guest_halt, 0, 0);
	fd = vm.vcpu[0];
	REQUIRE_RET(vcpu_claim(fd, -1), 0);
	ring = vcpu_ring(fd);
	REQUIRE(ring);
	CHECK_EQ(ring->magic, AXVM_RING_MAGIC);
	CHECK_EQ(ring->slots, AXVM_RING_SLOTS);
	CHECK_EQ(ring->produced | ring->consumed | ring->dropped, 0);
	flight = vcpu_flight(fd);
	REQUIRE(flight);
	CHECK_EQ(flight->magic, AXVM_FLIGHT_MAGIC);
	CHECK_EQ(flight->slots, AXVM_FLIGHT_SLOTS);

#define REFUSED(len, prot, flags, at, err)                                     \
	CHECK(!try_map(fd, len, prot, flags, at) && errno == (err))
	REFUSED(ring_bytes() - page, rw, MAP_SHARED, AXVM_MMAP_RING, EINVAL);
	REFUSED(ring_bytes() + page, rw, MAP_SHARED, AXVM_MMAP_RING, EINVAL);
	REFUSED(ring_bytes(), rw, MAP_PRIVATE, AXVM_MMAP_RING, EINVAL);
	REFUSED(ring_bytes() - page, rw, MAP_SHARED, page, EINVAL);
	REFUSED(page, rw, MAP_SHARED, AXVM_MMAP_FLIGHT / 2, EINVAL);
	REFUSED(flight_bytes(), rw, MAP_SHARED, AXVM_MMAP_FLIGHT, EPERM);
	REFUSED(flight_bytes() + page, PROT_READ, MAP_SHARED, AXVM_MMAP_FLIGHT,
		EINVAL);
	REFUSED(flight_bytes() - page, PROT_READ, MAP_SHARED, AXVM_MMAP_FLIGHT,
		EINVAL);
#undef REFUSED
	CHECK(mprotect(flight, page, rw) < 0 && errno == EACCES);
	/* it cannot grow; a piece of it can go */
	CHECK(mremap(ring, ring_bytes(), 2 * ring_bytes(), MREMAP_MAYMOVE) ==
	      MAP_FAILED);
	CHECK(!munmap((char *)ring + page, page));
	CHECK_EQ(ring->magic, AXVM_RING_MAGIC);
}

/* Whoever had the ring before can neither see nor disturb the next owner. */
static void new_pages(void)
{
	struct axvm_ring *old, *new;
	struct vm vm;
	int other;

	vm_guest(&vm, &guest_hypercalls, 0, 0);
	other = vm_vcpu_open(vm.fd, 0);
	REQUIRE_RET(vcpu_claim(vm.vcpu[0], -1), 0);
	old = vcpu_ring(vm.vcpu[0]);
	REQUIRE(old);
	REQUIRE_RET(vcpu_release(vm.vcpu[0]), 0);
	REQUIRE_RET(vcpu_claim(other, -1), 0);
	new = vcpu_ring(other);
	REQUIRE(new);
	memset(old, 0xff, ring_bytes());
	CHECK_EQ(new->magic, AXVM_RING_MAGIC);
	CHECK_EQ(new->consumed, 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	CHECK(readable(other, 5000));
	CHECK(load(&new->produced) > 0);
	CHECK_EQ(old->produced, ~0ull);
	CHECK(!readable(vm.vcpu[0], 0));
}

/* ---- records ---------------------------------------------------------------- */

static void check_hypercall(const struct axvm_exit *e, uint64_t seq)
{
	CHECK_EQ(e->seq, seq);
	CHECK_EQ(e->reason, AXVM_EXIT_HYPERCALL);
	CHECK_EQ(e->vcpu, 0);
	CHECK(e->time_ns > 0 && e->time_ns <= now_ns());
	CHECK(e->pc >= arch.code && e->pc < arch.code + page);
}

/* In order, without gaps but those that @dropped tells of. */
static void ring_order(void)
{
	uint64_t last_time = 0, seen = 0, seq = 0, limit;
	struct axvm_ring *ring;
	struct vm vm;

	vm_guest(&vm, &guest_hypercalls, 0, 0);
	REQUIRE_RET(vcpu_claim(vm.vcpu[0], -1), 0);
	ring = vcpu_ring(vm.vcpu[0]);
	REQUIRE(ring);
	REQUIRE_RET(vm_start(vm.fd), 0);
	limit = now_ns() + slow_ns(5000000000ull);
	while (seen < 1000 && now_ns() < limit) {
		uint64_t produced = load(&ring->produced);

		CHECK(produced - seen <= AXVM_RING_SLOTS);
		if (seen == produced)
			readable(vm.vcpu[0], 100);
		for (; seen < produced; seen++) {
			const struct axvm_exit *e = ring_slot(ring, seen);

			CHECK(e->seq > seq);
			check_hypercall(e, e->seq);
			/* the guest counts its calls as the kernel does */
			CHECK_EQ(e->hypercall.nr, e->seq);
			CHECK(e->time_ns >= last_time);
			last_time = e->time_ns;
			seq = e->seq;
			__atomic_store_n(&ring->consumed, seen + 1,
					 __ATOMIC_RELEASE);
		}
	}
	CHECK(seen >= 1000);
	REQUIRE_RET(vm_suspend(vm.fd), 0);
	/* every record was taken, is in the ring, or was dropped */
	CHECK_EQ(load(&ring->produced) + ring->dropped,
		 vm_stat(vm.fd, AXVM_NR_STATS + AXVM_EXIT_HYPERCALL));
	CHECK_EQ(vm_stat(vm.fd, AXVM_STAT_ring_dropped), ring->dropped);
}

static void hypercall_fields(void)
{
	const struct axvm_exit *e;
	struct axvm_ring *ring;
	struct vm vm;

	vm_guest(&vm, &guest_hypercall, 0, 0);
	REQUIRE_RET(vcpu_claim(vm.vcpu[0], -1), 0);
	ring = vcpu_ring(vm.vcpu[0]);
	REQUIRE(ring);
	REQUIRE_RET(vm_start(vm.fd), 0);
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, NULL), 0);
	CHECK(load(&ring->produced) >= 2);
	e = ring_slot(ring, 0);
	check_hypercall(e, 1);
	CHECK_EQ(e->flags, 0);
	CHECK_EQ((uint32_t)e->hypercall.nr, HYPERCALL_NR);
	CHECK_EQ((uint32_t)e->hypercall.args[0], 0x11);
	CHECK_EQ((uint32_t)e->hypercall.args[1], 0x22);
	CHECK_EQ((uint32_t)e->hypercall.args[2], 0x33);
	CHECK_EQ((uint32_t)e->hypercall.args[3], 0x44);
	/* nobody answered: all-ones */
	CHECK_EQ(vm_result(vm.fd, 0), 0xffffffff);
	e = ring_slot(ring, 1);
	CHECK_EQ(e->seq, 2);
	CHECK_EQ(e->reason, AXVM_EXIT_HALT);
}

static void full_ring(void)
{
	struct axvm_ring *ring;
	struct vm vm;
	uint64_t seq, i;

	vm_guest(&vm, &guest_flood, 3 * AXVM_RING_SLOTS, 0);
	REQUIRE_RET(vm_policy(vm.fd, arch.space, arch.device, 16,
			      AXVM_IO_USER), 0);
	REQUIRE_RET(vcpu_claim(vm.vcpu[0], -1), 0);
	ring = vcpu_ring(vm.vcpu[0]);
	REQUIRE(ring);
	REQUIRE_RET(vm_start(vm.fd), 0);
	/* the ring is full of what nobody took; the question comes through */
	seq = ring_wait_parked(ring);
	CHECK_EQ(seq, 3 * AXVM_RING_SLOTS + 1);
	CHECK_EQ(ring->parked.seq, seq);
	CHECK_EQ(ring->parked.reason, arch.device_read);
	CHECK_EQ(load(&ring->produced), AXVM_RING_SLOTS);
	CHECK_EQ(ring->dropped, 2 * AXVM_RING_SLOTS);
	for (i = 0; i < AXVM_RING_SLOTS; i++)
		check_hypercall(ring_slot(ring, i), i + 1);
	CHECK_RET(vcpu_complete(vm.vcpu[0], seq, 0x55aa, 0), 0);
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, NULL), 0);
	CHECK_EQ(vm_result(vm.fd, 0), 0x55aa);
	/* the halt found no place either */
	CHECK_EQ(ring->dropped, 2 * AXVM_RING_SLOTS + 1);
}

/* ---- parked exits ----------------------------------------------------------- */

static void answers(void)
{
	struct axvm_ring *ring;
	struct vm vm;
	int other;

	vm_guest(&vm, &guest_device, 0, 0);
	other = vm_vcpu_open(vm.fd, 0);
	REQUIRE_RET(vm_policy(vm.fd, arch.space, arch.device, 16,
			      AXVM_IO_USER), 0);
	REQUIRE_RET(vcpu_claim(vm.vcpu[0], -1), 0);
	ring = vcpu_ring(vm.vcpu[0]);
	REQUIRE(ring);
	CHECK_RET(vcpu_complete(vm.vcpu[0], 0, 0, 0), -ENOENT);
	REQUIRE_RET(vm_start(vm.fd), 0);
	CHECK(ring_wait_parked(ring) != 0);
	CHECK_RET(vcpu_complete(other, ring->parked_seq, 0, 0), -EPERM);
	device_step(&vm, ring, arch.device_write, 0, 4, 0x11223344, 0);
	/* bits beyond the access's width do not reach the guest */
	device_step(&vm, ring, arch.device_read, 4, 4, 0, 0xa5a5600dcafeull);
	device_step(&vm, ring, arch.device_read, 8, 1, 0, 0xfff7b);
	device_step(&vm, ring, arch.device_write, 12, 2, 0xbeef, 0);
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, NULL), 0);
	CHECK_EQ(vm_result(vm.fd, 0), 0x600dcafe);
	CHECK_EQ(vm_result(vm.fd, 1), 0x7b);
	CHECK_EQ(vm_result(vm.fd, 2), 1);
	CHECK_EQ(ring->parked_seq, 0);
	CHECK_RET(vcpu_complete(vm.vcpu[0], 4, 0, 0), -ENOENT);
	CHECK_EQ(vm_stat(vm.fd, AXVM_STAT_user_exits), 4);
}

static void hypercall_answer(void)
{
	struct axvm_ring *ring;
	uint64_t seq;
	struct vm vm;

	vm_guest(&vm, &guest_hypercall, 0, 0);
	REQUIRE_RET(vm_policy(vm.fd, AXVM_SPACE_HYPERCALL, 0, 0,
			      AXVM_IO_USER), 0);
	REQUIRE_RET(vcpu_claim(vm.vcpu[0], -1), 0);
	ring = vcpu_ring(vm.vcpu[0]);
	REQUIRE(ring);
	REQUIRE_RET(vm_start(vm.fd), 0);
	seq = ring_wait_parked(ring);
	REQUIRE(seq);
	check_hypercall(&ring->parked, seq);
	CHECK_EQ((uint32_t)ring->parked.hypercall.nr, HYPERCALL_NR);
	CHECK_RET(vcpu_complete(vm.vcpu[0], seq, 0x7654321, 0), 0);
	/* one answer is enough */
	CHECK_RET(vcpu_complete(vm.vcpu[0], seq, 1, 0), -ENOENT);
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, NULL), 0);
	CHECK_EQ(vm_result(vm.fd, 0), 0x7654321);
}

static void park_child(void *opaque)
{
	const struct vm *vm = opaque;
	struct axvm_ring *ring;
	int vcpu = vm_vcpu_open(vm_open(vm->id, NULL), 0);

	REQUIRE_RET(vcpu_claim(vcpu, -1), 0);
	ring = vcpu_ring(vcpu);
	REQUIRE(ring && ring_wait_parked(ring));
	kill(getpid(), SIGKILL);
}

/* The owner dies with the question in hand; the next one gets it. */
static void owner_gone(void)
{
	struct axvm_ring *ring;
	uint64_t seq;
	struct vm vm;

	vm_guest(&vm, &guest_hypercall, 0, 0);
	REQUIRE_RET(vm_policy(vm.fd, AXVM_SPACE_HYPERCALL, 0, 0,
			      AXVM_IO_USER), 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	CHECK(reap(spawn(park_child, &vm), true));
	CHECK_RET(vcpu_wait_blocked(vm.vcpu[0], AXVM_WAIT_PARKED), 0);
	REQUIRE_RET(vcpu_claim(vm.vcpu[0], -1), 0);
	CHECK(readable(vm.vcpu[0], 0));
	ring = vcpu_ring(vm.vcpu[0]);
	REQUIRE(ring);
	seq = ring->parked_seq;
	CHECK(seq != 0);
	CHECK_EQ(ring->parked.seq, seq);
	CHECK_EQ(ring->produced, 0);
	CHECK_RET(vcpu_complete(vm.vcpu[0], seq, 0x42, 0), 0);
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, NULL), 0);
	CHECK_EQ(vm_result(vm.fd, 0), 0x42);
}

/* Parked over suspend and resume; stop, start and reset cut through. */
static void park_and_states(void)
{
	struct axvm_ring *ring;
	uint64_t seq, again;
	struct vm vm;

	vm_guest(&vm, &guest_hypercall, 0, 0);
	REQUIRE_RET(vm_policy(vm.fd, AXVM_SPACE_HYPERCALL, 0, 0,
			      AXVM_IO_USER), 0);
	REQUIRE_RET(vcpu_claim(vm.vcpu[0], -1), 0);
	ring = vcpu_ring(vm.vcpu[0]);
	REQUIRE(ring);
	REQUIRE_RET(vm_start(vm.fd), 0);
	seq = ring_wait_parked(ring);
	REQUIRE_RET(vm_suspend(vm.fd), 0);
	CHECK_EQ(ring->parked_seq, seq);
	/* answered while suspended: it takes effect on resume */
	CHECK_RET(vcpu_complete(vm.vcpu[0], seq, 5, 0), 0);
	sleep_ms(20);
	CHECK_EQ(vm_result(vm.fd, 1), 0);
	REQUIRE_RET(vm_resume(vm.fd), 0);
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, NULL), 0);
	CHECK_EQ(vm_result(vm.fd, 0), 5);

	REQUIRE_RET(vm_start(vm.fd), 0);
	again = ring_wait_parked(ring);
	CHECK(again > seq);
	REQUIRE_RET(vm_stop(vm.fd), 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	seq = ring_wait_parked(ring);
	CHECK(seq > again);
	CHECK_RET(vcpu_complete(vm.vcpu[0], again, 0, 0), -ESTALE);
	REQUIRE_RET(vm_reset(vm.fd), 0);
	CHECK_EQ(ring->parked_seq, 0);
	CHECK_RET(vcpu_complete(vm.vcpu[0], seq, 0, 0), -ENOENT);
}

/* ---- poll and eventfd ------------------------------------------------------- */

static void polling(void)
{
	struct axvm_ring *ring;
	struct vm vm;
	int other;

	vm_guest(&vm, &guest_hypercall, 0, 0);
	other = vm_vcpu_open(vm.fd, 0);
	REQUIRE_RET(vcpu_claim(vm.vcpu[0], -1), 0);
	ring = vcpu_ring(vm.vcpu[0]);
	REQUIRE(ring);
	CHECK(!readable(vm.vcpu[0], 0));
	CHECK(!readable(vm.vcpu[0], 20));
	REQUIRE_RET(vm_start(vm.fd), 0);
	CHECK(readable(vm.vcpu[0], 10000));
	CHECK(!readable(other, 0));
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, NULL), 0);
	CHECK(readable(vm.vcpu[0], 0));
	consume_all(ring);
	CHECK(!readable(vm.vcpu[0], 0));
}

static void eventfds(void)
{
	int efd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	int late = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	uint64_t count;
	struct vm vm;

	vm_guest(&vm, &guest_hypercall, 0, 0);
	REQUIRE_RET(vm_policy(vm.fd, AXVM_SPACE_HYPERCALL, 0, 0,
			      AXVM_IO_USER), 0);
	REQUIRE_RET(vcpu_claim(vm.vcpu[0], efd), 0);
	CHECK(read(efd, &count, 8) < 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	CHECK(readable(efd, 10000));
	CHECK(read(efd, &count, 8) == 8);
	CHECK_EQ(count, 1);
	/* another eventfd; then a new owner of a question that waits */
	REQUIRE_RET(vcpu_claim(vm.vcpu[0], late), 0);
	REQUIRE_RET(vcpu_release(vm.vcpu[0]), 0);
	CHECK(read(late, &count, 8) < 0);
	REQUIRE_RET(vcpu_claim(vm.vcpu[0], late), 0);
	CHECK(read(late, &count, 8) == 8);
	CHECK_RET(vcpu_complete(vm.vcpu[0], 1, 0, 0), 0);
	CHECK(readable(late, 10000)); /* the halt */
	CHECK(read(efd, &count, 8) < 0);
}

/* ---- hostile owners --------------------------------------------------------- */

static void hostile_indices(void)
{
	static const uint64_t lies[] = {
		1, 2, AXVM_RING_SLOTS, AXVM_RING_SLOTS + 1, 1ull << 31,
		1ull << 32, 1ull << 63, ~0ull, ~0ull - AXVM_RING_SLOTS,
	};
	uint64_t before, truth;
	struct axvm_ring *ring;
	struct vm vm;
	unsigned int i;

	vm_guest(&vm, &guest_hypercalls, 0, 0);
	REQUIRE_RET(vcpu_claim(vm.vcpu[0], -1), 0);
	ring = vcpu_ring(vm.vcpu[0]);
	REQUIRE(ring);
	REQUIRE_RET(vm_start(vm.fd), 0);
	REQUIRE_RET(vm_wait_result(vm.fd, 0, 10), 0);
	REQUIRE_RET(vm_suspend(vm.fd), 0);
	consume_all(ring);
	truth = ring->consumed;
	for (i = 0; i < ARRAY_SIZE(lies); i++) {
		before = load(&ring->produced);
		ring->consumed = truth + AXVM_RING_SLOTS + lies[i];
		REQUIRE_RET(vm_resume(vm.fd), 0);
		sleep_ms(5);
		REQUIRE_RET(vm_suspend(vm.fd), 0);
		/* what it could not believe, it took for a full ring */
		if (lies[i] < 1ull << 63)
			CHECK_EQ(load(&ring->produced), before);
	}
	/* the truth helps again */
	ring->consumed = truth;
	before = load(&ring->produced);
	consume_all(ring);
	REQUIRE_RET(vm_resume(vm.fd), 0);
	CHECK(readable(vm.vcpu[0], 5000));
	sleep_ms(5);
	CHECK(load(&ring->produced) > before);
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_RUNNING);
}

struct scribble {
	volatile uint8_t *area;
	size_t len;
	volatile bool stop;
};

static void *scribbler(void *opaque)
{
	struct scribble *s = opaque;
	unsigned int seed = 1;

	while (!s->stop)
		s->area[rand_r(&seed) % s->len] = rand_r(&seed);
	return NULL;
}

/* All of the pages are overwritten all the time; kernel and guest go on. */
static void scribbled(void)
{
	struct scribble s = { .len = ring_bytes() };
	struct axvm_flight *flight;
	struct axvm_ring *ring;
	struct axvm_exit e;
	uint64_t at;
	pthread_t thread;
	struct vm vm;

	vm_guest(&vm, &guest_hypercalls, 0, 0);
	REQUIRE_RET(vcpu_claim(vm.vcpu[0], -1), 0);
	ring = vcpu_ring(vm.vcpu[0]);
	flight = vcpu_flight(vm.vcpu[0]);
	REQUIRE(ring && flight);
	s.area = (void *)ring;
	REQUIRE(!pthread_create(&thread, NULL, scribbler, &s));
	REQUIRE_RET(vm_start(vm.fd), 0);
	sleep_ms(300);
	CHECK_RET(vm_wait_result(vm.fd, 0, 2 * AXVM_FLIGHT_SLOTS), 0);
	s.stop = true;
	pthread_join(thread, NULL);
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_RUNNING);
	REQUIRE_RET(vm_suspend(vm.fd), 0);
	/* the recorder has every word right */
	at = load(&flight->produced);
	REQUIRE(at > AXVM_FLIGHT_SLOTS);
	CHECK(flight_read(flight, at - 1, &e));
	check_hypercall(&e, at);
	CHECK_EQ(e.hypercall.nr, at);
}

/* ---- flight recorder -------------------------------------------------------- */

static void recorder(void)
{
	struct axvm_flight *flight;
	uint64_t good = 0, at, limit;
	struct axvm_exit e;
	struct vm vm;

	vm_guest(&vm, &guest_hypercalls, 0, 0);
	flight = vcpu_flight(vm.vcpu[0]);
	REQUIRE(flight);
	REQUIRE_RET(vm_start(vm.fd), 0);
	limit = now_ns() + slow_ns(500000000ull);
	while (now_ns() < limit) {
		at = load(&flight->produced);
		if (!at || !flight_read(flight, at - 1, &e))
			continue;
		check_hypercall(&e, at);
		CHECK_EQ(e.hypercall.nr, at);
		good++;
	}
	CHECK(good > 0);
	/* it outlives stop, destroy and all descriptors */
	REQUIRE_RET(vm_destroy(vm.id, NULL), 0);
	vm_close(&vm);
	at = load(&flight->produced);
	for (good = 1; good < AXVM_FLIGHT_SLOTS && good <= at; good++) {
		CHECK(flight_read(flight, at - good, &e));
		CHECK_EQ(e.seq, at - good + 1);
	}
}

static const struct test tests[] = {
	{ "one owner at a time", claims },
	{ "mappings of ring and recorder", mappings },
	{ "each owner has pages of its own", new_pages },
	{ "records come in order, gaps are told", ring_order },
	{ "a hypercall's record", hypercall_fields },
	{ "a full ring drops, but never a question", full_ring },
	{ "parked accesses are answered", answers },
	{ "a hypercall is answered", hypercall_answer },
	{ "the owner dies, the next one answers", owner_gone },
	{ "parked over suspend; stop and reset cut through", park_and_states },
	{ "poll", polling },
	{ "eventfd of the claim", eventfds },
	{ "an index out of range reads as a full ring", hostile_indices },
	{ "an owner that overwrites everything", scribbled },
	{ "the flight recorder, during and after", recorder },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
