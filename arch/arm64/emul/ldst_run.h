/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: a decoded load or store as a sequence of accesses to a device, each
 * of which may be answered later.  Nothing of the guest's registers changes
 * before the last one is done.
 */
#ifndef AXVM_ARM64_LDST_RUN_H
#define AXVM_ARM64_LDST_RUN_H

#include <linux/types.h>
#include "arch/arm64/emul/ldst.h"
#include "module/lib/types.h"

/**
 * struct ldst_run - an instruction being carried out
 * @d: what it is
 * @gpa: guest-physical address of its first byte
 * @at: bytes done
 * @value: data of each register: low, high 64 bits
 */
struct ldst_run {
	struct ldst d;
	gpa_t gpa;
	unsigned int at;
	u64 value[2][2];
};

/**
 * struct ldst_access - one access to the bus
 * @gpa: where
 * @bytes: 1, 2, 4 or 8
 * @write: a store
 * @data: what it writes
 */
struct ldst_access {
	gpa_t gpa;
	u8 bytes;
	bool write;
	u64 data;
};

/**
 * ldst_begin() - begin with @d, whose data lies at @gpa
 * @r: @r->value is the registers' (stores), all else is set here
 * @d: from ldst_decode()
 * @gpa: guest-physical address of the first byte
 *
 * Return: 0; -EOPNOTSUPP a device does not take it: exclusives, and data that
 * reach into another page, which may be anywhere.
 */
int ldst_begin(struct ldst_run *r, const struct ldst *d, gpa_t gpa);

/** ldst_next() - the next access; false: all are done */
bool ldst_next(const struct ldst_run *r, struct ldst_access *a);

/** ldst_done() - the access that ldst_next() told is done; a load gave @data */
void ldst_done(struct ldst_run *r, u64 data);

/**
 * ldst_result() - what register @i (0 or 1) of a finished load holds
 * @high: SIMD and FP: upper 64 bits; else 0
 */
u64 ldst_result(const struct ldst_run *r, unsigned int i, u64 *high);

#endif /* AXVM_ARM64_LDST_RUN_H */
