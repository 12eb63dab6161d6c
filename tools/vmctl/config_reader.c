// SPDX-License-Identifier: GPL-2.0
/*
 * A parsed document into struct config, along the schema's tables.  What
 * values mean together is config_check.c's.
 */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "config_reader.h"
#include "config_schema.h"
#include "dev.h"
#include "names.h"
#include "num.h"
#include "toml.h"
#include "vmctl.h"

#define CONFIG_MAX_ROWS 4096
#define CONFIG_MAX_KEYS 128

/*
 * Where the reader is, for messages.  @within names a row ("device: "), and
 * is empty outside of rows, where keys know their own section.
 */
struct reader {
	struct config *c;
	struct diags *d;
	const char *within;
};

#define ERROR(line, ...) \
	diag_add(r->d, DIAG_ERROR, r->c->file, line, __VA_ARGS__)

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

static void wrong_type(struct reader *r, const struct cfg_field *f,
		       struct json_object *v, int line, const char *wanted)
{
	ERROR(line, "%s%s must be %s, not %s", r->within, f->key, wanted,
	      type_name(v));
}

/* A number, or a string that holds one. */
static bool number(struct reader *r, const struct cfg_field *f,
		   struct json_object *v, int line, uint64_t *out)
{
	if (json_object_is_type(v, json_type_int)) {
		/* JSON has numbers up to 2^64, TOML up to 2^63. */
		if (json_object_get_int64(v) >= 0) {
			*out = json_object_get_uint64(v);
			return true;
		}
		ERROR(line, "%s%s must not be negative", r->within, f->key);
		return false;
	}
	if (!json_object_is_type(v, json_type_string)) {
		wrong_type(r, f, v, line, "a number");
		return false;
	}
	if (!num_parse(json_object_get_string(v), out))
		return true;
	ERROR(line,
	      "%s%s: \"%.40s\" is not a number such as 4096, 0x1000 or \"4K\"",
	      r->within, f->key, json_object_get_string(v));
	return false;
}

/* A word of the field's list, or its number. */
static bool word(struct reader *r, const struct cfg_field *f,
		 struct json_object *v, int line, uint64_t *out)
{
	const char *names[CONFIG_MAX_KEYS], *s;
	unsigned int n = 0;

	if (!json_object_is_type(v, json_type_string))
		return number(r, f, v, line, out);
	s = json_object_get_string(v);
	for (const struct cfg_word *w = f->words; w->name; w++) {
		if (!strcmp(w->name, s)) {
			*out = w->v;
			return true;
		}
		names[n++] = w->name;
	}
	if (!num_parse(s, out))
		return true;
	ERROR(line, "%s%s cannot be \"%.40s\"%s", r->within, f->key, s,
	      name_hint(s, names, n));
	return false;
}

/* "rwx", "rw+device", or map flags as a number. */
static bool map_access(struct reader *r, const struct cfg_field *f,
		       struct json_object *v, int line, uint64_t *out)
{
	static const char letters[] = "rwxu";
	const char *s = json_object_get_string(v);
	size_t n;

	if (!json_object_is_type(v, json_type_string) || !num_parse(s, out))
		return number(r, f, v, line, out);
	*out = 0;
	n = strspn(s, letters);
	for (size_t i = 0; i < n; i++)
		*out |= 1ull << (strchr(letters, s[i]) - letters);
	if (!strcmp(s + n, "+device"))
		*out |= AXVM_MEM_DEVICE;
	else if (!strcmp(s + n, "+uncached"))
		*out |= AXVM_MEM_UNCACHED;
	else if (s[n] || !n)
		n = 0;
	if (n)
		return true;
	ERROR(line,
	      "%s%s: \"%.40s\" is not an access such as \"rwx\", \"r\" or \"rw+device\"",
	      r->within, f->key, s);
	return false;
}

/* Host CPUs: "0,2-3", or the number of one. */
static bool cpu_mask(struct reader *r, const struct cfg_field *f,
		     struct json_object *v, int line, uint64_t *out)
{
	uint64_t cpu;

	if (json_object_is_type(v, json_type_string)) {
		if (!num_parse_mask(json_object_get_string(v), out))
			return true;
	} else if (!json_object_is_type(v, json_type_int)) {
		wrong_type(r, f, v, line, "host CPUs such as \"0,2-3\"");
		return false;
	} else if (!number(r, f, v, line, &cpu)) {
		return false;
	} else if (cpu < 64) {
		*out = 1ull << cpu;
		return true;
	}
	ERROR(line,
	      "%s%s: %.40s is not a list of CPUs 0 to 63 such as \"0,2-3\"",
	      r->within, f->key, json_object_to_json_string(v));
	return false;
}

static bool scalar(struct reader *r, const struct cfg_field *f,
		   struct json_object *v, int line, uint64_t *out)
{
	switch (f->type) {
	case CFG_WORD:
		return word(r, f, v, line, out);
	case CFG_ACCESS:
		return map_access(r, f, v, line, out);
	case CFG_MASK:
	case CFG_MASKS:
		return cpu_mask(r, f, v, line, out);
	default:
		return number(r, f, v, line, out);
	}
}

static void read_num(struct reader *r, const struct cfg_field *f, void *base,
		     struct json_object *v, int line)
{
	struct cfg_num *num = cfg_member(base, f);

	num->set = scalar(r, f, v, line, &num->v);
	num->line = line;
	num->key = f->key;
}

static void read_bool(struct reader *r, const struct cfg_field *f, void *base,
		      struct json_object *v, int line)
{
	struct cfg_bool *b = cfg_member(base, f);

	if (!json_object_is_type(v, json_type_boolean)) {
		wrong_type(r, f, v, line, "true or false");
		return;
	}
	*b = (struct cfg_bool){ true, line, f->key,
				json_object_get_boolean(v) };
}

static void read_text(struct reader *r, const struct cfg_field *f, void *base,
		      struct json_object *v, int line)
{
	struct cfg_text *t = cfg_member(base, f);
	const char *s;

	if (!json_object_is_type(v, json_type_string)) {
		wrong_type(r, f, v, line, "a string");
		return;
	}
	s = json_object_get_string(v);
	if (strlen(s) != (size_t)json_object_get_string_len(v)) {
		ERROR(line, "%s%s must not contain a zero byte", r->within,
		      f->key);
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
	t->key = f->key;
}

static int line_of(struct json_object *v, int otherwise)
{
	return toml_line(v) ? toml_line(v) : otherwise;
}

static void read_nums(struct reader *r, const struct cfg_field *f, void *base,
		      struct json_object *v, int line)
{
	struct cfg_nums *nums = cfg_member(base, f);
	size_t n;

	if (!json_object_is_type(v, json_type_array)) {
		wrong_type(r, f, v, line, "an array of numbers");
		return;
	}
	n = json_object_array_length(v);
	if (n > CONFIG_MAX_ROWS) {
		ERROR(line, "%s%s has more than %d entries", r->within, f->key,
		      CONFIG_MAX_ROWS);
		return;
	}
	*nums = (struct cfg_nums){ true, line, f->key, 0,
				   must(calloc(n + 1, sizeof(*nums->v))) };
	for (size_t i = 0; i < n; i++) {
		struct json_object *one = json_object_array_get_idx(v, i);

		if (!scalar(r, f, one, line_of(one, line), &nums->v[i]))
			break;
		nums->n++;
	}
}

static void read_value(struct reader *r, const struct cfg_field *f, void *base,
		       struct json_object *v, int line);

/* A row as a positional array. */
static void read_row_array(struct reader *r, const struct cfg_field *rows,
			   void *out, struct json_object *v, int line)
{
	const struct cfg_field *f = rows->row->fields;
	size_t n = json_object_array_length(v), i;

	for (i = 0; f[i].name && !f[i].alias; i++) {
		struct json_object *one = json_object_array_get_idx(v, i);

		if (i < n)
			read_value(r, &f[i], out, one, line_of(one, line));
		else if (!f[i].optional)
			ERROR(line, "%s: the row has no %s (field %zu of it)",
			      rows->key, f[i].name, i + 1);
	}
	if (n > i)
		ERROR(line, "%s: the row has %zu fields, at most %zu are known",
		      rows->key, n, i);
}

static void unknown_key(struct reader *r, const char *prefix, const char *key,
			int line, const char *const *known, unsigned int n)
{
	const char *near = name_nearest(key, known, n);

	diag_add(r->d, DIAG_WARNING, r->c->file, line,
		 "unknown key %s%s%.60s is ignored%s%s%s", r->within, prefix,
		 key, near ? "; did you mean " : "", near ? near : "",
		 near ? "?" : "");
}

static unsigned int names_of(const struct cfg_field *f, const char **names,
			     unsigned int n)
{
	for (; f->name && n < CONFIG_MAX_KEYS; f++)
		names[n++] = f->name;
	return n;
}

/*
 * The field of that name; of two, the one that takes an array, or takes one
 * value, as @v is.
 */
static const struct cfg_field *field_of(const struct cfg_field *f,
					const char *name, struct json_object *v)
{
	bool list = json_object_is_type(v, json_type_array);
	const struct cfg_field *found = NULL;

	for (; f->name; f++) {
		if (strcmp(f->name, name))
			continue;
		if (cfg_is_list(f) == list)
			return f;
		if (!found)
			found = f;
	}
	return found;
}

/* Members of a table along @fields; @section: for unknown ones. */
static void read_members(struct reader *r, const struct cfg_field *fields,
			 const char *section, void *out, struct json_object *v,
			 int line)
{
	const char *names[CONFIG_MAX_KEYS];

	json_object_object_foreach(v, key, member) {
		const struct cfg_field *f = field_of(fields, key, member);
		int at = line_of(member, line);

		if (f)
			read_value(r, f, out, member, at);
		else
			unknown_key(r, section, key, at, names,
				    names_of(fields, names, 0));
	}
}

/* A row as a table with named keys. */
static void read_row_table(struct reader *r, const struct cfg_field *rows,
			   void *out, struct json_object *v, int line)
{
	const struct cfg_field *f = rows->row->fields;

	read_members(r, f, "", out, v, line);
	for (; f->name; f++) {
		const struct cfg_value *had = cfg_member(out, f);

		if (!f->optional && !had->set &&
		    !json_object_object_get_ex(v, f->name, NULL))
			ERROR(line, "%s%s is missing", r->within, f->name);
	}
}

static void read_row(struct reader *r, const struct cfg_field *rows, void *out,
		     struct json_object *v, int line)
{
	bool array = json_object_is_type(v, json_type_array);
	char within[96];

	*(int *)out = line;
	if (!array && !json_object_is_type(v, json_type_object)) {
		wrong_type(r, rows, v, line,
			   "rows: arrays, or tables with named keys");
		return;
	}
	snprintf(within, sizeof(within), "%s: ", rows->key);
	r->within = within;
	if (array)
		read_row_array(r, rows, out, v, line);
	else
		read_row_table(r, rows, out, v, line);
	r->within = "";
}

/* An array of several strings that is as many rows: spread it. */
static struct json_object *spread(const struct cfg_row *row,
				  struct json_object *v)
{
	struct json_object *list = must(json_object_new_array());
	size_t n = json_object_array_length(v);

	for (size_t i = 0; i < n; i++) {
		struct json_object *one = json_object_array_get_idx(v, i);
		bool many = row->flatten &&
			    json_object_is_type(one, json_type_array);
		size_t parts = many ? json_object_array_length(one) : 1;

		for (size_t k = 0; k < parts; k++) {
			struct json_object *part =
				many ? json_object_array_get_idx(one, k) : one;

			if (row->flatten &&
			    !json_object_is_type(part, json_type_object)) {
				struct json_object *wrap =
					must(json_object_new_array());

				json_object_array_add(wrap,
						      json_object_get(part));
				json_object_set_userdata(
					wrap, json_object_get_userdata(one),
					NULL);
				json_object_array_add(list, wrap);
			} else {
				json_object_array_add(list,
						      json_object_get(part));
			}
		}
	}
	return list;
}

static void read_rows(struct reader *r, const struct cfg_field *f, void *base,
		      struct json_object *v, int line)
{
	struct cfg_rows *rows = cfg_member(base, f);
	struct json_object *list;
	size_t n;

	if (!json_object_is_type(v, json_type_array)) {
		wrong_type(r, f, v, line, "an array of rows");
		return;
	}
	list = spread(f->row, v);
	n = json_object_array_length(list);
	if (n > CONFIG_MAX_ROWS) {
		ERROR(line, "%s%s has more than %d rows", r->within, f->key,
		      CONFIG_MAX_ROWS);
		json_object_put(list);
		return;
	}
	*rows = (struct cfg_rows){ true, line, f->key, n,
				   must(calloc(n + 1, f->row->size)) };
	for (size_t i = 0; i < n; i++) {
		struct json_object *one = json_object_array_get_idx(list, i);

		read_row(r, f, (char *)rows->v + i * f->row->size, one,
			 line_of(one, line));
	}
	json_object_put(list);
}

/* The two forms, or two spellings, of one key must not both be there. */
static bool is_twice(struct reader *r, const struct cfg_field *f, void *base,
		     int line)
{
	const struct cfg_value *had = cfg_member(base, f);
	const char *key = f->key;
	int first = had->line;
	char where[24] = "";

	if (!had->set)
		return false;
	if (first > line) { /* a parser may give keys in any order */
		key = had->key ? had->key : key;
		first = line;
		line = had->line;
	}
	if (first > 0)
		snprintf(where, sizeof(where), " in line %d", first);
	ERROR(line, "%s%s is given already%s", r->within, key, where);
	return true;
}

static void read_value(struct reader *r, const struct cfg_field *f, void *base,
		       struct json_object *v, int line)
{
	static void (*const readers[])(struct reader *,
				       const struct cfg_field *, void *,
				       struct json_object *, int) = {
		[CFG_NUM] = read_num,	 [CFG_HEX] = read_num,
		[CFG_SIZE] = read_num,	 [CFG_WORD] = read_num,
		[CFG_ACCESS] = read_num, [CFG_MASK] = read_num,
		[CFG_BOOL] = read_bool,	 [CFG_TEXT] = read_text,
		[CFG_PATH] = read_text,	 [CFG_NUMS] = read_nums,
		[CFG_MASKS] = read_nums, [CFG_ROWS] = read_rows,
	};

	if (!is_twice(r, f, base, line))
		readers[f->type](r, f, base, v, line);
}

static const struct cfg_section *section_of(const struct cfg_section *s,
					    const char *name)
{
	while (s->name && (!*s->name || strcmp(s->name, name)))
		s++;
	return s->name ? s : NULL;
}

/* AxVisor's oldest files have its keys without sections. */
static const struct cfg_field *flat_field(const char *key,
					  struct json_object *v)
{
	const struct cfg_field *f = NULL;

	for (const struct cfg_section *s = cfg_axvisor; s->name && !f; s++)
		f = field_of(s->fields, key, v);
	return f;
}

static void unknown_top(struct reader *r, const char *key, int line)
{
	const char *names[CONFIG_MAX_KEYS];
	unsigned int n = names_of(cfg_own[0].fields, names, 0);

	for (const struct cfg_section *s = cfg_own + 1; s->name; s++)
		names[n++] = s->name;
	for (const struct cfg_section *s = cfg_axvisor; s->name; s++)
		names[n++] = s->name;
	unknown_key(r, "", key, line, names, n);
}

static void read_section(struct reader *r, const struct cfg_section *s,
			 struct json_object *v, int line)
{
	char prefix[32];

	if (!json_object_is_type(v, json_type_object)) {
		ERROR(line, "%s must be a [section], not %s", s->name,
		      type_name(v));
		return;
	}
	/* Empty, it says that this is a test. */
	if (!strcmp(s->name, "test"))
		r->c->test.here = true;
	snprintf(prefix, sizeof(prefix), "%s.", s->name);
	read_members(r, s->fields, prefix, r->c, v, line);
}

void config_read_tree(struct config *c, struct json_object *root,
		      struct diags *d)
{
	struct reader r = { .c = c, .d = d, .within = "" };

	if (!json_object_is_type(root, json_type_object)) {
		diag_add(d, DIAG_ERROR, c->file, 0,
			 "this is not a configuration");
		return;
	}
	json_object_object_foreach(root, key, v) {
		const struct cfg_section *s = section_of(cfg_own, key);
		const struct cfg_field *f = field_of(cfg_own[0].fields, key, v);
		int line = toml_line(v);

		if (!s)
			s = section_of(cfg_axvisor, key);
		if (!f && !s)
			f = flat_field(key, v);
		if (f)
			read_value(&r, f, c, v, line);
		else if (s)
			read_section(&r, s, v, line);
		else
			unknown_top(&r, key, line);
	}
}
