// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl translate: what a guest-virtual address is, with every table entry on
 * the way.
 */
#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <unistd.h>

#include "dev.h"
#include "num.h"
#include "out.h"
#include "vmctl.h"
#include "walk.h"

static struct {
	uint64_t vcpu;
	bool json, write, exec, user;
} o;

static const struct opt opts[] = {
	{ "vcpu", 'v', OPT_U64, &o.vcpu, "N", "by this vCPU's tables (0)" },
	{ "write", 'w', OPT_FLAG, &o.write, NULL, "is it for writing?" },
	{ "exec", 'x', OPT_FLAG, &o.exec, NULL, "is it for executing?" },
	{ "user", 'u', OPT_FLAG, &o.user, NULL, "is it for user code?" },
	OPT_JSON(o.json),
	{ 0 },
};

static int read_guest(void *ctx, uint64_t gpa, void *buf, size_t len)
{
	const struct vm *vm = ctx;

	return vm_mem_rw(vm->fd, AXVM_RW_PEEK, 0, gpa, buf, len, NULL);
}

static int walk(const struct vm *vm, int vcpu, uint32_t backend, uint64_t gva,
		struct walk *w)
{
	struct axvm_arm64_sysregs arm64;
	struct axvm_x86_sregs x86;
	int ret;

	if (BACKEND_IS_X86(backend)) {
		ret = vcpu_get_regs(vcpu, AXVM_REGS_SYSTEM, &x86, sizeof(x86));
		if (!ret)
			walk_x86(&x86, gva, read_guest, (void *)vm, w);
	} else {
		ret = vcpu_get_regs(vcpu, AXVM_REGS_SYSTEM, &arm64,
				    sizeof(arm64));
		if (!ret)
			walk_arm64(&arm64, gva, read_guest, (void *)vm, w);
	}
	return ret ? vmctl_failed(vm, "read the registers of", ret) : 0;
}

static const char *access_text(uint32_t prot, char *buf)
{
	sprintf(buf, "%s%s%s%s", prot & AXVM_MEM_READ ? "r" : "-",
		prot & AXVM_MEM_WRITE ? "w" : "-",
		prot & AXVM_MEM_EXEC ? "x" : "-",
		prot & AXVM_XLATE_P_USER ? " user" : "");
	return buf;
}

static void print_json(const struct walk *w, const struct axvm_translate *x,
		       bool allowed)
{
	struct json_object *obj = out_object(), *steps = out_array();
	char buf[16];

	out_hex(obj, "gva", x->gva);
	out_bool(obj, "mapped", allowed);
	out_str(obj, "root", w->root);
	if (w->root)
		out_hex(obj, "root_value", w->root_value);
	for (unsigned int i = 0; i < w->n; i++) {
		struct json_object *one = out_object();

		out_str(one, "table", w->step[i].table);
		out_num(one, "index", w->step[i].index);
		out_hex(one, "at", w->step[i].at);
		out_hex(one, "entry", w->step[i].entry);
		out_str(one, "text", w->step[i].text);
		out_push(steps, one);
	}
	out_add(obj, "steps", steps);
	if (allowed) {
		out_hex(obj, "gpa", x->gpa);
		out_num(obj, "page_size", x->page_size);
		out_str(obj, "access", access_text(x->prot, buf));
	} else {
		out_str(obj, "why", w->why ? w->why : "not allowed");
	}
	out_json(obj);
	json_object_put(obj);
}

static void print_text(const struct walk *w, const struct axvm_translate *x,
		       bool allowed)
{
	char buf[16], size[16];

	if (w->root)
		printf("%-8s            0x%016" PRIx64 "\n", w->root,
		       w->root_value);
	else
		puts("paging is off");
	for (unsigned int i = 0; i < w->n; i++)
		printf("%-8s [%3u] 0x%-10" PRIx64 " 0x%016" PRIx64 "  %s\n",
		       w->step[i].table, w->step[i].index, w->step[i].at,
		       w->step[i].entry, w->step[i].text);
	if (allowed)
		printf("0x%" PRIx64 " -> 0x%" PRIx64 "  (%s page, %s)\n",
		       (uint64_t)x->gva, (uint64_t)x->gpa,
		       num_bytes(x->page_size, size),
		       access_text(x->prot, buf));
}

static int translate(const struct vm *vm, int vcpu, uint32_t backend,
		     uint64_t gva)
{
	struct axvm_translate x = {
		.flags = (o.write ? AXVM_XLATE_WRITE : 0) |
			 (o.exec ? AXVM_XLATE_EXEC : 0) |
			 (o.user ? AXVM_XLATE_USER : 0),
		.gva = gva,
	};
	struct walk w;
	int ret = walk(vm, vcpu, backend, gva, &w), rc;

	if (ret)
		return ret;
	rc = DEV_CALL(vcpu, AXVM_VCPU_TRANSLATE, &x);
	if (rc && rc != -ENXIO)
		return vmctl_failed(vm, "translate an address of", rc);
	if (o.json)
		print_json(&w, &x, !rc);
	else
		print_text(&w, &x, !rc);
	if (!rc && w.mapped && w.gpa != x.gpa)
		warn("the guest changed its tables meanwhile: `vmctl suspend %s` holds it still",
		     vm->name);
	if (!rc)
		return 0;
	fflush(stdout);
	return err(VMCTL_FAILED, "0x%" PRIx64 " of VM '%s' is not %s: %s", gva,
		   vm->name, w.mapped ? "allowed" : "mapped",
		   w.why ? w.why : "the rights do not suffice");
}

static int run(int argc, char **argv)
{
	struct axvm_info info;
	int vcpu, ret;
	uint64_t gva;
	struct vm vm;

	if (num_parse(argv[1], &gva))
		return err(
			VMCTL_USAGE,
			"translate: '%s' is not an address; see `vmctl help translate`",
			argv[1]);
	if (o.vcpu >= AXVM_MAX_VCPUS)
		return err(VMCTL_USAGE, "translate: vCPUs are 0 to %d",
			   AXVM_MAX_VCPUS - 1);
	ret = vmctl_find(argv[0], &vm, &info);
	if (ret)
		return ret;
	ret = vmctl_vcpu(&vm, (unsigned int)o.vcpu, &vcpu);
	if (!ret) {
		ret = translate(&vm, vcpu, info.backend, gva);
		close(vcpu);
	}
	close(vm.fd);
	return ret;
}

const struct command cmd_translate = {
	.name = "translate",
	.group = "Looking at a VM",
	.args = "VM ADDRESS",
	.summary = "walk the guest's page tables",
	.text = "Shows every table entry on the way of a guest-virtual address, and where it\n"
		"ends: guest-physical address, page size, access.  Exit code 1: it is not mapped,\n"
		"or not for --write, --exec or --user.",
	.min = 2,
	.max = 2,
	.opts = opts,
	.run = run,
};
