/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The emulators' ruler as a program sees it: boot_ticks_ARCH.c.
 */
#ifndef AXVM_BENCH_BOOT_TICKS_H
#define AXVM_BENCH_BOOT_TICKS_H

/** Instructions that the emulated machine has gone through. */
unsigned long long ticks_now(void);

#endif /* AXVM_BENCH_BOOT_TICKS_H */
