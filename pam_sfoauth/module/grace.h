/*
 * How much time sshd leaves for a sign-in. sshd ends a connection after LoginGraceTime, whichever
 * attempt is running: a sign-in approved after that would be accepted by Salesforce and then cut.
 */
#pragma once

#include <stdint.h>
#include <sys/types.h>

/*
 * All sign-ins of one ssh connection have approve_timeout and this many seconds, from its start on.
 * Doctor wants a LoginGraceTime that is longer.
 */
#define SF_GRACE_MORE_S 50

/* Seconds since this process was started; -1: unknown. */
int64_t sf_grace_age_s(pid_t pid);

/*
 * The seconds that a sign-in has, at most timeout_s, on a connection that is age_s old. An age that
 * is unknown or beyond the limit changes nothing: then this is not sshd's process, or its
 * LoginGraceTime is long.
 */
uint32_t sf_grace_left_s(uint32_t timeout_s, int64_t age_s);
