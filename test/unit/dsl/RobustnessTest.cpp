#include "DslFixture.h"
