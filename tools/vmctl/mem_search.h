/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Searching guest memory.
 */
#ifndef VMCTL_MEM_SEARCH_H
#define VMCTL_MEM_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vm;

struct pattern {
	unsigned char bytes[256];
	size_t n;
};

/** struct search - @pattern in [@addr, @addr + @len), at most @most times */
struct search {
	struct pattern pattern;
	uint64_t addr, len, most;
	bool gva;
	unsigned int vcpu;
};

/** From hex digits, or from a text as it is; -EINVAL. */
int pattern_parse(struct pattern *p, const char *text, bool is_text);

/** Print addresses; VMCTL_FAILED when there is none. */
int mem_search(const struct vm *vm, const struct search *s, bool json);

#endif /* VMCTL_MEM_SEARCH_H */
