/* SPDX-License-Identifier: GPL-2.0 */
/* The linked EL2 image as constant data of the module; takeover.c copies it. */
#include <linux/linkage.h>

	.section .rodata, "a"
	.align	12
SYM_DATA_START(hyp_nvhe_image)
	.incbin	HYP_IMAGE
SYM_DATA_END_LABEL(hyp_nvhe_image, SYM_L_GLOBAL, hyp_nvhe_image_end)
