// SPDX-License-Identifier: GPL-2.0
/*
 * [cpuid] of a configuration, leaf by leaf, from names and from raw bits.
 * What a VM makes of it is cpuid_apply.c's.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpuid_policy.h"
#include "names.h"
#include "uapi/axvm.h"
#include "vmctl.h"

#define WORDS_MOST 192
#define WORD_ROOM 32

#define ERROR(line, ...) diag_add(d, DIAG_ERROR, c->file, line, __VA_ARGS__)

/* The leaf's row, a new one if need be; NULL: too many. */
static struct cpuid_leaf *leaf_of(struct cpuid_policy *p, uint32_t leaf,
				  uint32_t subleaf, const char *key, int line)
{
	struct cpuid_leaf *l = p->leaf;

	for (unsigned int i = 0; i < p->n; i++, l++) {
		if (l->leaf == leaf && l->subleaf == subleaf)
			return l;
	}
	if (p->n == CPUID_LEAVES)
		return NULL;
	p->n++;
	*l = (struct cpuid_leaf){ .leaf = leaf,
				  .subleaf = subleaf,
				  .key = key,
				  .line = line };
	return l;
}

static void too_many(const struct config *c, const char *key, int line,
		     struct diags *d)
{
	ERROR(line, "%s: bits of more than %d leaves", key, CPUID_LEAVES);
}

/* ---- names -------------------------------------------------------------- */

/* What features = "..." says of each row of cpuid_words[]. */
struct marks {
	bool hide[WORDS_MOST], need[WORDS_MOST];
};

static unsigned int index_of(const struct cpuid_word *w)
{
	return (unsigned int)(w - cpuid_words);
}

static void no_such(const struct config *c, const char *key, int line,
		    const char *name, struct diags *d)
{
	const char *names[WORDS_MOST], *near;
	unsigned int n = 0;

	for (unsigned int i = 0; i < cpuid_nr_words; i++) {
		if (cpuid_words[i].name)
			names[n++] = cpuid_words[i].name;
	}
	near = name_nearest(name, names, n);
	ERROR(line,
	      "%s: no feature \"%s\" is known%s%s%s; `vmctl cpuid` lists those that are",
	      key, name, near ? " (did you mean \"" : "", near ? near : "",
	      near ? "\"?)" : "");
}

static void take_word(const struct config *c, const char *key, int line,
		      const char *word, size_t len, struct marks *m,
		      struct diags *d)
{
	const struct cpuid_word *w;
	char name[WORD_ROOM];

	if ((*word != '-' && *word != '+') || len < 2) {
		ERROR(line,
		      "%s: \"%.*s\" is neither -NAME (to hide it) nor +NAME (to insist on it)",
		      key, (int)(len < 40 ? len : 40), word);
		return;
	}
	snprintf(name, sizeof(name), "%.*s", (int)(len - 1), word + 1);
	w = cpuid_word(name);
	if (!w)
		no_such(c, key, line, name, d);
	else if (*word == '-')
		m->hide[index_of(w)] = true;
	else
		m->need[index_of(w)] = true;
}

/* What builds on a hidden feature is hidden, too. */
static void spread(struct marks *m)
{
	bool more;

	do {
		more = false;
		for (unsigned int i = 0; i < cpuid_nr_words; i++) {
			const char *needs = cpuid_words[i].needs;

			if (m->hide[i] || !needs ||
			    !m->hide[index_of(cpuid_word(needs))])
				continue;
			m->hide[i] = more = true;
		}
	} while (more);
}

static void read_words(const struct config *c, struct cpuid_policy *p,
		       struct diags *d)
{
	const struct cfg_text *t = &c->cpuid.features;
	const char *key = CFG_KEY(*t, "--cpuid"), *s = t->v;
	struct marks m = { 0 };

	if (!t->set)
		return;
	while (*(s += strspn(s, ", \t\n"))) {
		size_t len = strcspn(s, ", \t\n");

		take_word(c, key, t->line, s, len, &m, d);
		s += len;
	}
	spread(&m);
	for (unsigned int i = 0; i < cpuid_nr_words; i++) {
		const struct cpuid_word *w = &cpuid_words[i];
		struct cpuid_leaf *l;

		if (!m.hide[i] && !m.need[i])
			continue;
		l = leaf_of(p, w->leaf, w->subleaf, key, t->line);
		if (!l)
			return too_many(c, key, t->line, d);
		l->hide[w->reg] |= (uint32_t)m.hide[i] << w->bit;
		l->need[w->reg] |= (uint32_t)m.need[i] << w->bit;
		if (m.hide[i] && m.need[i])
			ERROR(t->line,
			      "%s: %s is insisted on, and hidden, by its own name or with what it builds on",
			      key, w->name);
	}
}

/* ---- bits --------------------------------------------------------------- */

static void read_row(const struct config *c, const struct cfg_cpuid *r,
		     const char *key, bool hide, struct cpuid_policy *p,
		     struct diags *d)
{
	const struct cfg_num *regs[] = { &r->eax, &r->ebx, &r->ecx, &r->edx };
	uint64_t all = r->leaf.v | r->subleaf.v, bits = 0;
	struct cpuid_leaf *l;

	for (unsigned int i = 0; i < CPUID_REGS; i++)
		bits |= regs[i]->v;
	if ((all | bits) > UINT32_MAX) {
		ERROR(r->line, "%s: leaves and registers of CPUID have 32 bits",
		      key);
		return;
	}
	if (!bits) {
		ERROR(r->line, "%s: no bit of eax, ebx, ecx or edx is named",
		      key);
		return;
	}
	l = leaf_of(p, (uint32_t)r->leaf.v, (uint32_t)r->subleaf.v, key,
		    r->line);
	if (!l)
		return too_many(c, key, r->line, d);
	for (unsigned int i = 0; i < CPUID_REGS; i++) {
		uint32_t *to = hide ? l->hide : l->need;

		to[i] |= (uint32_t)regs[i]->v;
	}
}

static void read_rows(const struct config *c, const struct cfg_rows *rows,
		      const char *key, bool hide, struct cpuid_policy *p,
		      struct diags *d)
{
	const struct cfg_cpuid *r = rows->v;

	for (size_t i = 0; i < rows->n; i++)
		read_row(c, &r[i], key, hide, p, d);
}

/* A start state that the guest's CPU would not have. */
static void check_mode(const struct config *c, const struct cpuid_policy *p,
		       struct diags *d)
{
	const struct cpuid_word *lm = cpuid_word("lm");
	const struct cfg_text *mode = &c->start_mode;

	if (!mode->set || strcmp(mode->v, "long64"))
		return;
	for (const struct cpuid_leaf *l = p->leaf; l < p->leaf + p->n; l++) {
		if (l->leaf == lm->leaf && l->subleaf == lm->subleaf &&
		    l->hide[lm->reg] >> lm->bit & 1)
			ERROR(l->line,
			      "%s hides lm, without which there is no %s \"%s\"",
			      l->key, CFG_KEY(*mode, "boot.mode"), mode->v);
	}
}

/* Two sources that disagree; within the names it has been said. */
static void check_leaf(const struct config *c, const struct cpuid_leaf *l,
		       struct diags *d)
{
	for (unsigned int i = 0; i < CPUID_REGS; i++) {
		if (l->hide[i] & l->need[i])
			ERROR(l->line,
			      "cpuid: leaf 0x%x, %u: bits 0x%x of %s are insisted on, and hidden",
			      l->leaf, l->subleaf, l->hide[i] & l->need[i],
			      cpuid_reg_names[i]);
	}
}

void cpuid_policy_read(const struct config *c, struct cpuid_policy *p,
		       struct diags *d)
{
	unsigned int hidden = 0;
	size_t before = d->errors;

	p->n = 0;
	read_words(c, p, d);
	read_rows(c, &c->cpuid.hide, "cpuid.hide", true, p, d);
	read_rows(c, &c->cpuid.need, "cpuid.need", false, p, d);
	if (d->errors > before)
		return;
	check_mode(c, p, d);
	for (unsigned int i = 0; i < p->n; i++) {
		const uint32_t *h = p->leaf[i].hide;

		check_leaf(c, &p->leaf[i], d);
		hidden += (h[0] | h[1] | h[2] | h[3]) != 0;
	}
	if (hidden > AXVM_CPUID_HIDES)
		ERROR(c->cpuid.hide.line,
		      "cpuid.hide: bits of %u leaves are hidden, at most %u can have some",
		      hidden, AXVM_CPUID_HIDES);
}

void cpuid_policy_check(const struct config *c, struct diags *d)
{
	struct cpuid_policy *p = must(calloc(1, sizeof(*p)));

	cpuid_policy_read(c, p, d);
	free(p);
}

void cpuid_policy_refuse(const struct config *c, const char *why,
			 struct diags *d)
{
	const struct cfg_cpuid_policy *p = &c->cpuid;

	if (p->features.set)
		ERROR(p->features.line, "%s %s",
		      CFG_KEY(p->features, "--cpuid"), why);
	if (p->hide.n)
		ERROR(p->hide.line, "cpuid.hide %s", why);
	if (p->need.n)
		ERROR(p->need.line, "cpuid.need %s", why);
}
