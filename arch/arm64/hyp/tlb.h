/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TLB maintenance of a guest's translations from EL2.  The caller has put the
 * VMID into VTTBR_EL2 (and, at VHE, taken HCR_EL2.TGE away); all of it is
 * broadcast to the inner shareable domain.
 */
#ifndef AXVM_HYP_TLB_H
#define AXVM_HYP_TLB_H

#include "arch/arm64/hyp/sysreg.h"

/* Above this many pages forgetting the whole VMID is cheaper. */
#define HYP_TLBI_MAX_PAGES 64

static __always_inline void hyp_tlbi_vmid_here(void)
{
	asm volatile("tlbi vmalls12e1is\n\tdsb ish\n\tisb" : : : "memory");
}

/*
 * By intermediate address, then all of stage 1 of this VMID: combined entries
 * are tagged by virtual address only, which nobody knows here.
 */
static __always_inline void hyp_tlbi_range_here(u64 ipa, u64 pages)
{
	if (pages > HYP_TLBI_MAX_PAGES) {
		hyp_tlbi_vmid_here();
		return;
	}
	for (; pages; pages--, ipa += 4096)
		asm volatile("tlbi ipas2e1is, %0" : : "r"(ipa >> 12)
			     : "memory");
	asm volatile("dsb ish\n\ttlbi vmalle1is\n\tdsb ish\n\tisb"
		     : : : "memory");
}

static __always_inline void hyp_tlbi_all_here(void)
{
	asm volatile("dsb ishst\n\ttlbi alle1is\n\tic ialluis\n\tdsb ish\n\tisb"
		     : : : "memory");
}

#endif /* AXVM_HYP_TLB_H */
