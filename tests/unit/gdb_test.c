// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of debugging sessions with a VM made of arrays: what a client may ask,
 * breakpoints that nobody must see, who goes on and who is told why not.
 */
#include <check.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gdb.h"

/* ---- the VM ----------------------------------------------------------------- */

#define RAM 0x10000u
#define HIGH 0xffffffff80000000ull /* the kernel's names of all of it */
#define LOW 0x400000ull /* a program's, of its second half, on vCPU 0 */

static struct {
	uint8_t ram[RAM];
	uint8_t blocks[4][GDB_BLOCKS][GDB_BLOCK_MOST];
	struct axvm_vcpu_debug debug[4];
	unsigned int debugs[4], resumes, suspends, begins, stops, resets, gets;
	struct gdb_state state;
	struct axvm_exit hit[4];
	bool has_hit[4];
	unsigned int points_most;
	bool user; /* vCPU 0 does not map the kernel */
	int resume_error;
	uint64_t id, id_value;
	char command[64];
	uint8_t out[4 * RSP_WIRE];
	size_t n_out;
} vm;

static struct gdb *g;

static void op_send(void *ctx, const char *data, size_t len)
{
	ck_assert_uint_le(vm.n_out + len, sizeof(vm.out));
	memcpy(vm.out + vm.n_out, data, len);
	vm.n_out += len;
}

static int op_begin(void *ctx)
{
	vm.begins++;
	if (vm.state.state == GDB_RUNNING)
		vm.state.state = GDB_HELD;
	return 0;
}

static void op_state(void *ctx, struct gdb_state *s)
{
	*s = vm.state;
}

static bool op_event(void *ctx, unsigned int vcpu, struct axvm_exit *e)
{
	if (!vm.has_hit[vcpu])
		return false;
	vm.has_hit[vcpu] = false;
	*e = vm.hit[vcpu];
	return true;
}

static int op_suspend(void *ctx)
{
	vm.suspends++;
	if (vm.state.state != GDB_RUNNING)
		return -EBADFD;
	vm.state.state = GDB_HELD;
	return 0;
}

static int op_resume(void *ctx)
{
	vm.resumes++;
	if (vm.resume_error)
		return vm.resume_error;
	vm.state.state = GDB_RUNNING;
	return 0;
}

static int op_debug(void *ctx, unsigned int vcpu, struct axvm_vcpu_debug *d)
{
	unsigned int n = 0;

	ck_assert_uint_lt(vcpu, 4);
	while (n < AXVM_DEBUG_POINTS && d->points[n].kind)
		n++;
	if (n > vm.points_most)
		return -ENOSPC;
	vm.debug[vcpu] = *d;
	vm.debugs[vcpu]++;
	return 0;
}

static int op_get(void *ctx, unsigned int vcpu, unsigned int block, void *buf,
		  size_t len)
{
	ck_assert_uint_le(len, GDB_BLOCK_MOST);
	vm.gets++;
	memcpy(buf, vm.blocks[vcpu][block], len);
	return 0;
}

static int op_set(void *ctx, unsigned int vcpu, unsigned int block, void *buf,
		  size_t len)
{
	memcpy(vm.blocks[vcpu][block], buf, len);
	return 0;
}

static int op_get_id(void *ctx, unsigned int vcpu, uint64_t id, uint64_t *value)
{
	vm.id = id;
	*value = vm.id_value;
	return vm.id_value ? 0 : -ENOENT;
}

static int op_set_id(void *ctx, unsigned int vcpu, uint64_t id, uint64_t value)
{
	vm.id = id;
	vm.id_value = value;
	return 0;
}

static long op_read(void *ctx, uint64_t gpa, void *buf, size_t len)
{
	if (gpa >= RAM)
		return -ENOENT;
	len = len < RAM - gpa ? len : RAM - gpa;
	memcpy(buf, vm.ram + gpa, len);
	return (long)len;
}

static long op_write(void *ctx, uint64_t gpa, const void *buf, size_t len)
{
	if (gpa >= RAM)
		return -ENOENT;
	len = len < RAM - gpa ? len : RAM - gpa;
	memcpy(vm.ram + gpa, buf, len);
	return (long)len;
}

static int op_translate(void *ctx, unsigned int vcpu, uint64_t gva,
			uint64_t *gpa, uint64_t *room)
{
	*room = 0x1000 - gva % 0x1000;
	if (gva >= HIGH && gva - HIGH < 2 * RAM && !(vm.user && !vcpu))
		*gpa = gva - HIGH;
	else if (gva >= LOW && gva - LOW < RAM / 2 && !vcpu)
		*gpa = gva - LOW + RAM / 2;
	else
		return -ENXIO;
	return 0;
}

static int op_stop(void *ctx)
{
	vm.stops++;
	vm.state.state = GDB_ENDED;
	return 0;
}

static int op_reset(void *ctx)
{
	vm.resets++;
	vm.state.state = GDB_HELD;
	return 0;
}

static void op_describe(void *ctx, unsigned int vcpu, char *buf, size_t size)
{
	snprintf(buf, size, "number %u", vcpu);
}

static void op_monitor(void *ctx, struct gdb *s, unsigned int vcpu,
		       const char *command)
{
	snprintf(vm.command, sizeof(vm.command), "%u %s", vcpu, command);
	gdb_console(s, "hello\n", 6);
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

/* ---- the client --------------------------------------------------------------- */

/* The packets that came, runs and escapes undone, one after the other. */
static const char *replies(void)
{
	static char text[4 * RSP_WIRE];
	size_t n = 0;

	for (size_t i = 0; i < vm.n_out; i++) {
		if (vm.out[i] != '$') {
			text[n++] = (char)vm.out[i];
			continue;
		}
		for (i++; vm.out[i] != '#'; i++) {
			if (vm.out[i] == '}') {
				text[n++] = (char)(vm.out[++i] ^ 0x20);
			} else if (vm.out[i] == '*') {
				size_t again = vm.out[++i] - 29u;

				memset(text + n, text[n - 1], again);
				n += again;
			} else {
				text[n++] = (char)vm.out[i];
			}
		}
		text[n++] = '|';
		i += 2;
	}
	text[n] = '\0';
	vm.n_out = 0;
	return text;
}

static const char *ask_bytes(const char *packet, size_t len)
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

static const char *ask(const char *fmt, ...)
{
	char packet[1024];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(packet, sizeof(packet), fmt, ap);
	va_end(ap);
	return ask_bytes(packet, (size_t)n);
}

#define ASK(reply, ...) ck_assert_str_eq(ask(__VA_ARGS__), reply "|")

static struct axvm_x86_regs *regs(unsigned int vcpu)
{
	return (void *)vm.blocks[vcpu][0];
}

static void setup_arch(const struct gdb_arch *arch)
{
	memset(&vm, 0, sizeof(vm));
	vm.points_most = 4;
	for (size_t i = 0; i < RAM; i++)
		vm.ram[i] = (uint8_t)(i ^ i >> 8);
	g = malloc(sizeof(*g));
	gdb_open(g, arch, &ops, &vm, 0xb); /* vCPUs 0, 1, 3 */
}

/* A client has come, and needs no acknowledgements. */
static void setup(void)
{
	setup_arch(&gdb_arch_x86);
	ck_assert_ptr_nonnull(strstr(ask("qSupported:swbreak+;hwbreak+"),
				     "+PacketSize=4000;"));
	ck_assert_str_eq(ask("QStartNoAckMode"), "+OK|");
}

static void teardown(void)
{
	gdb_close(g);
	free(g);
}

/* vCPU @n hits something. */
static void hit(unsigned int n, uint32_t what, uint64_t pc, uint64_t gva)
{
	vm.hit[n] = (struct axvm_exit){
		.reason = AXVM_EXIT_DEBUG, .vcpu = n, .pc = pc, .gva = gva
	};
	vm.hit[n].debug.what = what;
	vm.has_hit[n] = true;
	regs(n)->rip = pc;
	vm.state.state = GDB_HIT;
}

static const char *stopped(void)
{
	gdb_poll(g);
	return replies();
}

static bool has(const char *text, const char *what)
{
	if (strstr(text, what))
		return true;
	printf("'%s' is not in '%s'\n", what, text);
	return false;
}

/* ---- tests ---------------------------------------------------------------------- */

START_TEST(test_hello)
{
	setup_arch(&gdb_arch_x86);
	ck_assert_uint_eq(vm.begins, 0);
	vm.state.state = GDB_RUNNING;
	/* garbled: asked for again */
	gdb_input(g, (const uint8_t *)"$?#00", 5);
	ck_assert_str_eq(replies(), "-");
	ck_assert(has(ask("?"), "+T05"));
	ck_assert_uint_eq(vm.begins, 1);
	ck_assert_int_eq(vm.state.state, GDB_HELD);
	/* the other side lost it */
	gdb_input(g, (const uint8_t *)"-", 1);
	ck_assert(has(replies(), "T05"));
	ck_assert_str_eq(ask("vMustReplyEmpty"), "+|");
	ck_assert_str_eq(ask("QStartNoAckMode"), "+OK|");
	ASK("", "vMustReplyEmpty");
	ASK("", "qTStatus");
	ASK("", "jThreadsInfo");
	ASK("", "");
	ASK("OK", "!");
	ASK("1", "qAttached");
	ASK("OK", "qSymbol::");
	ASK("vCont;c;C;s;S;r", "vCont?");
	gdb_input(g, (const uint8_t *)"-\003+", 3); /* mean nothing now */
	ck_assert_str_eq(replies(), "");
	teardown();
}
END_TEST

START_TEST(test_threads)
{
	setup();
	ASK("m1,2,4", "qfThreadInfo");
	ASK("l", "qsThreadInfo");
	ASK("QC1", "qC");
	ASK("OK", "Hg4");
	ASK("OK", "Hg0");
	ASK("OK", "Hc-1");
	ASK("E03", "Hg3");
	ASK("E03", "Hg5");
	ASK("E03", "Hx1");
	ASK("OK", "T2");
	ASK("E03", "T3");
	ASK("6e756d6265722033", "qThreadExtraInfo,4");
	ASK("E03", "qThreadExtraInfo,-1");
	ck_assert(has(ask("qXfer:threads:read::0,fff"),
		      "<thread id=\"4\" name=\"vCPU 3\">number 3</thread>"));
	ASK("m<?xml", "qXfer:threads:read::0,5");
	ASK("E16", "qXfer:threads:read::zzz");
	teardown();
}
END_TEST

START_TEST(test_registers)
{
	struct axvm_x86_sregs *sys;
	const char *reply;
	char all[4096];

	setup();
	sys = (void *)vm.blocks[0][1];
	regs(0)->gpr[0] = 0x1122334455667788;
	regs(0)->gpr[3] = 0xbb; /* rbx, gdb's second */
	regs(0)->rip = 0xffffffff81000000;
	regs(0)->rflags = 0x246;
	sys->seg[AXVM_X86_CS].selector = 0x10;
	sys->seg[AXVM_X86_GS].base = 0xdead0000;
	sys->cr3 = 0x1234000;
	ASK("8877665544332211", "p0");
	ASK("bb00000000000000", "p1");
	ASK("00000081ffffffff", "p10");
	ASK("46020000", "p11");
	ASK("10000000", "p12");
	vm.gets = 0;
	reply = ask("g");
	/* 16 + rip, eflags and 6 selectors, the FPU, SSE, 2 bases */
	ck_assert_uint_eq(strlen(reply) - 1, 2 * (17 * 8 + 7 * 4 + 8 * 10 +
						  8 * 4 + 16 * 16 + 4 + 2 * 8));
	ck_assert(has(reply, "0000adde00000000|")); /* gs_base is the last */
	ck_assert_uint_le(vm.gets, 3);
	snprintf(all, sizeof(all), "G%.*s", (int)strlen(reply) - 1, reply);
	memcpy(all + 1, "ff", 2);
	ck_assert_str_eq(ask_bytes(all, strlen(all)), "OK|");
	ck_assert_uint_eq(regs(0)->gpr[0], 0x11223344556677ff);
	/* only the low half of flags is the client's */
	regs(0)->rflags = 0xf00000246;
	ASK("OK", "P11=02000000");
	ck_assert_uint_eq(regs(0)->rflags, 0xf00000002);
	/* of another thread */
	regs(3)->gpr[0] = 3;
	ASK("OK", "Hg4");
	ASK("0300000000000000", "p0");
	ASK("OK", "P0=0400000000000000");
	ck_assert_uint_eq(regs(3)->gpr[0], 4);
	ASK("E02", "pfff");
	ASK("E16", "P0:00");
	ASK("E16", "P0=00");
	ASK("E16", "G00");
	teardown();
}
END_TEST

/* The number of a register by its name, out of the description. */
static unsigned int number(const struct gdb_arch *a, const char *name)
{
	const struct gdb_reg *r;

	for (unsigned int i = 0; (r = gdb_arch_reg(a, i)); i++) {
		if (!strcmp(r->name, name))
			return i;
	}
	ck_abort_msg("no register %s", name);
}

START_TEST(test_fpu)
{
	uint8_t *x;
	uint64_t bv;

	setup();
	x = vm.blocks[0][2];
	/* all in its initial state, whatever the area holds */
	memset(x, 0xee, 832);
	memset(x + 512, 0, 64);
	ASK("7f030000", "p%x", number(&gdb_arch_x86, "fctrl"));
	ASK("ffff0000", "p%x", number(&gdb_arch_x86, "ftag"));
	ASK("00000000000000000000000000000000", "p%x",
	    number(&gdb_arch_x86, "xmm3"));
	ASK("00000000000000000000000000000000", "p%x",
	    number(&gdb_arch_x86, "ymm3h"));
	ASK("OK", "P%x=000102030405060708090a0b0c0d0e0f",
	    number(&gdb_arch_x86, "xmm3"));
	ck_assert_uint_eq(x[160 + 3 * 16 + 15], 0x0f);
	memcpy(&bv, x + 512, 8);
	ck_assert_uint_eq(bv, 2);
	ASK("OK", "P%x=000102030405060708090a0b0c0d0e0f",
	    number(&gdb_arch_x86, "ymm0h"));
	memcpy(&bv, x + 512, 8);
	ck_assert_uint_eq(bv, 6);
	ck_assert_uint_eq(x[576 + 15], 0x0f);
	/* TOP 7: st0 is register 7, which holds 1.0; 6 is in use, and zero */
	memset(x, 0, 512);
	x[3] = 7 << 3;
	x[4] = 0xc0;
	x[32 + 7] = 0x80;
	x[32 + 8] = 0xff;
	x[32 + 9] = 0x3f;
	x[512] = 7;
	gdb_regs_forget(g);
	ASK("ff1f0000", "p%x", number(&gdb_arch_x86, "ftag"));
	ASK("OK", "P%x=ff3f0000", number(&gdb_arch_x86, "ftag"));
	ck_assert_uint_eq(x[4], 0x80);
	teardown();
}
END_TEST

START_TEST(test_system_registers)
{
	struct axvm_x86_sregs *sys;

	setup();
	sys = (void *)vm.blocks[0][1];
	sys->cr3 = 0x1234000;
	sys->gdt.limit = 0x7f;
	ASK("0040230100000000", "p%x", number(&gdb_arch_x86, "cr3"));
	ASK("7f000000", "p%x", number(&gdb_arch_x86, "gdt_limit"));
	ASK("OK", "P%x=0100000000000000", number(&gdb_arch_x86, "dr6"));
	ck_assert_uint_eq(sys->dr[6], 1);
	vm.id_value = 0x42;
	ASK("4200000000000000", "p%x", number(&gdb_arch_x86, "lstar"));
	ck_assert_uint_eq(vm.id, 0x8607000082);
	ASK("OK", "P%x=4300000000000000", number(&gdb_arch_x86, "pat"));
	ck_assert_uint_eq(vm.id, 0x8606000277);
	ck_assert_uint_eq(vm.id_value, 0x43);
	vm.id_value = 0; /* there is no such MSR here */
	ASK("xxxxxxxxxxxxxxxx", "p%x", number(&gdb_arch_x86, "lstar"));
	teardown();
}
END_TEST

START_TEST(test_arm64)
{
	struct axvm_arm64_regs *r;

	setup_arch(&gdb_arch_arm64);
	ask("QStartNoAckMode");
	r = (void *)vm.blocks[0][0];
	r->x[30] = 0x30;
	r->pc = 0xffff800008080000;
	r->pstate = 0x3c5;
	r->sp_el0 = 0x10;
	r->sp_el1 = 0x11;
	((struct axvm_arm64_sysregs *)vm.blocks[0][1])->ttbr1_el1 = 0x41000000;
	((struct axvm_arm64_fpsimd *)vm.blocks[0][2])->v[31][1] = 0x99;
	ASK("3000000000000000", "p1e");
	ASK("1100000000000000", "p1f");
	ASK("000008080080ffff", "p20");
	ASK("c5030000", "p21");
	ASK("00000000000000009900000000000000", "p41");
	ASK("0000004100000000", "p%x", number(&gdb_arch_arm64, "ttbr1_el1"));
	ck_assert_uint_eq(strlen(ask("g")) - 1, 2 * (33 * 8 + 4));
	r->pstate = 0x3c4; /* EL1t */
	gdb_regs_forget(g);
	ASK("1000000000000000", "p1f");
	ASK("OK", "P1f=2200000000000000");
	ck_assert_uint_eq(r->sp_el0, 0x22);
	ck_assert_uint_eq(r->sp_el1, 0x11);
	/* BRK 0 */
	ASK("OK", "Z0,%llx,4", HIGH + 0x100);
	ck_assert_mem_eq(vm.ram + 0x100, "\x00\x00\x20\xd4", 4);
	ASK("E16", "Z0,%llx,4", HIGH + 0xfff); /* across a page */
	ASK("OK", "Z1,%llx,4", HIGH + 0x200);
	ck_assert_uint_eq(vm.debug[0].points[0].len, 4);
	teardown();
}
END_TEST

static void check_xml(const struct gdb_arch *a, const char *const *features)
{
	char *xml = gdb_arch_xml(a), line[160];

	for (; *features; features++) {
		snprintf(line, sizeof(line), "<feature name=\"%s\">",
			 *features);
		ck_assert_msg(strstr(xml, line) != NULL, "%s", line);
	}
	for (unsigned int i = 0; i < gdb_arch_n_regs(a); i++) {
		const struct gdb_reg *r = gdb_arch_reg(a, i);

		snprintf(
			line, sizeof(line),
			"<reg name=\"%s\" bitsize=\"%u\" type=\"%s\" regnum=\"%u\"",
			r->name, r->bits, r->type, i);
		ck_assert_msg(strstr(xml, line) != NULL, "%s", line);
		ck_assert_uint_le(r->bits, 8 * GDB_REG_MOST);
		ck_assert_uint_le(r->bytes,
				  r->bits / 8 > r->bytes ? r->bits / 8 : 16);
		if (r->from < GDB_BLOCKS)
			ck_assert_uint_le(r->at + r->bytes, a->sizes[r->from]);
		for (unsigned int k = 0; k < i; k++)
			ck_assert_str_ne(r->name, gdb_arch_reg(a, k)->name);
	}
	ck_assert_str_eq(gdb_arch_reg(a, a->pc)->type, "code_ptr");
	ck_assert_uint_eq(gdb_arch_reg(a, a->pc)->at, a->pc_at);
	free(xml);
}

START_TEST(test_descriptions)
{
	static const char *const x86[] = {
		"org.gnu.gdb.i386.core",     "org.gnu.gdb.i386.sse",
		"org.gnu.gdb.i386.segments", "org.gnu.gdb.i386.avx",
		"org.axvm.i386.system",	     NULL
	};
	static const char *const arm64[] = { "org.gnu.gdb.aarch64.core",
					     "org.gnu.gdb.aarch64.fpu",
					     "org.axvm.aarch64.el1", NULL };
	char *xml, *got;
	size_t n = 0, at = 0;

	check_xml(&gdb_arch_x86, x86);
	check_xml(&gdb_arch_arm64, arm64);
	/* piece by piece it is the same */
	setup();
	xml = gdb_arch_xml(&gdb_arch_x86);
	got = calloc(1, strlen(xml) + 1000);
	do {
		const char *r =
			ask("qXfer:features:read:target.xml:%zx,123", at);

		n = strlen(r) - 2;
		memcpy(got + at, r + 1, n);
		at += n;
		if (*r == 'l')
			break;
		ck_assert_int_eq(*r, 'm');
		ck_assert_uint_eq(n, 0x123);
	} while (at < strlen(xml));
	ck_assert_str_eq(got, xml);
	ASK("E00", "qXfer:features:read:other.xml:0,10");
	ASK("E16", "qXfer:features:read:target.xml:fffffff,10");
	ASK("l", "qXfer:features:read:target.xml:%zx,10", strlen(xml));
	free(xml);
	free(got);
	teardown();
}
END_TEST

START_TEST(test_memory)
{
	setup();
	ASK("1011121314151617", "m%llx,8", HIGH + 0x10);
	/* two names of the same bytes */
	ASK("OK", "M%llx,2:aabb", LOW + 0x10);
	ck_assert_uint_eq(vm.ram[RAM / 2 + 0x11], 0xbb);
	ASK("aabb", "m%llx,2", HIGH + RAM / 2 + 0x10);
	/* across pages; what is not there ends it */
	ASK("f010", "m%llx,2", HIGH + 0xfff);
	ck_assert_uint_eq(strlen(ask("m%llx,100", HIGH + RAM - 0x10)),
			  2 * 0x10 + 1);
	ASK("E06", "m%llx,4", 0x1000ull);
	ASK("E02", "m%llx,4", HIGH + RAM);
	ASK("E16", "m%llx", HIGH);
	ASK("E16", "m%llx,", HIGH);
	ASK("", "m%llx,0", HIGH);
	ASK("E16", "M%llx,2:aa", HIGH);
	ASK("E16", "M%llx,2:aabbcc", HIGH);
	ASK("E0e", "M%llx,2:aabb", HIGH + RAM - 1);
	ck_assert_uint_eq(vm.ram[RAM - 1], 0xaa);
	/* binary */
	ck_assert_str_eq(ask_bytes("Xffffffff80000020,3:\x01\x02\x03", 23),
			 "OK|");
	ck_assert_mem_eq(vm.ram + 0x20, "\x01\x02\x03", 3);
	ck_assert_str_eq(ask_bytes("Xffffffff80000020,1:}\x03", 22), "OK|");
	ck_assert_uint_eq(vm.ram[0x20], '#');
	ASK("OK", "X%llx,0:", HIGH);
	ASK("E16", "X%llx,2:a", HIGH);
	ck_assert_mem_eq(ask("x%llx,3", HIGH + 0x20), "b#\x02\x03|", 5);
	/* of the other threads' tables, too, for the kernel's half */
	vm.user = true;
	ASK("1011", "m%llx,2", HIGH + 0x10);
	/* guest-physical */
	ck_assert(has(ask("qRcmd,%s", "70687973206f6e"), "OK|"));
	ASK("1011", "m10,2");
	ck_assert(has(ask("qRcmd,%s", "70687973206f6666"), "OK|"));
	ASK("E06", "m10,2");
	teardown();
}
END_TEST

START_TEST(test_search)
{
	setup();
	memcpy(vm.ram + 0x1ffe, "needle", 6); /* across pages and steps */
	ASK("1,ffffffff80001ffe", "qSearch:memory:%llx;3000;needle", HIGH);
	ASK("0", "qSearch:memory:%llx;2003;needle", HIGH);
	ASK("1,ffffffff80001ffe", "qSearch:memory:%llx;2004;needle", HIGH);
	ASK("1,ffffffff80001ffe", "qSearch:memory:%llx;6;needle",
	    HIGH + 0x1ffe);
	ASK("0", "qSearch:memory:%llx;1000;nowhere", HIGH);
	ASK("E16", "qSearch:memory:%llx;1000;", HIGH);
	/* CRC-32/MPEG-2 of "123456789" */
	memcpy(vm.ram, "123456789", 9);
	ASK("C376e6e7", "qCRC:%llx,9", HIGH);
	ASK("E0e", "qCRC:0,9");
	teardown();
}
END_TEST

START_TEST(test_soft_points)
{
	const uint64_t at = HIGH + 0x30;

	setup();
	ASK("OK", "Z0,%llx,1", at);
	ASK("OK", "Z0,%llx,1", at); /* twice is once */
	ck_assert_uint_eq(vm.ram[0x30], 0xcc);
	/* nobody sees it */
	ASK("2f3031", "m%llx,3", at - 1);
	/* and it survives being written over, which is kept */
	ASK("OK", "M%llx,3:aabbcc", at - 1);
	ck_assert_mem_eq(vm.ram + 0x2f, "\xaa\xcc\xcc", 3);
	ASK("aabbcc", "m%llx,3", at - 1);
	ASK("OK", "z0,%llx,1", at);
	ck_assert_uint_eq(vm.ram[0x30], 0xbb);
	ASK("OK", "z0,%llx,1", at);
	/* the program's name and the kernel's of the same byte */
	ASK("OK", "Z0,%llx,1", LOW);
	ASK("OK", "Z0,%llx,1", HIGH + RAM / 2);
	ASK("OK", "z0,%llx,1", LOW);
	ck_assert_uint_eq(vm.ram[RAM / 2], 0xcc);
	ASK("OK", "z0,%llx,1", HIGH + RAM / 2);
	ck_assert_uint_eq(vm.ram[RAM / 2], 0x80);
	/* the guest puts something else there: that stays */
	ASK("OK", "Z0,%llx,1", at);
	vm.ram[0x30] = 0x90;
	ASK("90", "m%llx,1", at);
	ASK("OK", "z0,%llx,1", at);
	ck_assert_uint_eq(vm.ram[0x30], 0x90);
	ASK("E06", "Z0,%llx,1", 0x1000ull);
	ASK("", "Z5,%llx,1", at);
	ASK("E16", "Z0");
	ASK("E16", "Z0,12");
	for (unsigned int i = 0; i < GDB_SOFT_POINTS; i++)
		ask("Z0,%llx,1", HIGH + 0x2000 + i);
	ASK("E1c", "Z0,%llx,1", at);
	/* leaving takes them all away */
	ck_assert_str_eq(ask("D"), "OK|");
	for (unsigned int i = 0; i < GDB_SOFT_POINTS; i++)
		ck_assert_uint_eq(vm.ram[0x2000 + i], (uint8_t)(i ^ 0x20));
	ck_assert_uint_eq(vm.resumes, 1);
	ck_assert_int_eq(g->phase, GDB_DETACHED);
	teardown();
	ck_assert_uint_eq(vm.resumes, 1);
}
END_TEST

START_TEST(test_hard_points)
{
	setup();
	ASK("OK", "Z1,%llx,1", HIGH);
	ASK("OK", "Z1,%llx,1", HIGH);
	/* 12 bytes at 2 are 2, 4, 4, 2: with the first one too many for 4 */
	ASK("E1c", "Z2,%llx,c", HIGH + 2);
	ASK("OK", "Z2,%llx,6", HIGH + 2);
	for (unsigned int i = 0; i < 4; i++) {
		const struct axvm_debug_point *p = vm.debug[i].points;

		if (i == 2)
			continue;
		ck_assert_uint_eq(p[0].kind, AXVM_DEBUG_EXEC);
		ck_assert_uint_eq(p[0].len, 1);
		ck_assert_uint_eq(p[1].kind, AXVM_DEBUG_WRITE);
		ck_assert_uint_eq(p[1].addr, HIGH + 2);
		ck_assert_uint_eq(p[1].len, 2);
		ck_assert_uint_eq(p[2].addr, HIGH + 4);
		ck_assert_uint_eq(p[2].len, 4);
		ck_assert_uint_eq(p[3].kind, 0);
	}
	ck_assert_uint_eq(vm.debugs[2], 0);
	ASK("OK", "z1,%llx,1", HIGH);
	ASK("OK", "Z4,%llx,8", HIGH + 8);
	ck_assert_uint_eq(vm.debug[3].points[2].kind, AXVM_DEBUG_ACCESS);
	ck_assert_uint_eq(vm.debug[3].points[2].len, 8);
	ASK("OK", "z2,%llx,6", HIGH + 2);
	ck_assert_uint_eq(vm.debug[3].points[0].addr, HIGH + 8);
	ASK("E16", "Z2,%llx,0", HIGH);
	ASK("E16", "Z2,ffffffffffffffff,2");
	ASK("E16", "Z2,%llx,%x", HIGH, 8 * AXVM_DEBUG_POINTS + 1);
	teardown(); /* the client is gone without a word */
	ck_assert_uint_eq(vm.debug[0].points[0].kind, 0);
	ck_assert_uint_eq(vm.resumes, 1);
}
END_TEST

START_TEST(test_continue)
{
	setup();
	ASK("OK", "Z0,%llx,1", HIGH + 0x30);
	ck_assert_str_eq(ask("vCont;c"), "");
	ck_assert_uint_eq(vm.resumes, 1);
	ck_assert_uint_eq(vm.debug[0].flags, AXVM_DEBUG_INSN);
	ck_assert_str_eq(stopped(), ""); /* it has not */
	hit(1, AXVM_DEBUG_HIT_INSN, HIGH + 0x30, 0);
	ck_assert_str_eq(stopped(), "T056:0000000000000000;7:0000000000000000;"
				    "10:30000080ffffffff;thread:2;swbreak:;|");
	ASK("QC2", "qC");
	/* hardware tells by its own name */
	ASK("OK", "z0,%llx,1", HIGH + 0x30);
	ASK("OK", "Z1,%llx,1", HIGH + 0x40);
	ASK("OK", "Z2,%llx,4", HIGH + 0x100);
	ASK("OK", "Z3,%llx,4", HIGH + 0x110);
	ASK("OK", "Z4,%llx,4", HIGH + 0x120);
	ck_assert_str_eq(ask("c"), "");
	ck_assert_uint_eq(vm.debug[1].flags, 0);
	hit(3, AXVM_DEBUG_HIT_EXEC, HIGH + 0x40, HIGH + 0x40);
	ck_assert(has(stopped(), "thread:4;hwbreak:;|"));
	ask("vCont;c");
	hit(0, AXVM_DEBUG_HIT_DATA, HIGH + 0x50, HIGH + 0x100);
	ck_assert(has(stopped(), "thread:1;watch:ffffffff80000100;|"));
	ask("C05");
	hit(0, AXVM_DEBUG_HIT_DATA, HIGH + 0x50, HIGH + 0x110);
	ck_assert(has(stopped(), "rwatch:ffffffff80000110;|"));
	ask("vCont;C05:-1");
	hit(0, AXVM_DEBUG_HIT_DATA, HIGH + 0x50, HIGH + 0x120);
	ck_assert(has(stopped(), "awatch:ffffffff80000120;|"));
	teardown();
}
END_TEST

START_TEST(test_step)
{
	setup();
	ck_assert_str_eq(ask("vCont;s:2;c"), "");
	ck_assert_uint_eq(vm.debug[0].flags, 0);
	ck_assert_uint_eq(vm.debug[1].flags, AXVM_DEBUG_STEP);
	ck_assert_uint_eq(vm.debug[3].flags, 0);
	hit(1, AXVM_DEBUG_HIT_STEP, HIGH + 2, 0);
	ck_assert(has(stopped(), "T05"));
	/* one alone: the others hold still */
	ck_assert_str_eq(ask("vCont;s:2"), "");
	ck_assert_uint_eq(vm.debug[0].flags, AXVM_DEBUG_HOLD);
	ck_assert_uint_eq(vm.debug[1].flags, AXVM_DEBUG_STEP);
	ck_assert_uint_eq(vm.debug[3].flags, AXVM_DEBUG_HOLD);
	hit(1, AXVM_DEBUG_HIT_STEP, HIGH + 4, 0);
	ck_assert(has(stopped(), "thread:2;|"));
	/* a range: on and on until it is left */
	ck_assert_str_eq(ask("vCont;r%llx,%llx:2;c:-1", HIGH, HIGH + 0x10), "");
	vm.resumes = 0;
	for (unsigned int i = 5; i < 0x10; i++) {
		hit(1, AXVM_DEBUG_HIT_STEP, HIGH + i, 0);
		ck_assert_str_eq(stopped(), "");
		ck_assert_uint_eq(vm.debug[1].flags, AXVM_DEBUG_STEP);
	}
	ck_assert_uint_eq(vm.resumes, 0x10 - 5);
	hit(1, AXVM_DEBUG_HIT_STEP, HIGH + 0x10, 0);
	ck_assert(has(stopped(), "thread:2;|"));
	/* old clients */
	ASK("OK", "Hc2");
	ck_assert_str_eq(ask("s"), "");
	ck_assert_uint_eq(vm.debug[0].flags, AXVM_DEBUG_HOLD);
	ck_assert_uint_eq(vm.debug[1].flags, AXVM_DEBUG_STEP);
	hit(1, AXVM_DEBUG_HIT_STEP, HIGH + 0x11, 0);
	stopped();
	ASK("E16", "vCont;q");
	ASK("E16", "vCont;c:3");
	ASK("E16", "vCont;s:1x");
	ASK("E16", "vCont;r10:1");
	ASK("E16", "c1000");
	teardown();
}
END_TEST

/* INT3 that is the guest's own. */
START_TEST(test_reflect)
{
	setup();
	ASK("OK", "Z0,%llx,1", HIGH + 0x30);
	ask("vCont;c");
	hit(1, AXVM_DEBUG_HIT_INSN, HIGH + 0x50, 0);
	vm.resumes = 0;
	ck_assert_str_eq(stopped(), "");
	ck_assert_uint_eq(vm.resumes, 1);
	ck_assert_uint_eq(vm.debug[1].flags,
			  AXVM_DEBUG_INSN | AXVM_DEBUG_REFLECT);
	ck_assert_uint_eq(vm.debug[0].flags, AXVM_DEBUG_INSN);
	/* together with one of ours: it is given back when that one goes on */
	hit(1, AXVM_DEBUG_HIT_INSN, HIGH + 0x50, 0);
	hit(3, AXVM_DEBUG_HIT_INSN, HIGH + 0x30, 0);
	ck_assert(has(stopped(), "thread:4;swbreak"));
	/* not while it is held */
	ask("vCont;s:4");
	ck_assert_uint_eq(vm.debug[1].flags, AXVM_DEBUG_INSN | AXVM_DEBUG_HOLD);
	hit(3, AXVM_DEBUG_HIT_STEP, HIGH + 0x31, 0);
	ck_assert(has(stopped(), "thread:4;|"));
	ask("vCont;c");
	ck_assert_uint_eq(vm.debug[1].flags,
			  AXVM_DEBUG_INSN | AXVM_DEBUG_REFLECT);
	/* or when the client leaves */
	hit(1, AXVM_DEBUG_HIT_INSN, HIGH + 0x50, 0);
	hit(3, AXVM_DEBUG_HIT_INSN, HIGH + 0x30, 0);
	ck_assert(has(stopped(), "thread:4;swbreak"));
	ASK("OK", "D;1");
	ck_assert_uint_eq(vm.debug[1].flags, AXVM_DEBUG_REFLECT);
	ck_assert_uint_eq(vm.debug[0].flags, 0);
	ck_assert_uint_eq(vm.ram[0x30], 0x30);
	teardown();
}
END_TEST

/* Several vCPUs at once: each is told in its turn, none is lost. */
START_TEST(test_pending)
{
	setup();
	ASK("OK", "Z0,%llx,1", HIGH + 0x30);
	ASK("OK", "Z2,%llx,4", HIGH + 0x100);
	ask("vCont;c");
	hit(0, AXVM_DEBUG_HIT_INSN, HIGH + 0x30, 0);
	hit(1, AXVM_DEBUG_HIT_DATA, HIGH + 0x60, HIGH + 0x100);
	hit(3, AXVM_DEBUG_HIT_INSN, HIGH + 0x30, 0);
	vm.resumes = 0;
	ck_assert(has(stopped(), "thread:2;watch"));
	/* over its breakpoint, alone: the others' hits wait */
	ask("vCont;s:2");
	ck_assert_uint_eq(vm.resumes, 1);
	hit(1, AXVM_DEBUG_HIT_STEP, HIGH + 0x62, 0);
	ck_assert(has(stopped(), "thread:2;|"));
	ck_assert(has(ask("vCont;c"), "thread:1;swbreak"));
	ck_assert_uint_eq(vm.resumes, 1); /* it did not go on for that */
	/* the breakpoint is gone, and with it the third */
	ASK("OK", "z0,%llx,1", HIGH + 0x30);
	ck_assert_str_eq(ask("vCont;c"), "");
	ck_assert_uint_eq(vm.resumes, 2);
	/* who steps is told of the step first */
	gdb_input(g, (const uint8_t *)"\003", 1);
	ck_assert(has(replies(), "T02"));
	ASK("OK", "Z0,%llx,1", HIGH + 0x30);
	ask("vCont;s:4;c");
	hit(0, AXVM_DEBUG_HIT_INSN, HIGH + 0x30, 0);
	hit(3, AXVM_DEBUG_HIT_STEP, HIGH + 0x70, 0);
	ck_assert(has(stopped(), "thread:4;|"));
	ck_assert(has(ask("vCont;s:4;c"), "thread:1;swbreak"));
	teardown();
}
END_TEST

START_TEST(test_interrupt)
{
	setup();
	ask("vCont;c");
	gdb_input(g, (const uint8_t *)"\003", 1);
	ck_assert(has(replies(), "T02"));
	ck_assert_uint_eq(vm.suspends, 1);
	/* a hit that came first is told instead */
	ASK("OK", "Z0,%llx,1", HIGH + 0x30);
	ask("vCont;c");
	hit(1, AXVM_DEBUG_HIT_INSN, HIGH + 0x30, 0);
	vm.state.state = GDB_RUNNING; /* it did not get about yet */
	gdb_input(g, (const uint8_t *)"\003", 1);
	ck_assert(has(replies(), "T05"));
	/* somebody else suspends it */
	ask("vCont;c");
	vm.state.state = GDB_HELD;
	strcpy(vm.state.text, "suspended");
	ck_assert(has(stopped(), "O6178766d3a2073757370656e6465640a|T00"));
	/* a client that comes back on a serial line */
	ask("vCont;c");
	ck_assert(has(ask("qSupported:swbreak+"), "+PacketSize"));
	ck_assert_int_eq(g->phase, GDB_STOPPED);
	ck_assert_uint_eq(vm.ram[0x30], 0x30);
	ck_assert_int_eq(vm.state.state, GDB_HELD);
	ck_assert(has(ask("?"), "+T05"));
	/* somebody else has let it go on */
	vm.resume_error = -EBADFD;
	vm.state.state = GDB_RUNNING;
	ck_assert_str_eq(ask("vCont;c"), "+");
	ck_assert_int_eq(g->phase, GDB_GOING);
	teardown();
}
END_TEST

static void ends(enum gdb_vm_state state, int code, bool look,
		 unsigned int vcpu)
{
	vm.state = (struct gdb_state){ .state = state,
				       .code = code,
				       .look = look,
				       .vcpu = vcpu,
				       .text = "so" };
}

START_TEST(test_ends)
{
	setup();
	ASK("OK", "Z0,%llx,1", HIGH + 0x30);
	ASK("OK", "Z1,%llx,1", HIGH);
	ask("vCont;c");
	ends(GDB_ENDED, 0, false, 0);
	ck_assert_str_eq(stopped(), "O6178766d3a20736f0a|W00|");
	ck_assert_int_eq(g->phase, GDB_OVER);
	/* it may be started again */
	ck_assert_uint_eq(vm.ram[0x30], 0x30);
	ck_assert_uint_eq(vm.debug[3].points[0].kind, 0);
	ck_assert_uint_eq(vm.debug[3].flags, 0);
	teardown();
	/* destroyed under it */
	setup();
	ask("vCont;c");
	ends(GDB_GONE, 0, false, 0);
	ck_assert(has(stopped(), "|X09|"));
	ck_assert_int_eq(g->phase, GDB_OVER);
	teardown();
	/* a triple fault is looked at first */
	setup();
	ask("vCont;c");
	ends(GDB_ENDED, 10, true, 3);
	ck_assert(has(stopped(), "|T06"));
	ASK("QC4", "qC");
	ASK("1011", "m%llx,2", HIGH + 0x10);
	ck_assert_str_eq(ask("vCont;c"), "W0a|");
	ck_assert_int_eq(g->phase, GDB_OVER);
	teardown();
	/* it had ended before the client came */
	setup_arch(&gdb_arch_x86);
	ends(GDB_ENDED, 10, true, 0);
	ck_assert(has(ask("?"), "T06"));
	ck_assert(has(ask("c"), "W0a"));
	teardown();
	/* and while the client thought */
	setup();
	ends(GDB_GONE, 0, false, 0);
	vm.resume_error = -ENODEV;
	ck_assert(has(ask("vCont;c"), "X09|"));
	teardown();
}
END_TEST

START_TEST(test_kill)
{
	setup();
	ASK("OK", "Z0,%llx,1", HIGH + 0x30);
	ck_assert_str_eq(ask("k"), "");
	ck_assert_uint_eq(vm.stops, 1);
	ck_assert_uint_eq(vm.ram[0x30], 0x30);
	ck_assert_int_eq(g->phase, GDB_OVER);
	teardown();
	ck_assert_uint_eq(vm.resumes, 0);
	setup();
	ASK("OK", "vKill;1");
	ck_assert_uint_eq(vm.stops, 1);
	teardown();
}
END_TEST

START_TEST(test_restart)
{
	setup();
	ASK("OK", "Z0,%llx,1", HIGH + 0x30);
	ck_assert(has(ask("vRun;"), "T05"));
	ck_assert_uint_eq(vm.resets, 1);
	ck_assert_uint_eq(vm.ram[0x30], 0x30);
	ck_assert_str_eq(ask("R00"), "");
	ck_assert_uint_eq(vm.resets, 2);
	ck_assert(has(ask("qRcmd,7265736574"), "OK|"));
	ck_assert_uint_eq(vm.resets, 3);
	/* one that died lives again */
	ask("vCont;c");
	ends(GDB_ENDED, 10, true, 0);
	stopped();
	ck_assert(has(ask("vRun;"), "T05"));
	ck_assert_str_eq(ask("vCont;c"), "");
	ck_assert_int_eq(g->phase, GDB_GOING);
	teardown();
}
END_TEST

START_TEST(test_monitor)
{
	uint64_t v;

	setup();
	ASK("OK", "Hg2");
	ck_assert_str_eq(ask("qRcmd,65786974732035"), "O68656c6c6f0a|OK|");
	ck_assert_str_eq(vm.command, "1 exits 5");
	regs(1)->rip = 0x1234;
	ck_assert(gdb_reg_value(g, 1, "pc", &v) && v == 0x1234);
	ck_assert(gdb_reg_value(g, 1, "rip", &v) && v == 0x1234);
	ck_assert(gdb_reg_value(g, 1, "sp", &v) && !v);
	ck_assert(!gdb_reg_value(g, 1, "nosuch", &v));
	ASK("E16", "qRcmd,6");
	ASK("E16", "qRcmd,zz");
	teardown();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("gdb");
	TCase *tc = tcase_create("gdb");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, test_hello);
	tcase_add_test(tc, test_threads);
	tcase_add_test(tc, test_registers);
	tcase_add_test(tc, test_fpu);
	tcase_add_test(tc, test_system_registers);
	tcase_add_test(tc, test_arm64);
	tcase_add_test(tc, test_descriptions);
	tcase_add_test(tc, test_memory);
	tcase_add_test(tc, test_search);
	tcase_add_test(tc, test_soft_points);
	tcase_add_test(tc, test_hard_points);
	tcase_add_test(tc, test_continue);
	tcase_add_test(tc, test_step);
	tcase_add_test(tc, test_reflect);
	tcase_add_test(tc, test_pending);
	tcase_add_test(tc, test_interrupt);
	tcase_add_test(tc, test_ends);
	tcase_add_test(tc, test_kill);
	tcase_add_test(tc, test_restart);
	tcase_add_test(tc, test_monitor);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
