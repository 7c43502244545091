/*
 * Questions about a PAM stack that was read: where is a module, does it refuse, can it be
 * overruled? Looks at the actions of each line; runs no module.
 */
#include "pam_stack.h"

#include <string.h>

#include "banned.h"

size_t sf_pam_stack_find(
    const struct sf_pam_stack *stack, enum sf_pam_stack_phase phase, const char *module)
{
	size_t i = 0;

	while (i < stack->count &&
	       (stack->lines[i].phase != phase || strcmp(stack->lines[i].module, module) != 0))
		i++;
	return i;
}

bool sf_pam_stack_refuses(const struct sf_pam_stack_line *line)
{
	for (size_t i = SF_PAM_STACK_AUTH_ERR; i < SF_PAM_STACK_VALUE_COUNT; i++) {
		if (line->actions[i] != SF_PAM_STACK_BAD && line->actions[i] != SF_PAM_STACK_DIE)
			return false;
	}
	return true;
}

/*
 * Can the line at `from` jump over the one at `to`? Linux-PAM counts the lines of the phase and
 * takes a whole substack for one step.
 */
static bool jumps_over(const struct sf_pam_stack *stack, size_t from, size_t to)
{
	const struct sf_pam_stack_line *line = &stack->lines[from];
	unsigned steps = 0, inside = line->substack;

	for (size_t i = from + 1; i <= to; i++) {
		const struct sf_pam_stack_line *next = &stack->lines[i];

		if (next->phase != line->phase)
			continue;
		steps += next->substack == line->substack || next->substack != inside;
		inside = next->substack;
	}
	return line->jump >= steps;
}

/*
 * A done inside a substack ends only the substack, so other substacks are skipped. After a die
 * nothing can reset the result: the phase is over.
 */
size_t sf_pam_stack_overruled(const struct sf_pam_stack *stack, size_t at, size_t from)
{
	const struct sf_pam_stack_line *line = &stack->lines[at];
	const bool dies = line->actions[SF_PAM_STACK_AUTH_ERR] == SF_PAM_STACK_DIE;
	size_t i = from;

	for (; i < stack->count; i++) {
		const struct sf_pam_stack_line *other = &stack->lines[i];
		bool resets = false;

		if (i == at || other->phase != line->phase ||
		    (other->substack != 0 && other->substack != line->substack))
			continue;
		for (size_t v = 0; v < SF_PAM_STACK_VALUE_COUNT; v++)
			resets = resets || other->actions[v] == SF_PAM_STACK_RESET;
		if (i < at ? other->actions[SF_PAM_STACK_SUCCESS] == SF_PAM_STACK_DONE ||
				 (other->jump > 0 && jumps_over(stack, i, at))
			   : resets && !dies)
			break;
	}
	return i;
}
