/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: a guest's stage-1 tables, walked by software.
 *
 * Manual: "The VMSAv8-64 address translation system".
 */
#ifndef AXVM_ARM64_EMUL_GWALK_H
#define AXVM_ARM64_EMUL_GWALK_H

#include <linux/types.h>

/**
 * struct gwalk - registers and memory of the guest
 * @sctlr, @tcr, @ttbr0, @ttbr1: EL1's
 * @read64: a descriptor at a guest-physical address; 0 or -errno
 * @opaque: for @read64
 */
struct gwalk {
	u64 sctlr;
	u64 tcr;
	u64 ttbr0;
	u64 ttbr1;
	int (*read64)(void *opaque, u64 gpa, u64 *value);
	void *opaque;
};

/**
 * struct gwalk_result
 * @gpa: where the address is
 * @size: of the page or block
 * @levels: tables read
 * @read, @write, @exec: allowed at EL1; @user_*: at EL0
 */
struct gwalk_result {
	u64 gpa;
	u64 size;
	u32 levels;
	bool read, write, exec;
	bool user_read, user_write, user_exec;
};

/**
 * gwalk_translate() - walk for @gva
 * Return: 0; -ENXIO not mapped; -EFAULT a table is not in memory; -EINVAL the
 * registers ask for what the architecture reserves.
 */
int gwalk_translate(const struct gwalk *w, u64 gva, struct gwalk_result *r);

#endif /* AXVM_ARM64_EMUL_GWALK_H */
