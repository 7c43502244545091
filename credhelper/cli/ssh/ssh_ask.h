/*
 * What sfoauth ssh and sfoauth-askpass agree on: names of programs, words and variables. The
 * variables are ssh's (ssh(1), ENVIRONMENT), and ours for the values that they had before.
 */
#pragma once

#define SF_SSH_ASK_PROGRAM   SF_LIBEXECDIR "/sfoauth-askpass"
#define SF_SSH_ASK_HOST_KEY  "--host-key" /* REASON FINGERPRINT [-- COMMAND...] */
#define SF_SSH_ASK_VARIABLE  "SSH_ASKPASS"
#define SF_SSH_ASK_WHEN      "SSH_ASKPASS_REQUIRE"
#define SF_SSH_ASK_KEPT      "SFOAUTH_SSH_ASKPASS"
#define SF_SSH_ASK_KEPT_WHEN "SFOAUTH_SSH_ASKPASS_REQUIRE"
