# SPDX-License-Identifier: GPL-2.0
#
# Owns the targets that install, remove and pack axvm; the Makefile includes it.

utsrelease = $(shell sed -n 's/^.define UTS_RELEASE "\(.*\)"/\1/p' \
	$(kdir)/include/generated/utsrelease.h 2>/dev/null)
packaging := $(root)/tools/packaging
install_parts := module device vmctl headers
run_install = $(Q)DESTDIR="$(DESTDIR)" PREFIX="$(PREFIX)" ARCH=$(arch) BUILD=$(O) \
	UTS=$(utsrelease) MODULE=$(O)/module/$(arch)-$(utsrelease)/axvm.ko \
	$(packaging)/install

.PHONY: install install-files install-user install-headers install-dkms uninstall box-install
install: all guests install-files

install-files:
	$(run_install) $(install_parts)

# All but the module, which DKMS builds.
install-user: vmctl guests
	$(run_install) vmctl headers

install-headers:
	$(run_install) headers

install-dkms:
	$(run_install) device dkms

uninstall:
	$(run_install) --remove $(install_parts)

# The same for the box, where no kernel needs to be installed on this machine.
box-install: module vmctl guests
	$(Q)rm -rf "$(DESTDIR)"
	$(Q)$(MAKE) install-files ARCH=$(arch) KDIR=$(kdir) O=$(O) PREFIX=$(PREFIX) DESTDIR="$(DESTDIR)"
	$(Q)find "$(DESTDIR)" \( -name '*.ko' -o -path '*/bin/vmctl' \) -type f \
		-exec $(call cross_compile,$(arch))strip --strip-debug {} +

.PHONY: dist deb deb-source deb-test
dist:
	$(Q)$(packaging)/dist tarball $(O)/dist

deb-source:
	$(Q)$(packaging)/dist debian $(O)/dist

# Build-dependencies: as tools/packaging/debian/control says.
deb: deb-source
	$(Q)cd $(O)/dist/deb/axvm-*/ && env -u MAKEFLAGS -u MAKELEVEL -u O -u DESTDIR -u PREFIX \
		dpkg-buildpackage -us -uc $(DEB_ARGS)

# All of it in a fresh Debian, and the module from there in the box; minutes.
deb-test:
	$(Q)$(root)/tests/box/setup
	$(Q)$(root)/tests/packaging/deb-test $(O)
