// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl dump: a VM's memory and registers as an ELF core file.  What the guest
 * never touched stays untouched, and a hole in the file.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dev.h"
#include "elfcore.h"
#include "out.h"
#include "progress.h"
#include "pagemap.h"
#include "vmctl.h"

#define CHUNK (1u << 20)
#define PAGE 4096u
#define VMCOREINFO_MAX PAGE
#define MAX_RUNS (1u << 20)

#define X86_CR0_PG (1ull << 31)
#define X86_CR4_LA57 (1ull << 12)
#define X86_EFER_LMA (1ull << 10)
#define ARM64_SCTLR_M 1u
#define MSR_KERNEL_GS_BASE 0x102u /* from 0xc0000000 on */

static struct {
	bool json, live, paging;
	uint64_t vcpu;
} o;

static const struct opt opts[] = {
	{ "live", 0, OPT_FLAG, &o.live, NULL,
	  "do not suspend it: memory may not fit together" },
	{ "paging", 0, OPT_FLAG, &o.paging, NULL,
	  "show the addresses that the guest maps, for gdb" },
	{ "vcpu", 'v', OPT_U64, &o.vcpu, "N",
	  "with --paging: by this vCPU's page tables (0)" },
	OPT_JSON(o.json),
	{ 0 },
};

/**
 * struct dump - one on its way
 * @core: what it is about; it points to what follows
 * @written: bytes of memory that are not zero, in the file
 * @vmcoreinfo: a copy of the guest's note
 */
struct dump {
	struct vm vm;
	const char *path;
	int fd;
	uint64_t start;
	struct elfcore core;
	struct core_span *memory;
	uint64_t bytes, written;
	uint64_t *kernel_gs;
	struct pagemap map;
	char vmcoreinfo[VMCOREINFO_MAX];
};

static volatile sig_atomic_t interrupted;

static void on_signal(int signal)
{
	interrupted = signal;
}

/* The VM must not stay suspended because somebody lost patience. */
static void catch_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction act = { .sa_handler = on_signal };

	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		sigaction(signals[i], &act, NULL);
}

/* Of a kernel that runs a program now, it is the program's. */
static uint64_t read_kernel_gs(int vcpu)
{
	struct axvm_reg reg = { .id = AXVM_X86_REG(AXVM_X86_CLASS_MSR_HIGH,
						   MSR_KERNEL_GS_BASE) };

	return DEV_CALL(vcpu, AXVM_VCPU_GET_REG, &reg) ? 0 : reg.value;
}

static int read_cpu(struct dump *d, unsigned int i, void *general,
		    size_t general_len, void *system, size_t system_len)
{
	int vcpu, ret = vmctl_vcpu(&d->vm, i, &vcpu);

	if (ret)
		return ret;
	ret = vcpu_get_regs(vcpu, AXVM_REGS_GENERAL, general,
			    (uint32_t)general_len);
	if (!ret)
		ret = vcpu_get_regs(vcpu, AXVM_REGS_SYSTEM, system,
				    (uint32_t)system_len);
	if (!ret && !d->core.arm64)
		d->kernel_gs[i] = read_kernel_gs(vcpu);
	close(vcpu);
	return ret ? vmctl_failed(&d->vm, "read the registers of", ret) : 0;
}

static int read_cpus(struct dump *d, unsigned int n)
{
	size_t g = d->core.arm64 ? sizeof(struct axvm_arm64_regs) :
				   sizeof(struct axvm_x86_regs);
	size_t s = d->core.arm64 ? sizeof(struct axvm_arm64_sysregs) :
				   sizeof(struct axvm_x86_sregs);
	char *general = must(calloc(n + 1, g));
	char *system = must(calloc(n + 1, s));
	int ret = 0;

	d->kernel_gs = must(calloc(n + 1, sizeof(*d->kernel_gs)));
	d->core.kernel_gs = d->kernel_gs;
	d->core.cpus = general;
	d->core.system = system;
	d->core.nr_cpus = n;
	for (unsigned int i = 0; !ret && i < n; i++)
		ret = read_cpu(d, i, general + i * g, g, system + i * s, s);
	return ret;
}

static int read_regions(struct dump *d)
{
	struct axvm_mem *list;
	unsigned int n;
	int ret = vm_regions(d->vm.fd, &list, &n);

	if (ret)
		return vmctl_failed(&d->vm, "list the memory of", ret);
	d->memory = must(calloc(n + 1, sizeof(*d->memory)));
	for (unsigned int i = 0; i < n; i++) {
		d->memory[i] = (struct core_span){ list[i].gpa, list[i].len,
						   d->bytes };
		d->bytes += list[i].len;
	}
	d->core.memory = d->memory;
	d->core.nr_memory = n;
	free(list);
	return 0;
}

/* ---- the guest's own view ------------------------------------------------ */

static bool read_table(void *opaque, uint64_t gpa, void *buf, size_t n)
{
	struct dump *d = opaque;

	return !interrupted &&
	       !vm_mem_rw(d->vm.fd, AXVM_RW_PEEK, 0, gpa, buf, n, NULL);
}

static bool walk_tables(struct dump *d, struct pagemap *m)
{
	if (d->core.arm64) {
		const struct axvm_arm64_sysregs *s =
			(const struct axvm_arm64_sysregs *)d->core.system +
			o.vcpu;

		if (!(s->sctlr_el1 & ARM64_SCTLR_M))
			return false;
		pagemap_arm64(m, s->ttbr0_el1, s->ttbr1_el1, s->tcr_el1);
	} else {
		const struct axvm_x86_sregs *s =
			(const struct axvm_x86_sregs *)d->core.system + o.vcpu;

		if (!(s->cr0 & X86_CR0_PG) || !(s->efer & X86_EFER_LMA))
			return false;
		pagemap_x86(m, s->cr3, s->cr4 & X86_CR4_LA57);
	}
	return true;
}

/* The part of @r that is in @s, if any. */
static bool cut(const struct core_run *r, const struct core_span *s,
		struct core_run *part)
{
	uint64_t at = r->gpa > s->gpa ? r->gpa : s->gpa;
	uint64_t last = r->gpa + (r->len - 1);

	if (last > s->gpa + (s->len - 1))
		last = s->gpa + (s->len - 1);
	if (at > last)
		return false;
	*part = (struct core_run){ r->gva + (at - r->gpa), at, last - at + 1 };
	return true;
}

/* Mappings, as far as there is memory behind them. */
static void keep_memory(struct dump *d, const struct pagemap *found)
{
	size_t n = 0, room = found->n + d->core.nr_memory;
	struct core_run *runs = must(calloc(room + 1, sizeof(*runs)));

	for (size_t i = 0; i < found->n; i++) {
		for (size_t k = 0; k < d->core.nr_memory; k++) {
			if (n == room) {
				room *= 2;
				runs = must(realloc(
					runs, (room + 1) * sizeof(*runs)));
			}
			n += cut(&found->runs[i], &d->memory[k], &runs[n]);
		}
	}
	d->core.runs = runs;
	d->core.nr_runs = n;
}

static int map_guest(struct dump *d)
{
	struct pagemap m = { .read = read_table, .opaque = d, .max = MAX_RUNS };
	int ret = 0;

	if (!walk_tables(d, &m))
		ret = err(
			VMCTL_STATE,
			"cannot dump VM '%s' with --paging: vCPU %" PRIu64
			" has its MMU off, or no 64-bit tables; leave --paging out",
			d->vm.name, o.vcpu);
	else if (m.full)
		warn("VM '%s': the guest maps more than %u pieces; the core has the first",
		     d->vm.name, MAX_RUNS);
	if (!ret)
		keep_memory(d, &m);
	free(m.runs);
	return ret;
}

/* ---- memory ---------------------------------------------------------------- */

static int put(struct dump *d, const void *buf, size_t n, uint64_t at)
{
	const char *p = buf;

	while (n) {
		ssize_t done = pwrite(d->fd, p, n, (off_t)at);

		if (done < 0 && errno == EINTR && !interrupted)
			continue;
		if (done < 0) {
			int error = errno;

			progress_end();
			return err(VMCTL_FAILED, "cannot write %s: %s", d->path,
				   err_text(error));
		}
		p += done;
		n -= (size_t)done;
		at += (uint64_t)done;
	}
	return 0;
}

static bool is_zero(const uint8_t *p, size_t n)
{
	return !p[0] && !memcmp(p, p + 1, n - 1);
}

static void look_for_note(struct dump *d, const uint8_t *page)
{
	size_t n;
	const char *text = elfcore_vmcoreinfo(page, &n);

	if (!text || d->core.vmcoreinfo_len)
		return;
	memcpy(d->vmcoreinfo, text, n);
	d->core.vmcoreinfo = d->vmcoreinfo;
	d->core.vmcoreinfo_len = n;
}

static int put_chunk(struct dump *d, const uint8_t *buf, size_t n, uint64_t at)
{
	size_t first = 0;
	int ret = 0;

	/* Runs of pages that are not zero. */
	for (size_t i = 0; !ret && i <= n; i += PAGE) {
		if (i < n && !is_zero(buf + i, PAGE)) {
			look_for_note(d, buf + i);
			continue;
		}
		if (i > first) {
			ret = put(d, buf + first, i - first, at + first);
			d->written += i - first;
		}
		first = i + PAGE;
	}
	return ret;
}

static int put_span(struct dump *d, const struct core_span *s, uint8_t *buf)
{
	for (uint64_t at = 0; at < s->len; at += CHUNK) {
		size_t n = s->len - at < CHUNK ? (size_t)(s->len - at) : CHUNK;
		int ret = vm_mem_rw(d->vm.fd, AXVM_RW_PEEK, 0, s->gpa + at, buf,
				    n, NULL);

		if (interrupted || ret)
			progress_end();
		if (interrupted)
			return err(VMCTL_FAILED, "interrupted: no dump of '%s'",
				   d->vm.name);
		if (ret)
			return vmctl_failed(&d->vm, "read the memory of", ret);
		progress_at(s->off + at);
		ret = put_chunk(d, buf, n, d->start + s->off + at);
		if (ret)
			return ret;
	}
	return 0;
}

static int put_memory(struct dump *d)
{
	uint8_t *buf = must(malloc(CHUNK));
	int ret = 0;

	progress_begin(d->path, d->bytes);
	for (size_t i = 0; !ret && i < d->core.nr_memory; i++)
		ret = put_span(d, &d->memory[i], buf);
	progress_end();
	free(buf);
	if (!ret && ftruncate(d->fd, (off_t)(d->start + d->bytes)))
		ret = err(VMCTL_FAILED, "cannot write %s: %s", d->path,
			  err_text(errno));
	return ret;
}

static int put_front(struct dump *d)
{
	struct bytes front;
	int ret;

	elfcore_front(&d->core, d->start, &front);
	ret = put(d, front.v, front.n, 0);
	bytes_free(&front);
	return ret;
}

/* ---- the command ------------------------------------------------------------ */

static int collect(struct dump *d)
{
	struct axvm_vm_info info;
	int ret = vm_info(d->vm.fd, &info);

	if (ret)
		return vmctl_failed(&d->vm, "look at", ret);
	ret = read_regions(d);
	if (!ret)
		ret = read_cpus(d, info.nr_vcpus);
	if (!ret && o.paging && o.vcpu >= info.nr_vcpus)
		ret = err(VMCTL_USAGE, "VM '%s' has vCPUs 0 to %u", d->vm.name,
			  info.nr_vcpus - 1);
	if (!ret && o.paging)
		ret = map_guest(d);
	return ret;
}

static int write_file(struct dump *d)
{
	int ret;

	d->fd = open(d->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (d->fd < 0)
		return err(VMCTL_FAILED, "cannot create %s: %s", d->path,
			   err_text(errno));
	d->start = elfcore_room(&d->core, VMCOREINFO_MAX);
	ret = put_memory(d);
	if (!ret)
		ret = put_front(d);
	if (close(d->fd) && !ret)
		ret = err(VMCTL_FAILED, "cannot write %s: %s", d->path,
			  err_text(errno));
	if (ret)
		unlink(d->path);
	return ret;
}

static void report(const struct dump *d)
{
	struct json_object *obj;

	if (!o.json) {
		note("%s: %" PRIu64 " MiB of memory (%" PRIu64
		     " MiB not zero), %u vCPUs%s",
		     d->path, d->bytes >> 20, d->written >> 20, d->core.nr_cpus,
		     d->core.vmcoreinfo_len ? ", a Linux guest's VMCOREINFO" :
					      "");
		return;
	}
	obj = out_object();
	out_str(obj, "file", d->path);
	out_num(obj, "memory", d->bytes);
	out_num(obj, "written", d->written);
	out_num(obj, "vcpus", d->core.nr_cpus);
	out_num(obj, "runs", d->core.nr_runs);
	json_object_object_add(obj, "vmcoreinfo",
			       json_object_new_boolean(d->core.vmcoreinfo_len !=
						       0));
	out_json(obj);
	json_object_put(obj);
}

static int suspend(const struct vm *vm, bool *suspended)
{
	struct axvm_vm_info info;
	int ret = vm_info(vm->fd, &info);

	*suspended = false;
	if (!ret && !o.live && info.state == AXVM_VM_RUNNING) {
		ret = vm_op(vm->fd, AXVM_VM_SUSPEND, 0, 0);
		*suspended = !ret;
	}
	return ret ? vmctl_failed(vm, "suspend", ret) : 0;
}

static int run(int argc, char **argv)
{
	struct dump d = { .path = argv[1], .fd = -1 };
	struct axvm_info info;
	bool suspended = false;
	int resumed, ret;

	if (!strcmp(argv[1], "-"))
		return err(
			VMCTL_USAGE,
			"dump: a core cannot go to a pipe; name a file (./- is one, too)");
	ret = vmctl_find(argv[0], &d.vm, &info);
	if (ret)
		return ret;
	d.core.arm64 = BACKEND_IS_ARM64(info.backend);
	catch_signals();
	ret = suspend(&d.vm, &suspended);
	if (!ret)
		ret = collect(&d);
	if (!ret)
		ret = write_file(&d);
	resumed = suspended ? vm_op(d.vm.fd, AXVM_VM_RESUME, 0, 0) : 0;
	if (resumed && resumed != -ENODEV)
		warn("VM '%s' stays suspended; see `vmctl resume`", d.vm.name);
	if (!ret)
		report(&d);
	free((void *)d.core.cpus);
	free((void *)d.core.system);
	free((void *)d.core.runs);
	free(d.kernel_gs);
	free(d.memory);
	close(d.vm.fd);
	return ret;
}

const struct command cmd_dump = {
	.name = "dump",
	.group = "Looking at a VM",
	.args = "VM FILE",
	.summary = "write memory and registers to an ELF core file",
	.text = "A running VM is suspended meanwhile. The core shows guest-physical addresses\n"
		"(crash, readelf), with --paging those that a vCPU's page tables map (gdb). A\n"
		"Linux guest's VMCOREINFO note is found and added, so that crash knows where\n"
		"its kernel is. What the guest never touched is a hole in the file.",
	.min = 2,
	.max = 2,
	.opts = opts,
	.run = run,
};
