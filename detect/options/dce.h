/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a unit knows of DCE/RPC. */
#ifndef DETECT_OPTIONS_DCE_H
#define DETECT_OPTIONS_DCE_H

#include "decoders/app/dce.h"
#include "detect/unit.h"

/* NULL: it is no request and no response. */
static inline const struct dce_facts *
dce_facts_of(const struct unit *u)
{
	return u->app == APP_SMB || u->app == APP_DCE ||
	    u->app == APP_DCE_UDP ? u->facts : NULL;
}

#endif
