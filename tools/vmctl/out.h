/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Output of data: every command builds json-c objects first; --json prints
 * them, else a table (libsmartcols) or "key: value" lines are made of them.
 * Addresses, register values and other words of the hardware are strings
 * ("0x..."): many JSON readers lose bits above 2^53.  Sizes, counts and times
 * are numbers.
 */
#ifndef VMCTL_OUT_H
#define VMCTL_OUT_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * struct column - one column of a table
 * @key: member of the row's object
 * @title: heading
 * @right: align right
 * @text: makes text of the member, in @buf; NULL: as it is
 * @color: makes a colour name of the member, or NULL
 */
struct column {
	const char *key;
	const char *title;
	bool right;
	const char *(*text)(struct json_object *v, char *buf, size_t size);
	const char *(*color)(struct json_object *v);
};

/** Print @rows (an array of objects); columns end with a NULL key. */
int out_table(const struct column *cols, struct json_object *rows);
/** The same without headings, fields separated by tabs. */
int out_tabs(const struct column *cols, struct json_object *rows);
/** Print @obj as JSON, pretty, with a newline. */
int out_json(struct json_object *obj);
/** Print one object as aligned "key: value" lines. */
int out_pairs(const struct column *cols, struct json_object *obj);

/** May escape sequences go to stdout? */
bool out_color(void);
/** Bring to stdout what has been printed; false: it is lost, out_finish() says so. */
bool out_flush(void);

/* Building objects. */
struct json_object *out_object(void);
struct json_object *out_array(void);
void out_add(struct json_object *obj, const char *key, struct json_object *v);
void out_push(struct json_object *array, struct json_object *v);
void out_str(struct json_object *obj, const char *key, const char *value);
void out_num(struct json_object *obj, const char *key, uint64_t value);
void out_hex(struct json_object *obj, const char *key, uint64_t value);
void out_bool(struct json_object *obj, const char *key, bool value);

/* Renderers for struct column. */
const char *out_text_bytes(struct json_object *v, char *buf, size_t size);
const char *out_text_ns(struct json_object *v, char *buf, size_t size);
const char *out_text_when(struct json_object *v, char *buf, size_t size);

/* For struct column.color: green, red, ... by what a state is called. */
const char *out_color_state(struct json_object *v);

/**
 * out_finish() - flush stdout; say so if something got lost
 * Return: @code, or VMCTL_FAILED.
 */
int out_finish(int code);

#endif /* VMCTL_OUT_H */
