// SPDX-License-Identifier: GPL-2.0
/*
 * Every emulated instruction once on a device that behaves as memory (ARG 0,
 * a page; the test answers) and once on RAM, with the same registers, flags
 * and contents: all must come out the same.
 * OUT 0: instructions compared; OUT 1: how many differed; OUT 2: number of the
 * first one that did; OUT 3: 1 registers, 2 flags, 4 memory; OUT 4, 5: what it
 * gave on the device and on RAM.
 * Faults of an emulated instruction: OUT 6-9: vector, error code, CR2 and RCX
 * of REP MOVSB from the device to no page; OUT 10: vector when the target is
 * not canonical; OUT 11-13: vector, error code, RCX of REP INSB to no page;
 * OUT 14, 15: vector and error code of REP OUTSB from no page.
 */
#include "lib.h"

#define WORDS 16
#define F_ALL 0x8d5 /* OF SF ZF AF PF CF */
#define F_LOGIC (F_ALL & ~0x10) /* AF undefined */
#define F_BIT 0x41 /* CF and ZF; the rest undefined */
#define F_NONE 0 /* not compared */

struct state {
	u64 a, c, d, s, di, flags;
	u64 mem[WORDS];
};

static u64 ram[512] __attribute__((aligned(4096)));
static struct state on_ram, on_device;

static void fill(volatile u64 *at)
{
	unsigned int i;

	for (i = 0; i < WORDS; i++)
		at[i] = 0x8070605040302010ull * (i + 1) + i;
}

static void before(struct state *st, volatile u64 *at, u64 flags)
{
	fill(at);
	st->a = 0x8899aabbccddeeffull;
	st->c = 3;
	st->d = 0x0123456789abcd77ull;
	st->s = (u64)at + 24;
	st->di = (u64)at + 64;
	st->flags = flags;
}

static void after(struct state *st, volatile u64 *at)
{
	unsigned int i;

	st->s -= (u64)at;
	st->di -= (u64)at;
	for (i = 0; i < WORDS; i++)
		st->mem[i] = at[i];
}

static void compare(u64 mask)
{
	u64 bad = 0, got = 0, want = 0;
	unsigned int i;

	OUT(0)++;
#define DIFFERS(field, bit, m)                        \
	if ((on_device.field ^ on_ram.field) & (m)) { \
		bad |= (bit);                         \
		got = on_device.field;                \
		want = on_ram.field;                  \
	}
	DIFFERS(a, 1, ~0ull)
	DIFFERS(c, 1, ~0ull)
	DIFFERS(d, 1, ~0ull)
	DIFFERS(s, 1, ~0ull)
	DIFFERS(di, 1, ~0ull)
	DIFFERS(flags, 2, mask)
	for (i = 0; i < WORDS; i++) {
		DIFFERS(mem[i], 4, ~0ull)
	}
	if (!bad)
		return;
	if (!OUT(1)++) {
		OUT(2) = OUT(0);
		OUT(3) = bad;
		OUT(4) = got;
		OUT(5) = want;
	}
}

#define RUN(st, at, insn)                                                      \
	asm volatile("pushq %[f]; popfq; " insn "; pushfq; popq %[f]; cld"     \
		     : "+a"((st).a), "+c"((st).c), "+d"((st).d), "+S"((st).s), \
		       "+D"((st).di), [f] "+r"((st).flags)                     \
		     : "b"(at)                                                 \
		     : "memory", "cc")

#define BOTH(flags, mask, insn)                             \
	do {                                                \
		volatile u64 *dev = (volatile u64 *)ARG(0); \
		before(&on_ram, ram, flags);                \
		RUN(on_ram, ram, insn);                     \
		after(&on_ram, ram);                        \
		before(&on_device, dev, flags);             \
		RUN(on_device, dev, insn);                  \
		after(&on_device, dev);                     \
		compare(mask);                              \
	} while (0)

/* Byte, word, doubleword, quadword of an instruction on memory and A. */
#define WIDTHS(flags, mask, op)                             \
	do {                                                \
		BOTH(flags, mask, op "b %%al, 9(%%rbx)");   \
		BOTH(flags, mask, op "w %%ax, 10(%%rbx)");  \
		BOTH(flags, mask, op "l %%eax, 12(%%rbx)"); \
		BOTH(flags, mask, op "q %%rax, 16(%%rbx)"); \
	} while (0)

#define ALU(op, mask)                                            \
	do {                                                     \
		WIDTHS(3, mask, op);                             \
		BOTH(2, mask, op "b 9(%%rbx), %%ah");            \
		BOTH(3, mask, op "l 12(%%rbx), %%edx");          \
		BOTH(2, mask, op "q $-2, 16(%%rbx)");            \
		BOTH(3, mask, op "w $0x1234, 2(%%rbx,%%rcx,2)"); \
	} while (0)

static void moves(void)
{
	WIDTHS(2, F_ALL, "mov");
	BOTH(2, F_ALL, "movb 1(%%rbx), %%ah");
	BOTH(2, F_ALL, "movw 2(%%rbx), %%dx");
	BOTH(2, F_ALL, "movl 4(%%rbx), %%eax");
	BOTH(2, F_ALL, "movq 8(%%rbx,%%rcx,8), %%rax");
	BOTH(2, F_ALL, "movb $0x5a, (%%rbx)");
	BOTH(2, F_ALL, "movw $0x1234, 2(%%rbx)");
	BOTH(2, F_ALL, "movl $0x12345678, 4(%%rbx)");
	BOTH(2, F_ALL, "movq $-5, 8(%%rbx)");
	BOTH(2, F_ALL, "movzbl 7(%%rbx), %%eax");
	BOTH(2, F_ALL, "movzwq 6(%%rbx), %%rax");
	BOTH(2, F_ALL, "movsbw 7(%%rbx), %%ax");
	BOTH(2, F_ALL, "movsbq 7(%%rbx), %%rax");
	BOTH(2, F_ALL, "movswl 6(%%rbx), %%eax");
	BOTH(2, F_ALL, "movslq 4(%%rbx), %%rax");
	BOTH(2, F_ALL, "movnti %%rax, 8(%%rbx)");
	BOTH(2, F_ALL, "movl (%%ebx), %%eax"); /* 32-bit address */
	WIDTHS(2, F_ALL, "xchg");
}

static void arithmetic(void)
{
	ALU("add", F_ALL);
	ALU("adc", F_ALL);
	ALU("sub", F_ALL);
	ALU("sbb", F_ALL);
	ALU("cmp", F_ALL);
	ALU("and", F_LOGIC);
	ALU("or", F_LOGIC);
	ALU("xor", F_LOGIC);
	WIDTHS(2, F_LOGIC, "test");
	BOTH(2, F_LOGIC, "testl $0x80000000, 4(%%rbx)");
	BOTH(3, F_ALL, "incb 7(%%rbx)");
	BOTH(2, F_ALL, "decl 4(%%rbx)");
	BOTH(2, F_ALL, "notw 2(%%rbx)");
	BOTH(2, F_ALL, "negq 8(%%rbx)");
	BOTH(2, F_ALL, "lock; addl %%eax, 4(%%rbx)");
	WIDTHS(2, F_ALL, "lock; xadd");
	WIDTHS(2, F_ALL, "cmpxchg");
	BOTH(2, F_ALL, "movl 4(%%rbx), %%eax; cmpxchgl %%edx, 4(%%rbx)");
}

static void bits(void)
{
	BOTH(2, F_BIT, "btl $5, 4(%%rbx)");
	BOTH(2, F_BIT, "btsw $17, 2(%%rbx)"); /* taken modulo 16 */
	BOTH(3, F_BIT, "btrq $63, 8(%%rbx)");
	BOTH(2, F_BIT, "btcl %%ecx, 4(%%rbx)");
	/* a register reaches beyond the operand: bit 200, bit -3 */
	BOTH(2, F_BIT, "movl $200, %%ecx; btsl %%ecx, 4(%%rbx)");
	BOTH(2, F_BIT, "movq $-3, %%rcx; btrq %%rcx, 16(%%rbx)");
}

static void strings(void)
{
	BOTH(2, F_ALL, "movsb");
	BOTH(2, F_ALL, "movsq");
	BOTH(2, F_ALL, "rep movsb");
	BOTH(2, F_ALL, "rep movsw");
	BOTH(2, F_ALL, "rep movsl");
	BOTH(2, F_ALL, "rep movsq");
	BOTH(0x402, F_ALL, "rep movsl"); /* backwards */
	BOTH(2, F_ALL, "rep stosb");
	BOTH(2, F_ALL, "rep stosq");
	BOTH(2, F_ALL, "stosw");
	BOTH(2, F_ALL, "lodsb");
	BOTH(2, F_ALL, "lodsl");
	BOTH(0x402, F_ALL, "rep lodsq");
	BOTH(2, F_ALL, "xorl %%ecx, %%ecx; rep movsb");
}

/* Between the device and RAM: one operand of MOVS is no device. */
static void copies(void)
{
	volatile u8 *dev = (volatile u8 *)ARG(0);
	u8 *plain = (u8 *)ram;
	u64 n = 29, src = (u64)dev, dst = (u64)ram + 1;
	unsigned int i;

	fill((volatile u64 *)dev);
	asm volatile("cld; rep movsb"
		     : "+S"(src), "+D"(dst), "+c"(n)
		     :
		     : "memory");
	OUT(0)++;
	for (i = 0; i < 29; i++)
		if (plain[1 + i] != dev[i])
			break;
	if (i < 29 || n || src != (u64)dev + 29)
		OUT(1)++;
	for (i = 0; i < 64; i++)
		plain[i] = 0xa5 ^ i;
	n = 5;
	src = (u64)ram;
	dst = (u64)dev + 4;
	asm volatile("rep movsl" : "+S"(src), "+D"(dst), "+c"(n) : : "memory");
	OUT(0)++;
	for (i = 0; i < 20; i++)
		if (dev[4 + i] != (u8)(0xa5 ^ i))
			break;
	if (i < 20 || n || dst != (u64)dev + 24)
		OUT(1)++;
}

#define UNMAPPED 0x40000000ull

static void faults(void)
{
	u64 n = 3, src = ARG(0), dst = UNMAPPED + 0x123, cr2;

	OUT(6) = TRY("rep movsb",
		     : "+S"(src), "+D"(dst), "+c"(n)
		     :
		     : "r11", "memory");
	OUT(7) = fault_error;
	asm volatile("mov %%cr2, %0" : "=r"(cr2));
	OUT(8) = cr2;
	OUT(9) = n;
	dst = 1ull << 60;
	OUT(10) = TRY("rep movsb",
		      : "+S"(src), "+D"(dst), "+c"(n)
		      :
		      : "r11", "memory");
	dst = UNMAPPED;
	OUT(11) = TRY("rep insb",
		      : "+D"(dst), "+c"(n)
		      : "d"(0x50a)
		      : "r11", "memory");
	OUT(12) = fault_error;
	OUT(13) = n;
	src = UNMAPPED;
	OUT(14) = TRY("rep outsb",
		      : "+S"(src), "+c"(n)
		      : "d"(0x508)
		      : "r11", "memory");
	OUT(15) = fault_error;
}

void guest_main(u64 index)
{
	(void)index;
	moves();
	arithmetic();
	bits();
	strings();
	copies();
	faults();
}
