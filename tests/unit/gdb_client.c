// SPDX-License-Identifier: GPL-2.0
/*
 * The other end of a debugging session in unit tests: packets are framed and
 * taken apart here by other code than that of vmctl.
 */
#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/gdb_client.h"

struct gdb *g;

/* The packets that came, runs and escapes undone, one after the other. */
const char *replies(void)
{
	static char text[4 * RSP_WIRE];
	size_t n = 0;

	for (size_t i = 0; i < mock.n_out; i++) {
		if (mock.out[i] != '$') {
			text[n++] = (char)mock.out[i];
			continue;
		}
		for (i++; mock.out[i] != '#'; i++) {
			if (mock.out[i] == '}') {
				text[n++] = (char)(mock.out[++i] ^ 0x20);
			} else if (mock.out[i] == '*') {
				size_t again = mock.out[++i] - 29u;

				memset(text + n, text[n - 1], again);
				n += again;
			} else {
				text[n++] = (char)mock.out[i];
			}
		}
		text[n++] = '|';
		i += 2;
	}
	text[n] = '\0';
	mock.n_out = 0;
	return text;
}

const char *ask_bytes(const char *packet, size_t len)
{
	static char wire[RSP_WIRE];
	uint8_t sum = 0;
	size_t n = 0;

	wire[n++] = '$';
	memcpy(wire + n, packet, len);
	n += len;
	for (size_t i = 1; i < n; i++)
		sum += (uint8_t)wire[i];
	n += (size_t)sprintf(wire + n, "#%02x", sum);
	gdb_input(g, (uint8_t *)wire, n);
	return replies();
}

const char *ask(const char *fmt, ...)
{
	char packet[1024];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(packet, sizeof(packet), fmt, ap);
	va_end(ap);
	return ask_bytes(packet, (size_t)n);
}

struct axvm_x86_regs *regs(unsigned int vcpu)
{
	return (void *)mock.blocks[vcpu][0];
}

void setup_arch(const struct gdb_arch *arch)
{
	gdb_mock_reset();
	mock.keep = true;
	g = malloc(sizeof(*g));
	gdb_open(g, arch, &gdb_mock_ops, &mock, 0xb); /* vCPUs 0, 1, 3 */
}

void setup(void)
{
	setup_arch(&gdb_arch_x86);
	ck_assert_ptr_nonnull(strstr(ask("qSupported:swbreak+;hwbreak+"),
				     "+PacketSize=4000;"));
	ck_assert_str_eq(ask("QStartNoAckMode"), "+OK|");
}

void teardown(void)
{
	gdb_close(g);
	free(g);
}

void hit(unsigned int n, uint32_t what, uint64_t pc, uint64_t gva)
{
	gdb_mock_hit(g->arch, n, what, pc, gva);
}

const char *stopped(void)
{
	gdb_poll(g);
	return replies();
}

bool has(const char *text, const char *what)
{
	if (strstr(text, what))
		return true;
	printf("'%s' is not in '%s'\n", what, text);
	return false;
}
