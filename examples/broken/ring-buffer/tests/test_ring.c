#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lines.h"
#include "ring.h"

static int failures;

static void check(bool holds, const char *what)
{
    if (holds)
        return;
    printf("FAILED: %s\n", what);
    failures++;
}

int main(void)
{
    struct ring ring;
    char out[16] = {0};

    check(ring_init(&ring, 8) == 0, "a ring can be made");
    check(ring_write(&ring, "abcdef", 6) == 6, "six bytes fit");
    check(ring_space(&ring) == 2, "two are left");
    check(ring_read(&ring, out, 4) == 4 && memcmp(out, "abcd", 4) == 0, "the first come out first");
    check(ring_write(&ring, "12\n45678", 8) == 6, "what does not fit is refused");
    check(ring_find(&ring, '\n') == 4, "the newline is found across the end");
    check(lines_waiting(&ring), "a line is waiting");

    char *line = lines_next(&ring);
    check(line != NULL && strcmp(line, "ef12") == 0, "the line comes without its newline");
    free(line);
    check(!lines_waiting(&ring), "no line is left");
    check(lines_next(&ring) == NULL, "nor given");
    ring_free(&ring);
    check(ring.bytes == NULL, "the ring is empty afterwards");

    if (failures == 0)
        printf("all passed\n");
    return failures != 0;
}
