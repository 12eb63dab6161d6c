// SPDX-License-Identifier: GPL-2.0
/*
 * Target descriptions: the XML out of an architecture's tables.
 */
#include <stdio.h>
#include <stdlib.h>

#include "gdb_arch.h"
#include "vmctl.h"

const struct gdb_reg *gdb_arch_reg(const struct gdb_arch *a, unsigned int nr)
{
	for (size_t i = 0; i < a->n_features; i++) {
		if (nr < a->features[i].n_regs)
			return &a->features[i].regs[nr];
		nr -= (unsigned int)a->features[i].n_regs;
	}
	return NULL;
}

unsigned int gdb_arch_n_regs(const struct gdb_arch *a)
{
	unsigned int n = 0;

	for (size_t i = 0; i < a->n_features; i++)
		n += (unsigned int)a->features[i].n_regs;
	return n;
}

static void put_flags(FILE *out, const struct gdb_flags *f)
{
	fprintf(out, "<flags id=\"%s\" size=\"%u\">\n", f->id, f->bytes);
	for (unsigned int i = 0; i < f->n; i++) {
		const struct gdb_flag *b = &f->flags[i];

		fprintf(out, "<field name=\"%s\" start=\"%u\" end=\"%u\"%s/>\n",
			b->name, b->low, b->high,
			b->low == b->high ? " type=\"bool\"" : "");
	}
	fputs("</flags>\n", out);
}

static void put_feature(FILE *out, const struct gdb_feature *f,
			unsigned int number)
{
	fprintf(out, "<feature name=\"%s\">\n%s", f->name,
		f->types ? f->types : "");
	for (size_t i = 0; i < f->n_flags; i++)
		put_flags(out, &f->flags[i]);
	for (size_t i = 0; i < f->n_regs; i++) {
		const struct gdb_reg *r = &f->regs[i];

		fprintf(out,
			"<reg name=\"%s\" bitsize=\"%u\" type=\"%s\" regnum=\"%u\"",
			r->name, r->bits, r->type, number++);
		if (f->group)
			fprintf(out, " group=\"%s\"", f->group);
		fputs("/>\n", out);
	}
	fputs("</feature>\n", out);
}

char *gdb_arch_xml(const struct gdb_arch *a)
{
	unsigned int number = 0;
	char *text = NULL;
	size_t size;
	FILE *out = must(open_memstream(&text, &size));

	fprintf(out,
		"<?xml version=\"1.0\"?>\n"
		"<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n"
		"<target version=\"1.0\">\n"
		"<architecture>%s</architecture>\n",
		a->name);
	for (size_t i = 0; i < a->n_features; i++) {
		put_feature(out, &a->features[i], number);
		number += (unsigned int)a->features[i].n_regs;
	}
	fputs("</target>\n", out);
	if (fclose(out))
		must(NULL);
	return must(text);
}
