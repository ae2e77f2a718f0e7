/* Prints the names of the classes that an object has. */
#include "tiny.h"
#include <stdio.h>

int main(void) {
  size_t i;
#ifdef TINY_CLASS_COUNT
  for (i = 0; i < TINY_CLASS_COUNT; ++i)
    printf("class %d: %s\n", (int)i, tiny_class_names[i]);
#else
  for (i = 0; i < 1; ++i)
    printf("no names\n");
#endif
  return 0;
}
