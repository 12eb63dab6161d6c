// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: any bytes as what a client of GDB's remote protocol sends, in
 * between what a VM does.  A line of the input is a packet (framed here, so
 * that the fuzzer need not find checksums), one that begins with '!' goes in
 * as it is, one with '~' lets the VM hit something.  Afterwards, the client
 * gone, nothing of the session may be left in the guest.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gdb.h"
#include "tests/unit/gdb_mock.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define POINTS 6u

static bool wrote; /* the client wrote to memory: it may differ */

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
	uint64_t at = len > 2 ? data[2] : 0;

	if (mock.state.state != GDB_RUNNING || g->phase != GDB_GOING)
		return;
	gdb_mock_hit(g->arch, n, len > 1 ? data[1] % 5 : 0, at, at);
	mock.state.state = len > 3 ? data[3] % 5 : GDB_HIT;
	mock.state.look = len > 4;
	mock.state.vcpu = n;
	strcpy(mock.state.text, "so");
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
	for (size_t i = 0; !wrote && i < MOCK_RAM; i++) {
		if (mock.ram[i] != gdb_mock_ram(i))
			abort();
	}
	for (unsigned int i = 0; i < 2; i++) {
		if (mock.debug[i].flags & ~AXVM_DEBUG_REFLECT ||
		    mock.debug[i].points[0].kind)
			abort();
	}
	if (mock.state.state == GDB_HIT)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct gdb g;

	gdb_mock_reset();
	mock.flat = true;
	mock.points_most = POINTS;
	mock.id_value = 1;
	mock.state.state = GDB_HELD;
	wrote = false;
	gdb_open(&g, size && *data & 1 ? &gdb_arch_arm64 : &gdb_arch_x86,
		 &gdb_mock_ops, NULL, 3);
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
