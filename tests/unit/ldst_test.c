// SPDX-License-Identifier: GPL-2.0
/*
 * Check tests of arch/arm64/emul/ldst.c.  The encodings are an assembler's;
 * what they should decode to was taken from the text by a script that knows
 * the assembly language and nothing of the decoder.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arm64/emul/ldst.h"

#define NO_STATUS .status = LDST_NO_REG
#define NO_INDEX .index = LDST_NO_REG

static const struct {
	u32 insn;
	const char *text;
	struct ldst want;
} known[] = {
	{ 0xf9400020,
	  "ldr x0, [x1]",
	  { NO_STATUS, NO_INDEX, .load = true, .wide = true, .bytes = 8,
	    .nr_regs = 1, .reg = { 0 }, .base = 1 } },
	{ 0xb94007e2,
	  "ldr w2, [sp, #4]",
	  { NO_STATUS, NO_INDEX, .load = true, .bytes = 4, .nr_regs = 1,
	    .reg = { 2 }, .base = 31, .offset = 4 } },
	{ 0xf97fffbe,
	  "ldr x30, [x29, #32760]",
	  { NO_STATUS, NO_INDEX, .load = true, .wide = true, .bytes = 8,
	    .nr_regs = 1, .reg = { 30 }, .base = 29, .offset = 32760 } },
	{ 0x397ffc83,
	  "ldrb w3, [x4, #4095]",
	  { NO_STATUS, NO_INDEX, .load = true, .bytes = 1, .nr_regs = 1,
	    .reg = { 3 }, .base = 4, .offset = 4095 } },
	{ 0x794004c5,
	  "ldrh w5, [x6, #2]",
	  { NO_STATUS, NO_INDEX, .load = true, .bytes = 2, .nr_regs = 1,
	    .reg = { 5 }, .base = 6, .offset = 2 } },
	{ 0x39800507,
	  "ldrsb x7, [x8, #1]",
	  { NO_STATUS, NO_INDEX, .load = true, .sign_extend = true,
	    .wide = true, .bytes = 1, .nr_regs = 1, .reg = { 7 }, .base = 8,
	    .offset = 1 } },
	{ 0x39c00149,
	  "ldrsb w9, [x10]",
	  { NO_STATUS, NO_INDEX, .load = true, .sign_extend = true, .bytes = 1,
	    .nr_regs = 1, .reg = { 9 }, .base = 10 } },
	{ 0x79bffd8b,
	  "ldrsh x11, [x12, #8190]",
	  { NO_STATUS, NO_INDEX, .load = true, .sign_extend = true,
	    .wide = true, .bytes = 2, .nr_regs = 1, .reg = { 11 }, .base = 12,
	    .offset = 8190 } },
	{ 0x79c001cd,
	  "ldrsh w13, [x14]",
	  { NO_STATUS, NO_INDEX, .load = true, .sign_extend = true, .bytes = 2,
	    .nr_regs = 1, .reg = { 13 }, .base = 14 } },
	{ 0xb980060f,
	  "ldrsw x15, [x16, #4]",
	  { NO_STATUS, NO_INDEX, .load = true, .sign_extend = true,
	    .wide = true, .bytes = 4, .nr_regs = 1, .reg = { 15 }, .base = 16,
	    .offset = 4 } },
	{ 0xf900023f,
	  "str xzr, [x17]",
	  { NO_STATUS, NO_INDEX, .wide = true, .bytes = 8, .nr_regs = 1,
	    .reg = { 31 }, .base = 17 } },
	{ 0xb93ffe72,
	  "str w18, [x19, #16380]",
	  { NO_STATUS, NO_INDEX, .bytes = 4, .nr_regs = 1, .reg = { 18 },
	    .base = 19, .offset = 16380 } },
	{ 0x390002b4,
	  "strb w20, [x21]",
	  { NO_STATUS, NO_INDEX, .bytes = 1, .nr_regs = 1, .reg = { 20 },
	    .base = 21 } },
	{ 0x790003ff,
	  "strh wzr, [sp]",
	  { NO_STATUS, NO_INDEX, .bytes = 2, .nr_regs = 1, .reg = { 31 },
	    .base = 31 } },
	{ 0xf84ff420,
	  "ldr x0, [x1], #255",
	  { NO_STATUS, NO_INDEX, .load = true, .wide = true, .bytes = 8,
	    .nr_regs = 1, .reg = { 0 }, .base = 1, .writeback = true,
	    .base_add = 255 } },
	{ 0xb8500462,
	  "ldr w2, [x3], #-256",
	  { NO_STATUS, NO_INDEX, .load = true, .bytes = 4, .nr_regs = 1,
	    .reg = { 2 }, .base = 3, .writeback = true, .base_add = -256 } },
	{ 0x384014a4,
	  "ldrb w4, [x5], #1",
	  { NO_STATUS, NO_INDEX, .load = true, .bytes = 1, .nr_regs = 1,
	    .reg = { 4 }, .base = 5, .writeback = true, .base_add = 1 } },
	{ 0x789fe4e6,
	  "ldrsh x6, [x7], #-2",
	  { NO_STATUS, NO_INDEX, .load = true, .sign_extend = true,
	    .wide = true, .bytes = 2, .nr_regs = 1, .reg = { 6 }, .base = 7,
	    .writeback = true, .base_add = -2 } },
	{ 0xb88044e6,
	  "ldrsw x6, [x7], #4",
	  { NO_STATUS, NO_INDEX, .load = true, .sign_extend = true,
	    .wide = true, .bytes = 4, .nr_regs = 1, .reg = { 6 }, .base = 7,
	    .writeback = true, .base_add = 4 } },
	{ 0xf8008528,
	  "str x8, [x9], #8",
	  { NO_STATUS, NO_INDEX, .wide = true, .bytes = 8, .nr_regs = 1,
	    .reg = { 8 }, .base = 9, .writeback = true, .base_add = 8 } },
	{ 0x7800256a,
	  "strh w10, [x11], #2",
	  { NO_STATUS, NO_INDEX, .bytes = 2, .nr_regs = 1, .reg = { 10 },
	    .base = 11, .writeback = true, .base_add = 2 } },
	{ 0x380017ec,
	  "strb w12, [sp], #1",
	  { NO_STATUS, NO_INDEX, .bytes = 1, .nr_regs = 1, .reg = { 12 },
	    .base = 31, .writeback = true, .base_add = 1 } },
	{ 0xf84ffc20,
	  "ldr x0, [x1, #255]!",
	  { NO_STATUS, NO_INDEX, .load = true, .wide = true, .bytes = 8,
	    .nr_regs = 1, .reg = { 0 }, .base = 1, .offset = 255,
	    .writeback = true, .base_add = 255 } },
	{ 0xb8500c62,
	  "ldr w2, [x3, #-256]!",
	  { NO_STATUS, NO_INDEX, .load = true, .bytes = 4, .nr_regs = 1,
	    .reg = { 2 }, .base = 3, .offset = -256, .writeback = true,
	    .base_add = -256 } },
	{ 0x38dffca4,
	  "ldrsb w4, [x5, #-1]!",
	  { NO_STATUS, NO_INDEX, .load = true, .sign_extend = true, .bytes = 1,
	    .nr_regs = 1, .reg = { 4 }, .base = 5, .offset = -1,
	    .writeback = true, .base_add = -1 } },
	{ 0xf81f0fe6,
	  "str x6, [sp, #-16]!",
	  { NO_STATUS, NO_INDEX, .wide = true, .bytes = 8, .nr_regs = 1,
	    .reg = { 6 }, .base = 31, .offset = -16, .writeback = true,
	    .base_add = -16 } },
	{ 0x38001d07,
	  "strb w7, [x8, #1]!",
	  { NO_STATUS, NO_INDEX, .bytes = 1, .nr_regs = 1, .reg = { 7 },
	    .base = 8, .offset = 1, .writeback = true, .base_add = 1 } },
	{ 0xf85f8020,
	  "ldur x0, [x1, #-8]",
	  { NO_STATUS, NO_INDEX, .load = true, .wide = true, .bytes = 8,
	    .nr_regs = 1, .reg = { 0 }, .base = 1, .offset = -8 } },
	{ 0x384ff062,
	  "ldurb w2, [x3, #255]",
	  { NO_STATUS, NO_INDEX, .load = true, .bytes = 1, .nr_regs = 1,
	    .reg = { 2 }, .base = 3, .offset = 255 } },
	{ 0xb89ff0a4,
	  "ldursw x4, [x5, #-1]",
	  { NO_STATUS, NO_INDEX, .load = true, .sign_extend = true,
	    .wide = true, .bytes = 4, .nr_regs = 1, .reg = { 4 }, .base = 5,
	    .offset = -1 } },
	{ 0xb81000e6,
	  "stur w6, [x7, #-256]",
	  { NO_STATUS, NO_INDEX, .bytes = 4, .nr_regs = 1, .reg = { 6 },
	    .base = 7, .offset = -256 } },
	{ 0x78001128,
	  "sturh w8, [x9, #1]",
	  { NO_STATUS, NO_INDEX, .bytes = 2, .nr_regs = 1, .reg = { 8 },
	    .base = 9, .offset = 1 } },
	{ 0xf8408820,
	  "ldtr x0, [x1, #8]",
	  { NO_STATUS, NO_INDEX, .load = true, .wide = true, .bytes = 8,
	    .nr_regs = 1, .reg = { 0 }, .base = 1, .offset = 8 } },
	{ 0x389ff862,
	  "ldtrsb x2, [x3, #-1]",
	  { NO_STATUS, NO_INDEX, .load = true, .sign_extend = true,
	    .wide = true, .bytes = 1, .nr_regs = 1, .reg = { 2 }, .base = 3,
	    .offset = -1 } },
	{ 0x780028a4,
	  "sttrh w4, [x5, #2]",
	  { NO_STATUS, NO_INDEX, .bytes = 2, .nr_regs = 1, .reg = { 4 },
	    .base = 5, .offset = 2 } },
	{ 0xf8626820,
	  "ldr x0, [x1, x2]",
	  { NO_STATUS, .load = true, .wide = true, .bytes = 8, .nr_regs = 1,
	    .reg = { 0 }, .base = 1, .index = 2, .extend = 3 } },
	{ 0xf8657883,
	  "ldr x3, [x4, x5, lsl #3]",
	  { NO_STATUS, .load = true, .wide = true, .bytes = 8, .nr_regs = 1,
	    .reg = { 3 }, .base = 4, .index = 5, .extend = 3, .shift = 3 } },
	{ 0xb86848e6,
	  "ldr w6, [x7, w8, uxtw]",
	  { NO_STATUS, .load = true, .bytes = 4, .nr_regs = 1, .reg = { 6 },
	    .base = 7, .index = 8, .extend = 2 } },
	{ 0xb86b5949,
	  "ldr w9, [x10, w11, uxtw #2]",
	  { NO_STATUS, .load = true, .bytes = 4, .nr_regs = 1, .reg = { 9 },
	    .base = 10, .index = 11, .extend = 2, .shift = 2 } },
	{ 0x786ed9ac,
	  "ldrh w12, [x13, w14, sxtw #1]",
	  { NO_STATUS, .load = true, .bytes = 2, .nr_regs = 1, .reg = { 12 },
	    .base = 13, .index = 14, .extend = 6, .shift = 1 } },
	{ 0x38b1ea0f,
	  "ldrsb x15, [x16, x17, sxtx]",
	  { NO_STATUS, .load = true, .sign_extend = true, .wide = true,
	    .bytes = 1, .nr_regs = 1, .reg = { 15 }, .base = 16, .index = 17,
	    .extend = 7 } },
	{ 0xb8bf7a72,
	  "ldrsw x18, [x19, xzr, lsl #2]",
	  { NO_STATUS, .load = true, .sign_extend = true, .wide = true,
	    .bytes = 4, .nr_regs = 1, .reg = { 18 }, .base = 19, .index = 31,
	    .extend = 3, .shift = 2 } },
	{ 0xf835dbf4,
	  "str x20, [sp, w21, sxtw #3]",
	  { NO_STATUS, .wide = true, .bytes = 8, .nr_regs = 1, .reg = { 20 },
	    .base = 31, .index = 21, .extend = 6, .shift = 3 } },
	{ 0x38386af6,
	  "strb w22, [x23, x24]",
	  { NO_STATUS, .bytes = 1, .nr_regs = 1, .reg = { 22 }, .base = 23,
	    .index = 24, .extend = 3 } },
	{ 0xa9400440,
	  "ldp x0, x1, [x2]",
	  { NO_STATUS, NO_INDEX, .load = true, .wide = true, .bytes = 8,
	    .nr_regs = 2, .reg = { 0, 1 }, .base = 2 } },
	{ 0x295f90a3,
	  "ldp w3, w4, [x5, #252]",
	  { NO_STATUS, NO_INDEX, .load = true, .bytes = 4, .nr_regs = 2,
	    .reg = { 3, 4 }, .base = 5, .offset = 252 } },
	{ 0xa9601fe6,
	  "ldp x6, x7, [sp, #-512]",
	  { NO_STATUS, NO_INDEX, .load = true, .wide = true, .bytes = 8,
	    .nr_regs = 2, .reg = { 6, 7 }, .base = 31, .offset = -512 } },
	{ 0x69602548,
	  "ldpsw x8, x9, [x10, #-256]",
	  { NO_STATUS, NO_INDEX, .load = true, .sign_extend = true,
	    .wide = true, .bytes = 4, .nr_regs = 2, .reg = { 8, 9 }, .base = 10,
	    .offset = -256 } },
	{ 0xa91fb1ab,
	  "stp x11, x12, [x13, #504]",
	  { NO_STATUS, NO_INDEX, .wide = true, .bytes = 8, .nr_regs = 2,
	    .reg = { 11, 12 }, .base = 13, .offset = 504 } },
	{ 0x290039ff,
	  "stp wzr, w14, [x15]",
	  { NO_STATUS, NO_INDEX, .bytes = 4, .nr_regs = 2, .reg = { 31, 14 },
	    .base = 15 } },
	{ 0xa8c10440,
	  "ldp x0, x1, [x2], #16",
	  { NO_STATUS, NO_INDEX, .load = true, .wide = true, .bytes = 8,
	    .nr_regs = 2, .reg = { 0, 1 }, .base = 2, .writeback = true,
	    .base_add = 16 } },
	{ 0x28e010a3,
	  "ldp w3, w4, [x5], #-256",
	  { NO_STATUS, NO_INDEX, .load = true, .bytes = 4, .nr_regs = 2,
	    .reg = { 3, 4 }, .base = 5, .writeback = true, .base_add = -256 } },
	{ 0x68c11d06,
	  "ldpsw x6, x7, [x8], #8",
	  { NO_STATUS, NO_INDEX, .load = true, .sign_extend = true,
	    .wide = true, .bytes = 4, .nr_regs = 2, .reg = { 6, 7 }, .base = 8,
	    .writeback = true, .base_add = 8 } },
	{ 0xa9bf2be9,
	  "stp x9, x10, [sp, #-16]!",
	  { NO_STATUS, NO_INDEX, .wide = true, .bytes = 8, .nr_regs = 2,
	    .reg = { 9, 10 }, .base = 31, .offset = -16, .writeback = true,
	    .base_add = -16 } },
	{ 0x288131ab,
	  "stp w11, w12, [x13], #8",
	  { NO_STATUS, NO_INDEX, .bytes = 4, .nr_regs = 2, .reg = { 11, 12 },
	    .base = 13, .writeback = true, .base_add = 8 } },
	{ 0xa9dfbe0e,
	  "ldp x14, x15, [x16, #504]!",
	  { NO_STATUS, NO_INDEX, .load = true, .wide = true, .bytes = 8,
	    .nr_regs = 2, .reg = { 14, 15 }, .base = 16, .offset = 504,
	    .writeback = true, .base_add = 504 } },
	{ 0xa8410440,
	  "ldnp x0, x1, [x2, #16]",
	  { NO_STATUS, NO_INDEX, .load = true, .wide = true, .bytes = 8,
	    .nr_regs = 2, .reg = { 0, 1 }, .base = 2, .offset = 16 } },
	{ 0x280010a3,
	  "stnp w3, w4, [x5]",
	  { NO_STATUS, NO_INDEX, .bytes = 4, .nr_regs = 2, .reg = { 3, 4 },
	    .base = 5 } },
	{ 0x3d400020,
	  "ldr b0, [x1]",
	  { NO_STATUS, NO_INDEX, .load = true, .fp = true, .bytes = 1,
	    .nr_regs = 1, .reg = { 0 }, .base = 1 } },
	{ 0x7d400441,
	  "ldr h1, [x2, #2]",
	  { NO_STATUS, NO_INDEX, .load = true, .fp = true, .bytes = 2,
	    .nr_regs = 1, .reg = { 1 }, .base = 2, .offset = 2 } },
	{ 0xbd400462,
	  "ldr s2, [x3, #4]",
	  { NO_STATUS, NO_INDEX, .load = true, .fp = true, .bytes = 4,
	    .nr_regs = 1, .reg = { 2 }, .base = 3, .offset = 4 } },
	{ 0xfd400483,
	  "ldr d3, [x4, #8]",
	  { NO_STATUS, NO_INDEX, .load = true, .fp = true, .bytes = 8,
	    .nr_regs = 1, .reg = { 3 }, .base = 4, .offset = 8 } },
	{ 0x3dfffca4,
	  "ldr q4, [x5, #65520]",
	  { NO_STATUS, NO_INDEX, .load = true, .fp = true, .bytes = 16,
	    .nr_regs = 1, .reg = { 4 }, .base = 5, .offset = 65520 } },
	{ 0x3d8007ff,
	  "str q31, [sp, #16]",
	  { NO_STATUS, NO_INDEX, .fp = true, .bytes = 16, .nr_regs = 1,
	    .reg = { 31 }, .base = 31, .offset = 16 } },
	{ 0x3c0014e6,
	  "str b6, [x7], #1",
	  { NO_STATUS, NO_INDEX, .fp = true, .bytes = 1, .nr_regs = 1,
	    .reg = { 6 }, .base = 7, .writeback = true, .base_add = 1 } },
	{ 0x3cc10528,
	  "ldr q8, [x9], #16",
	  { NO_STATUS, NO_INDEX, .load = true, .fp = true, .bytes = 16,
	    .nr_regs = 1, .reg = { 8 }, .base = 9, .writeback = true,
	    .base_add = 16 } },
	{ 0xfc1f8d6a,
	  "str d10, [x11, #-8]!",
	  { NO_STATUS, NO_INDEX, .fp = true, .bytes = 8, .nr_regs = 1,
	    .reg = { 10 }, .base = 11, .offset = -8, .writeback = true,
	    .base_add = -8 } },
	{ 0x3cd001ac,
	  "ldur q12, [x13, #-256]",
	  { NO_STATUS, NO_INDEX, .load = true, .fp = true, .bytes = 16,
	    .nr_regs = 1, .reg = { 12 }, .base = 13, .offset = -256 } },
	{ 0xbc0031ee,
	  "stur s14, [x15, #3]",
	  { NO_STATUS, NO_INDEX, .fp = true, .bytes = 4, .nr_regs = 1,
	    .reg = { 14 }, .base = 15, .offset = 3 } },
	{ 0x3cf27a30,
	  "ldr q16, [x17, x18, lsl #4]",
	  { NO_STATUS, .load = true, .fp = true, .bytes = 16, .nr_regs = 1,
	    .reg = { 16 }, .base = 17, .index = 18, .extend = 3, .shift = 4 } },
	{ 0x7c355a93,
	  "str h19, [x20, w21, uxtw #1]",
	  { NO_STATUS, .fp = true, .bytes = 2, .nr_regs = 1, .reg = { 19 },
	    .base = 20, .index = 21, .extend = 2, .shift = 1 } },
	{ 0x2d400440,
	  "ldp s0, s1, [x2]",
	  { NO_STATUS, NO_INDEX, .load = true, .fp = true, .bytes = 4,
	    .nr_regs = 2, .reg = { 0, 1 }, .base = 2 } },
	{ 0x6d6010a3,
	  "ldp d3, d4, [x5, #-512]",
	  { NO_STATUS, NO_INDEX, .load = true, .fp = true, .bytes = 8,
	    .nr_regs = 2, .reg = { 3, 4 }, .base = 5, .offset = -512 } },
	{ 0xad5f9d06,
	  "ldp q6, q7, [x8, #1008]",
	  { NO_STATUS, NO_INDEX, .load = true, .fp = true, .bytes = 16,
	    .nr_regs = 2, .reg = { 6, 7 }, .base = 8, .offset = 1008 } },
	{ 0xac812969,
	  "stp q9, q10, [x11], #32",
	  { NO_STATUS, NO_INDEX, .fp = true, .bytes = 16, .nr_regs = 2,
	    .reg = { 9, 10 }, .base = 11, .writeback = true, .base_add = 32 } },
	{ 0x6dbf37ec,
	  "stp d12, d13, [sp, #-16]!",
	  { NO_STATUS, NO_INDEX, .fp = true, .bytes = 8, .nr_regs = 2,
	    .reg = { 12, 13 }, .base = 31, .offset = -16, .writeback = true,
	    .base_add = -16 } },
	{ 0xac403e0e,
	  "ldnp q14, q15, [x16]",
	  { NO_STATUS, NO_INDEX, .load = true, .fp = true, .bytes = 16,
	    .nr_regs = 2, .reg = { 14, 15 }, .base = 16 } },
	{ 0xc85f7c20,
	  "ldxr x0, [x1]",
	  { NO_STATUS, NO_INDEX, .load = true, .wide = true, .exclusive = true,
	    .bytes = 8, .nr_regs = 1, .reg = { 0 }, .base = 1 } },
	{ 0x885f7c62,
	  "ldxr w2, [x3]",
	  { NO_STATUS, NO_INDEX, .load = true, .exclusive = true, .bytes = 4,
	    .nr_regs = 1, .reg = { 2 }, .base = 3 } },
	{ 0x085ffca4,
	  "ldaxrb w4, [x5]",
	  { NO_STATUS, NO_INDEX, .load = true, .exclusive = true, .bytes = 1,
	    .nr_regs = 1, .reg = { 4 }, .base = 5 } },
	{ 0x485f7ce6,
	  "ldxrh w6, [x7]",
	  { NO_STATUS, NO_INDEX, .load = true, .exclusive = true, .bytes = 2,
	    .nr_regs = 1, .reg = { 6 }, .base = 7 } },
	{ 0xc8087d49,
	  "stxr w8, x9, [x10]",
	  { NO_INDEX, .wide = true, .exclusive = true, .bytes = 8, .nr_regs = 1,
	    .reg = { 9 }, .status = 8, .base = 10 } },
	{ 0x880bfdac,
	  "stlxr w11, w12, [x13]",
	  { NO_INDEX, .exclusive = true, .bytes = 4, .nr_regs = 1,
	    .reg = { 12 }, .status = 11, .base = 13 } },
	{ 0x080e7fef,
	  "stxrb w14, w15, [sp]",
	  { NO_INDEX, .exclusive = true, .bytes = 1, .nr_regs = 1,
	    .reg = { 15 }, .status = 14, .base = 31 } },
	{ 0xc87f0440,
	  "ldxp x0, x1, [x2]",
	  { NO_STATUS, NO_INDEX, .load = true, .wide = true, .exclusive = true,
	    .bytes = 8, .nr_regs = 2, .reg = { 0, 1 }, .base = 2 } },
	{ 0x887f90a3,
	  "ldaxp w3, w4, [x5]",
	  { NO_STATUS, NO_INDEX, .load = true, .exclusive = true, .bytes = 4,
	    .nr_regs = 2, .reg = { 3, 4 }, .base = 5 } },
	{ 0xc8262127,
	  "stxp w6, x7, x8, [x9]",
	  { NO_INDEX, .wide = true, .exclusive = true, .bytes = 8, .nr_regs = 2,
	    .reg = { 7, 8 }, .status = 6, .base = 9 } },
	{ 0x882ab1ab,
	  "stlxp w10, w11, w12, [x13]",
	  { NO_INDEX, .exclusive = true, .bytes = 4, .nr_regs = 2,
	    .reg = { 11, 12 }, .status = 10, .base = 13 } },
	{ 0xc8dffc20,
	  "ldar x0, [x1]",
	  { NO_STATUS, NO_INDEX, .load = true, .wide = true, .bytes = 8,
	    .nr_regs = 1, .reg = { 0 }, .base = 1 } },
	{ 0x08dffc62,
	  "ldarb w2, [x3]",
	  { NO_STATUS, NO_INDEX, .load = true, .bytes = 1, .nr_regs = 1,
	    .reg = { 2 }, .base = 3 } },
	{ 0x48dffca4,
	  "ldarh w4, [x5]",
	  { NO_STATUS, NO_INDEX, .load = true, .bytes = 2, .nr_regs = 1,
	    .reg = { 4 }, .base = 5 } },
	{ 0x889ffce6,
	  "stlr w6, [x7]",
	  { NO_STATUS, NO_INDEX, .bytes = 4, .nr_regs = 1, .reg = { 6 },
	    .base = 7 } },
	{ 0x089ffd28,
	  "stlrb w8, [x9]",
	  { NO_STATUS, NO_INDEX, .bytes = 1, .nr_regs = 1, .reg = { 8 },
	    .base = 9 } },
	{ 0xc89fffea,
	  "stlr x10, [sp]",
	  { NO_STATUS, NO_INDEX, .wide = true, .bytes = 8, .nr_regs = 1,
	    .reg = { 10 }, .base = 31 } },
	{ 0xf8bfc020,
	  "ldapr x0, [x1]",
	  { NO_STATUS, NO_INDEX, .load = true, .wide = true, .bytes = 8,
	    .nr_regs = 1, .reg = { 0 }, .base = 1 } },
	{ 0x38bfc062,
	  "ldaprb w2, [x3]",
	  { NO_STATUS, NO_INDEX, .load = true, .bytes = 1, .nr_regs = 1,
	    .reg = { 2 }, .base = 3 } },
	{ 0xb8bfc0a4,
	  "ldapr w4, [x5]",
	  { NO_STATUS, NO_INDEX, .load = true, .bytes = 4, .nr_regs = 1,
	    .reg = { 4 }, .base = 5 } },
	{ 0xd95f8020,
	  "ldapur x0, [x1, #-8]",
	  { NO_STATUS, NO_INDEX, .load = true, .wide = true, .bytes = 8,
	    .nr_regs = 1, .reg = { 0 }, .base = 1, .offset = -8 } },
	{ 0x19c01062,
	  "ldapursb w2, [x3, #1]",
	  { NO_STATUS, NO_INDEX, .load = true, .sign_extend = true, .bytes = 1,
	    .nr_regs = 1, .reg = { 2 }, .base = 3, .offset = 1 } },
	{ 0x998000a4,
	  "ldapursw x4, [x5]",
	  { NO_STATUS, NO_INDEX, .load = true, .sign_extend = true,
	    .wide = true, .bytes = 4, .nr_regs = 1, .reg = { 4 }, .base = 5 } },
	{ 0xd90ff0e6,
	  "stlur x6, [x7, #255]",
	  { NO_STATUS, NO_INDEX, .wide = true, .bytes = 8, .nr_regs = 1,
	    .reg = { 6 }, .base = 7, .offset = 255 } },
	{ 0x19100128,
	  "stlurb w8, [x9, #-256]",
	  { NO_STATUS, NO_INDEX, .bytes = 1, .nr_regs = 1, .reg = { 8 },
	    .base = 9, .offset = -256 } },
	{ 0xf9800000,
	  "prfm pldl1keep, [x0]",
	  { NO_STATUS, NO_INDEX, .load = true, .wide = true, .prefetch = true,
	    .bytes = 8, .nr_regs = 1 } },
	{ 0xf89ff020,
	  "prfum pldl1keep, [x1, #-1]",
	  { NO_STATUS, NO_INDEX, .load = true, .wide = true, .prefetch = true,
	    .bytes = 8, .nr_regs = 1, .base = 1, .offset = -1 } },
	{ 0xf8a36840,
	  "prfm pldl1keep, [x2, x3]",
	  { NO_STATUS, .load = true, .wide = true, .prefetch = true, .bytes = 8,
	    .nr_regs = 1, .base = 2, .index = 3, .extend = 3 } },
	{ 0x587fffe0,
	  "ldr x0, #1048572",
	  { NO_STATUS, NO_INDEX, .load = true, .wide = true, .bytes = 8,
	    .nr_regs = 1, .reg = { 0 }, .base = LDST_NO_REG,
	    .offset = 1048572 } },
	{ 0x18800001,
	  "ldr w1, #-1048576",
	  { NO_STATUS, NO_INDEX, .load = true, .bytes = 4, .nr_regs = 1,
	    .reg = { 1 }, .base = LDST_NO_REG, .offset = -1048576 } },
	{ 0x98000022,
	  "ldrsw x2, #4",
	  { NO_STATUS, NO_INDEX, .load = true, .sign_extend = true,
	    .wide = true, .bytes = 4, .nr_regs = 1, .reg = { 2 },
	    .base = LDST_NO_REG, .offset = 4 } },
	{ 0x1cffffe3,
	  "ldr s3, #-4",
	  { NO_STATUS, NO_INDEX, .load = true, .fp = true, .bytes = 4,
	    .nr_regs = 1, .reg = { 3 }, .base = LDST_NO_REG, .offset = -4 } },
	{ 0x5c000044,
	  "ldr d4, #8",
	  { NO_STATUS, NO_INDEX, .load = true, .fp = true, .bytes = 8,
	    .nr_regs = 1, .reg = { 4 }, .base = LDST_NO_REG, .offset = 8 } },
	{ 0x9c000085,
	  "ldr q5, #16",
	  { NO_STATUS, NO_INDEX, .load = true, .fp = true, .bytes = 16,
	    .nr_regs = 1, .reg = { 5 }, .base = LDST_NO_REG, .offset = 16 } },
	{ 0xd8000040,
	  "prfm pldl1keep, #8",
	  { NO_STATUS, NO_INDEX, .load = true, .wide = true, .prefetch = true,
	    .bytes = 8, .nr_regs = 1, .base = LDST_NO_REG, .offset = 8 } },
};

START_TEST(decode)
{
	unsigned int i;

	for (i = 0; i < sizeof(known) / sizeof(*known); i++) {
		const struct ldst *w = &known[i].want;
		struct ldst d;

		memset(&d, 0xff, sizeof(d));
		ck_assert_msg(!ldst_decode(known[i].insn, &d), "%s",
			      known[i].text);
#define SAME(f)                                                               \
	ck_assert_msg(d.f == w->f, "%s: " #f " is %d, not %d", known[i].text, \
		      (int)d.f, (int)w->f)
		SAME(load);
		SAME(fp);
		SAME(sign_extend);
		SAME(wide);
		SAME(prefetch);
		SAME(exclusive);
		SAME(bytes);
		SAME(nr_regs);
		SAME(reg[0]);
		SAME(reg[1]);
		SAME(status);
		SAME(base);
		SAME(offset);
		SAME(index);
		SAME(extend);
		SAME(shift);
		SAME(writeback);
		SAME(base_add);
#undef SAME
	}
}
END_TEST

START_TEST(refused)
{
	static const struct {
		u32 insn;
		int err;
		const char *what;
	} bad[] = {
		{ 0x00000000, -EINVAL, "udf" },
		{ 0xd503201f, -EINVAL, "nop" },
		{ 0x8b020020, -EINVAL, "add" },
		{ 0xd69f03e0, -EINVAL, "eret" },
		{ 0xd4000002, -EINVAL, "hvc" },
		{ 0xb8c00420, -EINVAL, "size 2, sign to 32 bits" },
		{ 0xf8800420, -EINVAL, "prfm with writeback" },
		{ 0xf8c00020, -EINVAL, "size 3, opc 3" },
		{ 0xfcc00020, -EINVAL, "SIMD, size 3, opc 3" },
		{ 0xf8620820, -EINVAL, "index option 0" },
		{ 0xe8400000, -EINVAL, "pair, opc 3" },
		{ 0x68400000, -EINVAL, "pair, opc 1, no allocate" },
		{ 0xfc400820, -EINVAL, "SIMD unprivileged" },
		{ 0x68800000, -EOPNOTSUPP, "stgp" },
		{ 0xf8200020, -EOPNOTSUPP, "ldadd" },
		{ 0xb8218040, -EOPNOTSUPP, "swp" },
		{ 0xc8a07c41, -EOPNOTSUPP, "cas" },
		{ 0x48207c82, -EOPNOTSUPP, "casp" },
		{ 0xf8200420, -EOPNOTSUPP, "ldraa" },
		{ 0x0c407000, -EOPNOTSUPP, "ld1" },
		{ 0x0d400000, -EOPNOTSUPP, "ld1 lane" },
		{ 0xd9200800, -EOPNOTSUPP, "stg" },
		{ 0x1d010440, -EOPNOTSUPP, "cpyfm" },
	};
	unsigned int i;
	struct ldst d;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ck_assert_msg(ldst_decode(bad[i].insn, &d) == bad[i].err, "%s",
			      bad[i].what);
}
END_TEST

/* Whatever word it is: an error, or fields in range. */
START_TEST(any_word)
{
	unsigned int i, good = 0;

	srandom(1);
	for (i = 0; i < 300000; i++) {
		u32 insn = (u32)random() ^ (u32)random() << 16;
		u64 x[31] = { 0 }, sp = 0;
		struct ldst d;
		int err = ldst_decode(insn, &d);

		if (err) {
			ck_assert(err == -EINVAL || err == -EOPNOTSUPP);
			continue;
		}
		good++;
		if (d.reg[0] > 31 || d.reg[1] > 31 || !d.bytes ||
		    d.bytes > 16 || d.bytes & (d.bytes - 1) || !d.nr_regs ||
		    d.nr_regs > 2 || (!d.fp && d.bytes > 8) ||
		    (d.base > 31 && d.base != LDST_NO_REG) ||
		    (d.index > 31 && d.index != LDST_NO_REG) ||
		    (d.status > 31 && d.status != LDST_NO_REG) ||
		    (d.sign_extend && (!d.load || d.fp || d.bytes > 4)) ||
		    (d.writeback && d.base == LDST_NO_REG))
			ck_abort_msg("0x%08x", insn);
		ldst_address(&d, x, sp, 0);
		ldst_writeback(&d, x, &sp);
	}
	ck_assert_uint_gt(good, 15000);
}
END_TEST

static u64 address(u32 insn, const u64 *x)
{
	struct ldst d;

	ck_assert_int_eq(ldst_decode(insn, &d), 0);
	return ldst_address(&d, x, 0x5000, 0x40001000);
}

START_TEST(addresses)
{
	u64 x[31] = { 0 };
	unsigned int i;

	for (i = 0; i < 31; i++)
		x[i] = 0x100000000ull * i;
	ck_assert_uint_eq(address(0xf9400020, x), 0x100000000ull);
	ck_assert_uint_eq(address(0xb94007e2, x), 0x5004);
	/* ldur x0, [x1, #-8] */
	ck_assert_uint_eq(address(0xf85f8020, x), 0xfffffff8);
	/* ldr x0, [x1], #255: post-index uses the base as it is */
	ck_assert_uint_eq(address(0xf84ff420, x), 0x100000000ull);
	/* ldr x0, [x1, #255]! */
	ck_assert_uint_eq(address(0xf84ffc20, x), 0x1000000ffull);
	/* ldr x3, [x4, x5, lsl #3] */
	x[5] = 3;
	ck_assert_uint_eq(address(0xf8657883, x), 0x400000018ull);
	/* ldr w9, [x10, w11, uxtw #2]: only the low half of x11 */
	x[11] = 0xffffffff00000003ull;
	ck_assert_uint_eq(address(0xb86b5949, x), 0xa0000000cull);
	/* ldrh w12, [x13, w14, sxtw #1] */
	x[14] = 0xffffffff;
	ck_assert_uint_eq(address(0x786ed9ac, x), 0xcfffffffeull);
	/* ldrsw x18, [x19, xzr, lsl #2] */
	ck_assert_uint_eq(address(0xb8bf7a72, x), 0x1300000000ull);
	/* ldr x0, #-8 */
	ck_assert_uint_eq(address(0x58ffffc0, x), 0x40000ff8);
}
END_TEST

START_TEST(writeback)
{
	u64 x[31] = { 0 }, sp = 0x5000;
	struct ldst d;

	x[1] = 0x1000;
	ck_assert_int_eq(ldst_decode(0xf84ff420, &d), 0); /* [x1], #255 */
	ldst_writeback(&d, x, &sp);
	ck_assert_uint_eq(x[1], 0x10ff);
	ck_assert_int_eq(ldst_decode(0xa9bf7bfd, &d), 0); /* stp, [sp, #-16]! */
	ck_assert_uint_eq(ldst_address(&d, x, sp, 0), 0x4ff0);
	ldst_writeback(&d, x, &sp);
	ck_assert_uint_eq(sp, 0x4ff0);
	ck_assert_int_eq(ldst_decode(0xf9400020, &d), 0); /* [x1] */
	ldst_writeback(&d, x, &sp);
	ck_assert_uint_eq(x[1], 0x10ff);
	ck_assert_uint_eq(sp, 0x4ff0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("ldst");
	TCase *t = tcase_create("ldst");
	SRunner *sr;
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_test(t, decode);
	tcase_add_test(t, refused);
	tcase_add_test(t, any_word);
	tcase_add_test(t, addresses);
	tcase_add_test(t, writeback);
	suite_add_tcase(s, t);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
