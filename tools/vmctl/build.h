/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VMs out of configurations: made, loaded and brought back to their start.
 */
#ifndef VMCTL_BUILD_H
#define VMCTL_BUILD_H

#include "config.h"

struct axvm_info;
struct image;
struct vm;

/**
 * build_vm() - make a VM as a configuration file says
 * @file: the TOML file
 * @name: name that beats the configuration's, or NULL
 * @vm: filled; open, its policy still "destroy": gone if this process goes
 *
 * Says what is wrong, and leaves nothing behind then.  Return: VMCTL_*.
 */
int build_vm(const char *file, const char *name, struct vm *vm);

/** Let the VM outlive this process. */
int build_keep(const struct vm *vm);

/**
 * build_reload() - load images and start registers again from the
 * configuration that the VM carries (the VM is CREATED)
 *
 * A VM that carries none is left as it is.  Return: VMCTL_*.
 */
int build_reload(const struct vm *vm);

/** The configuration a VM carries, as JSON; NULL without one. */
struct json_object *build_note(const struct vm *vm);

/** Remember an image that was loaded by hand, for build_reload(). */
int build_remember(const struct vm *vm, const struct image *img);

/** RESET, reload, and START if @start (@paused: SUSPENDED). */
int build_reset(const struct vm *vm, bool start, bool paused);

#endif /* VMCTL_BUILD_H */
