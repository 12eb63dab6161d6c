// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: what a test's configuration leaves out, and what the end of its VM
 * means.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "names.h"
#include "num.h"
#include "test.h"

/* isa-debug-exit of QEMU, which test guests for x86 write to. */
#define PORT_DEFAULT 0xf4u
#define SKIP_DEFAULT 77u /* as of automake and kvm-unit-tests */
#define PANIC_DEFAULT \
	"Kernel panic - not syncing|^Unhandled exception|^PANIC|BUG: unable to handle|Internal error: Oops"

static const char *const verdicts[] = {
	[CFG_VERDICT_PASS] = "pass",
	[CFG_VERDICT_FAIL] = "fail",
	[CFG_VERDICT_SKIP] = "skip",
	[CFG_VERDICT_PANIC] = "panic",
	[CFG_VERDICT_TRIPLE] = "triple-fault",
	[CFG_VERDICT_ENTRY] = "entry-failure",
	[CFG_VERDICT_TIMEOUT] = "timeout",
	[CFG_VERDICT_ERROR] = "error",
};

const char *test_verdict_name(enum cfg_verdict v)
{
	return v < sizeof(verdicts) / sizeof(verdicts[0]) ? verdicts[v] : "?";
}

bool test_is_ok(const struct test_rule *r, enum cfg_verdict v)
{
	return v == r->expect || v == CFG_VERDICT_SKIP;
}

static enum cfg_verdict word(const struct cfg_num *n, enum cfg_verdict other)
{
	return n->set ? (enum cfg_verdict)n->v : other;
}

static const char *text(const struct cfg_text *t, const char *other)
{
	return t->set ? t->v : other;
}

void test_rule(const struct config *c, bool x86, uint64_t timeout_ns,
	       struct test_rule *r)
{
	const struct cfg_test *t = &c->test;
	/* Does it say how it passes? Then a bare power-off is none. */
	bool said = t->port.set || t->mmio.set || t->hypercall.set ||
		    t->pass.set || t->halt.set;

	*r = (struct test_rule){
		.has_port = t->port.set || (x86 && !said),
		.has_mmio = t->mmio.set,
		.has_hypercall = t->hypercall.set,
		.port = t->port.set ? t->port.v : PORT_DEFAULT,
		.mmio = t->mmio.v,
		.hypercall = t->hypercall.v,
		.pass_value = t->pass_value.set ? t->pass_value.v : 0,
		.skip_value = t->skip_value.set ? t->skip_value.v :
						  SKIP_DEFAULT,
		.poweroff = word(&t->poweroff,
				 said ? CFG_VERDICT_FAIL : CFG_VERDICT_PASS),
		.reset = word(&t->reset, CFG_VERDICT_FAIL),
		.halt = word(&t->halt, CFG_VERDICT_FAIL),
		.expect = word(&t->expect, CFG_VERDICT_PASS),
		.pass = text(&t->pass, ""),
		.fail = text(&t->fail, ""),
		.skip = text(&t->skip, ""),
		.panic = text(&t->panic, PANIC_DEFAULT),
		.timeout_ns = timeout_ns,
	};
	if (t->timeout.set)
		num_parse_time(t->timeout.v, &r->timeout_ns);
}

#define SAY(...) snprintf(out->text, sizeof(out->text), __VA_ARGS__)

/* The guest gave a number. */
static void judge_value(const struct test_rule *r, uint64_t v, const char *how,
			uint64_t where, struct test_outcome *out)
{
	out->verdict = v == r->pass_value ? CFG_VERDICT_PASS :
		       v == r->skip_value ? CFG_VERDICT_SKIP :
					    CFG_VERDICT_FAIL;
	SAY("%s 0x%" PRIx64 ": %" PRIu64, how, where, v);
}

static bool judge_access(const struct test_rule *r, const struct axvm_exit *e,
			 struct test_outcome *out)
{
	if (r->has_port && e->reason == AXVM_EXIT_IO_WRITE &&
	    e->io.port == r->port)
		judge_value(r, e->io.data, "port", r->port, out);
	else if (r->has_mmio && e->reason == AXVM_EXIT_MMIO_WRITE &&
		 e->gpa == r->mmio)
		judge_value(r, e->mmio.data, "address", r->mmio, out);
	else if (r->has_hypercall && e->reason == AXVM_EXIT_HYPERCALL &&
		 e->hypercall.nr == r->hypercall)
		judge_value(r, e->hypercall.args[0], "hypercall", r->hypercall,
			    out);
	else
		return false;
	return true;
}

static void judge_end(enum cfg_verdict v, const char *what,
		      struct test_outcome *out)
{
	out->verdict = v;
	SAY("%s%s", what, v == CFG_VERDICT_FAIL ? ", which was not to be" : "");
}

void test_judge(const struct test_rule *r, uint32_t reason,
		const struct axvm_exit *e, struct test_outcome *out)
{
	out->stop_reason = reason;
	out->pc = e ? e->pc : 0;
	if (e && judge_access(r, e, out))
		return;
	switch (reason) {
	case AXVM_EXIT_TRIPLE_FAULT:
		out->verdict = CFG_VERDICT_TRIPLE;
		SAY("triple fault at 0x%" PRIx64, out->pc);
		return;
	case AXVM_EXIT_FAIL_ENTRY:
		out->verdict = CFG_VERDICT_ENTRY;
		SAY("the CPU refused to enter the guest at 0x%" PRIx64
		    ": hardware reason 0x%x",
		    out->pc, e ? e->hw_reason : 0);
		return;
	case AXVM_EXIT_SYSTEM_DOWN:
	case AXVM_EXIT_CPU_DOWN:
		judge_end(r->poweroff, "powered off", out);
		return;
	case AXVM_EXIT_RESET:
		judge_end(r->reset, "asked for a reset", out);
		return;
	case AXVM_EXIT_HALTED:
	case AXVM_EXIT_HALT:
		judge_end(r->halt, "halted for good", out);
		return;
	case AXVM_EXIT_STOPPED:
		judge_end(CFG_VERDICT_ERROR, "stopped from outside", out);
		return;
	case AXVM_EXIT_MEMORY:
		judge_end(CFG_VERDICT_ERROR, "the host has no memory for it",
			  out);
		return;
	}
	out->verdict = CFG_VERDICT_ERROR;
	SAY("stopped by an exit that axvm cannot handle (%s) at 0x%" PRIx64,
	    name_exit(reason), out->pc);
}
