/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: the walk of a guest's own stage-1 tables (EL1&0 regime, VMSAv8-64,
 * 4, 16 and 64 KiB granules), with the fault status code of a refused access.
 * Reads guest memory through a callback; knows nothing of stage 2 and changes
 * no flags.
 */
#ifndef AXVM_ARM64_S1WALK_H
#define AXVM_ARM64_S1WALK_H

#include <linux/types.h>
#include "module/lib/types.h"

/**
 * struct s1walk_info - the translation regime of a vCPU, and the access
 * @sctlr: SCTLR_EL1 (M, WXN, EE)
 * @tcr: TCR_EL1
 * @ttbr0: TTBR0_EL1, @ttbr1: TTBR1_EL1
 * @ipa_bits: width of a guest-physical address (guest's PARange)
 * @hpd: hierarchical permission disables exist (guest's MMFR1.HPDS)
 * @haf: hardware can set the access flag (guest's MMFR1.HAFDBS >= 1)
 * @hdbs: hardware can make pages dirty (guest's MMFR1.HAFDBS >= 2)
 * @el0: the access is from EL0
 * @pan: PSTATE.PAN: EL1 must not touch what EL0 can
 * @write: data write
 * @fetch: instruction fetch
 */
struct s1walk_info {
	u64 sctlr;
	u64 tcr;
	u64 ttbr0;
	u64 ttbr1;
	u8 ipa_bits;
	bool hpd;
	bool haf;
	bool hdbs;
	bool el0;
	bool pan;
	bool write;
	bool fetch;
};

/**
 * struct s1walk_mem - guest-physical memory
 * @read: the descriptor at @gpa (8 bytes, aligned, as it lies in memory) into
 *	@value; 0 or -errno, which s1walk() hands through
 * @opaque: theirs
 */
struct s1walk_mem {
	int (*read)(void *opaque, gpa_t gpa, u64 *value);
	void *opaque;
};

/* Who may what: s1walk_result.prot. */
#define S1WALK_EL1_READ (1u << 0)
#define S1WALK_EL1_WRITE (1u << 1)
#define S1WALK_EL1_EXEC (1u << 2)
#define S1WALK_EL0_READ (1u << 3)
#define S1WALK_EL0_WRITE (1u << 4)
#define S1WALK_EL0_EXEC (1u << 5)

/**
 * struct s1walk_result - where the walk led
 * @gpa: guest-physical address of the byte that was asked for
 * @page_size: bytes of the page or block
 * @prot: S1WALK_*, of the whole walk
 * @levels: descriptors read (0: the MMU is off)
 * @attr_index: index into MAIR_EL1
 * @ng: not global: tagged with the ASID
 * @level: lookup level of the leaf, or of the fault
 * @fsc: fault status code after -EFAULT, as ESR_ELx.DFSC
 */
struct s1walk_result {
	gpa_t gpa;
	u64 page_size;
	u32 prot;
	u8 levels;
	u8 attr_index;
	bool ng;
	s8 level;
	u8 fsc;
};

/**
 * s1walk() - translate @gva for the access that @info describes
 *
 * Manual: "The AArch64 Virtual Memory System Architecture".
 * Return: 0; -EFAULT the access faults, with @res->fsc and @res->level;
 * what @mem->read said.
 */
int s1walk(const struct s1walk_info *info, const struct s1walk_mem *mem,
	   gva_t gva, struct s1walk_result *res);

#endif /* AXVM_ARM64_S1WALK_H */
