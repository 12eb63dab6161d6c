/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All FP and SIMD registers from and to struct hyp_fpsimd.  The caller owns
 * them: kernel_neon_begin() was called.
 */
#include <linux/linkage.h>

	.text

.macro pairs op
	\op	q0, q1, [x0]
	\op	q2, q3, [x0, #32]
	\op	q4, q5, [x0, #64]
	\op	q6, q7, [x0, #96]
	\op	q8, q9, [x0, #128]
	\op	q10, q11, [x0, #160]
	\op	q12, q13, [x0, #192]
	\op	q14, q15, [x0, #224]
	\op	q16, q17, [x0, #256]
	\op	q18, q19, [x0, #288]
	\op	q20, q21, [x0, #320]
	\op	q22, q23, [x0, #352]
	\op	q24, q25, [x0, #384]
	\op	q26, q27, [x0, #416]
	\op	q28, q29, [x0, #448]
	\op	q30, q31, [x0, #480]
.endm

/* void hyp_fpsimd_save(struct hyp_fpsimd *fp): clobbers x1, x2 */
SYM_FUNC_START(hyp_fpsimd_save)
	pairs	stp
	mrs	x1, fpsr
	mrs	x2, fpcr
	add	x0, x0, #512
	stp	x1, x2, [x0]
	ret
SYM_FUNC_END(hyp_fpsimd_save)

/* void hyp_fpsimd_load(const struct hyp_fpsimd *fp): clobbers x1, x2 */
SYM_FUNC_START(hyp_fpsimd_load)
	pairs	ldp
	add	x0, x0, #512
	ldp	x1, x2, [x0]
	msr	fpsr, x1
	msr	fpcr, x2
	ret
SYM_FUNC_END(hyp_fpsimd_load)
