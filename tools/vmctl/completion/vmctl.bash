# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Completion of vmctl for bash: vmctl itself says what could stand there.

_vmctl()
{
	local line cur=${COMP_WORDS[COMP_CWORD]} prefix=
	local -a words

	# A list "a,b" is completed word by word.
	case $cur in
	*,*) prefix=${cur%,*}, ;;
	esac
	while IFS= read -r line; do
		if [ "$line" = :file ]; then
			compopt -o default
		else
			words+=("$prefix${line%%$'\t'*}")
		fi
	done < <(vmctl __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
	mapfile -t COMPREPLY < <(compgen -W "${words[*]}" -- "$cur")
}

complete -F _vmctl vmctl
