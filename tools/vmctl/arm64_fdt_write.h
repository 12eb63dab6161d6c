/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What both writers of arm64 device trees share: the one from nothing and the
 * one that patches.
 */
#ifndef VMCTL_ARM64_FDT_WRITE_H
#define VMCTL_ARM64_FDT_WRITE_H

#define ROOT 0

/* Affinity levels 0 to 3 in an MPIDR, and 0 to 2 alone. */
#define MPIDR_AFF 0xff00ffffffull
#define MPIDR_LOW 0xffffffull

/*
 * Every step returns libfdt's error or, where it makes a node, the node; the
 * first error ends a chain.
 */
#define TRY(call)                    \
	do {                         \
		int try_ = (call);   \
		if (try_ < 0)        \
			return try_; \
	} while (0)

#endif /* VMCTL_ARM64_FDT_WRITE_H */
