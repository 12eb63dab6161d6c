/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parts of hostile.c, by name for the test that runs them (ARG 0).
 */
#ifndef GUEST_X86_HOSTILE_H
#define GUEST_X86_HOSTILE_H

#define HOSTILE_MSRS 1
#define HOSTILE_CRS 2
#define HOSTILE_XCR 3
#define HOSTILE_USER 4
#define HOSTILE_MODIFY 5
#define HOSTILE_TABLES 6
#define HOSTILE_TABLES_CR3 7
#define HOSTILE_IPIS 8
#define HOSTILE_INITS 9
#define HOSTILE_PORTS 10
#define HOSTILE_STRINGS 11
#define HOSTILE_CROSSING 12
#define HOSTILE_DEADLINE 13
#define HOSTILE_NMIS 14
#define HOSTILE_DEBUG 15
#define HOSTILE_INIT 16

/* No memory there; pages that the guest has mapped. */
#define HOSTILE_HOLE 0x20000000ull
#define HOSTILE_RAM_END 0xa0000ull

#endif /* GUEST_X86_HOSTILE_H */
