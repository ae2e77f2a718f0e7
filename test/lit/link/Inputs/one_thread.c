/* The least an application does. */
#include "application.h"

int main(void) {
  static float pictures[3 * PIXELS];
  float logits[3 * CLASSES];
  fill_pictures(pictures, 3);
  void *workspace = aligned(TINY_WORKSPACE_BYTES(1));
  int status = tiny_run(NULL, tiny_weights, pictures, 3, logits, workspace);
  if (status) {
    fprintf(stderr, "%s\n", resnetc_status_string(status));
    return 1;
  }
  for (int i = 0; i < 3 * CLASSES; ++i)
    printf("%.9g%c", (double)logits[i], i % CLASSES == CLASSES - 1 ? '\n' : ' ');
  free(workspace);
  return 0;
}
