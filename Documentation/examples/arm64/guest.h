/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The guest of client.c for arm64: EL1 with the MMU off, loaded at the bottom
 * of its memory.
 */
#ifndef CLIENT_GUEST_H
#define CLIENT_GUEST_H

#include <stddef.h>
#include "uapi/axvm_arm64.h"

#define GUEST_BASE 0x40000000
#define GUEST_SIZE 0x10000
#define GUEST_ENTRY 0x40000000

static const unsigned char guest_code[] = {
	0x20, 0x00, 0x80, 0xd2, /* mov  x0, #1	   hypercall 1 */
	0x81, 0x02, 0x80, 0xd2, /* mov  x1, #20 */
	0xc2, 0x02, 0x80, 0xd2, /* mov  x2, #22 */
	0x02, 0x00, 0x00, 0xd4, /* hvc  #0 */
	0x03, 0x00, 0xa8, 0xd2, /* mov  x3, #0x40000000 */
	0x60, 0x00, 0x10, 0xb9, /* str  w0, [x3, #0x1000] */
	0x7f, 0x20, 0x03, 0xd5, /* wfi */
	0xff, 0xff, 0xff, 0x17, /* b    wfi */
};
#define GUEST_RESULT 0x40001000

/* What has to differ from the state after reset: the program counter. */
static const struct axvm_reg guest_regs[] = {
	{ AXVM_ARM64_REG(AXVM_ARM64_CLASS_GENERAL,
			 offsetof(struct axvm_arm64_regs, pc) / 8),
	  GUEST_ENTRY },
};

#endif /* CLIENT_GUEST_H */
