// SPDX-License-Identifier: GPL-2.0
/*
 * Hostile x86 guests (tests/guest/x86/bad_regs.c, bad_user.c, hostile.c): what the
 * architecture says is what they get, the host stays responsive meanwhile and
 * its log clean, and they die in the middle of it when told to.
 */
#include <stdio.h>
#include <string.h>

#include "tests/guest/guest.h"
#include "tests/guest/x86/hostile.h"
#include "tests/selftest/harness.h"
#include "tests/selftest/storm.h"
#include "tests/selftest/x86_image.h"
#include "uapi/axvm_x86.h"

static void make(struct vm *vm, const char *image, unsigned int part,
		 unsigned int rounds, unsigned int cpus)
{
	unsigned int i;

	image_vm(vm, image, AXVM_VM_PLATFORM, 0);
	for (i = 1; i < cpus; i++) {
		REQUIRE_RET(vm_vcpu(vm, i, 0), 0);
		/* Those that are to be brought up by INIT and SIPI are not. */
		if (part != HOSTILE_INITS)
			image_entry(vm, i);
	}
	set_arg(vm, 0, part);
	set_arg(vm, 1, rounds);
	set_arg(vm, 2, cpus);
}

/* ---- once, with what it has to be --------------------------------------------- */

static bool over(struct vm *vm)
{
	return (uint16_t)word(vm, GUEST_R_DONE) == GUEST_DONE ||
	       word(vm, GUEST_R_FAULTS) || vm_state(vm->fd) != AXVM_VM_RUNNING;
}

static void wait_over(struct vm *vm)
{
	uint64_t until = now_ns() + slow_ns(40000000000ull);

	while (!over(vm) && now_ns() < until)
		sleep_ms(10);
}

static void check_counts(struct vm *vm, const char *image)
{
	if (!CHECK_EQ(out(vm, 0), 0))
		note("%s.c: line or number %#llx: %#llx, not %#llx", image,
		     (unsigned long long)out(vm, 1),
		     (unsigned long long)out(vm, 2),
		     (unsigned long long)out(vm, 3));
}

static void once(const char *image, unsigned int part, unsigned int rounds,
		 unsigned int cpus)
{
	struct watchdog dog;
	struct vm vm;

	make(&vm, image, part, rounds, cpus);
	watchdog_start(&dog);
	REQUIRE_RET(vm_start(vm.fd), 0);
	wait_over(&vm);
	check_done(&vm);
	CHECK_EQ(out(&vm, 5), rounds);
	check_counts(&vm, image);
	watchdog_stop(&dog);
	destroy_from_thread(&vm);
}

/* ---- for ever, until somebody ends it ------------------------------------------- */

static void storm(const char *image, unsigned int part, unsigned int cpus)
{
	uint64_t until = now_ns() + slow_ns(20000000000ull), was;
	struct watchdog dog;
	struct vm vm;

	make(&vm, image, part, 0, cpus);
	watchdog_start(&dog);
	REQUIRE_RET(vm_start(vm.fd), 0);
	/* It is in the middle of it. */
	while (!out(&vm, 5) && !word(&vm, GUEST_R_FAULTS) && now_ns() < until)
		sleep_ms(5);
	CHECK(out(&vm, 5) > 0);
	was = out(&vm, 4) + out(&vm, 5);
	sleep_ms(300);
	CHECK_EQ(word(&vm, GUEST_R_FAULTS), 0);
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_RUNNING);
	check_counts(&vm, image);
	if (part != HOSTILE_DEBUG)
		CHECK(out(&vm, 4) + out(&vm, 5) > was);
	destroy_from_thread(&vm);
	watchdog_stop(&dog);
}

#define ONCE(name, image, part, rounds, cpus)    \
	static void name(void)                   \
	{                                        \
		once(image, part, rounds, cpus); \
	}
#define STORM(name, image, part, cpus)    \
	static void name(void)            \
	{                                 \
		storm(image, part, cpus); \
	}

ONCE(msrs, "bad_regs", HOSTILE_MSRS, 5, 1)
ONCE(crs, "bad_regs", HOSTILE_CRS, 20, 1)
ONCE(xcr, "bad_regs", HOSTILE_XCR, 10, 1)
ONCE(user, "bad_user", HOSTILE_USER, 3, 1)
ONCE(modify, "hostile", HOSTILE_MODIFY, 4, 2)
ONCE(tables, "hostile", HOSTILE_TABLES, 20, 1)
ONCE(ipis, "hostile", HOSTILE_IPIS, 3, 1)
ONCE(inits, "hostile", HOSTILE_INITS, 1, 3)
ONCE(ports, "hostile", HOSTILE_PORTS, 4, 1)
ONCE(strings, "hostile", HOSTILE_STRINGS, 2, 1)
ONCE(deadline, "hostile", HOSTILE_DEADLINE, 2, 1)
ONCE(nmis, "hostile", HOSTILE_NMIS, 20, 1)

STORM(storm_msrs, "bad_regs", HOSTILE_MSRS, 1)
STORM(storm_crs, "bad_regs", HOSTILE_CRS, 1)
STORM(storm_xcr, "bad_regs", HOSTILE_XCR, 1)
STORM(storm_user, "bad_user", HOSTILE_USER, 1)
STORM(storm_debug, "bad_user", HOSTILE_DEBUG, 1)
STORM(storm_modify, "hostile", HOSTILE_MODIFY, 2)
STORM(storm_tables, "hostile", HOSTILE_TABLES, 1)
STORM(storm_ipis, "hostile", HOSTILE_IPIS, 4)
STORM(storm_inits, "hostile", HOSTILE_INITS, 4)
STORM(storm_ports, "hostile", HOSTILE_PORTS, 1)
STORM(storm_strings, "hostile", HOSTILE_STRINGS, 1)
STORM(storm_deadline, "hostile", HOSTILE_DEADLINE, 1)
STORM(storm_nmis, "hostile", HOSTILE_NMIS, 1)

/* ---- ends ------------------------------------------------------------------------ */

static void last_record(struct vm *vm, struct axvm_exit *e)
{
	const struct axvm_flight *f = vcpu_flight(vm->vcpu[0]);

	REQUIRE(f && f->produced);
	*e = *ring_slot(f, f->produced - 1);
}

/* Again and again: a triple fault ends the VM, a reset makes it new. */
static void triple_faults(void)
{
	struct axvm_vm_wait wait;
	struct watchdog dog;
	struct axvm_exit e;
	struct vm vm;
	unsigned int i;

	image_vm(&vm, "triple", AXVM_VM_PLATFORM, 0);
	watchdog_start(&dog);
	for (i = 0; i < 40; i++) {
		REQUIRE_RET(vm_start(vm.fd), 0);
		REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, &wait), 0);
		CHECK_EQ(wait.stop_reason, AXVM_EXIT_TRIPLE_FAULT);
		REQUIRE_RET(vm_reset(vm.fd), 0);
	}
	REQUIRE_RET(vm_start(vm.fd), 0);
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, &wait), 0);
	last_record(&vm, &e);
	CHECK_EQ(e.reason, AXVM_EXIT_TRIPLE_FAULT);
	CHECK_EQ(e.hw_reason, 2);
	CHECK(e.flags & AXVM_EXIT_STOPS);
	watchdog_stop(&dog);
	destroy_from_thread(&vm);
}

/* No page can be found any more, not even to say so. */
static void tables_cr3(void)
{
	struct axvm_vm_wait wait;
	struct watchdog dog;
	struct vm vm;

	make(&vm, "hostile", HOSTILE_TABLES_CR3, 1, 1);
	watchdog_start(&dog);
	REQUIRE_RET(vm_start(vm.fd), 0);
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, &wait), 0);
	CHECK_EQ(wait.stop_reason, AXVM_EXIT_TRIPLE_FAULT);
	CHECK_EQ(word(&vm, GUEST_R_FAULTS), 0);
	watchdog_stop(&dog);
	destroy_from_thread(&vm);
}

static void set_sregs(struct vm *vm, void (*spoil)(struct axvm_x86_sregs *s,
						   struct axvm_x86_regs *r))
{
	struct axvm_x86_regs r;
	struct axvm_x86_sregs s;
	struct axvm_regs block = { .size = sizeof(block) };
	unsigned int i;

	for (i = 0; i < 2; i++) {
		unsigned long nr = i ? AXVM_VCPU_SET_REGS : AXVM_VCPU_GET_REGS;

		if (i)
			spoil(&s, &r);
		block.block = AXVM_REGS_SYSTEM;
		block.len = sizeof(s);
		block.buf = (uintptr_t)&s;
		REQUIRE_RET(call(vm->vcpu[0], nr, &block), 0);
		block.block = AXVM_REGS_GENERAL;
		block.len = sizeof(r);
		block.buf = (uintptr_t)&r;
		REQUIRE_RET(call(vm->vcpu[0], nr, &block), 0);
	}
}

/* What each block of registers allows, and VM entry does not. */
static void vm86_flat(struct axvm_x86_sregs *s, struct axvm_x86_regs *r)
{
	unsigned int i;

	s->cr0 |= 1;
	for (i = AXVM_X86_ES; i <= AXVM_X86_GS; i++) {
		s->seg[i].limit = 0xffffffff;
		s->seg[i].access = i == AXVM_X86_CS ? 0xc09b : 0xc093;
	}
	r->rflags |= 1 << 17;
}

static void high_rip(struct axvm_x86_sregs *s, struct axvm_x86_regs *r)
{
	r->rip = 1ull << 40; /* outside of 64-bit mode */
}

static void ss_dpl(struct axvm_x86_sregs *s, struct axvm_x86_regs *r)
{
	s->cr0 |= 1;
	s->seg[AXVM_X86_CS].access = 0x9b;
	s->seg[AXVM_X86_SS].access = 0xf3; /* DPL 3, RPL 0 */
	s->seg[AXVM_X86_SS].selector = 8;
}

static void entry_failures(void)
{
	static void (*const spoil[])(struct axvm_x86_sregs * s,
				     struct axvm_x86_regs * r) = {
		vm86_flat,
		high_rip,
		ss_dpl,
	};
	struct axvm_vm_wait wait;
	struct watchdog dog;
	struct axvm_exit e;
	unsigned int i, n;
	struct vm vm;

	watchdog_start(&dog);
	for (i = 0; i < ARRAY_SIZE(spoil); i++) {
		image_vm(&vm, "counter", AXVM_VM_PLATFORM, 0);
		set_sregs(&vm, spoil[i]);
		for (n = 0; n < 10; n++) {
			REQUIRE_RET(vm_start(vm.fd), 0);
			REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED,
						  &wait),
				    0);
			if (!CHECK_EQ(wait.stop_reason, AXVM_EXIT_FAIL_ENTRY))
				note("state %u", i);
			REQUIRE_RET(vm_reset(vm.fd), 0);
		}
		REQUIRE_RET(vm_start(vm.fd), 0);
		REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, &wait), 0);
		last_record(&vm, &e);
		CHECK_EQ(e.hw_reason, 0x80000021); /* invalid guest state */
		CHECK_EQ(e.fail.hw_reason, 33);
		CHECK(e.flags & AXVM_EXIT_STOPS);
		destroy_from_thread(&vm);
	}
	watchdog_stop(&dog);
}

/* ---- HLT with interrupts off -------------------------------------------------------- */

static int nmi(struct vm *vm)
{
	struct axvm_irq irq = {
		.size = sizeof(irq),
		.vcpus = 1,
		.flags = AXVM_IRQ_NMI,
	};

	return call(vm->fd, AXVM_VM_IRQ, &irq);
}

/* Alone it is the VM's end; while another vCPU runs, only an NMI ends it. */
static void halts(void)
{
	struct axvm_vcpu_info info = { .size = sizeof(info) };
	struct axvm_vm_wait wait;
	struct watchdog dog;
	struct vm vm;

	make(&vm, "hostile", HOSTILE_STRINGS, 1, 1);
	watchdog_start(&dog);
	REQUIRE_RET(vm_start(vm.fd), 0);
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, &wait), 0);
	CHECK_EQ(wait.stop_reason, AXVM_EXIT_HALTED);
	vm_close(&vm);

	make(&vm, "hostile", HOSTILE_MODIFY, 1, 2);
	REQUIRE_RET(vm_start(vm.fd), 0);
	wait_over(&vm);
	CHECK_RET(vcpu_wait_blocked(vm.vcpu[0], AXVM_WAIT_HALT), 0);
	sleep_ms(100);
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_RUNNING);
	CHECK_RET(vcpu_info(vm.vcpu[0], &info), 0);
	CHECK_EQ(info.wait, AXVM_WAIT_HALT);
	CHECK_RET(nmi(&vm), 0);
	/* Unexpected there: it is counted, and halts again. */
	while (!word(&vm, GUEST_R_FAULTS) && vm_state(vm.fd) == AXVM_VM_RUNNING)
		sleep_ms(5);
	CHECK_EQ(word(&vm, GUEST_R_FAULTS), 1);
	CHECK_EQ(word(&vm, GUEST_R_VECTOR), 2);
	CHECK_RET(vcpu_wait_blocked(vm.vcpu[0], AXVM_WAIT_HALT), 0);
	destroy_from_thread(&vm);
	watchdog_stop(&dog);
}

/* ---- INIT to the boot processor -------------------------------------------------------- */

/* At F000:FFF0, base 0xffff0000: words from 0x7100 on, DS is based at 0. */
extern const char reset_code[], reset_code_end[], reset_jump[];
asm(".section .rodata\n"
    ".code16\n"
    "reset_code:\n"
    "	movl %edx, %ds:0x7100\n"
    "	movl %cr0, %eax\n"
    "	movl %eax, %ds:0x7108\n"
    "	movl %cr4, %eax\n"
    "	movl %eax, %ds:0x7110\n"
    "	movl %cr3, %eax\n"
    "	movl %eax, %ds:0x7118\n"
    "	movl %dr0, %eax\n"
    "	movl %eax, %ds:0x7120\n"
    "	movl %dr7, %eax\n"
    "	movl %eax, %ds:0x7128\n"
    "	movl $0xc0000080, %ecx\n" /* EFER */
    "	rdmsr\n"
    "	movl %eax, %ds:0x7130\n"
    "	movl $0xc0000081, %ecx\n" /* STAR */
    "	rdmsr\n"
    "	movl %edx, %ds:0x7138\n"
    "	movl $0x1b, %ecx\n" /* APIC_BASE */
    "	rdmsr\n"
    "	movl %eax, %ds:0x7140\n"
    "	movl $0x80f, %ecx\n" /* SVR */
    "	rdmsr\n"
    "	movl %eax, %ds:0x7148\n"
    "	movw %cs, %ax\n"
    "	movw %ax, %ds:0x7150\n"
    "	movl $0x600d, %ds:0x7158\n"
    "1:	cli\n"
    "	hlt\n"
    "	jmp 1b\n"
    "reset_code_end:\n"
    "reset_jump: .byte 0xe9, 0x0d, 0xff\n" /* from 0xfff0 to 0xff00 */
    ".code64\n"
    ".text\n");

#define RESET_BASE 0xffff0000ull
#define RESET_WORD(n) vm_read64(vm.fd, 0x7100 + 8 * (n))

static void init_to_boot(void)
{
	static const uint64_t zero[12];
	struct axvm_vm_wait wait;
	struct watchdog dog;
	struct vm vm;

	make(&vm, "hostile", HOSTILE_INIT, 1, 1);
	REQUIRE_RET(vm_memory(&vm, RESET_BASE, 0x10000), 0);
	REQUIRE_RET(vm_write(vm.fd, RESET_BASE + 0xff00, reset_code,
			     reset_code_end - reset_code),
		    0);
	REQUIRE_RET(vm_write(vm.fd, RESET_BASE + 0xfff0, reset_jump, 3), 0);
	REQUIRE_RET(vm_write(vm.fd, 0x7100, zero, sizeof(zero)), 0);
	watchdog_start(&dog);
	REQUIRE_RET(vm_start(vm.fd), 0);
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, &wait), 0);
	CHECK_EQ(wait.stop_reason, AXVM_EXIT_HALTED);
	CHECK_EQ(out(&vm, 9), 0);
	/* "Processor State Following Power-up, Reset, or INIT" */
	CHECK_EQ(RESET_WORD(11), 0x600d);
	CHECK_EQ(RESET_WORD(0), out(&vm, 8)); /* EDX: CPUID.1:EAX */
	CHECK_EQ(RESET_WORD(1), 0x10); /* CD and NW stayed as they were */
	CHECK_EQ(RESET_WORD(2), 0);
	CHECK_EQ(RESET_WORD(3), 0);
	CHECK_EQ(RESET_WORD(4), 0);
	CHECK_EQ(RESET_WORD(5), 0x400);
	CHECK_EQ(RESET_WORD(6), 0);
	CHECK_EQ(RESET_WORD(7), 0x00230010); /* MSRs stay */
	CHECK_EQ(RESET_WORD(8), 0xfee00d00); /* x2APIC mode and BSP, too */
	CHECK_EQ(RESET_WORD(9), 0xff);
	CHECK_EQ(RESET_WORD(10), 0xf000);
	watchdog_stop(&dog);
	destroy_from_thread(&vm);
}

/* Nothing is where it begins again: it ends, and the record says where. */
static void init_to_nothing(void)
{
	struct axvm_vm_wait wait;
	struct watchdog dog;
	struct axvm_exit e;
	struct vm vm;

	make(&vm, "hostile", HOSTILE_INIT, 1, 1);
	watchdog_start(&dog);
	REQUIRE_RET(vm_start(vm.fd), 0);
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, &wait), 0);
	CHECK_EQ(wait.stop_reason, AXVM_EXIT_NESTED_PAGE_FAULT);
	last_record(&vm, &e);
	CHECK_EQ(e.gpa, 0xfffffff0);
	CHECK_EQ(e.pc, 0xfff0);
	watchdog_stop(&dog);
	destroy_from_thread(&vm);
}

/* ---- operands on RAM and on a device ------------------------------------------------------- */

#define DEVICE 0x30000000ull

static uint8_t device[8192];
static uint32_t port_out[8];
static unsigned int ports_out, ports_in;

/* The answer to a record; false: it wants none. */
static bool serve(const struct axvm_exit *e, uint64_t *answer)
{
	static const uint32_t in[] = { 0xa3a2a1a0, 0xb3b2b1b0 };
	uint64_t at = e->gpa - DEVICE;

	*answer = 0;
	switch (e->reason) {
	case AXVM_EXIT_IO_WRITE:
		if (ports_out < ARRAY_SIZE(port_out))
			port_out[ports_out] = e->io.data;
		ports_out++;
		return true;
	case AXVM_EXIT_IO_READ:
		*answer = in[ports_in++ & 1];
		return true;
	case AXVM_EXIT_MMIO_READ:
	case AXVM_EXIT_MMIO_WRITE:
		/* Each record is about one page of the device. */
		REQUIRE(e->gpa >= DEVICE && at < sizeof(device));
		CHECK((at & 4095) + e->mmio.bytes <= 4096);
		CHECK(!(e->mmio.bytes & (e->mmio.bytes - 1)));
		if (e->reason == AXVM_EXIT_MMIO_WRITE)
			memcpy(device + at, &e->mmio.data, e->mmio.bytes);
		else
			memcpy(answer, device + at, e->mmio.bytes);
		return true;
	default:
		return false;
	}
}

static uint64_t device_bytes(unsigned int at, unsigned int n)
{
	uint64_t v = 0;

	memcpy(&v, device + at, n);
	return v;
}

static void check_crossing(struct vm *vm)
{
	CHECK_EQ(out(vm, 8), 0x8483828180171615);
	CHECK_EQ(out(vm, 9), 0x80171615);
	CHECK_EQ(out(vm, 10), 0x20bf);
	CHECK_EQ(out(vm, 11), 0x11);
	CHECK_EQ(out(vm, 12), 0xdd);
	CHECK_EQ(out(vm, 13), 0x5544332211161514);
	CHECK_EQ(out(vm, 14), 0x12171615);
	CHECK_EQ(out(vm, 15), 0);
	CHECK_EQ(out(vm, 16), 0x10e);
	CHECK_EQ(out(vm, 17), 2);
	CHECK_EQ(out(vm, 18), 0);
	CHECK_EQ(out(vm, 19), 0);
	CHECK_EQ(out(vm, 20), 0);
	CHECK_EQ(out(vm, 21), 0xa3a2a1a0);
	CHECK_EQ(out(vm, 22), 0xb1b0);
	CHECK_EQ(ports_out, 2);
	CHECK_EQ(port_out[0], 0x16151312);
	CHECK_EQ(port_out[1], 0x12117717);
	CHECK_EQ(ports_in, 2);
	/* The last word: stored by XADD, MOVSW and INSD, in this order. */
	CHECK_EQ(device_bytes(4096, 8), 0x878877161513b3b2);
	CHECK_EQ(device_bytes(8188, 4), 0xccbbaabc);
	CHECK_EQ(device_bytes(4094, 2), 0x7f7e); /* not written */
}

static void crossing(void)
{
	struct axvm_vcpu_run run = { .size = sizeof(run) };
	uint64_t answer = 0;
	unsigned int i;
	struct vm vm;

	for (i = 0; i < sizeof(device); i++)
		device[i] = (i < 4096 ? 0x40 : 0x80) + i % 64;
	image_vm(&vm, "hostile", AXVM_VM_PLATFORM, AXVM_VCPU_SYNC);
	set_arg(&vm, 0, HOSTILE_CROSSING);
	set_arg(&vm, 1, 1);
	set_arg(&vm, 3, DEVICE);
	REQUIRE_RET(vm_policy(vm.fd, AXVM_SPACE_MMIO, DEVICE, sizeof(device),
			      AXVM_IO_USER),
		    0);
	REQUIRE_RET(vm_policy(vm.fd, AXVM_SPACE_PIO, 0x500, 16, AXVM_IO_USER),
		    0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	do {
		run.answer = answer;
		REQUIRE_RET(call(vm.vcpu[0], AXVM_VCPU_RUN, &run), 0);
		run.flags = AXVM_VCPU_RUN_ANSWER;
	} while (serve(&run.exit, &answer));
	if (!CHECK_EQ(run.exit.reason, AXVM_EXIT_HALT))
		note("at %#llx", (unsigned long long)run.exit.pc);
	check_done(&vm);
	check_crossing(&vm);
	vm_close(&vm);
}

static const struct test tests[] = {
	{ "bad values in MSRs are #GP and change nothing", msrs },
	{ "bad values in control registers likewise", crs },
	{ "bad values in XCR0 likewise", xcr },
	{ "privileged instructions at CPL 3 are #GP; DR7.GD", user },
	{ "an MMIO instruction that is rewritten meanwhile", modify },
	{ "page tables where no memory is: #PF with the reserved bit", tables },
	{ "CR3 there: a triple fault", tables_cr3 },
	{ "operands on RAM and on a device's pages", crossing },
	{ "strings of ports from and to what is no memory", strings },
	{ "IPIs of all kinds to itself", ipis },
	{ "INIT and SIPI at any time: in the end it runs", inits },
	{ "ports at random", ports },
	{ "deadlines in the past: one interrupt each, at once", deadline },
	{ "NMIs while NMIs are blocked: one waits", nmis },
	{ "INIT to the boot processor: it begins at the reset vector",
	  init_to_boot },
	{ "INIT where there is no reset vector: the VM ends", init_to_nothing },
	{ "HLT with interrupts off: for ever, or until an NMI", halts },
	{ "triple faults, again and again", triple_faults },
	{ "states that cannot be entered, again and again", entry_failures },
	{ "storm of MSRs", storm_msrs },
	{ "storm of control registers", storm_crs },
	{ "storm of XSETBV", storm_xcr },
	{ "storm of faults at CPL 3", storm_user },
	{ "storm of debug exceptions while they are delivered", storm_debug },
	{ "storm of rewritten MMIO instructions", storm_modify },
	{ "storm of page faults of tables where no memory is", storm_tables },
	{ "storm of IPIs among four vCPUs", storm_ipis },
	{ "storm of INIT and SIPI", storm_inits },
	{ "storm of ports", storm_ports },
	{ "storm of strings of ports", storm_strings },
	{ "storm of deadlines in the past", storm_deadline },
	{ "storm of NMIs", storm_nmis },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
