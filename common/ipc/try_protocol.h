/*
 * What sfoauth and sfoauth-try say to each other over descriptor 3 (SOCK_SEQPACKET): each packet is
 * a letter and its text, without a NUL. No token is ever in one; an answer may be a password.
 */
#pragma once

#define SF_TRY_PROTOCOL_MAX 8192 /* bytes of a packet */

/* To sfoauth-try, in this order. */
/* "SERVICE\nARGUMENTS\nARGUMENTS\nUSER": of the auth line and of the account line. */
#define SF_TRY_PROTOCOL_JOB    'J'
#define SF_TRY_PROTOCOL_ANSWER 'A' /* what was typed, one for each question */

/* From it. */
#define SF_TRY_PROTOCOL_TELL       'T' /* words to show */
#define SF_TRY_PROTOCOL_ASK        'Q' /* a question; its answer may be shown */
#define SF_TRY_PROTOCOL_ASK_HIDDEN 'H'
#define SF_TRY_PROTOCOL_LOG        'L' /* an audit line of the module's */
/* authenticate passes the account on as a local one: the reason, of SF_CLASS_REASONS */
#define SF_TRY_PROTOCOL_LOCAL  'C'
#define SF_TRY_PROTOCOL_RESULT 'R' /* "PHASE PAM_CODE", such as "auth PAM_AUTH_ERR" */
