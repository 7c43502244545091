#!/bin/bash
# Who is not let in: each rule of DESIGN.md, "Who is let in", through a real sshd, with its own audit reason, the
# same words for the person, no record left and no token alive.
. "$(dirname "$0")/lib.sh"

write_conf
start_fake
start_sshd

# Every name that ever appears among the records, from here on.
install -d -m 755 /run/sfoauth && install -d -m 700 /run/sfoauth/handoff
python3 - "$W/names" <<'END' &
import ctypes, os, sys
libc = ctypes.CDLL(None)
watch = libc.inotify_init1(0)
libc.inotify_add_watch(watch, b"/run/sfoauth/handoff", 0x100 | 0x80)  # IN_CREATE, IN_MOVED_TO
with open(sys.argv[1], "w", buffering=1) as names:
    while True:
        names.write(f"{len(os.read(watch, 4096))} bytes\n")
END
named() { wc -l <"$W/names"; }

# refused NAME REASON [SIGN-IN OPTION]... ACCOUNT
refused()
{
	local name=$1 reason=$2 reference
	shift 2
	ssh_login "$@" 'echo let in'
	[ "$status" != 0 ] && [[ $out != *'let in'$'\n'* ]]
	tap_result $? "$name: no shell opens" || tap_note "$out"
	is "$name: the audit reason" "$(audit_field result) $(audit_field reason)" "denied $reason"
	reference=$(audit_field ref)
	like "$name: the person reads the same words and the reference" "$out" "Not let in\. Reference $reference\."
	like "$name: the reference has no look-alikes" "$reference" '^[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}$'
	is "$name: no record is left" "$(ls /run/sfoauth/handoff)" ''
	is "$name: none ever had a name" "$(named)" 0
	is "$name: no token is alive" "$(fake_count access_live)" 0
	fake unscript >/dev/null
}

refused 'denied in the browser' denied -d ada
fake set code_life=2 expired_as=invalid_grant >/dev/null
refused 'expired, as invalid_grant' expired -n ada
fake set expired_as=invalid_request >/dev/null
refused 'expired, as invalid_request' expired -n ada
fake set code_life=600 >/dev/null

refused 'approved by somebody else' not_mapped -a kim ada
refused 'approved by a namesake in another org' instance_url -a evil:ada ada
fake set instance_url=https://acme.my.salesforce.com >/dev/null
refused 'a namesake in another org behind our address' org_mismatch -a evil:ada ada
like 'both ids are in the log' "$(audit_field why)" '^the identity is of organization 00D[A-Za-z0-9]{15}, organization_id is 00D[A-Za-z0-9]{15}$'
fake set instance_url=null >/dev/null
fake script kind=identity 'patch={"organization_id":"00D5f000000aBcdEAE"}' >/dev/null
refused 'an identity document of another org' org_mismatch ada
fake script kind=identity 'patch={"active":false}' >/dev/null
refused 'inactive' inactive ada
refused 'a site user by type' user_type sue
refused 'an integration user' integration_user bot
fake script kind=identity 'patch={"asserted_user":false}' >/dev/null
refused 'asserted_user is false' not_asserted ada
fake script kind=identity 'remove=["asserted_user"]' >/dev/null
refused 'asserted_user is missing' not_asserted ada
fake script kind=identity 'patch={"user_id":"0055f00000EfKimAAF"}' >/dev/null
refused 'a document about somebody else' user_mismatch ada
fake script kind=poll 'patch={"instance_url":"https://evil.my.salesforce.com"}' >/dev/null
refused 'a foreign instance_url' instance_url ada
fake script kind=poll 'patch={"id":"https://evil.my.salesforce.com/id/00D5f000000AbcdEAC/0055f00000EfGhiAAF"}' >/dev/null
refused 'a foreign id' id_url ada
fake script kind=poll 'patch={"id":"https://acme.my.salesforce.com/id/00D5f000000aBcdEAE/0055f00000EfGhiAAF"}' >/dev/null
refused 'an id of another org' org_mismatch ada
fake script kind=poll 'patch={"id":"https://acme.my.salesforce.com/id/00D5f000000AbcdEAC/0055f00000EfKimAAF"}' >/dev/null
refused 'an id of another user' not_asserted ada
fake script kind=userinfo 'patch={"user_id":"0055f00000EfKim"}' >/dev/null
refused 'userinfo of another user' user_mismatch ada
fake script kind=identity preset=wrong_org >/dev/null
refused 'an id of an org that the token does not belong to' not_asserted ada
fake script kind=start 'patch={"verification_uri":"https://evil.my.salesforce.com/setup/connect"}' >/dev/null
refused 'a foreign verification_uri' verification_uri ada
unlike 'a foreign address is not shown' "$out" 'evil'

write_conf 'pam.require_permission=Linux_Login' 'pam.allow_user_types=STANDARD CSP_LITE_PORTAL'
refused 'without the required permission' permission pat
fake script kind=userinfo 'remove=["is_salesforce_integration_user"]' >/dev/null
refused 'a user of another type, if userinfo lacks the flag' integration_user sue
refused 'a site user by the token' site_user sue
ssh_login ada 'echo let in'
like 'with the required permission one is let in' "$out" $'\nlet in'
is 'the record of that login had one' "$(named)" 1
fake script kind=userinfo 'remove=["is_salesforce_integration_user"]' >/dev/null
ssh_login ada 'echo let in'
like 'an employee is let in if userinfo lacks the flag' "$out" $'\nlet in'
done_testing
