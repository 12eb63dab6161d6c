// SPDX-License-Identifier: GPL-2.0
/*
 * The table of CPUID's feature bits.  Names are those of Linux, bits and what
 * needs what are the manual's.  Some that no guest can have are here, too:
 * that they are not there can then be said by name.
 */
#include <stddef.h>
#include <string.h>

#include "cpuid_words.h"

/* clang-format off */
#define F(l, s, r, b, n, d)                                                    \
	{ .name = n, .leaf = l, .subleaf = s, .reg = CPUID_##r, .bit = b, .needs = d },

const struct cpuid_word cpuid_words[] = {
	/* Leaf 0x1 EDX */
	F(0x1, 0, EDX, 0, "fpu", NULL)
	F(0x1, 0, EDX, 1, "vme", NULL)
	F(0x1, 0, EDX, 2, "de", NULL)
	F(0x1, 0, EDX, 3, "pse", NULL)
	F(0x1, 0, EDX, 4, "tsc", NULL)
	F(0x1, 0, EDX, 5, "msr", NULL)
	F(0x1, 0, EDX, 6, "pae", NULL)
	F(0x1, 0, EDX, 7, "mce", NULL)
	F(0x1, 0, EDX, 8, "cx8", NULL)
	F(0x1, 0, EDX, 9, "apic", NULL)
	F(0x1, 0, EDX, 11, "sep", NULL)
	F(0x1, 0, EDX, 12, "mtrr", NULL)
	F(0x1, 0, EDX, 13, "pge", NULL)
	F(0x1, 0, EDX, 14, "mca", NULL)
	F(0x1, 0, EDX, 15, "cmov", NULL)
	F(0x1, 0, EDX, 16, "pat", NULL)
	F(0x1, 0, EDX, 17, "pse36", NULL)
	F(0x1, 0, EDX, 19, "clflush", NULL)
	F(0x1, 0, EDX, 23, "mmx", "fxsr")
	F(0x1, 0, EDX, 24, "fxsr", "fpu")
	F(0x1, 0, EDX, 25, "sse", "fxsr")
	F(0x1, 0, EDX, 26, "sse2", "sse")
	F(0x1, 0, EDX, 27, "ss", NULL)
	/* Leaf 0x1 ECX */
	F(0x1, 0, ECX, 0, "sse3", "sse2")
	F(0x1, 0, ECX, 1, "pclmulqdq", "sse2")
	F(0x1, 0, ECX, 3, "monitor", NULL)
	F(0x1, 0, ECX, 5, "vmx", NULL)
	F(0x1, 0, ECX, 9, "ssse3", "sse2")
	F(0x1, 0, ECX, 12, "fma", "avx")
	F(0x1, 0, ECX, 13, "cx16", NULL)
	F(0x1, 0, ECX, 17, "pcid", NULL)
	F(0x1, 0, ECX, 19, "sse4_1", "sse2")
	F(0x1, 0, ECX, 20, "sse4_2", "sse2")
	F(0x1, 0, ECX, 21, "x2apic", NULL)
	F(0x1, 0, ECX, 22, "movbe", NULL)
	F(0x1, 0, ECX, 23, "popcnt", NULL)
	F(0x1, 0, ECX, 24, "tsc_deadline_timer", NULL)
	F(0x1, 0, ECX, 25, "aes", "sse2")
	F(0x1, 0, ECX, 26, "xsave", "fxsr")
	F(0x1, 0, ECX, 28, "avx", "xsave")
	F(0x1, 0, ECX, 29, "f16c", "avx")
	F(0x1, 0, ECX, 30, "rdrand", NULL)
	F(0x1, 0, ECX, 31, "hypervisor", NULL)
	/* Leaf 0x7 EBX */
	F(0x7, 0, EBX, 0, "fsgsbase", NULL)
	F(0x7, 0, EBX, 1, "tsc_adjust", NULL)
	F(0x7, 0, EBX, 3, "bmi1", NULL)
	F(0x7, 0, EBX, 4, "hle", NULL)
	F(0x7, 0, EBX, 5, "avx2", "avx")
	F(0x7, 0, EBX, 7, "smep", NULL)
	F(0x7, 0, EBX, 8, "bmi2", NULL)
	F(0x7, 0, EBX, 9, "erms", NULL)
	F(0x7, 0, EBX, 10, "invpcid", NULL)
	F(0x7, 0, EBX, 11, "rtm", NULL)
	F(0x7, 0, EBX, 14, "mpx", "xsave")
	F(0x7, 0, EBX, 16, "avx512f", "avx")
	F(0x7, 0, EBX, 17, "avx512dq", "avx512f")
	F(0x7, 0, EBX, 18, "rdseed", NULL)
	F(0x7, 0, EBX, 19, "adx", NULL)
	F(0x7, 0, EBX, 20, "smap", NULL)
	F(0x7, 0, EBX, 21, "avx512ifma", "avx512f")
	F(0x7, 0, EBX, 23, "clflushopt", NULL)
	F(0x7, 0, EBX, 24, "clwb", NULL)
	F(0x7, 0, EBX, 28, "avx512cd", "avx512f")
	F(0x7, 0, EBX, 29, "sha_ni", "sse2")
	F(0x7, 0, EBX, 30, "avx512bw", "avx512f")
	F(0x7, 0, EBX, 31, "avx512vl", "avx512f")
	/* Leaf 0x7 ECX */
	F(0x7, 0, ECX, 1, "avx512vbmi", "avx512f")
	F(0x7, 0, ECX, 2, "umip", NULL)
	F(0x7, 0, ECX, 3, "pku", "xsave")
	F(0x7, 0, ECX, 5, "waitpkg", NULL)
	F(0x7, 0, ECX, 6, "avx512_vbmi2", "avx512vl")
	F(0x7, 0, ECX, 8, "gfni", "sse2")
	F(0x7, 0, ECX, 9, "vaes", "avx")
	F(0x7, 0, ECX, 10, "vpclmulqdq", "avx")
	F(0x7, 0, ECX, 11, "avx512_vnni", "avx512vl")
	F(0x7, 0, ECX, 12, "avx512_bitalg", "avx512vl")
	F(0x7, 0, ECX, 14, "avx512_vpopcntdq", "avx512f")
	F(0x7, 0, ECX, 16, "la57", NULL)
	F(0x7, 0, ECX, 22, "rdpid", NULL)
	F(0x7, 0, ECX, 27, "movdiri", NULL)
	F(0x7, 0, ECX, 28, "movdir64b", NULL)
	/* Leaf 0x7 EDX */
	F(0x7, 0, EDX, 2, "avx512_4vnniw", "avx512f")
	F(0x7, 0, EDX, 3, "avx512_4fmaps", "avx512f")
	F(0x7, 0, EDX, 4, "fsrm", NULL)
	F(0x7, 0, EDX, 8, "avx512_vp2intersect", "avx512vl")
	F(0x7, 0, EDX, 10, "md_clear", NULL)
	F(0x7, 0, EDX, 14, "serialize", NULL)
	F(0x7, 0, EDX, 20, "ibt", NULL)
	F(0x7, 0, EDX, 22, "amx_bf16", "amx_tile")
	F(0x7, 0, EDX, 23, "avx512_fp16", "avx512bw")
	F(0x7, 0, EDX, 24, "amx_tile", "xsave")
	F(0x7, 0, EDX, 25, "amx_int8", "amx_tile")
	F(0x7, 0, EDX, 26, "spec_ctrl", NULL)
	F(0x7, 0, EDX, 27, "stibp", NULL)
	F(0x7, 0, EDX, 28, "flush_l1d", NULL)
	F(0x7, 0, EDX, 29, "arch_capabilities", NULL)
	F(0x7, 0, EDX, 31, "ssbd", NULL)
	/* Leaf 0x7, subleaf 1 EAX */
	F(0x7, 1, EAX, 4, "avx_vnni", "avx2")
	F(0x7, 1, EAX, 5, "avx512_bf16", "avx512vl")
	/* Leaf 0xd, subleaf 1 EAX */
	F(0xd, 1, EAX, 0, "xsaveopt", "xsave")
	F(0xd, 1, EAX, 1, "xsavec", "xsave")
	F(0xd, 1, EAX, 2, "xgetbv1", "xsave")
	F(0xd, 1, EAX, 3, "xsaves", "xsave")
	/* Leaf 0x80000001 EDX */
	F(0x80000001, 0, EDX, 11, "syscall", NULL)
	F(0x80000001, 0, EDX, 20, "nx", NULL)
	F(0x80000001, 0, EDX, 25, "fxsr_opt", "fxsr")
	F(0x80000001, 0, EDX, 26, "pdpe1gb", NULL)
	F(0x80000001, 0, EDX, 27, "rdtscp", NULL)
	F(0x80000001, 0, EDX, 29, "lm", NULL)
	/* Leaf 0x80000001 ECX */
	F(0x80000001, 0, ECX, 0, "lahf_lm", NULL)
	F(0x80000001, 0, ECX, 2, "svm", NULL)
	F(0x80000001, 0, ECX, 5, "abm", NULL)
	F(0x80000001, 0, ECX, 6, "sse4a", NULL)
	F(0x80000001, 0, ECX, 7, "misalignsse", NULL)
	F(0x80000001, 0, ECX, 8, "3dnowprefetch", NULL)
	/* Leaf 0x7, subleaf 2 EDX: more of SPEC_CTRL */
	F(0x7, 2, EDX, 0, "psfd", "spec_ctrl")
	F(0x7, 2, EDX, 1, "ipred_ctrl", "spec_ctrl")
	F(0x7, 2, EDX, 2, "rrsba_ctrl", "spec_ctrl")
	F(0x7, 2, EDX, 3, "ddpd_u", "spec_ctrl")
	F(0x7, 2, EDX, 4, "bhi_ctrl", "spec_ctrl")
	/* Leaf 0x80000007 EDX */
	F(0x80000007, 0, EDX, 8, "invtsc", "tsc")
	/* Other names */
	F(0x1, 0, ECX, 0, "pni", NULL)
	F(0x80000001, 0, ECX, 5, "lzcnt", NULL)
	F(0x7, 0, EDX, 26, "ibrs", NULL)
	/* Leaf 0xd EAX: parts of XCR0 */
	F(0xd, 0, EAX, 2, NULL, "avx")
	F(0xd, 0, EAX, 3, NULL, "mpx")
	F(0xd, 0, EAX, 4, NULL, "mpx")
	F(0xd, 0, EAX, 5, NULL, "avx512f")
	F(0xd, 0, EAX, 6, NULL, "avx512f")
	F(0xd, 0, EAX, 7, NULL, "avx512f")
	F(0xd, 0, EAX, 9, NULL, "pku")
	F(0xd, 0, EAX, 17, NULL, "amx_tile")
	F(0xd, 0, EAX, 18, NULL, "amx_tile")
};
/* clang-format on */

const unsigned int cpuid_nr_words =
	sizeof(cpuid_words) / sizeof(cpuid_words[0]);

const char *const cpuid_reg_names[CPUID_REGS] = { "eax", "ebx", "ecx", "edx" };

const struct cpuid_word *cpuid_word_at(uint32_t leaf, uint32_t subleaf,
				       enum cpuid_reg reg, unsigned int bit)
{
	for (unsigned int i = 0; i < cpuid_nr_words; i++) {
		const struct cpuid_word *w = &cpuid_words[i];

		if (w->name && w->leaf == leaf && w->subleaf == subleaf &&
		    w->reg == reg && w->bit == bit)
			return w;
	}
	return NULL;
}

const struct cpuid_word *cpuid_word(const char *name)
{
	for (unsigned int i = 0; i < cpuid_nr_words; i++) {
		const struct cpuid_word *w = &cpuid_words[i];

		if (w->name && !strcmp(w->name, name))
			return cpuid_word_at(w->leaf, w->subleaf, w->reg,
					     w->bit);
	}
	return NULL;
}
