// SPDX-License-Identifier: GPL-2.0
/*
 * x86-64 as gdb sees it: the standard features, and one of our own with the
 * registers of the system.
 *
 * Manuals: "GDB", i386 features; "Control Registers"; "FXSAVE";
 * "XSAVE-managed state"; "Model-Specific Registers".
 */
#include <string.h>

#include "gdb_arch.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* clang-format off */
#define AT(type, f) (uint16_t)offsetof(struct type, f)

#define GPR(n, t, i) { n, t, 64, AXVM_REGS_GENERAL, 8, 8 * (i), 0 }
#define GENERAL(n, t, b, f) { n, t, b, AXVM_REGS_GENERAL, 8, AT(axvm_x86_regs, f), 0 }
#define SYSTEM(n, t, b, w, f) { n, t, b, AXVM_REGS_SYSTEM, w, AT(axvm_x86_sregs, f), 0 }
#define CR(r, t) SYSTEM(#r, t, 64, 8, r)
#define SELECTOR(n, s) SYSTEM(n, "int32", 32, 2, seg[s].selector)
#define BASE(n, s) SYSTEM(n, "data_ptr", 64, 8, seg[s].base)
#define FPU(n, t, b, w, o) { n, t, b, AXVM_REGS_FPU, w, o, 0 }
#define ST(i) FPU("st" #i, "i387_ext", 80, 10, 32 + 16 * (i))
#define XMM(i) FPU("xmm" #i, "vec128", 128, 16, 160 + 16 * (i))
#define YMMH(i) FPU("ymm" #i "h", "uint128", 128, 16, 576 + 16 * (i))
#define MSR_LOW(n, i) { n, "uint64", 64, GDB_BY_ID, 8, 0, AXVM_X86_REG(AXVM_X86_CLASS_MSR_LOW, i) }
#define MSR(n, i) { n, "uint64", 64, GDB_BY_ID, 8, 0, AXVM_X86_REG(AXVM_X86_CLASS_MSR_HIGH, i) }

#define BIT(n, b) { n, b, b }
#define BITS(n, l, h) { n, l, h }
#define FLAGS(id, bytes, f) { id, bytes, COUNT(f), f }

static const struct gdb_flag eflags[] = {
	BIT("CF", 0), BIT("PF", 2), BIT("AF", 4), BIT("ZF", 6), BIT("SF", 7),
	BIT("TF", 8), BIT("IF", 9), BIT("DF", 10), BIT("OF", 11), BITS("IOPL", 12, 13),
	BIT("NT", 14), BIT("RF", 16), BIT("VM", 17), BIT("AC", 18),
	BIT("VIF", 19), BIT("VIP", 20), BIT("ID", 21),
};

static const struct gdb_flag mxcsr[] = {
	BIT("IE", 0), BIT("DE", 1), BIT("ZE", 2), BIT("OE", 3), BIT("UE", 4),
	BIT("PE", 5), BIT("DAZ", 6), BIT("IM", 7), BIT("DM", 8), BIT("ZM", 9),
	BIT("OM", 10), BIT("UM", 11), BIT("PM", 12), BITS("RC", 13, 14), BIT("FZ", 15),
};

static const struct gdb_flag cr0[] = {
	BIT("PE", 0), BIT("MP", 1), BIT("EM", 2), BIT("TS", 3), BIT("ET", 4),
	BIT("NE", 5), BIT("WP", 16), BIT("AM", 18), BIT("NW", 29), BIT("CD", 30),
	BIT("PG", 31),
};

static const struct gdb_flag cr3[] = {
	BITS("PCID", 0, 11), BITS("PDBR", 12, 51),
};

static const struct gdb_flag cr4[] = {
	BIT("VME", 0), BIT("PVI", 1), BIT("TSD", 2), BIT("DE", 3), BIT("PSE", 4),
	BIT("PAE", 5), BIT("MCE", 6), BIT("PGE", 7), BIT("PCE", 8), BIT("OSFXSR", 9),
	BIT("OSXMMEXCPT", 10), BIT("UMIP", 11), BIT("LA57", 12), BIT("VMXE", 13),
	BIT("SMXE", 14), BIT("FSGSBASE", 16), BIT("PCIDE", 17), BIT("OSXSAVE", 18),
	BIT("KL", 19), BIT("SMEP", 20), BIT("SMAP", 21), BIT("PKE", 22),
	BIT("CET", 23), BIT("PKS", 24),
};

static const struct gdb_flag efer[] = {
	BIT("SCE", 0), BIT("LME", 8), BIT("LMA", 10), BIT("NXE", 11), BIT("SVME", 12),
	BIT("LMSLE", 13), BIT("FFXSR", 14), BIT("TCE", 15),
};

static const struct gdb_flag xcr0[] = {
	BIT("X87", 0), BIT("SSE", 1), BIT("AVX", 2), BIT("BNDREGS", 3),
	BIT("BNDCSR", 4), BIT("OPMASK", 5), BIT("ZMM_HI256", 6), BIT("HI16_ZMM", 7),
	BIT("PT", 8), BIT("PKRU", 9),
};

static const struct gdb_flag access[] = {
	BITS("TYPE", 0, 3), BIT("S", 4), BITS("DPL", 5, 6), BIT("P", 7),
	BIT("AVL", 12), BIT("L", 13), BIT("DB", 14), BIT("G", 15), BIT("UNUSABLE", 16),
};

static const struct gdb_flags core_flags[] = { FLAGS("i386_eflags", 4, eflags) };
static const struct gdb_flags sse_flags[] = { FLAGS("i386_mxcsr", 4, mxcsr) };
static const struct gdb_flags system_flags[] = {
	FLAGS("x86_cr0", 8, cr0), FLAGS("x86_cr3", 8, cr3), FLAGS("x86_cr4", 8, cr4),
	FLAGS("x86_efer", 8, efer), FLAGS("x86_xcr0", 8, xcr0),
	FLAGS("x86_access", 4, access),
};

static const char sse_types[] =
	"<vector id=\"v4f\" type=\"ieee_single\" count=\"4\"/>\n"
	"<vector id=\"v2d\" type=\"ieee_double\" count=\"2\"/>\n"
	"<vector id=\"v16i8\" type=\"int8\" count=\"16\"/>\n"
	"<vector id=\"v8i16\" type=\"int16\" count=\"8\"/>\n"
	"<vector id=\"v4i32\" type=\"int32\" count=\"4\"/>\n"
	"<vector id=\"v2i64\" type=\"int64\" count=\"2\"/>\n"
	"<union id=\"vec128\">\n"
	"<field name=\"v4_float\" type=\"v4f\"/>\n"
	"<field name=\"v2_double\" type=\"v2d\"/>\n"
	"<field name=\"v16_int8\" type=\"v16i8\"/>\n"
	"<field name=\"v8_int16\" type=\"v8i16\"/>\n"
	"<field name=\"v4_int32\" type=\"v4i32\"/>\n"
	"<field name=\"v2_int64\" type=\"v2i64\"/>\n"
	"<field name=\"uint128\" type=\"uint128\"/>\n"
	"</union>\n";

static const struct gdb_reg core[] = {
	GPR("rax", "int64", 0), GPR("rbx", "int64", 3), GPR("rcx", "int64", 1),
	GPR("rdx", "int64", 2), GPR("rsi", "int64", 6), GPR("rdi", "int64", 7),
	GPR("rbp", "data_ptr", 5), GPR("rsp", "data_ptr", 4),
	GPR("r8", "int64", 8), GPR("r9", "int64", 9), GPR("r10", "int64", 10),
	GPR("r11", "int64", 11), GPR("r12", "int64", 12), GPR("r13", "int64", 13),
	GPR("r14", "int64", 14), GPR("r15", "int64", 15),
	GENERAL("rip", "code_ptr", 64, rip),
	GENERAL("eflags", "i386_eflags", 32, rflags),
	SELECTOR("cs", AXVM_X86_CS), SELECTOR("ss", AXVM_X86_SS),
	SELECTOR("ds", AXVM_X86_DS), SELECTOR("es", AXVM_X86_ES),
	SELECTOR("fs", AXVM_X86_FS), SELECTOR("gs", AXVM_X86_GS),
	ST(0), ST(1), ST(2), ST(3), ST(4), ST(5), ST(6), ST(7),
	FPU("fctrl", "int", 32, 2, 0), FPU("fstat", "int", 32, 2, 2),
	{ "ftag", "int", 32, GDB_SPECIAL, 4, 0, 0 },
	FPU("fiseg", "int", 32, 2, 12), FPU("fioff", "int", 32, 4, 8),
	FPU("foseg", "int", 32, 2, 20), FPU("fooff", "int", 32, 4, 16),
	FPU("fop", "int", 32, 2, 6),
};

static const struct gdb_reg sse[] = {
	XMM(0), XMM(1), XMM(2), XMM(3), XMM(4), XMM(5), XMM(6), XMM(7),
	XMM(8), XMM(9), XMM(10), XMM(11), XMM(12), XMM(13), XMM(14), XMM(15),
	FPU("mxcsr", "i386_mxcsr", 32, 4, 24),
};

static const struct gdb_reg segments[] = {
	BASE("fs_base", AXVM_X86_FS), BASE("gs_base", AXVM_X86_GS),
};

static const struct gdb_reg avx[] = {
	YMMH(0), YMMH(1), YMMH(2), YMMH(3), YMMH(4), YMMH(5), YMMH(6), YMMH(7),
	YMMH(8), YMMH(9), YMMH(10), YMMH(11), YMMH(12), YMMH(13), YMMH(14), YMMH(15),
};

#define HIDDEN(n, s)                                                            \
	SYSTEM(n "_limit", "uint32", 32, 4, seg[s].limit),                      \
	SYSTEM(n "_access", "x86_access", 32, 4, seg[s].access)

static const struct gdb_reg system_regs[] = {
	CR(cr0, "x86_cr0"), CR(cr2, "data_ptr"), CR(cr3, "x86_cr3"), CR(cr4, "x86_cr4"),
	CR(cr8, "uint64"), CR(efer, "x86_efer"), CR(xcr0, "x86_xcr0"),
	CR(apic_base, "uint64"),
	SYSTEM("gdt_base", "data_ptr", 64, 8, gdt.base), SYSTEM("gdt_limit", "uint32", 32, 2, gdt.limit),
	SYSTEM("idt_base", "data_ptr", 64, 8, idt.base), SYSTEM("idt_limit", "uint32", 32, 2, idt.limit),
	SELECTOR("tr", AXVM_X86_TR), BASE("tr_base", AXVM_X86_TR), HIDDEN("tr", AXVM_X86_TR),
	SELECTOR("ldtr", AXVM_X86_LDTR), BASE("ldtr_base", AXVM_X86_LDTR),
	HIDDEN("ldtr", AXVM_X86_LDTR),
	BASE("cs_base", AXVM_X86_CS), HIDDEN("cs", AXVM_X86_CS),
	BASE("ss_base", AXVM_X86_SS), HIDDEN("ss", AXVM_X86_SS),
	BASE("ds_base", AXVM_X86_DS), HIDDEN("ds", AXVM_X86_DS),
	BASE("es_base", AXVM_X86_ES), HIDDEN("es", AXVM_X86_ES),
	HIDDEN("fs", AXVM_X86_FS), HIDDEN("gs", AXVM_X86_GS),
	MSR("k_gs_base", 0x102), MSR("star", 0x81), MSR("lstar", 0x82),
	MSR("cstar", 0x83), MSR("fmask", 0x84), MSR("tsc_aux", 0x103),
	MSR_LOW("tsc", 0x10), MSR_LOW("sysenter_cs", 0x174),
	MSR_LOW("sysenter_esp", 0x175), MSR_LOW("sysenter_eip", 0x176),
	MSR_LOW("pat", 0x277), MSR_LOW("misc_enable", 0x1a0),
	SYSTEM("dr0", "data_ptr", 64, 8, dr[0]), SYSTEM("dr1", "data_ptr", 64, 8, dr[1]),
	SYSTEM("dr2", "data_ptr", 64, 8, dr[2]), SYSTEM("dr3", "data_ptr", 64, 8, dr[3]),
	SYSTEM("dr6", "uint64", 64, 8, dr[6]), SYSTEM("dr7", "uint64", 64, 8, dr[7]),
};

static const struct gdb_feature features[] = {
	{ "org.gnu.gdb.i386.core", NULL, core_flags, COUNT(core_flags), core, COUNT(core), NULL },
	{ "org.gnu.gdb.i386.sse", sse_types, sse_flags, COUNT(sse_flags), sse, COUNT(sse), NULL },
	{ "org.gnu.gdb.i386.segments", NULL, NULL, 0, segments, COUNT(segments), NULL },
	{ "org.gnu.gdb.i386.avx", NULL, NULL, 0, avx, COUNT(avx), NULL },
	{ "org.axvm.i386.system", NULL, system_flags, COUNT(system_flags), system_regs,
	  COUNT(system_regs), "system" },
};
/* clang-format on */

/* ---- the FPU's block is an XSAVE area --------------------------------------- */

#define XSTATE_BV 512
#define X87 1ull
#define SSE 2ull
#define AVX 4ull
#define FCW 0
#define FSW 2
#define FTW 4
#define MXCSR 24
#define ST_AT 32
#define XMM_AT 160
#define XMM_END 416
#define AVX_AT 576
#define AVX_BYTES 256

/* What is in its initial state need not be there. */
static void fpu_fetched(void *fpu)
{
	uint8_t *x = fpu;
	uint64_t bv;

	memcpy(&bv, x + XSTATE_BV, sizeof(bv));
	if (!(bv & X87)) {
		static const uint8_t fcw[2] = { 0x7f, 0x03 };

		memset(x, 0, MXCSR);
		memset(x + ST_AT, 0, XMM_AT - ST_AT);
		memcpy(x + FCW, fcw, sizeof(fcw));
	}
	if (!(bv & SSE))
		memset(x + XMM_AT, 0, XMM_END - XMM_AT);
	if (!(bv & AVX))
		memset(x + AVX_AT, 0, AVX_BYTES);
}

static void fpu_written(void *fpu, unsigned int at)
{
	uint8_t *x = fpu;
	uint64_t bv, add = X87;

	if (at >= AVX_AT)
		add = AVX;
	else if (at >= XMM_AT || at == MXCSR)
		add = SSE;
	memcpy(&bv, x + XSTATE_BV, sizeof(bv));
	bv |= add;
	memcpy(x + XSTATE_BV, &bv, sizeof(bv));
}

/* ---- the tag word: two bits a register, in the area only one ------------------ */

#define TAG_VALID 0u
#define TAG_ZERO 1u
#define TAG_SPECIAL 2u
#define TAG_EMPTY 3u
#define EXPONENT 0x7fffu

/* Of the register that @bytes of the area hold. */
static unsigned int tag_of(const uint8_t *bytes)
{
	uint64_t fraction;
	uint16_t exponent;

	memcpy(&fraction, bytes, sizeof(fraction));
	memcpy(&exponent, bytes + 8, sizeof(exponent));
	exponent &= EXPONENT;
	if (exponent == EXPONENT)
		return TAG_SPECIAL;
	if (!exponent)
		return fraction ? TAG_SPECIAL : TAG_ZERO;
	return fraction >> 63 ? TAG_VALID : TAG_SPECIAL;
}

static void special_get(const void *block, void *value)
{
	const uint8_t *x = block;
	unsigned int top = x[FSW + 1] >> 3 & 7, i;
	uint32_t tags = 0;

	for (i = 0; i < 8; i++) {
		unsigned int st = (i - top) & 7, tag = TAG_EMPTY;

		if (x[FTW] & 1u << i)
			tag = tag_of(x + ST_AT + 16 * st);
		tags |= tag << 2 * i;
	}
	memcpy(value, &tags, sizeof(tags));
}

static void special_set(void *block, const void *value)
{
	uint8_t *x = block;
	uint32_t tags;
	unsigned int i;

	memcpy(&tags, value, sizeof(tags));
	x[FTW] = 0;
	for (i = 0; i < 8; i++) {
		if ((tags >> 2 * i & 3) != TAG_EMPTY)
			x[FTW] |= (uint8_t)(1u << i);
	}
	fpu_written(x, FTW);
}

const struct gdb_arch gdb_arch_x86 = {
	.name = "i386:x86-64",
	.features = features,
	.n_features = COUNT(features),
	.n_general = COUNT(core) + COUNT(sse) + COUNT(segments),
	.sizes = { sizeof(struct axvm_x86_regs), sizeof(struct axvm_x86_sregs),
		   sizeof(struct axvm_x86_fpu) },
	.pc = 16,
	.sp = 7,
	.fp = 6,
	.pc_at = offsetof(struct axvm_x86_regs, rip),
	.trap = { 0xcc },
	.trap_len = 1,
	.exec_len = 1,
	.special_from = AXVM_REGS_FPU,
	.special_get = special_get,
	.special_set = special_set,
	.fpu_fetched = fpu_fetched,
	.fpu_written = fpu_written,
};
