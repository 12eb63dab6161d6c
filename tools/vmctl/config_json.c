// SPDX-License-Identifier: GPL-2.0
/*
 * JSON whose nodes know the line they stood on, which json-c's own parser
 * does not say: arrays and objects are taken apart here, and json-c reads the
 * strings, numbers and words between them.
 */
#include <ctype.h>
#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "config_reader.h"

#define MAX_DEPTH 32

struct text {
	const char *at, *end;
	int line;
	const char *error;
};

static struct json_object *value(struct text *t, int depth);

static struct json_object *fail(struct text *t, const char *error)
{
	if (!t->error)
		t->error = error;
	return NULL;
}

static char peek(struct text *t)
{
	for (; t->at < t->end; t->at++) {
		if (*t->at == '\n')
			t->line++;
		else if (*t->at != ' ' && *t->at != '\t' && *t->at != '\r')
			return *t->at;
	}
	return '\0';
}

static void *line_word(int line)
{
	return (void *)(uintptr_t)(unsigned int)line;
}

/* Bytes [from, at) are one string, number or word. */
static struct json_object *leaf(struct text *t, const char *from)
{
	struct json_tokener *tok = json_tokener_new();
	struct json_object *obj = NULL;
	bool good = false;

	if (tok) {
		json_tokener_set_flags(tok, JSON_TOKENER_STRICT |
						    JSON_TOKENER_VALIDATE_UTF8);
		obj = json_tokener_parse_ex(tok, from, (int)(t->at - from));
		/* A number goes on until something else is there. */
		if (json_tokener_get_error(tok) == json_tokener_continue)
			obj = json_tokener_parse_ex(tok, " ", 1);
		good = json_tokener_get_error(tok) == json_tokener_success;
		json_tokener_free(tok);
	}
	if (!good) {
		json_object_put(obj);
		return fail(
			t,
			"this is no value: strings stand in \"\", numbers are decimal");
	}
	if (!obj)
		return fail(t, "null is no value; leave the key out");
	json_object_set_userdata(obj, line_word(t->line), NULL);
	return obj;
}

static struct json_object *string(struct text *t)
{
	const char *from = t->at++;

	while (t->at < t->end && *t->at != '"') {
		if ((unsigned char)*t->at < ' ')
			return fail(t, "a string does not end in its line");
		if (*t->at == '\\' && t->at + 1 < t->end)
			t->at++;
		t->at++;
	}
	if (t->at >= t->end)
		return fail(t, "a string does not end");
	t->at++;
	return leaf(t, from);
}

static struct json_object *bare(struct text *t)
{
	const char *from = t->at;

	while (t->at < t->end && (isalnum((unsigned char)*t->at) ||
				  (*t->at && strchr("+-._", *t->at))))
		t->at++;
	if (t->at == from)
		return fail(t, "there is a character that cannot stand there");
	return leaf(t, from);
}

/* After an element: a comma (true), or @close. */
static bool more(struct text *t, char close)
{
	char c = peek(t);

	if (c == ',' || c == close)
		t->at++;
	else
		fail(t, close == ']' ? "a , or ] is missing" :
				       "a , or } is missing");
	return c == ',';
}

static struct json_object *array(struct text *t, int depth)
{
	struct json_object *list = json_object_new_array(), *one;
	int line = t->line;

	t->at++;
	if (peek(t) == ']') {
		t->at++;
	} else {
		do {
			one = value(t, depth);
			if (one)
				json_object_array_add(list, one);
		} while (!t->error && more(t, ']'));
	}
	json_object_set_userdata(list, line_word(line), NULL);
	return list;
}

static void member(struct text *t, struct json_object *obj, int depth)
{
	struct json_object *key, *one = NULL;
	int line;

	if (peek(t) != '"') {
		fail(t, "a key in \"\" is missing");
		return;
	}
	line = t->line;
	key = string(t);
	if (key &&
	    json_object_object_get_ex(obj, json_object_get_string(key), NULL))
		fail(t, "the key is there twice");
	if (!t->error && peek(t) != ':')
		fail(t, "a : is missing");
	if (!t->error) {
		t->at++;
		one = value(t, depth);
	}
	if (one) {
		json_object_set_userdata(one, line_word(line), NULL);
		json_object_object_add(obj, json_object_get_string(key), one);
	}
	json_object_put(key);
}

static struct json_object *object(struct text *t, int depth)
{
	struct json_object *obj = json_object_new_object();
	int line = t->line;

	t->at++;
	if (peek(t) == '}') {
		t->at++;
	} else {
		do
			member(t, obj, depth);
		while (!t->error && more(t, '}'));
	}
	json_object_set_userdata(obj, line_word(line), NULL);
	return obj;
}

static struct json_object *value(struct text *t, int depth)
{
	char c = peek(t);

	if (depth > MAX_DEPTH)
		return fail(t, "it is nested too deeply");
	switch (c) {
	case '{':
		return object(t, depth + 1);
	case '[':
		return array(t, depth + 1);
	case '"':
		return string(t);
	case '\0':
		return fail(
			t,
			t->at < t->end ?
				"there is a character that cannot stand there" :
				"it ends too early");
	}
	return bare(t);
}

struct json_object *json_parse_text(const char *text, size_t len,
				    const char **error, int *line)
{
	struct text t = { .at = text, .end = text + len, .line = 1 };
	struct json_object *root = value(&t, 0);

	if (!t.error && (peek(&t) || t.at < t.end))
		fail(&t, "something follows after its end");
	if (!t.error)
		return root;
	json_object_put(root);
	*error = t.error;
	*line = t.line;
	return NULL;
}
