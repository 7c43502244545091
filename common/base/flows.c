/* The list of flows: names and traits. Nothing here runs a flow. */
#include "flows.h"

#include <stdint.h>
#include <string.h>

#include "banned.h"

#define NAME_SIZE 20

/* The trait that the column `where` of flows.def implies. */
#define TRAITS_OF_COMMAND 0
#define TRAITS_OF_BOTH    0
#define TRAITS_OF_JOB     SF_FLOWS_JOB

static const struct row {
	char name[NAME_SIZE];
	uint8_t traits;
} rows[SF_FLOW_COUNT] = {[SF_FLOW_AUTO] = {"auto", SF_FLOWS_PERSON},
#define X(id, name, where, traits, help) [SF_FLOW_##id] = {#name, (traits) | TRAITS_OF_##where},
    SF_FLOWS(X)
#undef X
};

const char *sf_flows_name(enum sf_flow_id id)
{
	return rows[id].name;
}

bool sf_flows_has(enum sf_flow_id id, enum sf_flows_trait trait)
{
	return (rows[id].traits & trait) != 0;
}

bool sf_flows_find(const char *name, enum sf_flow_id *ret_id)
{
	for (int id = 0; id < SF_FLOW_COUNT; id++) {
		if (strcmp(rows[id].name, name) != 0)
			continue;
		*ret_id = (enum sf_flow_id)id;
		return true;
	}
	return false;
}

bool sf_flows_is(const char *name, enum sf_flows_trait trait)
{
	enum sf_flow_id id = SF_FLOW_AUTO;

	return sf_flows_find(name, &id) && sf_flows_has(id, trait);
}
