#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The packaging, as far as it can be seen without a Debian to install it in:
# dkms.conf, the kernel hooks with a DKMS that does as it is told, the unit,
# the source tarball. The rest is `make deb-test`.

. "$(dirname "$0")/libhost.sh"
pack=$root/tools/packaging

grep -h '_VERSION "' "$root/module/core.h" "$root/tools/vmctl/vmctl.h" |
	sed 's/.* "\(.*\)"/\1/' | sort -u >"$out"
[ "$(cat "$out")" = "$version" ]
tap $? "module and vmctl have one version"

# ---- dkms.conf: DKMS reads it as bash -------------------------------------

DESTDIR=$work/root "$pack/install" dkms
conf=$work/root/usr/src/axvm-$version/dkms.conf
# conf KEY: its value, for a kernel in /K.
conf()
{
	bash -uc 'kernel_source_dir=/K dkms_tree=/T; PACKAGE_VERSION=; . "$1"; eval echo \"\${$2}\"' \
		conf "$conf" "$1"
}
same "dkms.conf: name" axvm < <(conf PACKAGE_NAME)
same "dkms.conf: version" "$version" < <(conf PACKAGE_VERSION)
same "dkms.conf: module" axvm < <(conf 'BUILT_MODULE_NAME[0]')
same "dkms.conf: how to build" \
	"make -C /K M=/T/axvm/$version/build CONFIG_DEBUG_INFO_BTF_MODULES= modules" \
	< <(conf 'MAKE[0]')
same "dkms.conf: dkms autoinstall leaves it alone" no < <(conf 'AUTOINSTALL-no')
only=$(conf BUILD_EXCLUSIVE_KERNEL)
for k in 6.1.0-56-amd64 6.12.38+deb13-arm64 7.0.1 10.2.3; do
	[[ $k =~ $only ]]
	tap $? "dkms.conf: built for $k"
done
for k in 5.10.0-1-amd64 6.0.0-1-amd64; do
	[[ ! $k =~ $only ]]
	tap $? "dkms.conf: not built for $k"
done

# ---- the kernel hook -------------------------------------------------------

# All that it touches is below $work/root; dkms ends with what $work/status holds.
mkdir -p "$work/bin" "$work/root/var/log" "$work/root/lib/modules/9.9.9/build/include" \
	"$work/root/lib/modules/8.8.8" "$work/root/var/lib/dkms/axvm/$version/build"
cat >"$work/bin/dkms" <<END
#!/bin/sh
echo "\$*" >>"$work/calls"
case \$1 in install) cat "$work/words"; exit \$(cat "$work/status") ;; esac
END
sed -E "s#(^|[ =\"])/(usr/src|var|lib/modules|etc/dkms|usr/lib)#\1$work/root/\2#g" \
	"$work/root/usr/lib/axvm/dkms-kernel" >"$work/dkms-kernel"
sed "s#/usr/lib/axvm#$work#g" "$work/root/etc/kernel/postinst.d/axvm-dkms" >"$work/hook"
chmod +x "$work/bin/dkms" "$work/dkms-kernel" "$work/hook"
log=$work/root/var/log/axvm-dkms.log

# hook STATUS WORDS KERNEL: a kernel is installed, and DKMS ends so.
hook()
{
	echo "$1" >"$work/status"
	echo "$2" >"$work/words"
	: >"$work/calls"
	rm -f "$log"
	PATH=$work/bin:$PATH "$work/hook" "$3" >"$work/told" 2>&1 </dev/null
}

hook 0 "" 9.9.9
tap $? "hook: a build that succeeds"
t "says so in the log" grep -q '9.9.9: axvm.ko is installed' "$log"
t "by dkms install" grep -qx "install -m axvm -v $version -k 9.9.9" "$work/calls"
cat >"$work/root/var/lib/dkms/axvm/$version/build/make.log" <<END
  CC [M]  module/main.o
module/main.c:7:10: fatal error: linux/gone.h: No such file or directory
make[1]: *** [scripts/Makefile.build:250: module/main.o] Error 1
END
hook 10 "Error! Bad return status for module build" 9.9.9
tap $? "hook: a build that fails does not fail the kernel's installation"
t "it is said to whoever installs" grep -q 'axvm.ko could not be built' "$work/told"
t "why is in the log" grep -q 'fatal error: linux/gone.h' "$log"
t "and where the rest is" grep -q "the whole log: .*make.log" "$log"
rm "$work/root/var/lib/dkms/axvm/$version/build/make.log"
hook 8 "Error! cannot do this" 9.9.9
tap $? "hook: DKMS fails before it builds"
t "its words are in the log" grep -q 'cannot do this' "$log"
hook 77 "Error! The kernel does not match" 9.9.9
tap $? "hook: a kernel that dkms.conf excludes"
t "is said" grep -q 'not for this kernel' "$log"
hook 0 "" 8.8.8
tap $? "hook: a kernel without headers"
t "is said with the remedy" grep -q 'linux-headers-8.8.8' "$log"
! grep -q install "$work/calls"
tap $? "and nothing is built"
rm "$work/bin/dkms"
PATH=$work/bin:/usr/bin:/bin "$work/hook" 9.9.9 >"$out" 2>&1
tap $? "hook: no DKMS"

# ---- the unit ----------------------------------------------------------------

if systemctl --version >"$out" 2>&1 && [ -f /lib/systemd/system/modprobe@.service ]; then
	printf '#!/bin/sh\n' >"$work/vmctl"
	chmod +x "$work/vmctl"
	sed "s#@PREFIX@/bin/vmctl#$work/vmctl#" "$pack/axvm@.service.in" >"$work/axvm@demo.service"
	systemd-analyze verify --man=no "$work/axvm@demo.service" >"$out" 2>&1
	status=$?
	[ $status = 0 ] && ! grep -q axvm@ "$out"
	tap $? "systemd-analyze verify axvm@demo.service"
	sed 's/^ExecStart=.*/ExecStart=relative/' "$work/axvm@demo.service" >"$work/axvm@bad.service"
	! systemd-analyze verify --man=no "$work/axvm@bad.service" >"$out" 2>&1
	tap $? "which would see a mistake"
else
	skip "systemd-analyze verify" "no systemd here"
fi

# ---- the source tarball -------------------------------------------------------

t "make dist" make -s -C "$root" dist O="$work/build"
tar=$work/build/dist/axvm-$version.tar.xz
tar -tJf "$tar" | sed 's,^[^/]*/,,' | grep -v '/$' | sort >"$work/has"
if [ -e "$root/.git" ]; then
	(cd "$root" && git ls-files | sort) | diff - "$work/has" >"$out"
	tap $? "it holds what git knows"
fi
mkdir "$work/x"
tar -C "$work/x" -xJf "$tar"
sum=$(sha256sum <"$tar")
stamp=$(tar -tvJf "$tar" --full-time --utc | awk 'NR == 1 { print $4, $5 }')
SOURCE_DATE_EPOCH=$(date -ud "$stamp" +%s) "$work/x/axvm-$version/tools/packaging/dist" tarball \
	"$work/again" >"$out" 2>&1
[ "$(sha256sum <"$work/again/axvm-$version.tar.xz")" = "$sum" ]
tap $? "made of itself, without git, it is the same"

if command -v dpkg-parsechangelog >/dev/null; then
	t "make deb-source" make -s -C "$root" deb-source O="$work/build"
	same "debian/changelog" "$version-1" < <(dpkg-parsechangelog -S Version \
		-l "$work/build/dist/deb/axvm-$version/debian/changelog")
else
	skip "Debian source" "no dpkg-dev"
fi
tap_end
