/*
 * The list of flows, as types: flows.def has the rows. How a flow works is the worker's
 * (worker/flow).
 */
#pragma once

#include <stdbool.h>

#include "attr.h"
#include "flows.def"

enum sf_flow_id {
	SF_FLOW_AUTO, /* no flow, but a choice: the command takes the first that works here */
#define X(id, name, where, traits, help) SF_FLOW_##id,
	SF_FLOWS(X)
#undef X
	    SF_FLOW_COUNT
};

enum sf_flows_trait {
	SF_FLOWS_PERSON = 1,  /* somebody must be there */
	SF_FLOWS_LISTENS = 2, /* waits for a browser on listeners that it is handed */
	SF_FLOWS_KEY = 4,     /* a private key signs in, and not the client secret */
	SF_FLOWS_JOB = 8,     /* of jobs only: nobody may name it */
};

const char *sf_flows_name(enum sf_flow_id id); /* "auto", "device" */
bool sf_flows_has(enum sf_flow_id id, enum sf_flows_trait trait);
/* The flow of that name, "auto" too. False: there is none. */
SF_CHECKED bool sf_flows_find(const char *name, enum sf_flow_id *ret_id);
/* Has the flow of that name the trait? False, too, where there is no such flow. */
bool sf_flows_is(const char *name, enum sf_flows_trait trait);

/* The names as a literal, for choices: of the command, as enum sf_flow_id counts; of [pam]. */
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
