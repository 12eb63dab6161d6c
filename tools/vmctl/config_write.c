// SPDX-License-Identifier: GPL-2.0
/*
 * Configurations on their way out: normalised JSON along the schema's tables,
 * and freeing them.
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

#include "config.h"
#include "config_schema.h"
#include "vmctl.h"

static struct json_object *json_hex(uint64_t v)
{
	char buf[24];

	snprintf(buf, sizeof(buf), "0x%" PRIx64, v);
	return must(json_object_new_string(buf));
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

static struct json_object *nums_to_json(const struct cfg_nums *nums)
{
	struct json_object *list = must(json_object_new_array());

	for (size_t i = 0; i < nums->n; i++)
		json_object_array_add(list,
				      must(json_object_new_uint64(nums->v[i])));
	return list;
}

static struct json_object *value_to_json(const struct cfg_field *f,
					 const void *member)
{
	switch (f->type) {
	case CFG_NUM:
		return must(json_object_new_uint64(
			((const struct cfg_num *)member)->v));
	case CFG_HEX:
		return json_hex(((const struct cfg_num *)member)->v);
	case CFG_BOOL:
		return must(json_object_new_boolean(
			((const struct cfg_bool *)member)->v));
	case CFG_TEXT:
	case CFG_PATH:
		return must(json_object_new_string(
			((const struct cfg_text *)member)->v));
	case CFG_NUMS:
		return nums_to_json(member);
	case CFG_ROWS:
		return rows_to_json(f, member);
	}
	return NULL;
}

static struct json_object *fields_to_json(const struct cfg_field *fields,
					  const void *base)
{
	struct json_object *obj = must(json_object_new_object());

	for (; fields->name; fields++) {
		const void *member = cfg_member(base, fields);

		/* Every kind of value begins with @set. */
		if (*(const bool *)member)
			json_object_object_add(obj, fields->name,
					       value_to_json(fields, member));
	}
	return obj;
}

struct json_object *config_to_json(const struct config *c)
{
	struct json_object *root = fields_to_json(cfg_sections[0].fields, c);

	for (const struct cfg_section *s = cfg_sections + 1; s->name; s++)
		json_object_object_add(root, s->name,
				       fields_to_json(s->fields, c));
	return root;
}

static void free_fields(const struct cfg_field *fields, void *base)
{
	for (; fields->name; fields++) {
		void *member = cfg_member(base, fields);

		if (fields->type == CFG_TEXT || fields->type == CFG_PATH) {
			free(((struct cfg_text *)member)->v);
		} else if (fields->type == CFG_NUMS) {
			free(((struct cfg_nums *)member)->v);
		} else if (fields->type == CFG_ROWS) {
			struct cfg_rows *rows = member;

			for (size_t i = 0; i < rows->n; i++)
				free_fields(fields->row->fields,
					    (char *)rows->v +
						    i * fields->row->size);
			free(rows->v);
		}
	}
}

void config_free(struct config *c)
{
	for (const struct cfg_section *s = cfg_sections; s->name; s++)
		free_fields(s->fields, c);
	free(c->file);
	free(c->dir);
	*c = (struct config){ 0 };
}
