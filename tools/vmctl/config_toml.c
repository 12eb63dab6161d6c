// SPDX-License-Identifier: GPL-2.0
/*
 * Configurations on their way out as TOML, in our own form: what is set, or
 * every key there is with a word on each (`config generate`).
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "config_schema.h"
#include "config_text.h"
#include "vmctl.h"

/* TOML's own numbers end here. */
#define TOML_MOST INT64_MAX

/**
 * struct writer - where text goes
 * @f: a stream in memory
 * @folder: paths below it are written relative to it, or NULL
 * @all: also keys that are not set, as comments, and what each one is
 */
struct writer {
	FILE *f;
	const char *folder;
	bool all;
};

/* A basic string; TOML takes everything but control characters, \ and ". */
static void put_string(struct writer *w, const char *s)
{
	fputc('"', w->f);
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '"' || c == '\\')
			fprintf(w->f, "\\%c", c);
		else if (c < ' ' || c == 0x7f)
			fprintf(w->f, "\\u%04x", c);
		else
			fputc(c, w->f);
	}
	fputc('"', w->f);
}

static void put_path(struct writer *w, const char *s)
{
	size_t n = w->folder ? strlen(w->folder) : 0;

	/* All of "/" is below "/". */
	if (n > 1 && !strncmp(s, w->folder, n) && s[n] == '/' && s[n + 1])
		s += n + 1;
	put_string(w, s);
}

static void put_number(struct writer *w, uint64_t v, bool hex)
{
	char buf[CFG_TEXT_MAX];

	if (hex)
		fprintf(w->f, v > TOML_MOST ? "\"%s\"" : "%s",
			cfg_hex_text(v, buf));
	else
		fprintf(w->f, v > TOML_MOST ? "\"%" PRIu64 "\"" : "%" PRIu64,
			v);
}

static void put_num(struct writer *w, const struct cfg_field *f, uint64_t v)
{
	char buf[CFG_TEXT_MAX];
	const char *word = NULL;

	if (f->type == CFG_WORD)
		word = cfg_word_name(f->words, v);
	else if (f->type == CFG_ACCESS)
		word = cfg_access_text(v, buf);
	else if (f->type == CFG_MASK || f->type == CFG_MASKS)
		word = cfg_mask_text(v, buf);
	else if (f->type == CFG_SIZE && v && !(v & 1023))
		word = cfg_size_text(v, buf);
	if (word)
		put_string(w, word);
	else
		put_number(w, v, f->type == CFG_HEX);
}

static void put_nums(struct writer *w, const struct cfg_field *f,
		     const struct cfg_nums *nums)
{
	fputc('[', w->f);
	for (size_t i = 0; i < nums->n; i++) {
		if (i)
			fputs(", ", w->f);
		put_num(w, f, nums->v[i]);
	}
	fputc(']', w->f);
}

static void put_value(struct writer *w, const struct cfg_field *f,
		      const void *member)
{
	switch (f->type) {
	case CFG_BOOL:
		fputs(((const struct cfg_bool *)member)->v ? "true" : "false",
		      w->f);
		break;
	case CFG_TEXT:
		put_string(w, ((const struct cfg_text *)member)->v);
		break;
	case CFG_PATH:
		put_path(w, ((const struct cfg_text *)member)->v);
		break;
	case CFG_NUMS:
	case CFG_MASKS:
		put_nums(w, f, member);
		break;
	case CFG_ROWS:
		break;
	default:
		put_num(w, f, ((const struct cfg_num *)member)->v);
	}
}

static bool is_set(const void *base, const struct cfg_field *f)
{
	return ((const struct cfg_value *)cfg_member(base, f))->set;
}

/* Another type of a key that is set, as memory = [...] and "512M" are. */
static bool is_said(const struct cfg_field *fields, const void *base,
		    const char *name)
{
	for (; fields->name; fields++) {
		if (!strcmp(fields->name, name) && is_set(base, fields))
			return true;
	}
	return false;
}

static void put_fields(struct writer *w, const struct cfg_field *fields,
		       const void *base)
{
	for (const struct cfg_field *f = fields; f->name; f++) {
		if (f->type == CFG_ROWS)
			continue;
		if (is_set(base, f)) {
			fprintf(w->f, "%s = ", f->name);
			put_value(w, f, cfg_member(base, f));
		} else if (w->all && f->example &&
			   !is_said(fields, base, f->name)) {
			fprintf(w->f, "# %s = %s", f->name, f->example);
		} else {
			continue;
		}
		if (w->all && f->help)
			fprintf(w->f, "\t# %s", f->help);
		fputc('\n', w->f);
	}
}

static void put_example_row(struct writer *w, const char *table,
			    const struct cfg_field *f)
{
	fprintf(w->f, "\n# [[%s]]\t# %s\n", table, f->help);
	for (const struct cfg_field *m = f->row->fields; m->name; m++)
		fprintf(w->f, "# %s = %s\t# %s%s\n", m->name, m->example,
			m->help, m->optional ? "" : " (needed)");
}

/* [[section.name]] for each row of a section's tables. */
static void put_tables(struct writer *w, const struct cfg_section *s,
		       const void *base)
{
	struct writer plain = *w;

	plain.all = false;
	for (const struct cfg_field *f = s->fields; f->name; f++) {
		const struct cfg_rows *rows = cfg_member(base, f);
		char table[64];

		if (f->type != CFG_ROWS)
			continue;
		snprintf(table, sizeof(table), "%s%s%s", s->name,
			 *s->name ? "." : "", f->name);
		for (size_t i = 0; i < rows->n; i++) {
			fprintf(w->f, "\n[[%s]]\n", table);
			put_fields(&plain, f->row->fields,
				   (char *)rows->v + i * f->row->size);
		}
		if (!rows->n && w->all && !is_said(s->fields, base, f->name))
			put_example_row(w, table, f);
	}
}

static bool has_scalars(const struct cfg_section *s, const void *base)
{
	for (const struct cfg_field *f = s->fields; f->name; f++) {
		if (f->type != CFG_ROWS && is_set(base, f))
			return true;
	}
	return false;
}

static bool has_examples(const struct cfg_section *s)
{
	for (const struct cfg_field *f = s->fields; f->name; f++) {
		if (f->type != CFG_ROWS && f->example)
			return true;
	}
	return false;
}

static void put_config(struct writer *w, const struct config *c)
{
	/* What stands on top of a TOML file comes before any table. */
	for (const struct cfg_section *s = cfg_own; s->name; s++) {
		bool some = has_scalars(s, c) || (w->all && has_examples(s));

		if (*s->name && some && w->all)
			fprintf(w->f, "\n[%s]\t# %s\n", s->name, s->help);
		else if (*s->name && some)
			fprintf(w->f, "\n[%s]\n", s->name);
		put_fields(w, s->fields, c);
	}
	for (const struct cfg_section *s = cfg_own; s->name; s++)
		put_tables(w, s, c);
}

/* Comments begin in one column: tabs of the draft become spaces. */
static char *align(char *draft)
{
	size_t len, size;
	char *out = NULL, *next;
	FILE *f = must(open_memstream(&out, &size));

	for (char *line = draft; *line; line = next) {
		char *tab;

		len = strcspn(line, "\n");
		next = line + len + (line[len] == '\n');
		tab = memchr(line, '\t', len);
		if (tab)
			fprintf(f, "%-34.*s %.*s\n", (int)(tab - line), line,
				(int)(line + len - tab - 1), tab + 1);
		else
			fprintf(f, "%.*s\n", (int)len, line);
	}
	if (fclose(f))
		free(out), out = NULL;
	free(draft);
	return must(out);
}

static char *write_all(struct writer *w, const struct config *c)
{
	char *text = NULL;
	size_t size;

	w->f = must(open_memstream(&text, &size));
	put_config(w, c);
	if (fclose(w->f))
		free(text), text = NULL;
	return must(text);
}

char *config_to_toml(const struct config *c, const char *relative_to)
{
	struct writer w = { .folder = relative_to };

	return write_all(&w, c);
}

char *config_template(const struct config *c)
{
	struct writer w = { .all = true };

	return align(write_all(&w, c));
}
