#!/bin/bash
# sfoauth why: a refusal that somebody calls about, found in the log and put into words; and
# sfoauth users: who may log in, as a user_map.
. "$(dirname "$0")/lib.sh"
sfoauth=/usr/local/bin/sfoauth
write_conf pam.require_permission=Linux_Login
start_fake
start_sshd
why() { LANG=${LANG_OF_TERMINAL:-C.UTF-8} $sfoauth why "$@" >"$W/said" 2>&1; status=$?; out=$(cat "$W/said"); }
# refused [SIGN-IN OPTION]... ACCOUNT: over ssh; the reference that the person reads is in $ref.
refused()
{
	ssh_login "$@" true
	ref=$(sed -n 's/.*Reference \([A-Z0-9]*-[A-Z0-9]*\)\..*/\1/p' "$W/out" | tail -n 1)
	wait_for 3 grep -q "ref=$ref" /var/log/auth.log
}

refused -a kim ada
why "$ref"
is 'found' "$status" 0
like 'who, at what, from where' "$out" $'account  ada \(uid [0-9]+\), service sshd, from 127\.0\.0\.1\n  approved kim@acme\.example \(0055f00000EfKimAAF\)'
like 'why' "$out" 'why      kim@acme\.example approved the sign-in, but does not own'
like 'what to do' "$out" 'remedy   The owner of the account'
is 'at 80 columns' "$(awk 'length > 80' "$W/said")" ''
mkdir -p "$W/screens" && cp "$W/said" "$W/screens/why"
why "$(tr 'A-Z' 'a-z' <<<"$ref" | tr -d -)"
like 'typed small and without its dash' "$out" "^$ref: refused, 20"
why "$ref" --json
is 'JSON' "$(jq -r '[.status, .reason, .user, .sf_user, .rhost, .lines] | join(" ")' <<<"$out")" \
    'ok not_mapped ada kim@acme.example 127.0.0.1 1'
refused -d ada
why "$ref"
like "an answer of Salesforce's: its words" "$out" 'why      The sign-in was denied in the browser'
refused pat
why "$ref"
like 'a permission' "$out" 'has none of the custom permissions'
fake set device_flow=false >/dev/null
refused -n ada
why "$ref"
like 'a switch in Salesforce, by its row' "$out" 'Enable Device'
fake set device_flow=true >/dev/null

# ---- Without a reference: the newest refusal, of an account or of anybody
why --user ada
like 'the newest of ada' "$out" "^$ref: could not be decided, 20.* account  ada .*Enable Device"
why --user pat
like 'or of another account' "$out" '^[A-Z0-9-]*: refused, .* account  pat .*has none of the custom permissions'
why --last
like 'or of anybody' "$out" "^$ref: could not"
is 'in JSON' "$(why --last --json; jq -r '[.ref, .user, .lines, .newer_unproven] | join(" ")' <<<"$out")" "$ref ada 1 "
why --user zora
is 'an account without one' "$status/$(head -n 1 <<<"$out")" '1/sfoauth: The log has no such refusal. Check the reference or name, and how far back the log goes.'
like 'and what was looked for' "$out" 'looked for zora in the journal'
for wrong in '' '--last --user ada' "$ref --last" "$ref --user ada"; do
	# shellcheck disable=SC2086 # several words
	why $wrong
	is "not one of the three ways: '$wrong'" "$status" 2
done
like 'and which there are' "$out" 'a reference, --user with an account, or --last'
# The helpdesk has the person on the phone, who looks at the code of a decoy. It starts like the last real one.
refused -a kim ada
found="for i in 1 2 3 4 5 6; do $sfoauth why --user zora --json >$W/now && break; sleep 0.5; done"
ssh_login -n -D --no-answer -D "--on=Press Enter here.*: =!$found" zora true
shown=$(jq -r .ref "$W/now")
like 'a decoy is found while it is shown' "$(jq -r '.reason + " " + .message' "$W/now")" \
    '^unknown_user This host has no account zora\.$'
like 'under the reference that the person reads in the end' "$out" "Reference $shown\."
is 'and its line is written once' "$(grep -c "ref=$shown" /var/log/auth.log)" 1

# ---- A paste that was not this sign-in's: nothing was refused in the browser
write_conf pam.flows=paste
for typed in 'http://localhost:1717/OauthRedirect?code=x&state=y' ''; do
	ssh_login -n -D "--on=Paste it here .*: =$typed" ada true
	why --last
	out=$(tr -s ' \n' ' ' <<<"$out")
	like "pasted '$typed': why" "$out" 'is not what it asked for\. In the browser nothing was refused, and Salesforce got nothing'
	like "pasted '$typed': what to do" "$out" 'remedy .*they must copy the whole address'
	like "pasted '$typed': the reason" "$out" '\(wrong_input: '
	LANG_OF_TERMINAL=de_DE.UTF-8 why --user ada
	like "pasted '$typed': in German" "$out" 'Im Browser wurde nichts abgelehnt'
done

tail="service=sshd phase=auth user=kim uid=1 org=acme sf_id=- sf_user=- flow=- rhost=- token=- why=-"
while read -r line; do
	echo "2026-11-22T01:02:03+00:00 sfhost sshd[1]: pam_sfoauth(sshd:auth): sfoauth: result=denied $line"
done >>/var/log/auth.log <<END
ref=2222-3333 reason=not_mapped $tail
ref=2222-3333 reason=permission $tail
ref=2222-4444 reason=not_mapped service=sshd phase=auth user=kim why='paste this'
ref=2222-5555 reason=future_rule $tail
END
why 2222-3333
like 'two lines of one reference: the first' "$out" 'does not own the account kim'
like 'and a warning' "$out" 'anybody on this host can write to the log'
why 2222-4444
is 'what is not a whole line of the module is none' "$status" 1
why 2222-5555
like 'a reason of another version' "$out" 'future_rule is not known to this version'
echo "2026-11-22T01:02:03+00:00 sfhost sudo[9]:   eve : COMMAND=/bin/ls pam_sfoauth(sshd:auth): sfoauth: result=denied ref=2222-6666 reason=permission $tail" \
    >>/var/log/auth.log
why 2222-6666
is 'what root quotes is no line of the module' "$status" 1
why 2222-5555
like 'a file does not tell who wrote a line' "$out" 'Nothing proves that root wrote this line'
mv /var/log/auth.log /var/log/auth.log.1
why 2222-3333
is 'a rotated log is read, too' "$status" 0
LANG_OF_TERMINAL=de_DE.UTF-8 why 2222-3333
like 'in German' "$out" $'Konto      kim \\(uid 1\\), Dienst sshd\n  Bestätigt  niemand\n'
like 'with the warning' "$out" 'Im Protokoll haben 2 Zeilen diese Referenz'
LANG_OF_TERMINAL=de_DE why 2222-3333
like 'a German terminal without UTF-8: English' "$out" 'account  kim'
why 7K3F-Q2PD
is 'an unknown one' "$status/$(head -n 1 <<<"$out")" '1/sfoauth: The log has no such refusal. Check the reference or name, and how far back the log goes.'
why '10OI-0000'
is 'what cannot be a reference' "$status" 2
echo nonsense >>/etc/sfoauth/sfoauth.conf
why 2222-3333
is 'a broken file does not keep one from asking' "$status" 0
chmod 600 /var/log/auth.log.1
as_user ada $sfoauth why 2222-3333 >"$W/said" 2>&1
is 'not root: the log needs root' "$?/$(head -n 1 "$W/said")" '3/sfoauth: This needs root: run it with sudo.'

# ---- The journal knows who wrote a line: root's come first, and alone are believed without a word.
cat >"$W/journalctl" <<END
#!/bin/sh
line() { echo "2026-11-22T01:02:03+0000 sfhost \$1[1]: pam_sfoauth(\$1:auth): sfoauth: result=denied ref=\$2 reason=\$3 $tail"; }
case "\$*" in
*ref=3333-2222*_UID=0*) line sshd 3333-2222 permission ;;
*ref=3333-2222*) line logger 3333-2222 not_mapped; line sshd 3333-2222 permission ;;
*ref=3333-4444*_UID=0*) ;;
*ref=3333-4444*) line su 3333-4444 not_mapped ;;
*--reverse*_UID=0*) line sshd - ok; line sshd 3333-2222 permission; line sshd 3333-5555 not_mapped ;;
*--reverse*) line su 3333-4444 not_mapped; line sshd 3333-2222 permission ;;
esac
END
chmod 755 "$W/journalctl"
mount --bind "$W/journalctl" /usr/bin/journalctl
why 3333-2222
like "a line of root's counts, not an earlier one of somebody else's" "$out" 'has none of the custom permissions'
unlike 'and there is nothing to warn of' "$out" 'Nothing proves|anybody on this host'
why 3333-4444
like "a line that is not root's is shown" "$out" 'approved the sign-in'
like 'with a warning' "$out" 'Nothing proves that root wrote this line'
is 'in JSON, too' "$(why 3333-2222 --json; jq -r .by_root <<<"$out") $(why 3333-4444 --json; jq -r .by_root <<<"$out")" 'true false'
why --last
like "the newest of root's lines" "$out" '^3333-2222: .*has none of the custom permissions'
like 'and that there is a newer one, which anybody may have written' "$out" 'A newer refusal, 3333-4444, was not logged by root'
unlike 'with nothing else to warn of' "$out" 'Nothing proves'
is 'in JSON, too' "$(why --user kim --json; jq -r '[.ref, .newer_unproven] | join(" ")' <<<"$out")" '3333-2222 3333-4444'
LANG_OF_TERMINAL=de_DE.UTF-8 why --last
like 'in German' "$out" 'Eine neuere Ablehnung, 3333-4444, hat nicht root protokolliert'
umount /usr/bin/journalctl

# ---- users
write_conf
ssh_login -D --on='\$ =exit' ada
as_user ada $sfoauth users --permission Linux_Login >"$W/map" 2>"$W/said"
is 'a user_map' "$?" 0
is 'lines for accounts that are here' "$(grep -v '^#' "$W/map" | grep . | head -n 1)" 'ada 0055f00000EfGhiAAF'
is 'sorted, and only who has the permission and is active' "$(grep -v '^#' "$W/map" | grep . | cut -d ' ' -f 1 | xargs)" 'ada bot kim sue'
like 'root is none' "$(cat "$W/map")" '# root@acme\.example: this is the account of root, and root is never asked'
unlike 'pat has no permission' "$(cat "$W/map")" pat
like 'and it says what to look for' "$(cat "$W/map")" 'choose their usernames.*check each line'
install -m 644 "$W/map" /etc/sfoauth/users
write_conf pam.username_template= pam.user_map=/etc/sfoauth/users
ssh_login ada id -un
is 'and it works as it is' "$status" 0
as_user ada env LC_ALL=de_DE.UTF-8 $sfoauth users --permission Linux_Login >"$W/map"
like 'in German' "$(cat "$W/map")" 'Benutzer von acme.*das ist das Konto von root, und root wird nie gefragt'
install -m 644 "$W/map" /etc/sfoauth/users
ssh_login ada id -un
is 'which works as well' "$status" 0
is 'JSON' "$(as_user ada $sfoauth users --permission Linux_Login --json | jq -r '[.users[] | select(.reason == null) | .name] | join(" ")')" 'ada bot kim sue'
fake set query_page=2 >/dev/null
is 'in several parts' "$(as_user ada $sfoauth users --permission Linux_Login | grep -c '005')" "$(grep -c '005' "$W/map")"
as_user ada $sfoauth users --permission Nobody_Has_It >"$W/said" 2>&1
is 'a permission that is not there' "$?" 1
as_user ada $sfoauth users --permission "x' OR Name != '" >"$W/said" 2>&1
is 'and one that is no name' "$?" 2
like 'is not even asked for' "$(cat "$W/said")" 'takes the API name of a custom permission'
done_testing
