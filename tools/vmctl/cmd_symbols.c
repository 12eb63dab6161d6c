// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl symbols: the symbols of a guest's Linux kernel as a file for gdb.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dev.h"
#include "diag.h"
#include "ksyms.h"
#include "unpack.h"
#include "vmctl.h"

/* A kernel is near the beginning of memory, and so are its tables. */
#define SCAN_MOST (1ull << 30)
#define FILE_MOST (1ull << 30)

static struct {
	uint64_t base, offset;
	const char *from;
} o;

static const struct opt opts[] = {
	{ "from", 'f', OPT_STRING, &o.from, "FILE",
	  "of a kernel, a copy of /proc/kallsyms, a System.map" },
	{ "offset", 0, OPT_U64, &o.offset, "N",
	  "how far the guest's kernel has moved itself (KASLR)" },
	{ "base", 0, OPT_U64, &o.base, "ADDRESS",
	  "of its first symbol, where FILE does not tell (arm64)" },
	{ 0 },
};

static int write_file(const char *path, const uint8_t *p, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	while (fd >= 0 && len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		p += n;
		len -= (size_t)n;
	}
	if (fd < 0 || len || close(fd))
		return err(VMCTL_FAILED, "cannot write %s: %s", path,
			   err_text(errno));
	return 0;
}

static int write_elf(struct ksyms *k, const char *path)
{
	struct kbuf elf;
	bool frames;
	int ret;

	ksyms_finish(k, o.offset);
	elf = ksyms_elf(k, &frames);
	ret = write_file(path, elf.p, elf.n);
	kbuf_free(&elf);
	if (ret)
		return ret;
	note("%s: %zu symbols%s", path, k->n,
	     frames ? ", and how to find callers" :
		      "; without the kernel itself gdb has to guess callers");
	return 0;
}

/* ---- from a file -------------------------------------------------------------- */

static int unpack_file(struct bytes *b)
{
	enum unpack_format format = unpack_probe(b->v, b->n);
	struct diags d = { 0 };
	struct bytes out = { 0 };
	bool good;

	if (format == UNPACK_NONE)
		return 0;
	good = unpack(format, b->v, b->n, FILE_MOST, o.from, &out, &d);
	diag_print(&d);
	diag_free(&d);
	if (!good)
		return VMCTL_CONFIG;
	bytes_free(b);
	*b = out;
	return 0;
}

static int from_bytes(struct ksyms *k, const struct bytes *b)
{
	int ret = ksyms_parse(k, (const char *)b->v, b->n);

	if (ret == -EPERM)
		return err(
			VMCTL_DENIED,
			"%s: its addresses are hidden: it has to be read as root",
			o.from);
	if (!ret)
		return 0;
	ksyms_free(k);
	ret = ksyms_find(k, b->v, b->n, o.base);
	if (ret == -ENODATA)
		return err(
			VMCTL_USAGE,
			"%s does not tell where it will be: --base ADDRESS, that of its first symbol",
			o.from);
	if (ret)
		return err(
			VMCTL_CONFIG,
			"%s is no list of symbols, nor a kernel that carries them (a bzImage is packed)",
			o.from);
	return 0;
}

static int from_file(const char *out)
{
	int fd = open(o.from, O_RDONLY | O_CLOEXEC), ret;
	struct bytes b = { 0 };
	struct ksyms k = { 0 };

	if (fd < 0)
		return err(VMCTL_CONFIG, "cannot open %s: %s", o.from,
			   err_text(errno));
	ret = bytes_read(fd, FILE_MOST, &b);
	close(fd);
	if (ret)
		return err(VMCTL_CONFIG, "cannot read %s: %s", o.from,
			   err_text(-ret));
	ret = unpack_file(&b);
	if (!ret)
		ret = from_bytes(&k, &b);
	if (!ret)
		ret = write_elf(&k, out);
	ksyms_free(&k);
	bytes_free(&b);
	return ret;
}

/* ---- from a VM ------------------------------------------------------------------ */

static int from_region(const struct vm *vm, const struct axvm_mem *m,
		       const char *out)
{
	size_t len = m->len < SCAN_MOST ? (size_t)m->len : SCAN_MOST;
	uint8_t *buf = must(malloc(len));
	struct ksyms k = { 0 };
	uint64_t done;
	int ret = vm_mem_rw(vm->fd, AXVM_RW_PEEK, 0, m->gpa, buf, len, &done);

	if (ret)
		ret = vmctl_failed(vm, "read the memory of", ret);
	else if (ksyms_find(&k, buf, (size_t)done, o.base))
		ret = -ENOENT;
	else
		ret = write_elf(&k, out);
	ksyms_free(&k);
	free(buf);
	return ret;
}

static int from_vm(const char *name, const char *out)
{
	struct axvm_mem *list;
	unsigned int n;
	struct vm vm;
	int ret = vmctl_open(name, &vm);

	if (ret)
		return ret;
	ret = vm_regions(vm.fd, &list, &n);
	if (ret) {
		close(vm.fd);
		return vmctl_failed(&vm, "list the memory of", ret);
	}
	ret = -ENOENT;
	for (unsigned int i = 0; ret == -ENOENT && i < n; i++) {
		if (list[i].kind != AXVM_MEM_HOST)
			ret = from_region(&vm, &list[i], out);
	}
	free(list);
	close(vm.fd);
	if (ret == -ENOENT)
		return err(
			VMCTL_FAILED,
			"VM '%s' has no Linux kernel with symbols in its memory (yet?)",
			vm.name);
	return ret;
}

static int run(int argc, char **argv)
{
	if (o.from ? argc != 1 : argc != 2)
		return err(
			VMCTL_USAGE,
			"symbols: a VM and a file to write, or --from FILE and a file to write");
	return o.from ? from_file(argv[0]) : from_vm(argv[0], argv[1]);
}

const struct command cmd_symbols = {
	.name = "symbols",
	.group = "Looking at a VM",
	.args = "[VM] FILE",
	.summary = "write the symbols of a guest's kernel for gdb",
	.text = "Finds the symbols that a Linux kernel carries with it in the memory of a VM,\n"
		"as they are there, and writes them to an ELF file for gdb's symbol-file.  It\n"
		"also tells gdb how to find callers, for backtraces (x86: if the kernel has its\n"
		"ORC tables' symbols).",
	.min = 1,
	.max = 2,
	.opts = opts,
	.run = run,
};
