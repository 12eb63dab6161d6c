// SPDX-License-Identifier: GPL-2.0
/*
 * Output of data as JSON, tables and "key: value" lines.  What is in them is
 * the commands' business.
 */
#include <errno.h>
#include <inttypes.h>
#include <libsmartcols/libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "num.h"
#include "out.h"
#include "vmctl.h"

bool out_color(void)
{
	const char *no = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(no && *no) &&
	       !(term && !strcmp(term, "dumb"));
}

static const char *cell(const struct column *c, struct json_object *row,
			char *buf, size_t size)
{
	struct json_object *v;

	if (!json_object_object_get_ex(row, c->key, &v) || !v)
		return "-";
	if (c->text)
		return c->text(v, buf, size);
	return json_object_get_string(v);
}

static int print_table(const struct column *cols, struct json_object *rows,
		       bool headings)
{
	struct libscols_table *tb = must(scols_new_table());
	size_t n = json_object_array_length(rows);
	char buf[128];
	int ret;

	scols_table_enable_noheadings(tb, !headings);
	scols_table_enable_colors(tb, headings && out_color());
	if (!headings) {
		scols_table_enable_raw(tb, 1);
		scols_table_set_column_separator(tb, "\t");
	}
	for (const struct column *c = cols; c->key; c++)
		must(scols_table_new_column(tb, c->title, 0,
					    c->right ? SCOLS_FL_RIGHT : 0));
	for (size_t i = 0; i < n; i++) {
		struct json_object *row = json_object_array_get_idx(rows, i);
		struct libscols_line *ln = must(scols_table_new_line(tb, NULL));

		for (size_t k = 0; cols[k].key; k++) {
			struct json_object *v = NULL;

			scols_line_set_data(
				ln, k, cell(&cols[k], row, buf, sizeof(buf)));
			json_object_object_get_ex(row, cols[k].key, &v);
			if (cols[k].color && v && cols[k].color(v))
				scols_cell_set_color(scols_line_get_cell(ln, k),
						     cols[k].color(v));
		}
	}
	ret = scols_print_table(tb);
	scols_unref_table(tb);
	return ret ? err(VMCTL_FAILED, "cannot print the table: %s",
			 err_text(-ret)) :
		     0;
}

int out_table(const struct column *cols, struct json_object *rows)
{
	return print_table(cols, rows, true);
}

/* A tab or a newline of a file's name must not look like one of ours. */
static void put_field(const char *s)
{
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c < ' ' || c == 0x7f)
			printf("\\x%02x", c);
		else
			putchar(c);
	}
}

int out_tabs(const struct column *cols, struct json_object *rows)
{
	char buf[128];

	for (size_t i = 0; i < json_object_array_length(rows); i++) {
		struct json_object *row = json_object_array_get_idx(rows, i);

		for (size_t k = 0; cols[k].key; k++) {
			if (k)
				putchar('\t');
			put_field(cell(&cols[k], row, buf, sizeof(buf)));
		}
		putchar('\n');
	}
	return 0;
}

/* Bytes of one character in UTF-8, 0: it is none. */
static size_t utf8_len(const unsigned char *p)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = *p < 0x80		? 1 :
		   (*p & 0xe0) == 0xc0	? 2 :
		   (*p & 0xf0) == 0xe0	? 3 :
		   (*p & 0xf8) == 0xf0	? 4 :
					  0;
	uint32_t c = n == 1 ? *p : *p & (0x7fu >> n);

	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (!n || c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	return n;
}

/* JSON is UTF-8; names of files may be anything. */
static void put_json(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	while (*p) {
		size_t n = utf8_len(p);

		if (n)
			fwrite(p, 1, n, stdout);
		else
			fputs("\\ufffd", stdout);
		p += n ? n : 1;
	}
	putchar('\n');
}

int out_json(struct json_object *obj)
{
	const char *s = json_object_to_json_string_ext(
		obj, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
			     JSON_C_TO_STRING_NOSLASHESCAPE);

	put_json(must((char *)s));
	return 0;
}

int out_pairs(const struct column *cols, struct json_object *obj)
{
	char buf[128];
	int width = 0;

	for (const struct column *c = cols; c->key; c++) {
		int len = (int)strlen(c->title);

		width = len > width ? len : width;
	}
	for (const struct column *c = cols; c->key; c++) {
		struct json_object *v;

		if (!json_object_object_get_ex(obj, c->key, &v) || !v)
			continue;
		printf("%s:%*s %s\n", c->title, width - (int)strlen(c->title),
		       "", cell(c, obj, buf, sizeof(buf)));
	}
	return 0;
}

struct json_object *out_object(void)
{
	return must(json_object_new_object());
}

struct json_object *out_array(void)
{
	return must(json_object_new_array());
}

void out_add(struct json_object *obj, const char *key, struct json_object *v)
{
	json_object_object_add(obj, key, v);
}

void out_push(struct json_object *array, struct json_object *v)
{
	json_object_array_add(array, v);
}

void out_str(struct json_object *obj, const char *key, const char *value)
{
	out_add(obj, key, value ? must(json_object_new_string(value)) : NULL);
}

void out_num(struct json_object *obj, const char *key, uint64_t value)
{
	out_add(obj, key, must(json_object_new_uint64(value)));
}

void out_hex(struct json_object *obj, const char *key, uint64_t value)
{
	char buf[24];

	snprintf(buf, sizeof(buf), "0x%" PRIx64, value);
	out_str(obj, key, buf);
}

void out_bool(struct json_object *obj, const char *key, bool value)
{
	out_add(obj, key, must(json_object_new_boolean(value)));
}

const char *out_text_bytes(struct json_object *v, char *buf, size_t size)
{
	char tmp[16];

	snprintf(buf, size, "%s", num_bytes(json_object_get_uint64(v), tmp));
	return buf;
}

const char *out_text_ns(struct json_object *v, char *buf, size_t size)
{
	uint64_t ns = json_object_get_uint64(v);

	if (ns < 10000)
		snprintf(buf, size, "%" PRIu64 " ns", ns);
	else if (ns < 10000000)
		snprintf(buf, size, "%.1f us", (double)ns / 1e3);
	else if (ns < 10000000000)
		snprintf(buf, size, "%.1f ms", (double)ns / 1e6);
	else
		snprintf(buf, size, "%.1f s", (double)ns / 1e9);
	return buf;
}

/* Nanoseconds of the wall clock as a local date. */
const char *out_text_when(struct json_object *v, char *buf, size_t size)
{
	uint64_t ns = json_object_get_uint64(v);
	time_t t = (time_t)(ns / 1000000000);
	struct tm tm;

	if (!ns || !localtime_r(&t, &tm) ||
	    !strftime(buf, size, "%Y-%m-%d %H:%M:%S", &tm))
		return "-";
	return buf;
}

const char *out_color_state(struct json_object *v)
{
	static const struct {
		const char *word, *color;
	} colors[] = {
		{ "running", "green" },	 { "suspended", "yellow" },
		{ "ok", "green" },	 { "warn", "yellow" },
		{ "fail", "red" },	 { "triple-fault", "red" },
		{ "fail-entry", "red" }, { "internal-error", "red" },
	};
	const char *s = json_object_get_string(v);

	for (size_t i = 0; i < sizeof(colors) / sizeof(colors[0]); i++) {
		if (!strcmp(s, colors[i].word))
			return colors[i].color;
	}
	return NULL;
}

bool out_flush(void)
{
	/* A terminal's lines are lost one by one: then nothing is left to fail. */
	return !fflush(stdout) && !ferror(stdout);
}

int out_finish(int code)
{
	bool lost = ferror(stdout);

	if (fflush(stdout) || lost) {
		/* Nobody reads any more: as quiet as a death by SIGPIPE. */
		if (errno == EPIPE)
			return code ? code : VMCTL_FAILED;
		return err(VMCTL_FAILED, "cannot write the output: %s",
			   errno ? err_text(errno) : "it is closed");
	}
	return code;
}
