// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: loads and stores on devices, access by access.
 */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/kernel.h>

#include "arch/arm64/emul/esr.h"
#include "arch/arm64/emul/ldst_run.h"

#define PAGE_BYTES 4096u
#define BUS_BYTES 8u /* widest access */

static unsigned int total(const struct ldst_run *r)
{
	return r->d.prefetch ? 0 : r->d.bytes * r->d.nr_regs;
}

int ldst_begin(struct ldst_run *r, const struct ldst *d, gpa_t gpa)
{
	r->d = *d;
	r->gpa = gpa;
	r->at = 0;
	if (d->exclusive || gpa % PAGE_BYTES + total(r) > PAGE_BYTES)
		return -EOPNOTSUPP;
	return 0;
}

/* Which register's half the next access is for. */
static unsigned int reg_of(const struct ldst_run *r)
{
	return r->at / r->d.bytes & 1;
}

static unsigned int half_of(const struct ldst_run *r)
{
	return r->at % r->d.bytes / BUS_BYTES;
}

bool ldst_next(const struct ldst_run *r, struct ldst_access *a)
{
	if (r->at >= total(r))
		return false;
	a->gpa = r->gpa + r->at;
	a->bytes = min_t(unsigned int, r->d.bytes, BUS_BYTES);
	a->write = !r->d.load;
	a->data = 0;
	if (a->write)
		a->data = syn_store_value(r->value[reg_of(r)][half_of(r)],
					  a->bytes);
	return true;
}

void ldst_done(struct ldst_run *r, u64 data)
{
	if (r->at >= total(r))
		return;
	if (r->d.load)
		r->value[reg_of(r)][half_of(r)] = data;
	r->at += min_t(unsigned int, r->d.bytes, BUS_BYTES);
}

u64 ldst_result(const struct ldst_run *r, unsigned int i, u64 *high)
{
	const u64 *v = r->value[i & 1];

	if (!r->d.fp) {
		*high = 0;
		return syn_load_extend(v[0], r->d.bytes, r->d.sign_extend,
				       r->d.wide);
	}
	*high = r->d.bytes > BUS_BYTES ? v[1] : 0;
	return syn_store_value(v[0],
			       min_t(unsigned int, r->d.bytes, BUS_BYTES));
}
