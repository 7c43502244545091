/*
 * The list of flows as types. flows.def has the rows; the worker implements the flows
 * (worker/flow).
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "flows.def"

enum sf_flow_id {
	SF_FLOW_AUTO, /* not a flow: the command takes the first flow that works here */
#define X(id, name, where, traits, help) SF_FLOW_##id,
	SF_FLOWS(X)
#undef X
	    SF_FLOW_COUNT
};

enum sf_flows_trait {
	SF_FLOWS_PERSON = 1,  /* a person takes part */
	SF_FLOWS_LISTENS = 2, /* waits for a browser on listeners that the worker inherits */
	SF_FLOWS_KEY = 4,     /* a private key signs in, not the client secret */
	SF_FLOWS_JOB = 8,     /* only in jobs: not in the configuration or on a command line */
};

const char *sf_flows_name(enum sf_flow_id id); /* "auto", "device" */
bool sf_flows_has(enum sf_flow_id id, enum sf_flows_trait trait);
/* Find the flow with this name; "auto" counts. False: there is none, *ret_id is untouched. */
SF_CHECKED bool sf_flows_find(const char *name, enum sf_flow_id *ret_id);
/* Whether the flow with this name has the trait. False as well if there is no such flow. */
bool sf_flows_is(const char *name, enum sf_flows_trait trait);

/*
 * The names of the flows as string literals, separated by spaces, for the choices in config.def:
 * those of the command in the order of enum sf_flow_id, and those of [pam].
 */
#define SF_FLOWS_COMMAND_COMMAND(word) word
#define SF_FLOWS_COMMAND_BOTH(word)    word
#define SF_FLOWS_COMMAND_JOB(word)
#define SF_FLOWS_PAM_COMMAND(word)
#define SF_FLOWS_PAM_BOTH(word) word
#define SF_FLOWS_PAM_JOB(word)
#define SF_FLOWS_COMMAND_WORD(id, name, where, traits, help) SF_FLOWS_COMMAND_##where(" " #name)
#define SF_FLOWS_PAM_WORD(id, name, where, traits, help)     SF_FLOWS_PAM_##where(#name " ")
#define SF_FLOWS_CHOICES_COMMAND                             "auto" SF_FLOWS(SF_FLOWS_COMMAND_WORD)
#define SF_FLOWS_CHOICES_PAM                                 SF_FLOWS(SF_FLOWS_PAM_WORD)
