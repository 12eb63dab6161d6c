// SPDX-License-Identifier: GPL-2.0
/*
 * A debugging session lets its VM go on, and finds out why it stopped.
 *
 * Several vCPUs may hit something before all are out of the guest.  One is
 * told; the others' hits are kept, and told as soon as the client lets them go
 * on.  A breakpoint instruction that is the guest's own is given back to it,
 * and nobody hears of it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gdb.h"

#define SIG_INT 2
#define SIG_TRAP 5
#define SIG_ABRT 6

/* ---- what vCPUs watch for --------------------------------------------------- */

int gdb_arm(struct gdb *g, unsigned int vcpu, uint32_t flags)
{
	struct axvm_vcpu_debug d = { .flags = flags };
	struct gdb_vcpu *v = &g->vcpus[vcpu];
	int ret;

	if (g->n_soft)
		d.flags |= AXVM_DEBUG_INSN;
	/* What is about the next instruction only has to be said each time. */
	if (d.flags == v->flags && v->generation == g->generation &&
	    !(d.flags & ~AXVM_DEBUG_INSN))
		return 0;
	ret = gdb_points_fill(g, &d);
	if (!ret)
		ret = g->ops->debug(g->ctx, vcpu, &d);
	if (ret)
		return ret;
	v->flags = d.flags;
	v->generation = g->generation;
	return 0;
}

void gdb_disarm(struct gdb *g)
{
	gdb_points_away(g);
	for (unsigned int i = 0; i < AXVM_MAX_VCPUS; i++) {
		struct gdb_vcpu *v = &g->vcpus[i];

		if (!v->there)
			continue;
		/* One that is the guest's own, and was not told yet. */
		if (v->pending && v->hit.debug.what == AXVM_DEBUG_HIT_INSN)
			v->pending = false;
		gdb_arm(g, i, v->reflect ? AXVM_DEBUG_REFLECT : 0);
		v->reflect = v->pending = false;
	}
}

/* ---- stop replies ------------------------------------------------------------- */

static void put_register(struct gdb *g, unsigned int vcpu, unsigned int nr)
{
	rsp_number(&g->out, nr);
	rsp_text(&g->out, ":");
	gdb_reg_put(g, vcpu, nr);
	rsp_text(&g->out, ";");
}

static void put_reason(struct gdb *g, const struct axvm_exit *e)
{
	static const char *const kinds[] = { "watch", "watch", "watch",
					     "rwatch", "awatch" };
	const struct gdb_hard *h;

	switch (e->debug.what) {
	case AXVM_DEBUG_HIT_INSN:
		if (g->swbreak)
			rsp_text(&g->out, "swbreak:;");
		return;
	case AXVM_DEBUG_HIT_EXEC:
		if (g->hwbreak)
			rsp_text(&g->out, "hwbreak:;");
		return;
	case AXVM_DEBUG_HIT_DATA:
		h = gdb_points_watch(g, e->gva);
		rsp_text(&g->out, kinds[h ? h->type : 2]);
		rsp_text(&g->out, ":");
		rsp_number(&g->out, e->gva);
		rsp_text(&g->out, ";");
		return;
	}
}

static void stop_reply(struct gdb *g, unsigned int vcpu, int sig,
		       const struct axvm_exit *e)
{
	uint8_t byte = (uint8_t)sig;

	g->phase = GDB_STOPPED;
	g->interrupted = false;
	g->stop = g->thread = vcpu;
	g->out.len = 0;
	rsp_text(&g->out, "T");
	rsp_hex(&g->out, &byte, 1);
	put_register(g, vcpu, g->arch->fp);
	put_register(g, vcpu, g->arch->sp);
	put_register(g, vcpu, g->arch->pc);
	rsp_text(&g->out, "thread:");
	rsp_number(&g->out, vcpu + 1);
	rsp_text(&g->out, ";");
	if (e)
		put_reason(g, e);
}

void gdb_stop_reply(struct gdb *g, unsigned int vcpu, int sig)
{
	stop_reply(g, vcpu, sig, NULL);
}

static void say_end(struct gdb *g)
{
	char text[sizeof(g->end.text) + 16];
	int n = snprintf(text, sizeof(text), "axvm: %s\n", g->end.text);

	if (*g->end.text)
		gdb_console(g, text, (size_t)n);
}

/* The last words about the VM: W with its exit status, X if it is gone. */
void gdb_stop_ended(struct gdb *g)
{
	uint8_t byte = (uint8_t)g->end.code;

	/* It may be started again, with nobody there to hear of a hit. */
	gdb_disarm(g);
	g->out.len = 0;
	if (g->end.state == GDB_GONE) {
		rsp_text(&g->out, "X09");
	} else {
		rsp_text(&g->out, "W");
		rsp_hex(&g->out, &byte, 1);
	}
	g->phase = GDB_OVER;
}

/*
 * A guest that ended well is over.  One that died can be looked at: that is
 * what a debugger is for; letting it go on then ends it for the client.
 */
static void ended(struct gdb *g)
{
	gdb_regs_forget(g);
	say_end(g);
	if (g->end.state == GDB_GONE || !g->end.look) {
		gdb_stop_ended(g);
		return;
	}
	g->halted_dead = true;
	stop_reply(g, g->end.vcpu, SIG_ABRT, NULL);
}

/* ---- why it stopped ------------------------------------------------------------- */

static void collect(struct gdb *g)
{
	for (unsigned int i = 0; i < AXVM_MAX_VCPUS; i++) {
		struct gdb_vcpu *v = &g->vcpus[i];

		if (v->there && g->ops->event(g->ctx, i, &v->hit))
			v->pending = true;
	}
}

/* Is it for the client?  It stays pending then. */
static bool judge(struct gdb *g, struct gdb_vcpu *v)
{
	switch (v->hit.debug.what) {
	case AXVM_DEBUG_HIT_INSN:
		if (gdb_points_own(g, v->hit.pc))
			return true;
		v->reflect = true;
		break;
	case AXVM_DEBUG_HIT_STEP:
		v->stepped = v->act == GDB_STEP &&
			     v->hit.pc - v->low >= v->high - v->low;
		if (v->stepped)
			return true;
		break;
	default:
		return true;
	}
	v->pending = false;
	return false;
}

/* Of the hits the one to tell; the thread that was told last comes last. */
static struct gdb_vcpu *choose(struct gdb *g)
{
	struct gdb_vcpu *best = NULL;

	for (unsigned int i = 1; i <= AXVM_MAX_VCPUS; i++) {
		struct gdb_vcpu *v = &g->vcpus[(g->stop + i) % AXVM_MAX_VCPUS];

		if (!v->there || !v->pending || !judge(g, v))
			continue;
		/* Who steps wants to hear of the step, not of others. */
		if (!best || (v->act == GDB_STEP && best->act != GDB_STEP))
			best = v;
	}
	return best;
}

static void tell(struct gdb *g, struct gdb_vcpu *v)
{
	v->pending = false;
	stop_reply(g, (unsigned int)(v - g->vcpus), SIG_TRAP, &v->hit);
}

/* ---- going on --------------------------------------------------------------------- */

static int arm_all(struct gdb *g)
{
	int ret = 0;

	for (unsigned int i = 0; !ret && i < AXVM_MAX_VCPUS; i++) {
		struct gdb_vcpu *v = &g->vcpus[i];
		uint32_t flags = 0;

		if (!v->there)
			continue;
		if (v->act == GDB_HOLD)
			flags |= AXVM_DEBUG_HOLD;
		if (v->act == GDB_STEP)
			flags |= AXVM_DEBUG_STEP;
		if (v->reflect && v->act != GDB_HOLD)
			flags |= AXVM_DEBUG_REFLECT;
		ret = gdb_arm(g, i, flags);
		/* The client has moved it away from there. */
		if (ret == -EBADFD && flags & AXVM_DEBUG_REFLECT)
			ret = gdb_arm(g, i, flags & ~AXVM_DEBUG_REFLECT);
		if (!ret && v->act != GDB_HOLD)
			v->reflect = false;
	}
	return ret;
}

/* All vCPUs as they are meant to go on; a stop reply if they cannot. */
static void go(struct gdb *g)
{
	int ret = arm_all(g);

	gdb_regs_forget(g);
	g->phase = GDB_GOING;
	if (!ret)
		ret = g->ops->resume(g->ctx);
	if (!ret)
		return;
	g->ops->state(g->ctx, &g->end);
	if (g->end.state >= GDB_ENDED)
		ended(g);
	else if (g->end.state != GDB_RUNNING) /* somebody else did it */
		stop_reply(g, g->stop, 0, NULL);
}

/* Hits that were not told: still true now that the client has had its way? */
static struct gdb_vcpu *still_pending(struct gdb *g)
{
	for (unsigned int i = 0; i < AXVM_MAX_VCPUS; i++) {
		struct gdb_vcpu *v = &g->vcpus[i];
		const struct gdb_hard *h;

		if (!v->there || !v->pending || v->act == GDB_HOLD)
			continue;
		v->pending = false;
		if (v->hit.debug.what == AXVM_DEBUG_HIT_STEP ||
		    gdb_pc(g, i) != v->hit.pc)
			continue;
		h = gdb_points_watch(g, v->hit.gva);
		if (v->hit.debug.what == AXVM_DEBUG_HIT_DATA ?
			    h != NULL :
			    gdb_points_at(g, v->hit.pc))
			return v;
	}
	return NULL;
}

static bool parse_act(struct gdb_vcpu *like, const char **p)
{
	uint64_t sig;
	char what = *(*p)++;

	like->low = like->high = 0;
	like->act = what == 'c' || what == 'C' ? GDB_GO : GDB_STEP;
	switch (what) {
	case 'c':
	case 's':
		return true;
	case 'C':
	case 'S': /* a guest has no signals to be given */
		return rsp_get_number(p, &sig);
	case 'r':
		return rsp_get_number(p, &like->low) && rsp_skip(p, ",") &&
		       rsp_get_number(p, &like->high);
	}
	return false;
}

static void act_set(struct gdb_vcpu *v, const struct gdb_vcpu *like)
{
	v->act = like->act;
	v->low = like->low;
	v->high = like->high;
	v->stepped = false;
}

/* ";ACTION[:THREAD]...": for each thread the first one that fits. */
static bool parse_actions(struct gdb *g, const char *p)
{
	bool given[AXVM_MAX_VCPUS] = { false };
	struct gdb_vcpu like;
	int vcpu;

	for (unsigned int i = 0; i < AXVM_MAX_VCPUS; i++)
		g->vcpus[i].act = GDB_HOLD;
	while (rsp_skip(&p, ";")) {
		vcpu = GDB_ALL_THREADS;
		if (!parse_act(&like, &p) ||
		    (rsp_skip(&p, ":") && !gdb_get_thread(g, &p, &vcpu)))
			return false;
		for (int i = 0; i < AXVM_MAX_VCPUS; i++) {
			if (given[i] || !g->vcpus[i].there ||
			    (vcpu != i && vcpu != GDB_ALL_THREADS))
				continue;
			given[i] = true;
			act_set(&g->vcpus[i], &like);
		}
	}
	return !*p;
}

/* "c", "s" and their likes, of clients that know no vCont. */
static bool parse_old(struct gdb *g, const char *p)
{
	unsigned int step = g->going < AXVM_MAX_VCPUS ? g->going : g->stop;
	struct gdb_vcpu like = { 0 };

	if (!parse_act(&like, &p) || *p)
		return false; /* an address to go on from: nobody sends it */
	for (unsigned int i = 0; i < AXVM_MAX_VCPUS; i++) {
		g->vcpus[i].act = g->going < AXVM_MAX_VCPUS ? GDB_HOLD : GDB_GO;
		g->vcpus[i].low = g->vcpus[i].high = 0;
	}
	act_set(&g->vcpus[step], &like);
	return true;
}

void gdb_resume_packet(struct gdb *g, const char *p)
{
	struct gdb_vcpu *v;

	if (*p == ';' || !*p ? !parse_actions(g, p) : !parse_old(g, p)) {
		rsp_error(&g->out, EINVAL);
		return;
	}
	if (g->halted_dead) {
		g->ops->state(g->ctx, &g->end);
		gdb_stop_ended(g);
		return;
	}
	v = still_pending(g);
	if (v)
		tell(g, v);
	else
		go(g);
}

void gdb_poll(struct gdb *g)
{
	struct gdb_state s = { 0 };
	struct gdb_vcpu *v;

	if (g->phase != GDB_GOING)
		return;
	g->ops->state(g->ctx, &s);
	if (s.state == GDB_RUNNING)
		return;
	g->out.len = 0;
	if (s.state >= GDB_ENDED) {
		g->end = s;
		ended(g);
		gdb_send(g);
		return;
	}
	collect(g);
	v = choose(g);
	if (v) {
		tell(g, v);
	} else if (g->interrupted) {
		stop_reply(g, g->stop, SIG_INT, NULL);
	} else if (s.state == GDB_HIT) {
		go(g);
	} else {
		g->end = s;
		say_end(g);
		stop_reply(g, g->stop, 0, NULL);
	}
	if (g->phase != GDB_GOING)
		gdb_send(g);
}
