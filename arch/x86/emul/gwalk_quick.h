/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: where the processor has just fetched from, by the guest's tables of
 * four levels.  Rights are not looked at: the processor did.
 */
#ifndef AXVM_X86_GWALK_QUICK_H
#define AXVM_X86_GWALK_QUICK_H

#include <linux/bits.h>
#include <linux/kernel.h>
#include "module/lib/types.h"

#define GWALK_QUICK_P BIT_ULL(0)
#define GWALK_QUICK_A BIT_ULL(5)
#define GWALK_QUICK_PS BIT_ULL(7)
#define GWALK_QUICK_FRAME GENMASK_ULL(51, 12)

/**
 * gwalk_quick() - translate @gva, for a fetch in 64-bit mode without LA57
 * @table: where the page at this address is, or NULL: not at hand
 * @opaque: for @table
 * @gpa: out
 *
 * Return: false: gwalk() must be asked: a table is not at hand, an entry is
 * not present or was not used yet.
 */
static __always_inline bool gwalk_quick(u64 cr3, gva_t gva,
					const void *(*table)(void *, gpa_t),
					void *opaque, gpa_t *gpa)
{
	u64 entry = cr3 & GWALK_QUICK_FRAME;
	unsigned int shift;

	for (shift = 39;; shift -= 9) {
		const u64 *t = table(opaque, entry & GWALK_QUICK_FRAME);
		u64 offset = BIT_ULL(shift) - 1;

		if (!t)
			return false;
		entry = READ_ONCE(t[gva >> shift & 511]);
		if (~entry & (GWALK_QUICK_P | GWALK_QUICK_A))
			return false;
		if (shift != 12 && !(entry & GWALK_QUICK_PS))
			continue;
		if (shift == 39)
			return false;
		*gpa = (entry & GWALK_QUICK_FRAME & ~offset) | (gva & offset);
		return true;
	}
}

#endif /* AXVM_X86_GWALK_QUICK_H */
