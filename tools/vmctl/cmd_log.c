// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl log: what axvm said in the kernel's log.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dev.h"
#include "out.h"
#include "vmctl.h"

#define PREFIX "axvm:"

static struct {
	bool json, follow;
} o;

static const struct opt opts[] = {
	{ "follow", 'f', OPT_FLAG, &o.follow, NULL, "go on with new ones" },
	OPT_JSON(o.json),
	{ 0 },
};

/**
 * struct record - one of /dev/kmsg: "level,seq,usec,flags;text"
 * @text: ends where the record's first line does
 */
struct record {
	unsigned int level;
	uint64_t usec;
	const char *text;
};

static bool parse(char *buf, struct record *r)
{
	char *text = strchr(buf, ';');
	uint64_t seq;

	if (!text || sscanf(buf, "%u,%" SCNu64 ",%" SCNu64, &r->level, &seq,
			    &r->usec) != 3)
		return false;
	r->level &= 7; /* the facility stands above */
	r->text = text + 1;
	text[strcspn(text, "\n")] = '\0';
	return true;
}

/* Ours; of one VM if @id is not 0. */
static bool wanted(const struct record *r, uint64_t id)
{
	char vm[32];
	const char *at;

	if (strncmp(r->text, PREFIX, strlen(PREFIX)))
		return false;
	if (!id)
		return true;
	snprintf(vm, sizeof(vm), " VM %" PRIu64, id);
	at = strstr(r->text, vm);
	return at && !strchr("0123456789", at[strlen(vm)] ?: ' ');
}

static void print(const struct record *r, struct json_object *list)
{
	static const char *const levels[] = { "emergency", "alert",
					      "critical",  "error",
					      "warning",   "notice",
					      "info",	   "debug" };
	struct json_object *obj;

	if (!o.json) {
		printf("%6" PRIu64 ".%06" PRIu64 "  %-8s %s\n",
		       r->usec / 1000000, r->usec % 1000000, levels[r->level],
		       r->text);
		return;
	}
	obj = out_object();
	out_num(obj, "time_us", r->usec);
	out_str(obj, "level", levels[r->level]);
	out_str(obj, "text", r->text);
	if (!o.follow) {
		out_push(list, obj);
		return;
	}
	puts(json_object_to_json_string_ext(
		obj, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(obj);
}

static int read_log(int fd, uint64_t id, struct json_object *list)
{
	struct pollfd p = { fd, POLLIN, 0 };
	struct record r;
	char buf[8192];

	for (;;) {
		ssize_t n = read(fd, buf, sizeof(buf) - 1);

		if (n > 0) {
			buf[n] = '\0';
			if (parse(buf, &r) && wanted(&r, id))
				print(&r, list);
		} else if (n < 0 && errno == EAGAIN && o.follow) {
			if (!out_flush())
				return 0; /* out_finish() says it */
			poll(&p, 1, -1);
		} else if (n < 0 && (errno == EPIPE || errno == EINTR)) {
			continue; /* overwritten while we read: go on */
		} else {
			return n < 0 && errno != EAGAIN ?
				       err(VMCTL_FAILED,
					   "cannot read the kernel's log: %s",
					   err_text(errno)) :
				       0;
		}
	}
}

static int run(int argc, char **argv)
{
	struct json_object *list = out_array();
	struct vm vm = { .id = 0 };
	int fd, ret = 0;

	if (argc) {
		ret = vmctl_open(argv[0], &vm);
		if (!ret)
			close(vm.fd);
	}
	if (ret)
		goto out_put;
	fd = open("/dev/kmsg", O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		ret = err(errno == EPERM || errno == EACCES ? VMCTL_DENIED :
							      VMCTL_FAILED,
			  "cannot open the kernel's log: %s", err_text(errno));
		goto out_put;
	}
	ret = read_log(fd, vm.id, list);
	close(fd);
	if (!ret && o.json)
		out_json(list);
out_put:
	json_object_put(list);
	return ret;
}

const struct command cmd_log = {
	.name = "log",
	.group = "This host",
	.args = "[VM]",
	.summary = "what axvm said in the kernel's log",
	.text = "Shows what axvm said in the kernel's log, of all or of one VM, with the seconds\n"
		"since boot.  With --follow and --json: one object a line.",
	.min = 0,
	.max = 1,
	.opts = opts,
	.run = run,
};
