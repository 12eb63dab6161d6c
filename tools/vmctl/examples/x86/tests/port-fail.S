/* SPDX-License-Identifier: GPL-2.0 */
/* A test that fails, which its header says is right: so it is "ok". */
	.include "axvm-test.inc"
	verdict	3
	jmp	stop
	test_header "expect = \"fail\"\nsummary = \"a value other than 0 fails\"\n"
