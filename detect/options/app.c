/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options on what an application parser knows: sip_method sip_stat_code
 * appid. Each is a checked list of words or
 * numbers. The facts are not in a unit, so they never match; their rules load
 * as inactive.
 */
#include "detect/options/list.h"

static bool
match_list(struct eval *e, const void *data)
{
	(void)e;
	(void)data;
	return false;
}

LIST_OPTION(sip_method, "method of a SIP request", "[!]method, ...", 0, match_list,
    .needs = RULE_NEEDS_SIP,
    .what = "method", .any_word = true, .negation = true,
    .negated_one = true)
LIST_OPTION(sip_stat_code, "status code of a SIP response",
    "N (100-999, or a class 1-9), ...", 0, match_list, .needs = RULE_NEEDS_SIP,
    .what = "status code",
    .numbers = true, .min = 1, .max = 999)
LIST_OPTION(appid, "application that OpenAppID found", "name ...", 0, match_list,
    .needs = RULE_NEEDS_APPID,
    .what = "application", .any_word = true, .blanks = true)
