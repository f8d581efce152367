#ifndef LINES_H
#define LINES_H

#include <stdbool.h>

#include "ring.h"

/* Takes the next whole line out of the queue, without its newline, as a string that the caller frees. */
char *lines_next(struct ring *ring);
bool lines_waiting(const struct ring *ring);

#endif
