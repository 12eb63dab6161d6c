// SPDX-License-Identifier: GPL-2.0
/*
 * Objects of the uapi as JSON objects.  The members are documented in
 * vmctl.1 and do not change their meaning.
 */
#include <json-c/json.h>
#include <pwd.h>
#include <stdio.h>

#include "describe.h"
#include "names.h"
#include "out.h"

static void add_owner(struct json_object *obj, uint32_t uid)
{
	struct passwd *pw = getpwuid(uid);
	char buf[16];

	snprintf(buf, sizeof(buf), "%u", uid);
	out_str(obj, "owner", pw ? pw->pw_name : buf);
	out_num(obj, "uid", uid);
}

struct json_object *describe_vm(const struct axvm_vm_info *info)
{
	struct json_object *obj = out_object();
	char mode[8];

	out_num(obj, "id", info->id);
	out_str(obj, "name", info->name);
	out_str(obj, "state", name_vm_state(info->state));
	out_str(obj, "reason",
		info->stop_reason ? name_exit(info->stop_reason) : NULL);
	out_hex(obj, "detail", info->stop_detail);
	out_num(obj, "vcpus", info->nr_vcpus);
	out_num(obj, "regions", info->nr_regions);
	out_num(obj, "memory", info->mem_bytes);
	out_num(obj, "resident", info->mem_resident);
	out_num(obj, "exits", info->exits);
	add_owner(obj, info->uid);
	out_num(obj, "gid", info->gid);
	snprintf(mode, sizeof(mode), "%04o", info->mode & 07777);
	out_str(obj, "mode", mode);
	out_str(obj, "policy", name_policy(info->policy));
	out_num(obj, "views", info->nr_views);
	out_bool(obj, "platform", info->flags & AXVM_VM_PLATFORM);
	out_bool(obj, "user_calls", info->flags & AXVM_VM_USER_CALLS);
	out_bool(obj, "physical_timer", info->flags & AXVM_VM_PTIMER);
	out_num(obj, "created_ns", info->created_ns);
	out_num(obj, "started_ns", info->started_ns);
	return obj;
}

/* The mask as "0-3,7". */
static void add_affinity(struct json_object *obj, const __u64 *mask)
{
	char buf[512];
	size_t len = 0;

	buf[0] = '\0';
	for (unsigned int i = 0; i < 1024; i++) {
		unsigned int last = i;

		if (!(mask[i / 64] >> (i % 64) & 1))
			continue;
		while (last + 1 < 1024 &&
		       mask[(last + 1) / 64] >> ((last + 1) % 64) & 1)
			last++;
		if (len < sizeof(buf) - 16)
			len += (size_t)snprintf(buf + len, sizeof(buf) - len,
						last > i ? "%s%u-%u" : "%s%u",
						len ? "," : "", i, last);
		i = last;
	}
	out_str(obj, "affinity", buf);
}

struct json_object *describe_vcpu(const struct axvm_vcpu_info *info)
{
	struct json_object *obj = out_object();

	out_num(obj, "index", info->index);
	out_str(obj, "state", name_vcpu_state(info->state));
	out_str(obj, "wait", info->wait ? name_wait(info->wait) : NULL);
	out_bool(obj, "sync", info->sync);
	out_hex(obj, "hw_id", info->hw_id);
	out_num(obj, "tid", info->tid);
	if (info->cpu == ~0u)
		out_add(obj, "cpu", NULL); /* it never ran */
	else
		out_num(obj, "cpu", info->cpu);
	out_str(obj, "last_exit",
		info->last_exit ? name_exit(info->last_exit) : NULL);
	out_bool(obj, "claimed", info->claimed);
	out_num(obj, "exits", info->exits);
	out_num(obj, "run_ns", info->run_ns);
	add_affinity(obj, info->affinity);
	return obj;
}

struct json_object *describe_region(const struct axvm_mem *mem)
{
	struct json_object *obj = out_object();
	char access[4];

	out_hex(obj, "gpa", mem->gpa);
	out_num(obj, "size", mem->len);
	out_str(obj, "kind", name_mem_kind(mem->kind));
	snprintf(access, sizeof(access), "%c%c%c",
		 mem->flags & AXVM_MEM_READ ? 'r' : '-',
		 mem->flags & AXVM_MEM_WRITE ? 'w' : '-',
		 mem->flags & AXVM_MEM_EXEC ? 'x' : '-');
	out_str(obj, "access", access);
	out_str(obj, "type",
		mem->flags & AXVM_MEM_DEVICE   ? "device" :
		mem->flags & AXVM_MEM_UNCACHED ? "uncached" :
						 "normal");
	out_hex(obj, "source", mem->source);
	out_num(obj, "resident", mem->resident);
	return obj;
}

struct json_object *describe_info(const struct axvm_info *info)
{
	struct json_object *obj = out_object(), *caps = out_array();
	char text[sizeof(info->why_text) + 1];

	snprintf(text, sizeof(text), "%.*s", (int)sizeof(info->version),
		 info->version);
	out_str(obj, "version", text);
	out_num(obj, "abi", info->abi);
	out_str(obj, "backend", name_backend(info->backend));
	out_str(obj, "why", name_why(info->why));
	snprintf(text, sizeof(text), "%.*s", (int)sizeof(info->why_text),
		 info->why_text);
	out_str(obj, "why_text", text);
	for (unsigned int i = 0; name_capability(i); i++) {
		if (info->caps >> i & 1)
			out_push(caps,
				 json_object_new_string(name_capability(i)));
	}
	out_add(obj, "capabilities", caps);
	out_hex(obj, "block_sizes", info->block_sizes);
	out_num(obj, "gpa_bits", info->gpa_bits);
	out_num(obj, "vms", info->nr_vms);
	out_num(obj, "cpus_taken", info->cpus_taken);
	out_num(obj, "cpus_online", info->cpus_online);
	out_num(obj, "max_vcpus", info->max_vcpus);
	out_num(obj, "max_vms", info->max_vms);
	out_num(obj, "max_vms_uid", info->max_vms_uid);
	out_num(obj, "max_mem_uid", info->max_mem_uid);
	return obj;
}
