/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A guest's page tables, walked step by step from outside, to be shown.  What
 * the hypervisor itself makes of an address is AXVM_VCPU_TRANSLATE's.
 */
#ifndef VMCTL_WALK_H
#define VMCTL_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct axvm_arm64_sysregs;
struct axvm_x86_sregs;

#define WALK_STEPS 5
#define WALK_TEXT 96

/**
 * struct walk_step - one entry that was read
 * @table: what the architecture calls the table
 * @index: which entry
 * @at: its guest-physical address
 * @entry: what it holds
 * @text: what that says
 */
struct walk_step {
	const char *table;
	unsigned int index;
	uint64_t at, entry;
	char text[WALK_TEXT];
};

/**
 * struct walk - a walk
 * @root: what it began with, such as "CR3"; NULL: paging is off
 * @root_value: its value
 * @step: @n steps
 * @mapped: it ended at a page: @gpa, @page_size
 * @why: else: why not
 */
struct walk {
	const char *root;
	uint64_t root_value;
	struct walk_step step[WALK_STEPS];
	unsigned int n;
	bool mapped;
	uint64_t gpa, page_size;
	const char *why;
};

/** Read guest-physical memory; 0 or -errno. */
typedef int (*walk_read_fn)(void *ctx, uint64_t gpa, void *buf, size_t len);

/** Walk as a vCPU with these registers would; rights are not looked at. */
void walk_x86(const struct axvm_x86_sregs *s, uint64_t gva, walk_read_fn read,
	      void *ctx, struct walk *w);
void walk_arm64(const struct axvm_arm64_sysregs *s, uint64_t gva,
		walk_read_fn read, void *ctx, struct walk *w);

#endif /* VMCTL_WALK_H */
