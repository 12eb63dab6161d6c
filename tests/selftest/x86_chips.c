// SPDX-License-Identifier: GPL-2.0
/*
 * The chips of a platform VM, as the guest of tests/guest/x86/chips.c sees
 * them: interrupt controllers, timers, clock, power button, reset, and
 * accesses of the hostile kind.  Rates are judged against the host's clock
 * within what an emulated host can keep.
 */
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/guest/guest.h"
#include "tests/guest/x86/chips.h"
#include "tests/selftest/harness.h"
#include "uapi/axvm_x86.h"

#define RAM (16u << 20)
#define PM_HZ 3579545ull
#define IOAPIC_LEVEL 0x8000
#define IOAPIC_REMOTE 0x4000

/* $AXVM_GUESTS, beside this program, or where it was built. */
static int image_open(void)
{
	static const char *const below[] = { "../guest", "../../guest/x86" };
	const char *dir = getenv("AXVM_GUESTS");
	char self[200] = "", path[300];
	unsigned int i;
	int fd = -1;

	if (dir) {
		snprintf(path, sizeof(path), "%s/chips.bin", dir);
		return open(path, O_RDONLY | O_CLOEXEC);
	}
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		return -1;
	dir = dirname(self);
	for (i = 0; fd < 0 && i < ARRAY_SIZE(below); i++) {
		snprintf(path, sizeof(path), "%s/%s/chips.bin", dir, below[i]);
		fd = open(path, O_RDONLY | O_CLOEXEC);
	}
	return fd;
}

static void load(struct vm *vm)
{
	static char image[512 << 10];
	ssize_t len;
	int fd = image_open();

	if (fd < 0)
		test_skip("the guests are not here; set AXVM_GUESTS");
	len = read(fd, image, sizeof(image));
	close(fd);
	REQUIRE(len > 0);
	REQUIRE_RET(vm_write(vm->fd, GUEST_X86_LOAD, image, len), 0);
}

static void make_vm(struct vm *vm, uint64_t what)
{
	struct axvm_vm_create arg = {
		.size = sizeof(arg),
		.flags = AXVM_VM_PLATFORM,
		.policy = AXVM_POLICY_DESTROY,
	};
	unsigned int i;

	memset(vm, 0, sizeof(*vm));
	for (i = 0; i < VM_VCPUS; i++)
		vm->vcpu[i] = -1;
	REQUIRE_RET(call(dev_fd, AXVM_VM_CREATE, &arg), 0);
	vm->fd = arg.fd;
	vm->id = arg.id;
	REQUIRE_RET(vm_memory(vm, 0, 0xa0000), 0);
	REQUIRE_RET(vm_memory(vm, 1 << 20, RAM - (1 << 20)), 0);
	load(vm);
	REQUIRE_RET(vm_vcpu(vm, 0, 0), 0);
	REQUIRE_RET(arch_set_entry(vm->vcpu[0], GUEST_X86_LOAD, 0), 0);
	REQUIRE_RET(vm_write(vm->fd, GUEST_X86_RESULTS + 8 * GUEST_R_ARG, &what,
			     8),
		    0);
}

static void set_arg(struct vm *vm, unsigned int n, uint64_t value)
{
	REQUIRE_RET(vm_write(vm->fd, GUEST_X86_RESULTS + 8 * (GUEST_R_ARG + n),
			     &value, 8),
		    0);
}

static uint64_t word(struct vm *vm, unsigned int n)
{
	return vm_read64(vm->fd, GUEST_X86_RESULTS + 8 * n);
}

static uint64_t out(struct vm *vm, unsigned int n)
{
	return word(vm, GUEST_R_OUT + n);
}

/* Until an output is at least @value. */
static void wait_out(struct vm *vm, unsigned int n, uint64_t value)
{
	uint64_t limit = now_ns() + slow_ns(30000000000ull);

	while (out(vm, n) < value) {
		if (now_ns() > limit || vm_state(vm->fd) != AXVM_VM_RUNNING)
			break;
		sleep_ms(2);
	}
	if (!CHECK(out(vm, n) >= value))
		note("faults %d, vector %d at %#llx",
		     (int)word(vm, GUEST_R_FAULTS),
		     (int)word(vm, GUEST_R_VECTOR),
		     (unsigned long long)word(vm, GUEST_R_PC));
}

/* @ticks of the PM timer last @ms, within a tenth and what may be in the way. */
static void check_ms(const char *what, uint64_t ticks, double ms)
{
	double got = ticks * 1000.0 / PM_HZ;

	note("%s: %.2f ms of %.2f", what, got, ms);
	if (!CHECK(got > ms * 0.9 && got < ms * 1.1 + 8))
		note("too far off: %s", what);
}

static unsigned int bcd(uint64_t v)
{
	return (v >> 4 & 15) * 10 + (v & 15);
}

static time_t rtc_time(uint64_t date)
{
	struct tm tm = {
		.tm_sec = bcd(date),
		.tm_min = bcd(date >> 8),
		.tm_hour = bcd(date >> 16),
		.tm_mday = bcd(date >> 24),
		.tm_mon = bcd(date >> 32) - 1,
		.tm_year = bcd(date >> 40) + 100 * bcd(date >> 48) - 1900,
	};

	return timegm(&tm);
}

static void everything(void)
{
	struct axvm_vm_op stop = { .size = sizeof(stop) };
	struct axvm_vm_wait end;
	time_t begin = time(NULL), date;
	double khz;
	struct vm vm;

	make_vm(&vm, CHIPS_TESTS);
	REQUIRE_RET(vm_start(vm.fd), 0);
	wait_out(&vm, CHIPS_READY, 1);
	CHECK_EQ(out(&vm, CHIPS_IOAPIC_VER), 0x00170020);
	CHECK_EQ(out(&vm, CHIPS_EDGE_1), 1);
	CHECK_EQ(out(&vm, CHIPS_EDGE_2), 2);
	CHECK_EQ(out(&vm, CHIPS_LEVEL_REMOTE),
		 IOAPIC_LEVEL | IOAPIC_REMOTE | 0x51);
	CHECK_EQ(out(&vm, CHIPS_LEVEL_COUNT), 3);
	CHECK_EQ(out(&vm, CHIPS_LEVEL_AFTER), IOAPIC_LEVEL | 0x51);
	CHECK_EQ(out(&vm, CHIPS_EXTINT), 1);
	check_ms("PIT by PIC", out(&vm, CHIPS_PIT_PIC), 50 * 1193 / 1193.182);
	check_ms("PIT by IOAPIC", out(&vm, CHIPS_PIT_IOAPIC),
		 50 * 1193 / 1193.182);
	check_ms("PIT channel 2", out(&vm, CHIPS_PIT_CH2), 10);
	check_ms("RTC", out(&vm, CHIPS_RTC_PERIODIC), 8000 / 128.);
	date = rtc_time(out(&vm, CHIPS_RTC_DATE));
	CHECK(date >= begin && date <= time(NULL));
	khz = (double)out(&vm, CHIPS_PM_TSC) * PM_HZ /
	      out(&vm, CHIPS_PM_TICKS) / 1000;
	note("TSC by PM timer: %.0f kHz; CPUID: %llu kHz", khz,
	     (unsigned long long)out(&vm, CHIPS_TSC_KHZ));
	CHECK(khz > out(&vm, CHIPS_TSC_KHZ) * 0.98);
	CHECK(khz < out(&vm, CHIPS_TSC_KHZ) * 1.02);
	CHECK_EQ(out(&vm, CHIPS_PM_CNT), 1);
	CHECK_EQ(out(&vm, CHIPS_PCI), 0xffffffff);
	CHECK_EQ(out(&vm, CHIPS_KBD), 0xff);
	CHECK_EQ(out(&vm, CHIPS_ABSENT), 0xffffff);

	/* stop asks with the power button, and the guest obeys */
	stop.timeout_ns = slow_ns(20000000000ull);
	CHECK_RET(call(vm.fd, AXVM_VM_STOP, &stop), 0);
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, &end), 0);
	CHECK_EQ(end.stop_reason, AXVM_EXIT_SYSTEM_DOWN);
	CHECK_EQ(out(&vm, CHIPS_PM_STS) & 0x100, 0x100);
	CHECK_EQ(out(&vm, CHIPS_SCI), 1);
	CHECK_EQ(word(&vm, GUEST_R_FAULTS), 0);
}

/* Reset, and again from the beginning. */
static void resets(void)
{
	struct axvm_vm_wait end;
	unsigned int i;
	struct vm vm;

	make_vm(&vm, CHIPS_RESET);
	for (i = 0; i < 3; i++) {
		set_arg(&vm, 1, i);
		REQUIRE_RET(vm_start(vm.fd), 0);
		REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, &end), 0);
		CHECK_EQ(end.stop_reason, AXVM_EXIT_RESET);
	}
}

static void echo(void)
{
	struct axvm_console arg = { .size = sizeof(arg) };
	static char text[4000], got[sizeof(text)];
	struct axvm_vm_wait end;
	size_t n = 0;
	ssize_t r;
	struct vm vm;

	memset(text, 'x', sizeof(text));
	for (n = 0; n < sizeof(text); n += 7)
		text[n] = 'a' + n % 26;
	text[sizeof(text) - 1] = '.';
	make_vm(&vm, CHIPS_ECHO);
	REQUIRE_RET(call(vm.fd, AXVM_VM_CONSOLE, &arg), 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	wait_out(&vm, CHIPS_READY, 1);
	/* one byte into a halted guest, then a heap at once */
	REQUIRE(write(arg.fd, text, 1) == 1);
	REQUIRE(read(arg.fd, got, 1) == 1);
	REQUIRE(write(arg.fd, text + 1, sizeof(text) - 1) == sizeof(text) - 1);
	for (n = 1; n < sizeof(text); n += r) {
		r = read(arg.fd, got + n, sizeof(got) - n);
		REQUIRE(r > 0);
	}
	CHECK(!memcmp(got, text, sizeof(text)));
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, &end), 0);
	CHECK_EQ(end.stop_reason, AXVM_EXIT_HALTED);
	CHECK_EQ(out(&vm, CHIPS_ECHOED), sizeof(text));
	CHECK(out(&vm, CHIPS_ECHO_IRQS) > 0);
}

/* Timers and clocks stand still while the VM is suspended. */
static void suspends(void)
{
	uint64_t ticks, pm;
	struct vm vm;

	make_vm(&vm, CHIPS_TICKS);
	REQUIRE_RET(vm_start(vm.fd), 0);
	wait_out(&vm, CHIPS_TICK_COUNT, 20);
	REQUIRE_RET(vm_suspend(vm.fd), 0);
	ticks = out(&vm, CHIPS_TICK_COUNT);
	pm = out(&vm, CHIPS_TICK_PM);
	sleep_ms(300);
	CHECK_EQ(out(&vm, CHIPS_TICK_COUNT), ticks);
	REQUIRE_RET(vm_resume(vm.fd), 0);
	wait_out(&vm, CHIPS_TICK_COUNT, ticks + 20);
	ticks = out(&vm, CHIPS_TICK_COUNT) - ticks;
	pm = (uint32_t)(out(&vm, CHIPS_TICK_PM) - pm);
	/* far from 300 ms more than the ticks account for */
	CHECK(pm * 1000 / PM_HZ < ticks + 200);
	/* stopped with the timer running, started again, destroyed with it */
	CHECK_RET(vm_stop(vm.fd), 0);
	sleep_ms(20);
	REQUIRE_RET(vm_start(vm.fd), 0);
	wait_out(&vm, CHIPS_TICK_COUNT, 20);
	vm_close(&vm);
}

static int line(struct vm *vm, unsigned int gsi, unsigned int level)
{
	struct axvm_irq irq = {
		.size = sizeof(irq),
		.flags = AXVM_IRQ_GSI,
		.irq = gsi,
		.level = level,
	};

	return call(vm->fd, AXVM_VM_IRQ, &irq);
}

/* Lines that userspace drives. */
static void lines(void)
{
	static const uint8_t taken[] = { 0, 2, 4, 8, 9 };
	uint64_t seen;
	struct vm vm;
	unsigned int i;

	make_vm(&vm, CHIPS_LINES);
	REQUIRE_RET(vm_start(vm.fd), 0);
	wait_out(&vm, CHIPS_READY, 1);
	for (i = 1; i <= 3; i++) {
		CHECK_RET(line(&vm, 10, AXVM_IRQ_EDGE), 0);
		wait_out(&vm, CHIPS_LINE_10, i);
	}
	CHECK_RET(line(&vm, 10, AXVM_IRQ_HIGH), 0); /* no edge */
	CHECK_RET(line(&vm, 11, AXVM_IRQ_HIGH), 0);
	wait_out(&vm, CHIPS_LINE_11, 5);
	CHECK_RET(line(&vm, 11, AXVM_IRQ_LOW), 0);
	sleep_ms(50);
	seen = out(&vm, CHIPS_LINE_11);
	sleep_ms(50);
	CHECK_EQ(out(&vm, CHIPS_LINE_11), seen);
	CHECK_EQ(out(&vm, CHIPS_LINE_10), 3);
	for (i = 0; i < ARRAY_SIZE(taken); i++)
		CHECK_RET(line(&vm, taken[i], AXVM_IRQ_EDGE), -EBUSY);
	CHECK_RET(line(&vm, 24, AXVM_IRQ_EDGE), -EINVAL);
	CHECK_RET(line(&vm, ~0u, AXVM_IRQ_EDGE), -EINVAL);
}

static void hostile(bool harmless)
{
	uint64_t limit, rounds = 20000;
	unsigned int seed;
	struct vm vm;

	for (seed = 1; seed <= (harmless ? 1 : 12); seed++) {
		make_vm(&vm, CHIPS_STORM);
		set_arg(&vm, 1, seed * 1234567);
		set_arg(&vm, 2, rounds);
		set_arg(&vm, 3, harmless);
		REQUIRE_RET(vm_start(vm.fd), 0);
		limit = now_ns() + slow_ns(30000000000ull);
		while (vm_state(vm.fd) == AXVM_VM_RUNNING && now_ns() < limit)
			sleep_ms(2);
		CHECK_EQ(vm_state(vm.fd), AXVM_VM_STOPPED);
		if (harmless)
			CHECK_EQ((uint16_t)word(&vm, GUEST_R_DONE), GUEST_DONE);
		CHECK(out(&vm, CHIPS_ROUNDS) > 0);
		CHECK_RET(vm_destroy(vm.id, NULL), 0);
		vm_close(&vm);
	}
}

static void storm_through(void)
{
	hostile(true);
}

static void storm_ends(void)
{
	hostile(false);
}

static const struct test tests[] = {
	{ "interrupt controllers, timers, clock, power button", everything,
	  120 },
	{ "each reset port resets, again and again", resets },
	{ "UART by interrupts: wakes, and takes a heap of input", echo },
	{ "timers stop with guest time, stop and destroy", suspends },
	{ "lines that userspace drives, edge and level", lines },
	{ "random accesses do nothing bad", storm_through, 120 },
	{ "random accesses may end the VM, no more", storm_ends, 120 },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
