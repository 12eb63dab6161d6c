// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl disas: instructions in guest memory, by capstone.
 */
#include <capstone/capstone.h>
#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dev.h"
#include "num.h"
#include "out.h"
#include "vmctl.h"

#define MOST 1000u /* instructions */
#define LONGEST 15u /* bytes of an x86 instruction */
#define ACCESS_DB (1u << 14) /* 32-bit code segment */
#define EFER_LMA (1ull << 10)

static struct {
	uint64_t vcpu, count;
	bool json, gpa, vcpu_given;
} o;

static const struct opt opts[] = {
	{ "vcpu", 'v', OPT_U64, &o.vcpu, "N",
	  "at this vCPU's PC, by its tables (0)" },
	{ "count", 'c', OPT_U64, &o.count, "N", "so many instructions (10)" },
	{ "gpa", 0, OPT_FLAG, &o.gpa, NULL, "ADDRESS is guest-physical" },
	OPT_JSON(o.json),
	{ 0 },
};

/**
 * struct code - what is shown
 * @pc: where the vCPU is, a linear address; ~0 when it is not looked at
 * @at: where to begin
 */
struct code {
	cs_arch arch;
	cs_mode mode;
	uint64_t pc, at;
};

static int look_x86(int vcpu, struct code *c)
{
	struct axvm_x86_sregs s;
	struct axvm_x86_regs r;
	int ret = vcpu_get_regs(vcpu, AXVM_REGS_SYSTEM, &s, sizeof(s));
	const struct axvm_x86_segment *cs = &s.seg[AXVM_X86_CS];

	if (!ret)
		ret = vcpu_get_regs(vcpu, AXVM_REGS_GENERAL, &r, sizeof(r));
	if (ret)
		return ret;
	c->arch = CS_ARCH_X86;
	if (s.mode == AXVM_X86_MODE_64)
		c->mode = CS_MODE_64;
	else
		c->mode = cs->access & ACCESS_DB ? CS_MODE_32 : CS_MODE_16;
	c->pc = s.mode == AXVM_X86_MODE_64 ? r.rip :
					     (cs->base + r.rip) & 0xffffffff;
	return 0;
}

static int look_arm64(int vcpu, struct code *c)
{
	struct axvm_arm64_regs r;
	int ret = vcpu_get_regs(vcpu, AXVM_REGS_GENERAL, &r, sizeof(r));

	c->arch = CS_ARCH_ARM64;
	c->mode = CS_MODE_LITTLE_ENDIAN;
	c->pc = ret ? 0 : r.pc;
	return ret;
}

static void print_insn(const cs_insn *i, bool here, struct json_object *list)
{
	char hex[2 * 16 + 1] = "", line[256];

	for (unsigned int k = 0; k < i->size && k < 16; k++)
		sprintf(hex + 2 * k, "%02x", i->bytes[k]);
	snprintf(line, sizeof(line), "%s%s%s", i->mnemonic,
		 *i->op_str ? " " : "", i->op_str);
	if (list) {
		struct json_object *obj = out_object();

		out_hex(obj, "address", i->address);
		out_str(obj, "bytes", hex);
		out_str(obj, "text", line);
		out_bool(obj, "pc", here);
		out_push(list, obj);
	} else {
		printf("%s 0x%016" PRIx64 "  %-20s  %s\n", here ? "=>" : "  ",
		       i->address, hex, line);
	}
}

/* As much of @want bytes as can be read, page by page. */
static size_t fetch(const struct vm *vm, const struct code *c, uint8_t *buf,
		    size_t want, int *ret)
{
	uint32_t flags = AXVM_RW_PEEK | (o.gpa ? 0 : AXVM_RW_GVA);
	uint64_t done = 0;

	*ret = vm_mem_rw(vm->fd, flags, (unsigned int)o.vcpu, c->at, buf, want,
			 &done);
	return (size_t)done;
}

static size_t decode(csh handle, const struct code *c, const uint8_t *buf,
		     size_t got, struct json_object *list)
{
	const uint8_t *p = buf;
	uint64_t at = c->at;
	cs_insn *insn = cs_malloc(handle);
	size_t n = 0;

	while (n < o.count && got) {
		size_t step = c->arch == CS_ARCH_ARM64 ? 4 : 1;
		cs_insn bad = { .address = at, .mnemonic = ".byte" };
		uint64_t from = at;

		if (cs_disasm_iter(handle, &p, &got, &at, insn)) {
			print_insn(insn, from == c->pc, list);
			n++;
			continue;
		}
		if (got < (c->arch == CS_ARCH_ARM64 ? 4 : LONGEST))
			break; /* it may go on where nothing could be read */
		bad.size = (uint16_t)step;
		memcpy(bad.bytes, p, step);
		strcpy(bad.mnemonic, "(no instruction)");
		print_insn(&bad, from == c->pc, list);
		p += step;
		got -= step;
		at += step;
		n++;
	}
	cs_free(insn, 1);
	return n;
}

static int show(const struct vm *vm, const struct code *c)
{
	static uint8_t buf[MOST * LONGEST];
	struct json_object *list = o.json ? out_array() : NULL;
	size_t want =
		(size_t)o.count * (c->arch == CS_ARCH_ARM64 ? 4 : LONGEST);
	csh handle;
	size_t got;
	int ret;

	got = fetch(vm, c, buf, want, &ret);
	if (!got)
		return err(VMCTL_FAILED,
			   "cannot read the code of VM '%s' at 0x%" PRIx64
			   ": %s",
			   vm->name, c->at,
			   ret == -ENXIO  ? "the guest does not map it" :
			   ret == -ENOENT ? "no guest memory is there" :
					    err_text(-ret));
	if (cs_open(c->arch, c->mode, &handle) != CS_ERR_OK)
		return err(VMCTL_FAILED,
			   "the disassembler does not know this architecture");
	decode(handle, c, buf, got, list);
	cs_close(&handle);
	if (list)
		out_json(list);
	json_object_put(list);
	return 0;
}

static int run(int argc, char **argv)
{
	struct code c = { 0 };
	struct axvm_info info;
	int vcpu, ret;
	uint64_t at = 0;
	struct vm vm;

	if (argc > 1 && num_parse(argv[1], &at))
		return err(
			VMCTL_USAGE,
			"disas: '%s' is not an address; see `vmctl help disas`",
			argv[1]);
	if (o.gpa && argc < 2)
		return err(VMCTL_USAGE, "disas: --gpa goes with an ADDRESS");
	if (!o.count)
		o.count = 10;
	if (o.count > MOST || o.vcpu >= AXVM_MAX_VCPUS)
		return err(VMCTL_USAGE,
			   "disas: at most %u instructions, vCPUs 0 to %d",
			   MOST, AXVM_MAX_VCPUS - 1);
	ret = vmctl_find(argv[0], &vm, &info);
	if (ret)
		return ret;
	ret = vmctl_vcpu(&vm, (unsigned int)o.vcpu, &vcpu);
	if (!ret) {
		ret = BACKEND_IS_ARM64(info.backend) ? look_arm64(vcpu, &c) :
						       look_x86(vcpu, &c);
		close(vcpu);
		c.at = argc > 1 ? at : c.pc;
		if (ret)
			ret = vmctl_failed(&vm, "read the registers of", ret);
		else
			ret = show(&vm, &c);
	}
	close(vm.fd);
	return ret;
}

const struct command cmd_disas = {
	.name = "disas",
	.group = "Looking at a VM",
	.args = "VM [ADDRESS]",
	.summary = "disassemble guest code",
	.text = "Shows the instructions where a vCPU is (=>), or at a guest-virtual address, in\n"
		"the mode the vCPU is in.  A running guest is not stopped: `vmctl suspend` holds\n"
		"it still.",
	.min = 1,
	.max = 2,
	.opts = opts,
	.run = run,
};
