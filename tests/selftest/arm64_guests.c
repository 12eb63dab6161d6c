// SPDX-License-Identifier: GPL-2.0
/*
 * Runs the guests of tests/guest/arm64 and checks what each of them saw.  The
 * images are found in $AXVM_GUESTS, else in ../guest next to this program,
 * where `make test` puts them.
 */
#include <sched.h>
#include <string.h>

#include "tests/selftest/arm64_tiny.h"

#define DEVICE 0x0b000000ull
#define EC(esr) ((unsigned int)((esr) >> 26) & 0x3f)

static void calls(void)
{
	struct vm vm;

	tiny_make(&vm, "exits", 0);
	tiny_run(&vm);
	CHECK_EQ(tiny_out(&vm, A64_PSCI_VERSION) >> 16, 1);
	SAW(A64_PSCI_VERSION_SMC, tiny_out(&vm, A64_PSCI_VERSION));
	SAW(A64_PSCI_UNKNOWN, ~0ull);
	SAW(A64_PSCI_FEATURES_ON, 0);
	SAW(A64_PSCI_AFFINITY_SELF, 0);
	SAW(A64_PSCI_AFFINITY_BAD, (uint64_t)-2);
	SAW(A64_PSCI_ON_SELF, (uint64_t)-4);
	SAW(A64_PSCI_ON_BAD, (uint64_t)-2);
	SAW(A64_PSCI_MIGRATE_TYPE, 2);
	CHECK(tiny_out(&vm, A64_SMCCC_VERSION) >= 0x10001);
	SAW(A64_SMC_UNKNOWN, ~0ull);
	SAW(A64_HVC_RESULT, ~0ull); /* nobody answers it */
}

static void registers(void)
{
	struct vm vm;

	tiny_make(&vm, "exits", 0);
	tiny_run(&vm);
	SAW(A64_CURRENTEL, 1 << 2);
	CHECK_EQ(tiny_out(&vm, A64_MPIDR), 1u << 31);
	CHECK(tiny_out(&vm, A64_MIDR) != 0);
	/* EL0 and EL1 only, AArch64; no SVE, no RAS. */
	CHECK_EQ(tiny_out(&vm, A64_PFR0) & 0xffff, 0x11);
	CHECK_EQ(tiny_out(&vm, A64_PFR0) >> 32 & 0xf, 0);
	CHECK_EQ(tiny_out(&vm, A64_DFR0) >> 8 & 0xf, 0); /* no PMU */
	CHECK_EQ(EC(tiny_out(&vm, A64_PMCR_ESR)), 0);
	CHECK(tiny_out(&vm, A64_PMCR_ESR) != 0);
	CHECK_EQ(tiny_out(&vm, A64_UNKNOWN_ESR), 1u << 25); /* undefined, 32 bits */
	CHECK_EQ(tiny_out(&vm, A64_VBAR_EL2_ESR), 1u << 25);
	SAW(A64_OSLAR_ESR, 0);
	SAW(A64_ACTLR_ESR, 0);
	SAW(A64_CONTEXTIDR, 0x1234);
	SAW(A64_TPIDR, 0x1122334455667788ull ^ 0x99);
	SAW(A64_SETWAY_DONE, 1);
	SAW(A64_MAINTENANCE_DONE, 1);
	SAW(A64_WFE_DONE, 1);
	SAW(A64_COUNTER_FORWARD, 1);
	CHECK(tiny_out(&vm, A64_CNTFRQ) > 1000000);
}

static void faults(void)
{
	struct vm vm;

	tiny_make(&vm, "exits", 0);
	tiny_run(&vm);
	SAW(A64_BRK_ESR, 0xf2000077);
	SAW(A64_UDF_ESR, 1u << 25);
	SAW(A64_SVC_ESR, 0); /* a NOP does not trap */
	/* Nothing there: a synchronous external abort at the same level. */
	CHECK_EQ(EC(tiny_out(&vm, A64_ABORT_ESR)), 0x25);
	CHECK_EQ(tiny_out(&vm, A64_ABORT_ESR) & 0x7f, 0x10);
	SAW(A64_ABORT_FAR, 0x30000000);
	CHECK_EQ(tiny_out(&vm, A64_ABORT_STORE_ESR) & 0x7f, 0x50); /* a write */
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

	tiny_make(&vm, "mmio", AXVM_VCPU_SYNC);
	tiny_arg(&vm, 0, DEVICE);
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
	tiny_check_done(&vm);
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
	tiny_arg(vm, 0, DEVICE);
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

	tiny_make(&vm, "ldst", AXVM_VCPU_SYNC);
	run_ldst(&vm, device, &run);
	CHECK_EQ(run.exit.reason, AXVM_EXIT_HALT);
	tiny_check_done(&vm);
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

	tiny_make(&vm, "ldst", AXVM_VCPU_SYNC);
	tiny_arg(&vm, 1, 1);
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

	tiny_make(&vm, "hvc", AXVM_VCPU_SYNC);
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
	CHECK_EQ(tiny_word(&vm, 0), 0xfeedfacecafef00dull);
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_STOPPED);
}

static void reset(void)
{
	struct axvm_vm_wait wait;
	struct vm vm;

	tiny_make(&vm, "reset", 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	CHECK_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, &wait), 0);
	CHECK_EQ(wait.stop_reason, AXVM_EXIT_RESET);
}

#define KEEPERS 3

/*
 * Guests that look at what they left in registers, all on one CPU, which they
 * take from each other.
 */
static void keepers(const char *guest, uint64_t rounds)
{
	struct axvm_vm_wait wait;
	uint64_t preempted = 0;
	struct vm vm[KEEPERS];
	unsigned int i;
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	REQUIRE(!sched_setaffinity(0, sizeof(one), &one));
	for (i = 0; i < KEEPERS; i++) {
		tiny_make(&vm[i], guest, 0);
		tiny_arg(&vm[i], 0, 1000 + 77777 * i);
		tiny_arg(&vm[i], 1, rounds);
	}
	for (i = 0; i < KEEPERS; i++)
		REQUIRE_RET(vm_start(vm[i].fd), 0);
	for (i = 0; i < KEEPERS; i++) {
		CHECK_RET(vm_wait_state(vm[i].fd, AXVM_VM_STOPPED, &wait), 0);
		tiny_check_done(&vm[i]);
		if (!CHECK_EQ(tiny_out(&vm[i], 0), 0))
			note("which: %#llx",
			     (unsigned long long)tiny_out(&vm[i], 2));
		CHECK_EQ(tiny_out(&vm[i], 1), rounds);
		preempted += vm_stat(vm[i].fd, AXVM_STAT_preempted);
	}
	note("%llu times one made room", (unsigned long long)preempted);
	CHECK(preempted > 0);
}

static void fpu(void)
{
	keepers("fpu", 600);
}

static void el1(void)
{
	keepers("el1", 300);
}

static void memory(void)
{
	struct axvm_vm_info info;
	uint64_t from = GUEST_ARM64_RAM + (16 << 20), len = 32 << 20;
	struct vm vm;

	tiny_make(&vm, "memory", 0);
	tiny_arg(&vm, 0, from);
	tiny_arg(&vm, 1, len);
	tiny_run(&vm);
	SAW(0, 0);
	SAW(1, len / 4096);
	CHECK_EQ(vm_read64(vm.fd, from + 5 * 4096),
		 (from + 5 * 4096) ^ 0x5a5a5a5a);
	REQUIRE_RET(vm_info(vm.fd, &info), 0);
	CHECK(info.mem_resident >= len && info.mem_resident <= TINY_RAM);
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

	tiny_make(&vm, "pingpong", 0);
	tiny_arg(&vm, 0, 2000);
	tiny_arg(&vm, 1, by_psci);
	REQUIRE_RET(vm_vcpu(&vm, 1, 0), 0);
	if (!by_psci)
		tiny_entry(&vm, 1);
	REQUIRE_RET(vm_start(vm.fd), 0);
	CHECK_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, &wait), 0);
	CHECK_EQ(wait.stop_reason, AXVM_EXIT_HALTED);
	tiny_check_done(&vm);
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

static void mmu(void)
{
	uint64_t page = GUEST_ARM64_RAM + 0x200000;
	struct vm vm;

	tiny_make(&vm, "mmu", 0);
	tiny_run(&vm);
	SAW(A64M_SCTLR, 0x1005);
	SAW(A64M_SEEN_CACHED, 0x1234);
	SAW(A64M_ALIAS, 0x5678);
	/* Data aborts at EL1: permission and translation faults, level 3. */
	SAW(A64M_READ_ONLY_ESR, 0x9600004f);
	SAW(A64M_READ_ONLY_FAR, page + 4096);
	SAW(A64M_MISSING_ESR, 0x96000007);
	SAW(A64M_MISSING_FAR, page + 8192);
	CHECK_EQ(tiny_out(&vm, A64M_PAR) & 0xfffffffff001ull,
		 GUEST_ARM64_RAM + 0x100000);
	CHECK_EQ(tiny_out(&vm, A64M_HOLE_ESR) & 0xfc00007f, 0x94000010);
}

/* Exits as fast as they come: the host and destroy do not care. */
static void storm(void)
{
	uint64_t begin, exits;
	struct vm vm;

	tiny_make(&vm, "storm", 0);
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
	{ "FP and SIMD registers of three VMs on a CPU survive", fpu },
	{ "EL1's registers of three VMs on a CPU survive", el1 },
	{ "memory is filled on demand", memory },
	{ "two vCPUs run at once", two_vcpus },
	{ "CPU_ON starts the second vCPU", cpu_on },
	{ "the guest's MMU and caches, and its faults", mmu },
	{ "a storm of exits ends with destroy", storm },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
