// SPDX-License-Identifier: GPL-2.0
/*
 * The only C++ of vmctl: toml++ parses, and the tree is copied into json-c
 * objects.  What keys mean is config.c's.
 */
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <string>
#include <string_view>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>
#include <json-c/json.h>

#include "toml.h"

namespace {

/* json-c keeps one word per node: the line, as a pointer's value. */
void set_line(json_object *node, uint32_t line)
{
	if (node)
		json_object_set_userdata(node, reinterpret_cast<void *>(uintptr_t{ line }),
					 nullptr);
}

json_object *convert(const toml::node &node);

json_object *convert_table(const toml::table &table)
{
	json_object *obj = json_object_new_object();

	for (auto &&[key, value] : table) {
		json_object *child = convert(value);

		/* A member stands where its key is, a [table] at its header. */
		if (key.source().begin.line)
			set_line(child, key.source().begin.line);
		json_object_object_add(obj, std::string(key.str()).c_str(), child);
	}
	return obj;
}

json_object *convert_array(const toml::array &array)
{
	json_object *list = json_object_new_array();

	for (auto &&value : array)
		json_object_array_add(list, convert(value));
	return list;
}

template <typename T> json_object *text_of(const T &value)
{
	std::ostringstream out;

	out << value;
	return json_object_new_string(out.str().c_str());
}

json_object *convert(const toml::node &node)
{
	json_object *obj = nullptr;

	if (auto *table = node.as_table())
		obj = convert_table(*table);
	else if (auto *array = node.as_array())
		obj = convert_array(*array);
	else if (auto *string = node.as_string())
		obj = json_object_new_string_len(string->get().data(),
						 static_cast<int>(string->get().size()));
	else if (auto *integer = node.as_integer())
		obj = json_object_new_int64(integer->get());
	else if (auto *real = node.as_floating_point())
		obj = json_object_new_double(real->get());
	else if (auto *boolean = node.as_boolean())
		obj = json_object_new_boolean(boolean->get());
	else if (auto *date = node.as_date())
		obj = text_of(date->get());
	else if (auto *time = node.as_time())
		obj = text_of(time->get());
	else if (auto *stamp = node.as_date_time())
		obj = text_of(stamp->get());
	set_line(obj, node.source().begin.line);
	return obj;
}

} /* namespace */

extern "C" json_object *toml_parse_text(const char *text, size_t len, char **error,
					int *line)
{
	try {
		toml::parse_result result = toml::parse(std::string_view(text, len));

		if (result)
			return convert_table(result.table());
		*line = static_cast<int>(result.error().source().begin.line);
		*error = strndup(result.error().description().data(),
				 result.error().description().size());
	} catch (const std::exception &e) {
		/* Not from the parser: the standard library, out of memory. */
		*line = 0;
		*error = strdup(e.what());
	}
	return nullptr;
}

extern "C" int toml_line(json_object *node)
{
	return static_cast<int>(reinterpret_cast<uintptr_t>(json_object_get_userdata(node)));
}
