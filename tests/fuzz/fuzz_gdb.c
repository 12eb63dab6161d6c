// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: any bytes as what a client of GDB's remote protocol sends, in
 * between what a VM does.  A line of the input is a packet (framed here, so
 * that the fuzzer need not find checksums), one that begins with '!' goes in
 * as it is, one with '~' lets the VM hit something.  Afterwards, the client
 * gone, nothing of the session may be left in the guest.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gdb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define RAM 0x4000u
#define POINTS 6u

static uint8_t ram[RAM];
static uint8_t blocks[2][GDB_BLOCKS][GDB_BLOCK_MOST];
static struct axvm_vcpu_debug debug[2];
static struct gdb_state now;
static struct axvm_exit hit[2];
static bool has_hit[2];
static bool wrote; /* the client wrote to memory: it may differ */

static void op_send(void *ctx, const char *data, size_t len)
{
	if (len > RSP_WIRE)
		abort();
}

static int op_begin(void *ctx)
{
	return 0;
}

static void op_state(void *ctx, struct gdb_state *s)
{
	*s = now;
}

static bool op_event(void *ctx, unsigned int vcpu, struct axvm_exit *e)
{
	bool had = has_hit[vcpu];

	*e = hit[vcpu];
	has_hit[vcpu] = false;
	return had;
}

static int op_suspend(void *ctx)
{
	if (now.state == GDB_RUNNING)
		now.state = GDB_HELD;
	return 0;
}

static int op_resume(void *ctx)
{
	if (now.state > GDB_HIT)
		return -ENODEV;
	now.state = GDB_RUNNING;
	return 0;
}

static int op_debug(void *ctx, unsigned int vcpu, struct axvm_vcpu_debug *d)
{
	unsigned int n;

	if (vcpu > 1)
		abort();
	for (n = 0; n < AXVM_DEBUG_POINTS && d->points[n].kind; n++) {
		const struct axvm_debug_point *p = &d->points[n];

		if (p->len & (p->len - 1) || p->len > 8 || !p->len ||
		    (p->kind != AXVM_DEBUG_EXEC && p->addr % p->len))
			abort();
	}
	if (n > POINTS)
		return -ENOSPC;
	debug[vcpu] = *d;
	return 0;
}

static int op_get(void *ctx, unsigned int vcpu, unsigned int block, void *buf,
		  size_t len)
{
	memcpy(buf, blocks[vcpu][block], len);
	return 0;
}

static int op_set(void *ctx, unsigned int vcpu, unsigned int block, void *buf,
		  size_t len)
{
	memcpy(blocks[vcpu][block], buf, len);
	return 0;
}

static int op_get_id(void *ctx, unsigned int vcpu, uint64_t id, uint64_t *value)
{
	*value = id;
	return id & 1 ? -ENOENT : 0;
}

static int op_set_id(void *ctx, unsigned int vcpu, uint64_t id, uint64_t value)
{
	return id & 1 ? -ENOENT : 0;
}

static long op_read(void *ctx, uint64_t gpa, void *buf, size_t len)
{
	if (gpa >= RAM)
		return -ENOENT;
	len = len < RAM - gpa ? len : RAM - gpa;
	memcpy(buf, ram + gpa, len);
	return (long)len;
}

static long op_write(void *ctx, uint64_t gpa, const void *buf, size_t len)
{
	if (gpa >= RAM)
		return -ENOENT;
	len = len < RAM - gpa ? len : RAM - gpa;
	memcpy(ram + gpa, buf, len);
	return (long)len;
}

static int op_translate(void *ctx, unsigned int vcpu, uint64_t gva,
			uint64_t *gpa, uint64_t *room)
{
	*room = 0x1000 - gva % 0x1000;
	*gpa = gva % RAM;
	return gva >> 16 & 0xffff ? -ENXIO : 0;
}

static int op_stop(void *ctx)
{
	now.state = GDB_ENDED;
	return 0;
}

static int op_reset(void *ctx)
{
	now.state = GDB_HELD;
	return 0;
}

static void op_describe(void *ctx, unsigned int vcpu, char *buf, size_t size)
{
}

static void op_monitor(void *ctx, struct gdb *g, unsigned int vcpu,
		       const char *command)
{
	gdb_console(g, command, strlen(command));
}

static const struct gdb_ops ops = {
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

static void packet(struct gdb *g, const uint8_t *data, size_t len)
{
	static uint8_t wire[RSP_MAX + 8];
	uint8_t sum = 0;
	size_t n = 0;

	wire[n++] = '$';
	for (size_t i = 0; i < len; i++) {
		/* a frame's end does not end it: the fuzzer has '!' for that */
		if (data[i] == '#' || data[i] == '$')
			continue;
		sum += wire[n++] = data[i];
	}
	wire[n++] = '#';
	wire[n++] = (uint8_t) "0123456789abcdef"[sum >> 4];
	wire[n++] = (uint8_t) "0123456789abcdef"[sum & 15];
	wrote |= len && memchr("MX", data[0], 2);
	gdb_input(g, wire, n);
}

/* "~", which vCPU, what, where. */
static void event(struct gdb *g, const uint8_t *data, size_t len)
{
	unsigned int n = len > 0 ? data[0] & 1 : 0;

	if (now.state != GDB_RUNNING || g->phase != GDB_GOING)
		return;
	hit[n] = (struct axvm_exit){ .reason = AXVM_EXIT_DEBUG };
	hit[n].debug.what = len > 1 ? data[1] % 5 : 0;
	hit[n].pc = hit[n].gva = len > 2 ? data[2] : 0;
	memcpy(blocks[n][0] + g->arch->pc_at, &hit[n].pc, 8);
	has_hit[n] = true;
	now.state = len > 3 ? data[3] % 5 : GDB_HIT;
	now.look = len > 4;
	now.vcpu = n;
	strcpy(now.text, "so");
	gdb_poll(g);
}

static void line(struct gdb *g, const uint8_t *data, size_t len)
{
	if (len && *data == '!') {
		wrote = true;
		gdb_input(g, data + 1, len - 1);
	} else if (len && *data == '~') {
		event(g, data + 1, len - 1);
	} else if (len < RSP_MAX) {
		packet(g, data, len);
	}
}

static void check_left(const struct gdb *g)
{
	for (size_t i = 0; !wrote && i < RAM; i++) {
		if (ram[i] != (uint8_t)(i * 7))
			abort();
	}
	for (unsigned int i = 0; i < 2; i++) {
		if (debug[i].flags & ~AXVM_DEBUG_REFLECT ||
		    debug[i].points[0].kind)
			abort();
	}
	if (now.state == GDB_HIT)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct gdb g;

	for (size_t i = 0; i < RAM; i++)
		ram[i] = (uint8_t)(i * 7);
	memset(blocks, 0, sizeof(blocks));
	memset(debug, 0, sizeof(debug));
	memset(has_hit, 0, sizeof(has_hit));
	now = (struct gdb_state){ .state = GDB_HELD };
	wrote = false;
	gdb_open(&g, size && *data & 1 ? &gdb_arch_arm64 : &gdb_arch_x86, &ops,
		 NULL, 3);
	while (size) {
		const uint8_t *end = memchr(data, '\n', size);
		size_t len = end ? (size_t)(end - data) : size;

		line(&g, data, len);
		data += len;
		size -= len;
		if (size)
			data++, size--;
	}
	gdb_close(&g);
	check_left(&g);
	return 0;
}
