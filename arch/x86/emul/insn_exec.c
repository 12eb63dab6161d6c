// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: executing a decoded instruction as a sequence of memory accesses that
 * the caller performs.  Nothing of the registers changes before the last one.
 *
 * Manual: each instruction's page; "EFLAGS Register" for the flags.
 */
#include <linux/bits.h>
#include <linux/kernel.h>

#include "arch/x86/emul/insn.h"
#include "uapi/axvm_x86.h"

#define F_CF BIT_ULL(0)
#define F_PF BIT_ULL(2)
#define F_AF BIT_ULL(4)
#define F_ZF BIT_ULL(6)
#define F_SF BIT_ULL(7)
#define F_DF BIT_ULL(10)
#define F_OF BIT_ULL(11)
#define F_RF BIT_ULL(16)
#define F_STATUS (F_CF | F_PF | F_AF | F_ZF | F_SF | F_OF)

static u64 size_mask(unsigned int bytes)
{
	return bytes >= 8 ? ~0ull : BIT_ULL(8 * bytes) - 1;
}

static u64 size_sign(unsigned int bytes)
{
	return BIT_ULL(8 * bytes - 1);
}

/* PF, ZF, SF of a result. */
static u64 flags_of(u64 result, unsigned int bytes)
{
	u8 low = result;
	u64 flags = 0;

	low ^= low >> 4;
	low ^= low >> 2;
	low ^= low >> 1;
	if (!(low & 1))
		flags |= F_PF;
	if (!(result & size_mask(bytes)))
		flags |= F_ZF;
	if (result & size_sign(bytes))
		flags |= F_SF;
	return flags;
}

/* @a + @b + @carry; CF is the carry out of the top bit. */
static u64 alu_add(u64 a, u64 b, bool carry, unsigned int bytes, u64 *flags)
{
	u64 mask = size_mask(bytes), r = (a + b + carry) & mask;
	u64 carries = (a & b) | ((a | b) & ~r);

	*flags = flags_of(r, bytes) | (carries & size_sign(bytes) ? F_CF : 0) |
		 (carries & 8 ? F_AF : 0) |
		 ((a ^ r) & (b ^ r) & size_sign(bytes) ? F_OF : 0);
	return r;
}

/* @a - @b - @borrow; CF is the borrow. */
static u64 alu_sub(u64 a, u64 b, bool borrow, unsigned int bytes, u64 *flags)
{
	u64 mask = size_mask(bytes), r = (a - b - borrow) & mask;
	u64 borrows = (~a & b) | ((~a | b) & r);

	*flags = flags_of(r, bytes) | (borrows & size_sign(bytes) ? F_CF : 0) |
		 (borrows & 8 ? F_AF : 0) |
		 ((a ^ b) & (a ^ r) & size_sign(bytes) ? F_OF : 0);
	return r;
}

/* @a OP @b; @flags: in: before, out: after. */
static u64 alu(unsigned int op, u64 a, u64 b, unsigned int bytes, u64 *flags)
{
	bool carry = *flags & F_CF;
	u64 f = 0, r;

	switch (op) {
	case VINSN_ADD:
	case VINSN_ADC:
		r = alu_add(a, b, op == VINSN_ADC && carry, bytes, &f);
		break;
	case VINSN_SUB:
	case VINSN_CMP:
	case VINSN_SBB:
		r = alu_sub(a, b, op == VINSN_SBB && carry, bytes, &f);
		break;
	case VINSN_OR:
		r = a | b;
		f = flags_of(r, bytes);
		break;
	case VINSN_XOR:
		r = a ^ b;
		f = flags_of(r, bytes);
		break;
	default: /* AND, TEST */
		r = a & b;
		f = flags_of(r, bytes);
		break;
	}
	*flags = (*flags & ~F_STATUS) | f;
	return r & size_mask(bytes);
}

static u64 unary(unsigned int op, u64 a, unsigned int bytes, u64 *flags)
{
	u64 carry = *flags & F_CF, f, r;

	switch (op) {
	case VINSN_INC:
		r = alu_add(a, 1, false, bytes, &f);
		f = (f & ~F_CF) | carry;
		break;
	case VINSN_DEC:
		r = alu_sub(a, 1, false, bytes, &f);
		f = (f & ~F_CF) | carry;
		break;
	case VINSN_NEG:
		r = alu_sub(0, a, false, bytes, &f);
		break;
	default: /* NOT: no flags */
		return ~a & size_mask(bytes);
	}
	*flags = (*flags & ~F_STATUS) | f;
	return r;
}

static u64 bit_op(unsigned int op, u64 a, u64 nr, unsigned int bytes,
		  u64 *flags)
{
	u64 bit = BIT_ULL(nr & (8 * bytes - 1));

	*flags = (*flags & ~F_CF) | (a & bit ? F_CF : 0);
	switch (op) {
	case VINSN_BTS:
		return a | bit;
	case VINSN_BTR:
		return a & ~bit;
	case VINSN_BTC:
		return a ^ bit;
	}
	return a;
}

static u64 source(const struct vinsn *i, const struct vinsn_cpu *cpu)
{
	if (i->has_imm)
		return i->imm & size_mask(i->op_bytes);
	if (i->sreg)
		return cpu->seg[i->reg].selector;
	return vinsn_reg_get(cpu, i->reg, i->op_bytes, i->high8);
}

/* Value, flags and register that come of an instruction that read @mem. */
struct outcome {
	u64 mem; /* what is written back */
	u64 reg; /* what goes into insn->reg (CMPXCHG: A) */
	u64 flags;
	bool writes_mem;
	bool writes_reg;
};

static u64 extend(const struct vinsn *i, u64 value)
{
	unsigned int unused = 64 - 8 * i->mem_bytes;

	return i->sign ? (u64)((s64)(value << unused) >> unused) : value;
}

static void compute_exchange(const struct vinsn *i, const struct vinsn_cpu *cpu,
			     u64 mem, struct outcome *o)
{
	u64 a = vinsn_reg_get(cpu, VINSN_RAX, i->op_bytes, false);

	o->writes_mem = true;
	o->writes_reg = true;
	o->reg = mem;
	switch (i->kind) {
	case VINSN_XCHG:
		o->mem = source(i, cpu);
		break;
	case VINSN_XADD:
		o->mem = alu(VINSN_ADD, mem, source(i, cpu), i->op_bytes,
			     &o->flags);
		break;
	default: /* CMPXCHG writes in either case */
		alu(VINSN_CMP, a, mem, i->op_bytes, &o->flags);
		o->writes_reg = a != mem;
		o->mem = a == mem ? source(i, cpu) : mem;
		break;
	}
}

static struct outcome compute(const struct vinsn *i,
			      const struct vinsn_cpu *cpu, u64 mem)
{
	struct outcome o = { .flags = cpu->rflags };
	bool compares = i->alu == VINSN_CMP || i->alu == VINSN_TEST;

	switch (i->kind) {
	case VINSN_LOAD:
		o.reg = extend(i, mem);
		o.writes_reg = true;
		break;
	case VINSN_ALU:
		o.mem = alu(i->alu, mem, source(i, cpu), i->op_bytes, &o.flags);
		o.writes_mem = !compares;
		break;
	case VINSN_ALU_REG:
		o.reg = alu(i->alu, source(i, cpu), mem, i->op_bytes, &o.flags);
		o.writes_reg = !compares;
		break;
	case VINSN_UNARY:
		o.mem = unary(i->alu, mem, i->op_bytes, &o.flags);
		o.writes_mem = true;
		break;
	case VINSN_BIT:
		o.mem = bit_op(i->alu, mem, source(i, cpu), i->op_bytes,
			       &o.flags);
		o.writes_mem = i->alu != VINSN_BT;
		break;
	default:
		compute_exchange(i, cpu, mem, &o);
		break;
	}
	return o;
}

static enum vinsn_next access_next(struct vinsn_run *run, bool write,
				   gva_t linear, u64 data)
{
	run->access = (struct vinsn_access){
		.write = write,
		.bytes = run->insn.mem_bytes,
		.linear = linear,
		.data = data,
	};
	return VINSN_ACCESS;
}

static enum vinsn_next insn_done(const struct vinsn_run *run,
				 struct vinsn_cpu *cpu)
{
	cpu->rip += run->insn.len;
	if (cpu->mode != AXVM_X86_MODE_64)
		cpu->rip = lower_32_bits(cpu->rip);
	cpu->rflags &= ~F_RF;
	return VINSN_DONE;
}

/* ---- strings ------------------------------------------------------------- */

static bool is_string(const struct vinsn *i)
{
	return i->kind == VINSN_MOVS || i->kind == VINSN_STOS ||
	       i->kind == VINSN_LODS;
}

static u8 string_linear(const struct vinsn *i, const struct vinsn_cpu *cpu,
			unsigned int reg, gva_t *linear)
{
	u64 offset = vinsn_reg_get(cpu, reg, i->addr_bytes, false);
	bool write = reg == VINSN_RDI;

	return vinsn_linear(cpu, write ? AXVM_X86_ES : i->seg, offset,
			    i->mem_bytes, write, linear);
}

static enum vinsn_next string_begin(struct vinsn_run *run,
				    struct vinsn_cpu *cpu)
{
	const struct vinsn *i = &run->insn;
	gva_t src = 0, dst = 0;

	if (i->rep && !vinsn_reg_get(cpu, VINSN_RCX, i->addr_bytes, false))
		return insn_done(run, cpu);
	if (i->kind != VINSN_STOS)
		run->fault = string_linear(i, cpu, VINSN_RSI, &src);
	if (!run->fault && i->kind != VINSN_LODS)
		run->fault = string_linear(i, cpu, VINSN_RDI, &dst);
	if (run->fault)
		return VINSN_RAISE;
	run->linear2 = dst;
	if (i->kind == VINSN_STOS)
		return access_next(run, true, dst,
				   vinsn_reg_get(cpu, VINSN_RAX, i->op_bytes,
						 false));
	return access_next(run, false, src, 0);
}

static enum vinsn_next string_finish(struct vinsn_run *run,
				     struct vinsn_cpu *cpu)
{
	const struct vinsn *i = &run->insn;
	s64 step = cpu->rflags & F_DF ? -(s64)i->mem_bytes : i->mem_bytes;

	if (i->kind == VINSN_MOVS && run->step == 1)
		return access_next(run, true, run->linear2, run->loaded);
	if (i->kind == VINSN_LODS)
		vinsn_reg_set(cpu, VINSN_RAX, i->op_bytes, false, run->loaded);
	if (i->kind != VINSN_STOS)
		vinsn_reg_add(cpu, VINSN_RSI, i->addr_bytes, step);
	if (i->kind != VINSN_LODS)
		vinsn_reg_add(cpu, VINSN_RDI, i->addr_bytes, step);
	if (!i->rep)
		return insn_done(run, cpu);
	vinsn_reg_add(cpu, VINSN_RCX, i->addr_bytes, -1);
	if (!vinsn_reg_get(cpu, VINSN_RCX, i->addr_bytes, false))
		return insn_done(run, cpu);
	return VINSN_REPEAT;
}

/* ---- the rest ------------------------------------------------------------- */

/* Does the segment have to allow a write? */
static bool writes(const struct vinsn *i)
{
	switch (i->kind) {
	case VINSN_LOAD:
	case VINSN_ALU_REG:
		return false;
	case VINSN_ALU:
		return i->alu != VINSN_CMP && i->alu != VINSN_TEST;
	case VINSN_BIT:
		return i->alu != VINSN_BT;
	}
	return true;
}

enum vinsn_next vinsn_begin(struct vinsn_run *run, struct vinsn_cpu *cpu)
{
	const struct vinsn *i = &run->insn;
	gva_t linear;

	run->step = 0;
	run->fault = VINSN_NO_FAULT;
	run->loaded = 0;
	if (is_string(i))
		return string_begin(run, cpu);
	run->fault = vinsn_linear(cpu, i->seg, i->ea, i->mem_bytes, writes(i),
				  &linear);
	if (run->fault)
		return VINSN_RAISE;
	if (i->kind == VINSN_STORE)
		return access_next(run, true, linear, source(i, cpu));
	access_next(run, false, linear, 0);
	run->access.update = writes(i);
	return VINSN_ACCESS;
}

enum vinsn_next vinsn_finish(struct vinsn_run *run, struct vinsn_cpu *cpu,
			     u64 value)
{
	const struct vinsn *i = &run->insn;
	struct outcome o;

	if (!run->access.write)
		run->loaded = value & size_mask(i->mem_bytes);
	run->step++;
	if (is_string(i))
		return string_finish(run, cpu);
	if (i->kind == VINSN_STORE)
		return insn_done(run, cpu);
	/* the same before and after writing back: registers did not change */
	o = compute(i, cpu, run->loaded);
	if (o.writes_mem && run->step == 1)
		return access_next(run, true, run->access.linear, o.mem);
	cpu->rflags = o.flags;
	if (o.writes_reg && i->kind == VINSN_CMPXCHG)
		vinsn_reg_set(cpu, VINSN_RAX, i->op_bytes, false, o.reg);
	else if (o.writes_reg)
		vinsn_reg_set(cpu, i->reg, i->op_bytes, i->high8, o.reg);
	return insn_done(run, cpu);
}
