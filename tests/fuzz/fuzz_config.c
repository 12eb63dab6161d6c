// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: any bytes as a configuration.  What parses must survive the
 * way through its normalised form.
 */
#include <json-c/json.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"

/* What is written as TOML means the same. */
static void toml_round_trip(const struct config *c)
{
	struct json_object *one = config_to_json(c), *two;
	char *text = config_to_toml(c, NULL);
	struct config again;
	struct diags d = { 0 };

	if (!config_parse(text, strlen(text), "/nowhere/again.toml", &again,
			  &d))
		abort();
	two = config_to_json(&again);
	if (!json_object_equal(one, two))
		abort();
	config_free(&again);
	diag_free(&d);
	free(text);
	json_object_put(one);
	json_object_put(two);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void round_trip(struct config *c)
{
	struct json_object *one = config_to_json(c), *two;
	struct json_object *tree =
		json_tokener_parse(json_object_to_json_string(one));
	struct config again;
	struct diags d = { 0 };

	if (!config_from_json(tree, "again", &again, &d))
		abort();
	two = config_to_json(&again);
	if (!json_object_equal(one, two))
		abort();
	config_free(&again);
	diag_free(&d);
	json_object_put(tree);
	json_object_put(one);
	json_object_put(two);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct diags d = { 0 };
	struct config c;

	if (config_parse((const char *)data, size, "/nowhere/fuzz.toml", &c,
			 &d)) {
		config_served(&c, 0, false, &d);
		round_trip(&c);
		toml_round_trip(&c);
	}
	config_free(&c);
	diag_free(&d);
	return 0;
}
