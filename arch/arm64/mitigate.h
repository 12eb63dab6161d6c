/* SPDX-License-Identifier: GPL-2.0 */
/* What this CPU does against branch injection when it leaves a guest. */
#ifndef AXVM_ARM64_MITIGATE_H
#define AXVM_ARM64_MITIGATE_H

#include <linux/types.h>

/**
 * mitigate_probe() - find out for this CPU (preemption off)
 * @loops: out: branches for HYP_MITIGATE_LOOP
 * Return: HYP_MITIGATE_*.
 */
u32 mitigate_probe(u32 *loops);

/** mitigate_words() - the same in words, of all CPUs online (process) */
int mitigate_words(char *buf, size_t size);

#endif /* AXVM_ARM64_MITIGATE_H */
