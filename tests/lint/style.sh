#!/bin/bash
# One way to write what C allows in two ways (CONTRIBUTING.md, "Style"). Prints each other way.
set -u
cd "$(dirname "$0")/../.." || exit 1
bad=0

# never PATTERN WHY [PATH]...
never()
{
	local pattern=$1 why=$2
	shift 2
	if git grep -nP "$pattern" -- "${@:-*.[ch]}" | sed "s/^/style: $why: /" | grep .; then bad=1; fi
}

never 'sizeof [^(]' 'write sizeof(x)'
never ' == NULL' 'write !p'
never '\bconst enum sf_err \w+( =|;)' 'a local enum sf_err is not const'
never '^#\s*define (?!SF_|X\b)' 'a macro of a header begins with SF_' 'common/*.h' 'credhelper/*.h' 'pam_sfoauth/*.h'
exit $bad
