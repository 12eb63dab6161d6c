/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A machine for the tests of arch/x86/emul/task.c: memory with a GDT, an LDT
 * and four TSSs, and a task that is about to leave.
 */
#ifndef UNIT_TASK_RIG_H
#define UNIT_TASK_RIG_H

#include <check.h>

#include "arch/x86/emul/task.h"

#define TS 10
#define NP 11
#define SS 12
#define GP 13
#define PF 14

#define NT 0x4000u
#define VM 0x20000u

#define GDT 0x1000u
#define LDT_AT 0x2000u
#define OLD 0x3000u /* TSSs */
#define NEW 0x4000u
#define STACK 0x8000u
#define OLD16 0x5000u
#define NEW16 0x6000u

/* Selectors. */
#define CODE0 0x08
#define DATA0 0x10
#define CODE3 0x1b
#define DATA3 0x23
#define S_OLD 0x28
#define S_NEW 0x30
#define S_LDT 0x38
#define S_NEW16 0x40
#define S_OLD16 0x48
#define CONFORM 0x50
#define ABSENT_CODE 0x58
#define ABSENT_DATA 0x60
#define READ_ONLY 0x68
#define EXECUTE 0x70 /* code that cannot be read */
#define ABSENT_LDT 0x78
#define DATA16 0x80 /* a stack of 16 bits */
#define DOWN 0x88 /* expands down */
#define SMALL 0x90 /* code of 0x1000 bytes */
#define CONFORM3 0x9b
#define GDT_END 0xa0
#define L_DATA 0x07 /* in the LDT, entry 0, RPL 3 */
#define L_FAR 0x0c /* behind its end */

#define RAM_BYTES 0x20000

extern u8 ram[RAM_BYTES];
extern u8 before[RAM_BYTES]; /* what begin() found in it */
extern u32 absent, locked; /* a page: not there; not to be written */
extern u32 cr3, user_writes;
extern int cr3_error; /* what loading CR3 ends with */
extern const u32 new_gpr[8]; /* of the task in NEW, and NEW16 */

void put16(u32 at, u16 v);
void put32(u32 at, u32 v);
u16 get16(u32 at);
u32 get32(u32 at);
void descriptor(u16 selector, u32 base, u32 limit, u8 rights, u8 flags);
/** The access byte of a descriptor. */
u8 rights(u16 selector);
void tss32(u32 at, u32 eip, u32 eflags);
void tss16(u32 at, u16 ip, u16 flags);
/** All tables as they are before a test. */
void tables(void);
struct vtask_seg seg(u16 selector, u32 base, u32 limit, u32 access);
/** The old task as it runs, about to switch to @selector. */
struct vtask begin(enum vtask_how how, u16 selector);
/** What begin() made is in OLD, with these flags. */
void check_saved32(u32 eflags);
/** Segment @n of the new task. */
void check_seg(const struct vtask *t, unsigned int n, u16 selector, u32 base,
	       u32 limit, u32 rights);
/** Memory is as begin() found it. */
void unchanged(void);

#define same(a, b) ck_assert_uint_eq(a, b)

#endif /* UNIT_TASK_RIG_H */
