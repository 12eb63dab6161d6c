// SPDX-License-Identifier: GPL-2.0
/*
 * Configurations on their way in: TOML or JSON into struct config along the
 * schema's tables.  What values mean together is config_check.c's.
 */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "config.h"
#include "config_schema.h"
#include "names.h"
#include "num.h"
#include "toml.h"
#include "vmctl.h"

#define CONFIG_MAX_BYTES (1u << 20)
#define CONFIG_MAX_ROWS 4096
#define CONFIG_MAX_KEYS 64

/* Where the reader is: for messages, and to make paths absolute. */
struct reader {
	struct config *c;
	struct diags *d;
	const char *section; /* "" or "base." ... */
};

static const char *type_name(struct json_object *v)
{
	switch (json_object_get_type(v)) {
	case json_type_boolean:
		return "true or false";
	case json_type_double:
		return "a number with a fraction";
	case json_type_int:
		return "a number";
	case json_type_object:
		return "a table";
	case json_type_array:
		return "an array";
	case json_type_string:
		return "a string";
	default:
		return "nothing";
	}
}

static void wrong_type(struct reader *r, const char *key, struct json_object *v,
		       int line, const char *wanted)
{
	diag_add(r->d, DIAG_ERROR, r->c->file, line, "%s%s must be %s, not %s",
		 r->section, key, wanted, type_name(v));
}

/* A number, or a string that holds one. */
static bool number(struct reader *r, const char *key, struct json_object *v,
		   int line, uint64_t *out)
{
	if (json_object_is_type(v, json_type_int)) {
		/* JSON has numbers up to 2^64, TOML up to 2^63. */
		if (json_object_get_int64(v) >= 0) {
			*out = json_object_get_uint64(v);
			return true;
		}
		diag_add(r->d, DIAG_ERROR, r->c->file, line,
			 "%s%s must not be negative", r->section, key);
		return false;
	}
	if (!json_object_is_type(v, json_type_string)) {
		wrong_type(r, key, v, line, "a number");
		return false;
	}
	if (!num_parse(json_object_get_string(v), out))
		return true;
	diag_add(
		r->d, DIAG_ERROR, r->c->file, line,
		"%s%s: \"%.40s\" is not a number such as 4096, 0x1000 or \"4K\"",
		r->section, key, json_object_get_string(v));
	return false;
}

static void read_num(struct reader *r, const struct cfg_field *f, void *base,
		     struct json_object *v, int line)
{
	struct cfg_num *num = cfg_member(base, f);

	num->set = number(r, f->name, v, line, &num->v);
	num->line = line;
}

static void read_bool(struct reader *r, const struct cfg_field *f, void *base,
		      struct json_object *v, int line)
{
	struct cfg_bool *b = cfg_member(base, f);

	if (!json_object_is_type(v, json_type_boolean)) {
		wrong_type(r, f->name, v, line, "true or false");
		return;
	}
	*b = (struct cfg_bool){ true, line, json_object_get_boolean(v) };
}

static void read_text(struct reader *r, const struct cfg_field *f, void *base,
		      struct json_object *v, int line)
{
	struct cfg_text *t = cfg_member(base, f);
	const char *s;

	if (!json_object_is_type(v, json_type_string)) {
		wrong_type(r, f->name, v, line, "a string");
		return;
	}
	s = json_object_get_string(v);
	if (strlen(s) != (size_t)json_object_get_string_len(v)) {
		diag_add(r->d, DIAG_ERROR, r->c->file, line,
			 "%s%s must not contain a zero byte", r->section,
			 f->name);
		return;
	}
	if (f->type == CFG_PATH && *s && *s != '/') {
		if (asprintf(&t->v, "%s/%s", r->c->dir, s) < 0)
			t->v = NULL;
	} else {
		t->v = strdup(s);
	}
	must(t->v);
	t->set = true;
	t->line = line;
}

static void read_nums(struct reader *r, const struct cfg_field *f, void *base,
		      struct json_object *v, int line)
{
	struct cfg_nums *nums = cfg_member(base, f);
	size_t n;

	if (!json_object_is_type(v, json_type_array)) {
		wrong_type(r, f->name, v, line, "an array of numbers");
		return;
	}
	n = json_object_array_length(v);
	if (n > CONFIG_MAX_ROWS) {
		diag_add(r->d, DIAG_ERROR, r->c->file, line,
			 "%s%s has more than %d entries", r->section, f->name,
			 CONFIG_MAX_ROWS);
		return;
	}
	nums->v = must(calloc(n + 1, sizeof(*nums->v)));
	nums->set = true;
	nums->line = line;
	for (size_t i = 0; i < n; i++) {
		struct json_object *one = json_object_array_get_idx(v, i);
		int at = toml_line(one) ? toml_line(one) : line;

		if (!number(r, f->name, one, at, &nums->v[i]))
			break;
		nums->n++;
	}
}

static void read_value(struct reader *r, const struct cfg_field *f, void *base,
		       struct json_object *v, int line);

static void unknown_key(struct reader *r, const char *key, int line,
			const struct cfg_field *fields)
{
	const char *known[CONFIG_MAX_KEYS], *near;
	unsigned int n = 0;

	for (; fields->name && n < CONFIG_MAX_KEYS; fields++)
		known[n++] = fields->name;
	near = name_nearest(key, known, n);
	diag_add(r->d, DIAG_WARNING, r->c->file, line,
		 "unknown key %s%.60s is ignored%s%s%s", r->section, key,
		 near ? "; did you mean " : "", near ? near : "",
		 near ? "?" : "");
}

/* A row as a positional array. */
static void read_row_array(struct reader *r, const char *key,
			   const struct cfg_row *row, void *out,
			   struct json_object *v, int line)
{
	size_t n = json_object_array_length(v), i;

	for (i = 0; row->fields[i].name; i++) {
		const struct cfg_field *f = &row->fields[i];
		struct json_object *one = json_object_array_get_idx(v, i);

		if (i < n)
			read_value(r, f, out, one,
				   toml_line(one) ? toml_line(one) : line);
		else if (!f->optional)
			diag_add(r->d, DIAG_ERROR, r->c->file, line,
				 "%s%s: the row has no %s (field %zu of it)",
				 r->section, key, f->name, i + 1);
	}
	if (n > i)
		diag_add(r->d, DIAG_ERROR, r->c->file, line,
			 "%s%s: the row has %zu fields, at most %zu are known",
			 r->section, key, n, i);
}

/* Members of a table along @fields; a missing one is an error if @strict. */
static void read_members(struct reader *r, const struct cfg_field *fields,
			 void *out, struct json_object *v, int line,
			 bool strict)
{
	json_object_object_foreach(v, key, member) {
		const struct cfg_field *f = fields;
		int at = toml_line(member) ? toml_line(member) : line;

		while (f->name && strcmp(f->name, key))
			f++;
		if (f->name)
			read_value(r, f, out, member, at);
		else
			unknown_key(r, key, at, fields);
	}
	for (; strict && fields->name; fields++) {
		if (!fields->optional &&
		    !json_object_object_get_ex(v, fields->name, NULL))
			diag_add(r->d, DIAG_ERROR, r->c->file, line,
				 "%s%s is missing", r->section, fields->name);
	}
}

static void read_row(struct reader *r, const struct cfg_field *f, void *out,
		     struct json_object *v, int line)
{
	const char *section = r->section;
	char within[128];

	*(int *)out = line;
	if (json_object_is_type(v, json_type_array)) {
		read_row_array(r, f->name, f->row, out, v, line);
	} else if (json_object_is_type(v, json_type_object)) {
		snprintf(within, sizeof(within), "%s%s: ", section, f->name);
		r->section = within;
		read_members(r, f->row->fields, out, v, line, true);
		r->section = section;
	} else {
		wrong_type(r, f->name, v, line,
			   "rows: arrays, or tables with named keys");
	}
}

static void read_rows(struct reader *r, const struct cfg_field *f, void *base,
		      struct json_object *v, int line)
{
	struct cfg_rows *rows = cfg_member(base, f);
	size_t n;

	if (!json_object_is_type(v, json_type_array)) {
		wrong_type(r, f->name, v, line, "an array of rows");
		return;
	}
	n = json_object_array_length(v);
	if (n > CONFIG_MAX_ROWS) {
		diag_add(r->d, DIAG_ERROR, r->c->file, line,
			 "%s%s has more than %d rows", r->section, f->name,
			 CONFIG_MAX_ROWS);
		return;
	}
	*rows = (struct cfg_rows){ true, line, n,
				   must(calloc(n + 1, f->row->size)) };
	for (size_t i = 0; i < n; i++) {
		struct json_object *one = json_object_array_get_idx(v, i);

		read_row(r, f, (char *)rows->v + i * f->row->size, one,
			 toml_line(one) ? toml_line(one) : line);
	}
}

static void read_value(struct reader *r, const struct cfg_field *f, void *base,
		       struct json_object *v, int line)
{
	static void (*const readers[])(struct reader *,
				       const struct cfg_field *, void *,
				       struct json_object *, int) = {
		[CFG_NUM] = read_num,	[CFG_HEX] = read_num,
		[CFG_BOOL] = read_bool, [CFG_TEXT] = read_text,
		[CFG_PATH] = read_text, [CFG_NUMS] = read_nums,
		[CFG_ROWS] = read_rows,
	};

	readers[f->type](r, f, base, v, line);
}

/* Top level: sections are tables, whatever else is there is unknown. */
static void read_root(struct reader *r, struct json_object *root)
{
	static const struct cfg_field names[] = {
		{ .name = "base" },    { .name = "kernel" },
		{ .name = "devices" }, { .name = "image" },
		{ .name = "memory" },  { .name = NULL },
	};

	json_object_object_foreach(root, key, v) {
		const struct cfg_section *s = cfg_sections + 1;
		const struct cfg_field *f = cfg_sections[0].fields;
		int line = toml_line(v);
		char within[32];

		while (s->name && strcmp(s->name, key))
			s++;
		while (f->name && strcmp(f->name, key))
			f++;
		r->section = "";
		if (f->name) {
			read_value(r, f, r->c, v, line);
		} else if (!s->name) {
			unknown_key(r, key, line, names);
		} else if (!json_object_is_type(v, json_type_object)) {
			wrong_type(r, key, v, line, "a [section]");
		} else {
			snprintf(within, sizeof(within), "%s.", s->name);
			r->section = within;
			read_members(r, s->fields, r->c, v, line, false);
			r->section = "";
		}
	}
}

void config_blank(struct config *c, const char *file)
{
	char *slash, *full = realpath(file, NULL);

	*c = (struct config){ .file = must(strdup(file)) };
	if (!full)
		full = must(strdup(*file == '/' ? file : "./"));
	slash = strrchr(full, '/');
	if (slash)
		slash[slash == full] = '\0';
	c->dir = full;
}

static bool read_tree(struct json_object *root, const char *file,
		      struct config *c, struct diags *d)
{
	struct reader r = { .c = c, .d = d, .section = "" };

	config_blank(c, file);
	if (!json_object_is_type(root, json_type_object)) {
		diag_add(d, DIAG_ERROR, file, 0, "this is not a configuration");
		return false;
	}
	read_root(&r, root);
	return !d->errors;
}

bool config_from_json(struct json_object *root, const char *file,
		      struct config *c, struct diags *d)
{
	if (read_tree(root, file, c, d))
		config_check(c, d);
	return !d->errors;
}

static bool read_text_of(const char *text, size_t len, const char *file,
			 struct config *c, struct diags *d)
{
	struct json_object *root;
	char *error = NULL;
	int line = 0;
	bool ok;

	root = toml_parse_text(text, len, &error, &line);
	if (!root) {
		config_blank(c, file);
		diag_add(d, DIAG_ERROR, file, line, "this is not TOML: %s",
			 error ? error : "out of memory");
		free(error);
		return false;
	}
	ok = read_tree(root, file, c, d);
	json_object_put(root);
	return ok;
}

bool config_parse(const char *text, size_t len, const char *file,
		  struct config *c, struct diags *d)
{
	if (read_text_of(text, len, file, c, d))
		config_check(c, d);
	return !d->errors;
}

/* A whole file, or NULL with errno; EFBIG above CONFIG_MAX_BYTES. */
static char *slurp(const char *path, size_t *len)
{
	FILE *f = fopen(path, "re");
	struct stat st;
	char *buf;

	if (!f)
		return NULL;
	if (!fstat(fileno(f), &st) && S_ISDIR(st.st_mode)) {
		fclose(f);
		errno = EISDIR;
		return NULL;
	}
	buf = must(malloc(CONFIG_MAX_BYTES + 1));
	errno = 0;
	*len = fread(buf, 1, CONFIG_MAX_BYTES + 1, f);
	if (!ferror(f) && *len <= CONFIG_MAX_BYTES) {
		fclose(f);
		return buf;
	}
	errno = ferror(f) ? (errno ? errno : EIO) : EFBIG;
	free(buf);
	fclose(f);
	return NULL;
}

bool config_read(const char *path, struct config *c, struct diags *d)
{
	size_t len = 0;
	char *text = slurp(path, &len);
	bool ok;

	if (!text) {
		int error = errno;

		config_blank(c, path);
		diag_add(d, DIAG_ERROR, path, 0,
			 "cannot read this configuration: %s", err_text(error));
		return false;
	}
	ok = read_text_of(text, len, path, c, d);
	free(text);
	return ok;
}

bool config_load(const char *path, struct config *c, struct diags *d)
{
	if (config_read(path, c, d))
		config_check(c, d);
	return !d->errors;
}
