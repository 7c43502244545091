/*
 * The protocol between sfoauth and sfoauth-try on descriptor 3 (SOCK_SEQPACKET). A packet is a
 * letter and a text without a NUL. No packet contains a token; a response may be a password.
 */
#pragma once

#define SF_TRY_PROTOCOL_MAX 8192 /* bytes of a packet */

/* To sfoauth-try, in this order. */
/* "SERVICE\nARGUMENTS\nARGUMENTS\nUSER": arguments of the auth line, then of the account line. */
#define SF_TRY_PROTOCOL_JOB    'J'
#define SF_TRY_PROTOCOL_ANSWER 'A' /* a response, one for each question */

/* From sfoauth-try. */
#define SF_TRY_PROTOCOL_TELL       'T' /* words to show */
#define SF_TRY_PROTOCOL_ASK        'Q' /* a question; the response may be echoed */
#define SF_TRY_PROTOCOL_ASK_HIDDEN 'H' /* a question; the response must not be echoed */
#define SF_TRY_PROTOCOL_LOG        'L' /* an audit line of the module */
/* The account is local, so authenticate leaves it to other modules: the reason, SF_CLASS_REASONS */
#define SF_TRY_PROTOCOL_LOCAL  'C'
#define SF_TRY_PROTOCOL_RESULT 'R' /* "PHASE PAM_CODE", such as "auth PAM_AUTH_ERR" */
