// SPDX-License-Identifier: GPL-2.0
/*
 * What a client asks of a debugging session besides registers and memory: what
 * it can, which threads there are, the target's description, and commands that
 * a user types behind "monitor".
 *
 * Manual: "GDB Remote Serial Protocol", general query packets.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gdb.h"
#include "vmctl.h"

#define COMMAND_MOST 512u

/* A word of a list that ';' separates? */
static bool has_word(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = strstr(list, word); p; p = strstr(p + 1, word)) {
		if ((p == list || strchr(":;", p[-1])) &&
		    (!p[n] || p[n] == ';'))
			return true;
	}
	return false;
}

static void supported(struct gdb *g, const char *p, size_t len)
{
	g->swbreak = has_word(p, "swbreak+");
	g->hwbreak = has_word(p, "hwbreak+");
	rsp_text(&g->out, "PacketSize=");
	rsp_number(&g->out, RSP_MAX);
	rsp_text(&g->out, ";QStartNoAckMode+;vContSupported+;swbreak+;hwbreak+"
			  ";qXfer:features:read+;qXfer:threads:read+"
			  ";binary-upload+");
}

static void no_ack(struct gdb *g, const char *p, size_t len)
{
	g->no_ack = true;
	gdb_ok(g);
}

/* ---- threads ---------------------------------------------------------------- */

static void current(struct gdb *g, const char *p, size_t len)
{
	rsp_text(&g->out, "QC");
	rsp_number(&g->out, g->stop + 1);
}

static void list_rest(struct gdb *g, const char *p, size_t len)
{
	char before = 'm';

	for (; g->listed < AXVM_MAX_VCPUS; g->listed++) {
		if (!g->vcpus[g->listed].there)
			continue;
		rsp_bytes(&g->out, &before, 1);
		rsp_number(&g->out, g->listed + 1);
		before = ',';
	}
	if (!g->out.len)
		rsp_text(&g->out, "l");
}

static void list_first(struct gdb *g, const char *p, size_t len)
{
	g->listed = 0;
	list_rest(g, p, len);
}

static void describe(struct gdb *g, const char *p, size_t len)
{
	char text[128] = "";
	int vcpu;

	if (!gdb_get_thread(g, &p, &vcpu) || vcpu < 0) {
		rsp_error(&g->out, ESRCH);
		return;
	}
	g->ops->describe(g->ctx, (unsigned int)vcpu, text, sizeof(text));
	rsp_hex(&g->out, text, strlen(text));
}

static char *threads_xml(struct gdb *g)
{
	char *text = NULL;
	size_t size;
	FILE *out = must(open_memstream(&text, &size));

	fputs("<?xml version=\"1.0\"?>\n<threads>\n", out);
	for (unsigned int i = 0; i < AXVM_MAX_VCPUS; i++) {
		char words[128] = "";

		if (!g->vcpus[i].there)
			continue;
		g->ops->describe(g->ctx, i, words, sizeof(words));
		fprintf(out, "<thread id=\"%x\" name=\"vCPU %u\">%s</thread>\n",
			i + 1, i, words);
	}
	fputs("</threads>\n", out);
	fclose(out);
	return must(text);
}

/* ---- documents, piece by piece ------------------------------------------------ */

/* "OFFSET,LENGTH" of @text. */
static void piece(struct gdb *g, const char *text, const char *p)
{
	uint64_t at, n, size = strlen(text);

	if (!rsp_get_number(&p, &at) || *p++ != ',' ||
	    !rsp_get_number(&p, &n) || at > size) {
		rsp_error(&g->out, EINVAL);
		return;
	}
	if (n > RSP_MAX - 1)
		n = RSP_MAX - 1;
	if (n > size - at)
		n = size - at;
	rsp_text(&g->out, at + n < size ? "m" : "l");
	rsp_bytes(&g->out, text + at, (size_t)n);
}

static void features(struct gdb *g, const char *p, size_t len)
{
	if (!rsp_skip(&p, "target.xml:")) {
		rsp_text(&g->out, "E00"); /* no such annex */
		return;
	}
	if (!g->xml)
		g->xml = gdb_arch_xml(g->arch);
	piece(g, g->xml, p);
}

static void threads(struct gdb *g, const char *p, size_t len)
{
	if (!strncmp(p, "0,", 2) || !g->threads) {
		free(g->threads);
		g->threads = threads_xml(g);
	}
	piece(g, g->threads, p);
}

/* ---- the rest ----------------------------------------------------------------- */

static void attached(struct gdb *g, const char *p, size_t len)
{
	rsp_text(&g->out, "1"); /* it was there before: quitting detaches */
}

static void ok(struct gdb *g, const char *p, size_t len)
{
	gdb_ok(g);
}

static void memory(struct gdb *g, const char *p, size_t len)
{
	gdb_mem_packet(g, g->in.buf, g->in.len);
}

static void say(struct gdb *g, const char *text)
{
	gdb_console(g, text, strlen(text));
}

/* "phys on": what is asked of memory from then on is guest-physical. */
static void set_phys(struct gdb *g, const char *p)
{
	p += strspn(p, " ");
	if (!strcmp(p, "on") || !strcmp(p, "off"))
		g->phys = !strcmp(p, "on");
	else if (*p)
		say(g, "phys on, or phys off?\n");
	say(g, g->phys ? "Addresses are guest-physical.\n" :
			 "Addresses are guest-virtual.\n");
}

static void reset(struct gdb *g)
{
	int ret;

	/* Memory is loaded anew: in between nothing of ours is in it. */
	gdb_disarm(g);
	ret = g->ops->reset(g->ctx);
	gdb_regs_forget(g);
	g->halted_dead = ret && g->halted_dead;
	say(g,
	    ret ? "It cannot be reset.\n" :
		  "It is at its first instruction, with its images loaded again.\n"
		  "gdb does not know yet: say `maintenance flush register-cache`.\n"
		  "Breakpoints are set again when it goes on.\n");
}

static void monitor(struct gdb *g, const char *p, size_t len)
{
	char text[COMMAND_MOST + 1];

	if (len > 2 * COMMAND_MOST || len % 2 ||
	    !rsp_get_hex(&p, text, len / 2)) {
		rsp_error(&g->out, EINVAL);
		return;
	}
	text[len / 2] = '\0';
	p = text + strspn(text, " ");
	if (rsp_skip(&p, "phys") && (!*p || *p == ' '))
		set_phys(g, p);
	else if (!strcmp(p, "reset"))
		reset(g);
	else
		g->ops->monitor(g->ctx, g, g->thread, text);
	g->out.len = 0;
	gdb_ok(g);
}

static const struct {
	const char *word;
	void (*fn)(struct gdb *g, const char *p, size_t len);
} queries[] = {
	{ "qSupported", supported },
	{ "QStartNoAckMode", no_ack },
	{ "qfThreadInfo", list_first },
	{ "qsThreadInfo", list_rest },
	{ "qThreadExtraInfo,", describe },
	{ "qXfer:features:read:", features },
	{ "qXfer:threads:read::", threads },
	{ "qAttached", attached },
	{ "qSymbol::", ok },
	{ "qRcmd,", monitor },
	{ "qSearch:memory:", memory },
	{ "qCRC:", memory },
};

bool gdb_query(struct gdb *g, const char *p, size_t len)
{
	const char *begin = p;

	if (!strcmp(p, "qC")) {
		current(g, p, len);
		return true;
	}
	for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
		p = begin;
		if (!rsp_skip(&p, queries[i].word))
			continue;
		queries[i].fn(g, p, len - (size_t)(p - begin));
		return true;
	}
	return false;
}
