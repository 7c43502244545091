#!/bin/bash
# What make demo and make check do about missing packages: install them and say so without a terminal, ask
# on one. apt-get and dpkg are stand-ins that know a list of names.
. "$(dirname "$0")/lib.sh"

fakes=$W/fakes
mkdir -p "$fakes" "$W/dpkg"
cat >"$fakes/dpkg-query" <<END
#!/bin/sh
for name; do :; done
! grep -qx "\$name" $W/installed || printf ' ok installed'
END
cat >"$fakes/apt-cache" <<'END'
#!/bin/sh
END
cat >"$fakes/apt-get" <<END
#!/bin/sh
[ ! -e /usr/sbin/policy-rc.d ] || echo "policy-rc.d: \$(tail -n 1 /usr/sbin/policy-rc.d)" >>$W/apt
echo "\$*" >>$W/apt
case " \$* " in *' install '*) for name; do echo "\$name"; done >>$W/installed ;; esac
END
chmod 755 "$fakes"/*

# deps [VARIABLE=VALUE]... COMMAND...: .ci/deps demo, started by the command; its own /usr/sbin is empty.
deps()
{
	: >"$W/apt"
	# shellcheck disable=SC2016 # for the inner shell
	unshare -m sh -c 'mount -t tmpfs tmpfs /usr/sbin && "$@"; status=$?; ls /usr/sbin; exit $status' sh \
	    env PATH="$fakes:/usr/bin:/bin" "$@" >"$W/out" 2>&1
	status=$?
	out=$(tr -d '\r' <"$W/out")
}
on_terminal=(/usr/bin/python3 "$src/tests/e2e/drive.py")
installs() { grep -c '^install ' "$W/apt"; }

: >"$W/installed"
deps "$src/.ci/deps" demo </dev/null
is 'without a terminal: it succeeds' "$status" 0
like 'it names what is missing' "$out" 'Missing packages \(demo\): .*libsecret-tools.*ca-certificates'
like 'it says that it installs' "$out" 'Installing them with apt-get'
unlike 'it asks nothing' "$out" 'y/N'
is 'it installs' "$(installs)" 1
like 'what was missing' "$(cat "$W/apt")" 'install -q -y .*libsecret-tools.*ca-certificates'
like 'nothing is started meanwhile' "$(cat "$W/apt")" 'policy-rc.d: exit 101'
unlike 'and afterwards all may be started again' "$out" policy-rc.d
deps "$src/.ci/deps" demo </dev/null
is 'once all is there: no word, no apt-get' "$status$out$(cat "$W/apt")" 0

: >"$W/installed"
deps "${on_terminal[@]}" --on '\[y/N\] =n' -- "$src/.ci/deps" demo
is 'at a terminal, answered no: it fails' "$status" 1
like 'it has asked' "$out" 'Install them with apt-get\? \[y/N\]'
is 'and has called nothing' "$(cat "$W/apt")" ''
deps "${on_terminal[@]}" --on '\[y/N\] =y' -- "$src/.ci/deps" demo
is 'answered yes: it installs' "$status $(installs)" '0 1'
: >"$W/installed"
deps YES=1 "${on_terminal[@]}" -- "$src/.ci/deps" demo
is 'YES=1 at a terminal: it installs' "$status $(installs)" '0 1'
unlike 'without a question' "$out" 'y/N'

# A package that apt-get says it installed, and that is not there.
printf '#!/bin/sh\n' >"$fakes/apt-get"
: >"$W/installed"
deps "$src/.ci/deps" demo </dev/null
is 'what is still missing then fails' "$status" 1
like 'and is named' "$out" 'still missing: .*libsecret-tools'
done_testing
