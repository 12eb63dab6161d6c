// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl doctor: looking at the host.  Reads only; what cannot be read stays
 * unknown.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "hostcpu.h"
#include "dev.h"
#include "doctor.h"

/* A small file as text; -1 if it cannot be read. */
static int slurp(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n = 0;

	if (fd < 0)
		return -1;
	while (len < size - 1 && (n = read(fd, buf + len, size - 1 - len)) > 0)
		len += (size_t)n;
	close(fd);
	buf[len] = '\0';
	return n < 0 ? -1 : 0;
}

static enum fact exists(const char *path)
{
	return access(path, F_OK) ? FACT_NO : FACT_YES;
}

/* Is @word among the blank-separated words of @text? */
static bool has_word(const char *text, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = text; (p = strstr(p, word)); p += len) {
		bool begins = p == text || strchr(" \t\n:", p[-1]);

		if (begins && (!p[len] || strchr(" \t\n", p[len])))
			return true;
	}
	return false;
}

static void gather_x86(struct facts *f)
{
	static char cpuinfo[16384];

	f->cpu_vmx = cpuid_vmx();
	f->cpu_svm = cpuid_svm();
	f->is_guest = cpuid_hypervisor();
	if (slurp("/proc/cpuinfo", cpuinfo, sizeof(cpuinfo)))
		return;
	f->kernel_vmx = has_word(cpuinfo, "vmx") ? FACT_YES : FACT_NO;
	f->kernel_svm = has_word(cpuinfo, "svm") ? FACT_YES : FACT_NO;
}

/* The kernel says at boot at which level its CPUs came up. */
static enum fact started_at_el2(void)
{
	enum { SYSLOG_READ_ALL = 3, SYSLOG_SIZE = 10 };
	int size = klogctl(SYSLOG_SIZE, NULL, 0);
	enum fact fact = FACT_UNKNOWN;
	char *log;
	int n;

	if (size <= 0)
		return FACT_UNKNOWN;
	log = malloc((size_t)size + 1);
	if (!log)
		return FACT_UNKNOWN;
	n = klogctl(SYSLOG_READ_ALL, log, size);
	log[n > 0 ? n : 0] = '\0';
	if (strstr(log, "CPU(s) started at EL2"))
		fact = FACT_YES;
	else if (strstr(log, "CPU(s) started at EL1"))
		fact = FACT_NO;
	free(log);
	return fact;
}

static void gather_arm64(struct facts *f)
{
	static char cmdline[4096];

	f->el2 = started_at_el2();
	/* KVM and Xen say so in the device tree; others do not. */
	if (exists("/proc/device-tree/hypervisor") == FACT_YES ||
	    exists("/sys/hypervisor/type") == FACT_YES)
		f->is_guest = FACT_YES;
	if (!slurp("/proc/cmdline", cmdline, sizeof(cmdline)))
		f->kvm_off = has_word(cmdline, "kvm-arm.mode=none");
	if (exists("/dev/kvm") == FACT_YES)
		strcpy(f->kvm_owner, "KVM");
}

static void gather_bugs(struct facts *f)
{
	static const char dir[] = "/sys/devices/system/cpu/vulnerabilities";
	struct dirent **list;
	char path[320];
	int n = scandir(dir, &list, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		struct cpu_bug *bug = &f->bugs[f->nr_bugs];

		snprintf(path, sizeof(path), "%s/%s", dir, list[i]->d_name);
		if (list[i]->d_name[0] != '.' && f->nr_bugs < DOCTOR_BUGS &&
		    !slurp(path, bug->text, sizeof(bug->text))) {
			bug->text[strcspn(bug->text, "\n")] = '\0';
			snprintf(bug->name, sizeof(bug->name), "%.31s",
				 list[i]->d_name);
			f->nr_bugs++;
		}
		free(list[i]);
	}
	if (n >= 0)
		free(list);
	if (!slurp("/sys/module/axvm/parameters/mitigations", f->mitigations,
		   sizeof(f->mitigations)))
		f->mitigations[strcspn(f->mitigations, "\n")] = '\0';
}

static void gather_kvm(struct facts *f)
{
	static const char *const names[] = { "kvm_intel", "kvm_amd" };
	char path[64], buf[32];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "/sys/module/%s/refcnt", names[i]);
		if (slurp(path, buf, sizeof(buf)))
			continue;
		snprintf(f->kvm_owner, sizeof(f->kvm_owner), "%s", names[i]);
		f->kvm_users = atoi(buf);
	}
}

static void gather_security(struct facts *f)
{
	static const char efi[] =
		"/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
	char buf[256], *mode, *end;
	int fd;

	if (!slurp("/sys/kernel/security/lockdown", buf, sizeof(buf))) {
		mode = strchr(buf, '[');
		end = mode ? strchr(mode, ']') : NULL;
		if (end)
			snprintf(f->lockdown, sizeof(f->lockdown), "%.*s",
				 (int)(end - mode - 1), mode + 1);
	}
	if (!slurp("/sys/module/module/parameters/sig_enforce", buf,
		   sizeof(buf)))
		f->sig_enforce = buf[0] == 'Y' ? FACT_YES : FACT_NO;
	/* Four bytes of attributes, then the value. */
	fd = open(efi, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		f->secure_boot = exists("/sys/firmware/efi") == FACT_YES ?
					 FACT_UNKNOWN :
					 FACT_NO;
		return;
	}
	if (read(fd, buf, 5) == 5)
		f->secure_boot = buf[4] == 1 ? FACT_YES : FACT_NO;
	close(fd);
}

/* Folders that modules are installed to, by make and by DKMS. */
static enum fact module_installed(const char *release)
{
	static const char *const folders[] = { "extra", "updates",
					       "updates/dkms",
					       "kernel/drivers/virt" };
	static const char *const suffixes[] = { "", ".xz", ".zst", ".gz" };
	char path[256];

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		for (size_t k = 0; k < sizeof(suffixes) / sizeof(suffixes[0]);
		     k++) {
			snprintf(path, sizeof(path),
				 "/lib/modules/%s/%s/axvm.ko%s", release,
				 folders[i], suffixes[k]);
			if (exists(path) == FACT_YES)
				return FACT_YES;
		}
	}
	return FACT_NO;
}

static void gather_module(struct facts *f)
{
	int dev = dev_open();

	f->module_file = module_installed(f->release);
	f->module_loaded = exists("/sys/module/axvm");
	if (dev < 0) {
		f->device = -dev;
		return;
	}
	f->info_error = -DEV_CALL(dev, AXVM_INFO, &f->info);
	close(dev);
}

void doctor_gather(struct facts *f)
{
	struct utsname uts;

	*f = (struct facts){ .is_root = !geteuid() };
	if (!uname(&uts)) {
		snprintf(f->machine, sizeof(f->machine), "%.31s", uts.machine);
		snprintf(f->release, sizeof(f->release), "%s", uts.release);
	}
	if (!strcmp(f->machine, "x86_64")) {
		f->arch = HOST_X86;
		gather_x86(f);
		gather_kvm(f);
	} else if (!strcmp(f->machine, "aarch64")) {
		f->arch = HOST_ARM64;
		gather_arm64(f);
	}
	gather_security(f);
	gather_bugs(f);
	gather_module(f);
}
