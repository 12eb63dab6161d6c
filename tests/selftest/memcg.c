// SPDX-License-Identifier: GPL-2.0
/*
 * Guest memory belongs to its creator's memory cgroup, whoever touches it
 * first; and what happens when that cgroup is full: an error for the caller,
 * an exit that can be answered later for the guest, never a killed process.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/selftest/harness.h"

#define CGROUPS "/sys/fs/cgroup"
#define GROUP CGROUPS "/axvm-selftest"
#define MIB (1ull << 20)
#define HIGH (1ull << 32)

/* A number in a file, or after @key in it. */
static uint64_t file_number(const char *path, const char *key)
{
	FILE *f = fopen(path, "re");
	char word[64] = "", text[64] = "";

	if (!f)
		return 0;
	if (!key) {
		if (!fgets(text, sizeof(text), f))
			text[0] = 0;
	} else {
		while (fscanf(f, "%63s %63s", word, text) == 2 &&
		       strcmp(word, key))
			text[0] = 0;
	}
	fclose(f);
	return strtoull(text, NULL, 0);
}

/* Out of it; VMs made in it go on paying there. */
static void go_home(void)
{
	REQUIRE(file_write(CGROUPS "/cgroup.procs", "0"));
}

static void leave(void)
{
	unsigned int i;

	go_home();
	for (i = 0; i < 50 && rmdir(GROUP) && errno == EBUSY; i++)
		sleep_ms(20);
}

/* This process, and so the VMs that it makes, into a cgroup of its own. */
static void join(const char *limit)
{
	if (geteuid() || access(CGROUPS "/cgroup.subtree_control", W_OK))
		test_skip("no cgroups to be made here");
	if (!file_write(CGROUPS "/cgroup.subtree_control", "+memory"))
		test_skip("no memory cgroups");
	leave();
	REQUIRE(!mkdir(GROUP, 0755) || errno == EEXIST);
	REQUIRE(file_write(GROUP "/memory.max", limit));
	file_write(GROUP "/memory.swap.max", "0");
	REQUIRE(file_write(GROUP "/cgroup.procs", "0"));
}

static uint64_t charged(void)
{
	return file_number(GROUP "/memory.current", NULL);
}

/* Fills what fits; how much that was.  The last call's error in @err. */
static uint64_t fill(struct vm *vm, uint64_t gpa, uint64_t len, int *err)
{
	uint64_t done;

	for (done = 0; done < len; done += 4096) {
		*err = vm_write(vm->fd, gpa + done, "x", 1);
		if (*err)
			break;
	}
	return done;
}

static void creator_pays(void)
{
	uint64_t before;
	struct vm vm;
	int err;

	join("max");
	vm_guest(&vm, &guest_store, arch.hole, 0);
	REQUIRE_RET(vm_memory(&vm, arch.hole, 4096), 0);
	REQUIRE_RET(vm_memory(&vm, HIGH, 16 * MIB), 0);
	before = charged();
	go_home(); /* the vCPU's thread has always been elsewhere */
	REQUIRE_RET(vm_start(vm.fd), 0);
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, NULL), 0);
	CHECK_EQ(vm_read64(vm.fd, arch.hole) & 0xffff, 0x600d);
	CHECK_EQ(fill(&vm, HIGH, 16 * MIB, &err), 16 * MIB);
	CHECK(charged() >= before + 15 * MIB);
	REQUIRE_RET(vm_destroy(vm.id, NULL), 0);
	CHECK(charged() < before + 4 * MIB);
	leave();
}

static void full_for_caller(void)
{
	uint64_t done;
	struct vm vm;
	int err = 0;

	join("16M");
	vm_guest(&vm, &guest_spin, arch.results, 0);
	go_home();
	REQUIRE_RET(vm_start(vm.fd), 0);
	REQUIRE_RET(vm_memory(&vm, HIGH, 64 * MIB), 0);
	done = fill(&vm, HIGH, 64 * MIB, &err);
	CHECK_RET(err, -ENOMEM);
	CHECK(done >= 2 * MIB && done < 16 * MIB);
	/* What is there stays, and the guest goes on. */
	CHECK_EQ(vm_read64(vm.fd, HIGH) & 0xff, 'x');
	CHECK(vm_progresses(vm.fd, 0));
	CHECK_RET(vm_unmap(&vm, HIGH, 64 * MIB), 0);
	CHECK_EQ(file_number(GROUP "/memory.events", "oom_kill"), 0);
	REQUIRE(file_write(GROUP "/memory.max", "max"));
	REQUIRE_RET(vm_memory(&vm, HIGH, 64 * MIB), 0);
	CHECK_EQ(fill(&vm, HIGH, 64 * MIB, &err), 64 * MIB);
	REQUIRE_RET(vm_destroy(vm.id, NULL), 0);
	leave();
}

static void touch(void *at)
{
	*(volatile char *)at = 1;
}

static void full_for_mapping(void)
{
	struct vm vm;
	char *map;
	pid_t pid;
	int err, status;

	join("16M");
	vm_guest(&vm, &guest_spin, arch.results, 0);
	go_home();
	REQUIRE_RET(vm_memory(&vm, HIGH, 64 * MIB), 0);
	fill(&vm, HIGH, 64 * MIB, &err);
	CHECK_RET(err, -ENOMEM);
	map = mmap(NULL, 64 * MIB, PROT_READ | PROT_WRITE, MAP_SHARED, vm.fd,
		   HIGH);
	REQUIRE(map != MAP_FAILED);
	CHECK_EQ(map[0], 'x');
	pid = fork();
	if (!pid) {
		signal(SIGBUS, SIG_DFL);
		touch(map + 63 * MIB);
		_exit(0);
	}
	REQUIRE(waitpid(pid, &status, 0) == pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);
	munmap(map, 64 * MIB);
	REQUIRE_RET(vm_destroy(vm.id, NULL), 0);
	leave();
}

/* The number of the parked record that comes after @old. */
static uint64_t parked_after(struct axvm_ring *ring, uint64_t old)
{
	uint64_t limit = now_ns() + slow_ns(10000000000ull), seq;

	do {
		seq = ring_wait_parked(ring);
		if (seq != old)
			return seq;
		sleep_ms(1);
	} while (now_ns() < limit);
	return 0;
}

/* The guest's own touch parks it, until it is told to try again. */
static void full_for_guest(bool more)
{
	struct axvm_vm_wait wait;
	struct axvm_ring *ring;
	uint64_t seq, next;
	struct vm vm;
	int err;

	join("16M");
	vm_guest(&vm, &guest_store, arch.hole, 0);
	go_home();
	REQUIRE_RET(vm_memory(&vm, arch.hole, 4096), 0);
	REQUIRE_RET(vm_memory(&vm, HIGH, 64 * MIB), 0);
	REQUIRE_RET(vcpu_claim(vm.vcpu[0], -1), 0);
	ring = vcpu_ring(vm.vcpu[0]);
	REQUIRE(ring);
	fill(&vm, HIGH, 64 * MIB, &err);
	CHECK_RET(err, -ENOMEM);
	REQUIRE_RET(vm_start(vm.fd), 0);
	REQUIRE_RET(vm_wait_exit(vm.fd, AXVM_EXIT_MEMORY, NULL), 0);
	REQUIRE_RET(vcpu_wait_blocked(vm.vcpu[0], AXVM_WAIT_PARKED), 0);
	seq = ring_wait_parked(ring);
	REQUIRE(seq);
	/* Still no memory: the same again. */
	REQUIRE_RET(vcpu_complete(vm.vcpu[0], seq, 0, 0), 0);
	next = parked_after(ring, seq);
	REQUIRE(next > seq);
	if (more)
		REQUIRE(file_write(GROUP "/memory.max", "max"));
	REQUIRE_RET(vcpu_complete(vm.vcpu[0], next, 0,
				  more ? 0 : AXVM_COMPLETE_FAULT),
		    0);
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, &wait), 0);
	CHECK_EQ(wait.stop_reason, more ? AXVM_EXIT_HALTED : AXVM_EXIT_MEMORY);
	if (more)
		CHECK_EQ(vm_read64(vm.fd, arch.hole) & 0xffff, 0x600d);
	CHECK_EQ(file_number(GROUP "/memory.events", "oom_kill"), 0);
	REQUIRE_RET(vm_destroy(vm.id, NULL), 0);
	leave();
}

static void guest_waits(void)
{
	full_for_guest(true);
}

static void guest_gives_up(void)
{
	full_for_guest(false);
}

static const struct test tests[] = {
	{ "who created a VM pays for its memory", creator_pays },
	{ "no memory for the caller: an error", full_for_caller },
	{ "no memory for a mapping: SIGBUS", full_for_mapping },
	{ "no memory for the guest: an exit, tried again", guest_waits },
	{ "no memory for the guest: an exit that ends the VM", guest_gives_up },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
