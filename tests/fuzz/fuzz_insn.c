// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: any bytes as an instruction with any registers, run to its
 * end with any values read from memory.  It must end, access only whole
 * operands, and leave the registers alone until it is done.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arch/x86/emul/insn.h"
#include "arch/x86/emul/insn_quick.h"
#include "uapi/axvm_x86.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	u8 mode;
	u8 len;
	u8 bytes[15];
	u8 access[6];
	struct vinsn_cpu cpu;
	u64 value[4];
};

static void check_access(const struct vinsn_access *a)
{
	if (a->bytes != 1 && a->bytes != 2 && a->bytes != 4 && a->bytes != 8)
		abort();
	if (a->write && a->bytes < 8 && a->data >> (8 * a->bytes))
		abort();
}

static void run(const struct input *in, struct vinsn_run *run,
		struct vinsn_cpu *cpu)
{
	unsigned int steps, elements = 0;
	enum vinsn_next next;

	do {
		struct vinsn_cpu before = *cpu;

		next = vinsn_begin(run, cpu);
		for (steps = 0; next == VINSN_ACCESS; steps++) {
			if (steps > 1 || memcmp(&before, cpu, sizeof(before)))
				abort();
			check_access(&run->access);
			next = vinsn_finish(run, cpu, in->value[steps & 3]);
		}
		if (next == VINSN_RAISE && memcmp(&before, cpu, sizeof(before)))
			abort();
	} while (next == VINSN_REPEAT && elements++ < 8);
}

/* What the quick decoder takes on, it decodes as the other one did. */
static void check_quick(const struct input *in, const struct vinsn *i, int ret,
			const u8 *bytes, unsigned int len)
{
	struct vinsn_quick q;

	if (in->cpu.mode != AXVM_X86_MODE_64 ||
	    !vinsn_quick(&q, in->cpu.gpr, in->cpu.rip, bytes, len))
		return;
	if (ret || i->kind != (q.write ? VINSN_STORE : VINSN_LOAD) ||
	    i->len != q.len || i->mem_bytes != q.bytes || i->ea != q.ea ||
	    i->has_imm != q.has_imm ||
	    (q.has_imm ? i->imm != q.imm : i->reg != q.reg))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct input in;
	struct vinsn_run r = { 0 };
	unsigned int len, i;
	u8 *window;
	int ret;

	memset(&in, 0, sizeof(in));
	memcpy(&in, data, size < sizeof(in) ? size : sizeof(in));
	in.cpu.mode = in.mode & 3;
	in.cpu.la57 = in.mode & 4;
	for (i = 0; i < VINSN_NR_SEGS; i++)
		in.cpu.seg[i].access = in.access[i] | (u32)(in.mode & 0xf8)
							      << 9;
	len = in.len % 16;
	window = malloc(len ?: 1); /* so that reading past it is seen */
	memcpy(window, in.bytes, len);
	ret = vinsn_decode(&r.insn, &in.cpu, window, len);
	check_quick(&in, &r.insn, ret, window, len);
	free(window);
	if (ret && ret != -ENODATA && ret != -EOPNOTSUPP)
		abort();
	if (ret == -ENODATA && len == VINSN_MAX_BYTES)
		abort();
	if (ret)
		return 0;
	if (!r.insn.len || r.insn.len > len)
		abort();
	run(&in, &r, &in.cpu);
	return 0;
}
