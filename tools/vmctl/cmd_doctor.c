// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl doctor: can guests run here, and if not, why not?
 */
#include <json-c/json.h>
#include <stdio.h>

#include "describe.h"
#include "doctor.h"
#include "out.h"
#include "vmctl.h"

static struct {
	bool json;
} o;

static const struct opt opts[] = {
	OPT_JSON(o.json),
	{ 0 },
};

static const char *const words[] = { "ok", "warn", "fail", "unknown" };

static void print_json(const struct facts *f, const struct finding *list,
		       size_t n, int code)
{
	struct json_object *obj = out_object(), *checks = out_array();
	struct json_object *bugs = out_object();

	out_bool(obj, "ok", !code);
	out_num(obj, "exit_code", (uint64_t)code);
	out_str(obj, "machine", f->machine);
	out_str(obj, "kernel", f->release);
	out_str(obj, "vmctl", VMCTL_VERSION);
	for (size_t i = 0; i < n; i++) {
		struct json_object *one = out_object();

		out_str(one, "check", list[i].check);
		out_str(one, "status", words[list[i].status]);
		out_str(one, "text", list[i].text);
		out_str(one, "remedy",
			list[i].remedy[0] ? list[i].remedy : NULL);
		out_push(checks, one);
	}
	out_add(obj, "checks", checks);
	for (size_t i = 0; i < f->nr_bugs; i++)
		out_str(bugs, f->bugs[i].name, f->bugs[i].text);
	out_add(obj, "cpu_bugs", bugs);
	out_add(obj, "module",
		!f->device && !f->info_error ? describe_info(&f->info) : NULL);
	out_json(obj);
	json_object_put(obj);
}

static void print_text(const struct finding *list, size_t n, int code)
{
	static const char *const colors[] = { "\033[32m", "\033[33m",
					      "\033[31m", "" };
	bool color = out_color();

	for (size_t i = 0; i < n; i++) {
		enum finding_status s = list[i].status;

		printf("%s%-7s%s %-8s  %s\n", color ? colors[s] : "", words[s],
		       color ? "\033[0m" : "", list[i].check, list[i].text);
		if (list[i].remedy[0])
			printf("%18s%s\n", "-> ", list[i].remedy);
	}
	puts(code ? "Guests cannot run here now." : "Guests can run here.");
}

static int run(int argc, char **argv)
{
	struct finding list[DOCTOR_CHECKS];
	struct facts f;
	size_t n;
	int code;

	doctor_gather(&f);
	n = doctor_judge(&f, list);
	code = doctor_code(list, n);
	if (o.json)
		print_json(&f, list, n, code);
	else
		print_text(list, n, code);
	return code;
}

const struct command cmd_doctor = {
	.name = "doctor",
	.group = "This host",
	.args = "",
	.summary = "can guests run here, and if not, why not?",
	.text = "Looks at CPU, firmware, kernel, module and permissions, and says for each what\n"
		"is wrong and what to do.  Exit code 0: guests can run; else the class of the\n"
		"first cause: 20 no hardware, 21 firmware, 22 nesting, 23 kernel, 24 secure boot,\n"
		"25 module, 26 other version, 27 permission, 28 another hypervisor, 29 else.",
	.min = 0,
	.max = 0,
	.opts = opts,
	.run = run,
};
