// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: any translation regime on any tables.  The walk must end, read
 * aligned descriptors only, and give either a fault code or an address of the
 * width that the guest has.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arm64/emul/s1walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct tables {
	const uint8_t *data;
	size_t size;
	unsigned int reads;
};

static int read_descriptor(void *opaque, gpa_t gpa, u64 *value)
{
	struct tables *t = opaque;

	if (gpa % 8 || gpa >> 48 || ++t->reads > 4)
		abort();
	if (t->size < 8)
		return -ENOENT;
	memcpy(value, t->data + gpa / 8 % (t->size / 8) * 8, 8);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tables t = { 0 };
	struct s1walk_mem mem = { read_descriptor, &t };
	struct s1walk_info info;
	struct s1walk_result res;
	u64 word[7];
	int err;

	if (size < sizeof(word))
		return 0;
	memcpy(word, data, sizeof(word));
	t.data = data + sizeof(word);
	t.size = (size - sizeof(word)) / 8 * 8;
	info = (struct s1walk_info){
		.sctlr = word[0],
		.tcr = word[1],
		.ttbr0 = word[2],
		.ttbr1 = word[3],
		.ipa_bits = 32 + word[4] % 17,
		.hpd = word[5] & 1,
		.haf = word[5] & 2,
		.hdbs = word[5] & 4,
		.el0 = word[5] & 8,
		.pan = word[5] & 16,
		.write = word[5] & 32,
		.fetch = word[5] & 64,
	};
	err = s1walk(&info, &mem, word[6], &res);
	if (err == -EFAULT) {
		if (res.fsc > 0xf || (res.fsc & 3) != res.level)
			abort();
	} else if (!err) {
		if (res.gpa >> info.ipa_bits || !res.prot || res.levels > 4)
			abort();
	} else if (err != -ENOENT) {
		abort();
	}
	return 0;
}
