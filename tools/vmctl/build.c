// SPDX-License-Identifier: GPL-2.0
/*
 * VMs out of configurations.  The kernel destroys a VM whose last descriptor
 * goes, unless told otherwise; build_keep() tells it, and is the last step of
 * `vmctl create`: a vmctl that dies half-way leaves nothing behind.
 */
#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "boot.h"
#include "build.h"
#include "config_schema.h"
#include "cpuid_policy.h"
#include "dev.h"
#include "image.h"
#include "names.h"
#include "vmctl.h"

static int create_failed(const char *name, const struct axvm_vm_create *arg,
			 int ret)
{
	switch (-ret) {
	case EEXIST:
		return err(
			VMCTL_EXISTS,
			"cannot create VM '%s': the name is taken; choose another with -n NAME, or `vmctl destroy %s`",
			name, name);
	case ENOSPC:
		return err(
			VMCTL_LIMIT,
			"cannot create VM '%s': a limit on VMs is reached; `vmctl version` shows the limits",
			name);
	case EPERM:
	case EACCES:
		return err(
			VMCTL_DENIED,
			"cannot create VM '%s': not from inside a user namespace; run vmctl on the host",
			name);
	}
	if (arg->why != AXVM_WHY_OK)
		return err(
			VMCTL_CPU,
			"cannot create VM '%s': this host cannot run guests now (%s); `vmctl doctor` says what to do",
			name, name_why(arg->why));
	return err(err_code(-ret), "cannot create VM '%s': %s", name,
		   err_text(-ret));
}

/* What an operating system expects, unless the configuration says not to. */
static uint32_t create_flags(const struct config *c, uint64_t caps)
{
	static const char *const none[] = { "no_irq", "no", "none" };
	uint32_t flags = (c->user_calls.v ? AXVM_VM_USER_CALLS : 0) |
			 (config_ptimer(c) ? AXVM_VM_PTIMER : 0);

	for (size_t i = 0; c->interrupt_mode.set && i < 3; i++) {
		if (!strcmp(c->interrupt_mode.v, none[i]))
			return flags;
	}
	return caps & AXVM_CAP_PLATFORM ? flags | AXVM_VM_PLATFORM : flags;
}

static int create(int dev, const char *name, uint32_t flags, struct vm *vm)
{
	struct axvm_vm_create arg = { .flags = flags,
				      .policy = AXVM_POLICY_DESTROY };
	struct axvm_vm_info info;
	int ret;

	if (name)
		strcpy(arg.name, name);
	ret = DEV_CALL(dev, AXVM_VM_CREATE, &arg);
	if (ret)
		return create_failed(name ? name : "(unnamed)", &arg, ret);
	vm->fd = arg.fd;
	vm->id = arg.id;
	ret = vm_info(vm->fd, &info);
	if (ret) {
		snprintf(vm->name, sizeof(vm->name), "%" PRIu64, vm->id);
		return vmctl_failed(vm, "ask for the name of", ret);
	}
	memcpy(vm->name, info.name, sizeof(vm->name));
	return 0;
}

static int map_failed(const struct config *c, const struct cfg_region *r,
		      const struct axvm_mem *mem, int ret)
{
	const char *why = vm_map_why(ret);
	int code = err_code(-ret);

	if (ret == -EINVAL) {
		code = VMCTL_CONFIG;
		why = mem->kind == AXVM_MEM_HOST ?
			      "the host range must be kept from Linux (memmap=, reserved-memory), and fit the guest's address space" :
			      "the address does not fit the guest's address space, or the flags do not go together";
	}
	return err(code, "%s: %s: cannot map 0x%" PRIx64 " + 0x%" PRIx64 ": %s",
		   diag_where(c->file, r->line),
		   CFG_KEY(c->memory_regions, "memory"), r->gpa.v, r->size.v,
		   why);
}

static int map_memory(const struct vm *vm, const struct config *c)
{
	const struct cfg_region *r = c->memory_regions.v;

	for (size_t i = 0; i < c->memory_regions.n; i++, r++) {
		struct axvm_mem mem = { .gpa = r->gpa.v, .len = r->size.v };
		int ret;

		mem.flags = AXVM_MEM_READ | AXVM_MEM_WRITE | AXVM_MEM_EXEC;
		if (r->flags.set)
			mem.flags = (uint32_t)r->flags.v & ~8u; /* USER */
		if (r->map_type.v == CFG_MAP_RESERVED ||
		    (r->map_type.v == CFG_MAP_IDENTICAL &&
		     config_passthrough(c))) {
			mem.kind = AXVM_MEM_HOST;
			mem.source = r->hpa.set ? r->hpa.v : r->gpa.v;
		} else if (r->map_type.v == CFG_MAP_IDENTICAL) {
			warn("%s: %s: an identical mapping serves passthrough only, and there is none: allocated memory instead",
			     diag_where(c->file, r->line),
			     CFG_KEY(c->memory_regions, "memory"));
		}
		ret = DEV_CALL(vm->fd, AXVM_VM_MEM_MAP, &mem);
		if (ret)
			return map_failed(c, r, &mem, ret);
	}
	return 0;
}

static int set_affinity(const struct vm *vm, const struct config *c,
			unsigned int i, int vcpu)
{
	struct axvm_vcpu_affinity aff = { .mask = { c->phys_cpu_sets.v[i] } };
	int ret = DEV_CALL(vcpu, AXVM_VCPU_AFFINITY, &aff);

	if (ret == -EINVAL)
		return err(VMCTL_CONFIG,
			   "%s: %s: mask 0x%" PRIx64
			   " of vCPU %u names no CPU that this process may use",
			   diag_where(c->file, c->phys_cpu_sets.line),
			   CFG_KEY(c->phys_cpu_sets, "affinity"),
			   c->phys_cpu_sets.v[i], i);
	return ret ? vmctl_failed(vm, "set the affinity of", ret) : 0;
}

static int make_vcpus(const struct vm *vm, const struct config *c)
{
	unsigned int n = c->cpu_num.set ? (unsigned int)c->cpu_num.v : 1;

	for (unsigned int i = 0; i < n; i++) {
		struct axvm_vcpu_create arg = { .index = i };
		int ret;

		if (c->phys_cpu_ids.set) {
			arg.flags = AXVM_VCPU_HW_ID;
			arg.hw_id = c->phys_cpu_ids.v[i];
		}
		ret = DEV_CALL(vm->fd, AXVM_VCPU_CREATE, &arg);
		if (ret == -EEXIST || (ret == -EINVAL && c->phys_cpu_ids.set))
			return err(
				VMCTL_CONFIG,
				"%s: %s: %" PRIu64
				" cannot be the hardware id of vCPU %u: taken, or not one",
				diag_where(c->file, c->phys_cpu_ids.line),
				CFG_KEY(c->phys_cpu_ids, "cpu_ids"),
				c->phys_cpu_ids.v[i], i);
		if (ret)
			return vmctl_failed(vm, "add vCPUs to", ret);
		ret = c->phys_cpu_sets.set ? set_affinity(vm, c, i, arg.fd) : 0;
		close(arg.fd);
		if (ret)
			return ret;
	}
	return 0;
}

static uint32_t backend_now(void)
{
	struct axvm_info info = { 0 };
	int dev = dev_open(), ret;

	if (dev < 0)
		return AXVM_BACKEND_NONE;
	ret = DEV_CALL(dev, AXVM_INFO, &info);
	close(dev);
	return ret ? AXVM_BACKEND_NONE : info.backend;
}

static int store_note(const struct vm *vm, struct json_object *note)
{
	const char *text =
		json_object_to_json_string_ext(note, JSON_C_TO_STRING_PLAIN);
	int ret = vm_blob_set(vm->fd, text, strlen(text));

	return ret ? vmctl_failed(vm, "keep the configuration with", ret) : 0;
}

static int keep_note(const struct vm *vm, const struct config *c)
{
	struct json_object *note = config_to_json(c);
	char *full = realpath(c->file, NULL);
	int ret;

	json_object_object_add(note, "version",
			       json_object_new_int(CFG_VERSION));
	json_object_object_add(note, "file",
			       json_object_new_string(full ? full : c->file));
	ret = store_note(vm, note);
	json_object_put(note);
	free(full);
	return ret;
}

/* The configuration of a file, of options, or of both. */
static bool read_config(const char *file, const struct config_flags *flags,
			struct config *c, struct diags *d)
{
	if (!file)
		config_blank(c, "command line");
	else if (!config_read(file, c, d))
		return false;
	config_override(c, flags, d);
	return !d->errors && config_finish(c, d);
}

/* Everything else that can be found wrong before a VM exists. */
static int prepare(struct config *c, struct image_list *images,
		   struct boot *boot, const struct axvm_info *info)
{
	struct diags d = { 0 };
	bool ok;

	boot->arch = boot_for(info->backend);
	boot->platform = create_flags(c, info->caps) & AXVM_VM_PLATFORM;
	if (boot->arch)
		boot_place_memory(boot->arch, c);
	config_check_ptimer(c, info->backend, info->caps, boot->platform, &d);
	ok = boot_open(c, boot, images, &d);
	diag_print(&d);
	diag_free(&d);
	return ok ? 0 : VMCTL_CONFIG;
}

/* What there is here, or would be: all of it, where there is no module. */
static void assume(struct axvm_info *info, enum cfg_arch arch)
{
	int dev = dev_open();

	if (dev < 0 || DEV_CALL(dev, AXVM_INFO, info) ||
	    boot_for(info->backend) != boot_of(arch))
		*info = (struct axvm_info){ .caps = ~0ull };
	if (dev >= 0)
		close(dev);
}

enum cfg_arch build_check(const char *file, const struct config_flags *flags,
			  enum cfg_arch arch, struct diags *d)
{
	struct image_list images = { 0 };
	struct axvm_info info = { 0 };
	struct boot boot = { 0 };
	struct config c = { 0 };
	bool ok = read_config(file, flags, &c, d);

	if (!arch)
		arch = c.arch.set ? c.arch.v : boot_host();
	boot.arch = boot_of(arch);
	if (ok && !boot.arch)
		config_check_arch(&c, boot_host(), d);
	if (ok && boot.arch) {
		assume(&info, arch);
		boot.platform = create_flags(&c, info.caps) & AXVM_VM_PLATFORM;
		boot_place_memory(boot.arch, &c);
		config_check_ptimer(&c, info.backend, info.caps, boot.platform,
				    d);
		boot_open(&c, &boot, &images, d);
	}
	boot_close(&boot);
	images_close(&images);
	config_free(&c);
	return arch;
}

static int furnish(const struct vm *vm, const struct config *c,
		   const struct image_list *images, struct boot *boot)
{
	int ret = map_memory(vm, c);

	if (!ret)
		ret = make_vcpus(vm, c);
	if (!ret)
		ret = cpuid_apply(vm, c);
	if (!ret)
		ret = boot_load(vm, c, boot, images);
	if (!ret)
		ret = keep_note(vm, c);
	return ret;
}

/* Open the device, and see whether guests can run. */
static int host_ready(int *dev, struct axvm_info *info)
{
	int ret = vmctl_device(dev, info);

	if (ret || info->why == AXVM_WHY_OK)
		return ret;
	close(*dev);
	return err(VMCTL_CPU, "this host cannot run guests now (%s): %.*s",
		   name_why(info->why), (int)sizeof(info->why_text),
		   info->why_text);
}

static int build_on(int dev, const struct axvm_info *info, struct config *c,
		    const char *dump_dtb, struct vm *vm)
{
	struct image_list images = { 0 };
	struct boot boot = { .dump_dtb = dump_dtb };
	int ret = prepare(c, &images, &boot, info);

	if (!ret)
		ret = create(dev, c->name.set ? c->name.v : NULL,
			     create_flags(c, info->caps), vm);
	if (!ret)
		ret = furnish(vm, c, &images, &boot);
	if (ret && vm->fd >= 0) {
		close(vm->fd); /* the last one: the kernel destroys it */
		vm->fd = -1;
	}
	boot_close(&boot);
	images_close(&images);
	return ret;
}

int build_config(struct config *c, struct vm *vm)
{
	struct axvm_info info;
	int dev, ret;

	vm->fd = -1;
	ret = host_ready(&dev, &info);
	if (ret)
		return ret;
	ret = build_on(dev, &info, c, NULL, vm);
	close(dev);
	return ret;
}

int build_vm(const char *file, const struct config_flags *flags, struct vm *vm)
{
	struct config c = { 0 };
	struct diags d = { 0 };
	struct axvm_info info;
	int dev, ret;

	vm->fd = -1;
	if (flags->name && !name_valid(flags->name))
		return err(
			VMCTL_USAGE,
			"'%s' cannot be a VM's name: names match [A-Za-z_][A-Za-z0-9_.-]{0,62}",
			flags->name);
	if (!file && !flags->kernel)
		return err(
			VMCTL_USAGE,
			"what shall it run? Give a configuration (CONFIG.toml) or --kernel FILE");
	ret = host_ready(&dev, &info);
	if (ret)
		return ret;
	if (!read_config(file, flags, &c, &d))
		ret = VMCTL_CONFIG;
	diag_print(&d);
	diag_free(&d);
	if (!ret)
		ret = build_on(dev, &info, &c, flags->dump_dtb, vm);
	config_free(&c);
	close(dev);
	return ret;
}

int build_keep(const struct vm *vm)
{
	struct axvm_vm_set set = { .flags = AXVM_SET_POLICY,
				   .policy = AXVM_POLICY_KEEP };
	int ret = DEV_CALL(vm->fd, AXVM_VM_SET, &set);

	return ret ? vmctl_failed(vm, "keep", ret) : 0;
}

struct json_object *build_note(const struct vm *vm)
{
	struct json_object *note, *version;
	char *text;
	size_t len;

	if (vm_blob_get(vm->fd, &text, &len))
		return NULL;
	note = len ? json_tokener_parse(text) : NULL;
	free(text);
	/* Somebody else's note is none of our business. */
	if (json_object_object_get_ex(note, "version", &version) &&
	    json_object_get_int(version) == CFG_VERSION)
		return note;
	json_object_put(note);
	return NULL;
}

int build_reload(const struct vm *vm)
{
	struct json_object *note = build_note(vm);
	struct boot boot = { .arch = boot_for(backend_now()) };
	struct image_list images = { 0 };
	struct axvm_vm_info info = { 0 };
	struct config c = { 0 };
	struct diags d = { 0 };
	int ret = 0;

	if (!note)
		return 0;
	boot.platform = !vm_info(vm->fd, &info) &&
			(info.flags & AXVM_VM_PLATFORM);
	if (config_from_json(note, vm->name, &c, &d))
		boot_open(&c, &boot, &images, &d);
	diag_print(&d);
	if (d.errors)
		ret = err(
			VMCTL_CONFIG,
			"cannot load the images of VM '%s' again; `vmctl show --config %s` says which",
			vm->name, vm->name);
	if (!ret)
		ret = boot_load(vm, &c, &boot, &images);
	boot_close(&boot);
	images_close(&images);
	config_free(&c);
	diag_free(&d);
	json_object_put(note);
	return ret;
}

int build_remember(const struct vm *vm, const struct image *img)
{
	struct json_object *note = build_note(vm), *list, *row;
	char at[24];
	int ret;

	if (!note)
		return 0;
	if (!json_object_object_get_ex(note, "image", &list)) {
		list = must(json_object_new_array());
		json_object_object_add(note, "image", list);
	}
	row = must(json_object_new_object());
	json_object_object_add(row, "path", json_object_new_string(img->path));
	snprintf(at, sizeof(at), "0x%" PRIx64, img->at);
	json_object_object_add(row, "at", json_object_new_string(at));
	json_object_array_add(list, row);
	ret = store_note(vm, note);
	json_object_put(note);
	return ret;
}

int build_reset(const struct vm *vm, bool start, bool paused)
{
	int ret = vm_op(vm->fd, AXVM_VM_RESET, 0, 0);

	if (ret)
		return vmctl_failed(vm, "reset", ret);
	ret = build_reload(vm);
	if (ret || !start)
		return ret;
	ret = vm_op(vm->fd, AXVM_VM_START, paused ? AXVM_OP_PAUSED : 0, 0);
	return ret ? vmctl_failed(vm, "start", ret) : 0;
}
