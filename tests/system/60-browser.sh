#!/bin/bash
# The flow browser in a real Chromium, headless: sign in, allow, read the last page; in light and dark.
# With SHOTS=DIRECTORY, pictures of the last pages are left there.
. "$(dirname "$0")/../e2e/lib.sh"
