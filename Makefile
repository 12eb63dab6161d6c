# SPDX-License-Identifier: GPL-2.0
#
# Owns the targets people and CI type; `make help` lists them. Everything is
# built below $(O) (default build/), nothing in the source folders. The module
# is built in a mirror of symbolic links, one per architecture and kernel, so
# that outputs never mix.

root := $(patsubst %/,%,$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))
O ?= $(root)/build
override O := $(abspath $(O))
cache := $(root)/build/cache

ifeq ($(V),1)
Q :=
else
Q := @
MAKEFLAGS += --no-print-directory
endif

.SUFFIXES:
.DELETE_ON_ERROR:

# ARCH=x86|arm64; the kernel's and Debian's names for them are accepted too.
host_arch := $(patsubst x86_64,x86,$(patsubst aarch64,arm64,$(shell uname -m)))
arch := $(patsubst amd64,x86,$(patsubst x86_64,x86,$(patsubst aarch64,arm64,$(or $(ARCH),$(host_arch)))))
override undefine ARCH
deb_arch = $(patsubst x86,amd64,$(1))
cross_compile = $(if $(filter $(host_arch),$(1)),,$(if $(filter arm64,$(1)),aarch64-linux-gnu-,x86_64-linux-gnu-))

ifeq ($(filter x86 arm64,$(arch)),)
$(error ARCH=$(arch) is not known: x86 or arm64)
endif

# The kernel to build for: KDIR= if given, else the running one, else (for
# another architecture than this machine's) the box's 6.1 kernel.
box_kdir = $(cache)/kernels/$(or $(KERNEL),6.1)-$(call deb_arch,$(1))/kdir
ifneq ($(KDIR),)
kdir := $(abspath $(KDIR))
else ifeq ($(arch),$(host_arch))
kdir := /lib/modules/$(shell uname -r)/build
else
kdir := $(call box_kdir,$(arch))
endif

export PREFIX ?= /usr
export DESTDIR ?=

.PHONY: all module vmctl
all: module vmctl

# ---- module -------------------------------------------------------------

# build_module ARCH KDIR [MAKE ARGUMENTS]
build_module = $(Q)$(root)/tests/box/build-module $(1) $(2) $(O) '$(call cross_compile,$(1))' $(3)

module: $(if $(filter $(cache)/%,$(kdir)),box-kernel-$(arch))
	$(call build_module,$(arch),$(kdir),$(MODULE_ARGS))

.PHONY: box-kernel-x86 box-kernel-arm64 box-modules
box-kernel-x86 box-kernel-arm64: box-kernel-%: box-host
	$(Q)$(root)/tests/box/setup kernel $(or $(KERNEL),6.1) $(call deb_arch,$*)

box-modules: box-module-x86 box-module-arm64

.PHONY: box-module-x86 box-module-arm64 box-host
box-module-x86 box-module-arm64: box-module-%: box-kernel-%
	$(call build_module,$*,$(call box_kdir,$*),$(MODULE_ARGS))

box-host:
	$(Q)$(root)/tests/box/setup host

# ---- vmctl --------------------------------------------------------------

sysroot := $(root)/build/sysroot-arm64
vmctl_dir := $(O)/vmctl/$(arch)
vmctl_src = $(wildcard $(root)/tools/vmctl/*.c $(root)/tools/vmctl/*.cc)
vmctl_obj = $(patsubst $(root)/tools/vmctl/%,$(vmctl_dir)/%.o,$(vmctl_src))
vmctl_cross := $(call cross_compile,$(arch))

ifeq ($(arch)-$(host_arch),arm64-x86)
vmctl_lib_cppflags := -isystem $(sysroot)/usr/include
vmctl_lib_ldflags := -L$(sysroot)/usr/lib/aarch64-linux-gnu \
	-L$(sysroot)/lib/aarch64-linux-gnu \
	-Wl,-rpath-link,$(sysroot)/usr/lib/aarch64-linux-gnu:$(sysroot)/lib/aarch64-linux-gnu
vmctl_needs := box-sysroot
endif

version := $(or $(shell git -C $(root) describe --always --dirty 2>/dev/null),unknown)
vmctl_cppflags := -I$(root) -I$(root)/tools/vmctl -D_GNU_SOURCE \
	-DAXVM_PREFIX='"$(PREFIX)"' $(vmctl_lib_cppflags)
vmctl_warn := -Wall -Wextra -Wno-unused-parameter -Wno-missing-field-initializers
vmctl_cflags := -std=gnu11 -O2 -g $(vmctl_warn) -Wstrict-prototypes
vmctl_cxxflags := -std=c++17 -O2 -g $(vmctl_warn)
vmctl_libs := -ljson-c -lsmartcols -lcapstone -lfdt -lncurses -ltinfo -lz -lzstd -lstdc++

vmctl: $(vmctl_dir)/vmctl

.PHONY: box-sysroot
box-sysroot: box-host
	$(Q)$(root)/tests/box/setup sysroot

$(vmctl_dir)/vmctl: $(vmctl_obj)
	@echo '  LD      $(patsubst $(root)/%,%,$@)'
	$(Q)$(vmctl_cross)g++ $(vmctl_lib_ldflags) $(LDFLAGS) -o $@ $^ $(vmctl_libs)

$(vmctl_dir)/%.c.o: $(root)/tools/vmctl/%.c | $(vmctl_needs)
	@mkdir -p $(@D)
	@echo '  CC      $(patsubst $(root)/%,%,$<)'
	$(Q)$(vmctl_cross)gcc $(vmctl_cppflags) $(CPPFLAGS) $(vmctl_cflags) $(CFLAGS) -MMD -MP -c -o $@ $<

$(vmctl_dir)/%.cc.o: $(root)/tools/vmctl/%.cc | $(vmctl_needs)
	@mkdir -p $(@D)
	@echo '  CXX     $(patsubst $(root)/%,%,$<)'
	$(Q)$(vmctl_cross)g++ $(vmctl_cppflags) $(CPPFLAGS) $(vmctl_cxxflags) $(CXXFLAGS) -MMD -MP -c -o $@ $<

-include $(vmctl_obj:.o=.d)

# ---- guests and install -------------------------------------------------

.PHONY: guests
guests:
	$(Q)if [ -f $(root)/tests/guest/Makefile ]; then \
		$(MAKE) -C $(root)/tests/guest ARCH=$(arch) O=$(O)/guest/$(arch) \
			CROSS_COMPILE=$(call cross_compile,$(arch)); fi

include $(root)/tools/packaging/packaging.mk

# ---- tests --------------------------------------------------------------

.PHONY: check test lint format demo selftests clean help
check:
	$(Q)$(root)/tests/box/setup host
	$(Q)/usr/bin/python3 $(root)/tests/run --unit --build $(O)

test:
	$(Q)$(root)/tests/box/setup
	$(if $(KERNEL),$(Q)for a in amd64 arm64; do $(root)/tests/box/setup kernel $(KERNEL) $$a; done)
	$(Q)/usr/bin/python3 $(root)/tests/run --unit --build $(O) \
		$(if $(TARGET),--target $(TARGET),--target vmx --target nvhe --target vhe) \
		$(if $(KERNEL),--kernel $(KERNEL)) $(if $(BOX),--box '$(BOX)') \
		$(if $(ONLY),--only '$(ONLY)')

selftests:
	$(Q)$(MAKE) -C $(root)/tests/selftest ARCH=$(arch) O=$(O)/selftest/$(arch) \
		CROSS_COMPILE=$(call cross_compile,$(arch))

demo_target := $(or $(TARGET),vmx)
demo_arch := $(if $(filter nvhe vhe,$(demo_target)),arm64,x86)
demo: box-kernel-$(demo_arch)
	$(Q)initrd=$$($(root)/tests/box/guest-initrd $(demo_arch)) && \
	AXVM_BUILD=$(O) $(root)/tests/box/box --target $(demo_target) --mem 1536 \
		--put $(root)/tests/box/demo:/root/demo \
		--put $(cache)/kernels/6.1-$(call deb_arch,$(demo_arch))/vmlinuz:/root/vmlinuz \
		--put $$initrd:/root/initrd -- /root/demo $(demo_target)

# Beside KVM, in the box: tests/bench/run --help.
.PHONY: bench bench-program
bench-program:
	$(Q)$(MAKE) -C $(root)/tests/bench ARCH=$(arch) O=$(O)/bench/$(arch) \
		CROSS_COMPILE=$(call cross_compile,$(arch))

bench:
	$(Q)$(root)/tests/box/setup
	$(Q)/usr/bin/python3 $(root)/tests/bench/run --build $(O) \
		--target $(or $(TARGET),all) $(if $(BENCH),--bench '$(BENCH)') $(BENCH_ARGS)

lint:
	$(Q)$(root)/tests/box/setup host
	$(Q)$(root)/tests/box/setup kernel 6.1 amd64
	$(Q)$(root)/tests/box/setup kernel 6.1 arm64
	$(Q)$(root)/tests/box/setup sysroot
	$(if $(KERNEL),$(Q)for a in amd64 arm64; do $(root)/tests/box/setup kernel $(KERNEL) $$a; done)
	$(Q)KERNEL=$(KERNEL) $(root)/tests/lint/lint $(O)

format:
	$(Q)$(root)/tests/lint/lint --format

clean:
	rm -rf $(filter-out $(cache),$(wildcard $(O)/*))

help:
	@printf '%s\n' \
	'make                       axvm.ko for the running kernel (or KDIR=DIR) and vmctl' \
	'make ARCH=arm64            both, cross-built, against the box'"'"'s kernel' \
	'make box-modules           axvm.ko for the box: 6.1 (or KERNEL=6.12|newest), x86 and arm64' \
	'make vmctl [ARCH=arm64]    vmctl alone' \
	'make demo [TARGET=T]       boot the emulated box and run an example VM (vmx, nvhe, vhe)' \
	'make test [TARGET=T]       unit tests, then system tests in the box; ONLY=REGEX picks' \
	'                           them, KERNEL=6.12|newest and BOX="OPTIONS" start other boxes' \
	'make check                 unit tests only (seconds)' \
	'make bench [TARGET=T]      axvm beside KVM in the box; BENCH=NAME or quick picks' \
	'make lint                  warnings, sparse, layers, headers, SPDX, format, scripts;' \
	'                           KERNEL=6.12|newest: warnings of a build for that kernel' \
	'make format                run clang-format over the C sources' \
	'make install               module, vmctl, headers, man pages, udev rule, unit (DESTDIR=, PREFIX=)' \
	'make uninstall             take all that away again' \
	'make dist | deb            build/dist: source tarball | Debian packages (axvm-dkms, vmctl, axvm-dev)' \
	'make deb-test              the packages in a fresh Debian, their module in the box (minutes)' \
	'make clean                 remove what was built, keep build/cache (kernels, Bochs)' \
	'' \
	'O=DIR builds below DIR instead of build/; V=1 shows the commands.' \
	'tests/box/box --help       the emulated box itself'
