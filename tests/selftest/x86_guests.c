// SPDX-License-Identifier: GPL-2.0
/*
 * Runs the guests of tests/guest/x86 and checks what each of them saw.
 */
#include <cpuid.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/guest/guest.h"
#include "tests/selftest/harness.h"
#include "tests/selftest/x86_image.h"
#include "uapi/axvm_x86.h"

#define DEVICE 0xc0000000ull /* beyond what start.S maps: only by own tables */
#define HOLE 0x20000000ull /* mapped by start.S, no memory there */
#define REAL_HOLE IMAGE_REAL_HOLE

static struct axvm_exit last;

static void make_vm(struct vm *vm, const char *name, uint32_t flags)
{
	image_vm(vm, name, 0, flags);
}

/* ---- answering a sync vCPU ---------------------------------------------------- */

/* A device that is memory; where an access goes to. */
static uint8_t device[4096];
static uint64_t device_base;
static unsigned int device_reads, device_writes;

static uint64_t serve_mmio(void)
{
	uint64_t at = last.gpa - device_base, data = 0;

	if (!CHECK(last.gpa >= device_base &&
		   at + last.mmio.bytes <= sizeof(device)))
		return ~0ull;
	if (last.reason == AXVM_EXIT_MMIO_WRITE) {
		memcpy(device + at, &last.mmio.data, last.mmio.bytes);
		device_writes++;
	} else {
		memcpy(&data, device + at, last.mmio.bytes);
		device_reads++;
	}
	return data;
}

/* Ports: what was written, and counting words for strings. */
static struct {
	uint16_t port;
	uint8_t bytes;
	uint32_t data;
} port_log[64];
static unsigned int port_logged, port_words;

static uint64_t serve_port(void)
{
	if (last.reason == AXVM_EXIT_IO_WRITE) {
		if (port_logged < ARRAY_SIZE(port_log)) {
			port_log[port_logged].port = last.io.port;
			port_log[port_logged].bytes = last.io.bytes;
			port_log[port_logged].data = last.io.data;
		}
		port_logged++;
		return 0;
	}
	if (last.io.string)
		return ++port_words * 0x101;
	return 0x87654321;
}

static uint64_t hypercall_args[7];

/* Run until something that is not answered here. */
static void run_sync(struct vm *vm, unsigned int index)
{
	struct axvm_vcpu_run run = { .size = sizeof(run) };
	unsigned int n;

	for (n = 0; n < 1000000; n++) {
		int err = call(vm->vcpu[index], AXVM_VCPU_RUN, &run);

		REQUIRE_RET(err, 0);
		last = run.exit;
		run.flags = AXVM_VCPU_RUN_ANSWER;
		if (!(last.flags & AXVM_EXIT_WANTS_ANSWER))
			return;
		switch (last.reason) {
		case AXVM_EXIT_MMIO_READ:
		case AXVM_EXIT_MMIO_WRITE:
			run.answer = serve_mmio();
			break;
		case AXVM_EXIT_IO_READ:
		case AXVM_EXIT_IO_WRITE:
			run.answer = serve_port();
			break;
		case AXVM_EXIT_HYPERCALL:
			hypercall_args[0] = last.hypercall.nr;
			memcpy(hypercall_args + 1, last.hypercall.args, 48);
			run.answer = 0xa5a5000000001234 + last.hypercall.nr;
			break;
		default:
			return;
		}
	}
	CHECK(!"the guest ends");
}

static void sync_policies(struct vm *vm, uint64_t mmio)
{
	device_base = mmio;
	REQUIRE_RET(vm_policy(vm->fd, AXVM_SPACE_MMIO, mmio, 4096,
			      AXVM_IO_USER),
		    0);
	REQUIRE_RET(vm_policy(vm->fd, AXVM_SPACE_PIO, 0x500, 16, AXVM_IO_USER),
		    0);
	REQUIRE_RET(vm_policy(vm->fd, AXVM_SPACE_HYPERCALL, 0, 0, AXVM_IO_USER),
		    0);
	set_arg(vm, 0, mmio);
}

static void sync_vm(struct vm *vm, const char *name, uint64_t mmio)
{
	make_vm(vm, name, AXVM_VCPU_SYNC);
	sync_policies(vm, mmio);
}

static void finish_sync(struct vm *vm)
{
	REQUIRE_RET(vm_start(vm->fd), 0);
	run_sync(vm, 0);
	if (!CHECK_EQ(last.reason, AXVM_EXIT_HALT))
		note("at %#llx, qualification %#llx",
		     (unsigned long long)last.pc,
		     (unsigned long long)last.qual);
	check_done(vm);
}

/* ---- tests --------------------------------------------------------------------- */

static void exits(void)
{
	uint32_t a, b, c, d;
	struct vm vm;

	sync_vm(&vm, "exits", HOLE);
	finish_sync(&vm);
#define SAW(what, want) CHECK_EQ(out(&vm, what), want)
	__cpuid(0, a, b, c, d);
	SAW(X86_CPUID0_EBX, b);
	CHECK_EQ(out(&vm, X86_CPUID1_ECX) & (1u << 31 | 1 << 5 | 1 << 3),
		 1u << 31);
	CHECK_EQ(out(&vm, X86_CPUID1_EBX) >> 24, 0); /* APIC id */
	SAW(X86_CPUID_HV_EBX, 0x6d767861); /* "axvm" */
	CHECK(out(&vm, X86_CPUID_HV_EAX) >= 0x40000001);
	CHECK(out(&vm, X86_CPUID_HV_EAX) < 0x40000100);
	SAW(X86_RDMSR_EFER, 0x500);
	SAW(X86_RDMSR_PAT, 0x0007040600070406);
	SAW(X86_RDMSR_UNKNOWN_VEC, 0x10d);
	SAW(X86_WRMSR_UNKNOWN_VEC, 0x10d);
	SAW(X86_WRMSR_EFER_BAD_VEC, 0x10d);
	SAW(X86_WRMSR_STAR, 0x0023001000000000);
	SAW(X86_WRMSR_LSTAR_BAD_VEC, 0x10d);
	SAW(X86_WRMSR_KGS, 0x123456789000);
	SAW(X86_CR0_TS_AFTER_SET, 8);
	SAW(X86_CR0_TS_AFTER_CLTS, 0);
	SAW(X86_CR0_LMSW, 0xb); /* TS, MP, PE */
	SAW(X86_CR0_BAD_VEC, 0x10d);
	SAW(X86_CR4_BAD_VEC, 0x10d);
	SAW(X86_CR4_VMXE_VEC, 0x10d);
	SAW(X86_CR4_READ, 0x620); /* nothing of the host's shows */
	SAW(X86_CR8, 5);
	SAW(X86_CR8_BAD_VEC, 0x10d);
	SAW(X86_CR3_ROUND, 0x70000);
	if (out(&vm, X86_XCR0) != ~0ull) {
		SAW(X86_CPUID_D_EBX, 576); /* XCR0 as after reset */
		SAW(X86_XSETBV_VEC, 0);
		SAW(X86_XSETBV_BAD_VEC, 0x10d);
		SAW(X86_XCR0, 3);
	}
	SAW(X86_INVD_VEC, 0);
	SAW(X86_WBINVD_VEC, 0);
	SAW(X86_INVLPG_VEC, 0);
	SAW(X86_RDTSC_FORWARD, 1);
	CHECK(out(&vm, X86_RDTSCP_AUX) == 77 || out(&vm, X86_RDTSCP_AUX) == 0);
	SAW(X86_UD2_VEC, 0x106);
	SAW(X86_VMXON_VEC, 0x106);
	SAW(X86_MONITOR_VEC, 0x106);
	SAW(X86_RDPMC_VEC, 0x10d);
	SAW(X86_DR_ROUND, 0x1234567);
	SAW(X86_VMCALL_RESULT, 0xa5a5000000001234 + 0x1234);
#undef SAW
	for (a = 1; a <= 6; a++)
		CHECK_EQ(hypercall_args[a], a);
}

static void ports(void)
{
	static const struct {
		uint16_t port;
		uint8_t bytes;
		uint32_t data;
	} want[] = {
		{ 0x500, 1, 0x11 },	  { 0x502, 2, 0x2222 },
		{ 0x504, 4, 0x33333333 }, { 0x508, 1, 'a' },
		{ 0x508, 1, 'b' },	  { 0x508, 1, 'c' },
		{ 0x508, 1, 'd' },	  { 0x508, 1, 'e' },
		{ 0x508, 1, 'f' },	  { 0x508, 1, 'g' },
	};
	struct vm vm;
	unsigned int i;

	sync_vm(&vm, "io", HOLE);
	finish_sync(&vm);
	CHECK_EQ(out(&vm, 0), 0x21);
	CHECK_EQ(out(&vm, 1), 0x4321);
	CHECK_EQ(out(&vm, 2), 0x87654321);
	CHECK_EQ(out(&vm, 3), 0x1122334455667721);
	CHECK_EQ(out(&vm, 4), 0);
	CHECK_EQ(out(&vm, 5), 7);
	/* words 1 to 5, then 6 to 8 backwards from the eighth down, */
	CHECK_EQ(out(&vm, 6), (1 + 2 + 3 + 4 + 5) * 0x101);
	CHECK_EQ(out(&vm, 7), (uint64_t)-6);
	CHECK_EQ(out(&vm, 8), 0xffffffff); /* nobody there */
	CHECK_EQ(port_logged, ARRAY_SIZE(want));
	for (i = 0; i < ARRAY_SIZE(want); i++) {
		CHECK_EQ(port_log[i].port, want[i].port);
		CHECK_EQ(port_log[i].bytes, want[i].bytes);
		CHECK_EQ(port_log[i].data, want[i].data);
	}
}

static void mmio(void)
{
	static const uint8_t written[] = {
		0x11, 0,    0x22, 0x22, 0x33, 0x33, 0x33, 0x33,
		0x44, 0x44, 0x44, 0x44, 0x44, 0x44, 0x44, 0x44,
	};
	struct vm vm;
	unsigned int i;

	for (i = 0x10; i < 0x40; i++)
		device[i] = 0x80 + i;
	sync_vm(&vm, "mmio", HOLE);
	finish_sync(&vm);
	CHECK(!memcmp(device, written, sizeof(written)));
	CHECK_EQ(out(&vm, 0), 0x90);
	CHECK_EQ(out(&vm, 1), 0x9392);
	CHECK_EQ(out(&vm, 2), 0x97969594);
	CHECK_EQ(out(&vm, 3), 0x9f9e9d9c9b9a9998);
	CHECK_EQ(out(&vm, 4), 0xffffffa0);
	CHECK_EQ(out(&vm, 5), 0xa3a2);
	CHECK_EQ(out(&vm, 6), 0x11111111111111a0);
	CHECK(!memcmp(device + 0x28, "\xfe\xff\xff\xff\xff\xff\xff\xff", 8));
	CHECK_EQ(device[0x30], 0x77);
	CHECK_EQ(out(&vm, 7), !(device[0] & 0x5a));
	CHECK_EQ(device[0x34], 0xb4 | 0x10);
}

static void instructions(void)
{
	struct vm vm;

	sync_vm(&vm, "insns", HOLE);
	finish_sync(&vm);
	CHECK_EQ(out(&vm, 0), 129);
	if (!CHECK_EQ(out(&vm, 1), 0))
		note("first: number %d, %#llx: %#llx on the device, %#llx",
		     (int)out(&vm, 2), (unsigned long long)out(&vm, 3),
		     (unsigned long long)out(&vm, 4),
		     (unsigned long long)out(&vm, 5));
	CHECK_EQ(out(&vm, 6), 0x10e);
	CHECK_EQ(out(&vm, 7), 2); /* a write to no page */
	CHECK_EQ(out(&vm, 8), 0x40000123);
	CHECK_EQ(out(&vm, 9), 3);
	CHECK_EQ(out(&vm, 10), 0x10d);
	CHECK_EQ(out(&vm, 11), 0x10e);
	CHECK_EQ(out(&vm, 12), 2);
	CHECK_EQ(out(&vm, 13), 3);
	CHECK_EQ(out(&vm, 14), 0x10e);
	CHECK_EQ(out(&vm, 15), 0);
	CHECK_EQ(port_words, 0); /* no port was read in vain */
	CHECK(device_reads > 2000);
	CHECK(device_writes > 2000);
}

static void real_mode(void)
{
	static const uint8_t stored[] = { 0xef, 0xbe, 0xef, 0xbe, 0xef, 0xbe };
	struct vm vm;
	unsigned int i;

	device[0x12] = 0x34;
	device[0x13] = 0x12;
	sync_vm(&vm, "real", REAL_HOLE);
	finish_sync(&vm);
	CHECK_EQ(out(&vm, 0), 0);
	CHECK_EQ(out(&vm, 1), 2);
	CHECK_EQ(port_logged, 4);
	for (i = 0; i < 4; i++)
		CHECK_EQ(port_log[i].data, 'a' + i);
	CHECK_EQ(out(&vm, 2), 0x1234);
	CHECK_EQ(out(&vm, 3), 0x26);
	CHECK(!memcmp(device + 0x20, stored, sizeof(stored)));
	CHECK_EQ(device[0x26], 0);
	CHECK_EQ(out(&vm, 4), 1);
	CHECK_EQ(out(&vm, 5), 0x1234 + 0x16);
	CHECK_EQ((uint32_t)hypercall_args[1], 0x11);
	CHECK_EQ(out(&vm, 6), 0x78617861); /* "axvm", "axvm": low words */
	CHECK_EQ(out(&vm, 7), 0x106);
}

static void protected_mode(void)
{
	struct vm vm;

	memcpy(device + 4, "\x78\x56\x34\x12", 4);
	sync_vm(&vm, "prot", DEVICE);
	finish_sync(&vm);
	CHECK_EQ(out(&vm, 0), 0x1234 + 0x32);
	CHECK_EQ((uint32_t)hypercall_args[0], 0x32);
	CHECK_EQ((uint32_t)hypercall_args[1], 1);
	CHECK_EQ((uint32_t)hypercall_args[4], 4);
	CHECK_EQ(out(&vm, 1), 0xfeed1234);
	CHECK_EQ(out(&vm, 2), 3); /* present, write */
	CHECK_EQ(out(&vm, 3), 0x10001010);
	CHECK_EQ(out(&vm, 4), 0);
	CHECK_EQ(out(&vm, 5), 0x10002020);
	CHECK_EQ(out(&vm, 6), 0xfeed1234);
	CHECK_EQ(out(&vm, 7), 0);
	CHECK_EQ(out(&vm, 8), 0x40000008);
	CHECK_EQ(out(&vm, 9), 0x10d);
	CHECK_EQ(out(&vm, 10), (uint32_t)-1); /* EPERM, not asked */
	CHECK_EQ(out(&vm, 11), 0x10d);
	CHECK_EQ(out(&vm, 12), 0x12345678);
	CHECK_EQ(out(&vm, 13), 0x10d);
	CHECK_EQ(out(&vm, 14) & 0x40000000, 0);
	CHECK_EQ(out(&vm, 15), 0x10d);
	CHECK_EQ(out(&vm, 16) & 0xc0, 0);
	CHECK_EQ(out(&vm, 17), 0);
	CHECK_EQ(out(&vm, 18) & 0x40000000, 0x40000000);
	CHECK_EQ(out(&vm, 19) & 0xc0, 0xc0);
}

/* The same guest may ask from CPL 3 where the VM allows it. */
static void user_calls(void)
{
	struct axvm_vm_info info;
	struct vm vm;

	memcpy(device + 4, "\x78\x56\x34\x12", 4);
	image_vm(&vm, "prot", AXVM_VM_USER_CALLS, AXVM_VCPU_SYNC);
	REQUIRE_RET(vm_info(vm.fd, &info), 0);
	CHECK_EQ(info.flags, AXVM_VM_USER_CALLS);
	sync_policies(&vm, DEVICE);
	finish_sync(&vm);
	CHECK_EQ(out(&vm, 10), 0x1234 + 0x33);
	CHECK_EQ((uint32_t)hypercall_args[0], 0x33);
}

static void wait_halted(struct vm *vm)
{
	struct axvm_vm_wait wait;

	REQUIRE_RET(vm_wait_state(vm->fd, AXVM_VM_STOPPED, &wait), 0);
	CHECK_EQ(wait.stop_reason, AXVM_EXIT_HALTED);
	check_done(vm);
}

/* Three, so that XCR0 is another one whenever they take turns on a CPU. */
static void fpu(void)
{
	static const char *const levels[] = { "SSE", "AVX", "AVX-512" };
	struct vm vm[3];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vm); i++) {
		make_vm(&vm[i], "fpu", 0);
		set_arg(&vm[i], 0, 1000 + 77777 * i);
		set_arg(&vm[i], 1, 200);
		set_arg(&vm[i], 2, i);
	}
	for (i = 0; i < ARRAY_SIZE(vm); i++)
		REQUIRE_RET(vm_start(vm[i].fd), 0);
	for (i = 0; i < ARRAY_SIZE(vm); i++) {
		wait_halted(&vm[i]);
		CHECK_EQ(out(&vm[i], 0), 0);
		CHECK_EQ(out(&vm[i], 1), 200);
		CHECK(out(&vm[i], 2) <= i);
	}
	note("up to %s", levels[out(&vm[2], 2)]);
}

static void memory(void)
{
	const uint64_t from = 2 << 20, len = 10 << 20;
	struct axvm_vm_info info;
	struct vm vm;
	uint64_t at;

	make_vm(&vm, "memory", 0);
	set_arg(&vm, 0, from);
	set_arg(&vm, 1, len);
	REQUIRE_RET(vm_start(vm.fd), 0);
	wait_halted(&vm);
	CHECK_EQ(out(&vm, 0), 0);
	CHECK_EQ(out(&vm, 1), len / 4096);
	for (at = from; at < from + len; at += 4096)
		if (vm_read64(vm.fd, at) != (at ^ 0x5a5a5a5a))
			break;
	CHECK_EQ(at, from + len);
	REQUIRE_RET(vm_info(vm.fd, &info), 0);
	CHECK(info.mem_resident >= len);
}

static int inject(struct vm *vm, uint32_t vector)
{
	struct axvm_irq irq = {
		.size = sizeof(irq),
		.vcpus = 1,
		.irq = vector,
	};

	return call(vm->fd, AXVM_VM_IRQ, &irq);
}

static void interrupts(void)
{
	static const uint8_t vectors[] = { 32, 255, 64, 33, 64, 128, 254, 64 };
	uint64_t limit;
	struct vm vm;
	unsigned int i;

	make_vm(&vm, "irq", 0);
	set_arg(&vm, 0, ARRAY_SIZE(vectors));
	REQUIRE_RET(vm_start(vm.fd), 0);
	for (i = 0; i < ARRAY_SIZE(vectors); i++) {
		/* one at a time, so that none is merged with another */
		REQUIRE_RET(inject(&vm, vectors[i]), 0);
		limit = now_ns() + slow_ns(10000000000ull);
		while (out(&vm, 0) <= i && now_ns() < limit)
			sleep_ms(1);
		if (!CHECK_EQ(out(&vm, 0), i + 1))
			return;
	}
	wait_halted(&vm);
	CHECK_EQ(out(&vm, 8 + 64), 3);
	CHECK_EQ(out(&vm, 8 + 32), 1);
	CHECK_EQ(out(&vm, 8 + 255), 1);
	CHECK_EQ(out(&vm, 1), ARRAY_SIZE(vectors));
}

/* A vector that comes while interrupts are off is not lost. */
static void pending_interrupt(void)
{
	struct vm vm;

	make_vm(&vm, "irq", 0);
	set_arg(&vm, 0, 2);
	REQUIRE_RET(vm_op(vm.fd, AXVM_VM_START, AXVM_OP_PAUSED), 0);
	REQUIRE_RET(inject(&vm, 40), 0);
	REQUIRE_RET(inject(&vm, 41), 0);
	REQUIRE_RET(inject(&vm, 41), 0); /* merged, as in an APIC's IRR */
	REQUIRE_RET(vm_resume(vm.fd), 0);
	wait_halted(&vm);
	CHECK_EQ(out(&vm, 0), 2);
	CHECK_EQ(out(&vm, 8 + 40), 1);
	CHECK_EQ(out(&vm, 8 + 41), 1);
}

static void two_vcpus(void)
{
	const uint64_t turns = 2000;
	struct vm vm;

	make_vm(&vm, "pingpong", 0);
	set_arg(&vm, 0, turns);
	REQUIRE_RET(vm_vcpu(&vm, 1, 0), 0);
	image_entry(&vm, 1);
	REQUIRE_RET(vm_start(vm.fd), 0);
	wait_halted(&vm);
	CHECK_EQ(out(&vm, 0), turns);
	CHECK_EQ(out(&vm, 1), turns / 2);
	CHECK_EQ(out(&vm, 2), turns / 2);
}

static void uart(void)
{
	struct axvm_console arg = { .size = sizeof(arg) };
	static const char input[] = "Hello, guest: abcdefghijklmnopqrstuvwxyz.";
	static const char want[] =
		"ready\nHELLO, GUEST: ABCDEFGHIJKLMNOPQRSTUVWXYZ.";
	char got[100] = "";
	size_t n = 0;
	struct vm vm;

	make_vm(&vm, "uart", 0);
	REQUIRE_RET(call(vm.fd, AXVM_VM_CONSOLE, &arg), 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	while (n < 6) {
		ssize_t r = read(arg.fd, got + n, 6 - n);

		REQUIRE(r > 0);
		n += r;
	}
	REQUIRE(write(arg.fd, input, strlen(input)) == (ssize_t)strlen(input));
	while (n < strlen(want)) {
		ssize_t r = read(arg.fd, got + n, sizeof(got) - 1 - n);

		REQUIRE(r > 0);
		n += r;
	}
	CHECK(!strcmp(got, want));
	wait_halted(&vm);
	CHECK_EQ(out(&vm, 0), 0);
	CHECK_EQ(out(&vm, 1), 0x0f);
	CHECK_EQ(out(&vm, 2), 0x90);
	CHECK_EQ(out(&vm, 3), 3);
	CHECK_EQ(out(&vm, 4), 16);
	CHECK_EQ(out(&vm, 5) & 0x0f, 2);
	CHECK_EQ(out(&vm, 6) & 0x0f, 2);
	CHECK_EQ(out(&vm, 7), 0x60);
	CHECK_EQ(out(&vm, 8), strlen(input));
}

static void triple_fault(void)
{
	struct vm vm;

	make_vm(&vm, "triple", AXVM_VCPU_SYNC);
	REQUIRE_RET(vm_start(vm.fd), 0);
	run_sync(&vm, 0);
	CHECK_EQ(last.reason, AXVM_EXIT_TRIPLE_FAULT);
	CHECK(last.flags & AXVM_EXIT_STOPS);
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_STOPPED);
}

static void translates(void)
{
	struct axvm_translate t = {
		.size = sizeof(t),
		.gva = 0x40000123,
	};
	struct vm vm;

	/* the tables that prot.S leaves behind: PAE */
	sync_vm(&vm, "prot", DEVICE);
	finish_sync(&vm);
	CHECK_RET(call(vm.vcpu[0], AXVM_VCPU_TRANSLATE, &t), 0);
	CHECK_EQ(t.gpa, 0x6123);
	CHECK_EQ(t.levels, 3);
	CHECK_EQ(t.page_size, 4096);
	CHECK_EQ(t.prot, AXVM_MEM_READ | AXVM_MEM_WRITE | AXVM_MEM_EXEC);
	t.flags = AXVM_XLATE_USER;
	CHECK_RET(call(vm.vcpu[0], AXVM_VCPU_TRANSLATE, &t), -ENXIO);
	t.flags = 0;
	t.gva = 0x8123;
	CHECK_RET(call(vm.vcpu[0], AXVM_VCPU_TRANSLATE, &t), 0);
	CHECK_EQ(t.gpa, 0x8123);
	CHECK_EQ(t.page_size, 2 << 20);
	CHECK(t.prot & AXVM_XLATE_P_USER);
	t.gva = 0x40002000;
	CHECK_RET(call(vm.vcpu[0], AXVM_VCPU_TRANSLATE, &t), -ENXIO);
}

static const struct test tests[] = {
	{ "what exits show the guest", exits },
	{ "ports of every width, strings", ports },
	{ "memory-mapped registers of every width", mmio },
	{ "every emulated instruction does the same as on RAM", instructions,
	  120 },
	{ "real mode: segments, strings, vectors", real_mode },
	{ "protected mode: 32-bit paging, PAE, CPL 3", protected_mode },
	{ "hypercalls from CPL 3, where a VM allows them", user_calls },
	{ "translation of a PAE guest's addresses", translates },
	{ "VMs keep their vector registers, of every size", fpu },
	{ "memory is filled on demand", memory },
	{ "injected interrupts wake and arrive once", interrupts },
	{ "interrupts wait until they are allowed", pending_interrupt },
	{ "two vCPUs pass a word", two_vcpus },
	{ "UART: probing, output, input", uart },
	{ "a triple fault stops the VM", triple_fault },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
