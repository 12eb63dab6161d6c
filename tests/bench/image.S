/* SPDX-License-Identifier: GPL-2.0 */
/* The guest's image, so that the benchmark is one file. */
	.section .rodata
	.globl bench_image, bench_image_end
	.balign 8
bench_image:
	.incbin BENCH_IMAGE
bench_image_end:
	.byte 0
	.section .note.GNU-stack, "", %progbits
