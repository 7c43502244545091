#!/bin/bash
# What is written is true: each command line of README and the manual pages is run, or is an exception
# with a reason; --help is as it was last agreed on, in English and in German.
#
#   64-documents.sh --write     agree: golden/help is made anew from the program
. "$(dirname "$0")/lib.sh"
. "$src/tests/e2e/desktop.sh"

golden=$src/tests/e2e/golden/help
write=${1:-}

# ---- --help
subcommands()
{
	LC_ALL=C /usr/local/bin/sfoauth --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z][a-z-]*\).*/\1/p'
}
# help_of SUBCOMMAND [LOCALE]
help_of()
{
	# shellcheck disable=SC2086 # one word, or none
	LC_ALL=${2:-C} /usr/local/bin/sfoauth ${1#sfoauth} --help
}
# agreed NAME SUBCOMMAND LOCALE FILE: as FILE has it, and fit for a terminal.
agreed()
{
	if [ "$write" = --write ]; then
		mkdir -p "${4%/*}" && help_of "$2" "$3" >"$4"
	fi
	is "--help of $1 is as agreed (64-documents.sh --write agrees anew)" "$(help_of "$2" "$3")" "$(cat "$4" 2>&1)"
	is "$1: no line is longer than a terminal's" "$(help_of "$2" "$3" | LC_ALL=C.UTF-8 grep -E '.{81}')" ''
}
names_of() { help_of "$@" | grep -oE '^  (-., )?[a-z-]+'; }
manual_has()
{
	zcat -f /usr/local/share/man/man1/sfoauth.1* | grep -qF -- "$1"
}
for name in sfoauth $(subcommands); do
	agreed "$name" "$name" C "$golden/$name.txt"
	agreed "$name in German" "$name" de_DE.UTF-8 "$golden/de/$name.txt"
	is "$name: where a terminal has no UTF-8, English" "$(help_of "$name" de_DE)" "$(help_of "$name")"
	is "$name: the same options and subcommands in German" "$(names_of "$name" de_DE.UTF-8)" "$(names_of "$name")"
	ok "$name: the manual has it" manual_has \
	    "$([ "$name" = sfoauth ] && echo ".Dt SFOAUTH" || echo ".It Cm $name")"
done
for file in "$golden"/*.txt "$golden"/de/*.txt; do
	name=$(basename "$file" .txt)
	ok "golden/help${file#"$golden"} is of a subcommand that exists" grep -qx "$name" <(echo sfoauth; subcommands)
done
for option in $(/usr/local/bin/sfoauth --help | sed -n 's/^  \(-., \)\?--\([a-z-]*\).*/\2/p' | sort -u) \
    $(for name in $(subcommands); do help_of "$name"; done | sed -n 's/^  \(-., \)\?--\([a-z-]*\).*/\2/p' | sort -u); do
	ok "--$option: the manual has it" manual_has "Fl -$option"
done

# ---- One version
version=$(sed -n 's/^VERSION = //p' "$src/Makefile")
like 'the version is three numbers' "$version" '^[0-9]+\.[0-9]+\.[0-9]+$'
for program in /usr/local/bin/sfoauth /usr/local/bin/git-credential-sfoauth \
    /usr/local/libexec/sfoauth/sfoauth-{worker,selftest}; do
	is "$program says it" "$($program --version)" "${program##*/} $version"
done
is 'no subcommand takes --version for its own' "$(/usr/local/bin/sfoauth login --version 2>&1 >/dev/null; echo $?)" \
    $'sfoauth: The command line is wrong. See --help.\n         (login has no option --version)\n2'
is 'each manual page has it' "$(sed -n 's/^\.Os //p' /usr/local/share/man/man*/*sfoauth* | sort -u)" "sfoauth $version"
is 'and no page has a mark that was not filled in' "$(grep -l '@[a-z]*@$' /usr/local/share/man/man*/*sfoauth*)" ''
ok 'README has it' grep -qF "version $version," "$src/README.md"
is 'the newest release in CHANGELOG.md is this one' \
    "$(sed -n 's/^## \[\([0-9][0-9.]*\)\].*/\1/p' "$src/CHANGELOG.md" | head -n 1)" "$version"

# ---- The example of a git server
gateway_options=$(/usr/bin/python3 -B "$src/tests/e2e/git-gateway.py" --help | grep -oE '^  --[a-z-]+' | tr -d ' ' | sort)
is 'sfoauth-git(7) has the options of git-gateway.py, and no others' \
    "$(sed -n '/^\.Sh RUNNING/,/^\.Sh SEE/s/^\.It Fl -\([a-z-]*\).*/--\1/p' /usr/local/share/man/man7/sfoauth-git.7* | sort)" "$gateway_options"

# ---- Sections of common/DESIGN.md and CONTRIBUTING.md that something cites
while IFS=: read -r place file section; do
	ok "$place: $file has a section \"$section\"" grep -qxE "##+ $section" "$src/$file"
done < <(cd "$src" && grep -rnoE '(DESIGN|CONTRIBUTING)\.md, "[A-Z][^"]*"' common pam_sfoauth credhelper tests man Makefile |
    sed -nE 's/^([^:]+):[0-9]+:(DESIGN)\.md, "(.*)"$/\1:common\/\2.md:\3/p; s/^([^:]+):[0-9]+:(CONTRIBUTING)\.md, "(.*)"$/\1:\2.md:\3/p')
is 'nothing cites a page that is not here' "$(cd "$src" && grep -rnE 'house-s[t]yle|house-p[l]an|salesforce-o[a]uth\.md|DESIGN s[e]ction|lessons-[a-z]' \
    common pam_sfoauth credhelper tests man Makefile README.md ./*.md .ci)" ''

# ---- Command lines
write_conf
start_fake --set auto_approve=ada
start_desktop
/usr/bin/python3 -B "$src/tests/e2e/documented.py" "$src/README.md" "$src"/man/*.in >"$W/commands"
unmarked=$(grep -c $'\tunmarked\t' "$W/commands")
is 'each has a mark: run as NAME, or not run: REASON (tests/README.md)' \
    "$(grep $'\tunmarked\t' "$W/commands" | head -n 5)" ''
is 'a reason is a sentence, not a word' "$(cut -f 2 "$W/commands" | grep '^not run' | grep -cvE '^not run: .{12,}')" 0
run desk sfoauth login
is 'the reader is signed in' "$status" 0
# Each page is one shell, as a reader would type it: what a line sets, the next one has.
while read -r page; do
	for who in ada root; do
		grep -P "^\Q$page\E:\d+\trun as $who\t" "$W/commands" | cut -f 1,3 >"$W/lines" || continue
		# shellcheck disable=SC2016 # for that shell
		script='while IFS=$(printf "\t") read -r place line <&3; do
		    eval "$line" </dev/null >"$HOME/said" 2>&1
		    code=$?
		    printf "%s\t%s\t%s\n" "$code" "$place" "$line"
		    [ "$code" = 0 ] || sed "s/^/# /" "$HOME/said" >&2
		done'
		if [ "$who" = ada ]; then
			desk bash -c "$script" 3<"$W/lines" >"$W/results"
		else
			bash -c "$script" 3<"$W/lines" >"$W/results"
		fi
		while IFS=$'\t' read -r code place line; do
			is "$place, as $who: $line" "$code" 0
		done <"$W/results"
		is "$page, as $who: every line was run" "$(wc -l <"$W/results")" "$(wc -l <"$W/lines")"
	done
done < <(cut -d : -f 1 "$W/commands" | sort -u)
tap_note "$(grep -c $'\trun as ' "$W/commands") command lines run, $unmarked without a mark, $(grep -c $'\tnot run: ' "$W/commands") not run:"
tap_note "$(grep $'\tnot run: ' "$W/commands" | cut -f 2 | sort | uniq -c)"
done_testing
