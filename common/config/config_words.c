/* Lists in the configuration: split a value into words and check each. Types are unknown here. */
#include "config_words.h"

#include <string.h>

#include "config_fields.h"

#include "banned.h"

/* Split the value into at most max words. Each is checked against those before it. */
static enum sf_value split(const struct sf_config_words_params *params,
    const struct sf_value_spec *spec, const char *value, size_t max, struct sf_list *words)
{
	char word[SF_CONFIG_WORD_SIZE];

	for (value += strspn(value, params->separators); *value != '\0';
	     value += strspn(value, params->separators)) {
		size_t len = strcspn(value, params->separators);

		if (len >= sizeof(word))
			return SF_VALUE_REFUSED;
		memcpy(word, value, len);
		word[len] = '\0';
		if (words->count == max)
			return SF_VALUE_FULL;
		if (!params->is_good(spec, words, word))
			return SF_VALUE_REFUSED;
		if (!sf_list_add(words, word))
			return SF_VALUE_NOMEM;
		value += len;
	}
	return words->count > 0 ? SF_VALUE_GOOD : SF_VALUE_REFUSED;
}

enum sf_value sf_config_words_set(const struct sf_config_words_params *params,
    const struct sf_value_spec *spec, const char *value, bool adds, struct sf_list *list)
{
	SF_CLEANUP(sf_list_clear) struct sf_list words = {NULL, 0};
	size_t room = adds ? SF_CONFIG_LIST_MAX - list->count : SF_CONFIG_LIST_MAX;
	enum sf_value result = split(params, spec, value, room, &words);

	if (result != SF_VALUE_GOOD)
		return result;
	if (!adds) {
		struct sf_list old = *list;

		*list = words;
		words = old;
		return SF_VALUE_GOOD;
	}
	/*
	 * Added one by one, not by copying the whole list: a file with many lines for one key must
	 * not take quadratic time.
	 */
	for (size_t i = 0; i < words.count; i++) {
		if (!sf_list_add(list, words.items[i]))
			return SF_VALUE_NOMEM;
	}
	return SF_VALUE_GOOD;
}
