/* SPDX-License-Identifier: GPL-2.0 */
/* A guest that never ends. */
	.include "axvm-test.inc"
	b	.
	test_header "expect = \"timeout\"\ntimeout = \"1s\"\n"
