/* SPDX-License-Identifier: GPL-2.0 */
/* HVC, a trapped register and WFE for ever: exits as fast as they come. */
	.section .start, "ax"
	.globl _start
_start:
	mov	x0, #0x84000000
	hvc	#0
	mrs	x0, actlr_el1
	wfe
	b	_start
