/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The guest of client.c for x86: real mode, loaded at 0x1000.
 */
#ifndef CLIENT_GUEST_H
#define CLIENT_GUEST_H

#include "uapi/axvm_x86.h"

#define GUEST_BASE 0x0
#define GUEST_SIZE 0x10000
#define GUEST_ENTRY 0x1000

static const unsigned char guest_code[] = {
	0x66, 0xb8, 0x01, 0x00, 0x00, 0x00, /* mov  $1, %eax   hypercall 1 */
	0x66, 0xbf, 0x14, 0x00, 0x00, 0x00, /* mov  $20, %edi */
	0x66, 0xbe, 0x16, 0x00, 0x00, 0x00, /* mov  $22, %esi */
	0x0f, 0x01, 0xc1, /*		       vmcall */
	0x66, 0xa3, 0x00, 0x20, /*	       mov  %eax, 0x2000 */
	0xfa, /*			       cli */
	0xf4, /*			       hlt */
};
#define GUEST_RESULT 0x2000

/* What has to differ from the state after reset: CS:IP = 0:entry. */
static const struct axvm_reg guest_regs[] = {
	{ AXVM_X86_REG(AXVM_X86_CLASS_SEG, AXVM_X86_CS * 4 + 0), 0 },
	{ AXVM_X86_REG(AXVM_X86_CLASS_SEG, AXVM_X86_CS * 4 + 2), 0 },
	{ AXVM_X86_REG(AXVM_X86_CLASS_GPR, 16), GUEST_ENTRY },
};

#endif /* CLIENT_GUEST_H */
