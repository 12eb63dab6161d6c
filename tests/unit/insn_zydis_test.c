// SPDX-License-Identifier: GPL-2.0
/*
 * Differential test of arch/x86/emul/insn.c against Zydis: generated
 * instructions in 16-bit, 32-bit and 64-bit code.  What we decode, Zydis must
 * decode to the same length, operation, sizes and address; what we refuse
 * must not be an instruction of the emulated set.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <Zydis/Zydis.h>

#include <linux/kernel.h>

#include "arch/x86/emul/insn.h"
#include "uapi/axvm_x86.h"

#define INSNS 300000

static const struct {
	ZydisMnemonic mnemonic;
	u8 kind;
	u8 alu;
} emulated[] = {
	{ ZYDIS_MNEMONIC_ADD, VINSN_ALU, VINSN_ADD },
	{ ZYDIS_MNEMONIC_OR, VINSN_ALU, VINSN_OR },
	{ ZYDIS_MNEMONIC_ADC, VINSN_ALU, VINSN_ADC },
	{ ZYDIS_MNEMONIC_SBB, VINSN_ALU, VINSN_SBB },
	{ ZYDIS_MNEMONIC_AND, VINSN_ALU, VINSN_AND },
	{ ZYDIS_MNEMONIC_SUB, VINSN_ALU, VINSN_SUB },
	{ ZYDIS_MNEMONIC_XOR, VINSN_ALU, VINSN_XOR },
	{ ZYDIS_MNEMONIC_CMP, VINSN_ALU, VINSN_CMP },
	{ ZYDIS_MNEMONIC_TEST, VINSN_ALU, VINSN_TEST },
	{ ZYDIS_MNEMONIC_INC, VINSN_UNARY, VINSN_INC },
	{ ZYDIS_MNEMONIC_DEC, VINSN_UNARY, VINSN_DEC },
	{ ZYDIS_MNEMONIC_NOT, VINSN_UNARY, VINSN_NOT },
	{ ZYDIS_MNEMONIC_NEG, VINSN_UNARY, VINSN_NEG },
	{ ZYDIS_MNEMONIC_BT, VINSN_BIT, VINSN_BT },
	{ ZYDIS_MNEMONIC_BTS, VINSN_BIT, VINSN_BTS },
	{ ZYDIS_MNEMONIC_BTR, VINSN_BIT, VINSN_BTR },
	{ ZYDIS_MNEMONIC_BTC, VINSN_BIT, VINSN_BTC },
	{ ZYDIS_MNEMONIC_XCHG, VINSN_XCHG, 0 },
	{ ZYDIS_MNEMONIC_XADD, VINSN_XADD, 0 },
	{ ZYDIS_MNEMONIC_CMPXCHG, VINSN_CMPXCHG, 0 },
	{ ZYDIS_MNEMONIC_MOV, VINSN_STORE, 0 },
	{ ZYDIS_MNEMONIC_MOVNTI, VINSN_STORE, 0 },
	{ ZYDIS_MNEMONIC_MOVZX, VINSN_LOAD, 0 },
	{ ZYDIS_MNEMONIC_MOVSX, VINSN_LOAD, 0 },
	{ ZYDIS_MNEMONIC_MOVSXD, VINSN_LOAD, 0 },
	{ ZYDIS_MNEMONIC_MOVSB, VINSN_MOVS, 0 },
	{ ZYDIS_MNEMONIC_MOVSW, VINSN_MOVS, 0 },
	{ ZYDIS_MNEMONIC_MOVSD, VINSN_MOVS, 0 },
	{ ZYDIS_MNEMONIC_MOVSQ, VINSN_MOVS, 0 },
	{ ZYDIS_MNEMONIC_STOSB, VINSN_STOS, 0 },
	{ ZYDIS_MNEMONIC_STOSW, VINSN_STOS, 0 },
	{ ZYDIS_MNEMONIC_STOSD, VINSN_STOS, 0 },
	{ ZYDIS_MNEMONIC_STOSQ, VINSN_STOS, 0 },
	{ ZYDIS_MNEMONIC_LODSB, VINSN_LODS, 0 },
	{ ZYDIS_MNEMONIC_LODSW, VINSN_LODS, 0 },
	{ ZYDIS_MNEMONIC_LODSD, VINSN_LODS, 0 },
	{ ZYDIS_MNEMONIC_LODSQ, VINSN_LODS, 0 },
};

static const int segment_of[][2] = {
	{ ZYDIS_REGISTER_ES, AXVM_X86_ES }, { ZYDIS_REGISTER_CS, AXVM_X86_CS },
	{ ZYDIS_REGISTER_SS, AXVM_X86_SS }, { ZYDIS_REGISTER_DS, AXVM_X86_DS },
	{ ZYDIS_REGISTER_FS, AXVM_X86_FS }, { ZYDIS_REGISTER_GS, AXVM_X86_GS },
};

static unsigned int rnd(unsigned int n)
{
	return ((unsigned int)random() >> 3) % n;
}

static u64 rnd64(void)
{
	u64 v = (u64)random() << 42 ^ (u64)random() << 21 ^ random();

	return rnd(3) ? v : (u64)(s64)(s32)v;
}

/* Bytes that are likely to be something; the rest of the 15 is noise. */
static void generate(u8 *b, bool mode64)
{
	static const u8 prefixes[] = { 0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x26,
				       0x2e, 0x36, 0x3e, 0x64, 0x65 };
	static const u8 one[] = { 0x63, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85,
				  0x86, 0x87, 0x88, 0x89, 0x8a, 0x8b, 0xa0,
				  0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xaa, 0xab,
				  0xac, 0xad, 0xc6, 0xc7, 0xf6, 0xf7, 0xfe,
				  0xff, 0x8c, 0x8e, 0x8f, 0xa6, 0xae, 0xd1 };
	static const u8 two[] = { 0xa3, 0xab, 0xb0, 0xb1, 0xb3, 0xb6,
				  0xb7, 0xba, 0xbb, 0xbe, 0xbf, 0xc0,
				  0xc1, 0xc3, 0xc7, 0xb8, 0x10, 0x1f };
	unsigned int n = 0, i;

	for (i = 0; i < 15; i++)
		b[i] = random() >> 5;
	while (rnd(3) == 0 && n < 6)
		b[n++] = prefixes[rnd(sizeof(prefixes))];
	if (mode64 && rnd(2))
		b[n++] = 0x40 | rnd(16);
	if (mode64 && rnd(40) == 0) /* a REX that does not count */
		b[n++] = 0x66;
	switch (rnd(8)) {
	case 0:
		return; /* noise */
	case 1:
	case 2:
		b[n++] = 0x0f;
		b[n] = two[rnd(sizeof(two))];
		return;
	case 3:
		b[n] = rnd(8) * 8 + rnd(4); /* ALU rows */
		return;
	default:
		b[n] = one[rnd(sizeof(one))];
	}
}

static struct vinsn_cpu random_cpu(u32 mode, bool db)
{
	struct vinsn_cpu cpu = { .mode = mode, .rip = rnd64(), .rflags = 2 };
	unsigned int i;

	if (mode != AXVM_X86_MODE_64)
		cpu.rip = (u32)cpu.rip;
	for (i = 0; i < 16; i++) {
		cpu.gpr[i] = rnd64();
		/* outside of 64-bit code the upper halves do not count, but
		 * Zydis would add them in */
		if (mode != AXVM_X86_MODE_64)
			cpu.gpr[i] = i < 8 ? (u32)cpu.gpr[i] : 0;
	}
	cpu.seg[AXVM_X86_CS].access = db ? 1 << 14 : 0;
	return cpu;
}

static void context_of(ZydisRegisterContext *c, const struct vinsn_cpu *cpu)
{
	unsigned int i;

	memset(c, 0, sizeof(*c));
	for (i = 0; i < 16; i++) {
		c->values[ZYDIS_REGISTER_RAX + i] = cpu->gpr[i];
		c->values[ZYDIS_REGISTER_EAX + i] = (u32)cpu->gpr[i];
		c->values[ZYDIS_REGISTER_AX + i] = (u16)cpu->gpr[i];
	}
	c->values[ZYDIS_REGISTER_RIP] = cpu->rip;
	c->values[ZYDIS_REGISTER_EIP] = (u32)cpu->rip;
}

static char text[200];

static const char *describe(const u8 *b, const ZydisDecodedInstruction *z)
{
	int n = 0, i;

	for (i = 0; i < 15; i++)
		n += sprintf(text + n, "%02x ", b[i]);
	sprintf(text + n, "(%s)", ZydisMnemonicGetString(z->mnemonic));
	return text;
}

#define must(c)                                                        \
	do {                                                           \
		if (!(c))                                              \
			ck_abort_msg("%s: mode %u: %s", #c, cpu->mode, \
				     describe(b, z));                  \
	} while (0)

/* The memory operand that matters: strings: the explicit source or target. */
static const ZydisDecodedOperand *memory_of(const ZydisDecodedInstruction *z,
					    const ZydisDecodedOperand *op)
{
	unsigned int i;

	for (i = 0; i < z->operand_count; i++)
		if (op[i].type == ZYDIS_OPERAND_TYPE_MEMORY &&
		    op[i].mem.type == ZYDIS_MEMOP_TYPE_MEM)
			return &op[i];
	return NULL;
}

static unsigned int mnemonic_at(ZydisMnemonic m)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(emulated); i++)
		if (emulated[i].mnemonic == m)
			break;
	return i;
}

/* Is it something that we should have decoded? */
static bool should_decode(const ZydisDecodedInstruction *z,
			  const ZydisDecodedOperand *op)
{
	if (mnemonic_at(z->mnemonic) == ARRAY_SIZE(emulated))
		return false;
	if (!memory_of(z, op))
		return false;
	if (z->opcode_map == ZYDIS_OPCODE_MAP_0F && z->opcode != 0xc3)
		return z->opcode >= 0xa3 && z->opcode != 0xc7; /* no SSE */
	if (z->mnemonic == ZYDIS_MNEMONIC_MOVNTI)
		return true;
	/* loading segment registers is not */
	return z->opcode_map == ZYDIS_OPCODE_MAP_DEFAULT && z->opcode != 0x8e;
}

static u64 bit_displacement(const struct vinsn *i, const struct vinsn_cpu *cpu)
{
	s64 reg = i->op_bytes == 2 ? (s16)cpu->gpr[i->reg] :
		  i->op_bytes == 4 ? (s32)cpu->gpr[i->reg] :
				     (s64)cpu->gpr[i->reg];
	s64 bits = i->op_bytes * 8;
	s64 element = reg / bits - (reg % bits < 0); /* floor */

	return element * i->op_bytes;
}

static void compare_registers(const struct vinsn *i,
			      const struct vinsn_cpu *cpu, const u8 *b,
			      const ZydisDecodedInstruction *z,
			      const ZydisDecodedOperand *op)
{
	unsigned int n;

	for (n = 0; n < z->operand_count_visible; n++) {
		unsigned int id, bytes = op[n].size / 8;
		ZydisRegister r = op[n].reg.value;

		if (op[n].type == ZYDIS_OPERAND_TYPE_IMMEDIATE) {
			u64 mask = i->op_bytes == 8 ?
					   ~0ull :
					   (1ull << (8 * i->op_bytes)) - 1;

			must(i->has_imm);
			must(((i->imm ^ op[n].imm.value.u) & mask &
			      (i->kind == VINSN_BIT ? 0xff : ~0ull)) == 0);
			continue;
		}
		if (op[n].type != ZYDIS_OPERAND_TYPE_REGISTER)
			continue;
		id = ZydisRegisterGetId(r);
		if (r >= ZYDIS_REGISTER_AH && r <= ZYDIS_REGISTER_BH) {
			must(i->high8);
			must(i->reg == r - ZYDIS_REGISTER_AH + 4);
			continue;
		}
		if (r >= ZYDIS_REGISTER_SPL && r <= ZYDIS_REGISTER_R15B)
			id = r - ZYDIS_REGISTER_SPL + 4;
		must(!i->high8);
		must(i->sreg == (z->opcode == 0x8c));
		must(i->reg == id);
		must(i->op_bytes == bytes);
	}
}

static void compare(const struct vinsn *i, struct vinsn_cpu *cpu, const u8 *b,
		    const ZydisDecodedInstruction *z,
		    const ZydisDecodedOperand *op)
{
	unsigned int m = mnemonic_at(z->mnemonic), n;
	const ZydisDecodedOperand *mem = memory_of(z, op);
	bool string = i->kind == VINSN_MOVS || i->kind == VINSN_STOS ||
		      i->kind == VINSN_LODS;
	ZydisRegisterContext context;
	int seg = -1;
	ZyanU64 ea;

	must(m < ARRAY_SIZE(emulated));
	must(i->len == z->length);
	must(mem);
	if (i->kind == VINSN_ALU_REG)
		must(emulated[m].kind == VINSN_ALU);
	else if (z->mnemonic == ZYDIS_MNEMONIC_MOV)
		must(i->kind == (op[0].type == ZYDIS_OPERAND_TYPE_MEMORY ?
					 VINSN_STORE :
					 VINSN_LOAD));
	else
		must(i->kind == emulated[m].kind);
	must(emulated[m].alu == 0 || i->alu == emulated[m].alu);
	must(i->mem_bytes == mem->size / 8);
	must(i->addr_bytes == z->address_width / 8);
	must(i->lock == !!(z->attributes & ZYDIS_ATTRIB_HAS_LOCK));
	must(i->sign == (z->mnemonic == ZYDIS_MNEMONIC_MOVSX ||
			 z->mnemonic == ZYDIS_MNEMONIC_MOVSXD));
	must(i->rep ==
	     (string &&
	      (z->attributes & (ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE |
				ZYDIS_ATTRIB_HAS_REPNE)) != 0));
	if (string) {
		/* the source is what a prefix moves */
		for (n = 0; n < z->operand_count; n++)
			if (op[n].type == ZYDIS_OPERAND_TYPE_MEMORY &&
			    ZydisRegisterGetId(op[n].mem.base) == VINSN_RSI)
				mem = &op[n];
	}
	for (n = 0; n < 6; n++)
		if ((int)mem->mem.segment == segment_of[n][0])
			seg = segment_of[n][1];
	if (i->kind != VINSN_STOS &&
	    (cpu->mode != AXVM_X86_MODE_64 || seg >= AXVM_X86_FS))
		must(seg == i->seg);
	if (i->kind != VINSN_STOS && cpu->mode == AXVM_X86_MODE_64 &&
	    seg < AXVM_X86_FS)
		must(i->seg < AXVM_X86_FS);
	if (string)
		return;
	context_of(&context, cpu);
	must(ZYAN_SUCCESS(
		ZydisCalcAbsoluteAddressEx(z, mem, cpu->rip, &context, &ea)));
	/* Zydis 4.0 takes SIB base 5 without displacement for R13D here */
	if (mem->mem.base == ZYDIS_REGISTER_R13D && z->raw.modrm.mod == 0)
		ea += z->raw.disp.value - cpu->gpr[13];
	if (i->kind == VINSN_BIT && !i->has_imm)
		ea += bit_displacement(i, cpu);
	if (i->addr_bytes < 8)
		ea &= (1ull << (8 * i->addr_bytes)) - 1;
	must(ea == i->ea);
	compare_registers(i, cpu, b, z, op);
}

static void differential(u32 mode, bool db, unsigned int seed)
{
	static const ZydisMachineMode modes[] = { ZYDIS_MACHINE_MODE_LEGACY_16,
						  ZYDIS_MACHINE_MODE_LEGACY_32,
						  ZYDIS_MACHINE_MODE_LONG_64 };
	static const ZydisStackWidth widths[] = { ZYDIS_STACK_WIDTH_16,
						  ZYDIS_STACK_WIDTH_32,
						  ZYDIS_STACK_WIDTH_64 };
	unsigned int which = mode == AXVM_X86_MODE_64 ? 2 : db, n, same = 0;
	ZydisDecoder decoder;

	srandom(seed);
	ck_assert(ZYAN_SUCCESS(
		ZydisDecoderInit(&decoder, modes[which], widths[which])));
	for (n = 0; n < INSNS / 3; n++) {
		ZydisDecodedOperand op[ZYDIS_MAX_OPERAND_COUNT];
		struct vinsn_cpu c = random_cpu(mode, db), *cpu = &c;
		ZydisDecodedInstruction zi, *z = &zi;
		struct vinsn i;
		unsigned int len;
		u8 b[15];
		int ret;
		bool zok;

		generate(b, mode == AXVM_X86_MODE_64);
		ret = vinsn_decode(&i, cpu, b, sizeof(b));
		zi.mnemonic = ZYDIS_MNEMONIC_INVALID;
		zok = ZYAN_SUCCESS(
			ZydisDecoderDecodeFull(&decoder, b, sizeof(b), z, op));
		must(ret == 0 || ret == -EOPNOTSUPP);
		if (ret) {
			must(!zok || !should_decode(z, op));
			continue;
		}
		must(zok);
		compare(&i, cpu, b, z, op);
		same++;
		/* a shorter window asks for more, and never reads past it */
		for (len = 0; len < i.len; len++) {
			struct vinsn cut;
			u8 *window = malloc(len ?: 1);

			memcpy(window, b, len);
			must(vinsn_decode(&cut, cpu, window, len) == -ENODATA);
			free(window);
		}
	}
	ck_assert_uint_gt(same, INSNS / 3 / 3);
}

START_TEST(code16)
{
	differential(AXVM_X86_MODE_REAL, false, 1);
}
END_TEST

START_TEST(code32)
{
	differential(AXVM_X86_MODE_PROTECTED, true, 2);
}
END_TEST

START_TEST(code64)
{
	differential(AXVM_X86_MODE_64, false, 3);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("insn_zydis");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_set_timeout(t, 120);
	tcase_add_test(t, code16);
	tcase_add_test(t, code32);
	tcase_add_test(t, code64);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
