// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: any instruction word on any registers, carried out on a device
 * of one page.  No access may leave the page, and all of them together must
 * cover what the instruction says, once and in order.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arm64/emul/ldst_run.h"

#define PAGE 0x9000000ull

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void carry_out(struct ldst_run *run, const struct ldst *d)
{
	struct ldst_access a;
	unsigned int done = 0;
	u64 high;

	while (ldst_next(run, &a)) {
		if (a.gpa != run->gpa + done || a.gpa < PAGE ||
		    a.gpa + a.bytes > PAGE + 4096 || a.write == d->load ||
		    !a.bytes || a.bytes > 8)
			abort();
		if (a.bytes < 8 && a.data >> (8 * a.bytes))
			abort();
		done += a.bytes;
		ldst_done(run, 0x8182838485868788ull);
	}
	if (done != (d->prefetch ? 0 : d->bytes * d->nr_regs))
		abort();
	ldst_result(run, 0, &high);
	ldst_result(run, 1, &high);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	u64 x[31] = { 0 }, sp = 0x5000, va;
	struct ldst_run run;
	struct ldst d;
	uint32_t insn;

	if (size < sizeof(insn))
		return 0;
	memcpy(&insn, data, sizeof(insn));
	size -= sizeof(insn);
	memcpy(x, data + sizeof(insn), size < sizeof(x) ? size : sizeof(x));
	if (ldst_decode(insn, &d))
		return 0;
	va = ldst_address(&d, x, sp, 0x40000000);
	memset(&run, 0xa5, sizeof(run));
	if (!ldst_begin(&run, &d, PAGE + va % 4096))
		carry_out(&run, &d);
	ldst_writeback(&d, x, &sp);
	return 0;
}
