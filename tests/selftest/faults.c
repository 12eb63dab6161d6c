// SPDX-License-Identifier: GPL-2.0
/*
 * Answers that are faults: AXVM_COMPLETE_FAULT and AXVM_VCPU_RUN_FAULT.  The
 * guest "faults" makes the accesses and notes what each of them raised; what
 * it must have seen is in faults_<arch>.c.
 */
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/selftest/exits.h"
#include "tests/selftest/faults.h"

#define WORD_END (~0ull)

/* Where `make test` puts the guests, or where they were built. */
static int image_open(void)
{
	static const char *const below[] = { "../guest", "../../guest/x86",
					     "../../guest/arm64" };
	const char *dir = getenv("AXVM_GUESTS");
	char self[200] = "", path[300];
	unsigned int i;
	int fd = -1;

	if (dir) {
		snprintf(path, sizeof(path), "%s/faults.bin", dir);
		return open(path, O_RDONLY | O_CLOEXEC);
	}
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		return -1;
	dir = dirname(self);
	for (i = 0; fd < 0 && i < ARRAY_SIZE(below); i++) {
		snprintf(path, sizeof(path), "%s/%s/faults.bin", dir, below[i]);
		fd = open(path, O_RDONLY | O_CLOEXEC);
	}
	return fd;
}

static void load_guest(struct vm *vm)
{
	static char image[512 << 10];
	int fd = image_open();
	ssize_t len;

	if (fd < 0)
		test_skip("the guests are not here; set AXVM_GUESTS");
	len = read(fd, image, sizeof(image));
	close(fd);
	REQUIRE(len > 0);
	REQUIRE_RET(vm_write(vm->fd, faults.load, image, len), 0);
}

static void make_vm(struct vm *vm, uint32_t flags)
{
	static const uint32_t spaces[] = { AXVM_SPACE_PIO, AXVM_SPACE_MMIO,
					   AXVM_SPACE_HYPERCALL,
					   AXVM_SPACE_SYSREG };
	unsigned int i;

	REQUIRE_RET(vm_create(vm, NULL), 0);
	REQUIRE_RET(vm_memory(vm, faults.ram, faults.ram_len), 0);
	load_guest(vm);
	REQUIRE_RET(vm_write(vm->fd, faults.results + 8 * GUEST_R_ARG,
			     &faults.device, 8),
		    0);
	REQUIRE_RET(vm_vcpu(vm, 0, flags), 0);
	faults_entry(vm->vcpu[0]);
	for (i = 0; i < ARRAY_SIZE(spaces); i++)
		if (spaces[i] != AXVM_SPACE_PIO || dev_info.caps & AXVM_CAP_PIO)
			REQUIRE_RET(vm_policy(vm->fd, spaces[i], 0, 0,
					      AXVM_IO_USER),
				    0);
	REQUIRE_RET(vm_start(vm->fd), 0);
}

static uint64_t word(struct vm *vm, unsigned int n)
{
	return vm_read64(vm->fd, faults.results + 8 * n);
}

/* The address of a device access, 0 of what is none. */
static uint64_t device_address(const struct axvm_exit *e)
{
	switch (e->reason) {
	case AXVM_EXIT_IO_READ:
	case AXVM_EXIT_IO_WRITE:
		return e->io.port;
	case AXVM_EXIT_MMIO_READ:
	case AXVM_EXIT_MMIO_WRITE:
		return e->gpa;
	default:
		return 0;
	}
}

/*
 * Does this access fault?  Of those whose address has bit 3 set (and what
 * follows them in the same instruction) the first few are answered.
 */
static bool answer_faults(const struct axvm_exit *e)
{
	static unsigned int good;
	static uint64_t pc;
	uint64_t address = device_address(e);

	if (e->pc != pc)
		good = 0;
	pc = e->pc;
	if (address && (good || address & 8) && good < faults_good(e)) {
		good++;
		return false;
	}
	good = 0;
	pc = 0;
	return true;
}

static void check_guest(struct vm *vm)
{
	unsigned int i, j;

	CHECK_EQ(word(vm, GUEST_R_MAGIC), GUEST_MAGIC);
	CHECK_EQ(word(vm, GUEST_R_FAULTS), 0);
	CHECK_EQ(word(vm, GUEST_R_DONE) & 0xffff, GUEST_DONE);
	for (i = 0; i < faults.n; i++) {
		const struct fault_seen *want = &faults.seen[i];
		bool good = true;

		for (j = 0; j < 4; j++)
			good &= CHECK_EQ(word(vm, GUEST_R_OUT + 4 * i + j),
					 want->word[j]);
		if (!good)
			note("above: %s", want->what);
	}
	CHECK_EQ(word(vm, GUEST_R_OUT + 4 * faults.n), WORD_END);
}

static void by_run(void)
{
	struct axvm_vcpu_run run = { .size = sizeof(run) };
	const struct axvm_exit *e = &run.exit;
	struct vm vm;

	make_vm(&vm, AXVM_VCPU_SYNC);
	for (;;) {
		REQUIRE_RET(call(vm.vcpu[0], AXVM_VCPU_RUN, &run), 0);
		if (!(e->flags & AXVM_EXIT_WANTS_ANSWER))
			break;
		run.flags = AXVM_VCPU_RUN_ANSWER;
		run.answer = 0xa0a1a2a3a4a5a6a7ull;
		if (answer_faults(e))
			run.flags |= AXVM_VCPU_RUN_FAULT;
	}
	CHECK_EQ(e->reason, AXVM_EXIT_HALT);
	check_guest(&vm);
}

static void by_complete(void)
{
	struct axvm_ring *ring;
	struct axvm_vm_wait wait;
	struct vm vm;

	make_vm(&vm, 0);
	REQUIRE_RET(vcpu_claim(vm.vcpu[0], -1), 0);
	ring = vcpu_ring(vm.vcpu[0]);
	REQUIRE(ring);
	while (vm_state(vm.fd) == AXVM_VM_RUNNING) {
		struct axvm_exit e;
		uint64_t seq = load(&ring->parked_seq);
		uint32_t flags = 0;

		if (!seq) {
			usleep(100);
			continue;
		}
		e = ring->parked;
		if (answer_faults(&e))
			flags = AXVM_COMPLETE_FAULT;
		REQUIRE_RET(vcpu_complete(vm.vcpu[0], seq,
					  0xa0a1a2a3a4a5a6a7ull, flags),
			    0);
	}
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, &wait), 0);
	CHECK_EQ(wait.stop_reason, AXVM_EXIT_HALTED);
	check_guest(&vm);
}

static const struct test tests[] = {
	{ "AXVM_VCPU_RUN_FAULT: the access faults in the guest", by_run },
	{ "AXVM_COMPLETE_FAULT: the access faults in the guest", by_complete },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
