#!/usr/bin/zsh -f
# SPDX-License-Identifier: GPL-2.0
#
# The completion of zsh as a user meets it: an interactive zsh in a terminal of
# its own, a line typed, Tab pressed.  Prints what the line has become.
#
#	zsh_complete.zsh FOLDER LINE	FOLDER holds _vmctl; vmctl is in PATH

zmodload zsh/zpty
folder=$1 line=$2
zpty z zsh -f -i
zpty -w z "PS1=; stty -echo; fpath=($folder \$fpath); autoload -Uz compinit; \
compinit -u -D; bindkey '^I' expand-or-complete; unsetopt automenu list_beep; \
show() { print -r -- \"<<\$BUFFER>>\"; zle kill-buffer }; zle -N show; \
bindkey '^X' show; print RE''ADY"
zpty -r z out '*READY*'
zpty -n -w z "$line"$'\t'$'\x18'
zpty -r z out '*<<*>>*'
print -r -- "${${out##*<<}%%>>*}"
zpty -d z
