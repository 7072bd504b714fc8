/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Application protocols by number. */
#ifndef DECODERS_APP_APP_ID_H
#define DECODERS_APP_APP_ID_H

enum app_id {
	APP_NONE,
#define APP(ID, ops) APP_##ID,
#include "decoders/app/apps.def"
#undef APP
	APP_COUNT
};

#endif
