// SPDX-License-Identifier: GPL-2.0
/*
 * Against what a CPU needs help when it leaves a guest: branches that the
 * guest trained (branch target and branch history injection).  The kernel
 * keeps its own verdict to itself, so it is formed here from the same facts:
 * ID registers, the CPU's part number and what firmware says.
 *
 * Speculative store bypass needs nothing: an exception to EL2 sets PSTATE.SSBS
 * as SCTLR_EL2.DSSBS says.
 */
#include <linux/arm-smccc.h>
#include <linux/bitfield.h>
#include <linux/cpu.h>
#include <linux/kernel.h>
#include <linux/smp.h>
#include <asm/cputype.h>

#include "arch/arm64/mitigate.h"
#include "arch/arm64/hyp/hyp.h"

#define PFR0_CSV2 GENMASK_ULL(59, 56)
#define MMFR1_ECBHB GENMASK_ULL(63, 60)
#define ISAR2_CLRBHB GENMASK_ULL(31, 28)
#define SR_ID_AA64ISAR2_EL1 S3_0_C0_C6_2

#define MIDR_PART GENMASK(15, 4)
#define MIDR_IMPLEMENTER GENMASK(31, 24)
#define IMPLEMENTER_ARM 0x41

/* Branches that overwrite the whole history, by part of Arm's. */
static const struct {
	u16 part;
	u8 loops;
} bhb_loops[] = {
	{ 0xd07, 8 }, /* Cortex-A57 */
	{ 0xd08, 8 }, /* Cortex-A72 */
	{ 0xd0b, 24 }, /* Cortex-A76 */
	{ 0xd0c, 24 }, /* Neoverse N1 */
	{ 0xd0d, 24 }, /* Cortex-A77 */
	{ 0xd0e, 24 }, /* Cortex-A76AE */
	{ 0xd40, 32 }, /* Neoverse V1 */
	{ 0xd41, 32 }, /* Cortex-A78 */
	{ 0xd42, 32 }, /* Cortex-A78AE */
	{ 0xd44, 32 }, /* Cortex-X1 */
	{ 0xd47, 32 }, /* Cortex-A710 */
	{ 0xd48, 32 }, /* Cortex-X2 */
	{ 0xd49, 32 }, /* Neoverse N2 */
	{ 0xd4b, 32 }, /* Cortex-A78C */
	{ 0xd4c, 32 }, /* Cortex-X1C */
	{ 0xd4f, 32 }, /* Neoverse V2 */
};

/* Does firmware offer @fn, and does this CPU need it? */
static bool firmware_helps(u32 fn)
{
	struct arm_smccc_res res;

	if (arm_smccc_1_1_get_conduit() != SMCCC_CONDUIT_SMC ||
	    arm_smccc_get_version() < ARM_SMCCC_VERSION_1_1)
		return false;
	arm_smccc_1_1_smc(ARM_SMCCC_ARCH_FEATURES_FUNC_ID, fn, &res);
	return !res.a0; /* 1: not needed here; negative: not there */
}

static u32 bhb_loop_count(void)
{
	u32 midr = read_cpuid_id();
	unsigned int i;

	if (FIELD_GET(MIDR_IMPLEMENTER, midr) != IMPLEMENTER_ARM)
		return 0;
	for (i = 0; i < ARRAY_SIZE(bhb_loops); i++)
		if (bhb_loops[i].part == FIELD_GET(MIDR_PART, midr))
			return bhb_loops[i].loops;
	return 0;
}

/* History injection, for a CPU that separates branch targets by context. */
static u32 mitigate_bhb(u32 *loops)
{
	if (FIELD_GET(MMFR1_ECBHB, sr_read(id_aa64mmfr1_el1)))
		return HYP_MITIGATE_NONE;
	if (FIELD_GET(ISAR2_CLRBHB, sr_read(SR_ID_AA64ISAR2_EL1)))
		return HYP_MITIGATE_CLRBHB;
	*loops = bhb_loop_count();
	if (*loops)
		return HYP_MITIGATE_LOOP;
	if (firmware_helps(ARM_SMCCC_ARCH_WORKAROUND_3))
		return HYP_MITIGATE_WA3;
	return HYP_MITIGATE_NONE;
}

u32 mitigate_probe(u32 *loops)
{
	*loops = 0;
	if (cpu_mitigations_off())
		return HYP_MITIGATE_NONE;
	if (FIELD_GET(PFR0_CSV2, sr_read(id_aa64pfr0_el1)))
		return mitigate_bhb(loops);
	/* Calls that clear targets clear the history too. */
	if (firmware_helps(ARM_SMCCC_ARCH_WORKAROUND_3))
		return HYP_MITIGATE_WA3;
	if (firmware_helps(ARM_SMCCC_ARCH_WORKAROUND_1))
		return HYP_MITIGATE_WA1;
	return mitigate_bhb(loops);
}

static void words_here(void *seen)
{
	u32 loops;

	set_bit(mitigate_probe(&loops), seen);
}

int mitigate_words(char *buf, size_t size)
{
	static const char *const words[] = {
		[HYP_MITIGATE_NONE] = "",
		[HYP_MITIGATE_LOOP] = "bhb-loop",
		[HYP_MITIGATE_CLRBHB] = "clrbhb",
		[HYP_MITIGATE_WA1] = "workaround-1",
		[HYP_MITIGATE_WA3] = "workaround-3",
	};
	unsigned long seen = 0;
	unsigned int i;
	int len = 0;

	on_each_cpu(words_here, &seen, true);
	for_each_set_bit(i, &seen, ARRAY_SIZE(words))
		len += scnprintf(buf + len, size - len, "%s%s",
				 len && *words[i] ? " " : "", words[i]);
	return len;
}
