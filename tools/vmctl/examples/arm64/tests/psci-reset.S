/* SPDX-License-Identifier: GPL-2.0 */
/* PSCI SYSTEM_RESET fails, which the header says is right: so it is "ok". */
	.include "axvm-test.inc"
	mov	x0, #0x84000000
	movk	x0, #9
	hvc	#0
	b	stop
	test_header "expect = \"fail\"\nsummary = \"a reset fails\"\n"
