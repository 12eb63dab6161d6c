/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the hostile guest share.
 */
#ifndef GUEST_ARM64_HOSTILE_H
#define GUEST_ARM64_HOSTILE_H

#include "gic.h"

#define VCPUS 4 /* there are */

#define ICC_SGI0R s3_0_c12_c11_7

/** A random number of vCPU @index's own. */
u64 rnd(u64 index);

/** One round each, hostile_regs.c. */
void storm_sysregs(u64 index);
void storm_frames(u64 index);
void storm_overflow(u64 index);

#endif /* GUEST_ARM64_HOSTILE_H */
