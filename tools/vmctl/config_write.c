// SPDX-License-Identifier: GPL-2.0
/*
 * Configurations on their way out as JSON, in our own form along the schema's
 * tables, and freeing them.  TOML is config_toml.c's.
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

#include "config.h"
#include "config_schema.h"
#include "config_text.h"
#include "vmctl.h"

static struct json_object *json_text(const char *text)
{
	return must(json_object_new_string(text));
}

static struct json_object *json_hex(uint64_t v)
{
	char buf[24];

	snprintf(buf, sizeof(buf), "0x%" PRIx64, v);
	return json_text(buf);
}

static struct json_object *fields_to_json(const struct cfg_field *fields,
					  const void *base);

static struct json_object *rows_to_json(const struct cfg_field *f,
					const struct cfg_rows *rows)
{
	struct json_object *list = must(json_object_new_array());

	for (size_t i = 0; i < rows->n; i++)
		json_object_array_add(
			list,
			fields_to_json(f->row->fields,
				       (char *)rows->v + i * f->row->size));
	return list;
}

static struct json_object *nums_to_json(const struct cfg_field *f,
					const struct cfg_nums *nums)
{
	struct json_object *list = must(json_object_new_array());
	char buf[CFG_TEXT_MAX];

	for (size_t i = 0; i < nums->n; i++) {
		if (f->type == CFG_MASKS)
			json_object_array_add(list, json_text(cfg_mask_text(
							    nums->v[i], buf)));
		else
			json_object_array_add(
				list, must(json_object_new_uint64(nums->v[i])));
	}
	return list;
}

static struct json_object *value_to_json(const struct cfg_field *f,
					 const void *member)
{
	const struct cfg_num *num = member;
	char buf[CFG_TEXT_MAX];
	const char *word;

	switch (f->type) {
	case CFG_NUM:
	case CFG_SIZE:
		break;
	case CFG_WORD:
		word = cfg_word_name(f->words, num->v);
		if (word)
			return json_text(word);
		break;
	case CFG_HEX:
		return json_hex(num->v);
	case CFG_ACCESS:
		return json_text(cfg_access_text(num->v, buf));
	case CFG_MASK:
		return json_text(cfg_mask_text(num->v, buf));
	case CFG_BOOL:
		return must(json_object_new_boolean(
			((const struct cfg_bool *)member)->v));
	case CFG_TEXT:
	case CFG_PATH:
		return json_text(((const struct cfg_text *)member)->v);
	case CFG_NUMS:
	case CFG_MASKS:
		return nums_to_json(f, member);
	case CFG_ROWS:
		return rows_to_json(f, member);
	}
	return must(json_object_new_uint64(num->v));
}

static struct json_object *fields_to_json(const struct cfg_field *fields,
					  const void *base)
{
	struct json_object *obj = must(json_object_new_object());

	for (; fields->name; fields++) {
		const void *member = cfg_member(base, fields);
		const struct cfg_value *v = member;

		if (!v->set || (fields->type == CFG_ROWS &&
				!((const struct cfg_rows *)member)->n))
			continue;
		json_object_object_add(obj, fields->name,
				       value_to_json(fields, member));
	}
	return obj;
}

struct json_object *config_to_json(const struct config *c)
{
	struct json_object *root = fields_to_json(cfg_own[0].fields, c);

	for (const struct cfg_section *s = cfg_own + 1; s->name; s++) {
		struct json_object *section = fields_to_json(s->fields, c);

		if (json_object_object_length(section))
			json_object_object_add(root, s->name, section);
		else
			json_object_put(section);
	}
	return root;
}

static void free_fields(const struct cfg_field *fields, void *base)
{
	for (; fields->name; fields++) {
		void *member = cfg_member(base, fields);

		if (fields->type == CFG_TEXT || fields->type == CFG_PATH) {
			struct cfg_text *text = member;

			free(text->v);
			text->v = NULL;
		} else if (fields->type == CFG_NUMS ||
			   fields->type == CFG_MASKS) {
			struct cfg_nums *nums = member;

			free(nums->v);
			nums->v = NULL;
		} else if (fields->type == CFG_ROWS) {
			struct cfg_rows *rows = member;

			for (size_t i = 0; i < rows->n; i++)
				free_fields(fields->row->fields,
					    (char *)rows->v +
						    i * fields->row->size);
			free(rows->v);
			*rows = (struct cfg_rows){ 0 };
		}
	}
}

void config_free(struct config *c)
{
	for (const struct cfg_section *s = cfg_own; s->name; s++)
		free_fields(s->fields, c);
	/* What has no key of our own. */
	for (const struct cfg_section *s = cfg_axvisor; s->name; s++)
		free_fields(s->fields, c);
	free(c->file);
	free(c->dir);
	*c = (struct config){ 0 };
}
