#!/bin/sh
# Make a private CA and server certificates for the fake Salesforce.
#
#   make-ca.sh DIR [NAME...]
#
# DIR/ca.pem          what a client must trust
# DIR/leaf.pem,key    good, for every NAME (or IP address); default: the hosts of data.py
# DIR/wrong-name.pem  same CA, but for wrong.example
# DIR/expired.pem     same CA and names, ended yesterday
# DIR/self-signed.pem names right, signed by nobody
# DIR/other-ca.pem    names right, signed by another CA of the same name (other-root.pem)
# DIR/signing.der     RSA key of the id_tokens
# Each X.pem has its X.key. While the fake runs, `control.py SOCK set cert=expired` switches.
set -eu
[ $# -ge 1 ] || { echo "usage: make-ca.sh DIR [NAME...]" >&2; exit 2; }
dir=$1
shift
[ $# -gt 0 ] || set -- login.salesforce.com test.salesforce.com acme.my.salesforce.com \
    evil.my.salesforce.com acme--sb.sandbox.my.salesforce.com acme.my.site.com localhost 127.0.0.1 ::1
umask 077
mkdir -p "$dir"
cd "$dir"

san=
for name; do
	case $name in
	*:*|[0-9]*.[0-9]*.[0-9]*.[0-9]*) san=$san,IP:$name ;;
	*) san=$san,DNS:$name ;;
	esac
done
san=${san#,}

ec='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'

# shellcheck disable=SC2086 # options, split on purpose
ca() {	# ca FILE-STEM: a root certificate
	openssl req -x509 $ec -keyout "$1.key" -out "$1.pem" -days 30 \
	    -subj '/CN=sfoauth test CA' -addext 'basicConstraints=critical,CA:TRUE' \
	    -addext 'keyUsage=critical,keyCertSign,cRLSign' 2>/dev/null
}

# shellcheck disable=SC2086 # options, split on purpose
leaf() {	# leaf FILE-STEM SAN CA-STEM START END (YYYYMMDDHHMMSSZ)
	openssl req -new $ec -keyout "$1.key" -out "$1.csr" -subj '/CN=fake salesforce' 2>/dev/null
	printf '%s\n' "subjectAltName=$2" 'basicConstraints=critical,CA:FALSE' \
	    'keyUsage=critical,digitalSignature' 'extendedKeyUsage=serverAuth' >"$1.ext"
	: >index
	printf '[ca]\ndefault_ca=c\n[c]\ndatabase=index\nnew_certs_dir=.\nrand_serial=yes\n' >ca.cnf
	printf 'default_md=sha256\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n' >>ca.cnf
	openssl ca -batch -config ca.cnf -cert "$3.pem" -keyfile "$3.key" -startdate "$4" \
	    -enddate "$5" -notext -extfile "$1.ext" -in "$1.csr" -out "$1.pem" 2>/dev/null
	rm -f "$1.csr" "$1.ext" ca.cnf index* [0-9A-F]*.pem
}

day() { date -u -d "$1" +%Y%m%d%H%M%SZ; }
from=$(day '2 days ago')
until=$(day '30 days')
ca ca
ca other-root
leaf leaf "$san" ca "$from" "$until"
leaf wrong-name DNS:wrong.example ca "$from" "$until"
leaf expired "$san" ca "$from" "$(day '1 day ago')"
leaf other-ca "$san" other-root "$from" "$until"
# shellcheck disable=SC2086 # options, split on purpose
openssl req -x509 $ec -keyout self-signed.key -out self-signed.pem -days 30 \
    -subj '/CN=fake salesforce' -addext "subjectAltName=$san" 2>/dev/null
openssl genrsa -traditional 2048 2>/dev/null |
    openssl rsa -traditional -outform DER -out signing.der 2>/dev/null
chmod 644 ./*.pem
