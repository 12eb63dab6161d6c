# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC1090,SC2034,SC2154
#
# Runs the examples of a Markdown page as they stand there, in one shell, and
# compares what they print with what the page says. To be sourced after
# libvmctl.sh.
#
# A block marked ```console holds commands after "# " (their further lines after
# "> ") and what each prints. In what it prints "..." stands for anything in the
# line, and a line of "..." for any lines. A block marked "console x86" or
# "console arm64" is for that machine; "console host" is for another test.

# doc_split PAGE DIR: DIR/N.cmd, N.want, N.line of each command; prints how many.
doc_split()
{
	awk -v dir="$2" -v arch="$(uname -m | sed 's/x86_64/x86/; s/aarch64/arm64/')" '
		/^```/ {
			mine = !inside && $1 == "```console" && (NF == 1 || $2 == arch)
			inside = !inside
			cmd = ""
			next
		}
		!mine { next }
		/^# / {
			n++
			cmd = dir "/" n ".cmd"
			want = dir "/" n ".want"
			print substr($0, 3) >cmd
			printf "" >want
			print FNR >(dir "/" n ".line")
			next
		}
		/^>( |$)/ && cmd { print substr($0, 3) >cmd; next }
		{ print >want }
		END { print n + 0 }' "$1"
}

# doc_alike WANT GOT: do the lines match?
doc_alike()
{
	awk '
		function pattern(s,  out, i, c) {
			out = "^"
			while (s != "") {
				if (substr(s, 1, 3) == "...") {
					out = out ".*"
					s = substr(s, 4)
					continue
				}
				c = substr(s, 1, 1)
				s = substr(s, 2)
				out = out (index("\\.[]{}()*+?^$|/", c) ? "\\" c : c)
			}
			return out "[ \t]*$"
		}
		# Do the lines from w and g on match?
		function alike(w, g,  i) {
			if (w > nw)
				return g > ng
			if (want[w] == "...") {
				for (i = g; i <= ng + 1; i++)
					if (alike(w + 1, i))
						return 1
				return 0
			}
			return g <= ng && got[g] ~ pattern(want[w]) && alike(w + 1, g + 1)
		}
		FILENAME == ARGV[1] { sub(/[ \t]+$/, ""); want[++nw] = $0; next }
		{ gsub(/\r/, ""); got[++ng] = $0 }
		END { exit !alike(1, 1) }' "$1" "$2"
}

# doc PAGE: a result for each command.
doc()
{
	doc_dir=$work/doc
	mkdir -p "$doc_dir"
	doc_n=$(doc_split "$1" "$doc_dir")
	doc_i=0 doc_ok=1
	status=0
	while [ "$doc_i" -lt "$doc_n" ]; do
		doc_i=$((doc_i + 1))
		doc_f=$doc_dir/$doc_i
		# $? is the one of the command before, as at a prompt.
		(exit "$status")
		. "$doc_f.cmd" >"$doc_f.out" 2>&1
		status=$?
		doc_alike "$doc_f.want" "$doc_f.out"
		doc_ok=$?
		cp "$doc_f.out" "$out"
		cp "$doc_f.want" "$errs"
		wanted="what the page says, above as err"
		tap $doc_ok "${1##*/}:$(cat "$doc_f.line"): $(head -n 1 "$doc_f.cmd" | tr '#' ' ')"
		# What follows stands on it, and might wait for ever.
		[ $doc_ok = 0 ] || break
	done
	wanted="a page with examples, all of them run"
	[ "$doc_n" -gt 0 ] && [ $doc_i = "$doc_n" ] && [ "$doc_ok" = 0 ]
	tap $? "${1##*/}: $doc_n commands"
}
