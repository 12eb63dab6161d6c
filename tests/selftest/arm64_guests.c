// SPDX-License-Identifier: GPL-2.0
/*
 * Runs the guests of tests/guest/arm64 and checks what each of them saw.  The
 * images are found in $AXVM_GUESTS, else in ../guest next to this program,
 * where `make test` puts them.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/guest/guest.h"
#include "tests/selftest/harness.h"
#include "uapi/axvm_arm64.h"

#define RAM (64u << 20)
#define DEVICE 0x0b000000ull
#define EC(esr) ((unsigned int)((esr) >> 26) & 0x3f)

static void load(struct vm *vm, const char *name)
{
	static char image[512 << 10];
	const char *dir = getenv("AXVM_GUESTS") ?: "../guest";
	char path[300];
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "%s/%s.bin", dir, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		test_skip("the guests are not here; set AXVM_GUESTS");
	len = read(fd, image, sizeof(image));
	close(fd);
	REQUIRE(len > 0);
	REQUIRE_RET(vm_write(vm->fd, GUEST_ARM64_LOAD, image, len), 0);
}

/* start.S wants the index in x1. */
static void entry(struct vm *vm, unsigned int index)
{
	struct axvm_arm64_regs regs = { .pc = GUEST_ARM64_LOAD,
					.pstate = 0x3c5 };
	struct axvm_regs block = {
		.size = sizeof(block),
		.block = AXVM_REGS_GENERAL,
		.len = sizeof(regs),
		.buf = (uintptr_t)&regs,
	};

	regs.x[1] = index;
	REQUIRE_RET(call(vm->vcpu[index], AXVM_VCPU_SET_REGS, &block), 0);
}

static void make_vm(struct vm *vm, const char *name, uint32_t flags)
{
	REQUIRE_RET(vm_create(vm, NULL), 0);
	REQUIRE_RET(vm_memory(vm, GUEST_ARM64_RAM, RAM), 0);
	load(vm, name);
	REQUIRE_RET(vm_vcpu(vm, 0, flags), 0);
	entry(vm, 0);
}

static void set_arg(struct vm *vm, unsigned int n, uint64_t value)
{
	REQUIRE_RET(vm_write(vm->fd,
			     GUEST_ARM64_RESULTS + 8 * (GUEST_R_ARG + n),
			     &value, 8),
		    0);
}

static uint64_t word(struct vm *vm, unsigned int n)
{
	return vm_read64(vm->fd, GUEST_ARM64_RESULTS + 8 * n);
}

static uint64_t out(struct vm *vm, unsigned int n)
{
	return word(vm, GUEST_R_OUT + n);
}

static void check_done(struct vm *vm)
{
	CHECK_EQ(word(vm, GUEST_R_MAGIC), GUEST_MAGIC);
	if (!CHECK_EQ(word(vm, GUEST_R_FAULTS), 0))
		note("syndrome %#llx at %#llx",
		     (unsigned long long)word(vm, GUEST_R_VECTOR),
		     (unsigned long long)word(vm, GUEST_R_PC));
	CHECK_EQ(word(vm, GUEST_R_DONE), GUEST_DONE);
}

static void run_to_halt(struct vm *vm)
{
	struct axvm_vm_wait wait;

	REQUIRE_RET(vm_start(vm->fd), 0);
	CHECK_RET(vm_wait_state(vm->fd, AXVM_VM_STOPPED, &wait), 0);
	CHECK_EQ(wait.stop_reason, AXVM_EXIT_HALTED);
	check_done(vm);
}

#define SAW(what, want) CHECK_EQ(out(&vm, what), want)

static void calls(void)
{
	struct vm vm;

	make_vm(&vm, "exits", 0);
	run_to_halt(&vm);
	CHECK_EQ(out(&vm, A64_PSCI_VERSION) >> 16, 1);
	SAW(A64_PSCI_VERSION_SMC, out(&vm, A64_PSCI_VERSION));
	SAW(A64_PSCI_UNKNOWN, ~0ull);
	SAW(A64_PSCI_FEATURES_ON, 0);
	SAW(A64_PSCI_AFFINITY_SELF, 0);
	SAW(A64_PSCI_AFFINITY_BAD, (uint64_t)-2);
	SAW(A64_PSCI_ON_SELF, (uint64_t)-4);
	SAW(A64_PSCI_ON_BAD, (uint64_t)-2);
	SAW(A64_PSCI_MIGRATE_TYPE, 2);
	CHECK(out(&vm, A64_SMCCC_VERSION) >= 0x10001);
	SAW(A64_SMC_UNKNOWN, ~0ull);
	SAW(A64_HVC_RESULT, ~0ull); /* nobody answers it */
}

static void registers(void)
{
	struct vm vm;

	make_vm(&vm, "exits", 0);
	run_to_halt(&vm);
	SAW(A64_CURRENTEL, 1 << 2);
	CHECK_EQ(out(&vm, A64_MPIDR), 1u << 31);
	CHECK(out(&vm, A64_MIDR) != 0);
	/* EL0 and EL1 only, AArch64; no SVE, no RAS. */
	CHECK_EQ(out(&vm, A64_PFR0) & 0xffff, 0x11);
	CHECK_EQ(out(&vm, A64_PFR0) >> 32 & 0xf, 0);
	CHECK_EQ(out(&vm, A64_DFR0) >> 8 & 0xf, 0); /* no PMU */
	CHECK_EQ(EC(out(&vm, A64_PMCR_ESR)), 0);
	CHECK(out(&vm, A64_PMCR_ESR) != 0);
	CHECK_EQ(out(&vm, A64_UNKNOWN_ESR), 1u << 25); /* undefined, 32 bits */
	CHECK_EQ(out(&vm, A64_VBAR_EL2_ESR), 1u << 25);
	SAW(A64_OSLAR_ESR, 0);
	SAW(A64_ACTLR_ESR, 0);
	SAW(A64_CONTEXTIDR, 0x1234);
	SAW(A64_TPIDR, 0x1122334455667788ull ^ 0x99);
	SAW(A64_SETWAY_DONE, 1);
	SAW(A64_MAINTENANCE_DONE, 1);
	SAW(A64_WFE_DONE, 1);
	SAW(A64_COUNTER_FORWARD, 1);
	CHECK(out(&vm, A64_CNTFRQ) > 1000000);
}

static void faults(void)
{
	struct vm vm;

	make_vm(&vm, "exits", 0);
	run_to_halt(&vm);
	SAW(A64_BRK_ESR, 0xf2000077);
	SAW(A64_UDF_ESR, 1u << 25);
	SAW(A64_SVC_ESR, 0); /* a NOP does not trap */
	/* Nothing there: a synchronous external abort at the same level. */
	CHECK_EQ(EC(out(&vm, A64_ABORT_ESR)), 0x25);
	CHECK_EQ(out(&vm, A64_ABORT_ESR) & 0x7f, 0x10);
	SAW(A64_ABORT_FAR, 0x30000000);
	CHECK_EQ(out(&vm, A64_ABORT_STORE_ESR) & 0x7f, 0x50); /* a write */
}

/* ---- a device that answers ------------------------------------------------ */

static void mmio(void)
{
	static const struct {
		uint32_t off, bytes;
		uint64_t data;
	} writes[] = {
		{ 0x0, 1, 0x11 },	{ 0x2, 2, 0x2222 },
		{ 0x4, 4, 0x33333333 }, { 0x8, 8, 0x4444444444444444ull },
		{ 0x28, 4, 0 },
	};
	struct axvm_vcpu_run run = { .size = sizeof(run) };
	unsigned int written = 0;
	struct vm vm;
	int err;

	make_vm(&vm, "mmio", AXVM_VCPU_SYNC);
	set_arg(&vm, 0, DEVICE);
	REQUIRE_RET(vm_policy(vm.fd, AXVM_SPACE_MMIO, DEVICE, 4096,
			      AXVM_IO_USER),
		    0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	for (;;) {
		const struct axvm_exit *e = &run.exit;

		err = call(vm.vcpu[0], AXVM_VCPU_RUN, &run);
		REQUIRE_RET(err, 0);
		if (!(e->flags & AXVM_EXIT_WANTS_ANSWER))
			break;
		run.flags = AXVM_VCPU_RUN_ANSWER;
		run.answer = 0xf8f7f6f5f4f3f2f1ull;
		if (e->reason == AXVM_EXIT_MMIO_READ) {
			CHECK(e->gpa - DEVICE >= 0x10);
			continue;
		}
		REQUIRE(e->reason == AXVM_EXIT_MMIO_WRITE);
		REQUIRE(written < ARRAY_SIZE(writes));
		CHECK_EQ(e->gpa - DEVICE, writes[written].off);
		CHECK_EQ(e->mmio.bytes, writes[written].bytes);
		CHECK_EQ(e->mmio.data, writes[written].data);
		written++;
	}
	CHECK_EQ(run.exit.reason, AXVM_EXIT_HALT);
	CHECK_EQ(written, ARRAY_SIZE(writes));
	check_done(&vm);
	SAW(0, 0xf1);
	SAW(1, 0xf2f1);
	SAW(2, 0xf4f3f2f1);
	SAW(3, 0xf8f7f6f5f4f3f2f1ull);
	SAW(4, 0xfffffffffffffff1ull); /* ldrsb x */
	SAW(5, 0xfffffff1); /* ldrsb w */
	SAW(6, 0xfffffffffffff2f1ull);
	SAW(7, 0xfffffffff4f3f2f1ull);
}

/* Runs "ldst" with a device that keeps what is written; its last exit. */
static void run_ldst(struct vm *vm, uint8_t device[256],
		     struct axvm_vcpu_run *run)
{
	const struct axvm_exit *e = &run->exit;

	REQUIRE_RET(vm_policy(vm->fd, AXVM_SPACE_MMIO, DEVICE, 8192,
			      AXVM_IO_USER),
		    0);
	set_arg(vm, 0, DEVICE);
	REQUIRE_RET(vm_start(vm->fd), 0);
	for (;;) {
		REQUIRE_RET(call(vm->vcpu[0], AXVM_VCPU_RUN, run), 0);
		if (!(e->flags & AXVM_EXIT_WANTS_ANSWER))
			return;
		REQUIRE(e->gpa - DEVICE + e->mmio.bytes <= 256);
		CHECK_EQ(e->mmio.reg, 0xff);
		run->flags = AXVM_VCPU_RUN_ANSWER;
		run->answer = 0;
		if (e->reason == AXVM_EXIT_MMIO_WRITE)
			memcpy(device + (e->gpa - DEVICE), &e->mmio.data,
			       e->mmio.bytes);
		else
			memcpy(&run->answer, device + (e->gpa - DEVICE),
			       e->mmio.bytes);
	}
}

static uint64_t dword(const uint8_t *device, unsigned int at)
{
	uint64_t v;

	memcpy(&v, device + at, sizeof(v));
	return v;
}

static void undescribed(void)
{
	struct axvm_vcpu_run run = { .size = sizeof(run) };
	uint8_t device[256] = { 0 };
	struct vm vm;

	make_vm(&vm, "ldst", AXVM_VCPU_SYNC);
	run_ldst(&vm, device, &run);
	CHECK_EQ(run.exit.reason, AXVM_EXIT_HALT);
	check_done(&vm);
	/* what was stored: pair, pair of words, post-index, pre-index */
	CHECK_EQ(dword(device, 0), 0x1122334455667788ull);
	CHECK_EQ(dword(device, 8), 0x99aabbccddeeff00ull);
	CHECK_EQ(dword(device, 16), 0);
	CHECK_EQ(dword(device, 24), 0xa5a5a5a5a5a5a5a5ull);
	CHECK_EQ(dword(device, 32), 0);
	CHECK_EQ(dword(device, 40), 0xee);
	SAW(A64L_STORE_BASE, 40);
	/* what was loaded */
	SAW(A64L_LDP0, 0x1122334455667788ull);
	SAW(A64L_LDP1, 0x99aabbccddeeff00ull);
	SAW(A64L_LDPW0, 0xddeeff00);
	SAW(A64L_LDPW1, 0x99aabbcc);
	SAW(A64L_LDPSW0, 0xffffffffddeeff00ull);
	SAW(A64L_LDPSW1, 0xffffffff99aabbccull);
	SAW(A64L_LDRSB, 0xffffffffffffffeeull);
	SAW(A64L_LDRSH, 0xee);
	SAW(A64L_LOAD_BASE, 0);
	/* SIMD: 16 bytes to 64, their halves swapped to 80, one byte to 96 */
	CHECK_EQ(dword(device, 64), 0x1122334455667788ull);
	CHECK_EQ(dword(device, 72), 0x99aabbccddeeff00ull);
	CHECK_EQ(dword(device, 80), 0x99aabbccddeeff00ull);
	CHECK_EQ(dword(device, 88), 0x1122334455667788ull);
	CHECK_EQ(dword(device, 96), 0xee);
	CHECK_EQ(dword(device, 104), 0);
	SAW(A64L_SIMD, 0x99aabbccddeeff00ull);
	SAW(A64L_SP, 0x1122334455667788ull + 16);
}

/* Data in two pages: recorded, and the VM stops with it. */
static void not_emulated(void)
{
	struct axvm_vcpu_run run = { .size = sizeof(run) };
	uint8_t device[256] = { 0 };
	struct vm vm;

	make_vm(&vm, "ldst", AXVM_VCPU_SYNC);
	set_arg(&vm, 1, 1);
	run_ldst(&vm, device, &run);
	CHECK_EQ(run.exit.reason, AXVM_EXIT_NESTED_PAGE_FAULT);
	CHECK_EQ(run.exit.gpa >> 12, DEVICE >> 12);
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_STOPPED);
}

static void hypercall(void)
{
	struct axvm_vcpu_run run = { .size = sizeof(run) };
	unsigned int i;
	struct vm vm;

	make_vm(&vm, "hvc", AXVM_VCPU_SYNC);
	REQUIRE_RET(vm_policy(vm.fd, AXVM_SPACE_HYPERCALL, 0, 0, AXVM_IO_USER),
		    0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	REQUIRE_RET(call(vm.vcpu[0], AXVM_VCPU_RUN, &run), 0);
	CHECK_EQ(run.exit.reason, AXVM_EXIT_HYPERCALL);
	CHECK_EQ(run.exit.hypercall.nr, 0x42);
	CHECK_EQ(run.exit.hypercall.level, 1);
	for (i = 0; i < 4; i++)
		CHECK_EQ(run.exit.hypercall.args[i], i + 1);
	run.flags = AXVM_VCPU_RUN_ANSWER;
	run.answer = 0xfeedfacecafef00dull;
	REQUIRE_RET(call(vm.vcpu[0], AXVM_VCPU_RUN, &run), 0);
	CHECK_EQ(run.exit.reason, AXVM_EXIT_SYSTEM_DOWN);
	CHECK_EQ(word(&vm, 0), 0xfeedfacecafef00dull);
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_STOPPED);
}

static void reset(void)
{
	struct axvm_vm_wait wait;
	struct vm vm;

	make_vm(&vm, "reset", 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	CHECK_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, &wait), 0);
	CHECK_EQ(wait.stop_reason, AXVM_EXIT_RESET);
}

static void fpu(void)
{
	struct axvm_vm_wait wait;
	struct vm vm[2];
	unsigned int i;

	for (i = 0; i < 2; i++) {
		make_vm(&vm[i], "fpu", 0);
		set_arg(&vm[i], 0, 1000 + 77777 * i);
		set_arg(&vm[i], 1, 300);
	}
	for (i = 0; i < 2; i++)
		REQUIRE_RET(vm_start(vm[i].fd), 0);
	for (i = 0; i < 2; i++) {
		CHECK_RET(vm_wait_state(vm[i].fd, AXVM_VM_STOPPED, &wait), 0);
		check_done(&vm[i]);
		CHECK_EQ(out(&vm[i], 0), 0);
		CHECK_EQ(out(&vm[i], 1), 300);
	}
}

static void memory(void)
{
	struct axvm_vm_info info;
	uint64_t from = GUEST_ARM64_RAM + (16 << 20), len = 32 << 20;
	struct vm vm;

	make_vm(&vm, "memory", 0);
	set_arg(&vm, 0, from);
	set_arg(&vm, 1, len);
	run_to_halt(&vm);
	SAW(0, 0);
	SAW(1, len / 4096);
	CHECK_EQ(vm_read64(vm.fd, from + 5 * 4096),
		 (from + 5 * 4096) ^ 0x5a5a5a5a);
	REQUIRE_RET(vm_info(vm.fd, &info), 0);
	CHECK(info.mem_resident >= len && info.mem_resident <= RAM);
	/* 2 MiB blocks: far fewer faults than pages. */
	CHECK(vm_stat(vm.fd, AXVM_STAT_faults_2m) +
		      vm_stat(vm.fd, AXVM_STAT_faults_4k) >
	      0);
}

/* ---- two vCPUs -------------------------------------------------------------- */

static void ping_pong(bool by_psci)
{
	struct axvm_vm_wait wait;
	struct vm vm;

	make_vm(&vm, "pingpong", 0);
	set_arg(&vm, 0, 2000);
	set_arg(&vm, 1, by_psci);
	REQUIRE_RET(vm_vcpu(&vm, 1, 0), 0);
	if (!by_psci)
		entry(&vm, 1);
	REQUIRE_RET(vm_start(vm.fd), 0);
	CHECK_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, &wait), 0);
	CHECK_EQ(wait.stop_reason, AXVM_EXIT_HALTED);
	check_done(&vm);
	SAW(0, 2000);
	SAW(1, 1000);
	SAW(2, 1000);
	SAW(4, 0);
}

static void two_vcpus(void)
{
	ping_pong(false);
}

static void cpu_on(void)
{
	ping_pong(true);
}

static void interrupts(void)
{
	static const uint32_t intids[] = { 1, 20, 40, 77, 40 };
	struct axvm_irq irq = { .size = sizeof(irq), .vcpus = 1 };
	struct axvm_vm_wait wait;
	unsigned int i;
	struct vm vm;
	int err;

	make_vm(&vm, "irq", 0);
	set_arg(&vm, 0, ARRAY_SIZE(intids));
	REQUIRE_RET(vm_start(vm.fd), 0);
	for (i = 0; i < ARRAY_SIZE(intids); i++) {
		uint64_t limit = now_ns() + slow_ns(10000000000ull);

		irq.irq = intids[i];
		err = call(vm.fd, AXVM_VM_IRQ, &irq);
		if (err == -EOPNOTSUPP)
			test_skip("no GICv3 list registers here");
		REQUIRE_RET(err, 0);
		while (out(&vm, 0) < i + 1 && now_ns() < limit)
			sleep_ms(1);
	}
	CHECK_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, &wait), 0);
	check_done(&vm);
	SAW(0, ARRAY_SIZE(intids));
	SAW(8 + 1, 1);
	SAW(8 + 20, 1);
	SAW(8 + 40, 2);
	SAW(8 + 77, 1);
	irq.irq = 1023;
	CHECK_RET(call(vm.fd, AXVM_VM_IRQ, &irq), -EBADFD); /* it has ended */
}

static void mmu(void)
{
	uint64_t page = GUEST_ARM64_RAM + 0x200000;
	struct vm vm;

	make_vm(&vm, "mmu", 0);
	run_to_halt(&vm);
	SAW(A64M_SCTLR, 0x1005);
	SAW(A64M_SEEN_CACHED, 0x1234);
	SAW(A64M_ALIAS, 0x5678);
	/* Data aborts at EL1: permission and translation faults, level 3. */
	SAW(A64M_READ_ONLY_ESR, 0x9600004f);
	SAW(A64M_READ_ONLY_FAR, page + 4096);
	SAW(A64M_MISSING_ESR, 0x96000007);
	SAW(A64M_MISSING_FAR, page + 8192);
	CHECK_EQ(out(&vm, A64M_PAR) & 0xfffffffff001ull,
		 GUEST_ARM64_RAM + 0x100000);
	CHECK_EQ(out(&vm, A64M_HOLE_ESR) & 0xfc00007f, 0x94000010);
}

static void timer(void)
{
	const uint64_t ticks = 20, step = 100000;
	struct axvm_vm_wait wait;
	struct vm vm;

	make_vm(&vm, "timer", 0);
	set_arg(&vm, 0, ticks);
	set_arg(&vm, 1, step);
	REQUIRE_RET(vm_start(vm.fd), 0);
	CHECK_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, &wait), 0);
	check_done(&vm);
	SAW(0, ticks);
	SAW(1, 0); /* none before its time */
	SAW(2, 0);
	CHECK(out(&vm, 3) >= ticks * step);
}

/* Exits as fast as they come: the host and destroy do not care. */
static void storm(void)
{
	uint64_t begin, exits;
	struct vm vm;

	make_vm(&vm, "storm", 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	begin = now_ns();
	while (vm_stat(vm.fd, AXVM_STAT_exits) < 10000 &&
	       now_ns() - begin < slow_ns(20000000000ull))
		sleep_ms(5);
	exits = vm_stat(vm.fd, AXVM_STAT_exits);
	CHECK(exits >= 10000);
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_RUNNING);
	CHECK_RET(vm_destroy(vm.id, NULL), 0);
	CHECK_RET(vm_state(vm.fd), -ENODEV);
}

static const struct test tests[] = {
	{ "PSCI, SMCCC and foreign calls answer as specified", calls },
	{ "system registers and their views", registers },
	{ "exceptions arrive at EL1 with their syndromes", faults },
	{ "MMIO of every width, signed and unsigned", mmio },
	{ "device accesses that no syndrome describes", undescribed },
	{ "an access that cannot be emulated stops the VM", not_emulated },
	{ "a hypercall's arguments and result", hypercall },
	{ "SYSTEM_RESET by SMC stops the VM as a reset", reset },
	{ "FP and SIMD registers of two VMs survive", fpu },
	{ "memory is filled on demand", memory },
	{ "two vCPUs run at once", two_vcpus },
	{ "CPU_ON starts the second vCPU", cpu_on },
	{ "interrupts reach the guest through list registers", interrupts },
	{ "the guest's MMU and caches, and its faults", mmu },
	{ "the virtual timer wakes the guest on time", timer },
	{ "a storm of exits ends with destroy", storm },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
