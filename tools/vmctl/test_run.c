// SPDX-License-Identifier: GPL-2.0
/*
 * One run of a test, in a process of its own: the VM dies with the process,
 * whatever ends it, because its last descriptor is here.
 */
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "boot.h"
#include "build.h"
#include "config_schema.h"
#include "dev.h"
#include "flight.h"
#include "names.h"
#include "out.h"
#include "regs.h"
#include "stats.h"
#include "test.h"
#include "vmctl.h"

#define PAUSE_MS 100 /* an unfinished line counts after so long */
#define READS 64 /* all that a console keeps, and more */
#define LINGER_NS 200000000ull /* what a guest says after its last words */

/**
 * struct run - a run
 * @console: its console, not blocking
 * @log: where that goes, or NULL
 * @event: an eventfd: the VM has stopped
 */
struct run {
	const struct test_job *job;
	struct vm vm;
	uint32_t backend;
	int console, event;
	FILE *log;
	struct test_watch *watch;
	struct test_outcome result;
};

/* ---- logs ------------------------------------------------------------------ */

static FILE *log_open(const struct run *r, const char *name)
{
	char path[4096];

	if (!r->job->log)
		return NULL;
	snprintf(path, sizeof(path), "%s/%s", r->job->log, name);
	return fopen(path, "we");
}

static void log_json(const struct run *r, const char *name,
		     struct json_object *obj)
{
	FILE *f = log_open(r, name);

	if (f) {
		fprintf(f, "%s\n",
			json_object_to_json_string_ext(
				obj, JSON_C_TO_STRING_PRETTY |
					     JSON_C_TO_STRING_SPACED |
					     JSON_C_TO_STRING_NOSLASHESCAPE));
		fclose(f);
	}
	json_object_put(obj);
}

/* Registers of all vCPUs; it is no harm if one cannot be read. */
static void log_registers(const struct run *r)
{
	struct json_object *all = out_array();

	for (unsigned int i = 0; i < AXVM_MAX_VCPUS; i++) {
		int vcpu = vcpu_open(r->vm.fd, i);
		struct json_object *one;

		if (vcpu < 0)
			break;
		one = out_object();
		out_num(one, "vcpu", i);
		(BACKEND_IS_ARM64(r->backend) ? &regs_arm64 : &regs_x86)
			->read(vcpu, one);
		out_push(all, one);
		close(vcpu);
	}
	log_json(r, "registers.json", all);
}

/* The flight recorder; the record that stopped the VM in @stop. */
static bool read_exits(const struct run *r, uint32_t reason,
		       struct axvm_exit *stop)
{
	struct json_object *all = r->job->log ? out_array() : NULL;
	struct axvm_exit *e = NULL;
	bool found = false;
	struct flights f;
	size_t n = 0;

	if (!flights_open(&r->vm, -1, r->backend, &f))
		n = flights_read(&f, &e);
	flights_close(&f);
	for (size_t i = 0; i < n; i++) {
		if (all)
			out_push(all, exit_json(&e[i], r->backend));
		if (e[i].flags & AXVM_EXIT_STOPS && e[i].reason == reason) {
			*stop = e[i];
			found = true;
		}
	}
	if (all)
		log_json(r, "exits.json", all);
	free(e);
	return found;
}

/* ---- the VM ------------------------------------------------------------------ */

static int claim(const struct run *r, uint32_t space, uint64_t base,
		 uint64_t len, const char *what)
{
	struct axvm_io io = {
		.space = space, .policy = AXVM_IO_STOP, .base = base, .len = len
	};
	int ret = DEV_CALL(r->vm.fd, AXVM_VM_IO, &io);

	if (ret == -EEXIST)
		return err(VMCTL_CONFIG,
			   "%s 0x%llx belongs to a device of the kernel", what,
			   (unsigned long long)base);
	if (ret == -EOPNOTSUPP)
		return err(VMCTL_CONFIG, "this host's guests have no ports");
	return ret ? vmctl_failed(&r->vm, "watch for the verdict of", ret) : 0;
}

static int claim_all(const struct run *r)
{
	const struct test_rule *rule = &r->job->rule;
	int ret = 0;

	if (rule->has_port)
		ret = claim(r, AXVM_SPACE_PIO, rule->port,
			    rule->port > 0xfffc ? 1 : 4, "port");
	if (!ret && rule->has_mmio)
		ret = claim(r, AXVM_SPACE_MMIO, rule->mmio, 8, "address");
	if (!ret && rule->has_hypercall)
		ret = claim(r, AXVM_SPACE_HYPERCALL, rule->hypercall, 1,
			    "hypercall");
	return ret;
}

static int set_registers(const struct run *r)
{
	const struct cfg_text *t = &r->job->test->config.test.registers;
	int vcpu, ret;

	if (!t->set)
		return 0;
	ret = vmctl_vcpu(&r->vm, 0, &vcpu);
	if (ret)
		return ret;
	ret = regs_set_list(&r->vm, vcpu,
			    BACKEND_IS_ARM64(r->backend) ? &regs_arm64 :
							   &regs_x86,
			    "test.registers", t->v);
	close(vcpu);
	return ret;
}

static void *wait_for_end(void *arg)
{
	struct run *r = arg;
	uint64_t one = 1;
	int ret;

	do {
		struct axvm_vm_wait wait = {
			.timeout_ns = ~0ull,
			.states = 1u << AXVM_VM_STOPPED,
			.reasons = 1ull << AXVM_EXIT_MEMORY,
		};

		ret = DEV_CALL(r->vm.fd, AXVM_VM_WAIT, &wait);
	} while (ret == -EINTR);
	return write(r->event, &one, sizeof(one)) < 0 ? arg : NULL;
}

static int begin(struct run *r)
{
	pthread_t thread;
	int ret;

	ret = claim_all(r);
	if (!ret)
		ret = set_registers(r);
	if (ret)
		return ret;
	r->console = console_open(r->vm.fd, 0);
	if (r->console < 0)
		return vmctl_failed(&r->vm, "open the console of", r->console);
	fcntl(r->console, F_SETFL, O_RDWR | O_NONBLOCK);
	r->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (r->event < 0 || pthread_create(&thread, NULL, wait_for_end, r))
		return err(VMCTL_LIMIT, "no thread to wait for the VM");
	ret = vm_op(r->vm.fd, AXVM_VM_START, 0, 0);
	return ret ? vmctl_failed(&r->vm, "start", ret) : 0;
}

/* ---- looking at it ------------------------------------------------------------- */

/* What there is now; true: a line of it says what the verdict is. */
static bool read_console(struct run *r, bool *more)
{
	struct test_outcome *res = &r->result;
	char buf[4096];
	ssize_t n;

	*more = false;
	/* One that never stops talking must not stop our clock. */
	for (int i = 0; i < READS; i++) {
		n = read(r->console, buf, sizeof(buf));
		if (n <= 0)
			break;
		*more = true;
		if (r->log)
			fwrite(buf, 1, (size_t)n, r->log);
		if (test_watch_feed(r->watch, buf, (size_t)n, &res->verdict,
				    res->text))
			return true;
	}
	return false;
}

/* A line was it: let the guest finish what it has to say, for the log. */
static void linger(struct run *r)
{
	uint64_t until = stats_now() + LINGER_NS;
	enum cfg_verdict v;
	char buf[4096], text[TEST_TEXT];

	while (stats_now() < until) {
		struct pollfd p[2] = { { r->console, POLLIN, 0 },
				       { r->event, POLLIN, 0 } };
		ssize_t n;

		poll(p, 2, PAUSE_MS);
		while ((n = read(r->console, buf, sizeof(buf))) > 0) {
			if (r->log)
				fwrite(buf, 1, (size_t)n, r->log);
			test_watch_feed(r->watch, buf, (size_t)n, &v, text);
			if (stats_now() >= until)
				return;
		}
		if (p[1].revents)
			return;
	}
}

static void ended(struct run *r)
{
	struct axvm_vm_info info = { 0 };
	struct axvm_exit e;
	bool more, found;

	/* Its last words count before the way it ended. */
	if (read_console(r, &more) ||
	    test_watch_feed(r->watch, NULL, 0, &r->result.verdict,
			    r->result.text)) {
		linger(r);
		return;
	}
	if (vm_info(r->vm.fd, &info)) {
		r->result.verdict = CFG_VERDICT_ERROR;
		strcpy(r->result.text, "somebody destroyed its VM");
		return;
	}
	found = read_exits(r, info.stop_reason, &e);
	test_judge(&r->job->rule,
		   info.state == AXVM_VM_STOPPED ? info.stop_reason :
						   AXVM_EXIT_MEMORY,
		   found ? &e : NULL, &r->result);
}

static void time_is_up(struct run *r)
{
	struct axvm_exit e;

	vm_op(r->vm.fd, AXVM_VM_STOP, AXVM_OP_FORCE, 0);
	read_exits(r, AXVM_EXIT_NONE, &e);
	r->result.verdict = CFG_VERDICT_TIMEOUT;
	snprintf(r->result.text, sizeof(r->result.text),
		 "no verdict after %g s",
		 (double)r->job->rule.timeout_ns / 1e9);
}

static void attend(struct run *r)
{
	uint64_t begun = stats_now(), until = begun + r->job->rule.timeout_ns;
	bool more, pending = false;

	for (;;) {
		struct pollfd p[2] = { { r->console, POLLIN, 0 },
				       { r->event, POLLIN, 0 } };
		uint64_t now = stats_now();
		int ms;

		if (now >= until) {
			time_is_up(r);
			break;
		}
		ms = until - now > 1000000000 ?
			     1000 :
			     (int)((until - now + 999999) / 1000000);
		if (pending && ms > PAUSE_MS)
			ms = PAUSE_MS;
		poll(p, 2, ms);
		if (read_console(r, &more)) {
			linger(r);
			break;
		}
		if (p[1].revents) {
			ended(r);
			break;
		}
		/* A prompt has no end of line. */
		if (pending && !more &&
		    test_watch_feed(r->watch, NULL, 0, &r->result.verdict,
				    r->result.text)) {
			linger(r);
			break;
		}
		pending = more;
	}
	r->result.ns = stats_now() - begun;
}

/* ---- the process ------------------------------------------------------------------ */

/* Where messages go, to be read back: the log, or memory. */
static int messages_open(const struct run *r)
{
	char path[4096];
	int fd;

	if (r->job->log) {
		snprintf(path, sizeof(path), "%s/vmctl.log", r->job->log);
		fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	} else {
		fd = memfd_create("vmctl-test", MFD_CLOEXEC);
	}
	if (fd >= 0)
		dup2(fd, STDERR_FILENO);
	return fd;
}

/* What was said first is why it could not be run. */
static void take_message(struct run *r, int fd)
{
	struct test_outcome *res = &r->result;
	ssize_t n;
	char *end;

	res->verdict = CFG_VERDICT_ERROR;
	fflush(stderr);
	n = pread(fd, res->text, sizeof(res->text) - 1, 0);
	res->text[n > 0 ? n : 0] = '\0';
	end = strchr(res->text, '\n');
	if (end)
		*end = '\0';
	if (!strncmp(res->text, "vmctl: ", 7))
		memmove(res->text, res->text + 7, strlen(res->text + 7) + 1);
}

static int make(struct run *r)
{
	struct config *c = (struct config *)&r->job->test->config;
	struct axvm_info info;
	int dev, ret = vmctl_device(&dev, &info);

	if (ret)
		return ret;
	close(dev);
	r->backend = info.backend;
	/* This process has its own copy of it. */
	c->name = (struct cfg_text){ .set = true,
				     .v = must(strdup(r->job->name)) };
	return build_config(c, &r->vm);
}

static void run_vm(struct run *r, int messages)
{
	int ret = make(r);

	if (!ret)
		ret = begin(r);
	if (ret) {
		take_message(r, messages);
		return;
	}
	attend(r);
	if (r->job->log)
		log_registers(r);
}

/* True: there is nothing to run, and why. */
static bool settled(struct run *r)
{
	const struct test *t = r->job->test;
	const struct cfg_num *arch = &t->config.arch;

	if (t->bad) {
		r->result.verdict = CFG_VERDICT_ERROR;
		memcpy(r->result.text, t->why, sizeof(r->result.text));
	} else if (arch->set && arch->v != boot_host()) {
		r->result.verdict = CFG_VERDICT_SKIP;
		snprintf(r->result.text, sizeof(r->result.text),
			 "for %s guests",
			 cfg_word_name(cfg_arch_words, arch->v));
	} else {
		return false;
	}
	return true;
}

void test_child(const struct test_job *job, int out)
{
	struct run r = { .job = job, .console = -1, .event = -1 };
	int messages = messages_open(&r);
	const char *tail;
	size_t n;

	r.vm.fd = -1;
	r.watch = test_watch_new(&job->rule);
	if (!settled(&r)) {
		r.log = log_open(&r, "console.log");
		run_vm(&r, messages);
		if (r.log)
			fclose(r.log);
	}
	tail = test_watch_tail(r.watch, &n);
	r.result.tail_n = (uint32_t)n;
	if (write(out, &r.result, sizeof(r.result)) != sizeof(r.result) ||
	    write(out, tail, n) != (ssize_t)n)
		_exit(VMCTL_FAILED);
	_exit(VMCTL_OK);
}
