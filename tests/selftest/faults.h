/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What faults.c and its tables for each architecture share.
 */
#ifndef SELFTEST_FAULTS_H
#define SELFTEST_FAULTS_H

#include "tests/guest/guest.h"
#include "tests/selftest/harness.h"

/** struct fault_seen - the four words that the guest notes of one access */
struct fault_seen {
	const char *what;
	uint64_t word[4];
};

struct faults {
	uint64_t ram;
	uint64_t ram_len;
	uint64_t load;
	uint64_t results;
	uint64_t device; /* an unmapped page that the guest reaches */
	unsigned int n;
	const struct fault_seen *seen;
};

extern const struct faults faults;

/** Make the vCPU begin at faults.load as its start.S wants it. */
void faults_entry(int vcpu_fd);

/** How many accesses of such an instruction are answered before the fault. */
unsigned int faults_good(const struct axvm_exit *e);

#endif /* SELFTEST_FAULTS_H */
