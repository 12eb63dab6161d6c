// SPDX-License-Identifier: GPL-2.0
/*
 * A debugging session: packets to the functions that serve them, and its life
 * from the first packet to the last.
 *
 * Manual: "GDB Remote Serial Protocol", packets.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gdb.h"

/* ---- out ------------------------------------------------------------------ */

void gdb_send(struct gdb *g)
{
	if (g->out.full)
		rsp_error(&g->out, EMSGSIZE);
	g->wire_len = rsp_encode(g->out.buf, g->out.len, g->wire);
	g->ops->send(g->ctx, g->wire, g->wire_len);
	g->out.len = 0;
	g->out.full = false;
}

void gdb_ok(struct gdb *g)
{
	g->out.len = 0;
	rsp_text(&g->out, "OK");
}

static void result(struct gdb *g, int ret)
{
	if (ret < 0)
		rsp_error(&g->out, ret);
	else
		gdb_ok(g);
}

void gdb_console(struct gdb *g, const char *text, size_t len)
{
	/* The reply that is being made comes after it. */
	static struct rsp_out kept;

	kept = g->out;
	while (len) {
		size_t n = len < RSP_MAX / 4 ? len : RSP_MAX / 4;

		g->out.len = 0;
		g->out.full = false;
		rsp_text(&g->out, "O");
		rsp_hex(&g->out, text, n);
		gdb_send(g);
		text += n;
		len -= n;
	}
	g->out = kept;
}

/* ---- threads -------------------------------------------------------------- */

static unsigned int first_vcpu(const struct gdb *g)
{
	for (unsigned int i = 0; i < AXVM_MAX_VCPUS; i++) {
		if (g->vcpus[i].there)
			return i;
	}
	return 0;
}

/* A thread id: "-1" all, "0" any (it was the last to stop); false: none. */
bool gdb_get_thread(struct gdb *g, const char **p, int *vcpu)
{
	uint64_t id;

	if (rsp_skip(p, "-1")) {
		*vcpu = GDB_ALL_THREADS;
		return true;
	}
	if (!rsp_get_number(p, &id))
		return false;
	if (!id) {
		*vcpu = (int)g->stop;
		return true;
	}
	if (id > AXVM_MAX_VCPUS || !g->vcpus[id - 1].there)
		return false;
	*vcpu = (int)id - 1;
	return true;
}

/* "Hg": for registers and memory.  "Hc", of old clients: who goes on. */
static void choose_thread(struct gdb *g, const char *p, size_t len)
{
	char what = *p++;
	int vcpu;

	if ((what != 'g' && what != 'c') || !gdb_get_thread(g, &p, &vcpu)) {
		rsp_error(&g->out, ESRCH);
		return;
	}
	if (what == 'g')
		g->thread = vcpu < 0 ? g->stop : (unsigned int)vcpu;
	else
		g->going = vcpu < 0 ? AXVM_MAX_VCPUS : (unsigned int)vcpu;
	gdb_ok(g);
}

static void thread_alive(struct gdb *g, const char *p, size_t len)
{
	int vcpu;

	result(g, gdb_get_thread(g, &p, &vcpu) ? 0 : -ESRCH);
}

/* ---- begin and end -------------------------------------------------------- */

static void begin(struct gdb *g)
{
	struct gdb_state s = { 0 };

	if (g->phase == GDB_GOING) {
		/* Its client went away without a word; here is another. */
		g->ops->suspend(g->ctx);
		g->phase = GDB_STOPPED;
		gdb_regs_forget(g);
		return;
	}
	g->ops->begin(g->ctx);
	g->phase = GDB_STOPPED;
	g->stop = g->thread = first_vcpu(g);
	g->going = AXVM_MAX_VCPUS;
	g->ops->state(g->ctx, &s);
	if (s.state >= GDB_ENDED) {
		g->halted_dead = true;
		g->end = s;
	}
}

/* A client's first words: what another left behind is not his. */
static void begin_client(struct gdb *g)
{
	g->no_ack = g->swbreak = g->hwbreak = g->phys = false;
	if (g->n_soft || g->n_hard)
		gdb_disarm(g);
}

static void go_away(struct gdb *g)
{
	struct gdb_state s = { 0 };

	if (g->phase == GDB_GOING) {
		g->ops->suspend(g->ctx);
		gdb_regs_forget(g);
	}
	gdb_disarm(g);
	g->ops->state(g->ctx, &s);
	if (s.state == GDB_HELD || s.state == GDB_HIT)
		g->ops->resume(g->ctx);
	g->phase = GDB_DETACHED;
}

static void detach(struct gdb *g, const char *p, size_t len)
{
	go_away(g);
	gdb_ok(g);
}

static int kill_vm(struct gdb *g)
{
	int ret;

	gdb_disarm(g);
	ret = g->ops->stop(g->ctx);
	g->phase = GDB_OVER;
	return ret;
}

static void kill_now(struct gdb *g, const char *p, size_t len)
{
	kill_vm(g);
}

static void restart(struct gdb *g, const char *p, size_t len)
{
	int ret;

	/* Memory is loaded anew: in between nothing of ours is in it. */
	gdb_disarm(g);
	ret = g->ops->reset(g->ctx);
	gdb_regs_forget(g);
	g->halted_dead = false;
	g->stop = g->thread = first_vcpu(g);
	if (ret)
		rsp_error(&g->out, ret);
}

static void why(struct gdb *g, const char *p, size_t len)
{
	if (g->halted_dead && g->end.state == GDB_GONE)
		gdb_stop_ended(g);
	else
		gdb_stop_reply(g, g->stop, g->halted_dead ? 6 : 5);
}

static void extended(struct gdb *g, const char *p, size_t len)
{
	gdb_ok(g);
}

/* ---- packets -------------------------------------------------------------- */

/* "v" packets with a name. */
static void named(struct gdb *g, const char *p, size_t len)
{
	if (rsp_skip(&p, "Cont?")) {
		rsp_text(&g->out, "vCont;c;C;s;S;r");
	} else if (rsp_skip(&p, "Cont")) {
		gdb_resume_packet(g, p);
	} else if (rsp_skip(&p, "Kill")) {
		result(g, kill_vm(g));
	} else if (rsp_skip(&p, "Run")) {
		restart(g, p, 0);
		if (!g->out.len)
			gdb_stop_reply(g, g->stop, 5);
	} else if (rsp_skip(&p, "CtrlC")) {
		gdb_ok(g);
	}
}

static void resume(struct gdb *g, const char *p, size_t len)
{
	gdb_resume_packet(g, p - 1);
}

static void registers(struct gdb *g, const char *p, size_t len)
{
	gdb_regs_packet(g, p - 1);
}

static void memory(struct gdb *g, const char *p, size_t len)
{
	gdb_mem_packet(g, p - 1, len + 1);
}

static void points(struct gdb *g, const char *p, size_t len)
{
	gdb_points_packet(g, p - 1);
}

static void query(struct gdb *g, const char *p, size_t len)
{
	gdb_query(g, p - 1, len + 1);
}

/* One that stands here not is answered by nothing: "not supported". */
static const struct {
	char letter;
	bool silent; /* no reply now, or none at all */
	void (*fn)(struct gdb *g, const char *p, size_t len);
} packets[] = {
	{ '!', false, extended },     { '?', false, why },
	{ 'D', false, detach },	      { 'H', false, choose_thread },
	{ 'T', false, thread_alive }, { 'k', true, kill_now },
	{ 'R', true, restart },	      { 'v', false, named },
	{ 'q', false, query },	      { 'Q', false, query },
	{ 'g', false, registers },    { 'G', false, registers },
	{ 'p', false, registers },    { 'P', false, registers },
	{ 'm', false, memory },	      { 'M', false, memory },
	{ 'x', false, memory },	      { 'X', false, memory },
	{ 'z', false, points },	      { 'Z', false, points },
	{ 'c', true, resume },	      { 'C', true, resume },
	{ 's', true, resume },	      { 'S', true, resume },
};

static void dispatch(struct gdb *g)
{
	const char *p = g->in.buf;
	size_t len = g->in.len;
	bool silent = false;

	g->out.len = 0;
	g->out.full = false;
	for (size_t i = 0; len && i < sizeof(packets) / sizeof(packets[0]);
	     i++) {
		if (packets[i].letter != *p)
			continue;
		silent = packets[i].silent;
		packets[i].fn(g, p + 1, len - 1);
		break;
	}
	/* The reply of one that lets the VM go on comes when it stops. */
	if (g->phase == GDB_GOING || (silent && !g->out.len))
		return;
	gdb_send(g);
}

static void packet(struct gdb *g)
{
	bool hello = !strncmp(g->in.buf, "qSupported", 10);

	if (hello)
		g->no_ack = false;
	if (!g->no_ack)
		g->ops->send(g->ctx, "+", 1);
	if (g->phase == GDB_NEW || g->phase == GDB_GOING)
		begin(g);
	if (hello)
		begin_client(g);
	dispatch(g);
}

static void interrupt(struct gdb *g)
{
	if (g->phase != GDB_GOING)
		return;
	g->interrupted = true;
	g->ops->suspend(g->ctx);
	gdb_poll(g);
}

static void again(struct gdb *g)
{
	if (!g->no_ack && g->wire_len)
		g->ops->send(g->ctx, g->wire, g->wire_len);
}

void gdb_input(struct gdb *g, const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len && g->phase < GDB_DETACHED; i++) {
		switch (rsp_feed(&g->in, data[i])) {
		case RSP_PACKET:
			packet(g);
			break;
		case RSP_BAD:
			if (!g->no_ack)
				g->ops->send(g->ctx, "-", 1);
			break;
		case RSP_NAK:
			again(g);
			break;
		case RSP_INTERRUPT:
			interrupt(g);
			break;
		case RSP_NONE:
		case RSP_ACK:
			break;
		}
	}
}

void gdb_open(struct gdb *g, const struct gdb_arch *arch,
	      const struct gdb_ops *ops, void *ctx, uint64_t mask)
{
	memset(g, 0, sizeof(*g));
	g->arch = arch;
	g->ops = ops;
	g->ctx = ctx;
	for (unsigned int i = 0; i < AXVM_MAX_VCPUS; i++) {
		g->vcpus[i].there = mask >> i & 1;
		/* A debugger that was killed may have left something. */
		g->vcpus[i].generation = ~0u;
	}
	g->stop = g->thread = first_vcpu(g);
	g->going = AXVM_MAX_VCPUS;
}

void gdb_close(struct gdb *g)
{
	if (g->phase == GDB_STOPPED || g->phase == GDB_GOING)
		go_away(g);
	free(g->xml);
	free(g->threads);
	g->xml = NULL;
	g->threads = NULL;
}
