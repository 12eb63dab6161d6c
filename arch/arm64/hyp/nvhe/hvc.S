/* SPDX-License-Identifier: GPL-2.0 */
/*
 * HVC as a function call: compilers' instrumentation puts nothing between
 * the arguments and the instruction.
 */
#include <linux/linkage.h>

	.text
/*
 * u64 hyp_hvc(u64 nr, u64 a, u64 b, u64 c, u64 d, u64 e, u64 f)
 * In: x0-x6.  Out: x0.  Clobbers what a function call may.
 */
SYM_FUNC_START(hyp_hvc)
	hvc	#0
	ret
SYM_FUNC_END(hyp_hvc)
