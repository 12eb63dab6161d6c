/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Cache maintenance by address over a range of the kernel's linear map: the
 * kernel's own loops are not there for modules.
 * In: x0 = first byte, x1 = end, if any.  Clobbers x2, x3.
 */
#include <linux/linkage.h>

	.text

/* x2 = bytes of the smallest data (16) or instruction (0) cache line */
.macro line_size shift
	mrs	x3, ctr_el0
	ubfx	x3, x3, #\shift, #4
	mov	x2, #4
	lsl	x2, x2, x3
.endm

/* Eight lines at a time as long as eight are left */
.macro by_line op:vararg
	sub	x3, x2, #1
	bic	x0, x0, x3
1:	add	x3, x0, x2, lsl #3
	cmp	x3, x1
	b.hi	2f
	.rept	8
	\op
	add	x0, x0, x2
	.endr
	b	1b
2:	cmp	x0, x1
	b.hs	3f
	\op
	add	x0, x0, x2
	b	2b
3:
.endm

/* void hyp_dcache_clean_poc(void *from, void *to) */
SYM_FUNC_START(hyp_dcache_clean_poc)
	line_size 16
	/* CVAC may be upgraded by errata; CIVAC is right everywhere. */
	by_line	dc civac, x0
	dsb	sy
	ret
SYM_FUNC_END(hyp_dcache_clean_poc)

/* void hyp_icache_inval_pou(void *from, void *to) */
SYM_FUNC_START(hyp_icache_inval_pou)
	line_size 0
	by_line	ic ivau, x0
	dsb	ish
	isb
	ret
SYM_FUNC_END(hyp_icache_inval_pou)

/* void hyp_icache_inval_all(void) */
SYM_FUNC_START(hyp_icache_inval_all)
	ic	ialluis
	dsb	ish
	isb
	ret
SYM_FUNC_END(hyp_icache_inval_all)
