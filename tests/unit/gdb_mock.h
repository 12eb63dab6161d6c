/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A VM made of arrays, for a debugging session with it: the unit tests' and
 * the fuzzer's.  What no session may do to a VM aborts.
 */
#ifndef TESTS_UNIT_GDB_MOCK_H
#define TESTS_UNIT_GDB_MOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gdb.h"

#define MOCK_RAM 0x10000u
#define MOCK_HIGH 0xffffffff80000000ull /* the kernel's names of all of it */
#define MOCK_LOW 0x400000ull /* a program's, of its second half, on vCPU 0 */
#define MOCK_VCPUS 4u
#define MOCK_SENT (4u * RSP_WIRE)

/**
 * struct gdb_mock - the VM, what it was asked to do, what it will answer
 * @ram: byte I is (uint8_t)(I ^ I >> 8) after gdb_mock_reset()
 * @blocks: registers, as the uapi has them
 * @debug: the last settings of each vCPU; @debugs: how often they were made
 * @state: what it does
 * @hit: what a vCPU has hit, if @has_hit; told once
 * @points_most: more break- and watchpoints are -ENOSPC
 * @user: vCPU 0 does not map the kernel
 * @flat: all vCPUs map @ram again and again, and the first 64 KiB of every 4 GiB
 *	only
 * @resume_error: what resuming fails with, or 0
 * @id: the last register that was asked for by its id
 * @id_value: what such a register holds; 0: there is none
 * @command: the last one for the monitor, behind its vCPU
 * @out: what was sent, the last @n_out bytes of it, if @keep
 */
struct gdb_mock {
	uint8_t ram[MOCK_RAM];
	uint8_t blocks[MOCK_VCPUS][GDB_BLOCKS][GDB_BLOCK_MOST];
	struct axvm_vcpu_debug debug[MOCK_VCPUS];
	unsigned int debugs[MOCK_VCPUS];
	unsigned int resumes, suspends, begins, stops, resets, gets;
	struct gdb_state state;
	struct axvm_exit hit[MOCK_VCPUS];
	bool has_hit[MOCK_VCPUS];
	unsigned int points_most;
	bool user, flat, keep;
	int resume_error;
	uint64_t id, id_value;
	char command[64];
	uint8_t out[MOCK_SENT];
	size_t n_out;
};

extern struct gdb_mock mock;
extern const struct gdb_ops gdb_mock_ops;

/** gdb_mock_reset() - a VM that is held, four points, nothing asked yet */
void gdb_mock_reset(void);

/** gdb_mock_ram() - what @ram has at @at after gdb_mock_reset() */
static inline uint8_t gdb_mock_ram(size_t at)
{
	return (uint8_t)(at ^ at >> 8);
}

/** gdb_mock_hit() - vCPU @vcpu hits something at @pc: it stands there, all stop
 * @what: AXVM_DEBUG_HIT_*; @gva: the address it is about
 */
void gdb_mock_hit(const struct gdb_arch *arch, unsigned int vcpu, uint32_t what,
		  uint64_t pc, uint64_t gva);

#endif /* TESTS_UNIT_GDB_MOCK_H */
