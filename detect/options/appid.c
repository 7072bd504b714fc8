/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * appid: what OpenAppID found. Nothing here does, so it never matches; its
 * rules load as inactive.
 */
#include "detect/options/list.h"

static bool
match_appid(struct eval *e, const void *data)
{
	(void)e;
	(void)data;
	return false;
}

LIST_OPTION(appid, "application that OpenAppID found", "name ...", 0,
    match_appid, .needs = RULE_NEEDS_APPID,
    .what = "application", .any_word = true, .blanks = true)
