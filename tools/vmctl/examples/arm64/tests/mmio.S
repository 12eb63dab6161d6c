/* SPDX-License-Identifier: GPL-2.0 */
/* A verdict by a value written to an address: 3 fails, and that is right. */
	.include "axvm-test.inc"
	mov	x1, #0x0a000000
	mov	w0, #3
	str	w0, [x1]
	b	stop
	test_header "mmio = 0xa00_0000\nexpect = \"fail\"\n"
