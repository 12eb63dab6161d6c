/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names for the feature bits of x86's CPUID: what people call them, where
 * they are, and what each one is nothing without.
 */
#ifndef VMCTL_CPUID_WORDS_H
#define VMCTL_CPUID_WORDS_H

#include <stdint.h>

enum cpuid_reg { CPUID_EAX, CPUID_EBX, CPUID_ECX, CPUID_EDX, CPUID_REGS };

/**
 * struct cpuid_word - a feature bit
 * @name: as in a guest's /proc/cpuinfo; NULL: a bit that goes with @needs and
 *	has no name of its own
 * @leaf, @subleaf, @reg, @bit: where it is
 * @needs: the feature without which there is none of this, or NULL
 *
 * A second row for a bit is another name for it.
 */
struct cpuid_word {
	const char *name;
	uint32_t leaf;
	uint32_t subleaf;
	enum cpuid_reg reg;
	unsigned int bit;
	const char *needs;
};

extern const struct cpuid_word cpuid_words[];
extern const unsigned int cpuid_nr_words;

/** "eax" to "edx" */
extern const char *const cpuid_reg_names[CPUID_REGS];

/** cpuid_word() - the first row for the bit of that name, or NULL */
const struct cpuid_word *cpuid_word(const char *name);

/** cpuid_word_at() - the first row for a bit that has a name, or NULL */
const struct cpuid_word *cpuid_word_at(uint32_t leaf, uint32_t subleaf,
				       enum cpuid_reg reg, unsigned int bit);

#endif /* VMCTL_CPUID_WORDS_H */
