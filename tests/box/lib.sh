# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034 # what is set here is used by others
#
# Owns what the box's scripts share: where things lie, how they speak, locks
# around the cache, and a private apt that sees any suite and architecture of
# the mirror this machine uses, without touching the machine's own apt.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
BUILD=${AXVM_BUILD:-$ROOT/build}
CACHE=$(realpath -m "$ROOT/build/cache")
SYSROOT_ARM64=$ROOT/build/sysroot-arm64

say()
{
	printf 'box: %s\n' "$*" >&2
}

die()
{
	printf 'box: error: %s\n' "$*" >&2
	exit 125
}

# with_lock NAME COMMAND...: run COMMAND while holding the cache's lock NAME.
with_lock()
{
	local name=$1 fd
	shift
	mkdir -p "$CACHE/locks"
	exec {fd}>"$CACHE/locks/$name"
	if ! flock -n "$fd"; then
		say "waiting for another set-up of $name"
		flock "$fd"
	fi
	"$@" {fd}>&-
	local rc=$?
	exec {fd}>&-
	return $rc
}

# quietly LOG COMMAND...: run COMMAND, keep its words in LOG, show them on failure.
quietly()
{
	local log=$1
	shift
	mkdir -p "$(dirname "$log")"
	"$@" >"$log" 2>&1 </dev/null && return 0
	tail -n 25 "$log" >&2
	say "failed: $* (all of it: $log)"
	return 1
}

# apt_sources: print "URI SUITE" for each enabled Debian source of this machine,
# from both forms that apt reads (deb822 and one line).
apt_sources()
{
	local f files=()
	for f in /etc/apt/sources.list.d/*.sources; do
		[ -f "$f" ] && files+=("$f")
	done
	[ ${#files[@]} -eq 0 ] || awk '
		function flush(  i, j, nu, ns, us, ss) {
			if (types ~ /(^|[ \t])deb([ \t]|$)/ && enabled !~ /^(no|false)/ &&
			    comps ~ /(^|[ \t])main([ \t]|$)/) {
				nu = split(uris, us); ns = split(suites, ss)
				for (i = 1; i <= nu; i++)
					for (j = 1; j <= ns; j++)
						print us[i], ss[j]
			}
			types = uris = suites = comps = enabled = key = ""
		}
		FNR == 1 { flush() }
		/^#/ { next }
		/^[ \t]*$/ { flush(); next }
		/^[^ \t:]+:/ {
			key = tolower(substr($0, 1, index($0, ":") - 1))
			val = substr($0, index($0, ":") + 1)
		}
		/^[ \t]/ { val = $0 }
		key == "types" { types = types " " val }
		key == "uris" { uris = uris " " val }
		key == "suites" { suites = suites " " val }
		key == "components" { comps = comps " " val }
		key == "enabled" { sub(/^[ \t]+/, "", val); enabled = tolower(val) }
		END { flush() }' "${files[@]}"
	for f in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
		[ -f "$f" ] || continue
		sed -E 's/#.*//; s/^deb[ \t]+\[[^]]*\]/deb/' "$f" |
			awk '$1 == "deb" { for (i = 4; i <= NF; i++) if ($i == "main") print $2, $3 }'
	done
}

# apt_mirror [security]: the machine's URI for Debian, or for its security part.
apt_mirror()
{
	local kind=${1:-main}
	apt_sources | awk -v kind="$kind" '
		$2 ~ /-security$/ || $2 ~ /\/updates$/ { if (kind == "security" && !u) u = $1; next }
		$2 ~ /-(updates|backports|proposed)/ { next }
		kind == "main" && !u { u = $1 }
		END { if (u) print u }'
}

# apt_opts SUITE ARCH: fill APT_OPTS so that apt sees only SUITE for ARCH.
apt_opts()
{
	local suite=$1 arch=$2
	APT_DIR=$CACHE/apt/$suite-$arch
	APT_OPTS=(
		-qq
		-o "APT::Architecture=$arch" -o "APT::Architectures::=$arch"
		-o "Dir::State=$APT_DIR/state" -o "Dir::State::status=$APT_DIR/status"
		-o "Dir::Cache=$APT_DIR/cache"
		-o "Dir::Etc::sourcelist=$APT_DIR/sources.list" -o Dir::Etc::sourceparts=/dev/null
		-o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null
		-o APT::Sandbox::User="$(id -un)" -o Acquire::Languages=none
		-o Acquire::Retries=3 -o APT::Get::List-Cleanup=true
	)
}

# apt_update SUITE ARCH [force]: make the private index, if it is not there yet.
apt_update()
{
	local suite=$1 arch=$2 main sec keyring=/usr/share/keyrings/debian-archive-keyring.gpg
	apt_opts "$suite" "$arch"
	[ -z "${3:-}" ] && [ -f "$APT_DIR/done" ] && return 0
	main=$(apt_mirror main)
	sec=$(apt_mirror security)
	[ -n "$main" ] || {
		say "no Debian source in /etc/apt to take packages from"
		return 1
	}
	mkdir -p "$APT_DIR"/state/lists/partial "$APT_DIR"/cache/archives/partial
	: >"$APT_DIR/status"
	{
		printf 'deb [signed-by=%s] %s %s main\n' "$keyring" "$main" "$suite"
		printf 'deb-src [signed-by=%s] %s %s main\n' "$keyring" "$main" "$suite"
		case $suite in
		*-backports) printf 'deb [signed-by=%s] %s %s main\n' "$keyring" "$main" "${suite%-backports}" ;;
		sid) ;;
		*) [ -z "$sec" ] || printf 'deb [signed-by=%s] %s %s main\n' "$keyring" "$sec" "$suite-security" ;;
		esac
	} >"$APT_DIR/sources.list"
	say "reading the package lists of $suite for $arch"
	quietly "$CACHE/log/apt-update-$suite-$arch.log" apt-get "${APT_OPTS[@]}" update || return 1
	touch "$APT_DIR/done"
}

# apt_depends SUITE ARCH PACKAGE: the packages PACKAGE depends on, one a line.
# A backports suite is preferred to the stable one it stands on.
apt_depends()
{
	apt_update "$1" "$2" || return 1
	# shellcheck disable=SC2046 # apt_pin prints separate words
	apt-cache "${APT_OPTS[@]}" $(apt_pin "$1") show --no-all-versions "$3" |
		sed -n 's/^Depends: //p' | tr ',' '\n' |
		sed -E 's/^ *//; s/[ (|].*//' | grep -v '^$'
}

apt_pin()
{
	case $1 in
	*-backports) printf -- '-o APT::Default-Release=%s' "$1" ;;
	esac
}

# apt_unpack SUITE ARCH DEST PACKAGE...: fetch and unpack PACKAGEs below DEST.
apt_unpack()
{
	local suite=$1 arch=$2 dest=$3 tmp f try
	shift 3
	apt_update "$suite" "$arch" || return 1
	tmp=$(mktemp -d "$CACHE/fetch.XXXXXX") || return 1
	say "fetching for $arch from $suite: $*"
	for try in 1 2; do
		# shellcheck disable=SC2046 # apt_pin prints separate words
		if (cd "$tmp" && quietly "$CACHE/log/apt-download.log" \
			apt-get "${APT_OPTS[@]}" $(apt_pin "$suite") download "$@"); then
			break
		fi
		if [ "$try" != 1 ] || ! apt_update "$suite" "$arch" force; then
			rm -rf "$tmp"
			return 1
		fi
	done
	mkdir -p "$dest"
	for f in "$tmp"/*.deb; do
		dpkg-deb -x "$f" "$dest" || {
			rm -rf "$tmp"
			return 1
		}
	done
	rm -rf "$tmp"
}
