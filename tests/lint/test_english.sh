#!/bin/bash
# english.py finds what it is there for: each phrase is planted in a comment, a string or a document
# of a copy of the tree and must be reported with its file and line. Prints TAP.
set -u
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/e2e/tap.sh
. tests/e2e/tap.sh
lint=$PWD/tests/lint/english.py
W=$(mktemp -d) || bail 'no folder'
trap 'rm -rf "$W"' EXIT
mkdir -p "$W/tests/unit"
cp -a common credhelper pam_sfoauth man ./*.md "$W/"
cp tests/README.md "$W/tests/"
cp tests/unit/*.c "$W/tests/unit/"

check()
{
	(cd "$W" && python3 "$lint" "$@" 2>&1)
}

# plant FILE TEXT: a new file of the product; a .c file opens with a comment, as it must.
plant()
{
	printf '%b\n' "$2" >"$W/$1"
}

ok 'the tree as it is passes' check
like 'the share of comments is printed on request' "$(check --share)" '[0-9]+\.[0-9]% the product$'

# Every phrase of GONE, as it stood in the tree: in a comment of two lines, in a string, in a table.
phrases=(
	'after a yes|a yes' 'It is a no.|a no' 'then an  yes|an yes' 'Whoever asks|Whoever' 'nobody knows to whom it goes|to whom'
	'the person is told|is told' 'all are told|are told' 'what is to be shown|is to be' 'facts that were to have|were to have'
	'none of ours|none of ours' 'none of our business|none of our' 'of its own making|of its own making'
	'where it has not|where it has not' 'where there is none|where there is none' 'where that does not|where that does not'
	'as good as dead|as good as' 'no heed|heed' 'it heeds|heeds' 'a name is had|is had' 'no name can be had|can be had'
	'hard to be had|to be had' 'not any more|any more' 'Once more|Once more' "the account is nobody's|nobody's" 'gone all the same|all the same'
	'done by halves|by halves' 'a token hangs on it|hangs on' 'they hang on it|hang on'
	'what to mend|mend' 'it mends that|mends' 'good for nothing|good for nothing' 'all but for one|but for'
)
n=0
for row in "${phrases[@]}"; do
	n=$((n + 1))
	text=${row%|*}
	plant "common/base/comment$n.c" "/* What it is. */\n/*\n * We see that ${text/ /\\n * }.\n */"
	plant "credhelper/front/string$n.h" "const char *text = \"So: ${text/ / \"\\n    \"}.\";"
	plant "man/page$n.1.in" "So: ${text/ /\\n}."
done
plant pam_sfoauth/module/table.def 'SF_MSG(ROW, "Mend it.")'
said=$(check)
n=0
for row in "${phrases[@]}"; do
	n=$((n + 1))
	phrase=${row#*|}
	like "a comment: $phrase" "$said" "common/base/comment$n.c:[34]: \"$phrase\"; write: "
	like "a string: $phrase" "$said" "credhelper/front/string$n.h:[12]: \"$phrase\"; write: "
	like "a document: $phrase" "$said" "man/page$n.1.in:[12]: \"$phrase\"; write: "
done
like 'a row of a table' "$said" 'pam_sfoauth/module/table.def:1: "Mend"'
is 'nothing is reported twice' "$(sort <<<"$said" | uniq -d)" ''
unplanted=$(python3 - "$(dirname "$lint")" "${phrases[@]}" <<'END'
import re, sys
sys.path.insert(0, sys.argv[1])
from english import GONE
print(*(p for p, _ in GONE if not any(re.search(rf"(?i)\b{p}\b", text) for text in sys.argv[2:])), end="")
END
)
is 'a phrase is planted for every pattern' "$unplanted" ''
rm "$W"/common/base/comment* "$W"/credhelper/front/string* "$W"/man/page* "$W"/pam_sfoauth/module/table.def

plant common/base/names.c '/* A no-op, a yes/no question; no such thing. */\nint whoever_is, any_more = sf_mend(told, heed);'
plant common/base/amend.c '/* An amendment; noticed; a told story; a node; yes. */'
plant credhelper/front/x.de.def '/* whoever */'
is 'names in code, longer words and German tables are not phrases' "$(check)" ''
rm "$W"/common/base/{names,amend}.c "$W/credhelper/front/x.de.def"

plant pam_sfoauth/keep/bare.c '#include "text.h"\n/* What it is, too late. */'
is 'a .c file without a comment at its top' "$(check)" \
    'english: pam_sfoauth/keep/bare.c: opens without a comment that says what the file is'
rm "$W/pam_sfoauth/keep/bare.c"
plant tests/unit/bare.c '#include "text.h"'
is 'a unit test without one' "$(check)" 'english: tests/unit/bare.c: opens without a comment that says what the file is'
rm "$W/tests/unit/bare.c"

plant common/base/code.h "$(yes 'int a; /* a */' | head -n 30000)"
like 'fewer comments than the minimum' "$(check)" '^english: [0-9.]+% of .* are comments; at least 15% are required$'
rm "$W/common/base/code.h"

sed -i 's/^| not | but |$/| not | so |/' "$W/CONTRIBUTING.md"
like 'only the table "not, but" may quote phrases' "$(check)" 'CONTRIBUTING.md:[0-9]+: "any more"'
done_testing
