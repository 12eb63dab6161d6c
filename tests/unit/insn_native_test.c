// SPDX-License-Identifier: GPL-2.0
/*
 * Differential test of arch/x86/emul/insn_exec.c against the processor that
 * runs the test: random instructions of every emulated kind are executed
 * natively and by the emulator on the same registers and memory; all
 * registers, flags and memory must agree.  Needs an x86-64 machine; elsewhere
 * it has nothing to compare with and says so.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <linux/kernel.h>

#include "arch/x86/emul/insn.h"
#include "uapi/axvm_x86.h"

#ifdef __x86_64__
#define HOST_ARCH "x86_64"
#else
#define HOST_ARCH "other"
#endif

#define ROUNDS 100000
#define RAM 4096 /* operands lie in the middle half */

#define F_STATUS 0x8d5ull
#define F_AF 0x10ull
#define F_DF 0x400ull

/* Shared with the trampoline: offsets in 8-byte words. */
struct frame {
	u64 gpr[16];
	u64 flags;
	u64 host_rsp;
};

static u8 *code; /* trampoline, one page, in the low 2 GiB */
static struct frame *frame; /* the page after it */
static u8 *ram; /* and after that */

static unsigned int rnd(unsigned int n)
{
	return ((unsigned int)random() >> 3) % n;
}

static u64 rnd64(void)
{
	static const u64 nice[] = { 0,		1,	    ~0ull,
				    0x80,	0x7f,	    0x8000,
				    0x7fff,	0x80000000, 0x7fffffff,
				    1ull << 63, ~0ull >> 1, 0x0f,
				    0x10,	0xff };

	if (rnd(3) == 0)
		return nice[rnd(ARRAY_SIZE(nice))];
	return (u64)random() << 42 ^ (u64)random() << 21 ^ random();
}

/* ---- native ----------------------------------------------------------------- */

static u8 *emit(u8 *p, const void *bytes, unsigned int n)
{
	memcpy(p, bytes, n);
	return p + n;
}

/* A REX.W instruction @op on register @reg and a RIP-relative word of frame. */
static u8 *emit_word(u8 *p, u8 op, unsigned int reg, const u64 *word)
{
	s32 disp;

	*p++ = 0x48 | (reg >> 3) << 2;
	*p++ = op;
	*p++ = 0x05 | (reg & 7) << 3;
	disp = (const u8 *)word - (p + 4);
	return emit(p, &disp, 4);
}

/* Save, load flags and all registers, @insn, store them, restore. */
static void run_native(const u8 *insn, unsigned int len)
{
	static const u8 push[] = { 0x53, 0x55, 0x41, 0x54, 0x41,
				   0x55, 0x41, 0x56, 0x41, 0x57 };
	static const u8 pop[] = { 0x41, 0x5f, 0x41, 0x5e, 0x41, 0x5d,
				  0x41, 0x5c, 0x5d, 0x5b, 0xfc, 0xc3 };
	u8 *p = emit(code, push, sizeof(push));
	void (*call)(void);
	s32 disp;
	int i;

	p = emit_word(p, 0x89, 4, &frame->host_rsp);
	p = emit(p, "\xff\x35", 2); /* push flags */
	disp = (u8 *)&frame->flags - (p + 4);
	p = emit(p, &disp, 4);
	*p++ = 0x9d; /* popf */
	for (i = 0; i < 16; i++)
		p = emit_word(p, 0x8b, i, &frame->gpr[i]);
	p = emit(p, insn, len);
	for (i = 0; i < 16; i++)
		p = emit_word(p, 0x89, i, &frame->gpr[i]);
	p = emit_word(p, 0x8b, 4, &frame->host_rsp);
	p = emit(p, "\x9c\x8f\x05", 3); /* pushf; pop flags */
	disp = (u8 *)&frame->flags - (p + 4);
	p = emit(p, &disp, 4);
	p = emit(p, pop, sizeof(pop));
	memcpy(&call, &code, sizeof(call));
	call();
}

/* ---- emulated ---------------------------------------------------------------- */

static bool inside(gva_t linear, unsigned int bytes)
{
	gva_t start = (gva_t)(uintptr_t)ram;

	return linear - start <= RAM - bytes;
}

/* Run to the end on @mem in place of ram; false: out of ram. */
static bool run_emulated(const struct vinsn *insn, struct vinsn_cpu *cpu,
			 u8 *mem)
{
	struct vinsn_run run = { .insn = *insn };
	enum vinsn_next next = vinsn_begin(&run, cpu);
	unsigned int steps = 0;

	while (next == VINSN_ACCESS || next == VINSN_REPEAT) {
		struct vinsn_access *a = &run.access;
		u64 value = 0;

		if (steps++ > 1000)
			ck_abort_msg("never ends");
		if (next == VINSN_REPEAT) {
			next = vinsn_begin(&run, cpu);
			continue;
		}
		if (!inside(a->linear, a->bytes))
			return false;
		if (a->write)
			memcpy(mem + (a->linear - (uintptr_t)ram), &a->data,
			       a->bytes);
		else
			memcpy(&value, mem + (a->linear - (uintptr_t)ram),
			       a->bytes);
		/* bits above the access must not matter */
		if (a->bytes < 8)
			value |= ~0ull << (8 * a->bytes);
		next = vinsn_finish(&run, cpu, value);
	}
	return next == VINSN_DONE;
}

/* ---- instructions ------------------------------------------------------------ */

/* An emulated instruction with a memory operand of [base] or [base+disp8]. */
static unsigned int generate(u8 *b)
{
	static const u8 one[] = { 0x63, 0x80, 0x81, 0x83, 0x84, 0x85,
				  0x86, 0x87, 0x88, 0x89, 0x8a, 0x8b,
				  0xa4, 0xa5, 0xaa, 0xab, 0xac, 0xad,
				  0xc6, 0xc7, 0xf6, 0xf7, 0xfe, 0xff };
	static const u8 two[] = { 0xa3, 0xab, 0xb0, 0xb1, 0xb3, 0xb6, 0xb7,
				  0xba, 0xbb, 0xbe, 0xbf, 0xc0, 0xc1, 0xc3 };
	unsigned int n = 0, i;

	if (rnd(4) == 0)
		b[n++] = 0x66;
	if (rnd(6) == 0)
		b[n++] = 0x67;
	if (rnd(8) == 0)
		b[n++] = 0xf0;
	if (rnd(4) == 0)
		b[n++] = 0xf2 | rnd(2);
	if (rnd(3))
		b[n++] = 0x40 | rnd(16);
	switch (rnd(3)) {
	case 0:
		b[n++] = rnd(8) * 8 + rnd(4);
		break;
	case 1:
		b[n++] = 0x0f;
		b[n++] = two[rnd(sizeof(two))];
		break;
	default:
		b[n++] = one[rnd(sizeof(one))];
	}
	b[n++] = rnd(2) << 6 | rnd(64); /* mod 0 or 1 */
	if ((b[n - 1] & 7) == 5)
		b[n - 1] |= 0x40; /* not RIP-relative */
	for (i = n; i < 15; i++)
		b[i] = random() >> 5;
	return n;
}

/* Registers that make the operand lie in ram; false: give up. */
static bool aim(struct vinsn *insn, struct vinsn_cpu *cpu, const u8 *b)
{
	gva_t target = (gva_t)(uintptr_t)ram + RAM / 4 + rnd(RAM / 2);
	unsigned int tries;

	if (vinsn_decode(insn, cpu, b, 15))
		return false;
	if (insn->kind == VINSN_MOVS || insn->kind == VINSN_STOS ||
	    insn->kind == VINSN_LODS) {
		cpu->gpr[VINSN_RSI] = target;
		cpu->gpr[VINSN_RDI] =
			(gva_t)(uintptr_t)ram + RAM / 4 + rnd(RAM / 2);
		cpu->gpr[VINSN_RCX] = rnd(20);
		if (insn->addr_bytes == 4)
			cpu->gpr[VINSN_RCX] |= rnd64() << 32;
		return true;
	}
	/* bit offsets that stay near */
	if (insn->kind == VINSN_BIT && !insn->has_imm)
		cpu->gpr[insn->reg] = (s64)rnd(4000) - 2000;
	/* move one register after the other until it fits */
	for (tries = 0; tries < 16; tries++) {
		u64 old = cpu->gpr[tries];

		if (vinsn_decode(insn, cpu, b, 15))
			ck_abort_msg("other registers, other instruction");
		if (inside(insn->ea, insn->mem_bytes))
			return true;
		cpu->gpr[tries] += target - insn->ea;
		if (vinsn_decode(insn, cpu, b, 15))
			ck_abort_msg("other registers, other instruction");
		if (inside(insn->ea, insn->mem_bytes))
			return true;
		cpu->gpr[tries] = old;
	}
	return false;
}

/* Flags that the manual leaves undefined are not compared. */
static u64 undefined_flags(const struct vinsn *insn)
{
	switch (insn->kind) {
	case VINSN_BIT:
		return F_STATUS & ~0x41ull; /* all but CF and ZF */
	case VINSN_ALU:
	case VINSN_ALU_REG:
		return insn->alu == VINSN_OR || insn->alu == VINSN_XOR ||
				       insn->alu == VINSN_AND ||
				       insn->alu == VINSN_TEST ?
			       F_AF :
			       0;
	}
	return 0;
}

static const char *describe(const u8 *b, const struct vinsn *insn)
{
	static char text[100];
	unsigned int n = 0, i;

	for (i = 0; i < insn->len; i++)
		n += sprintf(text + n, "%02x ", b[i]);
	return text;
}

static bool one_round(unsigned int *kinds)
{
	static u8 before[RAM], mem[RAM];
	struct vinsn_cpu cpu = { .mode = AXVM_X86_MODE_64 };
	struct vinsn insn;
	unsigned int i;
	u8 b[15];

	generate(b);
	for (i = 0; i < 16; i++)
		cpu.gpr[i] = rnd64();
	cpu.rflags = 0x202 | (rnd64() & F_STATUS) | (rnd(4) ? 0 : F_DF);
	cpu.rip = 0x1000;
	if (!aim(&insn, &cpu, b) || insn.len > 15)
		return false;
	for (i = rnd(8); i < RAM; i += 8 + rnd(8))
		before[i] = random() >> 7;
	/* equal operands now and then, for CMPXCHG and CMP */
	if (rnd(2) && inside(insn.ea, 1))
		memcpy(before + (insn.ea - (uintptr_t)ram), &cpu.gpr[0],
		       min_t(u64, 8, RAM - (insn.ea - (uintptr_t)ram)));
	memcpy(ram, before, RAM);
	memcpy(mem, before, RAM);
	memcpy(frame->gpr, cpu.gpr, sizeof(cpu.gpr));
	frame->flags = cpu.rflags;
	if (!run_emulated(&insn, &cpu, mem))
		return false;
	run_native(b, insn.len);

	if (cpu.rip != 0x1000ull + insn.len)
		ck_abort_msg("%s: RIP %llx", describe(b, &insn), cpu.rip);
	for (i = 0; i < 16; i++)
		if (cpu.gpr[i] != frame->gpr[i])
			ck_abort_msg("%s: r%u %llx, native %llx",
				     describe(b, &insn), i, cpu.gpr[i],
				     frame->gpr[i]);
	if ((cpu.rflags ^ frame->flags) & (F_STATUS | F_DF) &
	    ~undefined_flags(&insn))
		ck_abort_msg("%s: flags %llx, native %llx", describe(b, &insn),
			     cpu.rflags, frame->flags);
	if (memcmp(mem, ram, RAM))
		ck_abort_msg("%s: memory", describe(b, &insn));
	kinds[insn.kind]++;
	return true;
}

START_TEST(same_as_the_processor)
{
	unsigned int kinds[VINSN_LODS + 1] = { 0 }, done = 0, tried = 0, k;

	srandom(4);
	while (done < ROUNDS) {
		if (tried++ > 20 * ROUNDS)
			ck_abort_msg("too few rounds hit memory");
		done += one_round(kinds);
	}
	for (k = VINSN_LOAD; k <= VINSN_LODS; k++)
		ck_assert_uint_gt(kinds[k], 500);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("insn_native");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed, flags = MAP_PRIVATE | MAP_ANONYMOUS;

	if (!strcmp(HOST_ARCH, "x86_64")) {
		code = mmap((void *)0x40000000, 3 * 4096,
			    PROT_READ | PROT_WRITE | PROT_EXEC,
			    flags | MAP_FIXED_NOREPLACE, -1, 0);
		if (code == MAP_FAILED) {
			perror("mmap of an executable page");
			return EXIT_FAILURE;
		}
		frame = (struct frame *)(code + 4096);
		ram = code + 2 * 4096;
		tcase_set_timeout(t, 120);
		tcase_add_test(t, same_as_the_processor);
	} else {
		printf("not an x86-64 machine: nothing to compare with\n");
	}
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
