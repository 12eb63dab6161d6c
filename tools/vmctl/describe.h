/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Objects of the uapi as JSON objects, from which all output is made.
 */
#ifndef VMCTL_DESCRIBE_H
#define VMCTL_DESCRIBE_H

#include "uapi/axvm.h"

struct json_object;

struct json_object *describe_vm(const struct axvm_vm_info *info);
struct json_object *describe_vcpu(const struct axvm_vcpu_info *info);
struct json_object *describe_region(const struct axvm_mem *mem);
struct json_object *describe_info(const struct axvm_info *info);

#endif /* VMCTL_DESCRIBE_H */
