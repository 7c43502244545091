/* A growing list of texts, which are copies. It knows neither order nor duplicates. */
#include "list.h"

#include <stdlib.h>
#include <string.h>

#include "banned.h"

bool sf_list_has(const struct sf_list *list, const char *item)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->items[i], item) == 0)
			return true;
	}
	return false;
}

bool sf_list_add(struct sf_list *list, const char *item)
{
	size_t count = list->count;
	char *copy;

	/* The capacity is not stored: it is the next power of two, so a power of two is full. */
	if ((count & (count - 1)) == 0) {
		size_t room = count == 0 ? 1 : count * 2;
		char **items = reallocarray(list->items, room, sizeof(*items));

		if (!items)
			return false;
		list->items = items;
	}
	copy = strdup(item);
	if (!copy)
		return false;
	list->items[list->count++] = copy;
	return true;
}

void sf_list_clear(struct sf_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i]);
	free(list->items);
	*list = (struct sf_list){NULL, 0};
}
