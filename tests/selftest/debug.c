// SPDX-License-Identifier: GPL-2.0
/*
 * Debugging a guest from outside: breakpoint instructions, hardware break- and
 * watchpoints, single steps, all of which the guest must not notice.
 */
#include <string.h>
#include <sys/mman.h>

#include "tests/selftest/exits.h"
#include "tests/selftest/harness.h"

#define DATA (arch.results + 64)
#define AT(label) \
	(arch.code + (uint64_t)((label) - (const char *)guest_debug.begin))

static struct vm vm;
static struct axvm_vcpu_debug dbg;

static int debug(uint32_t flags)
{
	dbg.size = sizeof(dbg);
	dbg.flags = flags;
	return call(vm.vcpu[0], AXVM_VCPU_DEBUG, &dbg);
}

static void point(unsigned int n, uint32_t kind, uint64_t addr, uint32_t len)
{
	dbg.points[n] = (struct axvm_debug_point){ addr, kind, len };
}

static void begin(void)
{
	memset(&dbg, 0, sizeof(dbg));
	vm_guest(&vm, &guest_debug, DATA, 0);
	if (!(dev_info.caps & AXVM_CAP_DEBUG)) {
		CHECK_RET(debug(AXVM_DEBUG_STEP), -EOPNOTSUPP);
		vm_close(&vm);
		test_skip("no debugging here");
	}
}

/* The last record of vCPU 0. */
static struct axvm_exit last(void)
{
	struct axvm_flight *f = vcpu_flight(vm.vcpu[0]);
	struct axvm_exit e = { 0 };

	REQUIRE(f);
	CHECK(flight_read(f, load(&f->produced) - 1, &e));
	munmap(f, flight_bytes());
	return e;
}

/* The VM holds still because of @what at @pc. */
static struct axvm_exit hit(uint32_t what, uint64_t pc)
{
	struct axvm_vm_wait w;
	struct axvm_exit e;

	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_SUSPENDED, &w), 0);
	CHECK_EQ(w.stop_reason, AXVM_EXIT_DEBUG);
	CHECK_EQ(w.stop_detail, 0);
	e = last();
	CHECK_EQ(e.reason, AXVM_EXIT_DEBUG);
	CHECK_EQ(e.debug.what, what);
	CHECK_EQ(e.pc, pc);
	CHECK_EQ(arch_pc(vm.vcpu[0]), pc);
	return e;
}

/* It goes on to its end; the handler ran @handled times. */
static void finish(uint32_t handled)
{
	struct axvm_vm_wait w;

	REQUIRE_RET(vm_resume(vm.fd), 0);
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, &w), 0);
	CHECK_EQ(w.stop_reason, AXVM_EXIT_HALTED);
	CHECK_EQ(vm_result(vm.fd, 0), 1);
	CHECK_EQ(vm_result(vm.fd, 1), 3);
	CHECK_EQ(vm_result(vm.fd, 2), handled);
	CHECK_EQ((uint32_t)vm_read64(vm.fd, DATA), 0x600d);
	vm_close(&vm);
}

static void not_watched(void)
{
	begin();
	REQUIRE_RET(vm_op(vm.fd, AXVM_VM_START, AXVM_OP_PAUSED), 0);
	finish(1);
}

static void insn_reflect(void)
{
	begin();
	CHECK_RET(debug(AXVM_DEBUG_INSN), 0);
	CHECK_RET(debug(AXVM_DEBUG_INSN | AXVM_DEBUG_REFLECT), -EBADFD);
	REQUIRE_RET(vm_start(vm.fd), 0);
	hit(AXVM_DEBUG_HIT_INSN, AT(debug_insn));
	CHECK_EQ(vm_result(vm.fd, 0), 0);
	CHECK_RET(debug(AXVM_DEBUG_INSN | AXVM_DEBUG_REFLECT), 0);
	/* once is enough */
	CHECK_RET(debug(AXVM_DEBUG_INSN | AXVM_DEBUG_REFLECT), -EBADFD);
	finish(1);
}

static void insn_skip(void)
{
	begin();
	CHECK_RET(debug(AXVM_DEBUG_INSN), 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	hit(AXVM_DEBUG_HIT_INSN, AT(debug_insn));
	/* on the spot again: a breakpoint that is still there is hit again */
	REQUIRE_RET(vm_resume(vm.fd), 0);
	hit(AXVM_DEBUG_HIT_INSN, AT(debug_insn));
	CHECK_RET(arch_set_pc(vm.vcpu[0], AT(debug_behind)), 0);
	finish(0);
}

static void exec_point(void)
{
	struct axvm_exit e;

	begin();
	point(0, AXVM_DEBUG_EXEC, AT(debug_after), arch.insn_len);
	point(1, AXVM_DEBUG_EXEC, AT(debug_store), arch.insn_len);
	CHECK_RET(debug(0), 0);
	CHECK(dbg.nr_exec >= 2 && dbg.nr_points >= dbg.nr_exec);
	REQUIRE_RET(vm_start(vm.fd), 0);
	e = hit(AXVM_DEBUG_HIT_EXEC, AT(debug_store));
	CHECK_EQ(e.gva, AT(debug_store));
	CHECK_EQ(vm_result(vm.fd, 0), 1);
	CHECK_EQ((uint32_t)vm_read64(vm.fd, DATA), 0);
	/* the guest's own breakpoint instruction is not our business */
	CHECK_EQ(vm_result(vm.fd, 2), 1);
	/* step off it, then on to the next one */
	CHECK_RET(debug(AXVM_DEBUG_STEP), 0);
	dbg.points[1] = (struct axvm_debug_point){ 0 };
	CHECK_RET(debug(AXVM_DEBUG_STEP), 0);
	REQUIRE_RET(vm_resume(vm.fd), 0);
	hit(AXVM_DEBUG_HIT_STEP, AT(debug_stored));
	CHECK_EQ((uint32_t)vm_read64(vm.fd, DATA), 0x600d);
	REQUIRE_RET(vm_resume(vm.fd), 0);
	e = hit(AXVM_DEBUG_HIT_EXEC, AT(debug_after));
	CHECK_EQ(e.gva, AT(debug_after));
	memset(&dbg, 0, sizeof(dbg));
	CHECK_RET(debug(0), 0);
	finish(1);
}

static void watch(uint32_t kind, uint32_t len)
{
	struct axvm_exit e;

	begin();
	point(0, kind, DATA, len);
	CHECK_RET(debug(0), 0);
	CHECK(dbg.nr_data >= 1);
	REQUIRE_RET(vm_start(vm.fd), 0);
	e = hit(AXVM_DEBUG_HIT_DATA,
		arch.watch_before ? AT(debug_store) : AT(debug_stored));
	CHECK_EQ(e.gva, DATA);
	CHECK_EQ((uint32_t)vm_read64(vm.fd, DATA),
		 arch.watch_before ? 0 : 0x600d);
	memset(&dbg, 0, sizeof(dbg));
	CHECK_RET(debug(0), 0);
	finish(1);
}

static void watch_points(void)
{
	watch(AXVM_DEBUG_WRITE, 4);
	watch(AXVM_DEBUG_ACCESS, 4);
	watch(AXVM_DEBUG_WRITE, 1);
	watch(AXVM_DEBUG_WRITE, 8);
}

/* Also over an instruction that is carried out for the guest. */
static void steps(void)
{
	const uint64_t path[] = { AT(debug_stored), AT(debug_emulated),
				  AT(debug_after) };

	begin();
	point(0, AXVM_DEBUG_EXEC, AT(debug_store), arch.insn_len);
	CHECK_RET(debug(0), 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	hit(AXVM_DEBUG_HIT_EXEC, AT(debug_store));
	memset(&dbg, 0, sizeof(dbg));
	for (unsigned int i = 0; i < ARRAY_SIZE(path); i++) {
		CHECK_RET(debug(AXVM_DEBUG_STEP), 0);
		REQUIRE_RET(vm_resume(vm.fd), 0);
		hit(AXVM_DEBUG_HIT_STEP, path[i]);
	}
	/* a step is one step */
	finish(1);
}

/* From its first instruction on, whatever it is. */
static void step_all(void)
{
	unsigned int n = 0;
	uint64_t pc;

	begin();
	CHECK_RET(debug(AXVM_DEBUG_STEP), 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	do {
		REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_SUSPENDED, NULL), 0);
		pc = arch_pc(vm.vcpu[0]);
		n++;
		CHECK_RET(debug(AXVM_DEBUG_STEP), 0);
		REQUIRE_RET(vm_resume(vm.fd), 0);
	} while (pc != AT(debug_after) && n < 100);
	/* through the handler of the guest's own breakpoint, too */
	CHECK(n >= 7 && n < 40);
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_SUSPENDED, NULL), 0);
	CHECK_EQ(vm_result(vm.fd, 2), 1);
	finish(1);
}

static void in_between(void)
{
	struct axvm_vm_wait w;

	/* reset, stop and destroy of a VM that holds still */
	begin();
	CHECK_RET(debug(AXVM_DEBUG_INSN), 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	hit(AXVM_DEBUG_HIT_INSN, AT(debug_insn));
	CHECK_RET(vm_op(vm.fd, AXVM_VM_RESET, AXVM_OP_START), 0);
	hit(AXVM_DEBUG_HIT_INSN, AT(debug_insn));
	CHECK_RET(vm_stop(vm.fd), 0);
	CHECK_RET(debug(0), 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, &w), 0);
	CHECK_EQ(w.stop_reason, AXVM_EXIT_HALTED);
	CHECK_RET(debug(AXVM_DEBUG_STEP), 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_SUSPENDED, NULL), 0);
	CHECK_RET(vm_destroy(vm.id, NULL), 0);
	vm_close(&vm);
}

static void sync_vcpu(void)
{
	struct axvm_vcpu_run run = { .size = sizeof(run) };

	memset(&dbg, 0, sizeof(dbg));
	vm_guest(&vm, &guest_debug, DATA, AXVM_VCPU_SYNC);
	if (!(dev_info.caps & AXVM_CAP_DEBUG))
		test_skip("no debugging here");
	CHECK_RET(debug(AXVM_DEBUG_HOLD), -EOPNOTSUPP);
	CHECK_RET(debug(AXVM_DEBUG_INSN), 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	REQUIRE_RET(call(vm.vcpu[0], AXVM_VCPU_RUN, &run), 0);
	CHECK_EQ(run.exit.reason, AXVM_EXIT_DEBUG);
	CHECK_EQ(run.exit.pc, AT(debug_insn));
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_RUNNING);
	CHECK_RET(debug(AXVM_DEBUG_REFLECT | AXVM_DEBUG_STEP), 0);
	REQUIRE_RET(call(vm.vcpu[0], AXVM_VCPU_RUN, &run), 0);
	CHECK_EQ(run.exit.reason, AXVM_EXIT_DEBUG);
	CHECK_EQ(run.exit.debug.what, AXVM_DEBUG_HIT_STEP);
	REQUIRE_RET(call(vm.vcpu[0], AXVM_VCPU_RUN, &run), 0);
	CHECK_EQ(run.exit.reason, AXVM_EXIT_HALT);
	CHECK_EQ(vm_result(vm.fd, 2), 1);
	vm_close(&vm);
}

/* Held back, it stays where it is while the VM runs; a suspension ends it. */
static void hold(void)
{
	struct axvm_vm_wait w = { .size = sizeof(w),
				  .timeout_ns = 100000000,
				  .states = 1u << AXVM_VM_STOPPED };
	uint64_t pc;

	begin();
	REQUIRE_RET(vm_op(vm.fd, AXVM_VM_START, AXVM_OP_PAUSED), 0);
	pc = arch_pc(vm.vcpu[0]);
	CHECK_RET(debug(AXVM_DEBUG_HOLD | AXVM_DEBUG_STEP), 0);
	REQUIRE_RET(vm_resume(vm.fd), 0);
	CHECK_RET(vcpu_wait_blocked(vm.vcpu[0], AXVM_WAIT_SUSPENDED), 0);
	CHECK_RET(call(vm.fd, AXVM_VM_WAIT, &w), -ETIMEDOUT);
	CHECK_EQ(arch_pc(vm.vcpu[0]), pc);
	CHECK_RET(vm_suspend(vm.fd), 0);
	REQUIRE_RET(vm_resume(vm.fd), 0);
	/* the step was not forgotten */
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_SUSPENDED, NULL), 0);
	CHECK_EQ(last().debug.what, AXVM_DEBUG_HIT_STEP);
	/* a call without it ends it, too */
	CHECK_RET(debug(AXVM_DEBUG_HOLD), 0);
	REQUIRE_RET(vm_resume(vm.fd), 0);
	CHECK_RET(vcpu_wait_blocked(vm.vcpu[0], AXVM_WAIT_SUSPENDED), 0);
	CHECK_RET(debug(0), 0);
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, &w), 0);
	CHECK_EQ(w.stop_reason, AXVM_EXIT_HALTED);
	/* held when it is destroyed */
	REQUIRE_RET(vm_op(vm.fd, AXVM_VM_START, AXVM_OP_PAUSED), 0);
	CHECK_RET(debug(AXVM_DEBUG_HOLD), 0);
	REQUIRE_RET(vm_resume(vm.fd), 0);
	CHECK_RET(vm_destroy(vm.id, NULL), 0);
	vm_close(&vm);
}

static void refused(uint32_t kind, uint64_t addr, uint32_t len)
{
	point(0, kind, addr, len);
	CHECK_RET(debug(0), -EINVAL);
	point(0, 0, 0, 0);
}

static void wrong(void)
{
	unsigned int n;

	begin();
	refused(4, 0, 1);
	refused(AXVM_DEBUG_OFF, 1, 0);
	refused(AXVM_DEBUG_OFF, 0, 1);
	refused(AXVM_DEBUG_WRITE, DATA, 3);
	refused(AXVM_DEBUG_WRITE, DATA, 16);
	refused(AXVM_DEBUG_WRITE, DATA + 2, 4);
	refused(AXVM_DEBUG_EXEC, AT(debug_store), 2);
	refused(AXVM_DEBUG_EXEC, 0x8000000000000000ull, arch.insn_len);
	point(1, AXVM_DEBUG_WRITE, DATA, 4);
	CHECK_RET(debug(0), -EINVAL); /* behind an unused one */
	point(1, 0, 0, 0);
	CHECK_RET(debug(0), 0);
	n = dbg.nr_exec;
	CHECK(n > 0 && n <= AXVM_DEBUG_POINTS);
	for (unsigned int i = 0; i < n; i++)
		point(i, AXVM_DEBUG_EXEC, AT(debug_store), arch.insn_len);
	CHECK_RET(debug(0), 0);
	if (n < AXVM_DEBUG_POINTS) {
		point(n, AXVM_DEBUG_EXEC, AT(debug_store), arch.insn_len);
		CHECK_RET(debug(0), -ENOSPC);
	}
	vm_close(&vm);
}

static const struct test tests[] = {
	{ "a guest that nobody watches", not_watched },
	{ "a breakpoint instruction, given back to the guest", insn_reflect },
	{ "a breakpoint instruction, stepped over by hand", insn_skip },
	{ "hardware breakpoints", exec_point },
	{ "watchpoints", watch_points },
	{ "single steps", steps },
	{ "single steps from the first instruction to the last", step_all },
	{ "reset, stop and destroy while it holds still", in_between },
	{ "a sync vCPU", sync_vcpu },
	{ "a vCPU that is held back", hold },
	{ "what is refused", wrong },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
