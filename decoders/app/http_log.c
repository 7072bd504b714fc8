/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What outputs are told of a transaction, under the names of EVE. */
#include "decoders/app/http_int.h"
