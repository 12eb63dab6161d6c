#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# make install and uninstall: each file in its place with its mode, nothing
# left behind, nobody else's file touched. Of what would have to be built there
# are stand-ins.

. "$(dirname "$0")/libhost.sh"

fake=$work/build
mkdir -p "$work/kdir/include/generated" "$fake/module/x86-9.9.9" "$fake/vmctl/x86" \
	"$fake/guest/x86/examples"
echo '#define UTS_RELEASE "9.9.9"' >"$work/kdir/include/generated/utsrelease.h"
touch "$fake/module/x86-9.9.9/axvm.ko" "$fake/vmctl/x86/vmctl" "$fake/guest/x86/examples/hello.bin"

# mk TARGET DEST [PREFIX]
# shellcheck disable=SC2317 # t calls it
mk()
{
	make -s -C "$root" "$1" ARCH=x86 KDIR="$work/kdir" O="$fake" DESTDIR="$2" PREFIX="${3:-/usr}"
}

# installed DEST: mode and path of each file.
installed()
{
	(cd "$1" && find . -type f -printf '%m %P\n' | sort -k 2)
}

headers=$(cd "$root/uapi" && for f in *.h; do echo "644 usr/include/axvm/$f"; done)
examples=$(cd "$root/tools/vmctl/examples/x86" && find . -type f -printf '%P\n' |
	cat - <(echo hello.bin) | sed 's,^,644 usr/share/axvm/examples/,')
want=$(sort -k 2 <<END
644 lib/modules/9.9.9/extra/axvm.ko
644 lib/systemd/system/axvm@.service
644 lib/udev/rules.d/60-axvm.rules
755 usr/bin/vmctl
$headers
644 usr/lib/sysusers.d/axvm.conf
644 usr/share/bash-completion/completions/vmctl
644 usr/share/man/man1/vmctl.1
644 usr/share/man/man5/axvm-config.5
644 usr/share/zsh/vendor-completions/_vmctl
$examples
END
)

dest=$work/dest
t "make install DESTDIR=" mk install-files "$dest"
same "every file is in its place" "$want" < <(installed "$dest")
grep -rl '@[A-Z]*@' "$dest" >"$out"
[ $? = 1 ]
tap $? "nothing in them was left to be filled in"
t "the unit runs what was installed" grep -q '^ExecStart=/usr/bin/vmctl ' \
	"$dest/lib/systemd/system/axvm@.service"
touch "$dest/lib/modules/9.9.9/extra/other.ko" "$dest/usr/bin/other"
t "make install again, over it" mk install-files "$dest"
t "make uninstall" mk uninstall "$dest"
same "takes what is ours, and only that" "644 lib/modules/9.9.9/extra/other.ko
644 usr/bin/other" < <(installed "$dest")
[ ! -e "$dest/usr/include/axvm" ] && [ ! -e "$dest/usr/share/axvm" ]
tap $? "with the folders that are ours"
t "make uninstall of nothing" mk uninstall "$dest"

dest=$work/local
t "make install PREFIX=/usr/local" mk install-files "$dest" /usr/local
t "the unit runs what was installed" grep -q '^ExecStart=/usr/local/bin/vmctl ' \
	"$dest/lib/systemd/system/axvm@.service"
t "make uninstall PREFIX=/usr/local" mk uninstall "$dest" /usr/local
installed "$dest" >"$out"
[ ! -s "$out" ]
tap $? "nothing is left"

dest=$work/dkms
t "make install-dkms" mk install-dkms "$dest"
(cd "$root" && find module arch uapi Kbuild -type f ! -name '.*') | sort |
	diff - <(cd "$dest/usr/src/axvm-$version" && find . -type f ! -name dkms.conf -printf '%P\n' | sort) >"$out"
tap $? "DKMS gets all of the module's source"
rm -rf "$dest/usr/src"
same "and what starts it" "755 etc/kernel/header_postinst.d/axvm-dkms
755 etc/kernel/postinst.d/axvm-dkms
644 lib/udev/rules.d/60-axvm.rules
755 usr/lib/axvm/dkms-kernel
644 usr/lib/sysusers.d/axvm.conf" < <(installed "$dest")

cat >"$work/client.c" <<END
#include <axvm/axvm.h>
#include <axvm/axvm_x86.h>
#include <axvm/axvm_arm64.h>
int main(void) { return AXVM_ABI_VERSION == 0; }
END
t "headers: make install-headers" mk install-headers "$work/headers"
t "a program outside of this tree compiles with them" gcc -std=c11 -Wall -Wextra -Werror \
	-I"$work/headers/usr/include" -o "$work/client" "$work/client.c"

if command -v groff >/dev/null; then
	for page in vmctl.1 axvm-config.5; do
		groff -man -t -ww -z -Tutf8 "$root/tools/vmctl/$page" >"$out" 2>&1
		[ ! -s "$out" ]
		tap $? "$page: groff has nothing to say"
	done
else
	skip "man pages" "no groff"
fi
tap_end
