// SPDX-License-Identifier: GPL-2.0
/*
 * What an exit record says, in words and as JSON.
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>

#include "dev.h"
#include "flight.h"
#include "hw_reason.h"
#include "names.h"
#include "out.h"

typedef unsigned long long ull;

#define SAY(...) snprintf(buf, size, __VA_ARGS__)

static void say_hypercall(const struct axvm_exit *e, char *buf, size_t size)
{
	SAY("nr 0x%llx (0x%llx, 0x%llx, 0x%llx) level %u", (ull)e->hypercall.nr,
	    (ull)e->hypercall.args[0], (ull)e->hypercall.args[1],
	    (ull)e->hypercall.args[2], e->hypercall.level);
}

static void say_mmio_read(const struct axvm_exit *e, char *buf, size_t size)
{
	SAY("0x%llx, %u byte%s", (ull)e->gpa, e->mmio.bytes,
	    e->mmio.bytes == 1 ? "" : "s");
}

static void say_mmio_write(const struct axvm_exit *e, char *buf, size_t size)
{
	SAY("0x%llx = 0x%llx, %u byte%s", (ull)e->gpa, (ull)e->mmio.data,
	    e->mmio.bytes, e->mmio.bytes == 1 ? "" : "s");
}

static void say_io_read(const struct axvm_exit *e, char *buf, size_t size)
{
	SAY("port 0x%x, %u byte%s%s", e->io.port, e->io.bytes,
	    e->io.bytes == 1 ? "" : "s", e->io.string ? ", string" : "");
}

static void say_io_write(const struct axvm_exit *e, char *buf, size_t size)
{
	if (e->io.string)
		SAY("port 0x%x, %u x %u bytes, string", e->io.port, e->io.count,
		    e->io.bytes);
	else
		SAY("port 0x%x = 0x%llx, %u byte%s", e->io.port,
		    (ull)e->io.data, e->io.bytes, e->io.bytes == 1 ? "" : "s");
}

static void say_sysreg(const struct axvm_exit *e, char *buf, size_t size,
		       uint32_t backend)
{
	ull id = e->sysreg.id;
	size_t len = 0;

	if (BACKEND_IS_ARM64(backend))
		len = (size_t)SAY("S%llu_%llu_C%llu_C%llu_%llu", id >> 14 & 3,
				  id >> 11 & 7, id >> 7 & 15, id >> 3 & 15,
				  id & 7);
	else
		len = (size_t)SAY("MSR 0x%llx", id);
	if (e->reason == AXVM_EXIT_SYSREG_WRITE && len < size)
		snprintf(buf + len, size - len, " = 0x%llx",
			 (ull)e->sysreg.value);
}

static void say_fail(const struct axvm_exit *e, char *buf, size_t size)
{
	if (e->fail.insn_error)
		SAY("VM-instruction error %llu", (ull)e->fail.insn_error);
	else
		SAY("hardware reason 0x%llx, info 0x%llx",
		    (ull)e->fail.hw_reason, (ull)e->fail.info);
}

static void say_hardware(const struct axvm_exit *e, char *buf, size_t size,
			 uint32_t backend)
{
	SAY("%s 0x%x, %s 0x%llx",
	    BACKEND_IS_ARM64(backend) ? "class" : "reason", e->hw_reason,
	    BACKEND_IS_ARM64(backend) ? "ESR" : "qualification", (ull)e->qual);
}

const char *exit_detail(const struct axvm_exit *e, uint32_t backend, char *buf,
			size_t size)
{
	buf[0] = '\0';
	switch (e->reason) {
	case AXVM_EXIT_HYPERCALL:
		say_hypercall(e, buf, size);
		break;
	case AXVM_EXIT_MMIO_READ:
		say_mmio_read(e, buf, size);
		break;
	case AXVM_EXIT_MMIO_WRITE:
		say_mmio_write(e, buf, size);
		break;
	case AXVM_EXIT_SYSREG_READ:
	case AXVM_EXIT_SYSREG_WRITE:
		say_sysreg(e, buf, size, backend);
		break;
	case AXVM_EXIT_IO_READ:
		say_io_read(e, buf, size);
		break;
	case AXVM_EXIT_IO_WRITE:
		say_io_write(e, buf, size);
		break;
	case AXVM_EXIT_FAIL_ENTRY:
		say_fail(e, buf, size);
		break;
	case AXVM_EXIT_CPU_UP:
		SAY("target 0x%llx, entry 0x%llx", (ull)e->cpu.target,
		    (ull)e->cpu.entry);
		break;
	case AXVM_EXIT_EXTERNAL_INTERRUPT:
	case AXVM_EXIT_SEND_IPI:
	case AXVM_EXIT_INTERRUPT_END:
		SAY("vector %llu", (ull)e->irq.vector);
		break;
	case AXVM_EXIT_NESTED_PAGE_FAULT:
	case AXVM_EXIT_MEMORY:
		SAY("0x%llx (virtual 0x%llx)", (ull)e->gpa, (ull)e->gva);
		break;
	case AXVM_EXIT_HALT:
	case AXVM_EXIT_HALTED:
	case AXVM_EXIT_PAUSED:
	case AXVM_EXIT_STOPPED:
	case AXVM_EXIT_SYSTEM_DOWN:
	case AXVM_EXIT_RESET:
	case AXVM_EXIT_NOTHING:
		break;
	default:
		say_hardware(e, buf, size, backend);
	}
	return buf;
}

static void add_flags(struct json_object *obj, const struct axvm_exit *e)
{
	out_bool(obj, "wants_answer", e->flags & AXVM_EXIT_WANTS_ANSWER);
	out_bool(obj, "in_kernel", e->flags & AXVM_EXIT_IN_KERNEL);
	out_bool(obj, "stops", e->flags & AXVM_EXIT_STOPS);
	out_bool(obj, "answered", e->flags & AXVM_EXIT_ANSWERED);
	if (e->flags & AXVM_EXIT_ANSWERED)
		out_num(obj, "answer_ns", e->answer.ns);
}

struct json_object *exit_json(const struct axvm_exit *e, uint32_t backend)
{
	struct json_object *obj = out_object(), *raw = out_array();
	char buf[160];

	out_num(obj, "seq", e->seq);
	out_num(obj, "time_ns", e->time_ns);
	out_num(obj, "vcpu", e->vcpu);
	out_str(obj, "reason", name_exit(e->reason));
	out_str(obj, "detail", exit_detail(e, backend, buf, sizeof(buf)));
	out_hex(obj, "pc", e->pc);
	out_hex(obj, "gpa", e->gpa);
	out_hex(obj, "gva", e->gva);
	out_hex(obj, "qual", e->qual);
	out_hex(obj, "hw_reason", e->hw_reason);
	out_str(obj, "hw_text",
		hw_reason_text(backend, e->hw_reason & 0x7fffffff, buf,
			       sizeof(buf)));
	add_flags(obj, e);
	for (size_t i = 0; i < 8; i++) {
		snprintf(buf, sizeof(buf), "0x%llx", (ull)e->raw[i]);
		out_push(raw, json_object_new_string(buf));
	}
	out_add(obj, "raw", raw);
	return obj;
}
