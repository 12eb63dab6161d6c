// SPDX-License-Identifier: GPL-2.0
/*
 * AArch64 as gdb sees it: the standard features, and one of our own with the
 * registers of EL1.
 *
 * Manuals: "GDB", AArch64 features; "AArch64 System Registers"; "PSTATE".
 */
#include <string.h>

#include "gdb_arch.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* clang-format off */
#define AT(type, f) (uint16_t)offsetof(struct type, f)

#define X(n) { "x" #n, "int", 64, AXVM_REGS_GENERAL, 8, 8 * (n), 0 }
#define GENERAL(n, t, b, f) { n, t, b, AXVM_REGS_GENERAL, 8, AT(axvm_arm64_regs, f), 0 }
#define SYSTEM(r, t) { #r, t, 64, AXVM_REGS_SYSTEM, 8, AT(axvm_arm64_sysregs, r), 0 }
#define V(n) { "v" #n, "aarch64v", 128, AXVM_REGS_FPU, 16, 16 * (n), 0 }
#define FPU(n, f) { n, "int", 32, AXVM_REGS_FPU, 4, AT(axvm_arm64_fpsimd, f), 0 }

#define BIT(n, b) { n, b, b }
#define BITS(n, l, h) { n, l, h }
#define FLAGS(id, bytes, f) { id, bytes, COUNT(f), f }

static const struct gdb_flag cpsr[] = {
	BIT("SP", 0), BITS("EL", 2, 3), BIT("nRW", 4), BIT("F", 6), BIT("I", 7),
	BIT("A", 8), BIT("D", 9), BITS("BTYPE", 10, 11), BIT("SSBS", 12),
	BIT("IL", 20), BIT("SS", 21), BIT("PAN", 22), BIT("UAO", 23), BIT("DIT", 24),
	BIT("TCO", 25), BIT("V", 28), BIT("C", 29), BIT("Z", 30), BIT("N", 31),
};

static const struct gdb_flag sctlr[] = {
	BIT("M", 0), BIT("A", 1), BIT("C", 2), BIT("SA", 3), BIT("SA0", 4),
	BIT("CP15BEN", 5), BIT("ITD", 7), BIT("SED", 8), BIT("UMA", 9), BIT("I", 12),
	BIT("EnDB", 13), BIT("DZE", 14), BIT("UCT", 15), BIT("nTWI", 16), BIT("nTWE", 18),
	BIT("WXN", 19), BIT("SPAN", 23), BIT("E0E", 24), BIT("EE", 25), BIT("UCI", 26),
	BIT("EnDA", 27), BIT("EnIB", 30), BIT("EnIA", 31), BIT("BT0", 35), BIT("BT1", 36),
};

static const struct gdb_flag tcr[] = {
	BITS("T0SZ", 0, 5), BIT("EPD0", 7), BITS("IRGN0", 8, 9), BITS("ORGN0", 10, 11),
	BITS("SH0", 12, 13), BITS("TG0", 14, 15), BITS("T1SZ", 16, 21), BIT("A1", 22),
	BIT("EPD1", 23), BITS("IRGN1", 24, 25), BITS("ORGN1", 26, 27), BITS("SH1", 28, 29),
	BITS("TG1", 30, 31), BITS("IPS", 32, 34), BIT("AS", 36), BIT("TBI0", 37),
	BIT("TBI1", 38), BIT("HA", 39), BIT("HD", 40),
};

static const struct gdb_flag esr[] = {
	BITS("ISS", 0, 24), BIT("IL", 25), BITS("EC", 26, 31),
};

static const struct gdb_flags core_flags[] = { FLAGS("cpsr_flags", 4, cpsr) };
static const struct gdb_flags system_flags[] = {
	FLAGS("arm64_sctlr", 8, sctlr), FLAGS("arm64_tcr", 8, tcr), FLAGS("arm64_esr", 8, esr),
};

static const char fpu_types[] =
	"<vector id=\"v2d\" type=\"ieee_double\" count=\"2\"/>\n"
	"<vector id=\"v2u\" type=\"uint64\" count=\"2\"/>\n"
	"<vector id=\"v2i\" type=\"int64\" count=\"2\"/>\n"
	"<vector id=\"v4f\" type=\"ieee_single\" count=\"4\"/>\n"
	"<vector id=\"v4u\" type=\"uint32\" count=\"4\"/>\n"
	"<vector id=\"v4i\" type=\"int32\" count=\"4\"/>\n"
	"<vector id=\"v8u\" type=\"uint16\" count=\"8\"/>\n"
	"<vector id=\"v8i\" type=\"int16\" count=\"8\"/>\n"
	"<vector id=\"v16u\" type=\"uint8\" count=\"16\"/>\n"
	"<vector id=\"v16i\" type=\"int8\" count=\"16\"/>\n"
	"<vector id=\"v1u\" type=\"uint128\" count=\"1\"/>\n"
	"<vector id=\"v1i\" type=\"int128\" count=\"1\"/>\n"
	"<union id=\"vnd\"><field name=\"f\" type=\"v2d\"/><field name=\"u\" type=\"v2u\"/>"
	"<field name=\"s\" type=\"v2i\"/></union>\n"
	"<union id=\"vns\"><field name=\"f\" type=\"v4f\"/><field name=\"u\" type=\"v4u\"/>"
	"<field name=\"s\" type=\"v4i\"/></union>\n"
	"<union id=\"vnh\"><field name=\"u\" type=\"v8u\"/><field name=\"s\" type=\"v8i\"/></union>\n"
	"<union id=\"vnb\"><field name=\"u\" type=\"v16u\"/><field name=\"s\" type=\"v16i\"/></union>\n"
	"<union id=\"vnq\"><field name=\"u\" type=\"v1u\"/><field name=\"s\" type=\"v1i\"/></union>\n"
	"<union id=\"aarch64v\"><field name=\"d\" type=\"vnd\"/><field name=\"s\" type=\"vns\"/>"
	"<field name=\"h\" type=\"vnh\"/><field name=\"b\" type=\"vnb\"/>"
	"<field name=\"q\" type=\"vnq\"/></union>\n";

static const struct gdb_reg core[] = {
	X(0), X(1), X(2), X(3), X(4), X(5), X(6), X(7), X(8), X(9), X(10),
	X(11), X(12), X(13), X(14), X(15), X(16), X(17), X(18), X(19), X(20),
	X(21), X(22), X(23), X(24), X(25), X(26), X(27), X(28), X(29), X(30),
	{ "sp", "data_ptr", 64, GDB_SPECIAL, 8, 0, 0 },
	GENERAL("pc", "code_ptr", 64, pc),
	GENERAL("cpsr", "cpsr_flags", 32, pstate),
};

static const struct gdb_reg fpu[] = {
	V(0), V(1), V(2), V(3), V(4), V(5), V(6), V(7), V(8), V(9), V(10), V(11),
	V(12), V(13), V(14), V(15), V(16), V(17), V(18), V(19), V(20), V(21), V(22),
	V(23), V(24), V(25), V(26), V(27), V(28), V(29), V(30), V(31),
	FPU("fpsr", fpsr), FPU("fpcr", fpcr),
};

static const struct gdb_reg system_regs[] = {
	GENERAL("sp_el0", "data_ptr", 64, sp_el0), GENERAL("sp_el1", "data_ptr", 64, sp_el1),
	GENERAL("elr_el1", "code_ptr", 64, elr_el1),
	{ "spsr_el1", "uint64", 64, AXVM_REGS_GENERAL, 8, AT(axvm_arm64_regs, spsr_el1), 0 },
	SYSTEM(sctlr_el1, "arm64_sctlr"), SYSTEM(actlr_el1, "uint64"),
	SYSTEM(cpacr_el1, "uint64"), SYSTEM(ttbr0_el1, "uint64"),
	SYSTEM(ttbr1_el1, "uint64"), SYSTEM(tcr_el1, "arm64_tcr"),
	SYSTEM(esr_el1, "arm64_esr"), SYSTEM(far_el1, "data_ptr"),
	SYSTEM(afsr0_el1, "uint64"), SYSTEM(afsr1_el1, "uint64"),
	SYSTEM(par_el1, "uint64"), SYSTEM(mair_el1, "uint64"),
	SYSTEM(amair_el1, "uint64"), SYSTEM(vbar_el1, "code_ptr"),
	SYSTEM(contextidr_el1, "uint64"), SYSTEM(tpidr_el0, "data_ptr"),
	SYSTEM(tpidrro_el0, "data_ptr"), SYSTEM(tpidr_el1, "data_ptr"),
	SYSTEM(mdscr_el1, "uint64"), SYSTEM(csselr_el1, "uint64"),
	SYSTEM(cntkctl_el1, "uint64"), SYSTEM(cntv_ctl_el0, "uint64"),
	SYSTEM(cntv_cval_el0, "uint64"), SYSTEM(cntp_ctl_el0, "uint64"),
	SYSTEM(cntp_cval_el0, "uint64"), SYSTEM(cntvoff_el2, "uint64"),
	SYSTEM(midr_el1, "uint64"), SYSTEM(mpidr_el1, "uint64"),
};

static const struct gdb_feature features[] = {
	{ "org.gnu.gdb.aarch64.core", NULL, core_flags, COUNT(core_flags), core, COUNT(core), NULL },
	{ "org.gnu.gdb.aarch64.fpu", fpu_types, NULL, 0, fpu, COUNT(fpu), NULL },
	{ "org.axvm.aarch64.el1", NULL, system_flags, COUNT(system_flags), system_regs,
	  COUNT(system_regs), "system" },
};
/* clang-format on */

#define PSTATE_SP 1u
#define PSTATE_EL (3u << 2)

/* Which stack pointer "sp" is. */
static unsigned int sp_at(const struct axvm_arm64_regs *r)
{
	if (r->pstate & PSTATE_EL && r->pstate & PSTATE_SP)
		return offsetof(struct axvm_arm64_regs, sp_el1);
	return offsetof(struct axvm_arm64_regs, sp_el0);
}

static void special_get(const void *block, void *value)
{
	memcpy(value, (const uint8_t *)block + sp_at(block), 8);
}

static void special_set(void *block, const void *value)
{
	memcpy((uint8_t *)block + sp_at(block), value, 8);
}

const struct gdb_arch gdb_arch_arm64 = {
	.name = "aarch64",
	.features = features,
	.n_features = COUNT(features),
	/* Vectors are asked for one by one: few ever are. */
	.n_general = COUNT(core),
	.sizes = { sizeof(struct axvm_arm64_regs),
		   sizeof(struct axvm_arm64_sysregs),
		   sizeof(struct axvm_arm64_fpsimd) },
	.pc = 32,
	.sp = 31,
	.fp = 29,
	.pc_at = offsetof(struct axvm_arm64_regs, pc),
	.trap = { 0x00, 0x00, 0x20, 0xd4 },
	.trap_len = 4,
	.exec_len = 4,
	.special_from = AXVM_REGS_GENERAL,
	.special_get = special_get,
	.special_set = special_set,
};
