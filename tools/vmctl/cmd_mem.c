// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl mem: read and write guest memory.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dev.h"
#include "mem_search.h"
#include "num.h"
#include "out.h"
#include "vmctl.h"

#define CHUNK (1u << 20)
#define DUMP_BYTES 256

static struct {
	bool json, gva, text;
	uint64_t vcpu, most;
} o;

static const struct opt opts[] = {
	{ "gva", 0, OPT_FLAG, &o.gva, NULL, "the address is guest-virtual" },
	{ "vcpu", 'v', OPT_U64, &o.vcpu, "N", "with --gva: of this vCPU (0)" },
	{ "text", 't', OPT_FLAG, &o.text, NULL,
	  "search: the pattern is text, not hex digits" },
	{ "most", 'm', OPT_U64, &o.most, "N",
	  "search: at most so many addresses (100)" },
	OPT_JSON(o.json),
	{ 0 },
};

/**
 * struct job - one transfer
 * @fd: file, or -1 when hex is printed or given
 * @path: its name
 */
struct job {
	struct vm vm;
	uint64_t addr, len;
	int fd;
	const char *path;
};

static int failed(const struct job *j, const char *what, uint64_t at, int ret)
{
	if (ret == -ENOENT)
		return err(
			VMCTL_FAILED,
			"cannot %s VM '%s' at 0x%" PRIx64
			": no guest memory is there; `vmctl show %s` lists the regions",
			what, j->vm.name, at, j->vm.name);
	if (ret == -ENXIO)
		return err(VMCTL_FAILED,
			   "cannot %s VM '%s' at 0x%" PRIx64
			   ": the guest does not map this address",
			   what, j->vm.name, at);
	return vmctl_failed(&j->vm, what, ret);
}

static int transfer(const struct job *j, bool write, uint64_t at, void *buf,
		    size_t len)
{
	uint32_t flags = (write ? AXVM_RW_WRITE : 0) |
			 (o.gva ? AXVM_RW_GVA : 0);
	uint64_t done;
	int ret = vm_mem_rw(j->vm.fd, flags, (unsigned int)o.vcpu, at, buf, len,
			    &done);

	return ret ? failed(j,
			    write ? "write the memory of" :
				    "read the memory of",
			    at + done, ret) :
		     0;
}

static void dump_line(uint64_t at, const unsigned char *b, size_t n)
{
	printf("%016" PRIx64 " ", at);
	for (size_t i = 0; i < 16; i++) {
		if (i == 8)
			putchar(' ');
		if (i < n)
			printf(" %02x", b[i]);
		else
			fputs("   ", stdout);
	}
	fputs("  |", stdout);
	for (size_t i = 0; i < n; i++)
		putchar(b[i] >= 0x20 && b[i] < 0x7f ? b[i] : '.');
	puts("|");
}

static void print_json(const struct job *j, const unsigned char *b)
{
	struct json_object *obj = out_object();
	char *hex = must(malloc(2 * j->len + 1));

	for (uint64_t i = 0; i < j->len; i++)
		sprintf(hex + 2 * i, "%02x", b[i]);
	hex[2 * j->len] = '\0';
	out_hex(obj, "address", j->addr);
	out_num(obj, "length", j->len);
	out_str(obj, "hex", hex);
	out_json(obj);
	json_object_put(obj);
	free(hex);
}

static int write_all(const struct job *j, const char *buf, size_t len)
{
	while (len) {
		ssize_t n = write(j->fd, buf, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err(VMCTL_FAILED, "cannot write %s: %s", j->path,
				   err_text(errno));
		buf += n;
		len -= (size_t)n;
	}
	return 0;
}

static int read_chunks(const struct job *j, unsigned char *buf)
{
	int ret = 0;

	for (uint64_t at = 0; !ret && at < j->len;) {
		size_t n = j->len - at < CHUNK ? (size_t)(j->len - at) : CHUNK;

		ret = transfer(j, false, j->addr + at, buf, n);
		if (ret)
			break;
		if (j->fd >= 0)
			ret = write_all(j, (char *)buf, n);
		for (size_t i = 0; j->fd < 0 && i < n; i += 16)
			dump_line(j->addr + at + i, buf + i,
				  n - i < 16 ? n - i : 16);
		if (j->fd < 0 && ferror(stdout))
			break; /* out_finish() says it */
		at += n;
	}
	return ret;
}

/* Not a screen of memory first, and that there is no more of it then. */
static int check_end(const struct job *j)
{
	uint64_t last = j->addr + j->len - 1;
	char byte;

	if (last < j->addr)
		return err(VMCTL_USAGE,
			   "mem: 0x%" PRIx64 " + 0x%" PRIx64
			   " goes beyond the last address there can be",
			   j->addr, j->len);
	return o.gva || j->len <= CHUNK ? 0 :
					  transfer(j, false, last, &byte, 1);
}

static int mem_read(struct job *j)
{
	unsigned char *buf;
	int ret = check_end(j);

	if (ret)
		return ret;
	if (o.json && j->fd < 0) {
		if (j->len > 16 * CHUNK)
			return err(
				VMCTL_USAGE,
				"mem: --json prints at most 16M; name a FILE");
		buf = must(malloc(j->len + 1));
		ret = transfer(j, false, j->addr, buf, j->len);
		if (!ret)
			print_json(j, buf);
	} else {
		buf = must(malloc(CHUNK));
		ret = read_chunks(j, buf);
	}
	free(buf);
	return ret;
}

/* The next @len bytes of the file, all of them. */
static int read_all(const struct job *j, unsigned char *buf, size_t len)
{
	size_t got = 0;

	while (got < len) {
		ssize_t n = read(j->fd, buf + got, len - got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err(VMCTL_CONFIG, "cannot read %s: %s", j->path,
				   err_text(errno));
		if (!n)
			return err(VMCTL_CONFIG,
				   "%s ends before %" PRIu64 " bytes", j->path,
				   j->len);
		got += (size_t)n;
	}
	return 0;
}

static int mem_write_file(struct job *j)
{
	unsigned char *buf = must(malloc(CHUNK));
	int ret = 0;

	for (uint64_t at = 0; !ret && at < j->len;) {
		size_t n = j->len - at < CHUNK ? (size_t)(j->len - at) : CHUNK;

		ret = read_all(j, buf, n);
		if (!ret)
			ret = transfer(j, true, j->addr + at, buf, n);
		at += n;
	}
	free(buf);
	return ret;
}

/* Exactly 2 * @len hex digits? */
static bool is_hex(const char *text, uint64_t len)
{
	if (strspn(text, "0123456789abcdefABCDEF") != strlen(text))
		return false;
	return strlen(text) % 2 == 0 && strlen(text) / 2 == len;
}

static int mem_write_hex(struct job *j, const char *text)
{
	unsigned char *buf = must(malloc(j->len + 1));
	int ret;

	for (uint64_t i = 0; i < j->len; i++) {
		char pair[3] = { text[2 * i], text[2 * i + 1], '\0' };

		buf[i] = (unsigned char)strtoul(pair, NULL, 16);
	}
	ret = transfer(j, true, j->addr, buf, j->len);
	free(buf);
	return ret;
}

static int open_file(struct job *j, const char *path, bool write)
{
	j->path = path;
	if (!strcmp(path, "-")) {
		j->path = write ? "standard input" : "standard output";
		j->fd = write ? STDIN_FILENO : STDOUT_FILENO;
		return 0;
	}
	j->fd = open(path,
		     write ? O_RDONLY | O_CLOEXEC :
			     O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
		     0666);
	if (j->fd >= 0)
		return 0;
	if (write && errno == ENOENT)
		return err(VMCTL_CONFIG,
			   "'%s' is neither a file nor %" PRIu64
			   " hex digits (2 for each byte)",
			   path, 2 * j->len);
	return err(VMCTL_CONFIG, "cannot open %s: %s", path, err_text(errno));
}

static int parse(struct job *j, char **argv)
{
	if (num_parse(argv[2], &j->addr))
		return err(VMCTL_USAGE,
			   "mem: '%s' is not an address; see `vmctl help mem`",
			   argv[2]);
	if (!argv[3])
		j->len = DUMP_BYTES;
	else if (num_parse(argv[3], &j->len) || !j->len)
		return err(VMCTL_USAGE,
			   "mem: '%s' is not a length; see `vmctl help mem`",
			   argv[3]);
	if (o.vcpu >= AXVM_MAX_VCPUS)
		return err(VMCTL_USAGE, "mem: vCPUs are 0 to %d",
			   AXVM_MAX_VCPUS - 1);
	return 0;
}

static int search(const struct job *j, const char *text)
{
	struct search s = { .addr = j->addr,
			    .len = j->len,
			    .most = o.most ? o.most : 100,
			    .gva = o.gva,
			    .vcpu = (unsigned int)o.vcpu };

	if (j->addr + j->len < j->addr)
		return err(VMCTL_USAGE, "mem: this goes beyond 2^64");
	if (pattern_parse(&s.pattern, text, o.text))
		return err(
			VMCTL_USAGE,
			"mem: a pattern is 1 to 256 bytes as hex digits, or a --text; not '%.40s'",
			text);
	return mem_search(&j->vm, &s, o.json);
}

/* How many arguments each kind takes. */
static const struct {
	const char *name;
	int min, max;
} kinds[] = { { "read", 4, 5 },
	      { "write", 4, 5 },
	      { "dump", 3, 4 },
	      { "search", 5, 5 } };

static int check_kind(int argc, const char *kind)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].name, kind))
			continue;
		if (argc >= kinds[i].min && argc <= kinds[i].max)
			return 0;
		return err(VMCTL_USAGE,
			   "mem %s: that is %s; see `vmctl help mem`", kind,
			   argc < kinds[i].min ? "too few arguments" :
						 "one argument too many");
	}
	return err(
		VMCTL_USAGE,
		"mem: '%s' is not read, write, dump or search; see `vmctl help mem`",
		kind);
}

static int run(int argc, char **argv)
{
	struct job j = { .fd = -1 };
	bool find = !strcmp(argv[0], "search");
	const char *file = argc > 4 && !find ? argv[4] : NULL;
	bool write = !strcmp(argv[0], "write");
	bool hex;
	int ret = check_kind(argc, argv[0]);

	if (!ret)
		ret = parse(&j, argv);
	if (!ret)
		ret = vmctl_open(argv[1], &j.vm);
	if (ret)
		return ret;
	if (find) {
		ret = search(&j, argv[4]);
		close(j.vm.fd);
		return ret;
	}
	if (write && !file)
		file = "-";
	hex = write && is_hex(file, j.len);
	if (file && !hex)
		ret = open_file(&j, file, write);
	if (!ret)
		ret = hex   ? mem_write_hex(&j, file) :
		      write ? mem_write_file(&j) :
			      mem_read(&j);
	if (j.fd > STDERR_FILENO && close(j.fd) && !ret && !write)
		ret = err(VMCTL_FAILED, "cannot write %s: %s", j.path,
			  err_text(errno));
	close(j.vm.fd);
	return ret;
}

const struct command cmd_mem = {
	.name = "mem",
	.group = "Looking at a VM",
	.args = "read|write|dump|search VM ADDRESS [LENGTH] [FILE|HEX]",
	.summary = "read, write, dump or search guest memory",
	.text = "read prints a hex dump, or writes LENGTH bytes to FILE (\"-\": bytes to stdout).\n"
		"write takes LENGTH bytes from stdin, from FILE, or from exactly 2 * LENGTH hex\n"
		"digits (a file of such a name is ./NAME).  dump is read of 256 bytes, or so\n"
		"many as you say.  search prints the addresses within LENGTH bytes that hold the\n"
		"bytes HEX (or --text); exit code 1: there are none.",
	.min = 3,
	.max = 5,
	.opts = opts,
	.run = run,
};
