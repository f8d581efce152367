#include "lines.h"

#include <stdio.h>
#include <stdlib.h>

bool lines_waiting(const struct ring *ring)
{
    return ring_find(ring, '\n') >= 0;
}

char *lines_next(struct ring *ring)
{
    long at = ring_find(ring, '\n');
    if (at < 0)
        return NULL;
    char *line = malloc((size_t)at + 1);
    if (line == NULL) {
        fprintf(stderr, "no memory for a line of %ld bytes\n", at);
        return NULL;
    }
    ring_read(ring, line, (size_t)at + 1);
    line[at] = '\0'
    return line;
}
