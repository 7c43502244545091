# What zsh offers for a line: complete.zsh LINE. A shell on a terminal of its own is given the line
# and a tab, and what it made of it is printed.
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'PS1=; autoload -U compinit; compinit -u; zstyle ":completion:*" list-prompt ""; source <(sfoauth completion zsh); print ready-$((40 + 2))'
zpty -r -m shell seen '*ready-42*'
zpty -w -n shell "$1"$'\t'
zpty -w -n shell $'\C-a''print -r -- "<'$'\C-e''>"'$'\n'
zpty -r -m shell seen '*<*>*<*>*'
print -r -- "$seen"
