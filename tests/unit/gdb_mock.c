// SPDX-License-Identifier: GPL-2.0
/*
 * A VM made of arrays: what a debugging session may ask of a VM, answered from
 * struct gdb_mock.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/gdb_mock.h"

struct gdb_mock mock;

static void must_be(bool good)
{
	if (!good)
		abort();
}

static void op_send(void *ctx, const char *data, size_t len)
{
	must_be(len <= RSP_WIRE);
	if (!mock.keep)
		return;
	must_be(mock.n_out + len <= sizeof(mock.out));
	memcpy(mock.out + mock.n_out, data, len);
	mock.n_out += len;
}

static int op_begin(void *ctx)
{
	mock.begins++;
	if (mock.state.state == GDB_RUNNING)
		mock.state.state = GDB_HELD;
	return 0;
}

static void op_state(void *ctx, struct gdb_state *s)
{
	*s = mock.state;
}

static bool op_event(void *ctx, unsigned int vcpu, struct axvm_exit *e)
{
	if (!mock.has_hit[vcpu])
		return false;
	mock.has_hit[vcpu] = false;
	*e = mock.hit[vcpu];
	return true;
}

static int op_suspend(void *ctx)
{
	mock.suspends++;
	if (mock.state.state != GDB_RUNNING)
		return -EBADFD;
	mock.state.state = GDB_HELD;
	return 0;
}

static int op_resume(void *ctx)
{
	mock.resumes++;
	if (mock.resume_error)
		return mock.resume_error;
	if (mock.state.state > GDB_HIT)
		return -ENODEV;
	mock.state.state = GDB_RUNNING;
	return 0;
}

/* What the uapi takes: powers of two up to 8, aligned. */
static bool point_is_sane(const struct axvm_debug_point *p)
{
	return p->len && p->len <= 8 && !(p->len & (p->len - 1)) &&
	       (p->kind == AXVM_DEBUG_EXEC || !(p->addr % p->len));
}

static int op_debug(void *ctx, unsigned int vcpu, struct axvm_vcpu_debug *d)
{
	unsigned int n = 0;

	must_be(vcpu < MOCK_VCPUS);
	for (; n < AXVM_DEBUG_POINTS && d->points[n].kind; n++)
		must_be(point_is_sane(&d->points[n]));
	if (n > mock.points_most)
		return -ENOSPC;
	mock.debug[vcpu] = *d;
	mock.debugs[vcpu]++;
	return 0;
}

static int op_get(void *ctx, unsigned int vcpu, unsigned int block, void *buf,
		  size_t len)
{
	must_be(len <= GDB_BLOCK_MOST);
	mock.gets++;
	memcpy(buf, mock.blocks[vcpu][block], len);
	return 0;
}

static int op_set(void *ctx, unsigned int vcpu, unsigned int block, void *buf,
		  size_t len)
{
	memcpy(mock.blocks[vcpu][block], buf, len);
	return 0;
}

static int op_get_id(void *ctx, unsigned int vcpu, uint64_t id, uint64_t *value)
{
	mock.id = id;
	*value = mock.id_value;
	return mock.id_value ? 0 : -ENOENT;
}

static int op_set_id(void *ctx, unsigned int vcpu, uint64_t id, uint64_t value)
{
	mock.id = id;
	mock.id_value = value;
	return 0;
}

static long op_read(void *ctx, uint64_t gpa, void *buf, size_t len)
{
	if (gpa >= MOCK_RAM)
		return -ENOENT;
	len = len < MOCK_RAM - gpa ? len : MOCK_RAM - gpa;
	memcpy(buf, mock.ram + gpa, len);
	return (long)len;
}

static long op_write(void *ctx, uint64_t gpa, const void *buf, size_t len)
{
	if (gpa >= MOCK_RAM)
		return -ENOENT;
	len = len < MOCK_RAM - gpa ? len : MOCK_RAM - gpa;
	memcpy(mock.ram + gpa, buf, len);
	return (long)len;
}

static int op_translate(void *ctx, unsigned int vcpu, uint64_t gva,
			uint64_t *gpa, uint64_t *room)
{
	*room = 0x1000 - gva % 0x1000;
	if (mock.flat && !(gva >> 16 & 0xffff))
		*gpa = gva % MOCK_RAM;
	else if (mock.flat)
		return -ENXIO;
	else if (gva >= MOCK_HIGH && gva - MOCK_HIGH < 2 * MOCK_RAM &&
		 !(mock.user && !vcpu))
		*gpa = gva - MOCK_HIGH;
	else if (gva >= MOCK_LOW && gva - MOCK_LOW < MOCK_RAM / 2 && !vcpu)
		*gpa = gva - MOCK_LOW + MOCK_RAM / 2;
	else
		return -ENXIO;
	return 0;
}

static int op_stop(void *ctx)
{
	mock.stops++;
	mock.state.state = GDB_ENDED;
	return 0;
}

static int op_reset(void *ctx)
{
	mock.resets++;
	mock.state.state = GDB_HELD;
	return 0;
}

static void op_describe(void *ctx, unsigned int vcpu, char *buf, size_t size)
{
	snprintf(buf, size, "number %u", vcpu);
}

static void op_monitor(void *ctx, struct gdb *s, unsigned int vcpu,
		       const char *command)
{
	snprintf(mock.command, sizeof(mock.command), "%u %s", vcpu, command);
	gdb_console(s, "hello\n", 6);
}

const struct gdb_ops gdb_mock_ops = {
	.send = op_send,
	.begin = op_begin,
	.state = op_state,
	.event = op_event,
	.suspend = op_suspend,
	.resume = op_resume,
	.debug = op_debug,
	.get = op_get,
	.set = op_set,
	.get_id = op_get_id,
	.set_id = op_set_id,
	.read = op_read,
	.write = op_write,
	.translate = op_translate,
	.stop = op_stop,
	.reset = op_reset,
	.describe = op_describe,
	.monitor = op_monitor,
};

void gdb_mock_reset(void)
{
	memset(&mock, 0, sizeof(mock));
	mock.points_most = 4;
	for (size_t i = 0; i < MOCK_RAM; i++)
		mock.ram[i] = gdb_mock_ram(i);
}

void gdb_mock_hit(const struct gdb_arch *arch, unsigned int vcpu, uint32_t what,
		  uint64_t pc, uint64_t gva)
{
	mock.hit[vcpu] = (struct axvm_exit){
		.reason = AXVM_EXIT_DEBUG, .vcpu = vcpu, .pc = pc, .gva = gva
	};
	mock.hit[vcpu].debug.what = what;
	mock.has_hit[vcpu] = true;
	memcpy(mock.blocks[vcpu][0] + arch->pc_at, &pc, sizeof(pc));
	mock.state.state = GDB_HIT;
}
