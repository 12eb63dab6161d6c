/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The other end of a debugging session in unit tests: what a client sends to a
 * mock VM, and what comes back.
 */
#ifndef TESTS_UNIT_GDB_CLIENT_H
#define TESTS_UNIT_GDB_CLIENT_H

#include "tests/unit/gdb_mock.h"

extern struct gdb *g;

/** setup_arch() - a session with a mock VM of vCPUs 0, 1 and 3 */
void setup_arch(const struct gdb_arch *arch);
/** setup() - likewise, x86; the client needs no acknowledgements */
void setup(void);
/** teardown() - the client is gone */
void teardown(void);

/** ask_bytes() - send a packet; what came back, as replies() has it */
const char *ask_bytes(const char *packet, size_t len);
const char *ask(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/** replies() - what came: packets end in '|', runs and escapes are undone */
const char *replies(void);
/** hit() - vCPU @n hits something; stopped() - what the client hears of it */
void hit(unsigned int n, uint32_t what, uint64_t pc, uint64_t gva);
const char *stopped(void);
/** has() - is @what in @text?  Says so if not */
bool has(const char *text, const char *what);
/** regs() - general registers of vCPU @vcpu, x86 */
struct axvm_x86_regs *regs(unsigned int vcpu);

#define ASK(reply, ...) ck_assert_str_eq(ask(__VA_ARGS__), reply "|")

#endif /* TESTS_UNIT_GDB_CLIENT_H */
