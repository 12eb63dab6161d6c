/* SPDX-License-Identifier: GPL-2.0 */
/* Not to be tested here: 77. */
	.include "axvm-test.inc"
	mov	x0, #0x4158
	mov	x1, #77
	hvc	#0
	b	stop
	test_header "hypercall = 0x4158\n"
