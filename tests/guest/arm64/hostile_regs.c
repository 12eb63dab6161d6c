// SPDX-License-Identifier: GPL-2.0
/*
 * The registers' part of the hostile guest: every system-register encoding
 * there is, every offset of the interrupt controller in every width, and more
 * interrupts than list registers, in every state at once.
 */
#include "hostile.h"

/* ---- system registers ------------------------------------------------------ */

#define ENCODINGS 128 /* of one op0, op1 and CRn: CRm and op2 */
#define SYS_READ 0xd5200000u
#define SYS_WRITE 0xd5000000u
#define RET 0xd65f03c0u
#define NOP 0xd503201fu

/* A page of its own: an emulator watches writes to where code is. */
static u32 codes[VCPUS][1024] __attribute__((aligned(4096)));
static u8 scratch[4096] __attribute__((aligned(4096)));

#define ENC(op0, op1, crn, crm, op2) \
	((op0) << 19 | (op1) << 16 | (crn) << 12 | (crm) << 8 | (op2) << 5)

/* What would end this guest, not harm anybody: itself. */
static bool spared(u32 enc, u32 rt)
{
	switch (enc) {
	case ENC(3u, 0u, 1u, 0u, 0u): /* SCTLR_EL1 */
	case ENC(3u, 0u, 12u, 0u, 0u): /* VBAR_EL1 */
	case ENC(3u, 0u, 4u, 2u, 0u): /* SPSel */
	case ENC(3u, 3u, 4u, 2u, 1u): /* DAIF */
	/*
	 * CNTV_CVAL_EL0 is written below.  QEMU before 8.2 never returns from
	 * a value that wraps when CNTVOFF_EL2 is added to it.
	 */
	case ENC(3u, 3u, 14u, 3u, 2u):
		return true;
	}
	if (rt != 31)
		return false;
	/* WFI; SPSel by an immediate value */
	return enc == ENC(0u, 3u, 2u, 0u, 3u) ||
	       (enc & ~ENC(0u, 0u, 0u, 15u, 0u)) == ENC(0u, 0u, 4u, 0u, 5u);
}

static void run_code(const u32 *code, u64 value)
{
	register u64 x0 asm("x0") = value;
	unsigned int i;

	for (i = 0; i <= 4 * ENCODINGS; i += 16)
		asm volatile("dc cvau, %0" : : "r"((u64)code + i) : "memory");
	asm volatile("dsb ish; ic iallu; dsb ish; isb; blr %1"
		     : "+r"(x0)
		     : "r"(code)
		     : "x30", "cc", "memory");
}

/* All CRm and op2 of one op0, op1, CRn. */
static void group(u64 index, u32 op, bool read, u32 rt, u64 value)
{
	u32 *code = codes[index], op0 = op / 128, i;

	for (i = 0; i < ENCODINGS; i++) {
		u32 enc = ENC(op0, op / 16 % 8, op % 16, i / 8, i % 8);

		code[i] = !read && spared(enc, rt) ?
				  NOP :
				  (read ? SYS_READ : SYS_WRITE) | enc | rt;
	}
	code[ENCODINGS] = RET;
	run_code(code, op0 == 1 ? (u64)scratch : value);
	OUT(80 + index) += ENCODINGS;
}

/* The last one to come here says that all is done. */
static void finish(u64 index)
{
	u64 i, n = 0;

	OUT(10 + index) = 1;
	for (i = 0; i < VCPUS; i++)
		n += OUT(10 + i);
	if (n == VCPUS)
		OUT(8) = 1;
}

/* Each vCPU has a part of them: op0, op1, CRn by turns. */
void storm_sysregs(u64 index)
{
	u32 op;

	trap_counts = &OUT(16);
	for (op = index; op < 4 * 8 * 16; op += VCPUS) {
		group(index, op, true, 0, 0);
		group(index, op, false, 0, rnd(index));
		group(index, op, false, 0, ~0ull);
		if (op < 128)
			group(index, op, false, 31, 0);
		WRITE(cntv_cval_el0, rnd(index) >> 1);
		OUT(index)++;
	}
	finish(index);
}

/* ---- frames ------------------------------------------------------------------- */

static void touch(u64 at, u32 bytes, u64 value)
{
	switch (bytes) {
	case 1:
		MMIO(u8, at) = value;
		break;
	case 2:
		MMIO(u16, at) = value;
		break;
	case 4:
		MMIO(u32, at) = value;
		break;
	case 8:
		MMIO(u64, at) = value;
		break;
	}
}

/* Each vCPU has a part of the offsets, takes what comes of it, and more. */
void storm_frames(u64 index)
{
	static const u64 frames[] = { GICD, GICR(1), SGI_FRAME(1) };
	u64 at, i, bytes;

	for (i = 0; i < sizeof(frames) / sizeof(*frames); i++)
		for (bytes = 1; bytes <= 8; bytes *= 2) {
			for (at = index * bytes; at < 0x10000;
			     at += VCPUS * bytes) {
				touch(frames[i] + at, bytes, rnd(index));
				if (at & 0xff)
					continue;
				(void)MMIO(u32, frames[i] + at);
				ICC_WRITE(PMR, 0xf0);
				ICC_WRITE(IGRPEN1, 1);
				ICC_WRITE(SGI1R, (rnd(index) & 15) << 24 | 15);
				irqs_on();
				irqs_off();
			}
			OUT(index)++;
		}
	finish(index);
}

/* ---- more than list registers ---------------------------------------------------- */

static void all_spis(u64 off, u32 value)
{
	u64 i;

	for (i = 1; i < 4; i++)
		MMIO(u32, GICD + off + 4 * i) = value;
}

/* Pending and active, everywhere at once, taken and ended in any order. */
void storm_overflow(u64 index)
{
	u64 i, r = rnd(index);

	if (r & 1)
		for (i = 32; i < 128; i++)
			MMIO(u64, IROUTER(i)) = rnd(index) & 1;
	for (i = 0; i < 96; i += 4)
		MMIO(u32, GICD + 0x420 + i) = rnd(index);
	all_spis(0x80, ~0u);
	all_spis(0xc00, rnd(index));
	all_spis(0x100, ~0u);
	all_spis(r & 2 ? 0x200 : 0x300, ~0u);
	MMIO(u32, SGI_FRAME(index) + (r & 4 ? 0x200 : 0x300)) = ~0u;
	ICC_WRITE(CTLR, r & 2);
	ICC_WRITE(PMR, r & 8 ? 0xf0 : r >> 32);
	ICC_WRITE(IGRPEN1, r >> 6 & 1 || !(r & 0x700));
	ICC_WRITE(SGI1R, 0xfull << 24 | 1ull << 40);
	for (i = 0; i < (r >> 16 & 63); i++)
		(void)ICC_READ(IAR1);
	for (i = 0; i < (r >> 24 & 63); i++) {
		ICC_WRITE(EOIR1, rnd(index) & 127);
		if (i & 1)
			ICC_WRITE(DIR, rnd(index) & 127);
	}
	if (r & 0x800)
		all_spis(r & 2 ? 0x280 : 0x380, ~0u);
}
